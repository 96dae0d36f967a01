"""Pictures of why: the drivers (or levers) of a difference, step by step from nothing to the total."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from cxsim.report.svg import BASELINE, BETTER, INK, UNCLEAR, WORSE, inline_svg, label_axis, make_figure, style

ROOM = 0.36
"""Share of a panel's width that is kept for the numbers beside the bars."""


@dataclass(frozen=True)
class Step:
    """One bar: what it is, its mean, and the ends of its interval (NaN where there is none)."""

    name: str
    value: float
    low: float = math.nan
    high: float = math.nan

    @property
    def is_detected(self) -> bool:
        """Whether its interval leaves out 0; with one replication, whether it is not 0.

        Examples
        --------
        >>> Step("a", 2.0, 1.0, 3.0).is_detected, Step("b", 2.0, -1.0, 5.0).is_detected
        (True, False)
        """
        if math.isnan(self.low):
            return self.value != 0
        return self.low > 0 or self.high < 0


def draw_waterfalls(panels: Mapping[tuple[str, str], Sequence[Step]], columns: int) -> str:
    """Draw one waterfall for each panel: bars from where the one before ended, the total last, intervals on bars.

    Parameters
    ----------
    panels : mapping
        By (row, title): the steps of a panel, the total last. All panels hold the same steps in the same order.
    columns : int
        How many panels stand in a row.

    Returns
    -------
    str
        An ``<svg>`` element. Blue adds, red takes away, grey is not told from 0 by its interval.

    Examples
    --------
    >>> draw_waterfalls({("a", "profit"): [Step("rewards", -1.0), Step("sum", -1.0)]}, 1)[:4]
    '<svg'
    """
    n_steps = max(len(steps) for steps in panels.values())
    n_rows = -(-len(panels) // columns)
    with style():
        figure = make_figure(9.6, n_rows * (0.75 + 0.24 * n_steps))
        grid = figure.subplots(n_rows, columns, squeeze=False)
        for number, ((row, heading), steps) in enumerate(panels.items()):
            axes = grid[number // columns][number % columns]
            _waterfall(axes, steps)
            axes.set_title(f"{row}: {heading}" if row else heading)
            labels = [step.name for step in steps] if number % columns == 0 else [""] * len(steps)
            axes.set_yticks(range(len(steps)), labels)
        for spare in range(len(panels), n_rows * columns):
            grid[spare // columns][spare % columns].set_axis_off()
        return inline_svg(figure)


def _waterfall(axes: Axes, steps: Sequence[Step]) -> None:
    """Bars downwards, each from where the last one ended; the total from 0."""
    reached, ends = 0.0, [0.0]
    for place, step in enumerate(steps):
        is_total = place == len(steps) - 1
        start = 0.0 if is_total else reached
        axes.barh(place, step.value, left=start, color=_colour(step, is_total), height=0.62)
        end = start + step.value
        if math.isfinite(step.low) and step.high > step.low:
            axes.plot([start + step.low, start + step.high], [place, place], lw=1.1, solid_capstyle="butt",
                      color=UNCLEAR if is_total else INK, alpha=0.75)
            ends += [start + step.low, start + step.high]
        ends += [start, end]
        if not is_total:
            axes.plot([end, end], [place + 0.31, place + 0.69], color="#b6bcc4", lw=1)
            reached = end
    _label(axes, steps, min(ends), max(ends))


def _label(axes: Axes, steps: Sequence[Step], low: float, high: float) -> None:
    """Numbers in a column at the right, and an axis that leaves room for them."""
    width = max(high - low, 1e-9)
    axes.set_xlim(low - 0.03 * width, high + ROOM * width)
    digits = 0 if max(abs(step.value) for step in steps) >= 100 else 2
    for place, step in enumerate(steps):
        text = f"{round(step.value, digits) + 0.0:+,.{digits}f}" if round(step.value, digits) else "0"
        axes.annotate(text, (1.0, place), xycoords=("axes fraction", "data"), ha="right", va="center",
                      fontsize=8.5, color=INK if step.is_detected or place == len(steps) - 1 else BASELINE)
    axes.axvline(0, color=BASELINE, lw=1, zorder=0)
    axes.axhline(len(steps) - 1.5, color="#b6bcc4", lw=0.8)
    axes.set_ylim(len(steps) - 0.45, -0.55)
    label_axis(axes, "x", n_ticks=4)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _colour(step: Step, is_total: bool) -> str:
    if is_total:
        return INK
    if not step.is_detected:
        return UNCLEAR
    return BETTER if step.value > 0 else WORSE
