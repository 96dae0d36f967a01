"""Where in the space of levers it is nearly as good as at the best: a region, not a point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import qmc, spearmanr

from cxsim.measure.table import Table
from cxsim.whatif.levers import Lever, Point, Space, shown
from cxsim.whatif.searching import Told
from cxsim.whatif.surface import Surface, lay_surface, tamed

SAMPLE = 12  # Two to this power of places are looked at.
STEPS = 101
# So many margins below the best, no lived worth is raised: what lies beyond the margin stays seen as such.
DEEP = 6.0
# Rank correlation within the region from which levers count as standing in for each other.
STRONG = 0.5


@dataclass(frozen=True)
class Region:
    """All places whose foretold worth is within a margin of the best's, limits kept.

    Attributes
    ----------
    levers : Table
        One row a lever: lever, baseline, best, alone_low, alone_high (how far it may move while the others stay),
        low, high (how far with the others following), alone, together (the same in words, of choices those that
        belong to it), matters (foretold loss at its worse end, the others at
        the best), is_more (whether the loss is larger than that, the surface being cut off there).
    margin : float
        How much worse than the best still belongs to it (unit of the objective).
    share : float
        Part of all possible settings that belongs to the region.
    n_settings : int or None
        How many possible settings there are; None where they were sampled.
    error : float
        What the surface misses a left-out point of the better half by (root mean square, unit of the objective).
    trade_offs : Table
        Pairs of levers that stand in for each other: lever, other, correlation within the region (ranks).
    worth : Surface
        The surface of the objective over the unit cube.
    """

    levers: Table
    margin: float
    share: float
    n_settings: int | None
    error: float
    trade_offs: Table
    worth: Surface


def find_region(
    space: Space, told: Sequence[Told], best: Point, margin: float, apart: Sequence[tuple[int, int]] = (),
) -> Region:
    """Lay surfaces through all points lived and look where they are within `margin` of the best.

    Parameters
    ----------
    margin : float
        How much worse counts as good, in the unit of the objective.
    apart : sequence of pairs of int
        Places of levers (false or true) that cannot both be true: such settings belong to nothing.

    Examples
    --------
    A ridge: what counts is the sum of two levers, so either may be moved if the other follows.

    >>> space = Space((Lever("a"), Lever("b")))
    >>> grid = [(a / 8, b / 8) for a in range(9) for b in range(9)]
    >>> told = [Told(point, 1.0 - (point[0] + point[1] - 1.0) ** 2) for point in grid]
    >>> region = find_region(space, told, (0.5, 0.5), 0.01)
    >>> [row["high"] - row["low"] > 0.9 and row["alone_high"] - row["alone_low"] < 0.25
    ...  for row in region.levers.rows()]
    [True, True]
    >>> bool(region.trade_offs["correlation"][0] < -0.9)
    True
    """
    lived = [one for one in told if np.isfinite(one.worth)]
    places = space.units([one.point for one in lived])
    values = np.array([one.worth for one in lived])
    height = next((one.worth for one in lived if one.point == best), float(values.max()))
    kept = tamed(values, below=height - DEEP * margin)
    worth = lay_surface(places, kept)
    limits = [lay_surface(places, broken) for broken in
              np.array([one.breaks for one in lived]).reshape(len(lived), -1).T]
    at_best = space.units([best])
    least = float(worth.at(at_best)[0]) - margin

    def is_near(units: np.ndarray) -> np.ndarray:
        near = (worth.at(units) >= least) & _is_possible(units, apart)
        for limit in limits:
            near &= limit.at(units) <= max(0.0, float(limit.at(at_best)[0]))
        return near

    sample, n_settings = _sample(space, apart)
    near = is_near(sample)
    inside = np.concatenate([sample[near], at_best])
    # Where the surface cannot be told from its floor, values that lie lower were raised to it.
    floor = float(kept.min()) + worth.error if (kept > values).any() else -np.inf
    rows = [_row(space, place, best, inside, is_near, worth, floor) for place in range(len(space))]
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in rows[0]}
    return Region(Table(columns), margin, float(near.mean()), n_settings, worth.error, _trade_offs(space, inside),
                  worth)


def _is_possible(units: np.ndarray, apart: Sequence[tuple[int, int]]) -> np.ndarray:
    possible = np.ones(len(units), bool)
    for one, other in apart:
        possible &= (units[:, one] < 0.5) | (units[:, other] < 0.5)
    return possible


def _sample(space: Space, apart: Sequence[tuple[int, int]]) -> tuple[np.ndarray, int | None]:
    """Every possible setting of a small space, with their number; of others places spread evenly."""
    n = space.n_points
    is_small = n is not None and n <= 2**SAMPLE
    points = space.everything() if is_small else space.points(
        qmc.Sobol(len(space), scramble=False).random_base2(SAMPLE))
    units = space.units(points)
    units = units[_is_possible(units, apart)]
    return units, len(units) if is_small else None


def _row(
    space: Space, place: int, best: Point, inside: np.ndarray, is_near: Callable[[np.ndarray], np.ndarray],
    worth: Surface, floor: float,
) -> dict[str, object]:
    lever = space.levers[place]
    units, values = _along(lever)
    line = np.repeat(space.units([best]), len(units), axis=0)
    line[:, place] = units
    near = is_near(line)
    own = int(np.argmin(np.abs(units - space.units([best])[0, place])))
    near[own] = True
    alone = _around(near, own)
    heights = worth.at(line)
    worse = float(min(heights[0], heights[-1]) if lever.is_ordered else heights.min())
    together = [lever.value(u) for u in (inside[:, place].min(), inside[:, place].max())]
    if lever.choices:
        met = {shown(lever.value(u)) for u in inside[:, place]}
        words = [", ".join(shown(v) for v, is_in in zip(values, near, strict=True) if is_in),
                 ", ".join(shown(v) for v in lever.choices if shown(v) in met)]
    else:
        words = [_span(values[alone[0]], values[alone[1]]), _span(*together)]
    return {"lever": lever.key, "baseline": shown(lever.baseline), "best": shown(best[place]),
            "alone_low": _number(values[alone[0]]), "alone_high": _number(values[alone[1]]),
            "low": _number(together[0]), "high": _number(together[1]), "alone": words[0], "together": words[1],
            "matters": max(0.0, float(worth.at(space.units([best]))[0]) - worse), "is_more": worse <= floor}


def _span(low: Any, high: Any) -> str:
    return shown(low) if low == high else f"{shown(low)} to {shown(high)}"


def _along(lever: Lever) -> tuple[np.ndarray, list[Any]]:
    """Places along a lever, with their values."""
    n = lever.n_values
    units = np.linspace(0.0, 1.0, STEPS) if n is None or n > STEPS else (np.arange(n) + 0.5) / n
    return units, [lever.value(u) for u in units]


def _around(near: np.ndarray, middle: int) -> tuple[int, int]:
    """The unbroken stretch of near places around one."""
    low = high = middle
    while low > 0 and near[low - 1]:
        low -= 1
    while high < len(near) - 1 and near[high + 1]:
        high += 1
    return low, high


def _number(value: object) -> float:
    """A value as a number; of words there is none."""
    return float(value) if isinstance(value, int | float) else float("nan")


def _trade_offs(space: Space, inside: np.ndarray) -> Table:
    found = []
    for i in range(len(space)):
        for j in range(i):
            if min(np.ptp(inside[:, i]), np.ptp(inside[:, j])) == 0.0 or len(inside) < 20:
                continue
            rank = float(spearmanr(inside[:, j], inside[:, i]).statistic)
            if abs(rank) >= STRONG and space.levers[i].is_ordered and space.levers[j].is_ordered:
                found.append((space.levers[j].key, space.levers[i].key, rank))
    found.sort(key=lambda row: -abs(row[2]))
    names = ("lever", "other", "correlation")
    columns: dict[str, Any] = {name: [row[k] for row in found] for k, name in enumerate(names)}
    return Table(columns)
