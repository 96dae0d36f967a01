"""A logged life reads as a life: needs, contacts, solutions and judgements in their order, once each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxsim.engines.outcome import Outcome
from cxsim.journal.ticks import DAY
from cxsim.journal.words import (
    EXIT_CANCELLED, EXIT_LEFT, EXIT_PAYMENT_FAILED, EXIT_TO_RIVAL, INVITE_CONVERTED, LOOP_CLOSED,
    MEMBERSHIP_JOINED, MEMBERSHIP_LAPSED, MEMBERSHIP_RENEWED, NEED_AUTO, NEED_COMPETITOR, NEED_FORGOTTEN,
    NEED_NOTICED, NEED_PROMPTED, ORDER_PAID, PAYMENT_FAILED, PAYMENT_RECOVERED, POINTS_CANCELLED, POINTS_EARNED,
    POINTS_EXPIRED, POINTS_REDEEMED, PROMPT_IGNORED, PROMPT_READ, RETURN_WON_BACK, SAVE_OFFER_MADE,
    TIER_LOST, TIER_REACHED, WIN_BACK_CONTACTED)
from life_grammar import GRAMMARS, LETTERS, MAY_FOLLOW, spelled
from life_story import stories
from lived_worlds import CUSTOMER_MARKETS, MARKETS, changed, everything, live, plan, world
from random_worlds import overlays, worlds

NEEDS = (NEED_NOTICED, NEED_PROMPTED, NEED_FORGOTTEN, NEED_COMPETITOR, NEED_AUTO)
AFTERWARDS = LETTERS[POINTS_EXPIRED] + LETTERS[TIER_LOST]
# Words that fall due by themselves and stand between those of a journey.
ASIDE = {
    "transactional": [LOOP_CLOSED, POINTS_EXPIRED, TIER_LOST, MEMBERSHIP_RENEWED, MEMBERSHIP_LAPSED, PROMPT_READ,
                      PROMPT_IGNORED, WIN_BACK_CONTACTED, RETURN_WON_BACK],
    "subscription": [LOOP_CLOSED, ORDER_PAID, EXIT_CANCELLED, INVITE_CONVERTED, POINTS_EARNED, POINTS_REDEEMED,
                     POINTS_EXPIRED, POINTS_CANCELLED, TIER_REACHED, TIER_LOST, MEMBERSHIP_JOINED,
                     MEMBERSHIP_RENEWED, MEMBERSHIP_LAPSED, PROMPT_READ, PROMPT_IGNORED, PAYMENT_FAILED,
                     PAYMENT_RECOVERED, EXIT_PAYMENT_FAILED, EXIT_TO_RIVAL, SAVE_OFFER_MADE, WIN_BACK_CONTACTED,
                     RETURN_WON_BACK],
    "contact_centre": [],
}


def assert_lives_are_in_order(outcome: Outcome, kind: str) -> int:
    """Sequence and time rise together, journeys follow their grammar, and nothing follows the end."""
    n_whole = 0
    for story in stories(outcome).values():
        assert (story["sequence"] == np.arange(len(story))).all()
        assert (np.diff(story["tick"]) >= 0).all(), "an event was written after a later one"
        words = spelled(story["word"])
        _assert_ends_once(words)
        own = story[~np.isin(story["word"], ASIDE[kind])]
        journeys = own["journey"]
        assert (np.diff(journeys) >= 0).all()
        for journey in np.unique(journeys):
            n_whole += _assert_journey(own[journeys == journey], kind)
    return n_whole


def _assert_ends_once(words: str) -> None:
    """After each end only what was under way, until he is won back (0), if he is."""
    for life in words.split("0"):
        ends = [k for k, word in enumerate(life) if word in "Zz=Y"]
        if ends:  # Somebody on the line as his subscription ends is still served or sent away.
            after = {"Z": "v" + AFTERWARDS, "Y": "SAXv" + AFTERWARDS}.get(life[ends[0]], "SAXv")
            assert set(life[ends[0] + 1 :]) <= set(after)
    assert all(set(life) & set("Zz=Yv") for life in words.split("0")[:-1])


def _assert_journey(story: np.ndarray, kind: str) -> int:
    words = spelled(story["word"])
    if kind != "contact_centre":
        assert words[0] in "Nnfka" and len(set(words) & set("Nnfka")) == words.count(words[0]) == 1
        needed = story["need_tick"]
        assert (needed == needed[0]).all()
        # A need is due at the midnight of its day.
        assert story["tick"][0] >= needed[0] // DAY * DAY
    if GRAMMARS[kind].fullmatch(words):
        return 1
    pairs = zip(words, words[1:], strict=False)
    assert all(b in MAY_FOLLOW[a] for a, b in pairs), words
    assert "V" not in words, f"a judged journey does not follow its grammar: {words}"
    return 0


@pytest.mark.parametrize("market", MARKETS)
def test_lives_are_in_order_in_every_market(market: str) -> None:
    config = world(f"market={market}", *(("loyalty=points",) if market == "online_retail" else ()))
    if market == "contact_centre":
        config = changed(config, horizon_days=2, channels__phone__employees=20,
                         channels__phone__patience_minutes=3)
    else:
        config = changed(config, n_customers=800, horizon_days=300, order__p_lost_after_lost_contact=0.3,
                         channels__phone__handle_minutes=60, channels__web__p_failure=0.2)
    outcome = live(plan(config))
    assert assert_lives_are_in_order(outcome, config.market.kind) > 300


@pytest.mark.parametrize("market", CUSTOMER_MARKETS)
def test_lives_are_in_order_with_everything_on(market: str) -> None:
    """Every word that a customer's life can have is lived, and each stands where it may."""
    config = everything(market)
    outcomes = [live(plan(config), k) for k in range(3)]
    assert sum(assert_lives_are_in_order(outcome, config.market.kind) for outcome in outcomes) > 300
    lived = {LETTERS[w] for outcome in outcomes for w in outcome.events["word"]}
    # A prompt is in nobody's journey, so no touchpoint is used at the first stage (w); a shop's customers
    # cancel nothing (z), a subscriber sends nothing back, uses no goods and does not leave without a word; he
    # pays before his points expire (p). Only a subscription's payments fail.
    never = "wz&~=" if config.market.kind == "transactional" else "wBTEZp"
    assert set(LETTERS) - lived == set(never)


