"""Perception, memory and expectation against the same recursions written out in plain Python."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from cxsim.behaviour.loyalty import goal_pull
from cxsim.behaviour.perception import contact_quality, judge_journey, surprise
from cxsim.engines.blueprint import build_world, make_blueprint
from cxsim.journal.ticks import DAY, MINUTE
from cxsim.journal.words import (
    DELIVERY_LATE, JUDGE, QUEUE_ABANDONED, QUEUE_CLOSED, SEARCH, SERVICE_FAILED)
from cxsim.settings.reference import blank_reference
from lived_worlds import changed, live, plan, world

P_REF = -0.35
LIVELY = ("n_customers=400", "horizon_days=400", "order.p_lost_after_lost_contact=0.3",
          "channels.web.p_failure=0.2", "channels.phone.patience_minutes=1", "delivery.p_late=0.3",
          "perception.quality_weight=0.35", "perception.loss_aversion=2.1", "perception.sensitivity=0.88",
          "perception.expectation_floor=0.18", "satisfaction.memory_weeks=8")


@pytest.fixture(scope="module")
def lively():
    """A world with much to perceive, and a reference quality other than 0."""
    config = world(*LIVELY)
    reference = blank_reference(config)
    anchor = reference.anchor.copy()
    anchor[:, 0, 0] = P_REF
    anchor[:, 1] = (-0.1, 0.2)
    return config, live(plan(config, (), replace(reference, anchor=anchor)))


def _value(gap: float, loss_aversion: float, sensitivity: float) -> float:
    return gap**sensitivity if gap >= 0 else -loss_aversion * (-gap) ** sensitivity


def test_satisfaction_and_expectation_follow_their_recursions(lively) -> None:
    """s = g (P - P_ref) + (1 - g) v(P - E); S fades, then moves a share 1/(n + n0) towards s."""
    config, outcome = lively
    p, memory = config.perception, config.satisfaction
    judged = outcome.events[outcome.events["word"] == JUDGE]
    ends = {c["id"]: c for c in outcome.customers}
    n_seen = 0
    for who in np.unique(judged["customer"]):
        mine = judged[judged["customer"] == who]
        mine = mine[np.argsort(mine["sequence"])]
        felt_so_far, at, expected = 0.0, max(0, int(ends[who]["entry"])), P_REF
        for n, event in enumerate(mine):
            quality = float(event["quality"])
            gap = quality - expected
            felt = 0.35 * (quality - P_REF) + 0.65 * _value(gap, 2.1, 0.88)
            faded = felt_so_far * math.exp(-(int(event["tick"]) - at) / (8 * 7 * DAY))
            felt_so_far = faded + (felt - faded) / (n + memory.memory_n0)
            expected += max(1.0 / (n + p.expectation_n0), 0.18) * gap
            at = int(event["tick"])
            assert event["satisfaction"] == pytest.approx(felt_so_far, rel=1e-12, abs=1e-14)
        assert ends[who]["expectation"] == pytest.approx(expected, rel=1e-12)
        assert ends[who]["satisfaction"] == pytest.approx(felt_so_far, rel=1e-12, abs=1e-14)
        assert ends[who]["n_judged"] == len(mine)
        n_seen += len(mine)
    assert n_seen > 300 and judged["quality"].std() > 0.2


def test_quality_is_made_of_wait_failures_and_fit() -> None:
    """Without effort and mood, P follows from what the log says of the journey."""
    config = world(*LIVELY, "perception.weights.effort=0", "perception.noise_sd=0", "population=new",
                   "segments.shoppers.purchase.r=1.5")
    outcome = live(plan(config))
    weights, half = config.perception.weights, config.perception.wait_half_minutes
    failing = {SERVICE_FAILED, QUEUE_ABANDONED, QUEUE_CLOSED, DELIVERY_LATE}
    journeys: dict[tuple[int, int], list] = {}
    for event in outcome.events[np.argsort(outcome.events["sequence"], kind="stable")]:
        journeys.setdefault((event["customer"], event["journey"]), []).append(event)
    n_seen, n_failed, n_waited = 0, 0, 0
    for story in journeys.values():
        judged = [e for e in story if e["word"] == JUDGE]
        found = [e for e in story if e["word"] == SEARCH]
        if not judged or not found:
            continue
        failures = sum(int(e["word"]) in failing for e in story)
        wait = float(judged[0]["wait_ticks"]) / MINUTE
        quality = (-weights.wait.value * wait / (wait + half) - weights.failure.value * failures
                   + weights.fit.value * float(found[0]["quality"]))
        assert judged[0]["quality"] == pytest.approx(quality, rel=1e-12)
        n_seen, n_failed, n_waited = n_seen + 1, n_failed + (failures > 0), n_waited + (wait > 0)
    assert n_seen > 300 and n_failed > 50 and n_waited > 5


def _records(*overrides: str):
    config = world(*overrides)
    world_now, arrays = build_world(make_blueprint([config], [], blank_reference(config)), 0)
    return world_now, arrays["rows"][0, 0], arrays["customers"][0]


def test_surprise_weighs_losses_by_the_published_factor() -> None:
    _, row, _ = _records()
    assert row["loss_aversion"] == 1.955
    for gap in (0.01, 0.7, 3.0):
        assert surprise(row, gap) == gap
        assert surprise(row, -gap) == pytest.approx(-1.955 * gap, rel=1e-15)
    assert surprise(row, 0.0) == 0.0


def test_surprise_bends_with_sensitivity() -> None:
    _, row, _ = _records("perception.sensitivity=0.5", "perception.loss_aversion=2")
    assert surprise(row, 0.25) == pytest.approx(0.5, rel=1e-15)
    assert surprise(row, -0.25) == pytest.approx(-1.0, rel=1e-15)


def test_equal_gain_and_loss_leave_a_loss_behind() -> None:
    world_now, row, c = _records("perception.quality_weight=0", "satisfaction.memory_weeks=1e6")
    after = {}
    for gap in (1.0, -1.0):
        c["satisfaction"], c["expectation"], c["n_judged"], c["judged_at"] = 0.0, 0.0, 0, 0
        judge_journey(world_now, row, c, np.int64(DAY), gap)
        after[gap] = float(c["satisfaction"])
    assert after[1.0] == pytest.approx(1.0 / 4.0) and after[-1.0] == pytest.approx(-1.955 / 4.0)


def test_contact_quality_saturates_in_effort_and_wait() -> None:
    _, row, c = _records()
    c["effort_minutes"], c["wait_ticks"] = 10.0, MINUTE
    assert contact_quality(row, c) == pytest.approx(-0.3 / 2 - 0.2 / 2)
    c["effort_minutes"], c["wait_ticks"] = 1e9, 10**9 * MINUTE
    assert contact_quality(row, c) == pytest.approx(-0.5, abs=1e-6)


def test_goal_gradient_shortens_the_last_of_ten_intervals_by_a_fifth() -> None:
    """Kivetz, Urminsky & Zheng (2006): 20% from first to last; eta .248 over 0.9 of the way."""
    _, row, c = _records("loyalty=points")
    c["is_enrolled"] = 1
    price = int(row["reward_points"])
    assert price == 100
    intervals = []
    for step in range(10):
        c["points"] = price * step // 10
        intervals.append(math.exp(-goal_pull(row, c)))
    assert intervals[-1] / intervals[0] == pytest.approx(math.exp(-0.248 * 0.9), rel=1e-12)
    assert round(intervals[-1] / intervals[0] - 1.0, 3) == -0.2
    assert (np.diff(intervals) < 0).all()


def test_goal_gradient_pulls_members_of_a_running_programme_only() -> None:
    _, row, c = _records("loyalty=points")
    c["points"] = int(row["reward_points"]) * 3
    assert goal_pull(row, c) == 0.0
    c["is_enrolled"] = 1
    assert goal_pull(row, c) == pytest.approx(0.248)
    _, without, _ = _records()
    assert goal_pull(without, c) == 0.0


def test_goal_gradient_moves_needs_in_a_run() -> None:
    """With progress held at the goal (never redeemed) the next need comes exp(-eta) earlier."""
    config = world("loyalty=points", "population=new", "n_customers=300", "horizon_days=300", "satisfaction=none",
                   "upsell=none", "referral=none", "acquisition=none", "loyalty.p_enrol=1", "loyalty.p_redeem=0",
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
