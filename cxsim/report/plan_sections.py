"""The sections of a simulated plan: the next unit of money, why, how sure, and what else follows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cxsim.report.plan_steps_figure import plan_svg
from cxsim.report.section import Grid, Section
from cxsim.whatif.plan_advice import advise, cautions

if TYPE_CHECKING:
    from cxsim.whatif.simulated_plan import SimulatedPlan


def plan_sections(plan: SimulatedPlan) -> list[Section]:
    """All there is to say of a simulated plan, for page and terminal."""
    currency = plan.config.market.currency
    n = plan.cells.replications
    notes = [f"Costs and worth are means over {n} replications under common luck, with "
             f"{plan.config.confidence:.0%} intervals; both as of the day a customer is won or kept."]
    if plan.cells.is_interrupted:
        notes.append(f"Interrupted: told from the {n} replications that every cell had finished.")
    found = [
        Section("Where the next unit of money goes", advise(plan), notes=notes, place="decision"),
        Section(f"The next customer, in {currency}", (), [_steps(plan)], svg=plan_svg(plan),
                caption="What the next customer costs and is worth at each step of each lever, and what the "
                        "best split of each budget adds to customer equity.", place="why", notes=[
                    f"Customers: {_meanings(plan)}. A unit adds: equity for each further {currency}. "
                    "Open: not decided at this precision; raise replications. Not told: the change of customers "
                    "is not told from 0."]),
        Section("Routes: cost, worth and payback today", (), [_channels(plan)], place="why"),
        Section("The best split of each budget", (), [_budgets(plan)], place="sure", notes=[
            "Budgets hold what winning and keeping costs, also after the horizon, discounted to day 0; between "
            "the cells that were lived, straight lines."]),
        Section("What else follows", cautions(plan), [_service(plan), _cash(plan)], place="further", notes=[
            "Employees: so many more keep everybody at a desk as busy as before. Cannibalised: of those a "
            "paid route wins, the share that would have come within the run anyway. Pays: cumulative profit stays "
            "above that without the step; trough: the lowest it gets. Without breakage: change of equity if every "
            "point were redeemed."]),
    ]
    if len(plan.config.segments) > 1:
        found.insert(2, Section("The same steps by segment", (), [_segments(plan)], place="why"))
    return found


def _meanings(plan: SimulatedPlan) -> str:
    """What one more customer is, for each lever."""
    return "; ".join(f"to {'win' if lever == 'acquire' else 'keep'}, {plan.table.select(lever=lever)['per'][0]}"
                     for lever in ("acquire", "retain"))


def verdict(row: dict[str, Any]) -> str:
    """Whether a step pays, as far as its interval can tell.

    Examples
    --------
    >>> [verdict({"equity_low": low, "equity_high": high}) for low, high in ((1, 2), (-2, -1), (-1, 1), (0, 0))]
    ['pays', 'loses', 'open', 'moves nothing']
    """
    if row["equity_low"] == row["equity_high"] == 0:
        return "moves nothing"
    if row["equity_low"] > 0:
        return "pays"
    return "loses" if row["equity_high"] < 0 else "open"


def _step(row: dict[str, Any]) -> str:
    return f"{row['channel'].split('.')[-1]} {row['from_level']:.4g} to {row['to_level']:.4g}"


def _steps(plan: SimulatedPlan) -> Grid:
    rows = [[_step(row), f"{row['spend']:,.0f}", f"{row['customers']:+,.1f}",
             _told(row, "marginal_cost", "low", "high", ",.2f"),
             _told(row, "value", "value_low", "value_high", ",.2f"), _verdict(row)]
            for row in plan.table.rows()]
    return Grid(["step", "spend", "customers", "the next costs", "is worth", "a unit adds"], rows)


def _verdict(row: dict[str, Any]) -> str:
    """Whether a step pays, and what a unit adds where that is told."""
    if not math.isfinite(row["return_on_spend"]):
        return verdict(row)
    return f"{verdict(row)} {_with(row, 'return_on_spend', 'return_low', 'return_high', '+.2f')}"


def _segments(plan: SimulatedPlan) -> Grid:
    rows = [[f"{_step(row)} · {row['segment']}", f"{row['spend']:,.0f}", f"{row['customers']:+,.1f}",
             (_told if row["lever"] == "acquire" else _with)(row, "value", "value_low", "value_high", ",.2f"),
             _with(row, "equity", "equity_low", "equity_high", "+,.0f")] for row in plan.segments.rows()]
    return Grid(["step · segment", "spend", "customers", "each is worth", "change of equity"], rows)


def _channels(plan: SimulatedPlan) -> Grid:
    rows = [[f"{row['source']} · {row['segment']}", f"{row['customers_acquired']:,.0f}",
             _number(row["cac"], ",.2f"),
             _with(row, "clv", "clv_low", "clv_high", ",.2f"),
             _with(row, "clv_to_cac", "ratio_low", "ratio_high", ".2f"), _payback(row)]
            for row in plan.channels.rows()
            if row["customers_acquired"] > 0 and (row["segment"] == "all" or len(plan.config.segments) > 1)]
    return Grid(["route · segment", "won", "cost each", "worth each", "worth / cost", "paid back after"], rows)


def _payback(row: dict[str, Any]) -> str:
    if not math.isfinite(row["payback_days"]):
        return "not in the run"
    some = "" if row["p_paid_back"] == 1.0 else f" ({row['p_paid_back']:.0%} of runs)"
    return f"{row['payback_days']:,.0f} days{some}"


def _budgets(plan: SimulatedPlan) -> Grid:
    rows = [[f"{row['budget']:,.0f}{' (today)' if row['is_todays'] else ''}", f"{row['acquisition_spend']:,.0f}",
             f"{row['retention_spend']:,.0f}", f"{row['acquisition_multiple']:.2f}",
             f"{row['retention_level']:.3g}",
             _with(row, "gain", "gain_low", "gain_high", "+,.0f")] for row in plan.frontier.rows]
    return Grid(["budget", "to win", "to keep", "routes, times", plan.levers.key.split(".")[-1],
                 "equity, more than today"], rows)


def _service(plan: SimulatedPlan) -> Grid:
    rows = [[_step(row), f"{row['contacts']:+,.0f}", f"{row['employees']:+.3f}",
             _with(row, "wait_minutes", "wait_minutes_low", "wait_minutes_high", "+.2f"),
             _with(row, "cannibalised", "cannibalised_low", "cannibalised_high", ".0%")]
            for row in plan.side_effects.rows()]
    return Grid(["step", "contacts", "employees", "wait, minutes", "cannibalised"], rows)


def _cash(plan: SimulatedPlan) -> Grid:
    rows = [[_step(row), _month(row, "pays_after_month"), _month(row, "surely_after_month"),
             f"{row['deepest']:,.0f}", _with(row, "without_breakage", "without_low", "without_high", "+,.0f")]
            for row in plan.side_effects.rows()]
    return Grid(["step", "pays from", "surely from", "trough", "without breakage"], rows)


def _month(row: dict[str, Any], name: str) -> str:
    """A month; a step that neither pays nor ever lies below 0 moves no cash at all."""
    if not math.isfinite(row["pays_after_month"]) and row["deepest"] == 0:
        return "no change"
    return f"month {row[name]:.0f}" if math.isfinite(row[name]) else "not yet"


def _told(row: dict[str, Any], name: str, low: str, high: str, form: str) -> str:
    return _with(row, name, low, high, form) if math.isfinite(row[name]) else "not told"


def _number(value: float, form: str) -> str:
    return format(value, form) if math.isfinite(value) else "-"


def _with(row: dict[str, Any], name: str, low: str, high: str, form: str) -> str:
    """A number with half of its interval, short enough for a table."""
    if form == ",.2f" and abs(row[name]) >= 100:
        form = ",.0f"
    if not math.isfinite(row[name]) or not math.isfinite(row[low]):
        return _number(row[name], form)
    return f"{format(row[name], form)} ± {format((row[high] - row[low]) / 2, form.lstrip('+'))}"