@settings(max_examples=50, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_lives_are_in_order_in_any_world(data: st.DataObject) -> None:
    config = data.draw(worlds())
    outcome = live(plan(config, data.draw(overlays(config))))
    assert_lives_are_in_order(outcome, config.market.kind)


@settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_needs_are_taken_up_in_their_order_and_none_is_lost(data: st.DataObject) -> None:
    """Needs of the clock rise in time; noticed or not, each is taken up once, and none after he left."""
    config = changed(data.draw(worlds(("online_retail",))), coaching__lift=0.0, use__p_fault=0.0,
                     journeys__troubleshoot__needs_per_year=0.0, win_back__reach=0.0)
    outcome = live(plan(config))
    for story in stories(outcome).values():
        needs = story[np.isin(story["word"], NEEDS)]
        assert (np.diff(needs["need_tick"]) > 0).all()
        assert (np.diff(needs["journey"]) == 1).all()
        left = np.isin(story["word"], (EXIT_LEFT, EXIT_TO_RIVAL))
        if left.any():
            assert needs["tick"].max() <= story["tick"][left][0]


def test_journeys_of_one_customer_do_not_overlap() -> None:
    config = world("population=new", "n_customers=100", "horizon_days=200", "segments.shoppers.purchase.r=12",
                   "segments.shoppers.purchase.b=50")
    outcome = live(plan(config))
    backlog = 0
    for story in stories(outcome).values():
        firsts = story[np.isin(story["word"], NEEDS)]
        for event in firsts[1:]:
            own = ~np.isin(story["word"], ASIDE["transactional"])
            before = story[(story["journey"] == event["journey"] - 1) & own]
            assert before["tick"].max() <= event["tick"]
        backlog = max(backlog, int((firsts["tick"] - firsts["need_tick"]).max()) // DAY)
    assert backlog > 20, "customers are meant to have needs while a journey lasts"
