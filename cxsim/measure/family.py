"""Many differences judged at once: Holm's correction, Dunnett's intervals for paired replications, who is best."""

from __future__ import annotations

import numpy as np
from scipy.special import stdtr, stdtrit

N_DRAWS = 20_000
CHUNK = 2_000


def holm(p: np.ndarray) -> np.ndarray:
    """p-values corrected so that all of them together err with the stated probability (Holm's step-down).

    Parameters
    ----------
    p : array, shape (tests,)
        Two-sided p-values of one family, 0..1; NaN is no test.

    Returns
    -------
    array, shape (tests,)
        Corrected, never below `p` nor above Bonferroni's; NaN where `p` is.

    Source
    ------
    Holm (1979), "A simple sequentially rejective multiple test procedure", Scandinavian J. Statistics 6:65-70.

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    corrected = np.full(p.shape, np.nan)
    tested = np.flatnonzero(np.isfinite(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    steps = p[order] * np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(steps)) if len(order) else steps
    return corrected


def _root(correlation: np.ndarray) -> np.ndarray:
    """A square root of a correlation matrix that may be singular (one scenario may be a copy of another)."""
    values, vectors = np.linalg.eigh(correlation)
    return vectors * np.sqrt(np.maximum(values, 0.0))


def largest_t(correlation: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """Draws of the largest of several correlated |t|, each with its own standard error, under no difference.

    Parameters
    ----------
    correlation : array, shape (scenarios, scenarios)
        Of the differences to the common baseline, over replications.
    n : int
        Replications, at least 2.
    rng : Generator
        Source of chance.

    Returns
    -------
    array, shape (N_DRAWS,), ascending
    """
    root, drawn = _root(correlation), []
    for _ in range(N_DRAWS // CHUNK):
        values = rng.standard_normal((CHUNK, n, len(correlation))) @ root.T
        mean = values.mean(axis=1)
        error = np.sqrt(((values - mean[:, None]) ** 2).sum(axis=1) / (n * (n - 1.0)))
        drawn.append(np.abs(mean / error).max(axis=1))
    return np.sort(np.concatenate(drawn))


def dunnett(
    differences: np.ndarray, confidence: float, rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Intervals of several differences from one baseline that all hold together, and corrected p-values.

    Dunnett's idea for paired replications: the largest of the scenarios' |t| is compared with its own
    distribution, which knows how alike the differences are. Use it for one metric over all scenarios; over
    several metrics use :func:`holm`.

    Parameters
    ----------
    differences : array, shape (scenarios, replications)
        Paired differences, all finite.
    confidence : float
        Probability that every interval holds its truth, between 0 and 1.
    rng : Generator
        Of the draws that find the critical value.

    Returns
    -------
    low, high, p : arrays, shape (scenarios,)
        NaN with a single replication; a difference without any variance is its own interval.

    Source
    ------
    Dunnett (1955), "A multiple comparison procedure for comparing several treatments with a control", J.
    American Statistical Association 50:1096-1121. Here correlations are those found in the replications, and
    every difference has its own standard error.

    Examples
    --------
    >>> one = np.array([[1.0, 2.0, 3.0]])
    >>> low, high, p = dunnett(one, 0.95, np.random.default_rng(1))
    >>> round(float(high[0] - low[0]), 3), round(float(p[0]), 3)
    (4.968, 0.074)
    """
    n = differences.shape[1]
    mean = differences.mean(axis=1)
    if n < 2:
        return (np.full(len(mean), np.nan),) * 3
    error = differences.std(axis=1, ddof=1) / np.sqrt(n)
    error = np.where(np.ptp(differences, axis=1) == 0, 0.0, error)
    varies = error > 0
    t = np.abs(np.divide(mean, error, out=np.full(len(mean), np.inf), where=varies))
    t = np.where(~varies & (mean == 0), 0.0, t)
    if varies.sum() <= 1:
        quantile = float(stdtrit(n - 1, (1 + confidence) / 2))
        p = 2.0 * stdtr(n - 1, -t)
    else:
        drawn = largest_t(np.corrcoef(differences[varies]), n, rng)
        quantile = float(np.quantile(drawn, confidence))
        p = 1.0 - np.searchsorted(drawn, t, side="left") / len(drawn)
    return mean - quantile * error, mean + quantile * error, np.where(t == 0, 1.0, p)


def p_best(values: np.ndarray, better: int, rng: np.random.Generator) -> np.ndarray:
    """Probability of each side to be the best in the mean, given the replications.

    The truth is drawn around the means found, with their covariance, from a multivariate t with k - 1 degrees
    of freedom: with two sides this is `p_better` of the comparison. Sides that do not differ at all share.

    Parameters
    ----------
    values : array, shape (sides, replications)
        Paired, all finite.
    better : {1, -1}
        Whether more is better.
    rng : Generator
        Source of chance.

    Returns
    -------
    array, shape (sides,)
        Sums to 1; NaN with a single replication.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> p_best(np.array([[1.0, 2.0, 3.0], [2.0, 3.0, 4.0]]), 1, rng).tolist()
    [0.0, 1.0]
    """
    n_sides, n = values.shape
    if n < 2:
        return np.full(n_sides, np.nan)
    centred = (values - values[0]) * better  # What all sides share decides nothing.
    mean = centred.mean(axis=1)
    covariance = np.atleast_2d(np.cov(centred)) / n
    spread = np.sqrt((n - 1) / rng.chisquare(n - 1, (N_DRAWS, 1)))
    drawn = mean + spread * (rng.standard_normal((N_DRAWS, n_sides)) @ _root(covariance).T)
    top = drawn >= drawn.max(axis=1, keepdims=True) - 1e-9 * np.abs(mean).max()
    return (top / top.sum(axis=1, keepdims=True)).mean(axis=0)
