"""Pictures of sensitivity: the tornado, Sobol indices, and what it is worth to know each assumption."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from cxsim.measure.table import Table, codes
from cxsim.measure.whole_file import whole_file
from cxsim.report.figures import wrapped
from cxsim.report.svg import BASELINE, INK, SCENARIO_COLOURS, inline_svg, label_axis, make_figure, style
from cxsim.report.verdicts import title

MOST_BARS = 15
LOW, HIGH, FIRST, TOTAL, WORTH = (
    SCENARIO_COLOURS[5], SCENARIO_COLOURS[0], SCENARIO_COLOURS[0], SCENARIO_COLOURS[1], SCENARIO_COLOURS[2])
Drawing = tuple[float, float, Callable[[Figure], None]]
"""Width, height in inches, and what draws into the picture."""


def as_svg(drawing: Drawing) -> str:
    """The picture as text that can stand inside a page."""
    with style():
        figure = make_figure(drawing[0], drawing[1])
        drawing[2](figure)
        return inline_svg(figure)


def save(drawing: Drawing, path: Path) -> None:
    """The picture as a .svg or .png file, whole or not at all."""
    with style(), whole_file(path) as part:
        figure = Figure(figsize=drawing[:2], layout="constrained", facecolor="white")
        FigureCanvasAgg(figure)
        drawing[2](figure)
        is_svg = path.suffix == ".svg"
        metadata: dict[str, Any] = {"Date": None, "Creator": "cxsim"} if is_svg else {"Software": "cxsim"}
        figure.savefig(part, dpi=150, format=path.suffix[1:], metadata=metadata, facecolor="white")


def tornado_drawing(table: Table, scenario: str, confidence: float) -> Drawing:
    """How far each assumption moves one scenario's difference, the widest bar on top.

    Parameters
    ----------
    table : Table
        From :func:`cxsim.whatif.one_at_a_time.tornado`.
    scenario : str
        Whose bars.
    confidence : float
        Level of the intervals in the table.
    """
    rows = [row for row in table.select(scenario=scenario).rows() if row["swing"] > 0][:MOST_BARS]

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        for place, row in enumerate(reversed(rows)):
            for end, colour, shift in (("at_low", LOW, -0.1), ("at_high", HIGH, 0.1)):
                width = row[end] - row["difference"]
                axes.barh(place, width, left=row["difference"], height=0.62, color=colour, zorder=2)
                half = row[f"half_{end[3:]}"]
                if math.isfinite(half) and half > 0:
                    axes.errorbar(row[end], place + shift, xerr=half, color=BASELINE, linewidth=0.8, capsize=2,
                                  zorder=3)
        axes.set_yticks(range(len(rows)), [f"{labelled(row['parameter'])}  {row['low']:.3g} to {row['high']:.3g}"
                                           for row in reversed(rows)])
        if rows:
            axes.axvline(rows[0]["difference"], color=INK, linewidth=1.0, zorder=4)
        if _is_near_zero(rows):
            axes.axvline(0.0, color=INK, linewidth=0.8, linestyle=":", zorder=1)
        _frame(axes, f"difference in {title(str(table['metric'][0]))} of {scenario}")
        for label, colour in (("assumption at its low end", LOW), ("at its high end", HIGH)):
            axes.barh(0, 0, color=colour, label=label)
        axes.plot([], [], color=BASELINE, linewidth=0.8, label=f"{confidence:.0%} interval of the change")
        figure.legend(frameon=False, fontsize=8, loc="outside upper right", ncols=3)

    return 9.0, 1.2 + 0.32 * max(len(rows), 1), draw


def _is_near_zero(rows: list[dict[str, Any]]) -> bool:
    """Whether 0 lies within or close to the bars, so that showing it does not squeeze them."""
    ends = [row[end] for row in rows for end in ("at_low", "at_high", "difference") if math.isfinite(row[end])]
    if not ends:
        return False
    room = max(ends) - min(ends)
    return min(ends) - room <= 0.0 <= max(ends) + room


def labelled(parameter: str) -> str:
    """The whole key, as in the tables; the sides on which it acts stand below where both are long.

    Examples
    --------
    >>> labelled("perception.weights.fit")
    'perception.weights.fit'
    >>> labelled("referral.bonus_lift (points_program, live_chat)")
    'referral.bonus_lift\\n(points_program, live_chat)'
    """
    return parameter.replace(" (", "\n(") if len(parameter) > 40 else parameter


def _frame(axes: Axes, label: str) -> None:
    axes.set_xlabel(label)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#e5e5e5", linewidth=0.7, zorder=0)
    axes.set_axisbelow(True)
    label_axis(axes, "x", 7)


def sobol_drawing(table: Table) -> Drawing:
    """First and total index of each assumption, a panel for each scenario.

    Parameters
    ----------
    table : Table
        From :func:`cxsim.whatif.pairs_of_draws.sobol_table`.
    """
    scenarios = [name for name in codes(table["scenario"])[0] if table.select(scenario=name)["total"].max() > 0]
    parameters = codes(table["parameter"])[0]

    def draw(figure: Figure) -> None:
        panels = figure.subplots(1, max(len(scenarios), 1), sharey=True, squeeze=False)[0]
        for axes, name in zip(panels, scenarios, strict=False):
            rows = table.select(scenario=name)
            places = np.arange(len(rows))[::-1]
            for which, label, colour, shift in (
                ("first", "alone (first)", FIRST, 0.17), ("total", "with others (total)", TOTAL, -0.17)):
                middle, low, high = (rows[f"{which}{end}"] for end in ("", "_low", "_high"))
                axes.barh(places + shift, middle, 0.3, color=colour, label=label, zorder=2)
                axes.hlines(places + shift, low, high, color=BASELINE, linewidth=1.0, zorder=3)
            axes.set_yticks(places, [labelled(one) for one in rows["parameter"].tolist()])
            axes.set_title(wrapped(name))
            axes.set_xlim(*_shares_shown(table))
            for bound in (0.0, 1.0):
                axes.axvline(bound, color=INK, linewidth=0.7, linestyle=":", zorder=1)
            _frame(axes, "share of the variance")
        if len(scenarios):
            figure.legend(*panels[0].get_legend_handles_labels(), frameon=False, fontsize=8,
                          loc="outside upper right", ncols=2)

    return 9.0, 1.6 + 0.42 * len(parameters), draw


def _shares_shown(table: Table) -> tuple[float, float]:
    """From 0 to 1, and beyond where luck carries an estimate or its interval, by a half at most."""
    names = [f"{which}{end}" for which in ("first", "total") for end in ("", "_low", "_high")]
    ends = np.concatenate([table[name] for name in names])
    return float(np.clip(np.nanmin(ends), -0.5, 0.0)), float(np.clip(np.nanmax(ends), 1.0, 1.5))


def information_drawing(table: Table, currency: str) -> Drawing:
    """What knowing each assumption before deciding is worth, and knowing all of them.

    Parameters
    ----------
    table : Table
        From :func:`cxsim.whatif.pairs_of_draws.information_table`.
    currency : str
        For the axis.
    """
    rows = [row for row in table.rows() if row["value"] > 0][:MOST_BARS]

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        for place, row in enumerate(reversed(rows)):
            colour = BASELINE if row["parameter"] == "everything" else WORTH
            axes.barh(place, row["value"], height=0.6, color=colour, zorder=2)
            axes.hlines(place, row["low"], row["high"], color=INK, linewidth=1.0, zorder=3)
        axes.set_yticks(range(len(rows)), [labelled(row["parameter"]) for row in reversed(rows)])
        axes.set_xlim(left=0.0)
        _frame(axes, f"{title(str(table['metric'][0]))}, {currency}")

    return 9.0, 0.9 + 0.32 * max(len(rows), 1), draw
