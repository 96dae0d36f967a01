"""The check of a reference experience with fresh luck: does the baseline keep its history?"""

from __future__ import annotations

from typing import Any

import numpy as np

from cxsim.behaviour.state import L_CONVERSION
from cxsim.engines.pilots import run_pilots
from cxsim.errors import CxsimError
from cxsim.settings.reference import Reference
from cxsim.settings.schema import Config

CHECKED = ("orders", "active customers", "spend per order", "upsell accepted", "referrals converted",
           "customers acquired")


def check_reference(config: Config, reference: Reference) -> list[dict[str, Any]]:
    """Judge the reference with fresh luck against the neutral twin, month by month, cumulated."""
    off = np.stack([p.months for p in run_pilots(config, reference, effects=False, domain="reference-check/")])
    on = np.stack([p.months for p in run_pilots(config, reference, effects=True, domain="reference-check/")])
    rows = []
    for k, name in enumerate(CHECKED):
        if name == "customers acquired" and reference.is_moved[L_CONVERSION] == 0:
            continue
        rows.append(_judge(name, _cumulated(on, k), _cumulated(off, k), config.reference.tolerance))
    failed = [row for row in rows if not row["passed"]]
    if failed:
        row = failed[0]
        raise CxsimError(
            f"reference: with effects on, the baseline's {row['metric']} by month {row['month']} differ by "
            f"{row['gap']:+.2%} (s.e. {told_error(row['standard_error'])}) from its neutral twin; "
            f"reference.tolerance={config.reference.tolerance:g}; raise reference.customers or the tolerance")
    return rows


def told_error(error: float) -> str:
    """A standard error in words: one pilot alone has none.

    Examples
    --------
    >>> told_error(0.00123), told_error(float("nan"))
    ('0.12%', 'unknown')
    """
    return f"{error:.2%}" if np.isfinite(error) else "unknown"


def _cumulated(months: np.ndarray, k: int) -> np.ndarray:
    """One checked figure by pilot and month: flows cumulated, stocks as they are, spend per order."""
    if CHECKED[k] == "active customers":
        return months[:, k]
    flows = np.cumsum(months[:, k], axis=1)
    if CHECKED[k] != "spend per order":
        return flows
    orders = np.cumsum(months[:, 0], axis=1)
    return flows / np.maximum(orders.mean(axis=0), 1e-12) if orders.any() else flows


def _judge(name: str, on: np.ndarray, off: np.ndarray, tolerance: float) -> dict[str, Any]:
    """The month in which a figure is furthest from its twin, in tolerances or standard errors.

    The standard error of a gap counts the check's own luck and, equal in size, the pilots'.
    """
    total = np.maximum(off.sum(axis=0), 1e-12)
    gap = np.where(off.sum(axis=0) > 0, (on - off).sum(axis=0) / total, 0.0)
    n = len(on)
    error = (on - off).std(axis=0, ddof=1) * np.sqrt(n) / total * np.sqrt(2.0) if n > 1 else np.full(
        gap.shape, np.nan)
    verdicts = (np.abs(gap) <= tolerance) | (np.abs(gap) <= 3.0 * error)
    month = int(np.argmax(np.where(verdicts, np.abs(gap), np.inf)))
    return {"metric": name, "month": month + 1, "gap": float(gap[month]),
            "standard_error": float(error[month]), "tolerance": tolerance, "passed": bool(verdicts.all())}
