"""Accounts that tie in every row: customers, points and money, in every market, scenario and population."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxsim.behaviour.state import GONE
from cxsim.engines.blueprint import Blueprint
from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import MONEY
from cxsim.journal.words import (
    BUCKETS, CATEGORIES, EXIT_CANCELLED, INVITE_CONVERTED, OFFER_REFUSED, OFFER_TAKEN, ORDER_PAID,
    POINTS_EARNED, POINTS_REDEEMED, QUEUE_ABANDONED, QUEUE_SERVED)
from life_story import recounted
from lived_worlds import SCENARIOS, changed, counted, live, plan, scenario, total, world
from random_worlds import overlays, worlds

REVENUE = [k for k, (_, bucket, _, _) in enumerate(CATEGORIES) if bucket == BUCKETS[0]]
LIVELY = {"online_retail": ("loyalty=points", "market.entrants_per_day=2", "market.active_window_days=40",
                            "order.p_lost_after_lost_contact=0.3", "loyalty.expiry_days=45"),
          "subscription": ("market.entrants_per_day=2",)}


def assert_books_tie(blueprint: Blueprint, outcome: Outcome, replication: int = 0) -> None:
    """Every identity that must hold in every row."""
    _customers_tie(outcome)
    _points_tie(outcome)
    _money_ties(outcome)
    for name, book in recounted(blueprint, outcome, replication).items():
        np.testing.assert_array_equal(counted(outcome, name)[:, :-1], book, err_msg=name)


def _customers_tie(outcome: Outcome) -> None:
    start, acquired, reactivated, churned, end = (
        counted(outcome, name) for name in ("start", "acquired", "reactivated", "churned", "end"))
    months = np.s_[:, :-1]
    np.testing.assert_array_equal(end[months], (start + acquired + reactivated - churned)[months])
    np.testing.assert_array_equal(start[:, 1:-1], end[:, :-2])
    np.testing.assert_array_equal(start[:, -1], start[:, 0])
    np.testing.assert_array_equal(end[:, -1], end[:, -2])
    for name in ("start", "end", "retained", "alive_end"):
        assert (counted(outcome, name) >= 0).all()
    assert (counted(outcome, "retained") <= np.minimum(start, end)).all()
    # The shared segment holds no customers.
    assert (outcome.tally[-1] == 0).all()


def _points_tie(outcome: Outcome) -> None:
    issued, redeemed, expired = (outcome.points[..., k] for k in range(3))
    outstanding = np.cumsum(issued - redeemed - expired, axis=0)
    assert (outcome.points >= 0).all() and (outstanding >= 0).all()
    held = np.bincount(outcome.customers["segment"], outcome.customers["points"], outcome.points.shape[1])
    np.testing.assert_array_equal(outstanding[-1], held)


def _money_ties(outcome: Outcome) -> None:
    log, ledger = outcome.events, outcome.ledger.sum(axis=(1, 2, 3))
    orders = log[log["word"] == ORDER_PAID]
    n_days = len(outcome.ledger)
    by_day = np.zeros(n_days, np.int64)
    np.add.at(by_day, orders["tick"] // 86_400_000_000, orders["amount"])
    np.testing.assert_array_equal(ledger[:, REVENUE, 1].sum(axis=1), by_day)
    words = np.bincount(log["word"], minlength=30)
    assert total(outcome, "purchases") == words[ORDER_PAID]
    assert total(outcome, "upsell_accepted") == words[OFFER_TAKEN]
    assert total(outcome, "upsell_offers") == words[OFFER_TAKEN] + words[OFFER_REFUSED]
    assert total(outcome, "abandoned") == words[QUEUE_ABANDONED]
    assert outcome.n_events == len(log) == outcome.customers["sequence"].sum()
    waited = log[np.isin(log["word"], (3, 4, 5))]
    assert total(outcome, "wait_ticks") == waited["wait_ticks"].sum()
    rewards = log["amount"][log["word"] == POINTS_REDEEMED].sum()
    assert ledger[:, [k for k, c in enumerate(CATEGORIES) if c[0] == "reward_redeemed"], 1].sum() == rewards
    fees = [k for k, c in enumerate(CATEGORIES) if c[0] == "contact_fee"]
    assert ledger[:, fees, 0].sum() == words[QUEUE_SERVED]
    assert (words[POINTS_EARNED] > 0) == bool(outcome.points.any())


@pytest.mark.parametrize("population", ["base", "new"])
@pytest.mark.parametrize("name", ["none", *SCENARIOS])
@pytest.mark.parametrize("market", ["online_retail", "subscription"])
def test_books_tie_in_every_market_scenario_and_population(market: str, name: str, population: str) -> None:
    config = world(f"market={market}", f"population={population}", "n_customers=500", "horizon_days=200",
                   *LIVELY[market])
    blueprint = plan(config, scenario(name))
    outcome = live(blueprint, 1)
    assert_books_tie(blueprint, outcome, 1)
    assert total(outcome, "churned") > 5 and total(outcome, "purchases") > 50
    if market == "online_retail":
        assert total(outcome, "reactivated") > 0 and (outcome.points.sum(axis=(0, 1)) > 0).all()


@settings(max_examples=45, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_books_tie_in_any_world(data: st.DataObject) -> None:
    config = data.draw(worlds(("online_retail", "subscription")))
    if data.draw(st.booleans()) and config.horizon_days >= 4:
        config = changed(config, market__active_window_days=data.draw(st.integers(1, config.horizon_days // 2)))
    blueprint = plan(config, data.draw(overlays(config)))
    assert_books_tie(blueprint, live(blueprint))


def test_active_subscribers_are_those_who_started_less_those_who_cancelled() -> None:
    config = world("market=subscription", "n_customers=1000", "horizon_days=300", "market.entrants_per_day=3")
    outcome = live(plan(config))
    log, people = outcome.events, outcome.customers
    started = (people["status"] != 0).sum() - ((people["left"] < 0) & (people["status"] == GONE)).sum()
    cancelled = (log["word"] == EXIT_CANCELLED).sum()
    assert cancelled > 100
    assert counted(outcome, "end")[:, -1].sum() == started - cancelled


def test_friends_who_convert_are_told_in_the_log() -> None:
    """Whoever was invited and became a customer has that in his story, in both kinds of market."""
    for market in ("online_retail", "subscription"):
        config = world(f"market={market}", "n_customers=1500", "horizon_days=200", "market.entrants_per_day=20",
                       "referral.invitations_per_journey=0.5")
        outcome = live(plan(config))
        converted = total(outcome, "converted")
        assert converted > 10
        assert (outcome.events["word"] == INVITE_CONVERTED).sum() == converted, market


def test_rewards_cost_what_their_points_are_worth() -> None:
    """A point is worth earn_rate / points_per_unit; a reward of value v costs v times its cost share."""
    config = world("loyalty=points", "n_customers=500", "horizon_days=300", "loyalty.points_per_unit=20",
                   "loyalty.reward_value=6", "loyalty.earn_rate=0.05", "loyalty.reward_cost_share=0.7",
                   "segments.shoppers.purchase.r=1.5")
    outcome = live(plan(config))
    redeemed = outcome.events[outcome.events["word"] == POINTS_REDEEMED]
    assert len(redeemed) > 30
    assert (redeemed["amount"] == round(6 * 0.7 * MONEY)).all()
    assert outcome.points[..., 1].sum() == len(redeemed) * 6 * 20 / 0.05
    # Points issued are the whole points of each order of a member.
    earned = outcome.events[outcome.events["word"] == POINTS_EARNED]
    orders = outcome.events[outcome.events["word"] == ORDER_PAID]
    paid = dict(zip(zip(orders["customer"], orders["journey"], strict=True), orders["amount"], strict=True))
    points = [paid[key] * 20 // MONEY for key in zip(earned["customer"], earned["journey"], strict=True)]
    assert sum(points) == outcome.points[..., 0].sum()


def test_upsell_moves_the_basket_and_the_goods_by_its_share() -> None:
    """T: an offer taken makes the order a quarter larger; its goods cost the same share."""
    config = world("n_customers=800", "horizon_days=200", "satisfaction=none", "segments.shoppers.purchase.r=1")
    outcome = live(plan(config))
    order, upsell, goods = (outcome.ledger.sum(axis=(0, 1, 2, 3))[k, 1] for k in (0, 1, 3))
    taken = total(outcome, "upsell_accepted")
    assert taken > 30 and upsell > 0
    assert goods == pytest.approx(0.7 * (order + upsell), abs=taken + total(outcome, "purchases"))
    log = outcome.events[np.lexsort((outcome.events["sequence"], outcome.events["customer"]))]
    at = np.flatnonzero(log["word"] == OFFER_TAKEN)
    assert (log["word"][at + 1] == ORDER_PAID).mean() > 0.9  # between them only "converted"


@pytest.mark.slow
@settings(max_examples=2000, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_books_tie_in_many_more_worlds(data: st.DataObject) -> None:
    config = data.draw(worlds(("online_retail", "subscription")))
    blueprint = plan(config, data.draw(overlays(config)))
    assert_books_tie(blueprint, live(blueprint))
