"""What a simulated plan advises, in words: the next unit of money, the best plan, what to be careful about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.whatif.plan_channels import dearer_but_better
from cxsim.whatif.plan_levers import PRESENT
from cxsim.whatif.plan_steps import ACQUIRE, AT_END, RETAIN, Found, Step, jackknife, steps_of

if TYPE_CHECKING:
    from cxsim.whatif.simulated_plan import SimulatedPlan

ALL_ROUTES = "all routes"
WIDEST = 1.0
"""Of an interval, in times its middle; a wider one would agree with everything."""


@dataclass(frozen=True)
class NextUnit:
    """One use of the next unit of money: the step up from today, and what a unit adds to customer equity."""

    step: Step
    returned: Found
    row: dict[str, Any]

    @property
    def is_told(self) -> bool:
        """Whether what a unit adds is known, with its interval."""
        return bool(np.isfinite(self.returned).all())

    @property
    def name(self) -> str:
        """The use in words."""
        verb = "winning customers by" if self.step.lever == ACQUIRE else "keeping customers by"
        return f"{verb} {self.step.channel}"


def next_units(plan: SimulatedPlan) -> list[NextUnit]:
    """Uses of the next unit of money, the best first; routes by themselves where there are several."""
    levers, rows = plan.levers, list(plan.table.rows())
    several = len(levers.routes) > 1
    found = []
    for step, row in zip(steps_of(levers, plan.cells.totals()), rows, strict=True):
        if step.sides.before != "baseline" or (several and step.channel == ALL_ROUTES):
            continue
        found.append(NextUnit(step, (row["return_on_spend"], row["return_low"], row["return_high"]), row))
    return sorted(found, key=lambda one: -np.nan_to_num(one.returned[0], nan=-np.inf))


def lead_of(plan: SimulatedPlan, first: NextUnit, second: NextUnit) -> Found:
    """How much more a unit returns in one use than in another, paired by replication."""
    samples = []
    for one in (first, second):
        sides = one.step.sides
        spent = "acquisition_discounted" if one.step.lever == ACQUIRE else "keeping_life"
        samples += [sides.more("customer_equity"), sides.more(spent)]
    return jackknife(lambda a, b, c, d: a / b - c / d, *samples, confidence=plan.config.confidence)


def advise(plan: SimulatedPlan) -> list[str]:
    """Where the next unit of money goes, whether the same money could be split better, what is best of all."""
    return [*_idle(plan), *_next_unit(plan), *_same_money(plan), *_best(plan)]


def _idle(plan: SimulatedPlan) -> list[str]:
    """That what should keep customers keeps nobody, where no step of it did in any replication."""
    rows, config, key = list(plan.table.select(lever=RETAIN).rows()), plan.config, plan.levers.key
    if any(row["customers"] != 0 or row["customers_high"] > 0 for row in rows):
        return []
    is_free = not any(row["spend"] or row["equity"] for row in rows)
    cure = "" if config.retention.is_on else "retention=attention, or "
    moved = "a customer or any money" if is_free else "a customer"
    return [f"{key} keeps nobody in {config.market.name}: no step of it moved {moved}, so this "
            f"plan tells nothing about keeping; try {cure}another plan.simulated.retention.key."]


def _next_unit(plan: SimulatedPlan) -> list[str]:
    units, currency = next_units(plan), plan.config.market.currency
    if not units:
        return ["No more than today's was tried in either lever: raise plan.simulated.spend_multiples above 1."]
    words = [f"{one.name} adds {interval(one.returned, '.2f')}" if one.is_told else
             f"{one.name}: not told (what it spends more is not told from 0)" for one in units]
    said = [f"From today's plan, a further {currency} spent adds to customer equity: {'; '.join(words)}."]
    best = units[0]
    if not best.is_told:
        return [*said, "Too few replications to say where the next unit goes; raise replications."]
    if best.returned[2] < 0:
        return [*said, "No further unit of money pays in any use: save instead."]
    if best.returned[1] <= 0:
        return [*said, f"Not decided: the best use, {best.name}, may lose money; raise replications."]
    if len(units) == 1:
        return [*said, f"The next unit of money goes to {best.name}."]
    if not units[1].is_told:
        return [*said, f"{best.name[0].upper()}{best.name[1:]} pays; it cannot be compared with {units[1].name}."]
    lead = lead_of(plan, best, units[1])
    if lead[1] > 0:
        return [*said, f"The next unit of money goes to {best.name}: it returns {interval(lead, '.2f')} more "
                       f"there than in {units[1].name}."]
    return [*said, f"{best.name[0].upper()}{best.name[1:]} pays; whether {units[1].name} would return more is not "
                   f"decided (the lead is {interval(lead, '.2f')})."]


def _same_money(plan: SimulatedPlan) -> list[str]:
    rows = [row for row in plan.frontier.rows if row["is_todays"]]
    if not rows or not np.isfinite(rows[0]["gain_low"]):
        return []
    row, currency = rows[0], plan.config.market.currency
    money = f"Today's money ({row['budget']:,.0f} {currency}, discounted)"
    if row["gain_low"] <= 0:
        return [f"No split of today's money ({row['budget']:,.0f} {currency}, discounted) is surely "
                f"better than today's (best found: {_gain(row, currency)})."]
    if row["gain"] < 0.01 * abs(row["customer_equity"]):
        return [f"{money} could surely be split better, but by less than 1% of customer equity: "
                f"{_gain(row, currency)}, with {row['acquisition_spend']:,.0f} to win and "
                f"{row['retention_spend']:,.0f} to keep ({plan.levers.key}={row['retention_level']:.3g})."]
    return [f"{money} would be split better as "
            f"{row['acquisition_spend']:,.0f} to win and {row['retention_spend']:,.0f} to keep "
            f"({row['acquisition_multiple']:.2f} times today's spend on routes, {plan.levers.key}="
            f"{row['retention_level']:.3g}): {_gain(row, currency)} of customer equity."]


def _gain(row: dict[str, Any], currency: str) -> str:
    return f"{interval((row['gain'], row['gain_low'], row['gain_high']), '+,.0f')} {currency}"


def _best(plan: SimulatedPlan) -> list[str]:
    best, currency, levers = plan.frontier.best, plan.config.market.currency, plan.levers
    edge = ("; it lies at the edge of what was tried, so the best may lie beyond: widen "
            "plan.simulated.spend_multiples or plan.simulated.retention.levels" if best.is_at_edge else "")
    low, high = best.multiple_range
    least, most = best.level_range
    said = [f"The best plan of all spends {best.multiple:.2f} times today's money on paid routes ({low:.2f} to "
            f"{high:.2f}) with {levers.key}={best.level:.4g} ({least:.4g} to {most:.4g}) "
            f"and adds {interval(best.gain, ',.0f')} {currency} of customer equity to today's{edge}."]
    if best.is_at_edge:
        return said
    costs = [best.acquire, best.retain]
    worth = [best.value_acquired, best.value_kept]
    won, kept, worth_won, worth_kept = (interval(one, ",.2f") for one in (*costs, *worth))
    why = MOVES_OTHERS if plan.table["per"][-1] == AT_END else DIFFER
    said.append(f"There one more customer costs {won} to win and {kept} to keep, and is worth {worth_won} when "
                f"won and {worth_kept} when kept: " + pfeifer(costs, worth, why))
    return said


DIFFER = "those won and those kept are not worth the same, because customers differ"
MOVES_OTHERS = ("one more who is active at the end is not worth the same as one who is won, because what keeps "
                "him also moves what the others buy and cost")


def pfeifer(costs: list[Found], worth: list[Found], why: str = DIFFER) -> str:
    """Whether marginal costs equal what a customer is worth, as far as the intervals can tell (Pfeifer 2005).

    Examples
    --------
    >>> pfeifer([(64.0, 60.0, 68.0), (65.0, 61.0, 69.0)], [(64.6, 64.0, 65.2), (64.7, 64.4, 65.0)])
    'all four agree within their intervals, as they must at the optimum (Pfeifer 2005).'
    """
    found = [*costs, *worth]
    if not all(np.isfinite(one).all() and one[2] - one[1] < WIDEST * abs(one[0]) for one in found):
        return "too few further customers there to check that costs equal worth (Pfeifer 2005)."
    pairs = [one[1] <= other[2] and other[1] <= one[2] for one, other in zip(costs, worth, strict=True)]
    if max(one[1] for one in found) <= min(one[2] for one in found):
        return "all four agree within their intervals, as they must at the optimum (Pfeifer 2005)."
    if all(pairs):
        return f"each cost equals what it buys, as it must at the optimum (Pfeifer 2005); {why}."
    return "they still differ: between the cells that were tried the optimum is not met exactly; try finer levels."


def cautions(plan: SimulatedPlan) -> list[str]:
    """Cost ratio, dearer routes that are better, and side effects that a planner must know."""
    return [*_cost_ratio(plan), *_dearer(plan), *_effects(plan)]


def _cost_ratio(plan: SimulatedPlan) -> list[str]:
    ratios, currency = plan.ratios, plan.config.market.currency
    if not np.isfinite([*ratios.average]).all() or not ratios.keep[1] > 0:
        missing = " and ".join(words for words, cost in (
            ("won", ratios.acquire), (f"kept by {plan.levers.key}", ratios.keep)) if not np.isfinite(cost[0]))
        why = f"customers {missing} for money are not told from 0" if missing else "the cost of keeping may be 0"
        return [f"The ratio of average costs (to win over to keep) is undefined here: {why}."]
    is_known = np.isfinite(ratios.marginal[1]) and ratios.marginal[1] > 0
    last = f"; for the next customer it is {interval(ratios.marginal, '.2f')}" if is_known else ""
    per = "customer more at the end" if plan.table["per"][-1] == AT_END else "customer more kept at an occasion"
    return [f"On average a customer costs {interval(ratios.acquire, ',.2f')} {currency} to win and a {per} "
            f"{interval(ratios.keep, ',.2f')}: a ratio of {interval(ratios.average, '.2f')} (folklore says "
            f"5){last}. Average costs do not say where the next unit goes; marginal costs do."]


def _dearer(plan: SimulatedPlan) -> list[str]:
    said = []
    today = plan.cells.newcomers.select(scenario=PRESENT)
    for pair in dearer_but_better(today, plan.config.confidence):
        sure = "still the better buy" if pair.lead[1] > 0 else "perhaps still the better buy (not decided)"
        said.append(
            f"{pair.one} is dearer than {pair.other} ({pair.cac[0]:,.2f} against {pair.cac[1]:,.2f} a customer) "
            f"and {sure}: its customers are worth {pair.clv[0]:,.2f} against {pair.clv[1]:,.2f}, "
            f"{interval(pair.lead, ',.2f')} more beyond their cost.")
    return said


def _effects(plan: SimulatedPlan) -> list[str]:
    said = []
    for row in plan.side_effects.rows():
        step = f"{row['channel']} from {row['from_level']:g} to {row['to_level']:g}"
        if row["rests_on_breakage"]:
            said.append(f"{step} looks profitable only through breakage: if every point were redeemed it would "
                        f"change equity by {row['without_breakage']:,.0f} {plan.config.market.currency}.")
        if np.isfinite(row["cannibalised_low"]) and row["cannibalised_low"] > 0.05:
            found = tuple(row[f"cannibalised{end}"] for end in ("", "_low", "_high"))
            said.append(f"{step}: {interval(found, '.0%')} of those it wins would have come anyway in the run.")
        if row["wait_minutes_low"] > 0.05:
            said.append(f"{step} lengthens waits by {row['wait_minutes']:.2f} minutes a contact; about "
                        f"{row['employees']:.2f} employees more would keep everybody as busy as before.")
    return said


def interval(found: Found, form: str) -> str:
    """A number with its interval.

    Examples
    --------
    >>> interval((1.5, 1.0, 2.0), ".1f"), interval((float("nan"), float("nan"), float("nan")), ".1f")
    ('1.5 (1.0 to 2.0)', 'not told')
    """
    if not np.isfinite(found[0]):
        return "not told"
    if not np.isfinite(found[1]):
        return format(found[0], form)
    return f"{format(found[0], form)} ({format(found[1], form)} to {format(found[2], form)})"
