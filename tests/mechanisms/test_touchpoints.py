"""Touchpoints: whom they reach, what each of their keys changes and nothing else, what they cost."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import expit, logit

from cxsim.behaviour.draws import uniform
from cxsim.behaviour.state import BY_FAILURE, BY_TOUCHPOINT, F_EPISODES, F_FAILURES, F_TICKS
from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import FRACTION, MONEY
from cxsim.journal.ticks import DAY, MINUTE
from cxsim.journal.words import (
    C_TOUCHPOINT,
    C_TOUCHPOINT_FIXED,
    DELIVERY_LATE,
    DELIVERY_RIGHT,
    JUDGE,
    ORDER_PAID,
    SEARCH,
    SERVICE_FAILED,
    SERVICE_RESOLVED,
    START,
    USED_REPEAT,
    USED_REQUEST,
    USED_RESPOND,
)
from lived_worlds import changed, judge, live, live_many, plan, spec, total
from lone_worlds import (
    BY_PHONE,
    CALM,
    NUMB,
    alone,
    by_journey,
    remembered,
    said,
    standing_world,
    with_aid,
    without_uses,
)
from same_life import assert_same_life

WEB, SOLUTION, AID = 0, 4, 5
USES = (USED_REQUEST, USED_RESPOND, USED_REPEAT)


def _life(config, *parts, replication: int = 0) -> Outcome:
    return live(plan(config, parts), replication)


def _users(outcome: Outcome) -> set[int]:
    return set(said(outcome, *USES)["customer"].tolist())


def _gaps(one: Outcome, other: Outcome, word: int, field: str, of=lambda x: x) -> np.ndarray:
    """What a word's field gained from one life to the other, journey by journey."""
    ours, theirs = by_journey(one, word), by_journey(other, word)
    both = ours.keys() & theirs.keys()
    assert len(both) > 1000
    return np.array([of(theirs[k][field]) - of(ours[k][field]) for k in both])


# Whom it reaches.

def test_reach_is_the_share_of_customers_who_ever_meet_it() -> None:
    blueprint = plan(with_aid(alone("n_customers=1000", "horizon_days=60"), reach=0.3))
    judge(live_many(blueprint, 12, lambda o: len(_users(o)) / len(np.unique(said(o, SEARCH)["customer"]))),
          0.3, within=0.06)


def test_more_reach_adds_people_and_never_swaps_them() -> None:
    config = alone("horizon_days=60")
    some, more = (_users(_life(with_aid(config, reach=reach))) for reach in (0.3, 0.6))
    assert some < more and len(more) - len(some) > 60
    blueprint = plan(with_aid(config, reach=0.3))
    world_now, arrays = standing_world(blueprint)
    salt = arrays["touchpoints"][0, 0]["salt"]
    everybody = np.unique(said(live(blueprint), SEARCH)["customer"])
    assert some == {int(c) for c in everybody if uniform(arrays["keys"][0], c, 0, salt) < 0.3}


@pytest.mark.parametrize("keys", [
    {"stage": "request", "journeys": ["troubleshoot"]}, {"stage": "request", "channels": ["app"]},
    {"stage": "respond", "journeys": ["move", "renew"]}, {"stage": "repeat", "after_failure": True}])
def test_touchpoint_that_is_not_for_this_contact_changes_nothing(keys) -> None:
    config = alone()
    strong = {"fit": 2.0, "upsell": 2.0, "delight": 2.0, "rel_minutes": 0.1, "rel_response": 0.1,
              "cost_per_use": 9.0}
    met = _life(with_aid(config, **{**strong, **keys}))
    assert not _users(met) and not met.touch_costs.any()
    assert_same_life(without_uses(met, (), ()), without_uses(_life(config), (), ()))


def test_reach_zero_is_exactly_no_touchpoint() -> None:
    config = alone()
    off = with_aid(config, reach=0.0, fit=2.0, upsell=1.0, delight=1.0, minutes=5.0, rel_minutes=0.1,
                   p_failure=0.5, rel_response=0.1, cost_per_use=1.0, cost_per_day=100.0, prompts_per_year=52.0)
    assert_same_life(without_uses(_life(off), (), ()), without_uses(_life(config), (), ()))


