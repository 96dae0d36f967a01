"""Episodes, their summary, memory and expectation against the same recursions in plain Python."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsim.behaviour.effects import acting, remembered
from cxsim.behaviour.perception import (
    effort_felt, feel_episode, journey_summary, judge_journey, mean_quality, surprise, wait_felt)
from cxsim.engines.blueprint import build_world, make_blueprint
from cxsim.journal.ticks import DAY, MINUTE
from cxsim.journal.words import (
    DELIVERY_LATE, DELIVERY_RIGHT, DELIVERY_WRONG, JUDGE, QUEUE_ABANDONED, QUEUE_CLOSED, QUEUE_SERVED, SEARCH,
    SERVICE_FAILED, SERVICE_RESOLVED, SERVICE_UNRESOLVED)
from cxsim.settings.reference import blank_reference
from lived_worlds import live, plan, world

P_REF = -0.35
LIVELY = ("n_customers=400", "horizon_days=400", "order.p_lost_after_lost_contact=0.3", "needs=always_noticed",
          "channels.web.p_failure=0.2", "channels.phone.patience_minutes=1", "delivery.p_late=0.3",
          "delivery.p_wrong=0.1", "recovery=none", "channels.phone.share=1",
          "perception.quality_weight=0.35", "perception.loss_aversion=2.1", "perception.sensitivity=0.88",
          "perception.expectation_floor=0.18", "perception.mean_weight=0.4", "satisfaction.memory_weeks=8")
ENDS = (SERVICE_RESOLVED, SERVICE_UNRESOLVED, SERVICE_FAILED, QUEUE_ABANDONED, QUEUE_CLOSED)
SOLUTIONS = (DELIVERY_RIGHT, DELIVERY_LATE, DELIVERY_WRONG)


@pytest.fixture(scope="module")
def lively():
    """A world with much to perceive, and a reference quality other than 0."""
    config = world(*LIVELY)
    reference = blank_reference(config)
    anchor = reference.anchor.copy()
    anchor[..., 0, 0] = P_REF
    anchor[..., 1, :] = (-0.1, 0.2)
    return config, live(plan(config, (), replace(reference, anchor=anchor)))


def _journeys(outcome) -> dict[int, list[list]]:
    """Of every customer, the events of each journey he judged, in their order."""
    found: dict[int, dict[int, list]] = {}
    for event in outcome.events[np.lexsort((outcome.events["sequence"], outcome.events["customer"]))]:
        found.setdefault(int(event["customer"]), {}).setdefault(int(event["journey"]), []).append(event)
    return {who: [story for _, story in sorted(told.items()) if any(e["word"] == JUDGE for e in story)]
            for who, told in found.items()}


def _episodes(story: list) -> list[float]:
    """Qualities of a judged journey: each contact's from the log, the solution's from the journey's mean."""
    contacts = [float(e["quality"]) for e in story if e["word"] in ENDS]
    judged = next(float(e["quality"]) for e in story if e["word"] == JUDGE)
    if any(e["word"] in SOLUTIONS for e in story):
        return [*contacts, judged * (len(contacts) + 1) - sum(contacts)]
    return contacts


def _value(gap: float, loss_aversion: float, sensitivity: float) -> float:
    return gap**sensitivity if gap >= 0 else -loss_aversion * (-gap) ** sensitivity


def _satisfaction(deviation: float, expected: float, g: float, loss_aversion: float, sensitivity: float) -> float:
    return g * deviation + (1.0 - g) * _value(deviation - expected, loss_aversion, sensitivity)


def _summary(felt: list[float], w: float) -> float:
    """w mean + (1 - w) (peak + end) / 2; the peak is the strongest feeling, the first of equal ones."""
    if not felt:
        return 0.0
    peak = max(felt, key=abs)
    return w * sum(felt) / len(felt) + (1.0 - w) * (peak + felt[-1]) / 2.0


