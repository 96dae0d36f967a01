"""Between which values of an assumption luck leaves the place where an answer flips."""

from __future__ import annotations

import numpy as np

from cxsim.measure.comparison import mean_interval


def luck_around(
    flip: float, stands: float, values: np.ndarray, leads: np.ndarray, confidence: float,
) -> tuple[float, float]:
    """The values around a flip point at which the interval of the lead holds 0.

    This inverts the test of the lead: outside, the replications tell which side is best. So it never contradicts
    the interval of the lead where the assumption stands.

    Parameters
    ----------
    flip : float
        Where the mean lead passes through 0, among the values.
    stands : float
        Where the assumption stands, among the values.
    values : array, shape (looks,)
        Values of the assumption that were lived, ascending; the first and the last are the ends of its range.
    leads : array, shape (looks, replications)
        Lead at each of them in each replication; rows with NaN are passed over.
    confidence : float
        Level of the intervals, between 0 and 1.

    Returns
    -------
    low, high : float
        Between two looks the ends of the intervals are taken to be straight lines.

    Examples
    --------
    A lead of v - 1, or v + 1 or v, by luck: its interval is v -+ 2.484, so that it holds 0 at v up to 2.484.

    >>> values = np.array([-10.0, 0.0, 5.0])
    >>> leads = values[:, None] + np.array([-1.0, 0.0, 1.0])
    >>> [round(end, 3) for end in luck_around(0.0, 5.0, values, leads, 0.95)]
    [-2.484, 2.484]
    """
    is_known = np.isfinite(leads).all(axis=1)
    values = values[is_known]
    mean, low, high, _ = mean_interval(leads[is_known], confidence)
    below, above = values <= flip, values >= flip
    ends = [
        _leaves(flip, values[above], mean[above], low[above], high[above]),
        _leaves(flip, values[below][::-1], mean[below][::-1], low[below][::-1], high[below][::-1])]
    here = int(np.flatnonzero(values == stands)[0])
    if low[here] <= 0.0 <= high[here]:
        ends.append(stands)
    return float(min(ends)), float(max(ends))


def _leaves(flip: float, values: np.ndarray, mean: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    """The value, going away from the flip, at which the interval first leaves 0; the last one if it never does."""
    last, margin = flip, None
    for value, middle, bottom, top in zip(values, mean, low, high, strict=True):
        beyond = bottom if middle > 0.0 else -top  # By how far the interval has left 0 to the side of its mean.
        if beyond > 0.0 and value != flip:
            before = 0.0 if margin is None else min(margin[0] if middle > 0.0 else margin[1], 0.0)
            return float(last + (value - last) * before / (before - beyond))
        last, margin = value, (bottom, -top)
    return float(last)
