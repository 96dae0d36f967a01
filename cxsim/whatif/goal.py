"""What is to be made large, and what must hold meanwhile; judged on paired replications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cxsim.errors import CxsimError
from cxsim.measure.metrics import CATALOGUE
from cxsim.measure.table import Table
from cxsim.settings.keys import nearest
from cxsim.settings.schema import Config
from cxsim.whatif.levers import Lever
from cxsim.whatif.optimize_options import LimitAsked, OptimizeOptions

BUDGET = "budget"
Values = Mapping[str, np.ndarray]
"""Totals of metrics by replication, aligned between the sides that are compared."""


@dataclass(frozen=True)
class Limit:
    """One thing that must hold: a sum of metrics, or its change, at most or at least a bound.

    Examples
    --------
    >>> spent = Limit("budget", ("reward_cost",), 100.0, is_upper=True, is_change=True)
    >>> spent.breaks({"reward_cost": np.array([90.0, 130.0])}, {"reward_cost": np.array([0.0, 10.0])}).tolist()
    [-10.0, 20.0]
    """

    name: str
    metrics: tuple[str, ...]
    bound: float
    is_upper: bool
    is_change: bool

    def measured(self, side: Values, baseline: Values) -> np.ndarray:
        """What is limited, by replication."""
        total = np.sum([side[m] - baseline[m] if self.is_change else side[m] for m in self.metrics], axis=0)
        return np.asarray(total, float)

    def breaks(self, side: Values, baseline: Values) -> np.ndarray:
        """How far the bound is broken, by replication; 0 or less where it is kept."""
        beyond = self.measured(side, baseline) - self.bound
        return beyond if self.is_upper else -beyond

    def __str__(self) -> str:
        what = f"the change of {self.name}" if self.is_change and self.name != BUDGET else self.name
        if self.name == BUDGET:
            return f"budget: at most {self.bound:,.0f} more spent"
        return f"{what} at {'most' if self.is_upper else 'least'} {self.bound:g}"


@dataclass(frozen=True)
class Goal:
    """The metric to be made better, in its own direction, under limits.

    Attributes
    ----------
    sign : int
        1 where more is better, -1 where less is.
    """

    metric: str
    sign: int
    limits: tuple[Limit, ...] = ()
    spends: tuple[str, ...] = ()

    @property
    def metrics(self) -> tuple[str, ...]:
        """Every metric that is read."""
        return tuple(dict.fromkeys([self.metric, *self.spends, *(m for one in self.limits for m in one.metrics)]))

    def gain(self, side: Values, baseline: Values) -> np.ndarray:
        """How much better the objective is than in the baseline, by replication."""
        return self.sign * (side[self.metric] - baseline[self.metric])

    def spent(self, side: Values, baseline: Values) -> np.ndarray:
        """Money spent beyond the baseline, by replication."""
        return np.asarray(np.sum([side[m] - baseline[m] for m in self.spends], axis=0), float)


def make_goal(asked: OptimizeOptions, config: Config) -> Goal:
    """The goal a search is asked for, checked against the catalogue of metrics.

    Raises
    ------
    CxsimError
        When a metric does not exist or has no better direction, a bound is impossible, or the world has no
        such figure; the message names the cure.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> make_goal(OptimizeOptions(objective="proft"), load())
    Traceback (most recent call last):
    ...
    cxsim.errors.CxsimError: optimize.objective=proft: is no metric; did you mean profit?
    """
    _known(asked.objective, f"optimize.objective={asked.objective}")
    metric = CATALOGUE[asked.objective]
    if metric.better == 0:
        raise CxsimError(f"optimize.objective={metric.name}: more of it is neither better nor worse; choose a "
                         "metric with a direction, as in optimize.objective=profit")
    if config.market.kind == "contact_centre" and asked.objective in ("customer_equity", "clv", "clv_to_cac"):
        raise CxsimError(f"optimize.objective={metric.name}: a contact centre has no customers of its own, so it "
                         "is undefined; choose another, as in optimize.objective=service_cost")
    for name in asked.spends:
        _known(name, f"optimize.spends=[{', '.join(asked.spends)}]: {name}")
    limits = []
    if asked.budget is not None:
        limits.append(Limit(BUDGET, tuple(asked.spends), asked.budget, is_upper=True, is_change=True))
    for name, one in asked.limits.items():
        _known(name, f"optimize.limits.{name}")
        limits += _limits(name, one)
    return Goal(asked.objective, metric.better, tuple(limits), tuple(asked.spends))


def _known(name: str, told: str) -> None:
    if name not in CATALOGUE:
        near = nearest(name, CATALOGUE)
        hint = f"did you mean {near}?" if near else "docs/metrics.md names all"
        raise CxsimError(f"{told}: is no metric; {hint}")


def _limits(name: str, asked: LimitAsked) -> list[Limit]:
    found = []
    for key, bound in asked.model_dump(exclude_none=True).items():
        is_change = key.startswith("change")
        least, most = (-1.0, 1.0) if is_change else (0.0, 1.0)
        if CATALOGUE[name].unit == "share" and not least <= bound <= most:
            raise CxsimError(f"optimize.limits.{name}.{key}={bound:g}: {name} is a share, so the bound must lie "
                             f"between {least:g} and {most:g}; write 20% as 0.2")
        found.append(Limit(name, (name,), bound, is_upper=key.endswith("most"), is_change=is_change))
    return found


def refuse_budget(asked: OptimizeOptions, config: Config, levers: Sequence[Lever]) -> None:
    """Refuse a budget below what paid routes spend even at their lowest bounds, which is known beforehand.

    Raises
    ------
    CxsimError
        With what they spend; raise the budget or lower the bounds.
    """
    if asked.budget is None or "acquisition_cost" not in asked.spends:
        return
    least = 0.0
    for lever in levers:
        if lever.key.startswith("acquisition.") and lever.key.endswith(".spend_per_day") and not lever.choices:
            days = config.horizon_days - config.scenario.start_day
            least += (lever.low - float(lever.baseline or 0.0)) * config.n_customers / 1000.0 * days
    if least > asked.budget and not any(lever.key.startswith("scenario.") for lever in levers):
        raise CxsimError(
            f"optimize.budget={asked.budget:g}: cannot be kept, because at their lowest bounds the levers already "
            f"spend {least:,.0f} more on acquisition than the baseline; raise the budget or lower the bounds")


def totals(kpis: Table, metrics: Sequence[str]) -> dict[str, np.ndarray]:
    """Totals over all segments of some metrics, by replication in ascending order; NaN where there is none."""
    here = kpis.select(segment="all", period="total")
    n = len(set(here["replication"].tolist()))
    found = {}
    for name in metrics:
        rows = here.select(metric=name).sort("replication")
        found[name] = np.asarray(rows["value"], float) if len(rows) == n else np.full(n, np.nan)
    return found
