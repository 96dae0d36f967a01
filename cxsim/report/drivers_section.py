"""Why a scenario comes out as it does: profit and customer equity by driver, in words, a grid and a waterfall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.measure.table import Table
from cxsim.report.figures_why import Step, draw_waterfalls
from cxsim.report.numbers import format_difference
from cxsim.report.section import Grid, Section
from cxsim.whatif.decompose_drivers import DRIVERS, MEASURES
from cxsim.whatif.shapley import largest_remainder

if TYPE_CHECKING:
    from cxsim.whatif.compare import Comparison

TITLES = {
    "acquisition": "customers won", "referral": "customers brought", "retention": "retention",
    "frequency": "order frequency", "spend": "spend and price", "upsell": "upsell",
    "membership_fees": "membership fees", "rewards": "rewards", "retention_spend": "retention spend",
    "acquisition_spend": "acquisition spend", "service_volume": "service: how much",
    "service_unit_cost": "service: cost of each", "service_fixed": "service: hours, fixed",
    "reward_liability": "points owed",
}
MEASURE_TITLES = {"profit": "profit", "customer_equity": "customer equity"}
SUM = "sum"
NOTES = (
    "Customers, the days they are active, orders a day, margin and upsell margin an order share the margin of "
    "orders by Shapley's value, for each segment and source; costs are the ledgers' differences. Bars sum to the "
    "difference to the cent in every replication.",
    "In customer equity money is discounted, and what the living are still worth counts as further orders at the "
    "end, net of rewards and own service: how many goes with retention, what each leaves with its driver.",
)
MOST_NAMED = 3
HALF_A_CENT = 0.005


def drivers_section(comparison: Comparison) -> Section | None:
    """The section of a comparison; None where no scenario moves any money."""
    table = comparison.further.get("drivers")
    if table is None:
        return None
    bars = {name: _bars(table, name) for name in comparison.names}
    shown = [driver for driver in DRIVERS
             if any(row["difference"] != 0 for found in bars.values() for rows in found.values()
                    for row in [rows[driver]])]
    if not shown:
        return None
    totals = {name: _totals(comparison, name) for name in comparison.names}
    panels = {(name, MEASURE_TITLES[measure]): _steps(bars[name][measure], totals[name][measure], shown)
              for name in comparison.names for measure in MEASURES}
    return Section(
        "Why: by driver",
        [driver_words(name, bars[name]["profit"], totals[name]["profit"]) for name in comparison.names],
        [_grid(name, bars[name], totals[name], shown, comparison.config.confidence) for name in comparison.names],
        draw_waterfalls(panels, len(MEASURES)),
        f"From nothing to the difference, driver by driver, in {comparison.config.market.currency}; lines on the "
        "bars are their intervals, grey bars are not told from 0, the last bar is the whole difference.",
        NOTES, is_brief=True)


def driver_words(name: str, rows: Mapping[str, Mapping[str, Any]], total: Mapping[str, Any]) -> str:
    """What moves a scenario's profit most, and what works against it.

    Examples
    --------
    >>> def bar(value, low, high):
    ...     return {"difference": value, "ci_low": low, "ci_high": high}
    >>> rows = {"frequency": bar(500.0, 400.0, 600.0), "rewards": bar(-700.0, -720.0, -680.0)}
    >>> driver_words("points", rows, bar(-200.0, -260.0, -140.0))
    'points: profit -200, mostly through rewards (-700); against it order frequency (+500).'
    """
    value = total["difference"]
    found = [(driver, row) for driver, row in rows.items() if is_told(row)]
    if not found:
        return f"{name}: no driver of profit is told from 0."
    ranked = sorted(found, key=lambda one: -abs(one[1]["difference"]))
    sign = np.sign(value) or 1.0
    with_it = [one for one in ranked if np.sign(one[1]["difference"]) == sign][:MOST_NAMED]
    against = [one for one in ranked if np.sign(one[1]["difference"]) == -sign][:MOST_NAMED]
    told = "" if is_told(total) else ", not told from 0"
    parts = [f"mostly through {_listed(with_it)}"] if with_it else []
    parts += [f"against it {_listed(against)}"] if against else []
    return f"{name}: profit {_money(total)}{told}, {'; '.join(parts)}."


def is_told(row: Mapping[str, Any]) -> bool:
    """Whether the interval of a row leaves out 0; of a single pair, whether there is a difference."""
    return Step("", row["difference"], row["ci_low"], row["ci_high"]).is_detected


def _listed(found: Sequence[tuple[str, Mapping[str, Any]]]) -> str:
    return ", ".join(f"{TITLES[driver]} ({_money(row)})" for driver, row in found)


def _money(row: Mapping[str, Any]) -> str:
    return format_difference(row["difference"], "money", (row["ci_high"] - row["ci_low"]) / 2)


def _bars(table: Table, name: str) -> dict[str, dict[str, dict[str, Any]]]:
    """Rows by measure and driver, all segments together."""
    rows = table.select(scenario=name, segment="all")
    return {measure: {row["driver"]: row for row in rows.select(measure=measure).rows()} for measure in MEASURES}


def _totals(comparison: Comparison, name: str) -> dict[str, dict[str, Any]]:
    """Rows of the comparison by measure."""
    rows = comparison.comparison.select(scenario=name, segment="all", period="total", metric=list(MEASURES))
    return {row["metric"]: row for row in rows.rows()}


def _step(name: str, row: Mapping[str, Any]) -> Step:
    return Step(name, row["difference"], row["ci_low"], row["ci_high"])


def _steps(rows: Mapping[str, Mapping[str, Any]], total: Mapping[str, Any], shown: Sequence[str]) -> list[Step]:
    return [*(_step(TITLES[driver], rows[driver]) for driver in shown), _step(SUM, total)]


def _grid(
    name: str, bars: Mapping[str, Mapping[str, Mapping[str, Any]]], totals: Mapping[str, Mapping[str, Any]],
    shown: Sequence[str], confidence: float,
) -> Grid:
    """Drivers of one scenario, of profit and of customer equity; the printed numbers sum as printed."""
    interval = f"{100 * confidence:g}% interval"
    columns = []
    for measure in MEASURES:
        rows = [bars[measure][driver] for driver in shown]
        columns.append(summing([row["difference"] for row in rows], totals[measure]["difference"]))
        columns.append([interval_text(row) for row in [*rows, totals[measure]]])
    names = [*(TITLES[driver] for driver in shown), SUM]
    heads = ["driver", "profit", interval, "customer equity", interval]
    return Grid(heads, [list(cells) for cells in zip(names, *columns, strict=True)], f"Drivers of {name}")


def summing(values: Sequence[float], total: float) -> list[str]:
    """Numbers and their total as text, rounded so that what is printed sums to what is printed.

    Examples
    --------
    >>> summing([100.4, 100.4, -0.2], 200.6)
    ['+101', '+100', '0', '+201']
    """
    digits = 0 if max(map(abs, [*values, total]), default=0.0) >= 100 else 2
    size = 10.0**digits
    whole = int(np.rint(total * size))
    parts = largest_remainder(np.array(values) * size, np.array(whole))
    return [f"{part / size:+,.{digits}f}" if part else "0" for part in [*parts.tolist(), whole]]


def interval_text(row: Mapping[str, Any]) -> str:
    """The ends of an interval of money; a dash where there is none or it is narrower than a cent."""
    half = (row["ci_high"] - row["ci_low"]) / 2
    if not half > HALF_A_CENT:
        return "–"
    return " to ".join(format_difference(row[end], "money", half) for end in ("ci_low", "ci_high"))