@pytest.mark.parametrize("stage", ["request", "respond", "repeat"])
def test_touchpoint_without_any_effect_leaves_only_its_trace(stage: str) -> None:
    config = alone("knowledge.population_start=0.9", "knowledge.population_ceiling=0.9")
    met = _life(with_aid(config, stage=stage, by_knowledge=True, integration=0.7))
    assert len(said(met, *USES)) > 2000
    assert_same_life(without_uses(met, (C_TOUCHPOINT,), USES), without_uses(_life(config), (), ()))


def test_needs_known_acts_on_the_share_of_needs_that_can_be_named() -> None:
    config = with_aid(alone("needs.p_known=0.7", "horizon_days=120"), needs_known=True)
    met = live_many(plan(config), 10, lambda o: len(said(o, USED_REQUEST)) / len(said(o, SEARCH)))
    judge(met, 0.7, within=0.04)


def test_first_only_meets_newcomers_in_their_first_journey() -> None:
    config = with_aid(alone("population=base", "market.entrants_per_day=2"), first_only=True)
    outcome = _life(config)
    source = dict(zip(outcome.customers["id"].tolist(), outcome.customers["source"].tolist(), strict=True))
    first = {}
    for event in said(outcome, SEARCH):
        first.setdefault(int(event["customer"]), int(event["journey"]))
    newcomers = {(c, j) for c, j in first.items() if source[c] != START}
    assert set(by_journey(outcome, USED_REQUEST)) == newcomers
    assert len(newcomers) > 300 and START in source.values()


def test_after_failure_meets_journeys_in_which_something_failed() -> None:
    outcome = _life(with_aid(alone("delivery.p_late=0.2"), stage="repeat", after_failure=True, p_recover=1.0))
    late, judged = by_journey(outcome, DELIVERY_LATE), by_journey(outcome, JUDGE)
    assert set(by_journey(outcome, USED_REPEAT)) == late.keys() & judged.keys()
    assert total(outcome, "recovered") == len(late.keys() & judged.keys()) > 500
    assert total(outcome, "unrecovered") == 0


# What its keys change.

def test_its_own_failures_come_at_their_share() -> None:
    config = with_aid(alone("horizon_days=120"), p_failure=0.2, fit=1.0)
    felt = live_many(plan(config), 10, lambda o: o.felt[:, AID].sum(axis=0))
    judge([one[F_FAILURES] / one[F_EPISODES] for one in felt], 0.2, within=0.08)


def test_a_failed_touchpoint_hurts_by_the_weight_of_a_failure_and_helps_with_nothing() -> None:
    config = alone(*NUMB)
    outcome = _life(with_aid(config, p_failure=0.2, delight=0.3, rel_response=0.5))
    n, failed = outcome.felt[:, AID, F_EPISODES].sum(), outcome.felt[:, AID, F_FAILURES].sum()
    weight = config.perception.weights.failure.value
    assert outcome.pains[:, AID, BY_FAILURE].sum(axis=0).tolist() == [int(weight * FRACTION) * failed, 0]
    assert outcome.pains[:, AID, BY_TOUCHPOINT].sum(axis=0).tolist() == [0, round(0.3 * FRACTION) * (n - failed)]
    quality = said(outcome, SERVICE_RESOLVED)["quality"]
    assert sorted(set(quality.round(12).tolist())) == [-weight, 0.3] and (quality < 0).sum() == failed


def test_minutes_factor_scales_sessions_on_the_same_draws() -> None:
    """Visits at factors 1, 1/2 and 1/4 begin together, so their ends lie half and a quarter of a visit apart."""
    config = alone()
    lives = [_life(with_aid(config, rel_minutes=factor)) for factor in (1.0, 0.5, 0.25)]
    ends = [{k: int(e["tick"]) for k, e in by_journey(o, SEARCH).items() if k[1] == 1} for o in lives]
    first = ends[0].keys() & ends[1].keys() & ends[2].keys()
    assert len(first) > 250
    for k in first:
        assert abs((ends[0][k] - ends[1][k]) - 2 * (ends[1][k] - ends[2][k])) <= 3
    whole, half, _ = (o.felt[:, WEB, F_TICKS].sum() / o.felt[:, WEB, F_EPISODES].sum() for o in lives)
    assert half / whole == pytest.approx(0.5, rel=1e-3)


