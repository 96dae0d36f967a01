"""A smooth surface through points that were lived, and how far it is to be trusted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import RBFInterpolator

FLOOR = 6.0
SMOOTHINGS = (0.0, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)


@dataclass(frozen=True)
class Surface:
    """A fitted surface over the unit cube.

    Attributes
    ----------
    error : float
        What it misses a left-out point of the better half by (root mean square, unit of the values); NaN with
        too few.
    """

    middle: float
    scale: float
    fitted: RBFInterpolator | None
    error: float

    def at(self, units: np.ndarray) -> np.ndarray:
        """Its heights at places of shape (points, dimensions)."""
        if self.fitted is None:
            return np.full(len(units), self.middle)
        return self.middle + self.scale * self.fitted(units)


def lay_surface(places: np.ndarray, values: np.ndarray) -> Surface:
    """A cubic radial-basis surface, as smooth as leaving points out shows to be best.

    Parameters
    ----------
    places : array, shape (points, dimensions)
        Where, in the unit cube.
    values : array, shape (points,)
        How high there; finite.

    Source
    ------
    scipy.interpolate.RBFInterpolator; smoothing by leave-one-out error (Wahba 1990, Spline Models for
    Observational Data, chapter 4).

    Examples
    --------
    >>> places = np.linspace(0, 1, 9)[:, None]
    >>> surface = lay_surface(places, 3.0 - (places[:, 0] - 0.4) ** 2)
    >>> bool(abs(surface.at(np.array([[0.4]]))[0] - 3.0) < 1e-3)
    True
    """
    middle, scale = float(values.mean()), float(values.std())
    if scale == 0.0 or len(values) < 3:
        return Surface(middle, 0.0, None, 0.0 if scale == 0.0 else float("nan"))
    height = (values - middle) / scale
    missed = [_left_out(places, height, smoothing) for smoothing in SMOOTHINGS]
    best = int(np.argmin([np.square(one).mean() for one in missed]))
    fitted = _fit(places, height, SMOOTHINGS[best])
    upper = height >= np.median(height)
    return Surface(middle, scale, fitted, scale * float(np.sqrt(np.square(missed[best][upper]).mean())))


def tamed(values: np.ndarray, below: float = np.inf) -> np.ndarray:
    """Values with the far lower ones raised, so that a cliff does not bend the surface near the top.

    The floor lies below the median by six times what the best lies above it (after Gutmann 2001, J. Global
    Optimization 19:201, who cuts at the median itself).

    Parameters
    ----------
    below : float
        The floor lies no higher than this.

    Examples
    --------
    >>> tamed(np.array([0.0, -1.0, -2.0, -50.0, -3.0])).tolist()
    [0.0, -1.0, -2.0, -14.0, -3.0]
    >>> tamed(np.array([0.0, -1.0, -2.0, -50.0, -3.0]), below=-20.0).tolist()
    [0.0, -1.0, -2.0, -20.0, -3.0]
    """
    top, middle = float(values.max()), float(np.median(values))
    return np.maximum(values, min(middle - FLOOR * (top - middle), below)) if top > middle else values


def _fit(places: np.ndarray, height: np.ndarray, smoothing: float) -> RBFInterpolator:
    # A dimension in which nothing moved has no slope to fit.
    d = places.shape[1]
    moved = len(places) > d + 1 and np.linalg.matrix_rank(np.column_stack([np.ones(len(places)), places])) == d + 1
    kernel, degree = ("cubic", 1) if moved else ("linear", 0)
    return RBFInterpolator(places, height, kernel=kernel, degree=degree, smoothing=smoothing)


def _left_out(places: np.ndarray, height: np.ndarray, smoothing: float) -> np.ndarray:
    """Errors in foretelling each tenth of the points from the others."""
    n = len(places)
    n_parts = min(n, 10)
    missed = np.zeros(n)
    for part in range(n_parts):
        out = np.arange(n) % n_parts == part
        try:
            missed[out] = _fit(places[~out], height[~out], smoothing)(places[out]) - height[out]
        except np.linalg.LinAlgError:
            return np.full(n, np.inf)
    return missed
