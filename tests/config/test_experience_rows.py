"""From keys to parameter rows: units, masks, the neutral twin, and which links a baseline moves."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from cxsim.behaviour.draws import decision
from cxsim.behaviour.parameters import PRACTICE, ROW, TOUCHPOINT_RECORD
from cxsim.behaviour.state import (
    JOURNEYS, LINKS, MOMENTS, MOVE, PURCHASE, RENEWAL, UPGRADE)
from cxsim.settings.reference import Reference, blank_reference, make_cuts
from cxsim.settings.channel_rows import make_channels, make_journeys, make_weights
from cxsim.settings.links import moved_links
from cxsim.settings.names import touchpoint_names
from cxsim.settings.practice_rows import make_practice
from cxsim.settings.rows import make_rows
from cxsim.settings.touchpoint_rows import make_touchpoints
from cxsim.settings.schema import Config
from plain_worlds import changed, plain

PHONE = 2
REMINDER = {"owner": "marketing", "stage": "recognize", "reach": 0.5, "prompts_per_year": 73}
OFFER = {"owner": "sales", "stage": "request", "reach": 0.5, "upsell": 0.4}


@pytest.fixture(scope="module")
def shop() -> Config:
    return plain()


@pytest.fixture(scope="module")
def subscription() -> Config:
    return plain("subscription")


def test_channel_record_holds_days_and_the_spread_of_handling(shop: Config) -> None:
    config = changed(shop, {
        "channels.phone.handle_cv": 0.75, "channels.phone.p_resolved": 0.8, "channels.phone.return_days": 2,
        "channels.phone.p_retry": 0.3, "channels.phone.retry_hours": 6, "channels.phone.call_back_minutes": 36,
        "channels.phone.partner": True})
    record = make_channels([config])[0, PHONE]
    # A lognormal law with this log s.d. has coefficient of variation sqrt(exp(sigma^2) - 1).
    assert math.sqrt(math.expm1(record["handle_sigma"] ** 2)) == pytest.approx(0.75)
    assert (record["p_resolved"], record["return_days"]) == (0.8, 2.0)
    assert (record["p_retry"], record["retry_days"]) == (0.3, 0.25)
    assert record["call_back_days"] == 0.025
    constant = make_channels([changed(shop, {"channels.phone.handle_cv": 0})])[0]
    assert constant["handle_sigma"].tolist() == [-1.0, -1.0, 0.0, -1.0]


def test_journey_record_holds_needs_a_day_and_says_where_the_delivery_s_days_hold(subscription: Config) -> None:
    config = changed(subscription, {
        "journeys.upgrade.needs_per_year": 0.73, "journeys.move": {"p_further_contact": 0.5, "further_days": 3},
        "journeys.move.response_days": 7, "journeys.purchase.response_days": 0})
    journeys = make_journeys([subscription, config])
    assert journeys.shape == (2, len(JOURNEYS))
    assert journeys["rate"][1].tolist() == pytest.approx([0, 0, 0.002, 0, 0, 0])
    assert journeys["response_days"].tolist() == [[-1] * 6, [0, -1, -1, 7, -1, -1]]
    assert (journeys["p_further"][1, MOVE], journeys["further_days"][1, MOVE]) == (0.5, 3.0)


def test_weights_are_logs_and_bar_a_channel_at_zero(shop: Config) -> None:
    config = changed(shop, {"journeys.purchase.channel_weights": {"phone": 2, "web": 0}})
    weights = make_weights([shop, config])
    assert weights.shape == (2, len(JOURNEYS), 4)
    assert not weights[0].any() and not weights[1, PURCHASE + 1 :].any()
    assert weights[1, PURCHASE].tolist() == [-math.inf, 0.0, math.log(2.0), 0.0]


def test_touchpoint_record_holds_masks_salt_and_rates(shop: Config) -> None:
    config = changed(shop, {
        "touchpoints.reminder": REMINDER,
        "touchpoints.video": {
            "owner": "IT", "stage": "respond", "channels": ["phone", "app"], "journeys": ["purchase", "renew"],
            "reach": 0.25, "minutes": -2, "rel_minutes": 0.5, "rel_response": 0.8, "p_failure": 0.1, "fit": 0.2,
            "upsell": 0.3, "delight": 0.4, "resolution": 0.6, "rel_wait_felt": 0.7, "integration": 0.9,
            "rel_failure_felt": 0.35, "p_recover": 0.45, "by_knowledge": True, "after_failure": True,
            "cost_per_use": 1.5}})
    names = touchpoint_names([shop, config])
    assert names == ("reminder", "video")
    records = make_touchpoints([shop, config])
    assert records.dtype == TOUCHPOINT_RECORD and records["reach"].tolist() == [[0, 0], [0.5, 0.25]]
    reminder, video = records[1]
    assert reminder["prompt_rate"] == pytest.approx(0.2)
    assert (reminder["channels"], reminder["kinds"], reminder["stage"]) == (0b1111, 0b111111, 0)
    assert (reminder["rel_minutes"], reminder["rel_response"], reminder["rel_wait"]) == (1, 1, 1)
    assert (video["channels"], video["kinds"], video["stage"]) == (0b0110, 1 << PURCHASE | 1 << RENEWAL, 2)
    assert video["salt"] == decision("touchpoint/video") != reminder["salt"]
    held = {"minutes": -2, "rel_minutes": 0.5, "rel_response": 0.8, "p_failure": 0.1, "fit": 0.2, "upsell": 0.3,
            "delight": 0.4, "resolve": 0.6, "rel_wait": 0.7, "integration": 0.9, "rel_failure": 0.35,
            "recover": 0.45, "by_knowledge": 1, "after_failure": 1, "needs_known": 0, "first_only": 0,
            "offers_call_back": 0, "cost": 1.5, "prompt_rate": 0}
    assert {name: video[name] for name in held} == held
    assert make_rows([shop, config])["n_touchpoints"].tolist() == [[0], [2]]
    twin = make_touchpoints([shop, config], effects=False)
    assert not twin["upsell"].any() and twin["fit"][1, 1] == 0.2


def test_unknown_channels_of_a_touchpoint_offered_to_nobody_leave_no_bit(shop: Config) -> None:
    bell = {"owner": "retail", "stage": "request", "channels": ["kiosk", "phone"]}
    assert make_touchpoints([changed(shop, {"touchpoints.bell": bell})])["channels"].tolist() == [[1 << PHONE]]


def test_practice_turns_years_into_days_and_training_into_its_share_of_effect(shop: Config) -> None:
    config = changed(shop, {
        "n_customers": 250, "employees.turnover_per_year": 0.73, "employees.erosion_days": 60,
        "employees.quality_sd": 0.3, "employees.hiring_cost": 3000, "knowledge.population_exponent": 0.2,
        "employees.training": {"hours_per_year": 120, "quality": 0.4, "narrowing": 0.8, "speed": 0.2,
                               "resolution": 1.0, "half_hours": 40}})
    practice = make_practice([shop, config])
    assert practice.dtype == PRACTICE and practice.shape == (2,)
    plain_one, trained = practice
    assert (plain_one["training_rel_sd"], plain_one["training_rel_time"]) == (1.0, 1.0)
    assert (plain_one["erosion_days"], plain_one["knowledge_exponent"]) == (0.0, 0.0)
    # 120 hours of half_hours 40 bring three quarters of the full effect.
    got = [float(trained[f"training_{name}"]) for name in ("quality", "rel_sd", "rel_time", "resolve")]
    assert got == pytest.approx([0.3, 0.4, 0.85, 0.75])
    assert trained["turnover_per_day"] == pytest.approx(0.002)
    assert (trained["erosion_days"], trained["restoring_days"], trained["hiring_cost"]) == (60, 0, 3000)
    # Interactions are stated for 1,000 customers; there are 250.
    assert (trained["knowledge_scale"], trained["knowledge_days"]) == (250.0, 730.0)
    assert make_practice([changed(shop, {"n_customers": 0})])["knowledge_scale"][0] > 0


MECHANISMS = {
    "needs.p_forgotten": 0.2, "needs.p_to_competitor": 0.3, "needs.p_known": 0.8, "coaching.recall": 0.7,
    "coaching.lift": 0.4, "coaching.attention_wear": 0.3, "coaching.reactance": 0.5, "coaching.cost_per_prompt": 2,
    "choice.habit_weight": 0.9, "choice.lost_contact_weight": 0.6, "handoff.integration": 0.3,
    "handoff.repeat_minutes": 3, "handoff.weight": 0.5, "upsell.wear_out": 0.25, "upsell.wear_days": 45,
    "segments.urban.priority": 2, "delivery.p_wrong": 0.1, "delivery.p_return": 0.75, "use.p_fault": 0.05,
    "perception.severity_spread": 0.4, "perception.mean_weight": 0.6, "recovery.p_recover": 0.35,
    "recovery.gain": 0.3, "recovery.delay_days": 4, "recovery.memory_days": 100, "recovery.compensation": 10,
    "knowledge.individual_n0": 6, "knowledge.p_opt_out": 0.15, "knowledge.search_saving": 0.26,
    "knowledge.fit_gain": 0.61, "knowledge.price_gain": 0.02, "knowledge.delivery_saving": 0.12,
    "knowledge.handle_saving": 0.13, "knowledge.prompt_accuracy": 0.55, "knowledge.recognition": 0.35,
    "automatic.p_consent": 0.31,
    "automatic.confidence": 0.25, "automatic.p_wrong": 0.11, "automatic.wrong_tolerance": 3,
    "automatic.attention": 0.33, "automatic.shocks_per_year": 0.365, "journeys.renew.share_of_renewals": 0.4,
    "journeys.renew.notice_days": 10,
}
HELD = {
    "p_forgotten": 0.2, "p_competitor": 0.3, "p_known": 0.8, "recall": 0.7, "prompt_days": 14, "prompt_lift": 0.4,
    "attention_wear": 0.3, "reactance": 0.5, "reactance_days": 90, "prompt_cost": 2, "habit": 0.9,
    "habit_memory": 0.7, "lost_contact": 0.6, "integration": 0.3, "handoff_minutes": 3, "w_handoff": 0.5,
    "offer_wear": 0.25, "offer_wear_days": 45, "p_wrong": 0.1, "p_return": 0.75, "p_fault": 0.05,
    "fault_days": 30, "severity_spread": 0.4, "p_recover": 0.35, "recovery_gain": 0.3, "recovery_delay": 4,
    "recovery_days": 100, "compensation": 10, "mean_weight": 0.6, "known_n0": 6, "known_days": 730,
    "p_opt_out": 0.15, "search_saving": 0.26, "fit_gain": 0.61, "delivery_saving": 0.12, "handle_saving": 0.13,
    "price_gain": 0.02, "prompt_accuracy": 0.55, "recognition": 0.35, "p_consent": 0.31,
    "confidence": 0.25, "p_wrong_automatic": 0.11,
    "wrong_tolerance": 3, "attention": 0.33, "shock_rate": 0.001, "renewal_contacts": 0.4,
    "renewal_notice_days": 10,
}
CUT = {"p_forgotten": 0, "prompt_lift": 0, "reactance": 0, "price_gain": 0, "offer_wear": 0, "attention": 1,
       "p_return": 0}


def mechanisms(config: Config) -> Config:
    first = next(iter(config.segments))
    changes = {key.replace("urban", first): value for key, value in MECHANISMS.items()}
    return changed(config, changes)


def test_row_holds_every_mechanism_and_the_neutral_twin_cuts_only_what_moves_its_history(
    subscription: Config,
) -> None:
    config = mechanisms(subscription)
    row, twin = make_rows([config])[0, 0], make_rows([config], effects=False)[0, 0]
    assert {name: float(row[name]) for name in HELD} == pytest.approx(HELD)
    assert {name: float(twin[name]) for name in HELD} == pytest.approx({**HELD, **CUT})
    assert make_rows([config])["priority"].tolist() == [[2.0, 0.0]]
    assert set(ROW.names) > set(HELD) | {"priority", "n_touchpoints"}


def test_inattention_is_a_subscription_s(shop: Config) -> None:
    row = make_rows([changed(shop, {"automatic.attention": 0.33, "automatic.shocks_per_year": 1})])[0, 0]
    assert (row["attention"], row["shock_rate"]) == (1.0, 0.0)


MOVED = [
    ("online_retail", {}, ""),
    ("online_retail", {"needs.p_forgotten": 0.2}, "rate"),
    ("online_retail", {"coaching.lift": 0.4}, ""),
    ("online_retail", {"coaching.lift": 0.4, "touchpoints.reminder": REMINDER}, "rate"),
    ("online_retail", {"coaching.lift": 0.4, "touchpoints.reminder": {**REMINDER, "reach": 0}}, ""),
    ("online_retail", {"coaching.reactance": 0.5, "touchpoints.reminder": REMINDER}, "exit"),
    ("online_retail", {"automatic.attention": 0.5}, ""),
    ("online_retail", {"knowledge.price_gain": 0.02}, "spend"),
    ("online_retail", {"delivery.p_wrong": 0.1}, "spend"),
    ("online_retail", {"delivery.p_wrong": 0.1, "delivery.p_return": 0}, ""),
    ("online_retail", {"upsell.wear_out": 0.2}, ""),
    ("online_retail", {"upsell.wear_out": 0.2, "upsell.p_offer": 0.5, "upsell.rel_amount": 0}, "upsell"),
    ("online_retail", {"touchpoints.offer": OFFER, "upsell.p_offer": 0.5, "upsell.rel_amount": 0.2},
     "spend upsell"),
    ("online_retail", {"touchpoints.offer": {**OFFER, "reach": 0}, "upsell.p_offer": 0.5, "upsell.rel_amount": 0},
     ""),
    ("subscription", {}, ""),
    ("subscription", {"needs.p_forgotten": 0.2}, "rate"),
    ("subscription", {"coaching.lift": 0.4, "touchpoints.reminder": REMINDER}, ""),
    ("subscription", {"coaching.reactance": 0.5, "touchpoints.reminder": REMINDER}, "exit"),
    ("subscription", {"automatic.attention": 0.5}, "exit"),
    ("subscription", {"knowledge.price_gain": 0.02, "delivery.p_wrong": 0.1}, ""),
    ("subscription", {"upsell.wear_out": 0.2, "journeys.upgrade.needs_per_year": 1}, "upsell"),
    ("contact_centre", {"needs.p_forgotten": 0.2, "automatic.attention": 0.5}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("market", "changes", "links"), MOVED)
def test_only_links_that_something_moves_get_intercepts(
    market: str, changes: dict[str, Any], links: str
) -> None:
    config = changed(plain(market), changes)
    assert [name for name, moved in zip(LINKS, moved_links(config), strict=True) if moved] == links.split()


def test_blank_reference_has_an_anchor_for_every_kind_of_journey(subscription: Config) -> None:
    blank = blank_reference(subscription)
    assert blank.anchor.shape == (2, len(JOURNEYS), len(MOMENTS), 2)
    assert (blank.anchor[..., 0] == 0).all() and (blank.anchor[..., 1] == 1).all()
    again = Reference.from_dict(blank.to_dict())
    assert np.array_equal(again.anchor, blank.anchor)
    assert make_cuts(subscription.survey, 2).shape == (2, 4, 10)
    assert UPGRADE < blank.anchor.shape[1]
