"""Accounts that tie in every row: customers, points and money, in every market, scenario and population."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxsim.behaviour.state import F_EPISODES, F_SATISFIED, GONE
from cxsim.engines.blueprint import Blueprint
from cxsim.engines.outcome import Outcome
from cxsim.journal import words as w
from cxsim.journal.tallies import COUNTERS, MONEY
from cxsim.journal.ticks import DAY
from cxsim.journal.words import (
    BUCKETS, CATEGORIES, EVENT_WORDS, INVITE_CONVERTED, OFFER_TAKEN, ORDER_PAID, POINTS_EARNED,
    POINTS_REDEEMED, QUEUE_SERVED)
from life_story import recounted
from lived_worlds import (
    CUSTOMER_MARKETS, SCENARIOS, changed, counted, everything, live, plan, scenario, total, world)
from random_worlds import overlays, worlds

REVENUE = [k for k, (_, bucket, _, _) in enumerate(CATEGORIES) if bucket == BUCKETS[0]]
# What is counted of teams and of the brand, for nobody in particular.
SHARED = {"accuracy_sum", "brand_days", "reputation_sum", "employee_days", "employees_left", "morale_sum",
          "pressure_sum", "n_pressure", "standard_sum", "team_days", "fatigue_sum"}
# A counter is how often its words stand in the log.
TOLD = {
    "purchases": (w.ORDER_PAID,), "upsell_accepted": (w.OFFER_TAKEN,),
    "upsell_offers": (w.OFFER_TAKEN, w.OFFER_REFUSED), "abandoned": (w.QUEUE_ABANDONED,),
    "needs": (w.NEED_NOTICED, w.NEED_PROMPTED, w.NEED_FORGOTTEN, w.NEED_COMPETITOR, w.NEED_AUTO),
    "prompted_needs": (w.NEED_PROMPTED,), "forgotten": (w.NEED_FORGOTTEN,), "to_competitor": (w.NEED_COMPETITOR,),
    "automatic": (w.NEED_AUTO,), "prompts": (w.PROMPT_READ, w.PROMPT_IGNORED), "prompts_read": (w.PROMPT_READ,),
    "call_backs": (w.QUEUE_CALL_BACK,), "failed_visits": (w.SERVICE_FAILED,), "given_up": (w.ORDER_GIVEN_UP,),
    "handoffs": (w.HANDOFF_KEPT, w.HANDOFF_LOST), "contexts_lost": (w.HANDOFF_LOST,), "n_fit": (w.SEARCH,),
    "late": (w.DELIVERY_LATE,), "wrong": (w.DELIVERY_WRONG,), "returned": (w.DELIVERY_RETURNED,),
    "faults": (w.USE_FAULT,), "recovered": (w.RECOVERY_MADE,), "unrecovered": (w.RECOVERY_MISSED,),
    "judged": (w.JUDGE,), "true_answers": (w.JUDGE,), "nps_answers": (w.SURVEY_ANSWERED,),
    "ces_answers": (w.SURVEY_ANSWERED,), "nps_asked": (w.SURVEY_ANSWERED, w.SURVEY_SILENT),
    "invitations": (w.INVITE_SENT,), "loops_closed": (w.LOOP_CLOSED,),
    "negative_talk": (w.TALK_NEGATIVE,), "ratings": (w.RATING_POSTED,),
    "tiers_reached": (w.TIER_REACHED,), "tiers_lost": (w.TIER_LOST,),
    "complaints": (w.COMPLAINT_MADE,), "complaints_unanswered": (w.COMPLAINT_UNANSWERED,),
    "payments_failed": (w.PAYMENT_FAILED,), "payments_recovered": (w.PAYMENT_RECOVERED,),
    "left_by_payment": (w.EXIT_PAYMENT_FAILED,), "left_to_rival": (w.EXIT_TO_RIVAL,),
    "save_offers": (w.SAVE_OFFER_MADE,), "win_back_contacts": (w.WIN_BACK_CONTACTED,),
    "won_back": (w.RETURN_WON_BACK,),
    "exits": (w.EXIT_LEFT, w.EXIT_CANCELLED, w.EXIT_PAYMENT_FAILED, w.EXIT_TO_RIVAL),
}
ENDS = (w.SERVICE_RESOLVED, w.SERVICE_UNRESOLVED, w.SERVICE_FAILED, w.QUEUE_ABANDONED, w.QUEUE_CLOSED)
FEES = (w.MEMBERSHIP_JOINED, w.MEMBERSHIP_RENEWED)
USED = (w.USED_RECOGNIZE, w.USED_REQUEST, w.USED_RESPOND, w.USED_REPEAT)
LIVELY = {"online_retail": ("loyalty=points", "market.entrants_per_day=2", "market.active_window_days=40",
                            "order.p_lost_after_lost_contact=0.3", "loyalty.expiry_days=45"),
          "subscription": ("market.entrants_per_day=2",),
          "telecom": ("market.entrants_per_day=2", "market.renewal_days=60")}


def assert_books_tie(blueprint: Blueprint, outcome: Outcome, replication: int = 0) -> None:
    """Every identity that must hold in every row."""
    _customers_tie(outcome)
    _points_tie(outcome)
    _money_ties(outcome, len(blueprint.fixed["ramp"]) == 0)
    _words_tie(outcome)
    _places_tie(blueprint, outcome)
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
    # The shared segment holds no customers, and no segment holds what is shared.
    is_shared = np.isin(COUNTERS, list(SHARED))
    assert is_shared.sum() == len(SHARED)
    assert (outcome.tally[-1][:, ~is_shared] == 0).all()
    assert (outcome.tally[:-1][..., is_shared] == 0).all()


def _points_tie(outcome: Outcome) -> None:
    issued, redeemed, expired, cancelled = (outcome.points[..., k] for k in range(4))
    outstanding = np.cumsum(issued - redeemed - expired - cancelled, axis=0)
    assert (outcome.points >= 0).all() and (outstanding >= 0).all()
    held = np.bincount(outcome.customers["segment"], outcome.customers["points"], outcome.points.shape[1])
    np.testing.assert_array_equal(outstanding[-1], held)
    people, is_member = outcome.customers, lambda c: (c["is_enrolled"] != 0) | (c["fee_at"] > 0)
    assert total(outcome, "members_joined") - total(outcome, "members_left") == is_member(people).sum()
    assert total(outcome, "tier_sum") == (people["tier"] > 0).sum()


def _money_ties(outcome: Outcome, is_one_world: bool) -> None:
    log, ledger = outcome.events, outcome.ledger.sum(axis=(1, 2, 3))
    paid = log[np.isin(log["word"], (ORDER_PAID, w.DELIVERY_RETURNED, *FEES))]
    by_day = np.zeros(len(outcome.ledger), np.int64)
    np.add.at(by_day, paid["tick"] // DAY, paid["amount"])
    np.testing.assert_array_equal(ledger[:, REVENUE, 1].sum(axis=1), by_day)
    assert (paid["amount"][paid["word"] == w.DELIVERY_RETURNED] <= 0).all()
    said = np.bincount(log["word"], minlength=len(EVENT_WORDS))
    assert outcome.n_events == len(log) == outcome.customers["sequence"].sum()
    waited = log[np.isin(log["word"], (w.QUEUE_SERVED, w.QUEUE_ABANDONED, w.QUEUE_CLOSED))]
    assert total(outcome, "wait_ticks") == waited["wait_ticks"].sum()
    amounts = {"reward_redeemed": (POINTS_REDEEMED,), "compensation": (w.RECOVERY_MADE,), "touchpoint": USED,
               "membership_fee": FEES, "payment_recovery": (w.PAYMENT_FAILED,),
               "close_the_loop": (w.LOOP_CLOSED,)}
    for category, told in amounts.items():
        booked = ledger[:, [k for k, c in enumerate(CATEGORIES) if c[0] == category]].sum(axis=(0, 1))
        here = np.isin(log["word"], told)
        assert booked[1] == log["amount"][here].sum(), category
        assert booked[0] == here.sum(), category
    given = ledger[:, [k for k, c in enumerate(CATEGORIES) if c[0] in w.SUBSIDIES], 1].sum()
    assert outcome.customers["subsidy"].sum() == given
    counts = {"contact_fee": said[QUEUE_SERVED], "refund": said[w.DELIVERY_RETURNED],
              "returned_goods": said[w.DELIVERY_RETURNED],
              "outreach": said[w.PROMPT_READ] + said[w.PROMPT_IGNORED] + said[w.WIN_BACK_CONTACTED]}
    for category, n in counts.items():
        assert ledger[:, [k for k, c in enumerate(CATEGORIES) if c[0] == category], 0].sum() == n, category
    answered = log[np.isin(log["word"], (w.COMPLAINT_ANSWERED, w.COMPLAINT_UNANSWERED))]
    assert ledger[:, w.C_COMPLAINT_HANDLING, 1].sum() == answered["amount"].sum()
    assert ledger[:, w.C_SAVE_OFFER, 0].sum() <= said[w.SAVE_OFFER_MADE]
    assert ledger[:, w.C_WIN_BACK, 0].sum() <= said[w.WIN_BACK_CONTACTED]
    won = [k for k, (_, bucket, _, _) in enumerate(CATEGORIES) if bucket == "acquisition"]
    np.testing.assert_array_equal(outcome.route_costs.sum(axis=1)[:, won], ledger[:, won, 1])
    assert not np.delete(outcome.route_costs, won, axis=2).any()
    n_offers = said[w.OFFER_TAKEN] + said[w.OFFER_REFUSED]
    if is_one_world:
        assert ledger[:, w.C_OFFER, 0].sum() in (0, n_offers)
    assert ledger[:, w.C_OFFER, 0].sum() <= n_offers  # Where a scenario ramps up, an offer may cost only some.
    assert (said[POINTS_EARNED] > 0) == bool(outcome.points.any())


def _words_tie(outcome: Outcome) -> None:
    """Every counter of something told in the log says what the log says."""
    said = np.bincount(outcome.events["word"], minlength=len(EVENT_WORDS))
    for name, told in TOLD.items():
        assert total(outcome, name) == said[list(told)].sum(), name
    assert total(outcome, "contacts_made") == total(outcome, "visits") + said[w.QUEUE_JOINED]
    assert total(outcome, "stages_skipped") == 2 * said[w.NEED_AUTO]
    assert total(outcome, "first_resolved") <= total(outcome, "first_contacts") <= total(outcome, "needs")
    assert total(outcome, "failure_contacts") <= total(outcome, "contacts_made")
    answered = outcome.events[outcome.events["word"] == w.COMPLAINT_ANSWERED]
    assert total(outcome, "complaints") == len(answered) + said[w.COMPLAINT_UNANSWERED]
    assert total(outcome, "response_ticks") == answered["wait_ticks"].sum()
    assert total(outcome, "payments_failed") == total(outcome, "payments_recovered") + said[w.EXIT_PAYMENT_FAILED]
    assert total(outcome, "saved_by_offer") <= total(outcome, "save_offers")
    assert said[w.ORDER_DECLINED] <= total(outcome, "prospects_lost")
    assert total(outcome, "prospects_lost") <= said[w.ORDER_DECLINED] + said[w.ORDER_GIVEN_UP]
    assert total(outcome, "prospects_returned") <= total(outcome, "prospects_lost")
    assert total(outcome, "acquired") <= total(outcome, "entered")
    assert total(outcome, "automatic_wrong") <= total(outcome, "wrong")
    employees_left = outcome.tally[-1, :-1, COUNTERS.index("employees_left")].sum()
    hired = outcome.ledger.sum(axis=(0, 1, 2, 3))[w.C_HIRING, 0]
    assert hired == employees_left


def _places_tie(blueprint: Blueprint, outcome: Outcome) -> None:
    """What was felt and spent at the places where customers meet the brand adds up to the whole."""
    log, n_channels = outcome.events, len(outcome.channels)
    felt = outcome.felt.sum(axis=0)
    ended = log[np.isin(log["word"], ENDS) & ~np.isnan(log["quality"])]
    np.testing.assert_array_equal(
        felt[:n_channels, F_EPISODES], np.bincount(ended["channel"], minlength=n_channels)[:n_channels])
    came = log[np.isin(log["word"], (w.DELIVERY_RIGHT, w.DELIVERY_LATE, w.DELIVERY_WRONG))]
    # The solution is felt as it comes and, where first use counts, once more after it.
    solutions = len(np.unique(came[["customer", "journey"]]))
    if blueprint.fixed["rows"]["w_use"].any():
        by_itself = log[log["word"] == w.NEED_AUTO][["customer", "journey"]]
        enjoyed = log[log["word"] == w.USE_ENJOYED][["customer", "journey"]]
        solutions += (~np.isin(enjoyed, by_itself)).sum()
    assert felt[n_channels, F_EPISODES] == solutions
    silent = felt[: n_channels + 1, F_EPISODES].sum() - total(outcome, "csat_answers")
    silently_satisfied = felt[: n_channels + 1, F_SATISFIED].sum() - total(outcome, "csat_satisfied")
    assert 0 <= silently_satisfied <= silent
    voice = blueprint.fixed["voice"]
    assert silent == 0 or min(voice["share_asked"].min(), voice["p_answer"].min()) < 1
    used = log["touchpoint"][np.isin(log["word"], USED)]
    by_name = np.bincount(used, minlength=len(outcome.touchpoints))
    np.testing.assert_array_equal(felt[n_channels + 1 :, F_EPISODES], by_name)
    np.testing.assert_array_equal(outcome.touch_costs.sum(axis=(0, 1, 2))[:, 0], by_name)
    np.testing.assert_array_equal(
        outcome.touch_costs.sum(axis=3), outcome.ledger.sum(axis=3)[:, :, :, w.C_TOUCHPOINT])
    np.testing.assert_array_equal(
        outcome.touch_fixed.sum(axis=1), outcome.ledger.sum(axis=(1, 2, 3))[:, w.C_TOUCHPOINT_FIXED, 1])
    assert (outcome.pains >= 0).all() and (felt[:, F_SATISFIED] <= felt[:, F_EPISODES]).all()


@pytest.mark.parametrize("population", ["base", "new"])
@pytest.mark.parametrize("name", ["none", "points_program"])
@pytest.mark.parametrize("market", CUSTOMER_MARKETS)
def test_books_tie_in_every_market_and_population(market: str, name: str, population: str) -> None:
    config = world(f"market={market}", f"population={population}", "n_customers=500", "horizon_days=200",
                   *LIVELY[market])
    blueprint = plan(config, scenario(name))
    outcome = live(blueprint, 1)
    assert_books_tie(blueprint, outcome, 1)
    assert total(outcome, "churned") > 5 and total(outcome, "purchases") > 50
    if market == "online_retail":
        assert total(outcome, "reactivated") > 0 and (outcome.points.sum(axis=(0, 1))[:3] > 0).all()


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("market", CUSTOMER_MARKETS)
def test_books_tie_in_every_scenario_with_everything_on(market: str, name: str) -> None:
    blueprint = plan(everything(market), scenario(name))
    outcome = live(blueprint, 1)
    assert_books_tie(blueprint, outcome, 1)
    assert total(outcome, "churned") > 5 and total(outcome, "purchases") > 50


@settings(max_examples=45, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_books_tie_in_any_world(data: st.DataObject) -> None:
    # What a warm-up leaves uncounted has judges of its own: tests/engines/test_warm_up.py.
    config = changed(data.draw(worlds(("online_retail", "subscription"))), warmup_days=0)
    if data.draw(st.booleans()) and config.horizon_days >= 4:
        config = changed(config, market__active_window_days=data.draw(st.integers(1, config.horizon_days // 2)))
    blueprint = plan(config, data.draw(overlays(config)))
    assert_books_tie(blueprint, live(blueprint))


def test_active_subscribers_are_those_who_started_less_those_whose_contract_ended() -> None:
    config = world("market=subscription", "n_customers=1000", "horizon_days=300", "market.entrants_per_day=3")
    outcome = live(plan(config))
    log, people = outcome.events, outcome.customers
    started = (people["status"] != 0).sum() - ((people["left"] < 0) & (people["status"] == GONE)).sum()
    ended = np.isin(log["word"], (w.EXIT_CANCELLED, w.EXIT_PAYMENT_FAILED)).sum()
    assert (log["word"] == w.EXIT_CANCELLED).sum() > 100
    assert counted(outcome, "end")[:, -1].sum() == started - ended


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
    config = changed(data.draw(worlds(("online_retail", "subscription"))), warmup_days=0)
    blueprint = plan(config, data.draw(overlays(config)))
    assert_books_tie(blueprint, live(blueprint))