def test_satisfaction_and_expectation_follow_their_recursions(lively) -> None:
    """s = g (P - P_ref) + (1 - g) v(P - E) an episode; J by peak and end; S fades, then moves towards J."""
    config, outcome = lively
    p, memory = config.perception, config.satisfaction
    ends = {int(c["id"]): c for c in outcome.customers}
    n_seen, several = 0, 0
    for who, told in _journeys(outcome).items():
        kept, at, expected = 0.0, max(0, int(ends[who]["entry"])), 0.0
        for n, story in enumerate(told):
            event = next(e for e in story if e["word"] == JUDGE)
            deviations = [quality - P_REF for quality in _episodes(story)]
            felt = [_satisfaction(d, expected, 0.35, 2.1, 0.88) for d in deviations]
            faded = kept * math.exp(-(int(event["tick"]) - at) / (8 * 7 * DAY))
            kept = faded + (_summary(felt, 0.4) - faded) / (n + memory.memory_n0)
            gap = sum(deviations) / len(deviations) - expected
            expected += max(1.0 / (n + p.expectation_n0), 0.18) * gap
            at = int(event["tick"])
            assert event["satisfaction"] == pytest.approx(kept, rel=1e-9, abs=1e-12)
            several += len(felt) > 2
        if told:
            assert ends[who]["expectation"] == pytest.approx(expected, rel=1e-9, abs=1e-12)
            assert ends[who]["satisfaction"] == pytest.approx(kept, rel=1e-9, abs=1e-12)
            assert ends[who]["surplus"] == 0.0 and ends[who]["n_judged"] == len(told)
        n_seen += len(told)
    assert n_seen > 300 and several > 20


def test_quality_is_made_of_wait_failures_and_fit() -> None:
    """Without effort and mood, the quality of every episode follows from what the log says of it."""
    config = world(*LIVELY, "perception.weights.effort=0", "perception.noise_sd=0", "population=new",
                   "segments.shoppers.purchase.r=1.5")
    outcome = live(plan(config))
    weights, half = config.perception.weights, config.perception.wait_half_minutes
    n_contacts, n_failed, n_waited, n_solutions = 0, 0, 0, 0
    for story in (story for told in _journeys(outcome).values() for story in told):
        wait, fit, contacts = 0.0, 0.0, []
        for event in story:
            word = event["word"]
            if word in (QUEUE_SERVED, QUEUE_ABANDONED, QUEUE_CLOSED):
                wait = float(event["wait_ticks"]) / MINUTE
            if word == SEARCH:
                fit = float(event["quality"])
            if word in ENDS:
                failed = word != SERVICE_RESOLVED
                quality = weights.fit.value * fit - weights.wait.value * wait / (wait + half)
                quality -= weights.failure.value * failed
                assert event["quality"] == pytest.approx(quality, rel=1e-12)
                contacts.append(quality)
                n_contacts, n_failed, n_waited = n_contacts + 1, n_failed + failed, n_waited + (wait > 0)
                wait, fit = 0.0, 0.0
        words = [e["word"] for e in story]
        if any(word in SOLUTIONS for word in words):
            went_wrong = words.count(DELIVERY_LATE) + words.count(DELIVERY_WRONG)
            assert _episodes(story)[-1] == pytest.approx(-weights.failure.value * went_wrong, abs=1e-12)
            n_solutions += went_wrong > 0
    assert n_contacts > 300 and n_failed > 50 and n_waited > 5 and n_solutions > 50


def _records(*overrides: str):
    config = world(*overrides)
    world_now, arrays = build_world(make_blueprint([config], [], blank_reference(config)), 0)
    return world_now, arrays["rows"][0, 0], arrays["customers"][0], arrays["anchor"]


def test_surprise_weighs_losses_by_the_published_factor() -> None:
    _, row, _, _ = _records()
    assert row["loss_aversion"] == 1.955
    for gap in (0.01, 0.7, 3.0):
        assert surprise(row, gap) == gap
        assert surprise(row, -gap) == pytest.approx(-1.955 * gap, rel=1e-15)
    assert surprise(row, 0.0) == 0.0


def test_surprise_bends_with_sensitivity() -> None:
    _, row, _, _ = _records("perception.sensitivity=0.5", "perception.loss_aversion=2")
    assert surprise(row, 0.25) == pytest.approx(0.5, rel=1e-15)
    assert surprise(row, -0.25) == pytest.approx(-1.0, rel=1e-15)


def _begin_journey(c) -> None:
    """A journey in which nothing was felt yet."""
    for name in ("n_felt", "quality_sum", "felt_sum", "felt_peak", "felt_end", "calm_sum", "calm_peak", "calm_end",
                 "gain", "treat"):
        c[name] = 0


def _forget(c) -> None:
    """A customer before his first journey."""
    _begin_journey(c)
    for name in ("n_judged", "judged_at", "satisfaction", "surplus", "expectation", "kind"):
        c[name] = 0