@pytest.mark.parametrize("where", [(), (*BY_PHONE, "channels.phone.handle_minutes=8")])
def test_added_minutes_are_added_to_every_contact(where) -> None:
    config = alone(*where)
    place = 2 if where else WEB
    plain, longer = (_life(with_aid(config, minutes=m)) for m in (0.0, 3.0))
    per = [o.felt[:, place, F_TICKS].sum() / o.felt[:, place, F_EPISODES].sum() / MINUTE for o in (plain, longer)]
    assert per[1] - per[0] == pytest.approx(3.0, abs=0.02)


def test_response_factor_scales_the_days_to_the_solution() -> None:
    config = alone()
    for factor in (0.35, 1.0, 1.4):
        outcome = _life(with_aid(config, stage="respond", rel_response=factor))
        paid, right = by_journey(outcome, ORDER_PAID), by_journey(outcome, DELIVERY_RIGHT)
        took = {int(right[k]["tick"] - paid[k]["tick"]) for k in right}
        assert len(right) > 3000 and took == {math.ceil(config.delivery.days * factor * DAY)}


def test_fit_moves_on_the_logit_by_what_is_written() -> None:
    config = alone()
    plain, better = (_life(with_aid(config, fit=fit)) for fit in (0.0, 0.7))
    gaps = _gaps(plain, better, SEARCH, "quality", lambda q: logit(float(q)))
    np.testing.assert_allclose(gaps, 0.7, rtol=0, atol=1e-12)


def test_delight_is_added_to_the_quality_of_its_episode() -> None:
    config = alone()
    gaps = _gaps(_life(with_aid(config)), _life(with_aid(config, delight=0.25)), SERVICE_RESOLVED, "quality")
    np.testing.assert_allclose(gaps, 0.25, rtol=0, atol=1e-12)


def test_treat_after_the_journey_is_added_to_what_is_remembered() -> None:
    """A first judgement moves satisfaction by a share 1 / n0 of the treat."""
    config = alone()
    plain, treated = (_life(with_aid(config, stage="repeat", delight=d)) for d in (0.0, 0.4))
    ours, theirs = by_journey(plain, JUDGE), by_journey(treated, JUDGE)
    first = [k for k in ours.keys() & theirs.keys() if k[1] == 1]
    gaps = [theirs[k]["satisfaction"] - ours[k]["satisfaction"] for k in first]
    np.testing.assert_allclose(gaps, 0.4 / config.satisfaction.memory_n0, rtol=0, atol=1e-12)


def test_failures_and_waits_hurt_by_what_is_left_of_them() -> None:
    config = alone("channels.web.p_failure=0.1", *CALM)
    softer = _life(with_aid(config, rel_failure_felt=0.4))
    weight = config.perception.weights.failure.value
    assert set(said(softer, SERVICE_FAILED)["quality"].tolist()) == {-0.4 * weight}
    busy = alone(*BY_PHONE, "channels.phone.employees=1", "channels.phone.handle_minutes=40",
                 "perception.noise_sd=0", "perception.weights.effort=0", "perception.weights.fit=0")
    half, w = busy.perception.wait_half_minutes, busy.perception.weights.wait.value
    outcome = _life(with_aid(busy, rel_wait_felt=0.6))
    judged = by_journey(outcome, JUDGE)
    n_waited = 0
    for k, event in by_journey(outcome, SERVICE_RESOLVED).items():
        if k in judged and judged[k]["wait_ticks"] > 0:
            felt = 0.6 * judged[k]["wait_ticks"] / MINUTE
            assert event["quality"] == pytest.approx(-w * felt / (felt + half), rel=1e-12)
            n_waited += 1
    assert n_waited > 20


