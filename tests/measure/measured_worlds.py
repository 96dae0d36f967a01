"""Small configurations and hand-made replications whose metrics can be worked out on paper."""

from __future__ import annotations

from typing import Any

import numpy as np

from cxsim.behaviour.state import CUSTOMER
from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import COUNTERS
from cxsim.journal.ticks import DAY
from cxsim.measure.blank import make_blank_outcome
from cxsim.measure.table import Table
from cxsim.settings.schema import Config


def make_config(**changes: Any) -> Config:
    """A transactional world with the fewest keys a configuration can have."""
    data: dict[str, Any] = {
        "market": {"name": "shop", "kind": "transactional", "discount_rate_per_year": 0.1},
        "segments": {
            name: {"share": 0.5, "purchase": {"r": 1, "alpha_weeks": 4, "a": 1, "b": 2},
                   "spend": {"p": 6, "q": 4, "gamma": 15}} for name in ("few", "many")},
        "channels": {"web": {"kind": "digital", "share": 1.0}},
        "choice": {"wait_weight_per_minute": 0.0, "effort_weight_per_minute": 0.0},
        "perception": {
            "weights": {"effort": 0.1, "wait": 0.1, "failure": 0.1, "fit": 0.1},
            "quality_weight": 0.5,
            "loss_aversion": {
                "value": 2, "low": 1, "high": 2.25, "evidence": "published", "source": "T&K 1992"},
            "sensitivity": 1.0},
        "satisfaction": {"total_effect": 0.25, "share": {"rate": 0.5, "exit": 0.5}},
        "loyalty": {"goal_gradient": 0.0, "earn_rate": 0.05, "points_per_unit": 10, "p_enrol": 0.5,
                    "expected_redemption_share": 0.8},
        "referral": {"bonus_lift": 0.0},
        "survey": {"nps_shares": [0.0] * 10 + [1.0], "csat_shares": [0, 0, 0, 0, 1.0],
                   "ces_shares": [0, 0, 0, 0, 0, 0, 1.0]},
        "horizon_days": 60,
    }
    return Config.model_validate({**data, **changes})


def make_outcome(**arguments: Any) -> Outcome:
    """A blank replication of two segments and two months of 30 days."""
    return make_blank_outcome(segments=("few", "many"), **arguments)


def tally(outcome: Outcome, counter: str, by_segment: list[list[int]]) -> None:
    """Write a counter: rows are segments (shared last), columns the months and the whole run."""
    outcome.tally[:, :, COUNTERS.index(counter)] = by_segment


def make_buyers(outcome: Outcome, segment: list[int], source: list[int], entry_day: list[int]) -> None:
    """Let the outcome's customers be buyers of the given segment, source and day of entry."""
    customers = outcome.customers
    customers["id"] = np.arange(len(customers))
    customers["segment"], customers["source"] = segment, source
    customers["entry"] = np.array(entry_day) * DAY
    customers["status"], customers["n_orders"] = CUSTOMER, 1


def value_of(table: Table, metric: str, segment: str = "all", period: str = "total") -> float:
    """The one value of a metric in a KPI table."""
    (value,) = table.select(metric=metric, segment=segment, period=period)["value"]
    return float(value)


def make_rows(scenario: str, values: dict[str, list[float]], unit: str = "money") -> Table:
    """KPI rows of the whole run from the values of each metric by replication."""
    columns: dict[str, list[Any]] = {name: [] for name in (
        "scenario", "replication", "segment", "period", "metric", "value", "unit")}
    for metric, by_replication in values.items():
        for replication, value in enumerate(by_replication):
            for name, cell in zip(columns, (scenario, replication, "all", "total", metric, value, unit),
                                  strict=True):
                columns[name].append(cell)
    return Table(columns)