def test_equal_gain_and_loss_leave_a_loss_behind() -> None:
    world_now, row, c, _ = _records("perception.quality_weight=0", "satisfaction.memory_weeks=1e6")
    after = {}
    for gap in (1.0, -1.0):
        _forget(c)
        feel_episode(world_now, row, c, gap, 0.0)
        judge_journey(world_now, row, c, np.int64(DAY))
        after[gap] = float(c["satisfaction"])
    assert after[1.0] == pytest.approx(1.0 / 4.0) and after[-1.0] == pytest.approx(-1.955 / 4.0)


def test_effort_and_wait_saturate() -> None:
    """x / (x + half): half of the weight at the half point, all of it never exceeded, nothing at nothing."""
    _, row, _, _ = _records()
    assert effort_felt(row, 10.0) == pytest.approx(0.3 / 2)
    assert wait_felt(row, MINUTE, 1.0) == pytest.approx(0.2 / 2)
    assert effort_felt(row, 1e9) == pytest.approx(0.3, abs=1e-6)
    assert wait_felt(row, 10**9 * MINUTE, 1.0) == pytest.approx(0.2, abs=1e-6)
    assert effort_felt(row, 0.0) == wait_felt(row, 0, 1.0) == wait_felt(row, MINUTE, 0.0) == 0.0
    # Information makes a wait of two minutes feel like one.
    assert wait_felt(row, 2 * MINUTE, 0.5) == wait_felt(row, MINUTE, 1.0)
    steps = np.diff([effort_felt(row, float(m)) for m in range(0, 60, 5)])
    assert (steps > 0).all() and (np.diff(steps) < 0).all()


TWO_EPISODES = ("perception.quality_weight=0.5", "perception.loss_aversion=2", "perception.mean_weight=0.5",
                "perception.expectation_n0=4", "satisfaction.memory_n0=4", "satisfaction.memory_weeks=2")


def _two_episodes(gain: float, treat: float = 0.0):
    """A failure, then something good, felt against a reference of 0.2 and an expectation 0.1 above it."""
    world_now, row, c, anchor = _records(*TWO_EPISODES)
    _forget(c)
    anchor[0, 0, 0, 0] = 0.2
    c["expectation"] = 0.1
    felt = [feel_episode(world_now, row, c, quality, lost) for quality, lost in ((0.0, 0.5), (0.8, 0.0))]
    c["gain"], c["treat"] = gain, treat
    return world_now, row, c, felt


def test_two_episodes_worked_by_hand() -> None:
    """First: P - P_ref = -.2, gap -.3: s = .5 (-.2) + .5 (-.6) = -.4; it had been .25 without its failure.
    Second: .6 and .5: s = .55. Mean .075, peak .55, end .55: J = .5 x .075 + .5 x .55 = .3125."""
    world_now, row, c, felt = _two_episodes(0.0)
    assert felt == pytest.approx([-0.4, 0.55])
    assert (c["felt_sum"], c["felt_peak"], c["felt_end"]) == pytest.approx((0.15, 0.55, 0.55))
    assert (c["calm_sum"], c["calm_peak"], c["calm_end"]) == pytest.approx((0.8, 0.55, 0.55))
    assert mean_quality(world_now, c) == pytest.approx(0.4)
    assert judge_journey(world_now, row, c, np.int64(DAY)) == pytest.approx(0.3125)
    assert c["satisfaction"] == pytest.approx(0.3125 / 4) and c["surplus"] == 0.0
    # Mean deviation .2 against .1 expected, a quarter of the way.
    assert c["expectation"] == pytest.approx(0.125) and c["n_judged"] == 1


def test_the_worst_contact_is_remembered_beyond_its_share() -> None:
    """Ten episodes, one of them bad: the mean forgives it, peak and end do not (Alaybek et al. 2022)."""
    _, row, _, _ = _records("perception.mean_weight=0.5")
    felt = [0.1] * 9 + [-1.0]
    mean = sum(felt) / 10
    assert journey_summary(row, 10, sum(felt), -1.0, felt[-1]) == pytest.approx(0.5 * mean + 0.5 * -1.0)
    assert journey_summary(row, 10, sum(felt), -1.0, 0.1) == pytest.approx(0.5 * mean + 0.5 * -0.45)
    assert journey_summary(row, 0, 0.0, 0.0, 0.0) == 0.0


