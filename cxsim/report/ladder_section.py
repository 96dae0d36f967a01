"""The ladder in words, grids and a picture: closed form, cohort and agents side by side, and why they part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.measure.table import Table
from cxsim.report.figures_ladder import draw_ladder
from cxsim.report.numbers import UNDEFINED, format_difference, format_value
from cxsim.report.section import Grid, Section
from cxsim.report.verdicts import title
from cxsim.whatif.ladder import AGENTS, CLOSED_FORM, COHORT, METRICS, PEOPLE, RUNGS, acts_from_the_start
from cxsim.whatif.rungs import FACTORS

if TYPE_CHECKING:
    from cxsim.whatif.compare import Comparison

UNITS = {"customers_end": "customers", "purchases": "orders", "profit": "money"}
FORMULA_WHY = {
    "arrivals": "newcomers come otherwise than history and pilot say",
    PEOPLE: "experience, word of mouth and queues change with time how people order and leave, and the formula "
            "holds the pilot's multipliers",
}
COHORT_WHY = {
    "arrivals": "it holds the pilot's arrivals for ever",
    "leaving": "it lets everybody leave at the pilot's rate, while those who leave easily go first",
    "returning": "it lets the lapsed return at the pilot's rate, while those who would come back do so first",
    "ordering": "it lets everybody order at the pilot's rate, while who is active changes",
}
# A rung comes to the same within the agents' interval, widened by such parts of their difference or the level.
NEAR_DIFFERENCE, NEAR_LEVEL = 0.05, 0.005
WHY = {CLOSED_FORM: FORMULA_WHY, COHORT: COHORT_WHY}
NOTE = (
    "Closed form: sBG or BG/NBD for a going business, people of all kinds, with the scenario's multipliers as the "
    "first {pilot} months show them. Cohort: a Markov chain of active and lapsed customers at the mean rates of "
    "those months. Agents: the simulation. Profit: orders of the rung at the agents' margin an order, less the "
    "agents' other costs. The same: within the agents' interval, or 5% of their difference or 0.5% of the level "
    "beyond it, and on the same side of 0.")


def ladder_section(comparison: Comparison) -> Section | None:
    """The section of a comparison; None where no ladder was asked for."""
    table, gaps = comparison.further.get("ladder"), comparison.further.get("ladder_gaps")
    if table is None or gaps is None:
        return None
    names = list(dict.fromkeys(table["scenario"].tolist()))
    words = [_scenario_told(name, table, gaps) for name in names[1:]] + [_baseline_told(table, gaps)]
    left_out = [name for name, parts in zip(comparison.names, comparison.scenarios, strict=True)
                if not acts_from_the_start(parts)]
    if left_out:
        words.append("Left out, because lower rungs know only what acts from day 0 to the end: "
                     + ", ".join(left_out) + ".")
    note = NOTE.format(pilot=comparison.depth.ladder_months)
    differences = [_difference_grid(table, names[1:])] if len(names) > 1 else []
    caption = ("Above: active customers and orders a month of the baseline. Below: differences from the baseline, "
               "profit added up. Band: interval of the agents.")
    return Section("The ladder: closed form, cohort, agents", words, [
        *differences, _level_grid(table), _gap_grid(gaps)], draw_ladder(table, names), caption, [note], "further")


def _last(table: Table, name: str, rung: str, metric: str) -> dict[str, Any]:
    """The row of the end (stocks) or of the whole run (flows)."""
    rows = list(table.select(scenario=name, rung=rung, metric=metric).rows())
    return rows[-1]


def _scenario_told(name: str, table: Table, gaps: Table) -> str:
    """What each rung says the scenario does to orders and profit, and whether a lower one would do."""
    said, apart, unclear = [], set[str](), []
    for metric in ("profit", "purchases"):
        found = {rung: _last(table, name, rung, metric) for rung in RUNGS}
        low, high = found[AGENTS]["difference_low"], found[AGENTS]["difference_high"]
        half = (high - low) / 2
        level = abs(_last(table, "baseline", AGENTS, metric)["value"])
        apart |= {rung for rung in RUNGS[:2] if _misleads(found[rung]["difference"], found[AGENTS], level)}
        # An interval without width is an effect that is known; one that holds 0 does not even tell its sign.
        if not (low > 0 or high < 0 or low == high):
            unclear.append(title(metric))
        shown = {rung: format_difference(found[rung]["difference"], UNITS[metric], half) for rung in RUNGS}
        said.append(f"{title(metric)} {shown[AGENTS]} by agents, {shown[CLOSED_FORM]} by closed form, "
                    f"{shown[COHORT]} by cohort")
    reasons = [_reason(gaps, name, rung) for rung in RUNGS[:2] if rung in apart]
    verdict = _verdict([rung for rung in RUNGS[:2] if rung not in apart], unclear)
    return f"{name}: {'; '.join(said)}. Here {verdict}." + "".join(f" {one}." for one in reasons if one)


def _misleads(difference: float, agents: dict[str, Any], level: float) -> bool:
    """Whether a rung's difference lies beyond the agents' interval, or on the other side of 0 than all of it."""
    low, high, effect = agents["difference_low"], agents["difference_high"], agents["difference"]
    near = max(NEAR_DIFFERENCE * abs(effect), NEAR_LEVEL * level)
    is_turned = difference < 0 < low or high < 0 < difference
    return bool(difference < low - near or difference > high + near or is_turned)


def _verdict(alike: list[str], unclear: list[str]) -> str:
    """Whether a lower rung would do, as far as the agents' precision tells."""
    if not alike:
        return "both lower rungs would mislead, so detail matters"
    if unclear:
        who = "the rungs" if len(alike) == 2 else f"the {alike[0]} and the agents"
        return (f"{who} cannot be told apart at this precision (the agents' interval of {' and '.join(unclear)} "
                "holds 0); raise replications")
    if len(alike) == 2:
        return "both lower rungs come to the same, so a formula would do"
    return f"only the {alike[0]} comes to the same"


