"""A logged life reads as a life: needs, contacts, solutions and judgements in their order, once each."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxsim.engines.outcome import Outcome
from cxsim.journal.ticks import DAY
from cxsim.journal.words import (
    EXIT_CANCELLED, EXIT_LEFT, INVITE_CONVERTED, NEED_NOTICED, ORDER_PAID, POINTS_EXPIRED)
from life_story import stories
from lived_worlds import MARKETS, changed, live, plan, world
from random_worlds import overlays, worlds

# One letter for each word of the log, in the order of cxsim.journal.words.
LETTERS = "NCJSAXRFHtruPGDLEQVedpicZz"
EXPIRED = LETTERS[POINTS_EXPIRED]
LOST = "C(X|F|JA|JX)"
SOLVED = "(D|L)"
SHOP = re.compile(rf"N({LOST})*(C(JS)?H[tru]?c?Pd?e?{SOLVED}EQV(Z|i*)|{LOST}GQVi*)")
SUBSCRIPTION = re.compile(rf"N({LOST})*(C(JS)?HR[tru]?{SOLVED}QVi*|{LOST}GQVi*)")
CENTRE = re.compile("J(SR|A|X)")
# Of a journey that the horizon (or a cancelled subscription) cut short: what may follow what.
MAY_FOLLOW = {
    "N": "C", "C": "XFJH", "J": "SAX", "S": "HR", "A": "CG", "X": "CG", "F": "CG", "H": "RtrucP", "R": "truDL",
    "t": "cPDL", "r": "cPDL", "u": "cPDL", "c": "P", "P": "deDL", "d": "eDL", "e": "DL", "D": "EQ", "L": "EQ",
    "E": "Q", "G": "Q", "Q": "V", "V": "Zi", "i": "i", "Z": "",
}


def _grammar(market: str) -> re.Pattern[str]:
    return {"transactional": SHOP, "subscription": SUBSCRIPTION, "contact_centre": CENTRE}[market]


def assert_lives_are_in_order(outcome: Outcome, kind: str) -> int:
    """Sequence and time rise together, journeys follow their grammar, and nothing follows the end."""
    n_whole = 0
    for story in stories(outcome).values():
        assert (story["sequence"] == np.arange(len(story))).all()
        assert (np.diff(story["tick"]) >= 0).all(), "an event was written after a later one"
        words = "".join(LETTERS[w] for w in story["word"])
        _assert_ends_once(words)
        own = story[~np.isin(story["word"], _aside(kind))]
        journeys = own["journey"]
        assert (np.diff(journeys) >= 0).all()
        for journey in np.unique(journeys):
            n_whole += _assert_journey(own[journeys == journey], kind)
    return n_whole


def _aside(kind: str) -> list[int]:
    """Words that fall due by themselves and stand between those of a journey."""
    if kind == "transactional":
        return [POINTS_EXPIRED]
    return [ORDER_PAID, EXIT_CANCELLED, INVITE_CONVERTED]


def _assert_ends_once(words: str) -> None:
    if "Z" in words:
        assert set(words[words.index("Z") + 1 :]) <= {EXPIRED}
    if "z" in words:  # somebody on the line as his subscription ends is still served or sent away
        assert set(words[words.index("z") + 1 :]) <= set("SAX")


def _assert_journey(story: np.ndarray, kind: str) -> int:
    words = "".join(LETTERS[w] for w in story["word"])
    if kind != "contact_centre":
        assert words[0] == "N" and words.count("N") == 1
        needed = story["need_tick"]
        assert (needed == needed[0]).all()
        # A need is due at the midnight of its day.
        assert story["tick"][0] >= needed[0] // DAY * DAY
    if _grammar(kind).fullmatch(words):
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


@settings(max_examples=50, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_lives_are_in_order_in_any_world(data: st.DataObject) -> None:
    config = data.draw(worlds())
    outcome = live(plan(config, data.draw(overlays(config))))
    assert_lives_are_in_order(outcome, config.market.kind)


@settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_needs_are_taken_up_in_their_order_and_none_is_lost(data: st.DataObject) -> None:
    """Needs of one customer rise in time; with nobody leaving, every need becomes a journey."""
    config = data.draw(worlds(("online_retail",)))
    outcome = live(plan(config))
    for story in stories(outcome).values():
        needs = story[story["word"] == NEED_NOTICED]
        assert (np.diff(needs["need_tick"]) > 0).all()
        assert (np.diff(needs["journey"]) == 1).all()
        left = story["word"] == EXIT_LEFT
        if left.any():
            assert needs["tick"].max() <= story["tick"][left][0]


def test_journeys_of_one_customer_do_not_overlap() -> None:
    config = world("population=new", "n_customers=100", "horizon_days=200", "segments.shoppers.purchase.r=12",
                   "segments.shoppers.purchase.b=50")
    outcome = live(plan(config))
    backlog = 0
    for story in stories(outcome).values():
        firsts = story[story["word"] == NEED_NOTICED]
        for event in firsts[1:]:
            before = story[(story["journey"] == event["journey"] - 1) & (story["word"] != POINTS_EXPIRED)]
            assert before["tick"].max() <= event["tick"]
        backlog = max(backlog, int((firsts["tick"] - firsts["need_tick"]).max()) // DAY)
    assert backlog > 20, "customers are meant to have needs while a journey lasts"
