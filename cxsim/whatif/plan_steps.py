"""What the next customer costs and is worth, step by step along each lever."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from cxsim.measure.comparison import mean_interval
from cxsim.measure.table import Table
from cxsim.whatif.plan_levers import Levers

ACQUIRE, RETAIN = "acquire", "retain"
AT_OCCASION, AT_END, WON = "kept at an occasion", "active at the end", "acquired"
Totals = Mapping[tuple[str, str, str], np.ndarray]
Found = tuple[float, float, float]
NOT_TOLD: Found = (np.nan, np.nan, np.nan)


def jackknife(
    of: Callable[..., Any], *samples: np.ndarray, confidence: float = 0.95
) -> Found:
    """A function of paired means with its jackknife interval (Student's t, k - 1 degrees of freedom).

    Parameters
    ----------
    of : callable
        Takes one mean of each sample and gives a number.
    samples : arrays, shape (replications,)
        Paired by replication.
    confidence : float
        Of the interval.

    Returns
    -------
    value, low, high : float
        NaN where the function gives none; without interval for fewer than two replications.

    Source
    ------
    Miller (1974), The jackknife: a review, Biometrika 61(1):1-15.

    Examples
    --------
    >>> costs, customers = np.array([9.0, 10.0, 11.0]), np.array([1.0, 1.0, 1.0])
    >>> [round(x, 3) for x in jackknife(lambda a, b: a / b, costs, customers)]
    [10.0, 7.516, 12.484]
    """
    n = len(samples[0])
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(of(*(sample.mean() for sample in samples)))
        if not np.isfinite(value) or n < 2:
            return value if np.isfinite(value) else np.nan, np.nan, np.nan
        without = np.array([of(*((sample.sum() - sample[k]) / (n - 1) for sample in samples)) for k in range(n)])
    if not np.isfinite(without).all():
        return value, np.nan, np.nan
    error = float(np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum()))
    half = float(stats.t.ppf(0.5 + confidence / 2, n - 1)) * error
    return value, value - half, value + half


@dataclass(frozen=True)
class Sides:
    """The sums of two cells of a plan, one step of a lever apart."""

    totals: Totals
    before: str
    after: str

    def at(self, cell: str, what: str, segment: str = "all") -> np.ndarray:
        """A measure of one of the two by replication; nobody counts as nothing."""
        return np.nan_to_num(self.totals[cell, what, segment])

    def more(self, what: str, segment: str = "all") -> np.ndarray:
        """How much more of a measure there is after the step, by replication."""
        return self.at(self.after, what, segment) - self.at(self.before, what, segment)


@dataclass(frozen=True)
class Step:
    """One step of one lever."""

    lever: str
    channel: str
    from_level: float
    to_level: float
    sides: Sides


def steps_of(levers: Levers, totals: Totals) -> list[Step]:
    """Every step: of each paid route by itself, of all together, and of what keeps customers."""
    found = []
    routes: list[str | None] = list(levers.routes) if len(levers.routes) > 1 else []
    names: dict[str | None, str] = {None: "all routes" if routes else next(iter(levers.routes))}
    for route in [*routes, None]:
        for low, high in zip(levers.multiples, levers.multiples[1:], strict=False):
            cells = [levers.cell(multiple, levers.present_level, route) for multiple in (low, high)]
            found.append(Step(ACQUIRE, names.get(route, str(route)), levers.spend(route, low),
                              levers.spend(route, high), Sides(totals, *cells)))
    for low, high in zip(levers.levels, levers.levels[1:], strict=False):
        cells = [levers.cell(levers.present_multiple, level) for level in (low, high)]
        found.append(Step(RETAIN, levers.key, low, high, Sides(totals, *cells)))
    return found


def further_customers(step: Step, per: str) -> tuple[np.ndarray, np.ndarray]:
    """How many customers more a step wins or keeps: as counted in the run, and all discounted to day 0.

    Won: all who came, whoever brought them. Kept at an occasion: at equal occasions, so that those who are kept
    and come to their next occasion are not paid for twice; discounted with those expected after the horizon, for
    whose money and worth the residual value stands in equity. Active at the end: where what keeps
    customers has no occasion of its own.
    """
    sides = step.sides
    if per == WON:
        return sides.more("customers_acquired"), sides.more("acquired_discounted")
    if per == AT_END:
        return sides.more("customers_end"), sides.more("customers_end")
    return at_equal_occasions(sides, "kept"), at_equal_occasions(sides, "kept_life")


def at_equal_occasions(sides: Sides, what: str) -> np.ndarray:
    """A difference less what merely comes from more or fewer occasions, at the mean rate of both cells."""
    occasions = "occasions_life" if what.endswith("_life") else "occasions"
    both = sides.at(sides.before, occasions) + sides.at(sides.after, occasions)
    sums = sides.at(sides.before, what) + sides.at(sides.after, what)
    rate = np.divide(sums, both, out=np.zeros_like(sums), where=both != 0)
    return sides.more(what) - rate * sides.more(occasions)


def per_of(levers: Levers, lever: str, is_subscription: bool) -> str:
    """What one more customer means for a lever."""
    if lever == ACQUIRE:
        return WON
    return AT_OCCASION if is_subscription or levers.is_per_occasion else AT_END


def further_spend(step: Step, per: str) -> tuple[np.ndarray, np.ndarray]:
    """What a step costs more: as spent in the run, and all discounted to day 0 (at equal occasions if need be)."""
    sides = step.sides
    if per == WON:
        return sides.more("acquisition_cost"), sides.more("acquisition_discounted")
    if per == AT_END:
        return sides.more("keeping"), sides.more("keeping_discounted")
    return at_equal_occasions(sides, "keeping"), at_equal_occasions(sides, "keeping_life")


def step_rows(
    levers: Levers, totals: Totals, is_subscription: bool, confidence: float,
) -> Iterator[dict[str, Any]]:
    """The rows of `plan.parquet`: one a step, each with intervals over paired replications."""
    for step in steps_of(levers, totals):
        per = per_of(levers, step.lever, is_subscription)
        spend, discounted = further_spend(step, per)
        customers, customers_discounted = further_customers(step, per)
        equity = step.sides.more("customer_equity")
        cost = told_ratio(spend, customers, confidence)
        is_told = np.isfinite(cost[0])
        value = told_ratio(equity + discounted, customers_discounted, confidence) if is_told else NOT_TOLD
        both = told_ratio(equity, _whole_spend(step, discounted), confidence)
        _, fewest, most, _ = mean_interval(customers, confidence)
        _, low, high, error = mean_interval(equity, confidence)
        yield {
            "lever": step.lever, "channel": step.channel, "from_level": step.from_level, "to_level": step.to_level,
            "per": per, "spend": float(spend.mean()), "customers": float(customers.mean()),
            "customers_low": float(fewest), "customers_high": float(most),
            "marginal_cost": cost[0], "low": cost[1], "high": cost[2],
            "value": value[0], "value_low": value[1], "value_high": value[2],
            "return_on_spend": both[0], "return_low": both[1], "return_high": both[2],
            "equity": float(equity.mean()), "equity_low": float(low), "equity_high": float(high),
            "p_pays": _p_above_zero(float(equity.mean()), float(error), len(equity)),
        }


def _whole_spend(step: Step, discounted: np.ndarray) -> np.ndarray:
    return discounted if step.lever == ACQUIRE else step.sides.more("keeping_life")


def told_ratio(top: np.ndarray, bottom: np.ndarray, confidence: float) -> Found:
    """A ratio of means with its interval; NaN where the bottom is not told from 0, so that no ratio is known.

    Examples
    --------
    >>> told_ratio(np.array([9.0, 10.0, 11.0]), np.array([-1.0, 0.0, 2.0]), 0.95)
    (nan, nan, nan)
    """
    _, low, high, _ = mean_interval(bottom, confidence)
    if not (low > 0 or high < 0):
        return NOT_TOLD
    found = jackknife(lambda a, b: a / b, top, bottom, confidence=confidence)
    return found if np.isfinite(found).all() else NOT_TOLD


def _p_above_zero(mean: float, error: float, n: int) -> float:
    if n < 2:
        return np.nan
    return float(stats.t.cdf(mean / error, n - 1)) if error > 0 else 0.5 + 0.5 * float(np.sign(mean))


def segment_rows(
    levers: Levers, totals: Totals, segments: list[str], confidence: float
) -> Iterator[dict[str, Any]]:
    """The same steps by segment: whom they win and what those are worth; what a unit spent on keeping returns."""
    for step in steps_of(levers, totals):
        sides = step.sides
        for segment in segments:
            equity = sides.more("customer_equity", segment)
            if step.lever == ACQUIRE:
                customers = sides.more("customers_acquired", segment)
                money = sides.more("acquisition_cost") * np.divide(
                    customers, sides.more("customers_acquired"), out=np.zeros_like(customers),
                    where=sides.more("customers_acquired") != 0)
                timing = np.divide(sides.more("customers_acquired"), sides.more("acquired_discounted"),
                                   out=np.ones_like(customers), where=sides.more("acquired_discounted") != 0)
                value = told_ratio((equity + sides.more("acquisition_cost", segment)) * timing, customers,
                                      confidence)
                gain = equity - money / timing + sides.more("acquisition_cost", segment)
            else:
                customers = sides.more("customers_end", segment)
                money = sides.more("retention_cost", segment) + sides.more("reward_cost", segment)
                value, gain = (np.nan, np.nan, np.nan), equity
            mean, low, high, _ = mean_interval(gain, confidence)
            yield {
                "lever": step.lever, "channel": step.channel, "segment": segment, "from_level": step.from_level,
                "to_level": step.to_level, "spend": float(money.mean()), "customers": float(customers.mean()),
                "value": value[0], "value_low": value[1], "value_high": value[2],
                "equity": float(mean), "equity_low": float(low), "equity_high": float(high),
            }


def rows_as_table(rows: Iterator[dict[str, Any]]) -> Table:
    """Rows with the same keys as columns."""
    listed = list(rows)
    return Table({name: [row[name] for row in listed] for name in listed[0]})
