"""Beside the recommendation: what it takes to pay, doing nothing, who pays and who gains, the test to run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cxsim.measure.cash import course_of
from cxsim.measure.levels import levels
from cxsim.measure.table import codes
from cxsim.report.decision_words import OUTCOME_WORDS, VOLUME_WORDS, interval_words
from cxsim.report.numbers import UNDEFINED, format_difference, format_value
from cxsim.report.section import Grid, Section
from cxsim.report.verdicts import title
from cxsim.whatif.decide import BASELINE
from cxsim.whatif.pilot import pilot_of

if TYPE_CHECKING:
    from cxsim.whatif.compare import Comparison

FUTURE = ("customers_end", "retention_rate", "purchases", "revenue", "profit", "nps", "wait_minutes")
LEAST_MONTHS = 3
MOST_PEOPLE = 1e7


def paying_section(comparison: Comparison) -> Section | None:
    """From which volume on each scenario pays, how deep it goes before, and when it has paid back."""
    table = comparison.further.get("break_even")
    if table is None:
        return None
    cash, days = comparison.further["cash"], comparison.config.horizon_days
    what = VOLUME_WORDS[str(table["volume"][0])]
    needs = [[row["scenario"], *(_lift(row, which) for which in ("needed", "found")),
              format_difference(row["held"], "money")] for row in table.rows()]
    courses = [[name, *_course_cells(course_of(cash, name))] for name in codes(table["scenario"])[0]]
    grids = [Grid(["", "needed", "found", "to be earned"], needs, name=f"Change of {what} within {days:,} days"),
             Grid(["", "lowest", "in month", "paid back from", "surely from"], courses,
                  name="Profit against the baseline, added up month by month")]
    notes = [f"Needed: the change of {what} at which profit is the baseline's. To be earned: money that does not "
             "follow "
             "volume (media, fixed costs, paid hours), beyond the baseline's. Surely: with its whole paired "
             "interval."]
    return Section("What it takes to pay", (), grids, notes=notes, place="decision")


def _lift(row: dict[str, Any], which: str) -> str:
    share, low, high = (row[which + end] for end in ("", "_low", "_high"))
    if not math.isfinite(share):
        return "no volume pays"
    half = (high - low) / 2
    text = f"{format_difference(share, 'share', half)} {interval_words(low, high, 'share')}"
    return text.replace(" pp", "%").rstrip()


def _course_cells(course: Any) -> list[str]:
    month = str(course.trough_month) if course.trough_month else UNDEFINED
    turns = [f"month {one}" if one else "not in the run" for one in (course.turns, course.surely)]
    return [format_difference(course.trough, "money", (course.high - course.low) / 2), month, *turns]


def future_section(comparison: Comparison) -> Section | None:
    """Doing nothing is a choice as well: where the baseline goes by itself."""
    if comparison.config.market.kind == "contact_centre":
        return None
    here = comparison.kpis.select(scenario=BASELINE, segment="all", metric=FUTURE)
    found = {(row["metric"], row["period"]): row for row in levels(here, comparison.config.confidence).rows()}
    # The last month may be partial; a whole one tells what a month is like.
    months = sorted((period for _, period in found if period != "total"), key=int)
    months = list(dict.fromkeys(months))[:-1]
    if len(months) < LEAST_MONTHS:
        return None
    shown = list(dict.fromkeys((months[0], months[len(months) // 2], months[-1])))
    rows = [[title(metric), *(_level(found.get((metric, month))) for month in shown)] for metric in FUTURE
            if any(_is_told(found.get((metric, month))) for month in shown)]
    first, last = (found["customers_end", month] for month in (months[0], months[-1]))
    profits = [found["profit", month]["value"] for month in (months[0], months[-1])]
    words = [f"If nothing is done, active customers go from {format_value(first['value'], 'customers')} at the "
             "end of "
             f"month {months[0]} to {format_value(last['value'], 'customers')} at the end of month {months[-1]}, "
             "and "
             f"profit from {format_value(profits[0], 'money')} to {format_value(profits[1], 'money')} a month."]
    return Section("If nothing is done", words, [Grid(["", *(f"month {month}" for month in shown)], rows)],
                   notes=["The baseline alone: means over replications, with intervals of these means."],
                   place="further", is_brief=True)


def _is_told(row: dict[str, Any] | None) -> bool:
    return row is not None and math.isfinite(row["value"]) and row["value"] != 0


def _level(row: dict[str, Any] | None) -> str:
    if row is None or not math.isfinite(row["value"]):
        return UNDEFINED
    text = format_value(row["value"], row["unit"])
    if not math.isfinite(row["ci_low"]) or row["ci_low"] == row["ci_high"]:
        return text
    return f"{text} ({format_value(row['ci_low'], row['unit'])} to {format_value(row['ci_high'], row['unit'])})"


def payers_section(comparison: Comparison) -> Section | None:
    """Who in the house pays and whose revenue moves."""
    table = comparison.further.get("payers")
    if table is None or not len(table):
        return None
    grids = []
    for name in codes(table["scenario"])[0]:
        rows = []
        here = {(row["owner"], row["side"]): row for row in table.select(scenario=name).rows()}
        for owner in sorted({owner for owner, _ in here}):
            found = [here.get((owner, side)) for side in ("cost", "revenue")]
            if any(row is not None and row["difference"] != 0 for row in found):
                p = next(row["p"] for row in found if row is not None)
                rows.append([owner, *(_moved(row) for row in found), p or UNDEFINED])
        if rows:
            grids.append(Grid(["", "cost", "revenue", "P"], rows, name=name, words=1))
    if not grids:
        return None
    return Section("Who pays and who gains", (), grids, notes=[
        "By owner, as differences from the baseline; revenue less cost adds up to the difference in profit. P: "
        "which of "
        "the five Ps (product, price, promotion, place, people) the owner belongs to."], place="further",
        is_brief=True)


def _moved(row: dict[str, Any] | None) -> str:
    if row is None or row["difference"] == 0:
        return UNDEFINED
    half = max((row["ci_high"] - row["ci_low"]) / 2, abs(row["difference"]) / 100)
    interval = interval_words(row["ci_low"], row["ci_high"], "money", half)
    return f"{format_difference(row['difference'], 'money', half)} {interval}".rstrip()


def pilot_section(comparison: Comparison) -> Section | None:
    """How large a real test has to be, by scenario and outcome."""
    table = comparison.further.get("pilot")
    if table is None or not len(table):
        return None
    grids = []
    heads = ["", "weeks", "without", "effect", "in each group", "all would show"]
    for name in codes(table["scenario"])[0]:
        shortest = pilot_of(table, name)
        # Of every outcome the last look, and the shortest test.
        looks = list({row["outcome"]: row for row in table.select(scenario=name).rows()}.values())
        if shortest is not None and shortest.is_feasible and shortest.row not in looks:
            looks.insert(0, shortest.row)
        grids.append(Grid(heads, [_pilot_cells(row) for row in looks], name=name))
    there = format_value(float(table["customers"].mean()), "customers")
    notes = [
        f"Customers of two groups drawn by lot, for {100 * float(table['power'][0]):g}% probability to find the "
        "projected "
        f"effect with {100 * (1 - float(table['confidence'][0])):.3g}% false alarms (depth.power). All would "
        "show: the smallest effect that "
        f"the {there} customers active on day 0 would show, half of them in each group. Real people do not live "
        "twice: "
        "what counts is how much they differ, not how much paired runs do. Before the end of the run orders are "
        "taken to vary as in a mixed Poisson law, and the lift to be the same at all times."]
    return Section("The test to run", (), grids, notes=notes, place="sure", is_brief=True)


def _pilot_cells(row: dict[str, Any]) -> list[str]:
    unit = {"orders": "orders", "stays": "share", "margin": "money"}[row["outcome"]]
    per_group = f"{math.ceil(row['per_group']):,}" if row["per_group"] < MOST_PEOPLE else "over 10 million"
    least = format_difference(math.copysign(row["detectable"], row["effect"] or 1.0), unit)
    return [OUTCOME_WORDS[row["outcome"]], f"{row['weeks']:.0f}", format_value(row["baseline_mean"], unit),
            format_difference(row["effect"], unit), per_group, least]
