"""The lower rungs of the ladder: a business by closed form, and as a cohort that moves between two states.

Both are told what a pilot of the first months shows, as one would measure it: how the order rate, leaving and
arrivals change. The closed form (sBG or BG/NBD) knows that people differ; the cohort, a Markov chain of active and
lapsed customers, holds everybody to the pilot's mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cxsim.journal.ticks import DAY
from cxsim.measure.comparison import cube_of
from cxsim.measure.table import Table
from cxsim.settings.acquisition_rows import paid_per_day
from cxsim.settings.schedule import month_starts
from cxsim.settings.schema import Config
from cxsim.theory.going_business import Course, arriving, shoppers, subscribers
from cxsim.whatif.shapley import coalitions, shapley_values

READ = ("customers_start", "customers_acquired", "customers_reactivated", "customers_churned", "customers_end",
        "purchases", "active_customer_days", "exits", "revenue", "goods_cost", "profit")
FACTORS = ("arrivals", "leaving", "returning", "ordering")


@dataclass(frozen=True)
class Lived:
    """What agents did, month by month: arrays of shape (months, replications) by metric."""

    days: np.ndarray
    values: dict[str, np.ndarray]

    def mean(self, metric: str) -> np.ndarray:
        """Mean over replications by month."""
        return np.asarray(self.values[metric].mean(axis=1))


def read_months(kpis: Table, scenario: str, config: Config) -> Lived:
    """The months of one side from the table of metrics."""
    starts = month_starts(config) // DAY
    periods = [str(k + 1) for k in range(len(starts) - 1)]
    here = kpis.select(scenario=scenario, segment="all", metric=list(READ), period=periods)
    replications = sorted(set(here["replication"].tolist()))
    axes = {"scenario": [scenario], "segment": ["all"], "period": periods, "metric": list(READ)}
    cube = cube_of(here, axes, replications)[0, 0]
    return Lived(np.diff(starts).astype(float), {name: cube[:, k] for k, name in enumerate(READ)})


@dataclass(frozen=True)
class Lift:
    """What a pilot shows of a scenario: multipliers of order rate and hazard of leaving, arrivals more a day."""

    rate: float = 1.0
    hazard: float = 1.0
    arrivals_per_day: float = 0.0


def pilot_lift(scenario: Lived, baseline: Lived, pilot: int, kind: str) -> Lift:
    """The lift in the first `pilot` months, as totals over replications.

    Transactional: repeat orders per active day, and exits per repeat order. Subscription: the hazard of renewals,
    of which each ends in a payment or an exit.

    Examples
    --------
    >>> def side(orders, exits):
    ...     flat = {name: np.zeros((2, 1)) for name in READ}
    ...     return Lived(np.array([30.0, 30.0]), flat | {"purchases": np.full((2, 1), orders),
    ...                  "exits": np.full((2, 1), exits), "active_customer_days": np.full((2, 1), 300.0)})
    >>> lift = pilot_lift(side(120.0, 18.0), side(100.0, 10.0), 1, "transactional")
    >>> round(lift.rate, 6), round(lift.hazard, 6)
    (1.2, 1.5)
    """
    def total(side: Lived, name: str) -> float:
        return float(side.values[name][:pilot].sum())

    def repeats(side: Lived) -> float:
        return total(side, "purchases") - total(side, "customers_acquired")

    def hazard(side: Lived) -> float:
        exits = total(side, "exits")
        if kind == "subscription":
            return -float(np.log1p(-exits / (exits + repeats(side)))) if repeats(side) > 0 else 0.0
        return exits / repeats(side) if repeats(side) > 0 else 0.0

    def rate(side: Lived) -> float:
        days = total(side, "active_customer_days")
        return repeats(side) / days if days > 0 and kind == "transactional" else 1.0

    n = scenario.values["exits"].shape[1]
    more = total(scenario, "customers_acquired") - total(baseline, "customers_acquired")
    return Lift(_ratio(rate(scenario), rate(baseline)), _ratio(hazard(scenario), hazard(baseline)),
                more / n / float(baseline.days[:pilot].sum()))


def _ratio(top: float, bottom: float) -> float:
    return top / bottom if top > 0 and bottom > 0 else 1.0


def entrants_per_day(config: Config) -> np.ndarray:
    """Newcomers of each day as the baseline's history says: those of every source together."""
    days = np.arange(config.horizon_days)
    paid = float(paid_per_day([config], np.zeros(1, np.int64)).sum())
    entrants = config.market.entrants_per_day
    if entrants is None:
        entrants = paid if config.population.start == "new" else config.n_customers / config.market.history_days
    until = config.market.entrants_until_day or config.horizon_days
    return np.where(days < until, entrants, paid)


