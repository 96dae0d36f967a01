"""Tiers: status for a year's spend, kept through the next year, and what it brings."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from cxsim.behaviour.programme import member_exit
from cxsim.behaviour.tiers import queue_class, tier_delight
from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import MONEY
from cxsim.journal.ticks import DAY
from cxsim.journal.words import C_MEMBER_BENEFIT, ORDER_PAID, POINTS_EARNED, TIER_LOST, TIER_REACHED
from cxsim.settings.schema import Config
from cxsim.theory.sbg import survival
from lived_worlds import changed, judge, live, live_many, plan, total, world
from lone_worlds import sized, standing_world
from loyal_worlds import BUSY, EVERYBODY, gaps_between_needs, is_apart, paid, stories_of
from still_worlds import RENEWERS, shop

YEAR = 90 * DAY
LADDER = {"silver": {"from_spend": 150.0, "rel_earn": 1.5, "cost_per_order": 0.25},
          "gold": {"from_spend": 300.0, "rel_earn": 2.0, "cost_per_order": 0.75}}
RISING = (0, 150 * MONEY, 300 * MONEY)


def _tiered(tiers: dict[str, dict[str, float]] = LADDER, **keys: object) -> Config:
    """The busy shop with points and two tiers, reached within years of ninety days."""
    config = shop(*BUSY, "loyalty=points", *EVERYBODY, "loyalty.tier_period_days=90", "loyalty.reward_value=9e6")
    return changed(config, loyalty__goal_gradient=sized(0.0), loyalty__tiers=tiers, **keys)


@cache
def _lived() -> Outcome:
    return live(plan(_tiered()))


def _levels(story: np.ndarray) -> tuple[list[tuple[int, int]], list[int]]:
    """When a customer's tier changes and to what, and his tier as each order is placed, from orders alone."""
    orders = story[story["word"] == ORDER_PAID]
    moves, held, holds, reached, spent = [], [], 0, 0, 0
    ends = int(orders["tick"][0]) + YEAR if len(orders) else 0
    for order in [*orders, None]:
        now = int(order["tick"]) if order is not None else 730 * DAY
        while ends <= now and len(orders):
            if reached < holds:
                moves.append((ends, reached))
            holds, reached, spent, ends = reached, 0, 0, ends + YEAR
        if order is None:
            break
        held.append(holds)
        spent += int(order["amount"])
        reached = max(reached, sum(spent >= level for level in RISING[1:]))
        if reached > holds:
            moves.append((now, reached))
            holds = reached
    return [m for m in moves if m[0] < 730 * DAY], held


def test_tiers_are_reached_at_once_and_kept_to_the_end_of_the_next_year() -> None:
    """Held against a year's book kept by hand; years run on from the first order, whether or not he orders."""
    outcome, reached, lost = _lived(), 0, 0
    for story in stories_of(outcome):
        moves, _ = _levels(story)
        told = story[np.isin(story["word"], (TIER_REACHED, TIER_LOST))]
        assert told["tick"].tolist() == [tick for tick, _ in moves]
        before = 0
        for event, (_, level) in zip(told, moves, strict=True):
            assert event["word"] == (TIER_REACHED if level > before else TIER_LOST)
            before = level
        reached, lost = reached + (told["word"] == TIER_REACHED).sum(), lost + (told["word"] == TIER_LOST).sum()
    assert total(outcome, "tiers_reached") == reached > 50 and total(outcome, "tiers_lost") == lost > 50
    assert total(outcome, "tier_sum") == (outcome.customers["tier"] > 0).sum() > 0


def test_a_tier_multiplies_points_and_costs_what_it_costs_at_every_order() -> None:
    outcome, cost, seen = _lived(), 0, set()
    for story in stories_of(outcome):
        _, held = _levels(story)
        orders, earned = (story[story["word"] == word] for word in (ORDER_PAID, POINTS_EARNED))
        points = {int(e["journey"]): int(e["amount"]) for e in earned}
        for order, level in zip(orders, held, strict=True):
            whole = int(int(order["amount"]) / MONEY * (1.0, 1.5, 2.0)[level])
            assert points.get(int(order["journey"]), 0) == round(whole * 0.03 * MONEY)
            cost += (0, 2500, 7500)[level]
            seen.add(level)
    assert seen == {0, 1, 2}
    assert outcome.ledger[..., C_MEMBER_BENEFIT, 1].sum() == cost


