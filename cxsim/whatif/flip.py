"""Where an answer flips: the value of an assumption at which a gain changes its sign."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from cxsim.errors import CxsimError

N_LOOKS = 4
MOST_EVALUATIONS = 60


@dataclass(frozen=True)
class Flip:
    """The value at which a gain changes its sign, and what was looked at on the way.

    Attributes
    ----------
    value : float
        Of the assumption, where the gain passes through 0; NaN where it keeps its sign in the whole range.
    start : float
        The value from which the nearest flip was sought.
    looks : tuple of (float, float)
        Every (value, gain) that was evaluated, ascending by value.
    is_exact : bool
        Whether the gain is continuous there as far as the digits tell: on either side of the flip it is small
        against its range. A gain of whole customers jumps over 0; the flip is then the place of the jump.
    """

    value: float
    start: float
    looks: tuple[tuple[float, float], ...]
    is_exact: bool = True

    @property
    def is_found(self) -> bool:
        """Whether the answer flips anywhere in the range."""
        return math.isfinite(self.value)

    @property
    def slope(self) -> float:
        """How fast the gain changes around the flip, from the looks nearest on either side; NaN without one."""
        below = [look for look in self.looks if look[0] < self.value]
        above = [look for look in self.looks if look[0] > self.value]
        if not self.is_found or not below or not above:
            return math.nan
        (x, y), (u, v) = _apart(below[::-1], self.value, self.looks), _apart(above, self.value, self.looks)
        return (v - y) / (u - x)


Look = tuple[float, float]


def _apart(side: list[Look], value: float, looks: tuple[Look, ...]) -> Look:
    """The nearest look far enough from the flip for a slope: a hundredth of the range, where there is one."""
    room = (looks[-1][0] - looks[0][0]) / 100.0
    return next((look for look in side if abs(look[0] - value) >= room), side[-1])


def find_flip(
    gain: Callable[[float], float], low: float, high: float, *, start: float | None = None, digits: int = 5,
    n_looks: int = N_LOOKS,
) -> Flip:
    """The value nearest to `start` at which `gain` changes its sign, to several digits.

    Use it to say how far an assumption must move before another scenario is best, or how strong an effect must
    be before a scenario pays. Every evaluation must live with the same luck (common random numbers), or the gain
    is noise on top of noise and has no root.

    Parameters
    ----------
    gain : callable
        Of one number; finite. Its sign decides: positive means that the answer as it stands holds.
    low, high : float
        Range in which the assumption may lie; low < high.
    start : float, optional
        Where the assumption stands now; default `low`. The flip nearest to it is found.
    digits : int
        Digits of the range to which the flip is found (5: to a hundred-thousandth of high - low).
    n_looks : int
        In how many equal steps the range is looked through; two flips within one step may stay unseen.

    Returns
    -------
    Flip

    Raises
    ------
    CxsimError
        When low is not below high, start lies outside, or the gain is not a number somewhere.

    Source
    ------
    Root by Brent's method (Brent 1973, *Algorithms for Minimization without Derivatives*, chapter 4).

    Examples
    --------
    >>> flip = find_flip(lambda x: 2.0 - x**2, 0.0, 5.0)
    >>> round(flip.value, 4)
    1.4142
    >>> find_flip(lambda x: 1.0 + x, 0.0, 5.0).is_found
    False
    """
    start = low if start is None else start
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise CxsimError(f"flip point: the range {low:g} to {high:g} must ascend; set low below high")
    if not low <= start <= high:
        raise CxsimError(f"flip point: the value {start:g} must lie between low {low:g} and high {high:g}")
    seen: dict[float, float] = {}

    def look(value: float) -> float:
        if value not in seen:
            found = float(gain(value))
            if not math.isfinite(found):
                raise CxsimError(f"flip point: the gain at {value:g} is no number; choose a metric that is "
                                 "defined there, or a narrower range")
            seen[value] = found
        return seen[value]

    bracket = _nearest_bracket(look, low, high, start, n_looks)
    if bracket is None:
        return Flip(math.nan, start, tuple(sorted(seen.items())))
    value = _root(look, *bracket, tolerance=(high - low) * 10.0**-digits)
    looks = tuple(sorted(seen.items()))
    return Flip(value, start, looks, _is_smooth(looks, value, (high - low) * 10.0**-digits))


def _nearest_bracket(
    look: Callable[[float], float], low: float, high: float, start: float, n_looks: int,
) -> tuple[float, float] | None:
    """The two neighbouring looks, nearest to the start, between which the sign changes.

    Looks go outwards on both sides in turn, so that a flip near by costs few evaluations.
    """
    grid = np.linspace(low, high, n_looks + 1)
    ways = [[start, *grid[grid > start].tolist()], [start, *grid[grid < start][::-1].tolist()]]
    steps = [(abs(way[k + 1] - start), way[k], way[k + 1]) for way in ways for k in range(len(way) - 1)]
    for _, near, far in sorted(steps):
        if look(near) == 0.0 or np.sign(look(near)) != np.sign(look(far)):
            return near, far
    return None


def _root(look: Callable[[float], float], near: float, far: float, *, tolerance: float) -> float:
    for value in (near, far):
        if look(value) == 0.0:
            return value
    a, b = sorted((near, far))
    return float(optimize.brentq(look, a, b, xtol=tolerance, rtol=8.9e-16, maxiter=MOST_EVALUATIONS))


def _is_smooth(looks: tuple[tuple[float, float], ...], value: float, tolerance: float) -> bool:
    """Whether the gain left and right of the root differs by little of what it differs over the range."""
    near = [gain for place, gain in looks if abs(place - value) <= 4.0 * tolerance]
    spread = max(gain for _, gain in looks) - min(gain for _, gain in looks)
    return spread == 0.0 or max(near) - min(near) <= 0.02 * spread
