"""Money by source of new customers: hand-made, and tied to the ledger and the metrics."""

from __future__ import annotations

import numpy as np
import pytest
from measured_worlds import make_buyers, make_config, make_outcome, tally, value_of

from cxsim.journal.tallies import MONEY
from cxsim.journal.words import (
    C_COMMISSION, C_FRIEND_BONUS, C_MEDIA, C_PROSPECT_MINUTES, C_REFERRAL_BONUS, C_WELCOME_GIFT, ORGANIC, PAID,
    REFERRAL, SHARED, START)
from cxsim.measure.kpis import kpis
from cxsim.measure.newcomers import newcomers_table
from cxsim.measure.sources import PAID_FOR, sources_table
from cxsim.measure.table import Table


BY_ITSELF, BROUGHT, BY_MEDIA = range(3)


def _spend(outcome, day, segment, source, route, category, amount) -> None:
    """One flow of acquisition in the ledger and, where it belongs to a route, in the costs of routes."""
    outcome.ledger[day, segment, source, -1, category] += (1, round(amount * MONEY))
    if route is not None:
        outcome.route_costs[day, route, category] += round(amount * MONEY)


def _outcome():
    """Two organic customers, one paid, one brought; starters are no source of new ones."""
    outcome = make_outcome(n_customers=5)
    make_buyers(outcome, [0, 0, 1, 1, 0], [START, ORGANIC, ORGANIC, PAID, REFERRAL], [-10, 3, 5, 8, 20])
    outcome.customers["margin_discounted"] = np.array([900, 10, 30, 50, 8]) * MONEY
    outcome.customers["residual"] = np.array([900, 0, 20, 10, 4]) * MONEY
    tally(outcome, "acquired", [[2, 0, 0], [2, 0, 0], [0, 0, 0]])
    tally(outcome, "converted", [[1, 0, 0], [0, 0, 0], [0, 0, 0]])
    outcome.customers["route"] = [-1, BY_ITSELF, BY_ITSELF, BY_MEDIA, BROUGHT]
    _spend(outcome, 0, -1, PAID, BY_MEDIA, C_MEDIA, 30.0)
    _spend(outcome, 8, 1, PAID, BY_MEDIA, C_COMMISSION, 3.0)
    _spend(outcome, 3, 0, ORGANIC, BY_ITSELF, C_PROSPECT_MINUTES, 2.0)
    _spend(outcome, 20, 0, REFERRAL, BROUGHT, C_WELCOME_GIFT, 1.0)
    # The bonus of the one who brought him may be booked on his own account.
    _spend(outcome, 20, 0, START, BROUGHT, C_REFERRAL_BONUS, 10.0)
    _spend(outcome, 20, 0, REFERRAL, BROUGHT, C_FRIEND_BONUS, 5.0)
    _spend(outcome, 1, -1, SHARED, None, C_PROSPECT_MINUTES, 0.7777)
    return outcome


def _row(table: Table, source: str) -> dict:
    return next(table.select(source=source).rows())


def test_each_source_has_its_customers_their_cost_and_their_worth() -> None:
    table = sources_table(_outcome(), "baseline")
    paid, referral, organic = (_row(table, name) for name in ("media", "referral", "organic"))
    assert (paid["customers_acquired"], paid["media"], paid["commission"]) == (1, pytest.approx(30.0), 3.0)
    assert (paid["spend"], paid["cac"], paid["clv"]) == (pytest.approx(33.0), pytest.approx(33.0), 60.0)
    assert paid["clv_to_cac"] == pytest.approx(60 / 33)
    assert (referral["bonuses"], referral["gifts"], referral["cac"], referral["clv"]) == (15.0, 1.0, 16.0, 12.0)
    assert (organic["customers_acquired"], organic["spend"], organic["clv"]) == (2, 2.0, 30.0)


def test_what_belongs_to_no_source_has_a_row_of_its_own() -> None:
    row = _row(sources_table(_outcome(), "baseline"), "shared")
    assert row["spend"] == pytest.approx(0.7777) and np.isnan(row["cac"]) and row["customers_acquired"] == 0