def test_the_next_tier_of_the_year_draws_orders_nearer() -> None:
    """Each interval is exp(-g spend / threshold) of its length: one far threshold, one endless year."""
    far = {"only": {"from_spend": 2000.0}}
    endless = _tiered(far, loyalty__tier_period_days=9999.0)
    drawn, plain = (live(plan(changed(endless, loyalty__tier_gradient=sized(g)))) for g in (0.25, 0.0))
    assert total(drawn, "tiers_reached") < len(drawn.customers) / 2
    gaps, before, n_seen = gaps_between_needs(drawn), gaps_between_needs(plain), 0
    for story in stories_of(drawn):
        spent = np.cumsum(story["amount"][story["word"] == ORDER_PAID]) / MONEY
        for n, progress in enumerate(np.minimum(spent / 2000.0, 1.0), start=1):
            key = (int(story["customer"][0]), n)
            if key in gaps and is_apart(before, *key) and progress < 1.0:
                assert gaps[key] / before[key] == pytest.approx(math.exp(-0.25 * progress), rel=1e-9)
                n_seen += 1
    assert n_seen > 500


def test_a_tier_keeps_subscribers_as_proportional_hazards_say() -> None:
    """Survival of 6 renewals: the first at h, then, in the tier, five at m h: S(1 + 5 m)."""
    law, m, n = (1.0, 3.0), math.exp(-0.6), 6
    config = world(*RENEWERS, "n_customers=4000", f"horizon_days={30 * n + 5}", "loyalty=points",
                   *EVERYBODY, *(f"segments.{name}.renewal.{key}" for name in ("high_end", "regular")
                                 for key in (f"alpha={law[0]}", f"beta={law[1]}")))
    config = changed(config, loyalty__tiers={"only": {"from_spend": 1.0, "exit": -0.6}})
    stay = live_many(plan(config, log=False), 6, lambda o: (o.customers["status"] == 1).mean())
    judge(stay, survival(1 + m * (n - 1), *law), within=0.03)
    assert survival(1 + m * (n - 1), *law) > 1.1 * survival(n, *law)


def test_what_joining_does_to_leaving_fades() -> None:
    config = shop("loyalty=points", "loyalty.member_fade_days=225")
    made, arrays = standing_world(plan(changed(config, loyalty__member_exit=sized(-0.4))))
    c = arrays["customers"][0]
    assert member_exit(made, c, 100 * DAY) == 0.0
    c["is_enrolled"], c["joined_at"] = 1, 10 * DAY
    for days in (0, 100, 225):
        assert member_exit(made, c, (10 + days) * DAY) == pytest.approx(-0.4 * math.exp(-days / 225), rel=1e-12)


def test_a_tier_delights_and_is_served_first_only_while_it_is_held_and_offered() -> None:
    tiers = {"low": {"from_spend": 5.0, "delight": 0.2, "priority": 3},
             "high": {"from_spend": 9.0, "delight": 0.3}}
    config = changed(shop("loyalty=points", segments__shoppers__priority=5), loyalty__tiers=tiers)
    made, arrays = standing_world(plan(config))
    c, row = arrays["customers"][0], arrays["rows"][0, 0]
    for tier, delight, priority in ((0, 0.0, 5), (1, 0.2, 3), (2, 0.3, 5), (4, 0.3, 5)):
        c["tier"] = tier
        assert (tier_delight(made, c), queue_class(made, row, c)) == (delight, priority)
    made, arrays = standing_world(plan(shop()))
    arrays["customers"][0]["tier"] = 2
    assert tier_delight(made, arrays["customers"][0]) == 0.0


def test_delight_of_a_tier_raises_satisfaction_and_nothing_else() -> None:
    plain = _lived()
    tiers = {name: {**tier, "delight": 0.5} for name, tier in LADDER.items()}
    treated = live(plan(changed(_tiered(), loyalty__tiers=tiers)))
    for name in ("tick", "amount", "journey"):
        np.testing.assert_array_equal(paid(treated)[name], paid(plain)[name])
    gain = treated.customers["satisfaction"] - plain.customers["satisfaction"]
    had = np.isin(plain.customers["id"], plain.events["customer"][plain.events["word"] == TIER_REACHED])
    assert (gain[had] > 0).mean() > 0.9 and (gain[~had] == 0).all()
