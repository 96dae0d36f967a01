"""What a scenario returned on what it spent: the change of customer equity for each unit of further spend."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import stdtrit

from cxsim.measure.comparison import cube_of, mean_interval
from cxsim.measure.table import Table, codes

INVESTED, SAVES, NO_SPEND, ONE_PAIR = "spends more", "spends less", "no detectable spend", "one pair"


def fieller(top: np.ndarray, bottom: np.ndarray, confidence: float) -> tuple[float, float, float]:
    """Ratio of two paired means with Fieller's interval.

    The interval holds every ratio R for which the mean of top - R bottom is not detectably
    different from 0 (Student's t, k - 1 degrees of freedom). It is bounded if and only if the mean
    of `bottom` is detectably different from 0.

    Parameters
    ----------
    top, bottom : arrays, shape (replications,)
        Paired values, all finite, at least two.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    ratio, low, high : float
        NaN where the interval is unbounded.

    Source
    ------
    Fieller (1954), "Some problems in interval estimation", J. Royal Statistical Society B 16:175-185.

    Examples
    --------
    >>> ratio, low, high = fieller(np.array([3.6, 4.1, 4.3]), np.array([1.8, 2.0, 2.2]), 0.95)
    >>> f"{ratio:.2f} {low:.2f} {high:.2f}"
    '2.00 1.89 2.15'
    """
    k = len(top)
    t = float(stdtrit(k - 1, (1 + confidence) / 2))
    mean_top, mean_bottom = float(top.mean()), float(bottom.mean())
    covariance = np.cov(top, bottom) / k
    a = mean_bottom**2 - t**2 * covariance[1, 1]
    half_b = mean_top * mean_bottom - t**2 * covariance[0, 1]
    c = mean_top**2 - t**2 * covariance[0, 0]
    if a <= 0:
        return math.nan, math.nan, math.nan
    root = math.sqrt(max(0.0, half_b**2 - a * c))
    return mean_top / mean_bottom, (half_b - root) / a, (half_b + root) / a


def returns_table(kpis: Table, baseline: str, confidence: float = 0.95) -> Table:
    """Return on spend of every scenario against the baseline.

    The return is the difference in `customer_equity` divided by the difference in
    `discounted_spend` (acquisition, retention, reward and service, discounted to day 0). Equity is
    already net of that spend, so 0 means the spend just came back, and .5 that each unit of it left
    half a unit on top.

    Parameters
    ----------
    kpis : Table
        Rows of :func:`cxsim.measure.kpis.kpis` of all sides.
    baseline : str
        The baseline's name.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    Table
        Columns scenario, baseline, spend, spend_low, spend_high, equity, return_on_spend, ci_low,
        ci_high, confidence, replications, status. `status` is "spends more", or why there is no
        return to state (NaN): "spends less", "no detectable spend" (its own interval holds 0), "one
        pair".
    """
    names = [name for name in codes(kpis["scenario"])[0] if name != baseline]
    metrics = ["discounted_spend", "customer_equity"]
    axes = {"scenario": [baseline, *names], "metric": metrics}
    cube = cube_of(kpis.select(segment="all", period="total", metric=metrics), axes,
                   sorted(codes(kpis["replication"])[0]))
    rows = [_row(cube[1 + k] - cube[0], confidence) for k in range(len(names))]
    columns = {name: np.array([row[name] for row in rows], dtype=float if name != "status" else object)
               for name in ("spend", "spend_low", "spend_high", "equity", "return_on_spend", "ci_low", "ci_high",
                            "status")}
    status = columns.pop("status")
    n = len(names)
    return Table({
        "scenario": np.array(names, dtype=object), "baseline": np.full(n, baseline, dtype=object), **columns,
        "confidence": np.full(n, float(confidence)),
        "replications": np.array([row["replications"] for row in rows], dtype=np.int64), "status": status})


def _row(differences: np.ndarray, confidence: float) -> dict[str, float | str]:
    """The return of one scenario from its paired differences in spend and equity, shape (2, replications)."""
    kept = differences[:, np.isfinite(differences).all(axis=0)]
    n_pairs = kept.shape[1]
    if n_pairs == 0:
        kept = np.full((2, 1), math.nan)
    mean, low, high, _ = (values[0] for values in mean_interval(kept[:1], confidence))
    row: dict[str, float | str] = {
        "spend": float(mean), "spend_low": float(low), "spend_high": float(high),
        "equity": float(kept[1].mean()),
        "return_on_spend": math.nan, "ci_low": math.nan, "ci_high": math.nan, "replications": n_pairs}
    if n_pairs < 2:
        return {**row, "status": ONE_PAIR}
    if not (low > 0 or high < 0):
        return {**row, "status": NO_SPEND}
    if mean < 0:
        return {**row, "status": SAVES}
    ratio, ci_low, ci_high = fieller(kept[1], kept[0], confidence)
    return {**row, "return_on_spend": ratio, "ci_low": ci_low, "ci_high": ci_high, "status": INVESTED}
