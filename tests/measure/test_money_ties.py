"""Money ties from the ledger to every report, to the cent, in every shipped market and some scenarios."""

from __future__ import annotations

import datetime
from functools import cache

import numpy as np
import pytest

import cxsim
from cxsim.behaviour.state import PROSPECT
from cxsim.engines.outcome import Outcome
from cxsim.engines.replication import run_replication
from cxsim.journal.words import CATEGORIES, CONTACT
from cxsim.measure.kpis import kpis
from cxsim.measure.ledger import ledger_table
from cxsim.measure.table import Table
from cxsim.settings.reference import blank_reference
from cxsim.settings.schema import Config
from cxsim.whatif.cell import make_lives
from cxsim.whatif.compare import Comparison

UNIT = 10_000
BUCKETS = {"revenue": "revenue", "goods": "goods_cost", "acquisition": "acquisition_cost",
           "retention": "retention_cost", "reward": "reward_cost", "service": "service_cost"}
WORLDS = {
    "online_retail": ("n_customers=200", "horizon_days=75", "loyalty=points", "loyalty.expiry_days=20",
                      "loyalty.reward_value=0.5", "market.entrants_per_day=2", "market.active_window_days=30",
                      "delivery.p_wrong=0.1"),
    "subscription": ("market=subscription", "n_customers=150", "horizon_days=75", "market.entrants_per_day=1"),
    "telecom": ("market=telecom", "n_customers=100", "horizon_days=75", "market.renewal_days=30"),
    "contact_centre": ("market=contact_centre", "horizon_days=3"),
}
COMPARED = {
    "online_retail": ("points_program", "referral_bonus", "affiliates"),
    "subscription": ("points_program", "referral_bonus"),
    "telecom": ("live_chat",),
    "contact_centre": ("more_staff",),
}
MARKETS = list(WORLDS)


@cache
def _compared(market: str) -> Comparison:
    config = cxsim.load([*WORLDS[market], "replications=2"])
    return cxsim.compare(config, list(COMPARED[market]), reference=blank_reference(config))


@cache
def _lived(market: str) -> tuple[Config, Outcome]:
    config = cxsim.load(list(WORLDS[market]))
    blueprint = make_lives("baseline", config, [], blank_reference(config)).blueprint
    return config, run_replication(blueprint, 1, "compiled")


def _units(values: np.ndarray) -> int:
    return int(np.rint(values * UNIT).astype(np.int64).sum())


def _month_of(config: Config, day: np.ndarray) -> np.ndarray:
    """Number of the calendar month of each day, from 1, worked out from the dates."""
    dates = [config.start_date + datetime.timedelta(days=int(d)) for d in day]
    first = config.start_date
    return np.array([(d.year - first.year) * 12 + d.month - first.month + 1 for d in dates], dtype=int)


def _value(table: Table, metric: str, period: str = "total", segment: str = "all", **where: object) -> float:
    (value,) = table.select(metric=metric, segment=segment, period=period, **where)["value"]
    return float(value)


@pytest.mark.parametrize("market", MARKETS)
def test_every_bucket_of_the_ledger_is_its_metric_in_all_and_by_month(market: str) -> None:
    made = _compared(market)
    assert made.tables.ledger["amount"].any()
    for side in ("baseline", *made.names):
        for replication in (0, 1):
            where = {"scenario": side, "replication": replication}
            ledger = made.tables.ledger.select(**where)
            months = _month_of(made.config, ledger["day"])
            for bucket, metric in BUCKETS.items():
                is_in = ledger["bucket"] == bucket
                assert _units(ledger["amount"][is_in]) == round(_value(made.kpis, metric, **where) * UNIT)
                for month in np.unique(months):
                    here = _units(ledger["amount"][is_in & (months == month)])
                    assert here == round(_value(made.kpis, metric, str(month), **where) * UNIT), (metric, month)
            assert _units(ledger["profit_effect"]) == round(_value(made.kpis, "profit", **where) * UNIT)


