"""The picture of a search: the gain of every setting tried, over each lever and over what is spent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from cxsim.measure.whole_file import whole_file
from cxsim.report.svg import BASELINE, BETTER, UNCLEAR, WORSE, inline_svg, label_axis, make_figure, style
from cxsim.report.verdicts import title

if TYPE_CHECKING:
    from cxsim.whatif.optimize import Optimum

COLUMNS = 3
# Gains further below the best than so many times what its better part spans are drawn at the lower edge.
UPPER, DEPTH = 0.67, 4.0


def draw_optimum(found: Optimum) -> str:
    """The picture as text that can stand inside a page."""
    with style():
        figure = make_figure(9.6, _height(found))
        _draw(figure, found)
        return inline_svg(figure)


def save_optimum(found: Optimum, path: Path) -> None:
    """The picture as a .svg or .png file, whole or not at all."""
    with style(), whole_file(path) as part:
        figure = Figure(figsize=(9.6, _height(found)), layout="constrained", facecolor="white")
        FigureCanvasAgg(figure)
        _draw(figure, found)
        is_svg = path.suffix == ".svg"
        metadata: dict[str, Any] = {"Date": None, "Creator": "cxsim"} if is_svg else {"Software": "cxsim"}
        figure.savefig(part, dpi=150, format=path.suffix[1:], metadata=metadata, facecolor="white")


def _n_rows(found: Optimum) -> int:
    return -(-(len(found.space) + 1) // COLUMNS)


def _height(found: Optimum) -> float:
    return 0.4 + 2.5 * _n_rows(found)


def _draw(figure: Figure, found: Optimum) -> None:
    panels = figure.subplots(_n_rows(found), COLUMNS, squeeze=False, sharey=True)
    gains = np.asarray(found.points["gain"], float)
    lived = np.isfinite(gains)
    top, lowest = float(gains[lived].max()), float(gains[lived].min())
    floor = max(lowest, top - DEPTH * (top - float(np.quantile(gains[lived], UPPER))))
    floor = floor if floor < top else top - 1.0
    shown = np.maximum(gains, floor)
    for place, axes in enumerate(panels.ravel()):
        if place > len(found.space):
            axes.set_axis_off()
            continue
        _panel(axes, found, place, shown, lived)
        if place % COLUMNS == 0:
            axes.set_ylabel(f"gain in {title(found.goal.metric)}")
            label_axis(axes)
        axes.set_ylim(floor - 0.06 * (top - floor), top + 0.12 * (top - floor))


def _panel(axes: Axes, found: Optimum, place: int, shown: np.ndarray, lived: np.ndarray) -> None:
    """One lever, or last of all what is spent."""
    if place == len(found.space):
        across, name = np.asarray(found.points["spent"], float), "spent more than the baseline"
        names: list[str] = []
    else:
        across, names = _places(found, place)
        name = found.space.levers[place].key
    keeps = np.asarray(found.points["keeps_limits"], bool) & lived
    axes.axhline(0.0, color="#b6bcc4", lw=1, zorder=0)
    axes.scatter(across[keeps], shown[keeps], s=22, color=BETTER, linewidths=0)
    breaks = lived & ~keeps
    axes.scatter(across[breaks], shown[breaks], s=20, facecolors="none", edgecolors=UNCLEAR)
    finalists = [int(row["point"]) for row in found.standing.table.rows()]
    finalists = [k for k in finalists if k < len(shown)]
    axes.scatter(across[finalists], shown[finalists], s=70, facecolors="none", edgecolors=BASELINE, linewidths=1.2)
    best = int(found.standing.best_row["point"])
    axes.scatter(across[[best]], shown[[best]], s=46, color=WORSE, zorder=4)
    axes.set_title(name)
    if names:
        axes.set_xticks(range(len(names)), names)
        axes.set_xlim(-0.5, len(names) - 0.5)
    else:
        label_axis(axes, "x", n_ticks=4)


def _places(found: Optimum, place: int) -> tuple[np.ndarray, list[str]]:
    """Where the points stand along a lever; choices by their number, with their names."""
    lever = found.space.levers[place]
    column = found.points[lever.key]
    if not lever.choices:
        return np.asarray(column, float), []
    names = [str(one) for one in lever.choices]
    return np.array([names.index(str(value)) for value in column.tolist()], float), names