def test_resolution_moves_first_contact_resolution_on_the_logit() -> None:
    config = with_aid(alone("channels.web.p_resolved=0.6", "horizon_days=120"), resolution=0.8)
    judge(live_many(plan(config), 10, lambda o: total(o, "first_resolved") / total(o, "first_contacts")),
          expit(logit(0.6) + 0.8), within=0.03)


def test_resolution_is_nothing_where_every_contact_settles_the_matter() -> None:
    config = alone()
    assert_same_life(_life(with_aid(config, resolution=-5.0)), _life(with_aid(config)))


def test_upsell_moves_acceptance_on_the_logit() -> None:
    config = with_aid(alone("upsell=larger_basket", "upsell.wear_out=0", "horizon_days=120"), upsell=0.9)
    accepted = live_many(plan(config), 12, lambda o: total(o, "upsell_accepted") / total(o, "upsell_offers"))
    judge(accepted, expit(logit(config.upsell.p_accept) + 0.9), within=0.05)


# What is known of him.

def test_by_knowledge_acts_in_proportion_to_what_is_known_and_never_on_a_stranger() -> None:
    """Known: k / (k + n0) of k faded journeys, times population knowledge; the logit gains that share of 0.7."""
    accuracy, n0, memory = 0.8, 5.0, 90.0
    config = alone(f"knowledge.population_start={accuracy}", "knowledge.population_ceiling=0.9",
                   f"knowledge.individual_n0={n0}", f"knowledge.memory_days={memory}")
    plain = by_journey(_life(with_aid(config)), SEARCH)
    outcome = _life(with_aid(config, fit=0.7, by_knowledge=True))
    n_strangers = n_known = 0
    for event, k in remembered(outcome, SEARCH, memory):
        before = plain[int(event["customer"]), int(event["journey"])]
        gain = logit(float(event["quality"])) - logit(float(before["quality"]))
        if k == 0.0:
            assert event["quality"] == before["quality"]
            n_strangers += 1
        else:
            assert gain == pytest.approx(0.7 * accuracy * k / (k + n0), abs=1e-11)
            n_known += 1
    assert n_strangers > 250 and n_known > 3000


# What it costs.

def test_costs_by_touchpoint_are_the_ledgers_category() -> None:
    config = alone("population=base", "market.entrants_per_day=1")
    two = {name: {"owner": "marketing", "stage": stage, "reach": 0.5, "cost_per_use": cost, "cost_per_day": 1.5}
           for name, stage, cost in (("aid", "request", 0.25), ("van", "respond", 3.5))}
    outcome = _life(changed(config, touchpoints=two))
    by_ledger = outcome.ledger[..., C_TOUCHPOINT, :].sum(axis=3)
    np.testing.assert_array_equal(outcome.touch_costs.sum(axis=3), by_ledger)
    n, amount = outcome.touch_costs.sum(axis=(0, 1, 2)).T
    uses = [len(said(outcome, word)) for word in (USED_REQUEST, USED_RESPOND)]
    assert n.tolist() == uses and min(uses) > 1000
    assert amount.tolist() == [uses[0] * 0.25 * MONEY, uses[1] * 3.5 * MONEY]
    assert said(outcome, USED_RESPOND)["amount"].sum() == amount[1]
    fixed = outcome.ledger[..., C_TOUCHPOINT_FIXED, 1]
    assert fixed.sum() == outcome.touch_fixed.sum() == 2 * 1.5 * MONEY * config.horizon_days


def test_running_cost_is_paid_on_the_days_it_is_offered() -> None:
    config = with_aid(alone(), reach=0.0, cost_per_day=2.0)
    outcome = _life(config, spec("trial", {"touchpoints.aid.reach": 0.5}, start_day=40, end_day=100))
    assert outcome.ledger[..., C_TOUCHPOINT_FIXED, 1].sum() == 60 * 2.0 * MONEY
    days = said(outcome, USED_REQUEST)["tick"] // DAY
    assert days.min() >= 40 and len(days) > 300
    started = by_journey(outcome, USED_REQUEST)
    assert max(int(e["need_tick"]) for e in started.values()) < 100 * DAY
