"""What the customers of each route cost and are worth, and when they have paid back, by segment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from cxsim.measure.comparison import mean_interval
from cxsim.measure.table import Table, codes
from cxsim.whatif.plan_steps import jackknife

UNPAID = ("organic", "referral")


def channel_rows(newcomers: Table, confidence: float) -> Iterator[dict[str, Any]]:
    """Means over replications of today's newcomers, with intervals, by route and segment.

    Parameters
    ----------
    newcomers : Table
        Of one scenario (:func:`cxsim.measure.newcomers.newcomers_table`).
    confidence : float
        Of the intervals.

    Yields
    ------
    dict
        source, segment, customers_acquired, cac, clv, clv_low, clv_high, clv_to_cac, ratio_low, ratio_high
        (a ratio of means), payback_days, payback_low, payback_high, p_paid_back (share of replications in which
        he has paid back within the run).
    """
    for source in codes(newcomers["source"])[0]:
        for segment in codes(newcomers["segment"])[0]:
            rows = newcomers.select(source=source, segment=segment).sort("replication")
            n = rows["customers_acquired"].astype(float)
            cac = np.nan_to_num(rows["cac"])
            worth, spent = np.nan_to_num(rows["clv"]) * n, cac * n
            clv = _ratio(worth, n, confidence)
            held = _ratio(worth, spent, confidence) if spent.sum() > 0 else (np.nan,) * 3
            days, low, high, _ = mean_interval(rows["payback_days"], confidence)
            yield {
                "source": source, "segment": segment, "customers_acquired": float(n.mean()),
                "cac": float(spent.sum() / n.sum()) if n.sum() > 0 else np.nan,
                "clv": clv[0], "clv_low": clv[1], "clv_high": clv[2],
                "clv_to_cac": held[0], "ratio_low": held[1], "ratio_high": held[2],
                "payback_days": float(days), "payback_low": float(low), "payback_high": float(high),
                "p_paid_back": float(np.isfinite(rows["payback_days"]).mean()),
            }


def _ratio(top: np.ndarray, bottom: np.ndarray, confidence: float) -> tuple[float, float, float]:
    if bottom.sum() <= 0:
        return np.nan, np.nan, np.nan
    return jackknife(lambda a, b: a / b, top, bottom, confidence=confidence)


def dearer_but_better(channels: Table) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Pairs of paid routes of which the first costs more for each customer and is worth more than that.

    Worth is what a customer brings beyond his cost, clv - cac.

    Examples
    --------
    >>> rows = Table({"source": ["a", "b"], "segment": ["all", "all"], "cac": [30.0, 20.0], "clv": [90.0, 60.0]})
    >>> [(one["source"], other["source"]) for one, other in dearer_but_better(rows)]
    [('a', 'b')]
    """
    paid = [row for row in channels.select(segment="all").rows() if row["source"] not in UNPAID and row["cac"] > 0]
    return [(one, other) for one in paid for other in paid
            if one["cac"] > other["cac"] and one["clv"] - one["cac"] > other["clv"] - other["cac"]]
