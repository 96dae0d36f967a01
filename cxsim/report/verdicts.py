"""A row of a comparison in words: what can be said, and what cannot."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from cxsim.measure.metrics import CATALOGUE
from cxsim.measure.table import Table
from cxsim.report.numbers import format_width

TITLES = {
    "nps": "NPS", "csat": "CSAT", "csat_journey": "CSAT (journey)", "ces": "CES", "clv": "customer value",
    "cac": "cost to acquire", "cac_paid": "cost to acquire, paid", "clv_to_cac": "value : cost to acquire",
    "wait_minutes": "wait (minutes)", "needs_per_customer_year": "needs per customer-year",
    "order_frequency": "orders per customer-year",
    "clv_residual_share": "customer value after the horizon",
}


def title(metric: str) -> str:
    """A metric's name as people say it.

    Examples
    --------
    >>> title("retention_rate"), title("nps")
    ('retention rate', 'NPS')
    """
    return TITLES.get(metric, metric.replace("_", " "))


def better_of(metric: str) -> int:
    """Whether more of a metric is better (1), worse (-1) or neither (0)."""
    return CATALOGUE[metric].better if metric in CATALOGUE else 0


def is_detected(row: Mapping[str, Any]) -> bool:
    """Whether the interval of a comparison's row leaves out 0."""
    return bool(row["ci_low"] > 0 or row["ci_high"] < 0)


def is_firm(row: Mapping[str, Any]) -> bool:
    """Whether the difference stands when all headline metrics and scenarios are judged together (Holm)."""
    return bool(row["p_all"] <= 1.0 - row["confidence"] + 1e-12)


def is_worse(row: Mapping[str, Any]) -> bool:
    """Whether the scenario is worse in this metric, by its own interval."""
    return is_detected(row) and row["difference"] * better_of(row["metric"]) < 0


def is_in_play(row: Mapping[str, Any]) -> bool:
    """Whether the metric says anything here: defined, and not 0 on both sides."""
    values = (row["baseline_value"], row["scenario_value"])
    return any(math.isfinite(value) and value != 0 for value in values)


def verdict(row: Mapping[str, Any]) -> str:
    """What the row says, in words.

    "No detectable difference" if and only if the interval holds 0, with half its width. "Likely"
    goes where the row's own interval leaves out 0, but not so certainly that it stands when all headline
    metrics of all scenarios are judged together (Holm's correction, `p_all`).

    Examples
    --------
    >>> row = {"metric": "profit", "unit": "money", "difference": 5.0, "ci_low": 2.0, "ci_high": 8.0,
    ...        "p_all": 0.2, "confidence": 0.95}
    >>> verdict(row), verdict({**row, "p_all": 0.01}), verdict({**row, "ci_low": -4.0, "ci_high": 14.0})
    ('more, likely better', 'more, better', 'no detectable difference (±9.0)')
    """
    difference = row["difference"]
    if not math.isfinite(difference):
        return "not defined on both sides"
    if not math.isfinite(row["ci_low"]):
        return "one pair: no interval"
    if not is_detected(row):
        half = (row["ci_high"] - row["ci_low"]) / 2
        return f"no detectable difference (±{format_width(half, row['unit'])})"
    direction = "more" if difference > 0 else "less"
    judged = difference * better_of(row["metric"])
    if judged == 0:
        return direction
    return f"{direction}, {'' if is_firm(row) else 'likely '}{'better' if judged > 0 else 'worse'}"


def total_rows(comparison: Table, scenario: str, segment: str = "all") -> dict[str, dict[str, Any]]:
    """Rows of one scenario for the whole run, by metric.

    Examples
    --------
    >>> rows = Table({"scenario": ["a"], "segment": ["all"], "period": ["total"], "metric": ["profit"]})
    >>> list(total_rows(rows, "a"))
    ['profit']
    """
    found = comparison.select(scenario=scenario, segment=segment, period="total")
    return {row["metric"]: row for row in found.rows()}
