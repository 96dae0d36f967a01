"""What draws of uncertain assumptions tell: how much of the spread is luck, and which option is best how often."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Parts:
    """The variance of a figure, told apart.

    Attributes
    ----------
    mean : float
        Over all draws and replications.
    parameters : float
        Variance that comes from not knowing the assumptions.
    chance : float
        Variance of one life of the world where the assumptions are known: luck that all draws share, and luck
        that hits each draw in its own way.
    """

    mean: float
    parameters: float
    chance: float

    @property
    def share_of_parameters(self) -> float:
        """Which part of the whole variance is ignorance rather than luck; NaN where nothing varies."""
        whole = self.parameters + self.chance
        return self.parameters / whole if whole > 0.0 else float("nan")


def variance_parts(values: np.ndarray) -> Parts:
    """Tell ignorance from luck in a two-way table of draws, all of which lived with the same luck.

    Parameters
    ----------
    values : array, shape (draws, replications)
        A figure in its own unit; two of each at least. Draws with NaN are left out.

    Returns
    -------
    Parts
        A variance that comes out negative counts as 0; with one replication luck is NaN and is contained in
        what is said of the parameters.

    Source
    ------
    Two-way random effects without repetition: Searle, Casella & McCulloch (1992), *Variance Components*,
    section 4.6, by the method of moments.

    Examples
    --------
    >>> parts = variance_parts(np.array([[0.0, 2.0], [10.0, 12.0]]))
    >>> parts.mean, parts.parameters, parts.chance
    (6.0, 50.0, 2.0)
    """
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values).all(axis=1)]
    n_draws, n_lives = values.shape
    if n_draws == 0:
        return Parts(float("nan"), float("nan"), float("nan"))
    mean = float(values.mean())
    if n_lives < 2 or n_draws < 2:
        spread = float(values[:, 0].var(ddof=1)) if n_draws > 1 else float("nan")
        return Parts(mean, spread, float("nan"))
    by_draw, by_life = values.mean(axis=1), values.mean(axis=0)
    rest = values - by_draw[:, None] - by_life[None, :] + mean
    own = float((rest**2).sum()) / ((n_draws - 1) * (n_lives - 1))
    between = max(0.0, float(by_draw.var(ddof=1)) - own / n_lives)
    shared = max(0.0, float(by_life.var(ddof=1)) - own / n_draws)
    return Parts(mean, between, shared + own)


def p_best(net: np.ndarray) -> np.ndarray:
    """How probable it is that each option is the best one; ties are shared.

    Parameters
    ----------
    net : array, shape (draws, options)
        What each option yields in each draw, more being better; draws with NaN are left out.

    Examples
    --------
    >>> p_best(np.array([[0.0, 1.0], [0.0, -1.0], [0.0, 2.0], [0.0, 0.0]])).tolist()
    [0.375, 0.625]
    """
    net = _whole(net)
    is_best = net == net.max(axis=1, keepdims=True)
    shared: np.ndarray = (is_best / is_best.sum(axis=1, keepdims=True)).mean(axis=0)
    return shared


def expected_regret(net: np.ndarray) -> np.ndarray:
    """What is lost on average by choosing an option before the assumptions are known.

    Parameters
    ----------
    net : array, shape (draws, options)
        As for :func:`p_best`. The smallest regret is the value of perfect information.

    Examples
    --------
    >>> expected_regret(np.array([[0.0, 1.0], [0.0, -3.0]])).tolist()
    [0.5, 1.5]
    """
    net = _whole(net)
    lost: np.ndarray = (net.max(axis=1, keepdims=True) - net).mean(axis=0)
    return lost


def _whole(net: np.ndarray) -> np.ndarray:
    net = np.asarray(net, dtype=float)
    return net[np.isfinite(net).all(axis=1)]
