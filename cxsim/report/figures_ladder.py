"""The picture of the ladder: the rungs month by month, and their differences from the baseline."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from cxsim.measure.table import Table
from cxsim.report.svg import BETTER, INK, WORSE, inline_svg, label_axis, make_figure, style
from cxsim.whatif.ladder import AGENTS, CLOSED_FORM, COHORT, RUNGS

LOOKS = {CLOSED_FORM: (WORSE, (0, (1, 1.5))), COHORT: ("#a08800", (0, (5, 2))), AGENTS: (BETTER, "-")}
MOST_SHOWN = 3


def draw_ladder(table: Table, names: Sequence[str]) -> str:
    """Rungs by month: the baseline above, differences of at most three scenarios below."""
    shown = list(names[1:])[:MOST_SHOWN]
    with style():
        figure = make_figure(9.6, 2.7 * (1 + len(shown)))
        panels = figure.subplots(1 + len(shown), 2, squeeze=False)
        _panel(panels[0, 0], table, names[0], "customers_end", "value", "active customers, baseline")
        _panel(panels[0, 1], table, names[0], "purchases", "value", "orders a month, baseline")
        for row, name in enumerate(shown, 1):
            _panel(panels[row, 0], table, name, "customers_end", "difference", f"more active customers, {name}")
            _panel(panels[row, 1], table, name, "profit", "difference", f"more profit, added up, {name}",
                   is_sum=True)
        panels[0, 0].legend(frameon=False, fontsize=8.5)
        for axes in panels[-1]:
            axes.set_xlabel("month")
        return inline_svg(figure)


def _panel(
    axes: Axes, table: Table, name: str, metric: str, column: str, heading: str, *, is_sum: bool = False,
) -> None:
    for rung in reversed(RUNGS):  # The band lies below the lines.
        rows = [row for row in table.select(scenario=name, rung=rung, metric=metric).rows()
                if row["period"] != "total"]
        values = np.array([row[column] for row in rows])
        colour, dashes = LOOKS[rung]
        months = np.arange(1, len(values) + 1)
        axes.plot(months, np.cumsum(values) if is_sum else values, color=colour, ls=dashes, lw=1.9, label=rung)
        low, high = ("ci_low", "ci_high") if column == "value" else ("difference_low", "difference_high")
        if rung == AGENTS and not is_sum:
            axes.fill_between(months, [row[low] for row in rows], [row[high] for row in rows], color=colour,
                              alpha=0.15, lw=0)
    if column == "difference":
        axes.axhline(0.0, color="#b6bcc4", lw=1, zorder=0)
    axes.set_title(heading, color=INK)
    label_axis(axes)
    label_axis(axes, "x", n_ticks=7, is_whole=True)
