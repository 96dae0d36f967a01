"""What lies behind a difference: how the journeys, the staff and what is known of customers changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cxsim.report.numbers import format_value
from cxsim.report.verdicts import is_firm, title

EXPERIENCE = (
    "forgotten_needs", "needs_to_competitor", "prompted_needs", "automatic_executions", "stages_skipped",
    "friction_minutes", "friction_steps", "journey_days", "order_frequency", "fit", "knowledge",
    "population_knowledge", "contacts_per_journey", "handoffs_per_journey",
    "context_lost_rate", "first_contact_resolution", "failure_demand", "deliveries_wrong", "recovery_rate",
    "work_pressure", "service_standard", "employee_morale", "employee_turnover", "csat", "csat_journey",
)
LEAST_CHANGE = 0.01
MOST_SHOWN = 7


def behind_it(rows: Mapping[str, Mapping[str, Any]]) -> str:
    """The experience's figures that changed firmly and by at least a hundredth, from and to.

    Many figures are looked at, so the difference must stand when all are judged together. The
    largest relative changes come first; "" when nothing changed.

    Parameters
    ----------
    rows : mapping of str to mapping
        Rows of one scenario by metric (:func:`cxsim.report.verdicts.total_rows`).

    Examples
    --------
    >>> behind_it({"fit": {"metric": "fit", "unit": "share", "baseline_value": .69, "scenario_value": .75,
    ...                    "difference": .06, "p_all": .001, "confidence": .95}})
    'fit 69.0% to 75.0%'
    """
    changed = []
    for metric in EXPERIENCE:
        row = rows.get(metric)
        if row is None or not is_firm(row):
            continue
        before, after = row["baseline_value"], row["scenario_value"]
        relative = abs(row["difference"]) / max(abs(before), 1e-9)
        if relative >= LEAST_CHANGE:
            ends = [format_value(value, row["unit"]) for value in (before, after)]
            changed.append((relative, f"{title(metric)} {ends[0]} to {ends[1]}"))
    changed.sort(key=lambda item: -item[0])
    return "; ".join(text for _, text in changed[:MOST_SHOWN])
