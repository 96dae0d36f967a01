"""Metrics of hand-made replications against values worked out on paper."""

from __future__ import annotations

import math

import numpy as np
import pytest
from measured_worlds import make_buyers, make_config, make_outcome, tally, value_of

from cxsim.journal.ticks import DAY, MINUTE
from cxsim.journal.words import (
    C_DELIVERY,
    C_GOODS,
    C_MEDIA,
    C_ORDER,
    C_PROGRAMME,
    C_REFERRAL_BONUS,
    C_REWARD,
    C_STAFF,
    C_UPSELL,
    ORGANIC,
    PAID,
    REFERRAL,
    SHARED,
    START,
)
from cxsim.measure.kpis import kpis
from cxsim.measure.metrics import CATALOGUE, HEADLINES

ALWAYS = """customers_start, customers_acquired, customers_churned, customers_end, retention_rate,
repeat_rate, purchases, revenue, upsell_offers, upsell_accepted, upsell_rate, upsell_revenue, referrals_sent,
referrals_converted, referral_rate, referral_revenue, nps, csat, ces, contacts, wait_minutes, abandon_rate,
acquisition_cost, retention_cost, reward_cost, service_cost, profit, clv, cac, clv_to_cac, payback_days,
customer_equity""".replace("\n", " ").split(", ")


def test_contract_metrics_exist_even_when_nothing_happened():
    table = kpis(make_outcome(), make_config(), "baseline")
    total = table.select(period="total", segment="all")
    assert set(ALWAYS) <= set(total["metric"].tolist())
    assert table.names == ("scenario", "replication", "segment", "period", "metric", "value", "unit")
    assert set(table["segment"].tolist()) == {"all", "few", "many"}
    assert set(table["period"].tolist()) == {"total", "1", "2"}
    for metric in ("retention_rate", "nps", "wait_minutes", "cac", "clv", "clv_to_cac", "payback_days"):
        assert math.isnan(value_of(table, metric)), metric
    for metric in ("contacts", "profit", "customers_end", "customer_equity"):
        assert value_of(table, metric) == 0.0, metric


def test_headlines_are_in_the_catalogue():
    assert set(HEADLINES) <= set(CATALOGUE) and len(set(HEADLINES)) == len(HEADLINES)


def test_ratios_are_sums_over_sums_never_means_of_months():
    outcome = make_outcome()
    tally(outcome, "start", [[10, 8, 10], [30, 20, 30], [0, 0, 0]])
    tally(outcome, "retained", [[8, 6, 5], [20, 15, 12], [0, 0, 0]])
    tally(outcome, "contacts", [[1, 0, 0], [2, 7, 0], [0, 0, 0]])
    tally(outcome, "wait_ticks", [[MINUTE * 4, 0, 0], [MINUTE * 2, MINUTE * 14, 0], [0, 0, 0]])
    table = kpis(outcome, make_config(), "baseline")
    assert value_of(table, "retention_rate", "few", "1") == 0.8
    assert value_of(table, "retention_rate") == 17 / 40
    assert value_of(table, "wait_minutes") == 2.0
    assert value_of(table, "wait_minutes", period="1") == 2.0
    assert math.isnan(value_of(table, "wait_minutes", "few", "2"))


def test_totals_of_repeaters_are_heads_not_the_sum_of_months():
    outcome = make_outcome()
    tally(outcome, "start", [[10, 8, 10], [0, 0, 0], [0, 0, 0]])
    tally(outcome, "acquired", [[5, 5, 0], [0, 0, 0], [0, 0, 0]])
    tally(outcome, "repeaters", [[6, 6, 8], [0, 0, 0], [0, 0, 0]])
    table = kpis(outcome, make_config(), "baseline")
    assert value_of(table, "repeat_rate", "few") == 8 / 20
    assert value_of(table, "repeat_rate", "few", "2") == 6 / 13
    assert value_of(table, "customers_acquired") == 10


def test_survey_readouts():
    outcome = make_outcome()
    tally(outcome, "nps_answers", [[10, 0, 0], [10, 0, 0], [0, 0, 0]])
    tally(outcome, "promoters", [[7, 0, 0], [2, 0, 0], [0, 0, 0]])
    tally(outcome, "detractors", [[1, 0, 0], [4, 0, 0], [0, 0, 0]])
    tally(outcome, "ces_answers", [[4, 0, 0], [0, 0, 0], [0, 0, 0]])
    tally(outcome, "ces_sum", [[22, 0, 0], [0, 0, 0], [0, 0, 0]])
    table = kpis(outcome, make_config(), "baseline")
    assert value_of(table, "nps", "few") == pytest.approx(60)
    assert value_of(table, "nps", "many") == pytest.approx(-20)
    assert value_of(table, "nps") == pytest.approx(20)
    assert value_of(table, "ces") == 5.5


def _trading_outcome():
    outcome = make_outcome(n_customers=3)
    book = outcome.ledger[..., 1]
    book[0, 0, START, 0, C_ORDER] = 100_0000
    book[40, 1, PAID, 0, C_ORDER] = 60_0000
    book[40, 1, PAID, 0, C_UPSELL] = 10_0000
    book[40, 1, PAID, 0, C_GOODS] = 30_0000
    book[40, 1, PAID, 0, C_DELIVERY] = 5_0000
    book[41, 1, REFERRAL, 1, C_REFERRAL_BONUS] = 8_0000
    book[41, 1, START, 1, C_REWARD] = 2_0000
    book[10, 2, PAID, 1, C_MEDIA] = 20_0000
    book[10, 2, SHARED, 1, C_STAFF] = 7_0000
    book[50, 2, SHARED, 1, C_PROGRAMME] = 3_0000
    tally(outcome, "acquired", [[0, 0, 0], [1, 1, 0], [0, 0, 0]])
    make_buyers(outcome, segment=[0, 1, 1], source=[START, PAID, ORGANIC], entry_day=[-30, 40, 20])
    return outcome


