"""Assumptions moved one at a time: how far each moves a difference (tornado), and where the best choice flips."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from cxsim.errors import CxsimError
from cxsim.measure.comparison import mean_interval
from cxsim.measure.metrics import CATALOGUE
from cxsim.measure.table import Table
from cxsim.whatif.drawn import DrawLives
from cxsim.whatif.flip import N_LOOKS, Flip, find_flip
from cxsim.whatif.luck import luck_around
from cxsim.whatif.uncertain import Uncertain


class Ends:
    """Gains of every side where one assumption is moved and the others stay, each value lived once.

    Parameters
    ----------
    lives : DrawLives
        With all replications.
    metric : str
        Whose gains they are, more being better.
    """

    def __init__(self, lives: DrawLives, metric: str) -> None:
        self.lives, self.metric = lives, metric
        self._known: dict[tuple[int, float], np.ndarray] = {}
        self.reasons: dict[tuple[int, float], str] = {}
        parameters = lives.uncertain.parameters
        asked = [(place, value) for place, one in enumerate(parameters) for value in (one.low, one.high)]
        self._live([(0, parameters[0].value), *asked], "ends of ranges")
        self.middle = self._known[0, parameters[0].value]
        if not np.isfinite(self.middle).all():
            raise CxsimError(
                f"sensitivity.metric={metric}: is undefined in this world; choose one that is defined, as profit "
                f"({self.reasons.get((0, parameters[0].value), 'no value in some replication')})")

    @property
    def best(self) -> str:
        """The best side where every assumption has its value."""
        return tuple(self.lives.uncertain.sides)[int(self.middle.mean(axis=1).argmax())]

    @property
    def lead(self) -> tuple[str, float, float, float]:
        """What is second best where every assumption stands, and the lead over it with its interval."""
        means = self.middle.mean(axis=1)
        best = int(means.argmax())
        means[best] = -np.inf
        rival = int(means.argmax())
        config = self.lives.uncertain.config
        mean, low, high, _ = mean_interval(self.middle[best] - self.middle[rival], config.confidence)
        return tuple(self.lives.uncertain.sides)[rival], float(mean), float(low), float(high)

    def at(self, place: int, value: float) -> np.ndarray:
        """Gains over the baseline with one assumption at a value, shape (sides, replications)."""
        if value == self.lives.uncertain.parameters[place].value:
            return self.middle
        if (place, value) not in self._known:
            self._live([(place, value)], f"flip point of {self.lives.uncertain.parameters[place].name}")
        return self._known[place, value]

    def _live(self, asked: Sequence[tuple[int, float]], what: str) -> None:
        values = np.tile(self.lives.uncertain.middle, (len(asked), 1))
        for row, (place, value) in enumerate(asked):
            values[row, place] = value
        drawn = self.lives.live(values, what=what)
        gains = drawn.gains(self.metric, CATALOGUE[self.metric].better)
        self._known |= {key: gains[row] for row, key in enumerate(asked)}
        self.reasons |= {asked[row]: reason for row, reason in drawn.failures.items()}


def tornado(uncertain: Uncertain, ends: Ends, metric: str) -> Table:
    """How far each assumption moves each scenario's difference from the baseline, one at a time.

    Columns: scenario, parameter, acts_on, evidence, value, low, high (of the assumption), metric, difference,
    at_low, at_high (of the metric), half_low, half_high (half of the interval, at the level `confidence`, of the
    paired change from where the assumption stands), swing (from the lowest to the highest of the three), best,
    best_at_low, best_at_high.
    Sorted by scenario and swing.
    """
    sides, better = tuple(uncertain.sides), CATALOGUE[metric].better
    confidence = uncertain.config.confidence
    rows = []
    for place, one in enumerate(uncertain.parameters):
        low, high = ends.at(place, one.low), ends.at(place, one.high)
        for side, name in list(enumerate(sides))[1:]:
            three = [float(better * gains[side].mean()) for gains in (ends.middle, low, high)]
            rows.append({
                "scenario": name, "parameter": one.name, "acts_on": ", ".join(one.sides) or "world",
                "evidence": one.evidence, "value": one.value, "low": one.low, "high": one.high, "metric": metric,
                "difference": three[0], "at_low": three[1], "at_high": three[2],
                "half_low": _half(low[side] - ends.middle[side], confidence),
                "half_high": _half(high[side] - ends.middle[side], confidence),
                "swing": float(np.nanmax(three) - np.nanmin(three)), "best": ends.best,
                "best_at_low": _best(sides, low), "best_at_high": _best(sides, high)})
    order = sorted(range(len(rows)), key=lambda k: (sides.index(rows[k]["scenario"]), -rows[k]["swing"]))
    return Table({name: [rows[k][name] for k in order] for name in rows[0]})


def _half(values: np.ndarray, confidence: float) -> float:
    """Half of the interval of a mean over replications."""
    _, low, high, _ = mean_interval(values, confidence)
    return float(high - low) / 2.0


def _best(sides: Sequence[str], gains: np.ndarray) -> str:
    means = gains.mean(axis=1)
    return sides[int(means.argmax())] if np.isfinite(means).all() else ""


def flips(uncertain: Uncertain, ends: Ends, digits: int) -> Table:
    """How far each assumption must move, the others standing, before another side is best.

    Columns: parameter, acts_on, evidence, value, low, high, best, flip (NaN where the best stays best in the whole
    range), then_best, moved (as a share of the range, with its sign), luck_low, luck_high (where the flip lies
    with the probability `confidence`, as far as luck goes; within the range; with the value where the assumption
    stands whenever the lead there is not told from 0), is_exact, looks, reason.
    Sorted by how near the flip is. An assumption whose ends and middle leave a lead larger than all it varies by
    is looked at no closer.
    """
    sides = tuple(uncertain.sides)
    best = sides.index(ends.best)
    rows = []
    for place, one in enumerate(uncertain.parameters):
        flip, rival, reason = _flip_of(ends, place, best, digits)
        span = one.high - one.low
        low, high = _by_luck(ends, place, flip, best)
        rows.append({
            "parameter": one.name, "acts_on": ", ".join(one.sides) or "world", "evidence": one.evidence,
            "value": one.value, "low": one.low, "high": one.high, "best": ends.best, "flip": flip.value,
            "then_best": sides[rival] if flip.is_found else "", "moved": (flip.value - one.value) / span,
            "luck_low": low, "luck_high": high, "is_exact": flip.is_exact, "looks": len(flip.looks),
            "reason": reason})
    moved = np.array([abs(row["moved"]) for row in rows])
    order = np.argsort(np.where(np.isfinite(moved), moved, np.inf), kind="stable").tolist()
    return Table({name: [rows[k][name] for k in order] for name in rows[0]})


def _flip_of(ends: Ends, place: int, best: int, digits: int) -> tuple[Flip, int, str]:
    """The flip point of one assumption, the side that is best beyond it, and why it could not be sought."""
    one = ends.lives.uncertain.parameters[place]

    def lead(value: float) -> float:
        means = ends.at(place, value).mean(axis=1)
        return float(means[best] - np.delete(means, best).max())

    ends_and_middle = [lead(value) for value in (one.low, one.value, one.high)]
    is_clear = min(ends_and_middle) > max(ends_and_middle) - min(ends_and_middle)
    try:
        n_looks = 1 if is_clear else N_LOOKS
        flip = find_flip(lead, one.low, one.high, start=one.value, digits=digits, n_looks=n_looks)
    except CxsimError as error:
        known = [reason for (at, _), reason in ends.reasons.items() if at == place]
        return Flip(math.nan, one.value, ()), best, known[0] if known else str(error)
    if not flip.is_found:
        return flip, best, ""
    means = ends.at(place, flip.value).mean(axis=1)
    means[best] = -np.inf
    return flip, int(means.argmax()), ""


def _by_luck(ends: Ends, place: int, flip: Flip, best: int) -> tuple[float, float]:
    """Between which values of the assumption the flip lies, given the luck of the replications."""
    one = ends.lives.uncertain.parameters[place]
    if not flip.is_found:
        return math.nan, math.nan
    looks = sorted({one.low, one.value, one.high, *(value for value, _ in flip.looks)})
    leads = np.array([_lead(ends.at(place, value), best) for value in looks])
    return luck_around(flip.value, one.value, np.array(looks), leads, ends.lives.uncertain.config.confidence)


def _lead(gains: np.ndarray, best: int) -> np.ndarray:
    """What the best side gains over the best of the others, in each replication."""
    others = np.delete(gains, best, axis=0)
    return gains[best] - others[int(others.mean(axis=1).argmax())]