def closed_form(
    config: Config, ends: np.ndarray, lift: Lift = Lift(), arrivals: np.ndarray | None = None,
) -> Course:
    """Active customers at some days and orders until then, for the whole business.

    Parameters
    ----------
    config : Config
        The baseline's world: laws, segments, history, arrivals.
    ends : array, shape (months,)
        Days at which the months end.
    lift : Lift
        What the scenario does from day 0 on.
    arrivals : array, shape (days,), optional
        Newcomers of each day instead of the baseline's and the lift's.
    """
    if arrivals is None:
        arrivals = np.maximum(entrants_per_day(config) + lift.arrivals_per_day, 0.0)
    history = float(config.market.history_days) if config.population.start == "base" else 0.0
    ages = np.arange(config.horizon_days) + 0.5
    active, orders = np.zeros(len(ends)), np.zeros(len(ends))
    last = ends.astype(int) - 1
    for name in config.segments:
        share = config.segments[name].share
        if share == 0.0:
            continue
        base = _course(config, name, ends, history, lift)
        came = arriving(_course(config, name, ages, 0.0, lift), arrivals)
        active += share * (config.n_customers * base.active + came.active[last])
        orders += share * (config.n_customers * base.orders + came.orders[last])
    return Course(active, orders)


def _course(config: Config, segment: str, days: np.ndarray, history: float, lift: Lift) -> Course:
    law = config.segments[segment]
    if config.market.kind == "subscription":
        assert law.renewal is not None
        return subscribers(days, law.renewal.alpha, law.renewal.beta, config.market.renewal_days,
                           history_days=history, hazard_multiplier=lift.hazard)
    assert law.purchase is not None
    return shoppers(days, law.purchase.r, law.purchase.alpha_weeks, law.purchase.a, law.purchase.b,
                    window_days=config.active_window_days, history_days=history, rate_multiplier=lift.rate,
                    hazard_multiplier=lift.hazard)


@dataclass(frozen=True)
class Chain:
    """Rates of a cohort that moves between active and lapsed, each of shape (months,).

    arrivals: newcomers a day. leaving: share of those active as the month begins, a day. returning: share of
    those lapsed then, a day. ordering: orders an active day, with the days active as a multiple of the mean of
    the month's two ends.
    """

    arrivals: np.ndarray
    leaving: np.ndarray
    returning: np.ndarray
    ordering: np.ndarray

    def run(self, start: float, lapsed: float, days: np.ndarray) -> Course:
        """Active customers at the ends of months and orders of each month, from a first state."""
        active, orders = np.zeros(len(days)), np.zeros(len(days))
        here = start
        for month, n_days in enumerate(days):
            gone, back = here * self.leaving[month] * n_days, lapsed * self.returning[month] * n_days
            after = here + self.arrivals[month] * n_days + back - gone
            orders[month] = self.ordering[month] * n_days * (here + after) / 2.0
            lapsed += gone - back
            here = active[month] = after
        return Course(active, orders)


def chain_of(lived: Lived, n_customers: int) -> Chain:
    """The rates of every month, which run again give exactly what was lived.

    Parameters
    ----------
    n_customers : int
        All who were customers before day 0; those not active are lapsed.
    """
    mean = {name: lived.mean(name) for name in READ}
    start, end, days = mean["customers_start"], mean["customers_end"], lived.days
    flow = mean["customers_churned"] - mean["customers_reactivated"]
    lapsed = n_customers - start[0] + np.concatenate([[0.0], np.cumsum(flow)[:-1]])
    return Chain(mean["customers_acquired"] / days, _share(mean["customers_churned"], start * days),
                 _share(mean["customers_reactivated"], lapsed * days),
                 _share(mean["purchases"], days * (start + end) / 2.0))


def _share(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    return np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)


def held(chain: Chain, lived: Lived, n_customers: int, pilot: int) -> Chain:
    """The chain that holds the mean rates of the first `pilot` months for ever."""
    weights = {
        "arrivals": lived.days, "leaving": lived.mean("customers_start") * lived.days,
        "returning": np.maximum(n_customers - lived.mean("customers_start"), 0.0) * lived.days,
        "ordering": lived.mean("active_customer_days")}
    rates = {}
    for name in FACTORS:
        value, weight = getattr(chain, name), weights[name][:pilot]
        mean = float(np.average(value[:pilot], weights=weight)) if weight.sum() > 0 else 0.0
        rates[name] = np.full(len(value), mean)
    return Chain(**rates)


def parted(actual: Chain, projected: Chain, start: float, lapsed: float, days: np.ndarray) -> np.ndarray:
    """By how much each rate moves the cohort to what was lived: shares of the gap, shape (factors, 2).

    Columns: active customers at the end, orders in all. The rates share the gap by Shapley's value, so they sum
    to it.
    """
    worths = []
    for chosen in coalitions(len(FACTORS)):
        names = [FACTORS[k] for k in chosen]
        course = replace(projected, **{name: getattr(actual, name) for name in names}).run(start, lapsed, days)
        worths.append([course.active[-1], course.orders.sum()])
    return shapley_values(np.array(worths))


def ends_of(days: Sequence[float] | np.ndarray) -> np.ndarray:
    """Days from day 0 to the end of each month."""
    return np.cumsum(np.asarray(days, float))