@pytest.mark.parametrize("market", MARKETS)
def test_a_comparison_holds_the_means_of_the_ledgers(market: str) -> None:
    made = _compared(market)
    for name in made.names:
        rows = {row["metric"]: row for row in made.comparison.select(
            scenario=name, segment="all", period="total").rows()}
        profits = {}
        for side, column in (("baseline", "baseline_value"), (name, "scenario_value")):
            ledger = made.tables.ledger.select(scenario=side)
            for bucket, metric in BUCKETS.items():
                amount = ledger.select(bucket=bucket)["amount"].sum() / 2
                assert rows[metric][column] == pytest.approx(amount, abs=1e-4), (side, metric)
            profits[side] = ledger["profit_effect"].sum() / 2
        assert rows["profit"]["difference"] == pytest.approx(profits[name] - profits["baseline"], abs=1e-3)


@pytest.mark.parametrize("market", MARKETS)
def test_sources_sum_to_the_cost_of_acquisition(market: str) -> None:
    made = _compared(market)
    for side in ("baseline", *made.names):
        for replication in (0, 1):
            where = {"scenario": side, "replication": replication}
            sources = made.sources.select(**where)
            assert _units(sources["spend"]) == round(_value(made.kpis, "acquisition_cost", **where) * UNIT)
            assert sources["customers_acquired"].sum() == _value(made.kpis, "customers_acquired", **where)


def test_the_account_of_points_is_its_metrics_and_its_value_in_money() -> None:
    made, side = _compared("online_retail"), "baseline"
    where = {"scenario": side, "replication": 1}
    points = made.tables.points.select(**where)
    months, last = _month_of(made.config, points["day"]), made.config.horizon_days - 1
    flows = {"points_issued": "issued", "points_redeemed": "redeemed", "points_expired": "expired"}
    for metric, column in flows.items():
        assert points[column].sum() == _value(made.kpis, metric, **where) > 0
        for month in np.unique(months):
            assert points[column][months == month].sum() == _value(made.kpis, metric, str(month), **where)
    held = points.select(day=last)["outstanding"].sum()
    gone = sum(points[name].sum() for name in ("redeemed", "expired", "cancelled"))
    assert held == points["issued"].sum() - gone
    loyalty = made.config.loyalty
    worth = held * loyalty.earn_rate / loyalty.points_per_unit
    assert _value(made.kpis, "points_value", **where) == pytest.approx(worth)
    owed = worth * loyalty.expected_redemption_share
    assert _value(made.kpis, "reward_liability", **where) == pytest.approx(owed)


@pytest.mark.parametrize("market", MARKETS)
def test_customer_equity_is_the_discounted_ledger_what_customers_are_worth_and_what_is_owed(market: str) -> None:
    config, outcome = _lived(market)
    table, ledger = kpis(outcome, config, "baseline"), ledger_table(outcome, "baseline", config)
    growth = 1.0 + config.market.discount_rate_per_year
    earned = sum(row["profit_effect"] / growth ** (row["day"] / 365) for row in ledger.rows())
    rest = sum(c["residual"] / UNIT / growth ** (max(0, int(c["entry"]) // 86_400_000_000) / 365)
               for c in outcome.customers)
    owed = _value(table, "reward_liability") / growth ** (config.horizon_days / 365)
    # Residual values are rounded to 1/10,000 customer by customer.
    slack = 1e-4 * (len(outcome.customers) + 1)
    assert _value(table, "customer_equity") == pytest.approx(earned + rest - owed, abs=slack)
    spent = sum(row["amount"] / growth ** (row["day"] / 365) for row in ledger.rows()
                if row["bucket"] not in ("revenue", "goods"))
    assert _value(table, "discounted_spend") == pytest.approx(spent, abs=1e-3)


@pytest.mark.parametrize("market", ["online_retail", "subscription", "telecom"])
def test_margins_of_customers_are_their_flows_and_make_their_value(market: str) -> None:
    config, outcome = _lived(market)
    customers = outcome.customers
    own = {name: is_own for name, _, _, is_own in CATEGORIES}
    ledger = ledger_table(outcome, "baseline", config)
    flows = sum(row["profit_effect"] for row in ledger.rows()
                if own[row["category"]] and row["segment"] != "shared")
    assert customers["margin"].sum() / UNIT == pytest.approx(flows, abs=1e-3)
    bought = (customers["status"] != PROSPECT) & (customers["source"] != CONTACT)
    worth = (customers["margin_discounted"] + customers["residual"])[bought].sum() / UNIT
    assert _value(kpis(outcome, config, "baseline"), "clv") == pytest.approx(worth / bought.sum())