def test_a_route_pays_back_by_the_margin_of_its_own_customers() -> None:
    """33 spent on one customer: 20 on the day he came and 15 ten days later; the others' margins play no part."""
    outcome = _outcome()
    outcome.ages[BY_MEDIA, 0, [0, 10]] = 20 * MONEY, 15 * MONEY
    outcome.ages[BY_ITSELF, 0, 0] = 900 * MONEY
    table = sources_table(outcome, "baseline")
    assert _row(table, "media")["payback_days"] == 10 and _row(table, "organic")["payback_days"] == 0
    assert np.isnan(_row(table, "referral")["payback_days"])


def test_sources_sum_to_the_cost_of_acquisition_and_to_the_customers_acquired() -> None:
    outcome = _outcome()
    table, metrics = sources_table(outcome, "baseline"), kpis(outcome, make_config(), "baseline")
    assert table["spend"].sum() == pytest.approx(value_of(metrics, "acquisition_cost"), abs=1e-9)
    assert table["customers_acquired"].sum() == value_of(metrics, "customers_acquired")
    for row in table.rows():
        assert sum(row[kind] for kind in PAID_FOR) == pytest.approx(row["spend"])


def test_promotion_is_free_for_those_who_came_without_a_bonus() -> None:
    outcome = _outcome()
    assert value_of(kpis(outcome, make_config(), "baseline"), "free_promotion_value") == 0.0
    outcome.ledger[20, 0, :, -1, [C_REFERRAL_BONUS, C_FRIEND_BONUS]] = 0
    metrics = kpis(outcome, make_config(), "baseline")
    assert value_of(metrics, "free_promotion_value") == pytest.approx(value_of(metrics, "cac_paid"))
    assert np.isnan(value_of(metrics, "free_promotion_value", "few"))


def test_promotion_has_no_price_without_paid_customers() -> None:
    outcome = _outcome()
    outcome.customers["source"][3] = ORGANIC
    assert np.isnan(value_of(kpis(outcome, make_config(), "baseline"), "free_promotion_value"))


def test_spend_is_discounted_by_the_day_it_was_made() -> None:
    outcome = make_outcome()
    outcome.ledger[0, 0, ORGANIC, 0, C_WELCOME_GIFT] = (1, 100 * MONEY)
    outcome.ledger[50, -1, PAID, -1, C_MEDIA] = (1, 100 * MONEY)
    metrics = kpis(outcome, make_config(), "baseline")
    assert value_of(metrics, "discounted_spend") == pytest.approx(100 + 100 * 1.1 ** (-50 / 365))
    assert value_of(metrics, "discounted_spend", "few") == pytest.approx(100)


def test_points_are_valued_as_held_and_as_expired() -> None:
    outcome = make_outcome()
    outcome.points[0, 0], outcome.points[40, 0] = (210, 0, 0, 0), (0, 100, 40, 10)
    metrics = kpis(outcome, make_config(), "baseline")
    each = 0.05 / 10
    assert value_of(metrics, "points_value", period="1") == pytest.approx(210 * each)
    assert value_of(metrics, "points_value") == pytest.approx(60 * each)
    assert value_of(metrics, "expired_value") == pytest.approx(40 * each)
    assert value_of(metrics, "reward_liability") == pytest.approx(0.8 * 60 * each)


def test_newcomers_by_segment_cost_what_their_route_costs_and_add_up_to_it() -> None:
    """Of two won by themselves one is of either segment: each costs 1, they are worth 10 and 50."""
    outcome = _outcome()
    outcome.ages[BY_ITSELF, 0, [0, 4]] = round(0.4 * MONEY), round(0.8 * MONEY)
    table, sources = newcomers_table(outcome, "baseline"), sources_table(outcome, "baseline")
    own = {row["segment"]: row for row in table.select(source="organic").rows()}
    first, second = (own[name] for name in outcome.segments)
    assert (first["customers_acquired"], first["cac"], first["clv"]) == (1, 1.0, 10.0)
    assert (second["customers_acquired"], second["clv"], second["clv_to_cac"]) == (1, 50.0, 50.0)
    assert first["payback_days"] == 4.0 and np.isnan(second["payback_days"])
    for source in ("organic", "referral", "media"):
        row, whole = _row(table.select(segment="all"), source), _row(sources, source)
        for name in ("customers_acquired", "cac", "clv", "clv_to_cac"):
            assert row[name] == pytest.approx(whole[name]), (source, name)
