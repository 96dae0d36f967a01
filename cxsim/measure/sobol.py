"""Sobol indices: which assumption's ignorance makes the spread of a figure, alone and with the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Indices:
    """First and total index of each assumption with bootstrap intervals, each of shape (assumptions,).

    The first index is the share of the variance that would go if this assumption alone became known; the total
    index is the share that would stay if all but this one became known. Their difference is interaction.
    """

    first: np.ndarray
    first_low: np.ndarray
    first_high: np.ndarray
    total: np.ndarray
    total_low: np.ndarray
    total_high: np.ndarray


def sobol_indices(
    a: np.ndarray, b: np.ndarray, ab: np.ndarray, rng: np.random.Generator, confidence: float, n_again: int,
) -> Indices:
    """First and total indices from two independent samples and their mixtures.

    Parameters
    ----------
    a, b : arrays, shape (draws,)
        The figure in two independent samples of all assumptions.
    ab : array, shape (assumptions, draws)
        The figure in the first sample with one assumption taken from the second. Draws in which any figure is
        NaN are left out.
    rng : numpy Generator
        For the bootstrap over draws.
    confidence : float
        Of the intervals (percentiles), between 0 and 1.
    n_again : int
        Bootstrap samples.

    Returns
    -------
    Indices
        All 0 where the figure does not vary.

    Source
    ------
    First: Saltelli et al. (2010), Computer Physics Communications 181:259, table 2 (b); total: Jansen (1999),
    their table 2 (f). Archer, Saltelli & Sobol (1997) for the bootstrap.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a, b = rng.random((2, 4096, 2))
    >>> f = lambda x: x[:, 0] + 2.0 * x[:, 1]
    >>> mixed = [f(np.column_stack([b[:, 0], a[:, 1]])), f(np.column_stack([a[:, 0], b[:, 1]]))]
    >>> found = sobol_indices(f(a), f(b), np.array(mixed), rng, 0.9, 50)
    >>> found.first.round(1).tolist(), found.total.round(1).tolist()
    ([0.2, 0.8], [0.2, 0.8])
    """
    keep = np.isfinite(a) & np.isfinite(b) & np.isfinite(ab).all(axis=0)
    a, b, ab = a[keep], b[keep], ab[:, keep]
    first, total = _estimates(a, b, ab)
    again = [_estimates(a[rows], b[rows], ab[:, rows])
             for rows in (rng.integers(0, len(a), len(a)) for _ in range(n_again))]
    ends = [(1 - confidence) / 2, (1 + confidence) / 2]
    first_low, first_high = np.quantile([one for one, _ in again], ends, axis=0)
    total_low, total_high = np.quantile([one for _, one in again], ends, axis=0)
    return Indices(first, first_low, first_high, total, total_low, total_high)


def _estimates(a: np.ndarray, b: np.ndarray, ab: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    # The mean is taken off first: it would enter the first index as noise.
    middle = np.concatenate([a, b]).mean() if len(a) else 0.0
    a, b, ab = a - middle, b - middle, ab - middle
    variance = np.concatenate([a, b]).var() if len(a) else 0.0
    if variance == 0.0:
        return np.zeros(len(ab)), np.zeros(len(ab))
    return (b * (ab - a)).mean(axis=1) / variance, ((a - ab) ** 2).mean(axis=1) / 2.0 / variance
