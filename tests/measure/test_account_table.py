"""The accounts by segment and source hold all of profit and of customer equity, every order and active day."""

from __future__ import annotations

import numpy as np
import pytest

import cxsim
from cxsim.journal.words import CATEGORIES
from cxsim.measure.table import Table
from cxsim.settings.reference import blank_reference
from cxsim.whatif.compare import Comparison

SIGNS = {name: 1.0 if bucket == "revenue" else -1.0 for name, bucket, _, _ in CATEGORIES}
WORLDS = {
    "shop": ["n_customers=300", "horizon_days=150", "replications=2"],
    "club": ["market=subscription", "n_customers=300", "horizon_days=150", "replications=2"],
    "tenth": ["n_customers=2000", "population.fraction=0.1", "horizon_days=90", "replications=2",
              "reference.customers=2000"],
}


@pytest.fixture(scope="module", params=list(WORLDS))
def made(request: pytest.FixtureRequest) -> Comparison:
    config = cxsim.load(WORLDS[request.param])
    return cxsim.compare(config, ["points_program+referral_bonus"], reference=blank_reference(config))


def _kpi(made: Comparison, side: str, replication: int, metric: str, segment: str = "all") -> float:
    rows = made.kpis.select(scenario=side, replication=replication, metric=metric, segment=segment, period="total")
    return float(rows["value"][0])


def _signed(rows: Table, column: str) -> float:
    return float(sum(SIGNS.get(item, 0.0) * value for item, value in zip(rows["item"], rows[column], strict=True)))


@pytest.mark.parametrize("side", ["baseline", "points_program+referral_bonus"])
@pytest.mark.parametrize("replication", [0, 1])
def test_signed_amounts_sum_to_profit_and_discounted_ones_to_equity(
        made: Comparison, side: str, replication: int) -> None:
    for segment in ("all", *made.config.segments):
        rows = made.tables.accounts.select(scenario=side, replication=replication)
        if segment != "all":
            rows = rows.select(segment=segment)
        assert _signed(rows, "amount") == pytest.approx(_kpi(made, side, replication, "profit", segment), abs=1e-6)
        worth = float(rows.select(item="residual_value")["discounted"].sum())
        owed = float(rows.select(item="reward_liability")["discounted"].sum())
        equity = _signed(rows, "discounted") + worth - owed
        assert equity == pytest.approx(_kpi(made, side, replication, "customer_equity", segment), abs=1e-4)


@pytest.mark.parametrize("side", ["baseline", "points_program+referral_bonus"])
def test_heads_days_and_orders_are_those_of_the_metrics(made: Comparison, side: str) -> None:
    rows = made.tables.accounts.select(scenario=side, replication=0)
    assert rows.select(item="active_days")["count"].sum() == pytest.approx(
        _kpi(made, side, 0, "active_customer_days"), rel=1e-9)
    orders = rows.select(item=["order", "subscription"])["count"].sum()
    assert orders == pytest.approx(_kpi(made, side, 0, "purchases"))
    acquired = rows.select(item="customers", source=["organic", "paid", "referral"])["count"].sum()
    assert acquired == pytest.approx(_kpi(made, side, 0, "customers_acquired"))
    brought = rows.select(item="customers", source="referral")["count"].sum()
    assert brought == pytest.approx(_kpi(made, side, 0, "referrals_converted"))
    assert np.isfinite(rows["discounted"]).all()
