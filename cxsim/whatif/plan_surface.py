"""The surface over both levers: equity and spend between the cells that were lived, by splines in each lever."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import make_interp_spline

from cxsim.whatif.plan_levers import Levers
from cxsim.whatif.plan_steps import Totals

N_FINE = 61


@dataclass(frozen=True)
class Surface:
    """Two levers, finely ruled, and how a value anywhere on them follows from the cells (all is linear).

    Attributes
    ----------
    acquire, retain : arrays, shape (N_FINE,)
        Multiples of spend on routes, and levels of what keeps customers.
    weights_acquire, weights_retain : arrays, shape (N_FINE, cells of that lever)
        Spline weights; a value at (i, j) is ``weights_acquire[i] @ cells @ weights_retain[j]``.
    """

    acquire: np.ndarray
    retain: np.ndarray
    weights_acquire: np.ndarray
    weights_retain: np.ndarray
    slopes_acquire: np.ndarray
    slopes_retain: np.ndarray

    def of(self, cells: np.ndarray, along: str = "") -> np.ndarray:
        """Values (or slopes along "acquire" or "retain") everywhere: (..., fine, fine) of (..., cells, cells)."""
        left = self.slopes_acquire if along == "acquire" else self.weights_acquire
        right = self.slopes_retain if along == "retain" else self.weights_retain
        return np.einsum("ai,...ij,rj->...ar", left, cells, right)


def make_surface(levers: Levers) -> Surface:
    """Cubic splines through the cells of each lever (of a lower degree where there are fewer than four).

    Examples
    --------
    >>> levers = Levers({"media": 8.0}, (0.0, 1.0, 2.0), 1.0, "loyalty.earn_rate", (0.0, 0.1), 0.0)
    >>> cells = np.array([[0.0, 1.0], [1.0, 2.0], [4.0, 5.0]])
    >>> made = make_surface(levers)
    >>> fine = made.of(cells)
    >>> bool(np.allclose(fine, made.acquire[:, None] ** 2 + 10 * made.retain[None, :]))
    True
    """
    ruled = []
    for values in (levers.multiples, levers.levels):
        places = np.unique(np.concatenate([np.linspace(values[0], values[-1], N_FINE - len(values)), values]))
        places = places if len(places) > 3 else np.array(values)
        spline = make_interp_spline(np.array(values), np.eye(len(values)), k=min(3, len(values) - 1))
        ruled.append((places, spline(places), spline.derivative()(places)))
    (a, wa, sa), (r, wr, sr) = ruled
    return Surface(a, r, wa, wr, sa, sr)


def grid_of(levers: Levers, totals: Totals, what: str) -> np.ndarray:
    """A measure of every cell of the grid by replication, shape (replications, multiples, levels)."""
    rows = [[np.nan_to_num(totals[levers.cell(a, r), what, "all"]) for r in levers.levels]
            for a in levers.multiples]
    return np.moveaxis(np.array(rows), -1, 0)