def test_recovery_lifts_satisfaction_but_never_behaviour_beyond_the_faultless_journey() -> None:
    """Without its failure the journey had been .475. A gain of .1 (J = .4125) all counts; of a gain of .3
    (J = .6125) what lies above .475 is told in surveys and moves nothing (de Matos et al. 2007)."""
    world_now, row, c, _ = _two_episodes(0.1)
    assert judge_journey(world_now, row, c, np.int64(DAY)) == pytest.approx(0.4125)
    assert c["surplus"] == 0.0 and acting(world_now, row, c, np.int64(DAY)) == pytest.approx(0.4125 / 4)
    world_now, row, c, _ = _two_episodes(0.3)
    assert judge_journey(world_now, row, c, np.int64(DAY)) == pytest.approx(0.6125)
    assert c["surplus"] == pytest.approx(0.1375 / 4)
    week_later = np.int64(8 * DAY)
    assert acting(world_now, row, c, np.int64(DAY)) == pytest.approx(0.475 / 4)
    # Both fade alike, by exp(-1/2) in one of the two weeks of memory.
    assert acting(world_now, row, c, week_later) == pytest.approx(0.475 / 4 * math.exp(-0.5))
    assert remembered(world_now, row, c, week_later) == pytest.approx(0.6125 / 4 * math.exp(-0.5))


def test_a_treat_counts_in_full_and_is_no_surplus() -> None:
    world_now, row, c, _ = _two_episodes(0.0, 0.2)
    assert judge_journey(world_now, row, c, np.int64(DAY)) == pytest.approx(0.5125)
    assert c["surplus"] == 0.0


FEELINGS = st.floats(-2.0, 2.0, allow_subnormal=False)
JOURNEYS = st.lists(st.tuples(
    st.lists(st.tuples(FEELINGS, st.sampled_from([0.0, 0.4, 1.0])), min_size=0, max_size=5),
    st.sampled_from([0.0, 0.2, 1.5]), st.sampled_from([0.0, 0.3]), st.integers(1, 90)), min_size=1, max_size=6)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(JOURNEYS, st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([0.0, 0.3, 1.0]),
       st.sampled_from([1.0, 1.955]), st.sampled_from([1.0, 0.6]), st.floats(-0.5, 0.5))
def test_any_row_of_journeys_follows_the_recursions(
    journeys: list, mean_weight: float, g: float, loss_aversion: float, sensitivity: float, reference: float,
) -> None:
    """Satisfaction, surplus and expectation as in plain Python; surplus is never negative."""
    world_now, row, c, anchor = LABORATORY
    _forget(c)
    anchor[0, 0, 0, 0] = reference
    row["mean_weight"], row["quality_weight"] = mean_weight, g
    row["loss_aversion"], row["sensitivity"] = loss_aversion, sensitivity
    kept, surplus, expected, at, now = 0.0, 0.0, 0.0, 0, 0
    for n, (episodes, gain, treat, days) in enumerate(journeys):
        now += days * DAY
        deviations = [quality - reference for quality, _ in episodes]
        felt = [_satisfaction(d, expected, g, loss_aversion, sensitivity) for d in deviations]
        calm = [_satisfaction(d + lost, expected, g, loss_aversion, sensitivity)
                for d, (_, lost) in zip(deviations, episodes, strict=True)]
        _begin_journey(c)
        for quality, lost in episodes:
            feel_episode(world_now, row, c, quality, lost)
        c["gain"], c["treat"] = gain, treat
        bare, faultless = _summary(felt, mean_weight), _summary(calm, mean_weight)
        judged = judge_journey(world_now, row, c, np.int64(now))
        assert judged == pytest.approx(bare + gain + treat, rel=1e-9, abs=1e-9)
        fading = math.exp(-(now - at) / (row["memory_days"] * DAY))
        share = 1.0 / (n + row["memory_n0"])
        beyond = max(0.0, bare + gain - max(faultless, bare)) if gain > 0 else 0.0
        kept = kept * fading * (1.0 - share) + share * judged
        surplus = surplus * fading * (1.0 - share) + share * beyond
        if deviations:
            step = max(1.0 / (n + row["expectation_n0"]), row["expectation_floor"])
            expected += step * (sum(deviations) / len(deviations) - expected)
        at = now
        assert c["satisfaction"] == pytest.approx(kept, rel=1e-9, abs=1e-9)
        assert c["surplus"] == pytest.approx(surplus, rel=1e-9, abs=1e-9) and c["surplus"] >= 0.0
        assert c["expectation"] == pytest.approx(expected, rel=1e-9, abs=1e-9)


LABORATORY = _records()
