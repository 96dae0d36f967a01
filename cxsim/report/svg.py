"""Drawing into a page: one style for every picture, and SVG text that can stand inside HTML."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

BETTER, WORSE, UNCLEAR, INK, BASELINE = "#0072b2", "#d55e00", "#8a8f98", "#22262b", "#5b626b"
# Okabe & Ito (2008), colours told apart by all kinds of sight.
SCENARIO_COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#a08800")
_STYLE = {
    "svg.hashsalt": "cxsim", "svg.fonttype": "path", "text.parse_math": False, "font.size": 9.5,
    "font.family": "DejaVu Sans", "axes.spines.top": False, "axes.spines.right": False,
    "axes.edgecolor": "#b6bcc4", "axes.labelcolor": INK, "text.color": INK, "xtick.color": BASELINE,
    "ytick.color": INK, "axes.titlesize": 10, "axes.titlelocation": "left", "axes.grid": False,
    "figure.facecolor": "none", "axes.facecolor": "none", "savefig.facecolor": "none",
}
_REPEATED_IDS = re.compile(
    r' id="(?:figure|axes|patch|line2d|text|legend|matplotlib\.axis|[xy]tick|\w*Collection)_\d+"')


@contextmanager
def style() -> Iterator[None]:
    """Draw in the style of the page; names are never read as formulas."""
    with rc_context(_STYLE):
        yield


def make_figure(width: float, height: float) -> Figure:
    """An empty picture of a size in inches, apart from any global state of the plotting library."""
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasSVG(figure)
    return figure


def inline_svg(figure: Figure) -> str:
    """The picture as an ``<svg>`` element; the same picture gives the same text.

    Examples
    --------
    >>> with style():
    ...     inline_svg(make_figure(1, 1))[:4]
    '<svg'
    """
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    text = file.getvalue()
    text = text[text.index("<svg"):]
    # Several pictures share one page, in which an id may stand once.
    text = _REPEATED_IDS.sub("", text)
    return re.sub(r'(<svg [^>]*?)width="[^"]*" ?|height="[^"]*pt" ?', r"\1", text, count=2)


def short(value: float, _position: int | None = None) -> str:
    """A number on an axis: 1200000 as 1.2M, 25000 as 25k.

    Examples
    --------
    >>> [short(x) for x in (1_200_000, 25_000, -1_500, 0.25, 0)]
    ['1.2M', '25k', '-1.5k', '0.25', '0']
    """
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.4g}{letter}"
    return f"{value:.3g}"


def label_axis(
    axes: Axes, which: str = "y", n_ticks: int = 5, is_share: bool = False, is_whole: bool = False
) -> None:
    """Few ticks with short numbers; shares in percent, months as whole numbers."""
    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_major_locator(MaxNLocator(
        n_ticks, steps=[1, 2, 5, 10], integer=is_whole, prune="upper" if which == "x" else None))
    axis.set_major_formatter(FuncFormatter(
        (lambda value, _: f"{100 * value:.3g}") if is_share else short))


def colours(scenarios: Sequence[str]) -> dict[str, str]:
    """A colour for each scenario, the same in every picture.

    Examples
    --------
    >>> colours(["points", "chat"])["chat"]
    '#e69f00'
    """
    return {name: SCENARIO_COLOURS[i % len(SCENARIO_COLOURS)] for i, name in enumerate(scenarios)}