def test_segments_exclude_shared_costs_and_all_includes_them():
    table = kpis(_trading_outcome(), make_config(), "baseline")
    assert value_of(table, "profit", "few") == 100.0
    assert value_of(table, "profit", "many") == 70 - 30 - 5 - 8 - 2
    assert value_of(table, "profit") == 125 - 30
    assert value_of(table, "profit", period="1") == 100 - 27
    assert value_of(table, "upsell_revenue") == 10.0
    assert value_of(table, "revenue") == 170.0
    assert value_of(table, "acquisition_cost") == 28.0
    assert value_of(table, "retention_cost") == 3.0
    assert value_of(table, "cac") == 14.0
    assert value_of(table, "cac_paid") == 20.0
    assert math.isnan(value_of(table, "cac_paid", "many"))


def test_profit_is_revenue_less_the_five_buckets_in_every_period_and_segment():
    table = kpis(_trading_outcome(), make_config(), "baseline")
    costs = ("goods_cost", "acquisition_cost", "retention_cost", "reward_cost", "service_cost")
    for segment in ("all", "few", "many"):
        for period in ("total", "1", "2"):
            parts = [value_of(table, name, segment, period) for name in ("revenue", *costs)]
            profit = value_of(table, "profit", segment, period)
            assert profit == pytest.approx(parts[0] - sum(parts[1:]), abs=1e-9)


def test_lifetime_value_and_equity():
    outcome = _trading_outcome()
    outcome.customers["margin_discounted"] = [50_0000, 30_0000, 10_0000]
    outcome.customers["residual"] = [10_0000, 20_0000, 0]
    outcome.points[5, 0] = (1000, 200, 300, 0)
    table = kpis(outcome, make_config(), "baseline")
    assert value_of(table, "clv") == pytest.approx((60 + 50 + 10) / 3)
    assert value_of(table, "clv", "many") == pytest.approx(30)
    assert value_of(table, "clv_residual_share") == pytest.approx(30 / 120)
    assert value_of(table, "clv_to_cac") == pytest.approx(30 / 14)
    owed = 500 * (0.05 / 10) * 0.8
    assert value_of(table, "reward_liability") == pytest.approx(owed)
    profit = {0: 100, 10: -27, 40: 35, 41: -10, 50: -3}
    expected = sum(amount * 1.1 ** (-day / 365) for day, amount in profit.items())
    expected += 10 + 20 * 1.1 ** (-40 / 365) - 1.1 ** (-60 / 365) * owed
    assert value_of(table, "customer_equity") == pytest.approx(expected, abs=1e-4)


def test_lifetime_value_counts_only_those_who_were_ever_customers():
    outcome = _trading_outcome()
    outcome.customers["margin_discounted"] = [50_0000, 30_0000, 10_0000]
    outcome.customers["status"][2], outcome.customers["n_orders"][2] = 0, 0
    assert value_of(kpis(outcome, make_config(), "baseline"), "clv") == pytest.approx(40)


def test_payback_averages_each_day_over_those_observed_that_long():
    outcome = _trading_outcome()
    # Entries on day 40 and 20 of 60: two are observed to age 19, one to age 39. cac = 14.
    outcome.ages[0, 0, 0], outcome.ages[2, 0, 25] = 20_0000, 4_0000
    assert value_of(kpis(outcome, make_config(), "baseline"), "payback_days") == 25.0
    outcome.ages[2, 0, 25] = 3_9999
    assert math.isnan(value_of(kpis(outcome, make_config(), "baseline"), "payback_days"))


def test_liability_is_a_stock_and_breakage_a_flow():
    outcome = make_outcome()
    outcome.points[0, 0] = (100, 0, 0, 0)
    outcome.points[45, 1] = (50, 10, 20, 0)
    table = kpis(outcome, make_config(), "baseline")
    each = 0.05 / 10 * 0.8
    assert value_of(table, "reward_liability", period="1") == pytest.approx(100 * each)
    assert value_of(table, "reward_liability", period="2") == pytest.approx(120 * each)
    assert value_of(table, "reward_liability") == pytest.approx(120 * each)
    assert value_of(table, "breakage") == pytest.approx(20 / 150)


def test_alive_rate_is_of_everybody_who_was_ever_a_customer():
    outcome = _trading_outcome()
    tally(outcome, "alive_end", [[1, 0, 0], [1, 2, 2], [0, 0, 0]])
    table = kpis(outcome, make_config(), "baseline")
    assert value_of(table, "alive_rate", period="1") == 2 / 2
    assert value_of(table, "alive_rate") == 2 / 3
    assert value_of(table, "alive_rate", "few") == 0.0


def test_cost_to_serve_is_per_customer_active_on_an_average_day():
    outcome = _trading_outcome()
    tally(outcome, "active_ticks", [[30 * DAY, 30 * DAY, 0], [0, 60 * DAY, 0], [0, 0, 0]])
    table = kpis(outcome, make_config(), "baseline")
    assert value_of(table, "cost_to_serve") == pytest.approx(12 / 2)
    assert value_of(table, "cost_to_serve", period="1") == pytest.approx(7 / 1)


def test_value_does_not_depend_on_the_order_of_customers():
    outcome = _trading_outcome()
    outcome.customers["residual"] = np.array([1_234_567, 7_654_321, 5_555_555])
    before = kpis(outcome, make_config(), "baseline")["value"].tolist()
    outcome.customers[:] = outcome.customers[[2, 0, 1]]
    assert np.array_equal(kpis(outcome, make_config(), "baseline")["value"], before, equal_nan=True)
