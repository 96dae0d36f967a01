"""The surface over both levers: equity and spend between the lived cells, by straight lines in each lever."""

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
        Weights of the cells; a value at (i, j) is ``weights_acquire[i] @ cells @ weights_retain[j]``.
    slopes_acquire, slopes_retain : arrays, shape (N_FINE, cells of that lever)
        The same for slopes.
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
    """Straight lines between the cells of each lever, so that no level between two cells is better than both.

    Slopes at an inner cell are those of the parabola through it and its neighbours, which lie between the slopes
    of the two steps; at an end, that of the one step.

    Examples
    --------
    >>> levers = Levers({"media": 8.0}, (0.0, 1.0, 2.0), 1.0, "loyalty.earn_rate", (0.0, 0.1), 0.0)
    >>> cells = np.array([[0.0, 1.0], [1.0, 2.0], [4.0, 5.0]])
    >>> made = make_surface(levers)
    >>> fine = made.of(cells)
    >>> lines = np.interp(made.acquire, [0.0, 1.0, 2.0], [0.0, 1.0, 4.0])
    >>> bool(np.allclose(fine, lines[:, None] + 10 * made.retain[None, :]))
    True
    >>> float(made.of(cells, "acquire")[made.acquire == 1.0, 0][0])
    2.0
    """
    ruled = []
    for values in (levers.multiples, levers.levels):
        places = np.unique(np.concatenate([np.linspace(values[0], values[-1], N_FINE - len(values)), values]))
        places = places if len(places) > 3 else np.array(values)
        cells = np.eye(len(values))
        lines = [make_interp_spline(values, at_cells, k=1)
                 for at_cells in (cells, np.gradient(cells, np.array(values), axis=0))]
        ruled.append((places, *(line(places) for line in lines)))
    (a, wa, sa), (r, wr, sr) = ruled
    return Surface(a, r, wa, wr, sa, sr)


def grid_of(levers: Levers, totals: Totals, what: str) -> np.ndarray:
    """A measure of every cell of the grid by replication, shape (replications, multiples, levels)."""
    rows = [[np.nan_to_num(totals[levers.cell(a, r), what, "all"]) for r in levers.levels]
            for a in levers.multiples]
    return np.moveaxis(np.array(rows), -1, 0)
