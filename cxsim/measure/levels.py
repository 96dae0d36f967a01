"""Metrics of a run over its replications: the mean, and how sure it is."""

from __future__ import annotations

import numpy as np

from cxsim.measure.comparison import AXES, as_rows, cube_of, mean_interval
from cxsim.measure.table import Table, codes


def levels(kpis: Table, confidence: float = 0.95) -> Table:
    """Mean of every metric over the replications in which it is defined, with its interval.

    Parameters
    ----------
    kpis : Table
        Rows of :func:`cxsim.measure.kpis.kpis`, of one or more scenarios and replications.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    Table
        Columns scenario, segment, period, metric, value, ci_low, ci_high, confidence, replications,
        unit. One replication gives a NaN interval.

    Examples
    --------
    >>> rows = Table({"scenario": ["a"] * 3, "replication": [0, 1, 2], "segment": ["all"] * 3,
    ...               "period": ["total"] * 3, "metric": ["profit"] * 3, "value": [1.0, 2.0, 3.0],
    ...               "unit": ["money"] * 3})
    >>> row = next(levels(rows).rows())
    >>> row["value"], round(row["ci_high"], 3), row["replications"]
    (2.0, 4.484, 3)
    """
    axes = {name: codes(kpis[name])[0] for name in AXES}
    cube = cube_of(kpis, axes, sorted(codes(kpis["replication"])[0]))
    cube = np.where(np.isfinite(cube), cube, np.nan)
    n = np.isfinite(cube).sum(axis=-1)
    mean, low, high, _ = mean_interval(cube, confidence)
    values = {"value": mean, "ci_low": low, "ci_high": high,
              "confidence": np.full(n.shape, float(confidence)), "replications": n}
    return as_rows(kpis, axes, values)
