"""The lower rungs of the ladder: a business by closed form, and as a cohort that moves between two states.

Both are told what a pilot of the first months shows, as one would measure it: how the order rate, leaving and
arrivals change. The closed form (sBG or BG/NBD) knows that people differ; the cohort, a Markov chain of active and
lapsed customers, holds everybody to the pilot's mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import least_squares

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
# Widest lift that is looked for, as a logarithm.
WIDEST = 2.5
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


def pilot_lift(config: Config, scenario: Lived, baseline: Lived, pilot: int) -> Lift:
    """The lift with which the closed form shows in the first `pilot` months what the agents show.

    Arrivals are compared as they are. The multipliers are those with which the formula's orders and exits, as
    multiples of the baseline's, are the agents'; so newcomers, who leave more easily, pass for no effect.
    In a subscription the order rate is that of the contract, and only leaving is fitted.
    """
    def total(side: Lived, name: str) -> float:
        return float(side.values[name][:pilot].sum())

    n, n_days = scenario.values["exits"].shape[1], float(baseline.days[:pilot].sum())
    more = (total(scenario, "customers_acquired") - total(baseline, "customers_acquired")) / n / n_days
    targets = np.log([_ratio(total(scenario, name), total(baseline, name)) for name in ("exits", "purchases")])
    if more == 0.0 and not targets.any():
        return Lift()
    first = config.model_copy(update={"horizon_days": int(n_days)})
    end = np.array([n_days])
    is_shop = config.market.kind == "transactional"

    def flows(lift: Lift) -> np.ndarray:
        """Logarithms of the exits and orders of the pilot's months."""
        course = closed_form(first, end, lift)
        came = np.maximum(entrants_per_day(first) + lift.arrivals_per_day, 0.0).sum()
        begun = closed_form(first, np.array([0.0])).alive[0]
        return np.log(np.maximum([begun + came - course.alive[0], course.orders[0]], 1e-9))

    before = flows(Lift())

    def missed(logs: np.ndarray) -> np.ndarray:
        rate = float(np.exp(logs[1])) if is_shop else 1.0
        gap = flows(Lift(rate, float(np.exp(logs[0])), more)) - before - targets
        return gap if is_shop else gap[:1]

    found = least_squares(missed, np.zeros(2 if is_shop else 1), bounds=(-WIDEST, WIDEST))
    factors = np.exp(found.x)
    return Lift(float(factors[1]) if is_shop else 1.0, float(factors[0]), more)


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
    course = Course(*(np.zeros(len(ends)) for _ in range(3)))
    last = ends.astype(int) - 1
    for segment, law in config.segments.items():
        share = law.share
        if share == 0.0:
            continue
        base = _course(config, segment, ends, history, lift)
        came = arriving(_course(config, segment, ages, 0.0, lift), arrivals)
        for name, sums in vars(course).items():
            later = np.where(last >= 0, getattr(came, name)[last], 0.0)
            sums += share * (config.n_customers * getattr(base, name) + later)
    return course


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

    def run(self, start: float, lapsed: float, days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Active customers at the ends of months and orders of each month, from a first state."""
        active, orders = np.zeros(len(days)), np.zeros(len(days))
        here = start
        for month, n_days in enumerate(days):
            gone, back = here * self.leaving[month] * n_days, lapsed * self.returning[month] * n_days
            after = here + self.arrivals[month] * n_days + back - gone
            orders[month] = self.ordering[month] * n_days * (here + after) / 2.0
            lapsed += gone - back
            here = active[month] = after
        return active, orders


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
        active, orders = replace(projected, **{name: getattr(actual, name) for name in names}).run(
            start, lapsed, days)
        worths.append([active[-1], orders.sum()])
    return shapley_values(np.array(worths))


def ends_of(days: Sequence[float] | np.ndarray) -> np.ndarray:
    """Days from day 0 to the end of each month."""
    return np.cumsum(np.asarray(days, float))
