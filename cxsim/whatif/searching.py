"""Where to try next: a search asks for points, is told what they gave, and asks again.

The default needs scipy alone. It starts with a Sobol sample, lays a smooth surface of radial basis functions
through all points lived, and tries next where the surface is high or where little has been tried, turn by turn:
the stochastic response surface method of Regis & Shoemaker (2007), INFORMS J. Computing 19:497. Limits have
surfaces of their own; a point that keeps them comes before one that does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.stats import qmc

from cxsim.whatif.levers import Point, Space
from cxsim.whatif.surface import Surface, lay_surface, tamed

# How much the surface counts against the distance to what was tried, turn by turn.
WEIGHTS = (0.3, 0.6, 0.85, 0.95)
# How far from the best points of now new ones are sought, in parts of a lever's range.
REACHES = (0.25, 0.12, 0.06, 0.03)
CANDIDATES = 400
FULL_LIST = 20_000


@dataclass(frozen=True)
class Told:
    """What a point gave: its worth (more is better) and how far it breaks each limit (0 or less: kept).

    A point that could not be lived has a worth of NaN.
    """

    point: Point
    worth: float
    breaks: tuple[float, ...] = ()

    @property
    def is_kept(self) -> bool:
        """Whether it was lived and breaks no limit."""
        return bool(np.isfinite(self.worth)) and all(b <= 0.0 for b in self.breaks)


def first_sample(space: Space, rng: np.random.Generator, n: int) -> list[Point]:
    """The baseline, where it may be tried, and scrambled Sobol points; n of them, or as many as there are."""
    sample = qmc.Sobol(len(space), seed=rng).random_base2(max(1, (4 * n - 1).bit_length()))
    first = [space.baseline] if space.baseline is not None else []
    return list(dict.fromkeys([*first, *space.points(sample)]))[:n]


class Searcher(Protocol):
    """What every search answers: ask for points, be told of all points so far."""

    def ask(self, n: int) -> list[Point]:
        """Up to n points not asked for before; none where everything was tried."""
        ...

    def tell(self, told: Sequence[Told]) -> None:
        """Everything known so far; figures of a point may have become more exact."""
        ...


class SurfaceSearch:
    """The default search, by surfaces through what was lived.

    Parameters
    ----------
    space : Space
        The levers.
    rng : numpy Generator
        Its luck; the same luck and the same answers give the same points.
    n_start : int
        How many points the first sample has, the baseline among them.

    Examples
    --------
    >>> from cxsim.whatif.levers import Lever
    >>> search = SurfaceSearch(Space((Lever("a", 0.0, 1.0),)), np.random.default_rng(1), 4)
    >>> len(search.ask(8))
    4
    """

    def __init__(self, space: Space, rng: np.random.Generator, n_start: int) -> None:
        self.space, self.rng = space, rng
        self._asked: list[Point] = []
        self._told: list[Told] = []
        self._turn = 0
        n = space.n_points
        self._everything = space.everything() if n is not None and n <= FULL_LIST else None
        self._start = first_sample(space, rng, n_start)

    def ask(self, n: int) -> list[Point]:
        """Up to n points not asked for before: of the first sample, then by the surface."""
        chosen = self._start[:n]
        self._start = self._start[len(chosen):]
        if not chosen:
            chosen = self._by_surface(n)
        self._asked += chosen
        return chosen

    def tell(self, told: Sequence[Told]) -> None:
        """Everything known so far."""
        self._told = list(told)

    def _by_surface(self, n: int) -> list[Point]:
        candidates = self._candidates()
        if not candidates:
            return []
        units = self.space.units(candidates)
        merit = self._merit(units)
        tried = self.space.units(self._asked)
        near = _nearest(units, tried) if len(tried) else np.ones(len(units))
        chosen: list[int] = []
        for _ in range(min(n, len(candidates))):
            weight = WEIGHTS[self._turn % len(WEIGHTS)]
            self._turn += 1
            score = weight * merit + (1.0 - weight) * (1.0 - _scaled(near))
            score[chosen] = np.inf
            chosen.append(int(np.argmin(score)))
            near = np.minimum(near, np.linalg.norm(units - units[chosen[-1]], axis=1))
        return [candidates[k] for k in chosen]

    def _candidates(self) -> list[Point]:
        """Places to choose from: all that are left of a short list, else everywhere and around the leaders."""
        asked = set(self._asked)
        if self._everything is not None:
            return [point for point in self._everything if point not in asked]
        d = len(self.space)
        everywhere = self.rng.random((CANDIDATES * d, d))
        leaders = self.space.units([one.point for one in ranked(self._told)[:3]])
        around = leaders[self.rng.integers(len(leaders), size=CANDIDATES * d)] if len(leaders) else everywhere
        reach = np.array(REACHES)[self.rng.integers(len(REACHES), size=len(around))]
        moves = self.rng.random(around.shape) < max(1.5 / d, 0.4)
        moves[np.arange(len(around)), self.rng.integers(d, size=len(around))] = True
        around = around + moves * reach[:, None] * self.rng.standard_normal(around.shape)
        places = np.concatenate([everywhere, np.clip(around, 0.0, 1.0)])
        return [point for point in dict.fromkeys(self.space.points(places)) if point not in asked]

    def _in_vain(self, units: np.ndarray) -> np.ndarray:
        """How far places lie on the side of those that could not be lived; 0 on the other."""
        failed = [not np.isfinite(one.worth) for one in self._told]
        if not any(failed):
            return np.zeros(len(units))
        side = lay_surface(self.space.units([one.point for one in self._told]), np.where(failed, 1.0, -1.0))
        return np.maximum(side.at(units), 0.0)

    def _merit(self, units: np.ndarray) -> np.ndarray:
        """0 where the surfaces promise most, 1 where least; above 1 where they expect a limit to be broken."""
        lived = [one for one in self._told if np.isfinite(one.worth)]
        if len(lived) < len(self.space) + 2:
            return np.zeros(len(units))
        broken = self._in_vain(units)
        places = self.space.units([one.point for one in lived])
        worth = lay_surface(places, tamed(np.array([one.worth for one in lived]))).at(units)
        for values in np.array([one.breaks for one in lived]).reshape(len(lived), -1).T:
            surface: Surface = lay_surface(places, values)
            broken += np.maximum(surface.at(units), 0.0) / (np.abs(values).max() or 1.0)
        return _scaled(-worth) + np.where(broken > 0.0, 1.0 + broken, 0.0)


def ranked(told: Sequence[Told]) -> list[Told]:
    """The best first: points that keep the limits by worth, then the others by how far they break them.

    Deb (2000), Computer Methods in Applied Mechanics and Engineering 186:311: feasibility comes first.

    Examples
    --------
    >>> rows = [Told((1,), 5.0, (0.2,)), Told((2,), 1.0, (-1.0,)), Told((3,), 2.0, (0.0,))]
    >>> [one.point for one in ranked(rows)]
    [(3,), (2,), (1,)]
    """
    lived = [one for one in told if np.isfinite(one.worth)]
    most = np.array([[max(b, 0.0) for b in one.breaks] for one in lived]).reshape(len(lived), -1).max(
        axis=0, initial=0.0)

    def order(one: Told) -> tuple[float, float]:
        broken = sum(max(b, 0.0) / m for b, m in zip(one.breaks, most.tolist(), strict=True) if m > 0)
        return broken, -one.worth

    return sorted(lived, key=order)


def _scaled(values: np.ndarray) -> np.ndarray:
    span = float(values.max() - values.min())
    return (values - values.min()) / span if span > 0 else np.zeros_like(values)


def _nearest(units: np.ndarray, tried: np.ndarray) -> np.ndarray:
    from scipy.spatial import cKDTree

    distance, _ = cKDTree(tried).query(units)
    return np.asarray(distance)