def _reason(gaps: Table, name: str, rung: str) -> str:
    """What parts a rung's difference in orders from the agents' most."""
    of = {side: {row["factor"]: row["part"] for row in gaps.select(
        scenario=side, rung=rung, metric="purchases").rows()} for side in (name, "baseline")}
    parts = {factor: part - of["baseline"][factor] for factor, part in of[name].items()}
    largest = max(parts, key=lambda factor: abs(parts[factor]))
    if abs(parts[largest]) < 1.0:
        return ""
    return (f"The {rung} parts from them most of all because {WHY[rung][largest]} "
            f"({format_difference(parts[largest], 'orders')} orders)")


def _baseline_told(table: Table, gaps: Table) -> str:
    """How far the lower rungs are from the agents in the baseline, and the largest reason of each."""
    sentences = []
    for rung in RUNGS[:2]:
        rows = list(gaps.select(scenario="baseline", rung=rung, metric="customers_end").rows())
        largest = max(rows, key=lambda row: abs(row["part"]))
        is_apart = _parts_from(table, "baseline", rung, "customers_end") is not None
        why = f", most of all because {WHY[rung][largest['factor']]}" if is_apart else ""
        apart = [_apart(table, "baseline", rung, metric) for metric in ("customers_end", "purchases")]
        sentences.append(f"{rung}: customers at the end {apart[0]}, orders {apart[1]}{why}")
    return f"The baseline itself, against its agents: {'; '.join(sentences)}."


def _apart(table: Table, name: str, rung: str, metric: str) -> str:
    row, agents = _last(table, name, rung, metric), _last(table, name, AGENTS, metric)
    if agents["value"] == 0:
        return UNDEFINED
    apart = row["value"] / agents["value"] - 1.0
    inside = agents["ci_low"] <= row["value"] <= agents["ci_high"]
    first = _parts_from(table, name, rung, metric)
    told = "within its interval" if inside else f"outside its interval from month {first} on" if first else ""
    return f"{100 * apart:+.1f}%" + (f" ({told})" if told else "")


def _parts_from(table: Table, name: str, rung: str, metric: str) -> int | None:
    """The month from which on a rung stays outside the agents' interval."""
    own = [row for row in table.select(scenario=name, rung=rung, metric=metric).rows() if row["period"] != "total"]
    agents = table.select(scenario=name, rung=AGENTS, metric=metric)
    lived = [row for row in agents.rows() if row["period"] != "total"]
    inside = np.array([a["ci_low"] <= o["value"] <= a["ci_high"] for o, a in zip(own, lived, strict=True)])
    if inside[-1]:
        return None
    last_inside = np.flatnonzero(inside)
    return int(last_inside[-1]) + 2 if len(last_inside) else 1


def _level_grid(table: Table) -> Grid:
    rows = []
    for metric in METRICS:
        for rung in RUNGS:
            row = _last(table, "baseline", rung, metric)
            rows.append([_name(metric), rung, format_value(row["value"], UNITS[metric]), _interval(row, metric)])
    return Grid(["metric", "rung", "value", "interval"], rows, "the baseline")


def _difference_grid(table: Table, names: list[str]) -> Grid:
    rows = []
    for name in names:
        for metric in METRICS:
            found = {rung: _last(table, name, rung, metric) for rung in RUNGS}
            half = (found[AGENTS]["difference_high"] - found[AGENTS]["difference_low"]) / 2
            ends = [format_difference(found[AGENTS][key], UNITS[metric], half)
                    for key in ("difference_low", "difference_high")]
            rows.append([f"{name}: {_name(metric)}",
                         *(format_difference(found[rung]["difference"], UNITS[metric], half) for rung in RUNGS),
                         " to ".join(ends)])
    return Grid(["difference from the baseline", *RUNGS, "interval"], rows)


def _gap_grid(gaps: Table) -> Grid:
    """One row a side, metric and rung; one column a reason."""
    factors = [*FACTORS, PEOPLE]
    found: dict[tuple[str, str, str], dict[str, float]] = {}
    for row in gaps.rows():
        found.setdefault((row["scenario"], row["metric"], row["rung"]), {})[row["factor"]] = row["part"]
    rows = []
    for (name, metric, rung), parts in found.items():
        unit = UNITS[metric]
        rows.append([f"{name}, {rung}", unit, format_difference(sum(parts.values()), unit),
                     *(format_difference(parts[one], unit) if one in parts else UNDEFINED for one in factors)])
    return Grid(["agents less", "in", "gap", *factors], rows, "where they part, and what accounts for it")


def _name(metric: str) -> str:
    return "customers at the end" if metric == "customers_end" else title(metric)


def _interval(row: dict[str, Any], metric: str) -> str:
    if not np.isfinite(row["ci_low"]):
        return UNDEFINED
    return f"{format_value(row['ci_low'], UNITS[metric])} to {format_value(row['ci_high'], UNITS[metric])}"
