"""What a step of a plan does beside winning or keeping: service, cannibalisation, cash, breakage, cost ratios."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxsim.measure.comparison import mean_interval
from cxsim.measure.table import Table, codes
from cxsim.settings.schema import Config
from cxsim.whatif.plan_cells import PlanCells
from cxsim.whatif.plan_levers import PRESENT, Levers
from cxsim.whatif.plan_steps import (
    ACQUIRE, AT_END, NOT_TOLD, RETAIN, Found, Sides, Step, Totals, at_equal_occasions, jackknife, steps_of,
    told_ratio)


@dataclass(frozen=True)
class Ratios:
    """Cost to win over cost to keep: on average today, and of the next customer; each with its interval.

    `acquire`, `keep` are the two average costs (money a customer); NaN where nobody is surely won or
    kept for money, and then the ratio is NaN, too.
    """

    acquire: Found
    keep: Found
    average: Found
    marginal: Found


def find_ratios(levers: Levers, totals: Totals, per: str, confidence: float) -> Ratios:
    """Average cost to win today over average cost to keep (between the least and the most that was tried), and
    the same of the next customer: one step around today in either lever.
    """
    spend, won = totals[PRESENT, "acquisition_cost", "all"], totals[PRESENT, "customers_acquired", "all"]
    keep = _keeping(levers, totals, per, levers.levels[0], levers.levels[-1])
    a = levers.multiples.index(levers.present_multiple)
    r = levers.levels.index(levers.present_level)
    low, high = (levers.multiples[max(a - 1, 0)], levers.multiples[min(a + 1, len(levers.multiples) - 1)])
    next_won = Sides(totals, *(levers.cell(m, levers.present_level) for m in (low, high)))
    next_kept = _keeping(levers, totals, per, levers.levels[max(r - 1, 0)],
                         levers.levels[min(r + 1, len(levers.levels) - 1)])

    def quotient(*samples: np.ndarray) -> Found:
        both = told_ratio(*samples[:2], confidence), told_ratio(*samples[2:], confidence)
        if not np.isfinite(both).all():
            return NOT_TOLD
        return jackknife(lambda a, b, c, d: (a / b) / (c / d), *samples, confidence=confidence)

    return Ratios(
        told_ratio(spend, won, confidence), told_ratio(*keep, confidence), quotient(spend, won, *keep),
        quotient(next_won.more("acquisition_cost"), next_won.more("customers_acquired"), *next_kept))


def _keeping(
    levers: Levers, totals: Totals, per: str, low: float, high: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Money and customers kept between two levels of the lever that keeps."""
    sides = Sides(totals, *(levers.cell(levers.present_multiple, level) for level in (low, high)))
    if per == AT_END:
        return sides.more("keeping"), sides.more("customers_end")
    return at_equal_occasions(sides, "keeping"), at_equal_occasions(sides, "kept")


def side_effect_rows(levers: Levers, cells: PlanCells, config: Config) -> Iterator[dict[str, Any]]:
    """One row a step: what it does beside winning or keeping, with intervals over paired replications.

    Yields
    ------
    dict
        lever, channel, from_level, to_level; further contacts, handled_hours, employees (so that everybody
        at a desk stays as busy as before); wait_minutes and abandon_rate (difference, low, high);
        cannibalised (share of those a paid route wins who would have come within the run anyway, low, high);
        pays_after_month, surely_after_month (first month from which the cumulative difference in profit, or the
        lower end of its interval, stays above 0; NaN where it does not within the run or nothing moves); deepest
        (lowest point of the cumulative mean); without_breakage (difference in equity if every point were
        redeemed, low, high); rests_on_breakage.
    """
    totals = cells.totals()
    won = _won_by_source(cells.newcomers)
    monthly = _monthly_profit(cells.kpis)
    staff = sum(config.n_employees(name) for name in config.channels)
    for step in steps_of(levers, totals):
        yield {
            "lever": step.lever, "channel": step.channel, "from_level": step.from_level, "to_level": step.to_level,
            **_service(step.sides, staff, config.confidence),
            **cannibalised(step, won, levers, config.confidence),
            **_cash(monthly[step.sides.after] - monthly[step.sides.before], config.confidence),
            **without_breakage(step, config),
        }


