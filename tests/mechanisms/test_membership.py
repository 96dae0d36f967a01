"""Paid membership: who joins and renews, what is paid, what it does while it is paid."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import MONEY
from cxsim.journal.ticks import DAY
from cxsim.journal.words import (
    C_MEMBER_BENEFIT, C_MEMBERSHIP_FEE, EXIT_CANCELLED, EXIT_LEFT, MEMBERSHIP_JOINED, MEMBERSHIP_LAPSED,
    MEMBERSHIP_RENEWED, ORDER_PAID)
from cxsim.settings.links import moved_links
from cxsim.settings.schema import Config
from cxsim.theory.sbg import survival
from lived_worlds import changed, judge, live, live_many, plan, world
from lone_worlds import said, sized
from loyal_worlds import BUSY, end_of_day, gaps_between_needs, is_apart, paid, stories_of
from still_worlds import RENEWERS, shop

LIFT = 0.45
WORDS = (MEMBERSHIP_JOINED, MEMBERSHIP_RENEWED, MEMBERSHIP_LAPSED)


def _club(lift: float = 0.0, **keys: float) -> Config:
    """The busy shop with a membership of 60 days for 9."""
    config = shop(*BUSY, "loyalty=none", "loyalty.membership.fee=9", "loyalty.membership.period_days=60",
                  "loyalty.membership.p_join=1", "loyalty.membership.benefit_cost_per_order=0.5")
    return changed(config, loyalty__membership__lift=sized(lift),
                   **{f"loyalty__membership__{name}": value for name, value in keys.items()})


@cache
def _lived(lift: float = 0.0, fee: float = 9.0, p_renew: float = 0.8) -> Outcome:
    return live(plan(_club(lift, fee=fee, p_renew=p_renew)))


def test_a_member_pays_at_joining_and_at_every_period_until_he_does_not_renew() -> None:
    outcome = _lived()
    for story in stories_of(outcome):
        told = story[np.isin(story["word"], WORDS)]
        orders = story["tick"][story["word"] == ORDER_PAID]
        assert told["word"][0] == MEMBERSHIP_JOINED and told["tick"][0] == orders[0]
        assert (np.diff(told["tick"]) == 60 * DAY).all()
        assert (told["word"][1:-1] == MEMBERSHIP_RENEWED).all(), "who lapsed does not join again"
        assert told["word"][-1] == MEMBERSHIP_LAPSED or told["tick"][-1] >= (730 - 60) * DAY
    fees = said(outcome, MEMBERSHIP_JOINED, MEMBERSHIP_RENEWED)
    assert (fees["amount"] == 9 * MONEY).all()
    booked = outcome.ledger[..., C_MEMBERSHIP_FEE, :].sum(axis=(0, 1, 2, 3))
    assert booked.tolist() == [len(fees), 9 * MONEY * len(fees)]


def test_as_many_join_and_renew_as_the_keys_say() -> None:
    config = changed(_club(p_join=0.3), n_customers=1500, horizon_days=365)
    outcome = live(plan(config))
    n, joined = (outcome.customers["n_orders"] > 1).sum(), (outcome.events["word"] == MEMBERSHIP_JOINED).sum()
    assert abs(joined - 0.3 * n) < 4.0 * math.sqrt(n * 0.21)
    renewed, lapsed = ((outcome.events["word"] == w).sum() for w in (MEMBERSHIP_RENEWED, MEMBERSHIP_LAPSED))
    asked = renewed + lapsed
    assert abs(renewed - 0.8 * asked) < 4.0 * math.sqrt(asked * 0.16) and asked > 500


@pytest.mark.parametrize(("fee", "acting"), [(9.0, LIFT), (0.0, LIFT / 3.0)], ids=["paid", "free"])
def test_members_order_more_often_the_non_economic_part_only_for_a_fee(fee: float, acting: float) -> None:
    """While he is a member each interval is exp(-lift) of its length; after it lapsed, the rest is whole."""
    lifted, plain = (gaps_between_needs(_lived(lift, fee)) for lift in (LIFT, 0.0))
    within = across = 0
    for story in stories_of(_lived(LIFT, fee)):
        who, ends = int(story["customer"][0]), story["tick"][story["word"] == MEMBERSHIP_LAPSED]
        end = int(ends[0]) if len(ends) else 2**61
        for n, order in enumerate(story[story["word"] == ORDER_PAID], start=1):
            if (who, n) not in lifted or not is_apart(plain, who, n):
                continue
            held = end_of_day(end) - int(order["need_tick"]) if end > order["tick"] else 0
            expected = plain[who, n] * math.exp(-acting)
            if held < expected:
                expected = plain[who, n] - held * math.expm1(acting)
                across += held > 0
            else:
                within += 1
            assert lifted[who, n] == pytest.approx(expected, abs=20, rel=1e-9)
    assert within > 200 and across > 5


def test_members_cost_their_benefits_at_every_order() -> None:
    outcome, n = _lived(), 0
    for story in stories_of(outcome):
        is_member = False
        for event in story:
            if event["word"] in WORDS:
                is_member = event["word"] != MEMBERSHIP_LAPSED
                n += event["word"] == MEMBERSHIP_JOINED
            elif event["word"] == ORDER_PAID:
                n += is_member
    assert outcome.ledger[..., C_MEMBER_BENEFIT, :].sum(axis=(0, 1, 2, 3)).tolist() == [n, n * MONEY // 2]


def test_a_subscriber_s_membership_keeps_him_as_proportional_hazards_say() -> None:
    """He joins at his first renewal in the run, so six renewals are survived with S(1 + 5 e^-lift)."""
    law, n = (1.0, 3.0), 6
    config = world(*RENEWERS, "n_customers=4000", f"horizon_days={30 * n + 5}", "loyalty.membership.p_join=1",
                   "loyalty.membership.fee=5", "loyalty.membership.p_renew=1",
                   *(f"segments.{name}.renewal.{key}" for name in ("high_end", "regular")
                     for key in (f"alpha={law[0]}", f"beta={law[1]}")))
    config = changed(config, loyalty__membership__lift=sized(0.6))
    stay = live_many(plan(config, log=False), 6, lambda o: (o.customers["status"] == 1).mean())
    judge(stay, survival(1 + (n - 1) * math.exp(-0.6), *law), within=0.03)


@pytest.mark.parametrize("market", ["online_retail", "subscription"])
def test_membership_ends_when_he_leaves(market: str) -> None:
    config = world(f"market={market}", "n_customers=400", "horizon_days=300", "loyalty.membership.p_join=1",
                   "loyalty.membership.fee=5", "loyalty.membership.period_days=20", "loyalty.membership.p_renew=1")
    outcome, ended = live(plan(config)), 0
    for story in stories_of(outcome):
        left = np.flatnonzero(np.isin(story["word"], (EXIT_LEFT, EXIT_CANCELLED)))
        if len(left) and MEMBERSHIP_JOINED in story["word"]:
            told = story[np.isin(story["word"], WORDS)]
            assert told["word"][-1] == MEMBERSHIP_LAPSED and told["tick"][-1] == story["tick"][left[0]]
            ended += 1
    assert ended > 20
    assert not outcome.customers["fee_at"][outcome.customers["status"] == 2].any()


def test_a_membership_without_a_lift_moves_no_order_and_no_link() -> None:
    assert not moved_links(_club()).any() and moved_links(_club(LIFT)).any()
    without = paid(live(plan(shop(*BUSY))))
    for name in ("tick", "customer", "amount", "need_tick"):
        np.testing.assert_array_equal(paid(_lived())[name], without[name])
