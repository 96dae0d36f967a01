"""Levers: keys that may be moved between bounds, and the space they span together."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxsim.errors import CxsimError

Point = tuple[Any, ...]
"""One value for every lever, in their order."""

DIGITS = 4
"""Significant digits of a value between bounds: what nobody would set is not tried."""


@dataclass(frozen=True)
class Lever:
    """One thing that may be moved: a number between bounds, a whole number, or one of several choices.

    Parameters
    ----------
    key : str
        The key it sets (``loyalty.earn_rate``), or a name of its own where it stands for a scenario.
    low, high : float
        Bounds, both allowed; of choices left at 0 and 1.
    is_whole : bool
        Whether only whole numbers are allowed.
    choices : tuple
        The values allowed where it is no number between bounds.
    baseline : any
        Its value in the baseline; None where that is not known or not allowed here.

    Raises
    ------
    CxsimError
        When bounds are reversed, equal or not finite, or there are fewer than two choices.

    Examples
    --------
    >>> staff = Lever("channels.phone.extra_employees", 0, 3, is_whole=True)
    >>> [staff.value(u) for u in (0.0, 0.3, 1.0)]
    [0, 1, 3]
    >>> Lever("loyalty.earn_rate", 0.0, 0.06).value(0.51234)
    0.03074
    """

    key: str
    low: float = 0.0
    high: float = 1.0
    is_whole: bool = False
    choices: tuple[Any, ...] = ()
    baseline: Any = None

    def __post_init__(self) -> None:
        if self.choices:
            if len(set(map(repr, self.choices))) < max(2, len(self.choices)):
                raise CxsimError(f"optimize.levers.{self.key}: choices {list(self.choices)} must be two or more, "
                                 "each once")
            return
        if not (math.isfinite(self.low) and math.isfinite(self.high)):
            raise CxsimError(f"optimize.levers.{self.key}: bounds {self.low:g} to {self.high:g} must be finite")
        if self.high <= self.low:
            swap = "they are reversed" if self.high < self.low else "there is nothing to choose"
            raise CxsimError(f"optimize.levers.{self.key}: low {self.low:g} must be below high {self.high:g}; "
                             f"{swap}; write [low, high]")
        if self.is_whole and (self.low != int(self.low) or self.high != int(self.high)):
            raise CxsimError(f"optimize.levers.{self.key}: bounds {self.low:g} to {self.high:g} must be whole, "
                             "as the key is")

    @property
    def n_values(self) -> int | None:
        """How many values there are; None between bounds."""
        if self.choices:
            return len(self.choices)
        return int(self.high - self.low) + 1 if self.is_whole else None

    @property
    def is_ordered(self) -> bool:
        """Whether its values are numbers, so that one can be between two others."""
        return not self.choices or all(isinstance(one, int | float) for one in self.choices)

    def value(self, unit: float) -> Any:
        """The value at a place between 0 (lowest) and 1 (highest)."""
        n = self.n_values
        if n is None:
            raw = self.low + min(max(unit, 0.0), 1.0) * (self.high - self.low)
            return min(max(_rounded(raw, self.high - self.low), self.low), self.high)
        place = min(int(min(max(unit, 0.0), 1.0) * n), n - 1)
        return self.choices[place] if self.choices else int(self.low) + place

    def unit(self, value: Any) -> float:
        """The place of a value between 0 and 1; of whole numbers and choices the middle of their own part.

        Examples
        --------
        >>> lever = Lever("a", 0, 3, is_whole=True)
        >>> [lever.unit(k) for k in range(4)]
        [0.125, 0.375, 0.625, 0.875]
        """
        n = self.n_values
        if n is None:
            return (float(value) - self.low) / (self.high - self.low)
        place = self.choices.index(value) if self.choices else int(value) - int(self.low)
        return (place + 0.5) / n

    def allows(self, value: Any) -> bool:
        """Whether a value is one that may be tried."""
        if self.choices:
            return value in self.choices
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and self.low <= value <= self.high and (not self.is_whole or value == int(value))


def _rounded(value: float, span: float) -> float:
    """A value to so many digits as its span gives sense to."""
    digits = DIGITS - 1 - math.floor(math.log10(span))
    return round(value, digits)


def shown(value: Any) -> str:
    """A lever's value as one would type it.

    Examples
    --------
    >>> shown(0.03), shown(8.0), shown(True), shown("monthly"), shown(None)
    ('0.03', '8', 'true', 'monthly', 'null')
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return f"{value:g}" if isinstance(value, int | float) else str(value)


@dataclass(frozen=True)
class Space:
    """All levers together.

    Examples
    --------
    >>> space = Space((Lever("a", 0.0, 2.0), Lever("b", choices=("off", "on"))))
    >>> space.points(np.array([[0.25, 0.9]]))
    [(0.5, 'on')]
    >>> space.units([(0.5, "on")]).tolist()
    [[0.25, 0.75]]
    """

    levers: tuple[Lever, ...]

    def __post_init__(self) -> None:
        if not self.levers:
            raise CxsimError("optimize: there is no lever; give one at least, as in "
                             "cxsim optimize loyalty.earn_rate=interval(0,0.06), or choose optimize=...")
        keys = self.keys
        for key in keys:
            if keys.count(key) > 1:
                raise CxsimError(f"optimize.levers.{key}: is named twice; name each lever once")

    def __len__(self) -> int:
        return len(self.levers)

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the levers."""
        return tuple(lever.key for lever in self.levers)

    @property
    def n_points(self) -> int | None:
        """How many combinations there are; None where a lever is between bounds."""
        counts = [lever.n_values for lever in self.levers]
        return math.prod(n for n in counts if n is not None) if None not in counts else None

    def points(self, units: np.ndarray) -> list[Point]:
        """Values at places, of shape (points, levers)."""
        return [tuple(lever.value(u) for lever, u in zip(self.levers, row, strict=True)) for row in units.tolist()]

    def units(self, points: Sequence[Point]) -> np.ndarray:
        """Places of values, of shape (points, levers)."""
        rows = [[lever.unit(v) for lever, v in zip(self.levers, point, strict=True)] for point in points]
        return np.array(rows, float).reshape(len(points), len(self.levers))

    def everything(self) -> list[Point]:
        """Every combination of a space without a lever between bounds, the last lever fastest."""
        lists = [lever.choices or range(int(lever.low), int(lever.high) + 1) for lever in self.levers]
        return list(itertools.product(*lists))

    @property
    def baseline(self) -> Point | None:
        """The baseline's own values, where all of them may be tried."""
        point = tuple(lever.baseline for lever in self.levers)
        return point if all(lever.allows(v) for lever, v in zip(self.levers, point, strict=True)) else None
