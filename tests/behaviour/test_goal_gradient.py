"""The goal gradient of a points programme: the nearer the reward, the sooner the next purchase."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cxsim.behaviour.loyalty import goal_pull
from cxsim.engines.blueprint import build_world, make_blueprint
from cxsim.journal.ticks import DAY
from cxsim.journal.words import JUDGE
from cxsim.settings.reference import blank_reference
from lived_worlds import changed, live, plan, world


def _programme_and_customer(*overrides: str):
    """A world's loyalty programme, and its first customer."""
    config = world(*overrides)
    _, arrays = build_world(make_blueprint([config], [], blank_reference(config)), 0)
    return arrays["programme"][0], arrays["customers"][0]


def test_goal_gradient_shortens_the_last_of_ten_intervals_by_a_fifth() -> None:
    """Kivetz, Urminsky & Zheng (2006): 20% from first to last; eta .248 over 0.9 of the way."""
    programme, c = _programme_and_customer("loyalty=points")
    c["is_enrolled"] = 1
    price = int(programme["reward_points"])
    assert price == 100
    intervals = []
    for step in range(10):
        c["points"] = price * step // 10
        intervals.append(math.exp(-goal_pull(programme, c)))
    assert intervals[-1] / intervals[0] == pytest.approx(math.exp(-0.248 * 0.9), rel=1e-12)
    assert round(intervals[-1] / intervals[0] - 1.0, 3) == -0.2
    assert (np.diff(intervals) < 0).all()


def test_goal_gradient_pulls_members_of_a_running_programme_only() -> None:
    programme, c = _programme_and_customer("loyalty=points")
    c["points"] = int(programme["reward_points"]) * 3
    assert goal_pull(programme, c) == 0.0
    c["is_enrolled"] = 1
    assert goal_pull(programme, c) == pytest.approx(0.248)
    without, _ = _programme_and_customer()
    assert goal_pull(without, c) == 0.0


def test_goal_gradient_moves_needs_in_a_run() -> None:
    """With progress held at the goal (never redeemed) the next need comes exp(-eta) earlier."""
    config = world("loyalty=points", "population=new", "n_customers=300", "horizon_days=300", "satisfaction=none",
                   "upsell=none", "referral=none", "acquisition=none",
                   "needs=always_noticed", "loyalty.p_enrol=1", "loyalty.p_redeem=0",
                   "loyalty.reward_value=0.03", "loyalty.expiry_days=9999", "segments.shoppers.purchase.r=2")
    pulled = live(plan(config))
    still = live(plan(changed(config, loyalty__goal_gradient=0.0)))
    gaps = []
    for outcome in (pulled, still):
        log = outcome.events[outcome.events["word"] == JUDGE]
        gaps.append({(e["customer"], e["journey"]): int(e["need_tick"]) for e in log})
    ratios = []
    for (who, journey), tick in gaps[0].items():
        earlier, both = (who, journey - 1), (who, journey)
        if earlier in gaps[0] and earlier in gaps[1] and both in gaps[1]:
            before = gaps[1][both] - gaps[1][earlier]
            if before > 20 * DAY:  # so that no part of the interval ran before the points came
                ratios.append((tick - gaps[0][earlier]) / before)
    # The interval runs from the need; points come with the order, at most some days later.
    assert len(ratios) > 40
    assert math.exp(-0.248) - 1e-9 <= min(ratios) and max(ratios) <= 1.0
    assert np.median(ratios) == pytest.approx(math.exp(-0.248), abs=0.02)
