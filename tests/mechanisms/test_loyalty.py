"""Points, stamps and cashback: what draws the next order near, and an account that ties."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from scipy.special import expit, logit

from cxsim.behaviour.loyalty import goal_pull
from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import MONEY
from cxsim.journal.ticks import DAY
from cxsim.journal.words import (
    C_EXCLUSIVE_OFFER, C_REWARD, C_UPSELL, EXIT_CANCELLED, OFFER_REFUSED, OFFER_TAKEN, ORDER_PAID,
    POINTS_CANCELLED, POINTS_EARNED, POINTS_EXPIRED, POINTS_REDEEMED)
from cxsim.settings.links import moved_links
from lived_worlds import changed, live, plan, world
from lone_worlds import sized, standing_world
from loyal_worlds import BUSY, EVERYBODY, end_of_day, gaps_between_needs, is_apart, paid, stories_of
from still_worlds import RENEWERS, shop

ETA = 0.248
CARD = ("loyalty=stamp_card", "loyalty.stamps=10", "loyalty.endowed_points=0", *EVERYBODY)


@cache
def _lived(*overrides: str) -> Outcome:
    return live(plan(shop(*BUSY, *overrides)))


def test_stamp_card_draws_each_order_nearer_and_starts_anew_after_its_reward() -> None:
    """Interval after stamp d of 10 is exp(-eta d/10) of its length; handed in, the card starts from 0."""
    pulled, still = _lived(*CARD), live(plan(changed(shop(*BUSY, *CARD), loyalty__goal_gradient=sized(0.0))))
    found: dict[int, list[float]] = {k: [] for k in range(11)}
    before = gaps_between_needs(still)
    for (who, n), gap in gaps_between_needs(pulled).items():
        if is_apart(before, who, n):
            found[n % 11].append(gap / before[who, n])
    for stamps, ratios in found.items():
        assert len(ratios) > 20
        assert ratios == pytest.approx([math.exp(-ETA * stamps / 10)] * len(ratios), rel=1e-9)
    assert round(found[9][0] / found[0][0] - 1.0, 3) == -0.2, "Kivetz, Urminsky & Zheng 2006: -20%"
    for story in stories_of(pulled):
        words = story["word"][np.isin(story["word"], (POINTS_EARNED, POINTS_REDEEMED))]
        expected = [POINTS_REDEEMED if n % 11 == 0 else POINTS_EARNED for n in range(1, len(words) + 1)]
        assert words.tolist() == expected


def test_endowed_stamps_are_issued_and_bring_the_first_reward_sooner() -> None:
    """Nunes & Dreze (2006): ten to go of twelve with two given are done sooner than ten of ten."""
    plain, given = _lived(*CARD), _lived(*CARD, "loyalty.stamps=12", "loyalty.endowed_points=2")
    members = given.customers["is_enrolled"].sum()
    for outcome, endowed in ((plain, 0), (given, 2 * members)):
        stamped = (outcome.events["word"] == POINTS_EARNED).sum()
        assert outcome.points[..., 0].sum() == stamped + endowed
    firsts = [{story["customer"][0]: story["tick"][story["word"] == POINTS_REDEEMED][0]
               for story in stories_of(outcome) if POINTS_REDEEMED in story["word"]} for outcome in (plain, given)]
    assert len(firsts[0]) > 20 and firsts[0].keys() <= firsts[1].keys()
    assert all(firsts[1][who] < tick for who, tick in firsts[0].items())


def test_expired_points_draw_nobody_from_the_next_midnight_on() -> None:
    short = (*CARD, "loyalty.expiry_days=10")
    pulled, still = _lived(*short), live(plan(changed(shop(*BUSY, *short), loyalty__goal_gradient=sized(0.0))))
    gaps, plain, seen = gaps_between_needs(pulled), gaps_between_needs(still), 0
    for story in stories_of(pulled):
        stamps = n = need = 0
        for event in story[np.isin(story["word"], (ORDER_PAID, POINTS_EARNED, POINTS_REDEEMED, POINTS_EXPIRED))]:
            if event["word"] == ORDER_PAID:
                n, need = n + 1, int(event["need_tick"])
            elif event["word"] == POINTS_EARNED:
                stamps += 1
            elif event["word"] == POINTS_REDEEMED:
                stamps = 0
            else:
                spell = (int(event["customer"]), n)
                held, at = end_of_day(event["tick"]) - need, ETA * stamps / 10
                if spell in gaps and is_apart(plain, *spell) and held < gaps[spell]:
                    assert gaps[spell] == pytest.approx(plain[spell] - held * math.expm1(at), abs=10)
                    seen += 1
                stamps = 0
    assert seen > 100


def test_who_buys_often_by_himself_is_not_drawn() -> None:
    heavy = _lived(*CARD, "loyalty.heavy_orders_per_year=0.001")
    still = live(plan(changed(shop(*BUSY, *CARD), loyalty__goal_gradient=sized(0.0))))
    assert heavy.events.tobytes() == still.events.tobytes()
    _, arrays = standing_world(plan(shop(*CARD, "loyalty.heavy_orders_per_year=12")))
    c, programme = arrays["customers"][0], arrays["programme"][0]
    c["is_enrolled"], c["points"] = 1, 5
    for rate, pull in ((11.9, ETA / 2), (12.0, 0.0)):
        c["rate"] = rate / 365.0
        assert goal_pull(programme, c) == pytest.approx(pull, rel=1e-12)


def test_cashback_comes_with_the_next_order_whatever_its_amount() -> None:
    config = changed(shop(*BUSY, "loyalty=cashback", *EVERYBODY), loyalty__member_exit=sized(0.0))
    assert not moved_links(config).any()
    outcome, without = live(plan(config)), _lived()
    for name in ("tick", "customer", "amount"):
        np.testing.assert_array_equal(paid(outcome)[name], paid(without)[name])
    for story in stories_of(outcome):
        orders = story["amount"][story["word"] == ORDER_PAID]
        back = story["amount"][story["word"] == POINTS_REDEEMED]
        assert back.tolist() == [round(a // MONEY * 0.02 * MONEY) for a in orders[:-1] if a >= MONEY]
    assert outcome.ledger[..., C_REWARD, 1].sum() > 0


def test_points_of_a_cancelled_contract_are_cancelled() -> None:
    config = world(*RENEWERS, "n_customers=400", "horizon_days=300", "loyalty=points", "loyalty.p_enrol=0.5",
                   *(f"segments.{name}.renewal.{key}" for name in ("high_end", "regular")
                     for key in ("alpha=1", "beta=4")))
    outcome = live(plan(config))
    cancelled = redeemed = 0
    for story in stories_of(outcome):
        points = 0
        for event in story:
            if event["word"] == POINTS_EARNED:
                points += 25
            elif event["word"] == POINTS_REDEEMED:
                points, redeemed = points - 100, redeemed + 1
            elif event["word"] == POINTS_CANCELLED:
                cancelled, points = cancelled + points, 0
            elif event["word"] == EXIT_CANCELLED:
                assert points == 0, "told before he is gone"
    assert outcome.points[..., 3].sum() == cancelled > 1000 and redeemed > 10
    gone = outcome.customers[outcome.customers["left"] < 300 * DAY]
    assert len(gone) > 50 and not gone["points"].any() and not gone["is_enrolled"].any()


def test_points_of_an_order_sent_back_are_cancelled() -> None:
    outcome = _lived("loyalty=points", *EVERYBODY, "delivery.p_wrong=1", "delivery.p_return=1")
    issued, redeemed, expired, cancelled = outcome.points.sum(axis=(0, 1))
    assert issued == cancelled > 0 and redeemed == expired == 0


def test_a_shopper_who_stays_away_keeps_his_points_until_they_expire() -> None:
    outcome = _lived("loyalty=points", *EVERYBODY, "segments.shoppers.purchase.a=1", "loyalty.expiry_days=200",
                     "segments.shoppers.purchase.b=2")
    gone = outcome.customers[(outcome.customers["left"] > 0) & (outcome.customers["left"] < 2**61)]
    recent = gone["left"] > (730 - 200) * DAY
    assert (gone["points"][~recent] == 0).all() and outcome.points[..., 3].sum() == 0
    assert outcome.points[..., 2].sum() > 0


def test_exclusive_offers_are_taken_more_by_members_and_cost_their_share() -> None:
    config = shop(*BUSY, "upsell=larger_basket", "loyalty=exclusive_offers", *EVERYBODY, "n_customers=150",
                  upsell__wear_out=sized(0.0))
    outcome = live(plan(config))
    taken = total = 0
    for story in stories_of(outcome):
        orders = np.flatnonzero(story["word"] == ORDER_PAID)
        later = story[orders[0] + 1 :] if len(orders) else story[:0]  # He joins with his first order.
        taken += (later["word"] == OFFER_TAKEN).sum()
        total += np.isin(later["word"], (OFFER_TAKEN, OFFER_REFUSED)).sum()
    p = expit(logit(0.12) + 0.4)
    assert abs(taken - p * total) < 4.0 * math.sqrt(total * p * (1 - p))
    assert taken > 0.12 * total + 4.0 * math.sqrt(total * 0.12 * 0.88)
    given, upsell = (outcome.ledger[..., k, 1].sum() for k in (C_EXCLUSIVE_OFFER, C_UPSELL))
    count = outcome.ledger[..., C_EXCLUSIVE_OFFER, 0].sum()
    assert count == taken and 0.9 * 0.05 * upsell < given <= 0.05 * upsell + count


@pytest.mark.parametrize("option", ["points", "tiers", "stamp_card", "cashback", "membership", "exclusive_offers"])
def test_programme_without_effects_changes_no_order(option: str) -> None:
    off = {f"loyalty__{key}": sized(0.0) for key in (
        "goal_gradient", "tier_gradient", "member_exit", "exclusive_upsell", "membership__lift")}
    if option == "tiers":
        off |= {f"loyalty__tiers__{name}__exit": sized(0.0) for name in ("silver", "gold")}
    config = changed(shop(*BUSY, f"loyalty={option}", *EVERYBODY), **off)
    assert not moved_links(config).any()
    with_it, without = paid(live(plan(config))), paid(_lived())
    for name in ("tick", "customer", "amount", "journey", "need_tick"):
        np.testing.assert_array_equal(with_it[name], without[name])
