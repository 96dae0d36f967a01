"""Which side is the best, with a stated probability: replications until the others are out (Kim & Nelson's KN)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.errors import CxsimError
from cxsim.measure.comparison import cube_of
from cxsim.measure.metrics import CATALOGUE
from cxsim.measure.table import Table, codes
from cxsim.settings.keys import nearest
from cxsim.settings.schema import Config

if TYPE_CHECKING:
    from cxsim.whatif.depth import Depth

GROWTH = 1.25
LEAST_FIRST = 5


@dataclass(frozen=True)
class Race:
    """How far the sides have got.

    Attributes
    ----------
    left : tuple of int
        Sides not yet out.
    out : dict of int to int
        After how many replications each of the others was out.
    replications : int
        How many were looked at.
    """

    left: tuple[int, ...]
    out: dict[int, int]
    replications: int

    @property
    def is_over(self) -> bool:
        """Whether one side is left."""
        return len(self.left) == 1


def kim_nelson(values: np.ndarray, indifference: float, probability: float, first: int) -> Race:
    """Sequential selection of the side with the largest mean.

    After a first stage of replications that only measures how much the differences vary, sides whose mean lies
    too far behind another's drop out one replication at a time. Common draws between the sides narrow the
    differences, so that fewer replications are needed; what is promised holds with them.

    Parameters
    ----------
    values : array, shape (sides, replications)
        More is better.
    indifference : float
        The smallest difference worth detecting, above 0.
    probability : float
        With which the best side is found whenever it is better than all others by `indifference` or more; between
        1 / sides and 1.
    first : int
        Replications of the first stage, at least 2.

    Returns
    -------
    Race
        More than one side is left where the replications do not suffice.

    Source
    ------
    Kim & Nelson (2001), "A fully sequential procedure for indifference-zone selection in simulation", ACM
    Transactions on Modeling and Computer Simulation 11:251-273, with c = 1.

    Examples
    --------
    >>> kim_nelson(np.array([[1.0, 1.2, 0.9, 1.1], [9.0, 9.1, 9.2, 8.9]]), 1.0, 0.95, first=3)
    Race(left=(1,), out={0: 3}, replications=3)
    """
    n_sides, n = values.shape
    exponent = -2.0 / (first - 1)
    eta = 0.5 * ((2.0 * (1.0 - probability) / (n_sides - 1)) ** exponent - 1.0)
    h_squared = 2.0 * eta * (first - 1)
    begun = values[:, :first]
    spread = np.var(begun[:, None] - begun[None, :], axis=2, ddof=1)
    sums = np.cumsum(values, axis=1)
    left, out, r = list(range(n_sides)), {}, first
    for r in range(first, n + 1):
        mean = sums[:, r - 1] / r
        # The paper's bound W(r) = max(0, d / 2r (h^2 S^2 / d^2 - r)).
        bound = np.maximum(0.0, (h_squared * spread / indifference - indifference * r) / (2.0 * r))
        lags = [i for i in left if any(mean[i] < mean[j] - bound[i, j] for j in left if j != i)]
        out |= dict.fromkeys(lags, r)
        left = [i for i in left if i not in lags]
        if len(left) > 1 and (r > h_squared * spread[np.ix_(left, left)] / indifference**2).all():
            best = max(left, key=lambda i: mean[i])  # Past every bound: whoever leads, wins; ties to the first.
            out |= {i: r for i in left if i != best}
            left = [best]
        if len(left) == 1:
            break
    return Race(tuple(left), out, r)


@dataclass
class Selection:
    """A rule that lives replications until the best side by one metric is known, the baseline among them.

    Parameters
    ----------
    metric : str
        Of the whole run, all segments.
    indifference : float
        The smallest difference that matters, in the metric's unit.
    probability : float
        With which the best is found if it is better than the others by that much.
    first, most : int
        Replications of the first stage, and at most.

    Attributes
    ----------
    judged : list of (int, dict of str to float)
        Replications lived at each look, and the mean of each side still in the race.
    """

    metric: str
    indifference: float
    probability: float
    first: int
    most: int
    judged: list[tuple[int, dict[str, float]]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    race: Race | None = None

    @property
    def is_met(self) -> bool:
        """Whether the best is known."""
        return self.race is not None and self.race.is_over

    @property
    def best(self) -> str | None:
        """The name of the best side, once it is known."""
        return self.names[self.race.left[0]] if self.race is not None and self.race.is_over else None

    def ends(self) -> tuple[int, ...]:
        """After how many replications it is looked at; decisions do not depend on where these lie."""
        found = [min(self.first, self.most)]
        while found[-1] < self.most:
            found.append(min(self.most, math.ceil(found[-1] * GROWTH)))
        return tuple(found)

    def is_enough(self, kpis: Table) -> bool:
        """Judge the replications so far (unbroken from 0), and note who is still in the race."""
        here = kpis.select(metric=self.metric, segment="all", period="total")
        self.names = codes(here["scenario"])[0]
        values = cube_of(here, {"scenario": self.names}, sorted(codes(here["replication"])[0]))
        if not np.isfinite(values).all():
            raise CxsimError(f"depth.best={self.metric}: is undefined in some replications; choose a metric that "
                             "is always defined, as profit or customer_equity")
        self.race = kim_nelson(values * CATALOGUE[self.metric].better, self.indifference, self.probability,
                               self.first)
        self.judged.append((values.shape[1], {self.names[i]: float(values[i].mean()) for i in self.race.left}))
        return self.is_met

    def noted(self) -> dict[str, Any]:
        """What the manifest keeps of it."""
        return {"selection": {
            "told": str(self), "is_met": self.is_met, "best": self.best,
            "judged": [{"replications": n, "in_the_race": means} for n, means in self.judged]}}

    def __str__(self) -> str:
        assert self.race is not None
        unit, n = CATALOGUE[self.metric].unit, self.judged[-1][0]
        asked = f"depth.best={self.metric}"
        told = {self.names[i]: r for i, r in self.race.out.items()}
        outs = "; out: " + ", ".join(f"{name} after {r}" for name, r in told.items()) if told else ""
        if self.is_met:
            return (f"{asked}: {self.best} is the best of {len(self.names)}, with probability "
                    f"{100 * self.probability:g}% or more if it is better by {self.indifference:g} ({unit}) or "
                    f"more; known after {self.race.replications} replications{outs} (Kim & Nelson's sequential "
                    "selection)")
        rest = " and ".join(self.judged[-1][1])
        return (f"{asked}: not decided within {n} replications: {rest} are left{outs}; raise "
                f"precision.max_replications, or depth.indifference={self.indifference:g} ({unit}) if less "
                "precision will do")


def selection_of(config: Config, depth: Depth, n_sides: int) -> Selection | None:
    """The selection a comparison is asked for; None without ``depth.best``.

    Raises
    ------
    CxsimError
        When the metric does not exist or has no direction, the smallest difference that matters is not named, the
        probability is no better than guessing, or ``precision`` asks for replications too.
    """
    metric = depth.best
    if metric is None:
        if depth.indifference is not None:
            raise CxsimError(f"depth.indifference={depth.indifference:g}: belongs to depth.best=METRIC, as in "
                             "depth.best=profit; set both or neither")
        return None
    if metric not in CATALOGUE:
        near = nearest(metric, CATALOGUE)
        raise CxsimError(f"depth.best={metric}: is no metric"
                         + (f"; did you mean {near}?" if near else "; docs/metrics.md names all"))
    if CATALOGUE[metric].better == 0:
        raise CxsimError(f"depth.best={metric}: more of it is neither better nor worse; choose a metric with a "
                         "direction, as profit or customer_equity")
    if depth.indifference is None:
        raise CxsimError(f"depth.best={metric}: say how small a difference ({CATALOGUE[metric].unit}) no longer "
                         "matters, as depth.indifference=1000")
    if config.precision.metric is not None:
        raise CxsimError(f"depth.best={metric}: and precision.metric={config.precision.metric} both decide how "
                         "many replications there are; leave one out")
    if depth.probability <= 1.0 / (1 + n_sides):
        raise CxsimError(f"depth.probability={depth.probability:g}: guessing among {1 + n_sides} finds the best "
                         f"as often; must be above {1 / (1 + n_sides):.3g}")
    first = max(LEAST_FIRST, config.replications)
    if config.precision.max_replications < first:
        raise CxsimError(f"precision.max_replications={config.precision.max_replications}: is below the "
                         f"{first} replications of the first stage (replications, at least {LEAST_FIRST}); raise "
                         "it")
    return Selection(metric, depth.indifference, depth.probability, first, config.precision.max_replications)

