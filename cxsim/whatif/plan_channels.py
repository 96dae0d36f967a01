"""What the customers of each route cost and are worth, and when they have paid back, by segment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxsim.measure.comparison import mean_interval
from cxsim.measure.table import Table, codes
from cxsim.whatif.plan_steps import Found, jackknife

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


@dataclass(frozen=True)
class Dearer:
    """Two paid routes of which the first costs more for each customer and brings more beyond it on average.

    `lead` is by how much more (money a customer, clv - cac of one less that of the other), with its interval.
    """

    one: str
    other: str
    cac: tuple[float, float]
    clv: tuple[float, float]
    lead: Found


def dearer_but_better(newcomers: Table, confidence: float) -> list[Dearer]:
    """Every pair of paid routes of which the dearer one may be the better buy.

    Parameters
    ----------
    newcomers : Table
        Of one scenario (:func:`cxsim.measure.newcomers.newcomers_table`).
    confidence : float
        Of the interval of the lead.

    Examples
    --------
    >>> rows = Table({"replication": [0, 1, 0, 1], "source": ["a", "a", "b", "b"], "segment": ["all"] * 4,
    ...               "customers_acquired": [10, 10, 10, 10], "cac": [30.0, 30.0, 20.0, 20.0],
    ...               "clv": [90.0, 92.0, 60.0, 61.0]})
    >>> [found] = dearer_but_better(rows, 0.95)
    >>> found.one, found.lead[0]
    ('a', 20.5)
    """
    whole = newcomers.select(segment="all")
    sums = {}
    for source in codes(whole["source"])[0]:
        rows = whole.select(source=source).sort("replication")
        n = rows["customers_acquired"].astype(float)
        spent, worth = np.nan_to_num(rows["cac"]) * n, np.nan_to_num(rows["clv"]) * n
        if source not in UNPAID and spent.sum() > 0:
            sums[source] = n, spent, worth
    found = []
    for one, (n, spent, worth) in sums.items():
        for other, (m, paid, value) in sums.items():
            lead = jackknife(lambda a, b, c, d: a / b - c / d, worth - spent, n, value - paid, m,
                             confidence=confidence)
            cac = spent.sum() / n.sum(), paid.sum() / m.sum()
            clv = worth.sum() / n.sum(), value.sum() / m.sum()
            if cac[0] > cac[1] and lead[0] > 0:
                found.append(Dearer(one, other, cac, clv, lead))
    return found