def _service(sides: Sides, staff: float, confidence: float) -> dict[str, float]:
    handled = sides.more("handled_hours")
    before = sides.at(sides.before, "handled_hours")
    found = {"contacts": float(sides.more("contacts").mean()), "handled_hours": float(handled.mean()),
             "employees": float(staff * handled.mean() / before.mean()) if before.mean() > 0 else 0.0}
    for what in ("wait_minutes", "abandon_rate"):
        mean, low, high, _ = mean_interval(sides.more(what), confidence)
        found |= {what: float(mean), f"{what}_low": float(low), f"{what}_high": float(high)}
    return found


def _won_by_source(newcomers: Table) -> dict[tuple[str, str], np.ndarray]:
    rows = newcomers.select(segment="all").sort("replication")
    return {(cell, source): rows.select(scenario=cell, source=source)["customers_acquired"].astype(float)
            for cell in codes(rows["scenario"])[0] for source in codes(rows["source"])[0]}


def cannibalised(
    step: Step, won: dict[tuple[str, str], np.ndarray], levers: Levers, confidence: float,
) -> dict[str, float]:
    """Of those paid routes win more, the share that others win less; friends' friends apart."""
    names = ("cannibalised", "cannibalised_low", "cannibalised_high")
    if step.lever != ACQUIRE:
        return dict.fromkeys(names, np.nan)
    chosen = list(levers.routes) if step.channel == "all routes" else [step.channel]
    others = {source for _, source in won} - set(chosen) - {"referral"}

    def more(sources: set[str] | list[str]) -> np.ndarray:
        return sum(won[step.sides.after, source] - won[step.sides.before, source] for source in sources)

    paid, lost = more(chosen), -more(others) if others else np.zeros_like(more(chosen))
    if paid.mean() <= 0:
        return dict.fromkeys(names, np.nan)
    return dict(zip(names, jackknife(lambda a, b: a / b, lost, paid, confidence=confidence), strict=True))


def _monthly_profit(kpis: Table) -> dict[str, np.ndarray]:
    """Profit by month of every cell, shape (replications, months)."""
    rows = kpis.select(metric="profit", segment="all")
    rows = rows.take(rows["period"] != "total")
    rows = Table({**rows.columns, "month": rows["period"].astype(int)}).sort("scenario", "replication", "month")
    n_months = int(rows["month"].max())
    return {cell: rows.select(scenario=cell)["value"].reshape(-1, n_months) for cell in codes(rows["scenario"])[0]}


def _cash(difference: np.ndarray, confidence: float) -> dict[str, float]:
    if not np.any(difference):
        return {"pays_after_month": np.nan, "surely_after_month": np.nan, "deepest": 0.0}
    mean, low, _, _ = mean_interval(np.cumsum(difference, axis=1).T, confidence)
    return {"pays_after_month": first_lasting(mean), "surely_after_month": first_lasting(low),
            "deepest": float(min(0.0, mean.min()))}


def first_lasting(path: np.ndarray) -> float:
    """The month (from 1) from which a path stays at or above 0; NaN where it does not.

    Examples
    --------
    >>> first_lasting(np.array([-1.0, 2.0, -1.0, 0.0, 3.0])), first_lasting(np.array([1.0, -1.0]))
    (4.0, nan)
    """
    if not np.isfinite(path).all() or path[-1] < 0:
        return np.nan
    below = np.flatnonzero(path < 0)
    return float(below[-1] + 2) if len(below) else 1.0


def without_breakage(step: Step, config: Config) -> dict[str, Any]:
    """Equity if nobody let a point expire: expired ones paid out, and all that are held counted in full."""
    names = ("without_breakage", "without_low", "without_high")
    sides = step.sides
    moved = sides.more("points_value"), sides.more("expired_value")
    if step.lever != RETAIN or not any(np.any(one) for one in moved):
        return dict.fromkeys(names, np.nan) | {"rests_on_breakage": False}
    years = config.horizon_days / 365.0
    discount = (1.0 + config.market.discount_rate_per_year) ** -years
    held_back = moved[0] - sides.more("reward_liability")
    honest = sides.more("customer_equity") - discount * held_back - moved[1]
    mean, low, high, _ = mean_interval(honest, config.confidence)
    rests = bool(sides.more("customer_equity").mean() > 0 > mean)
    return dict(zip(names, (float(mean), float(low), float(high)), strict=True)) | {"rests_on_breakage": rests}
