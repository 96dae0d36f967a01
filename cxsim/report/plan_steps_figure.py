"""The picture of a simulated plan: what the next customer costs and is worth, and equity over the budget."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from cxsim.measure.table import Table, codes
from cxsim.report.plan_figure import ACQUIRE, BEST, QUIET, RETAIN, WORTH, draw_file
from cxsim.report.svg import inline_svg, make_figure, short, style

if TYPE_CHECKING:
    from cxsim.whatif.simulated_plan import SimulatedPlan


def draw_simulated_plan(plan: SimulatedPlan, path: str | Path) -> Path:
    """Draw a simulated plan into a file that ends in .svg or .png.

    Parameters
    ----------
    plan : SimulatedPlan
        From :func:`cxsim.whatif.simulated_plan.simulate_plan`.
    path : path
        File to write; its folder must exist.

    Raises
    ------
    CxsimError
        For another ending; name the file .svg or .png.
    """
    return draw_file(Path(path), _size(plan), lambda figure: _draw(figure, plan))


def plan_svg(plan: SimulatedPlan) -> str:
    """The same picture as an element that can stand inside a page."""
    with style():
        figure = make_figure(*_size(plan))
        _draw(figure, plan)
        return inline_svg(figure)


def _channels(plan: SimulatedPlan) -> list[str]:
    return codes(plan.table["channel"])[0]


def _size(plan: SimulatedPlan) -> tuple[float, float]:
    return 9.0, 3.4 * -(-(len(_channels(plan)) + 1) // 2)


def _draw(figure: Figure, plan: SimulatedPlan) -> None:
    channels, currency = _channels(plan), plan.config.market.currency
    n_rows = -(-(len(channels) + 1) // 2)
    panels = list(figure.subplots(n_rows, 2, squeeze=False).flat)
    for axes, channel in zip(panels, channels, strict=False):
        _draw_channel(axes, plan.table.select(channel=channel), currency)
    panels[0].legend(frameon=False, fontsize=8)
    _draw_frontier(panels[len(channels)], plan)
    for axes in panels[len(channels) + 1:]:
        axes.set_axis_off()


def _draw_channel(axes: Axes, steps: Table, currency: str) -> None:
    """Costs and worth side by side at each step, with their intervals."""
    is_retention = steps["lever"][0] == "retain"
    places = range(len(steps))
    for shift, colour, label, columns in (
        (-0.1, RETAIN if is_retention else ACQUIRE, "costs", ("marginal_cost", "low", "high")),
        (0.1, WORTH, "is worth", ("value", "value_low", "value_high")),
    ):
        middle, low, high = (steps[name] for name in columns)
        axes.errorbar([k + shift for k in places], middle, yerr=[middle - low, high - middle], fmt="o",
                      color=colour, capsize=3, label=label)
    axes.axhline(0.0, color=QUIET, linewidth=0.8)
    _limit(axes, steps)
    axes.set_xticks(list(places), [f"{row['from_level']:.3g}\nto {row['to_level']:.3g}" for row in steps.rows()])
    axes.set_xlim(-0.6, len(steps) - 0.4)
    if not np.isfinite(steps["marginal_cost"]).any():
        axes.set_yticks([])
        axes.text(0.5, 0.6, "not told: no sure change of customers", transform=axes.transAxes, ha="center",
                  color=QUIET, fontsize=9)
    what = "keep" if is_retention else "win"
    axes.set_title(f"the next customer to {what}", loc="left")
    axes.set_xlabel(steps["channel"][0] + ("" if is_retention else ", money a day for 1,000 starting customers"),
                    fontsize=8)
    axes.set_ylabel(currency)
    axes.yaxis.set_major_formatter(FuncFormatter(short))


def _limit(axes: Axes, steps: Table) -> None:
    """Keep steps too uncertain to be read from flattening the others."""
    shown = [(row[low], row[high]) for row in steps.rows()
             for middle, low, high in (("marginal_cost", "low", "high"), ("value", "value_low", "value_high"))
             if row[high] - row[low] < 2.0 * abs(row[middle])]
    if shown:
        bottom, top = min(0.0, *(low for low, _ in shown)), max(0.0, *(high for _, high in shown))
        axes.set_ylim(bottom - 0.05 * (top - bottom), top + 0.15 * (top - bottom))


def _draw_frontier(axes: Axes, plan: SimulatedPlan) -> None:
    """Change of equity at the best split of each budget, with its band; today's plan and the best of all."""
    rows, best = plan.budgets, plan.frontier.best
    axes.fill_between(rows["budget"], rows["gain_low"], rows["gain_high"], color=WORTH, alpha=0.2, linewidth=0)
    axes.plot(rows["budget"], rows["gain"], color=WORTH, lw=2, label="each budget split best")
    today = rows.take(rows["is_todays"])
    axes.plot(today["budget"], [0.0] * len(today), "o", color=QUIET, mec="white", ms=8, label="today's plan",
              ls="none")
    axes.axhline(best.gain[0], color=BEST, lw=0.8, ls=":", label=f"best of all: {best.gain[0]:+,.0f}")
    axes.axhline(0.0, color=QUIET, linewidth=0.8)
    axes.set_title("customer equity, difference to today", loc="left")
    axes.set_xlabel("budget: winning and keeping, discounted", fontsize=8)
    axes.set_ylabel(plan.config.market.currency)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(short))
    axes.legend(frameon=False, fontsize=8)
