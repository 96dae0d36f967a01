"""Precision on request: replications until an interval is as narrow as asked, judged at fixed checkpoints.

Judged after every replication, an interval would be caught when it happens to be narrow; at few checkpoints on
the unbroken prefix of replications its coverage suffers little (Law 2015, *Simulation Modeling and Analysis*,
section 9.4).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from cxsim.errors import CxsimError
from cxsim.measure.comparison import mean_interval
from cxsim.measure.metrics import CATALOGUE
from cxsim.measure.table import Table, codes
from cxsim.settings.keys import nearest
from cxsim.settings.schema import Config

FIRST_CHECKPOINTS = (10, 15, 20, 30, 45, 68, 100)
GROWTH = 1.5


def checkpoints(most: int) -> tuple[int, ...]:
    """After how many replications precision is judged; the last one is the budget.

    Examples
    --------
    >>> checkpoints(200)
    (10, 15, 20, 30, 45, 68, 100, 150, 200)
    >>> checkpoints(8)
    (8,)
    """
    ends = list(FIRST_CHECKPOINTS)
    while ends[-1] < most:
        ends.append(math.ceil(ends[-1] * GROWTH))
    return (*(end for end in ends if end < most), most)


class Rule(Protocol):
    """What decides how many replications are lived: a precision, or which side is the best."""

    most: int
    judged: list[tuple[int, dict[str, float]]]

    @property
    def is_met(self) -> bool:
        """Whether what was asked for is known."""

    def ends(self) -> tuple[int, ...]:
        """After how many replications it is judged; the last one is the budget."""

    def is_enough(self, kpis: Table) -> bool:
        """Judge the replications so far."""

    def noted(self) -> dict[str, Any]:
        """What the manifest keeps of it."""


@dataclass
class Stopping:
    """A sequential rule: stop at the first checkpoint at which every interval is as narrow as asked.

    Parameters
    ----------
    metric : str
        Whose interval is judged: the whole run's, over all segments. Of a comparison it is the paired difference
        of every scenario, of a single world the metric itself.
    half_width : float
        At most so much on either side, in the metric's unit.
    most : int
        Replications at most.
    confidence : float
        Of the interval (Student's t).

    Attributes
    ----------
    judged : list of (int, dict of str to float)
        Replications at each checkpoint so far, and the half-widths found there by scenario.
    """

    metric: str
    half_width: float
    most: int
    confidence: float
    judged: list[tuple[int, dict[str, float]]] = field(default_factory=list)

    @property
    def is_met(self) -> bool:
        """Whether the last checkpoint found every interval narrow enough."""
        return bool(self.judged) and all(half <= self.half_width for half in self.judged[-1][1].values())

    def ends(self) -> tuple[int, ...]:
        """After how many replications it is judged."""
        return checkpoints(self.most)

    def noted(self) -> dict[str, Any]:
        """What the manifest keeps of it."""
        judged = [{"replications": n, "half_widths": {
            name: half if math.isfinite(half) else None for name, half in halves.items()}}
            for n, halves in self.judged]
        return {"precision": {"told": str(self), "is_met": self.is_met, "judged": judged}}

    def is_enough(self, kpis: Table) -> bool:
        """Judge the replications so far (unbroken from 0), and note what was found.

        Parameters
        ----------
        kpis : Table
            Of every side, the baseline first; of a single world only its own.
        """
        replications = codes(kpis["replication"])[0]
        here = kpis.select(metric=self.metric, segment="all", period="total")
        values = {name: here.select(scenario=name).sort("replication")["value"]
                  for name in codes(here["scenario"])[0]}
        first, *others = values
        compared = {name: values[name] - values[first] for name in others} or {first: values[first]}
        halves = {}
        for name, found in compared.items():
            _, low, high, _ = mean_interval(np.asarray(found, dtype=float), self.confidence)
            half = float(high - low) / 2.0
            halves[name] = half if np.isfinite(found).sum() > 1 else math.inf
        self.judged.append((len(replications), halves))
        return self.is_met

    def __str__(self) -> str:
        n, halves = self.judged[-1]
        worst = max(halves, key=lambda name: halves[name])
        unit = CATALOGUE[self.metric].unit
        at = ", ".join(str(k) for k, _ in self.judged)
        how = f"sequential rule, judged after {at} replications"
        if self.is_met:
            return (f"precision.half_width={self.half_width:g}: met after {n} replications; {self.metric} is "
                    f"within +/-{halves[worst]:.3g} ({unit}; {worst}); {how}")
        asked = f"precision.half_width={self.half_width:g}: not met"
        if not math.isfinite(halves[worst]):
            return f"{asked}; {self.metric} of {worst} is undefined; {how}"
        needed = math.ceil(n * (halves[worst] / self.half_width) ** 2)
        return (f"{asked} within {n} replications; {self.metric} of {worst} is within +/-{halves[worst]:.3g} "
                f"({unit}); about {needed:,} would do: set precision.max_replications={needed}, or ask for less; "
                f"{how}")


def stopping_of(config: Config) -> Stopping | None:
    """The sequential rule a configuration asks for; None where replications are fixed.

    Raises
    ------
    CxsimError
        When the metric does not exist.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> stopping_of(load()) is None
    True
    """
    asked = config.precision
    if asked.metric is None or asked.half_width is None:
        return None
    if asked.metric not in CATALOGUE:
        near = nearest(asked.metric, CATALOGUE)
        raise CxsimError(f"precision.metric={asked.metric}: is no metric"
                         + (f"; did you mean {near}?" if near else "; docs/metrics.md names all"))
    return Stopping(asked.metric, asked.half_width, asked.max_replications, config.confidence)


def blocks(config: Config, stopping: Rule | None) -> Sequence[range]:
    """Replications to live between two checkpoints; all at once without a rule."""
    if stopping is None:
        return [range(config.replications)]
    ends = stopping.ends()
    return [range(start, end) for start, end in zip((0, *ends), ends, strict=False)]
