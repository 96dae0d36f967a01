"""Automatic execution: when the brand acts by itself, what goes wrong, and what inattention defers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cxsim.engines.outcome import Outcome
from cxsim.journal.ticks import DAY
from cxsim.journal.words import (
    CHOICE_CHANNEL, DELIVERY_WRONG, JUDGE, NEED_AUTO, NEED_FORGOTTEN, NEED_NOTICED, ORDER_PAID, SEARCH)
from cxsim.theory.sbg import survival
from lived_worlds import changed, judge, live, live_many, plan, spec, total
from still_worlds import assert_same_but, needing_help, owners, said, shop

SMALL = ("n_customers=400", "horizon_days=365")
N0, ACCURACY = 5.0, 0.6
# Everything that was learned stays known, and everybody allows it, unless a test says otherwise.
ALLOWED = {
    "knowledge__memory_days": 1e9, "knowledge__individual_n0": N0, "knowledge__population_start": ACCURACY,
    "automatic__p_consent": 1.0, "automatic__confidence": 0.25, "automatic__wrong_tolerance": 1000}


def consenting(*overrides: str, **changes: object):
    """The shop in which everybody lets the brand act once it knows enough."""
    return shop(*overrides, **(ALLOWED | changes))


def knowledge(n: np.ndarray | float) -> np.ndarray | float:
    """What is known after n judged journeys: n / (n + n0) of what is known of all."""
    return ACCURACY * n / (n + N0)


def _needed(confidence: float) -> int:
    """Judged journeys after which knowledge reaches the confidence."""
    return next(n for n in range(10_000) if knowledge(n) >= confidence)


def _per_customer(outcome: Outcome, *words: int) -> np.ndarray:
    people = np.sort(outcome.customers["id"])
    return np.bincount(np.searchsorted(people, said(outcome, *words)["customer"]), minlength=len(people))


@pytest.mark.parametrize("confidence", [0.09, 0.25, 0.39])
def test_the_brand_acts_on_every_need_from_the_one_on_at_which_it_knows_enough(confidence: float) -> None:
    outcome = live(plan(consenting(*SMALL, automatic__confidence=confidence)))
    own, auto = (_per_customer(outcome, word) for word in (NEED_NOTICED, NEED_AUTO))
    first = _needed(confidence)
    assert (own <= first).all() and (auto[own < first] == 0).all() and auto.sum() > 200
    assert auto.sum() == total(outcome, "automatic")
    np.testing.assert_array_equal(own + auto, _per_customer(outcome, NEED_NOTICED, NEED_AUTO))


def test_confidence_of_nought_acts_at_once_and_a_confidence_out_of_reach_never() -> None:
    at_once = live(plan(consenting(*SMALL, automatic__confidence=0.0)))
    assert total(at_once, "automatic") == total(at_once, "needs") > 1000
    never = live(plan(consenting(*SMALL, automatic__confidence=ACCURACY)))
    assert total(never, "automatic") == 0


def test_share_who_allow_it_is_as_stated_and_one_s_answer_is_for_life() -> None:
    config = consenting("n_customers=3000", "horizon_days=365", automatic__p_consent=0.3,
                        automatic__confidence=0.0)

    def share(outcome: Outcome) -> float:
        own, auto = (_per_customer(outcome, word) for word in (NEED_NOTICED, NEED_AUTO))
        assert not ((own > 0) & (auto > 0)).any()
        return (auto > 0).sum() / ((auto > 0) | (own > 0)).sum()

    judge(live_many(plan(config), 8, share), 0.3, within=0.05)


def test_who_does_not_want_to_be_known_is_never_acted_for() -> None:
    config = consenting("n_customers=3000", "horizon_days=365", knowledge__p_opt_out=0.4)

    def share(outcome: Outcome) -> float:
        own, auto = (_per_customer(outcome, word) for word in (NEED_NOTICED, NEED_AUTO))
        many = own + auto > _needed(0.25)
        assert (own[many & (auto > 0)] == _needed(0.25)).all()
        return (auto[many] == 0).mean()

    judge(live_many(plan(config), 8, share), 0.4, within=0.06)


def test_share_of_wrong_executions_falls_with_what_is_known() -> None:
    """P(wrong) = p (1 - K), K read from the number of journeys judged before."""
    p = 0.5
    config = consenting("n_customers=1500", "horizon_days=365", automatic__p_wrong=p)

    def both(outcome: Outcome) -> tuple[float, float]:
        log = said(outcome, NEED_AUTO, JUDGE)
        starts = np.flatnonzero(np.r_[True, log["customer"][1:] != log["customer"][:-1]])
        judged = np.cumsum(log["word"] == JUDGE)
        before = judged - (judged - (log["word"] == JUDGE))[starts].repeat(np.diff(np.r_[starts, len(log)]))
        chances = p * (1 - knowledge(before[log["word"] == NEED_AUTO].astype(float)))
        # Those under way at the horizon have not come yet.
        return total(outcome, "automatic_wrong"), chances.sum()

    found = np.array(live_many(plan(config), 8, both))
    judge(found[:, 0] / found[:, 1], 1.0, within=0.03)
    assert found[:, 0].sum() < 0.7 * p * 8 * total(live(plan(config, log=False)), "automatic")


@pytest.mark.parametrize("tolerance", [1, 3])
def test_consent_ends_with_the_wrong_execution_that_was_one_too_many(tolerance: int) -> None:
    config = consenting(*SMALL, automatic__p_wrong=0.9, automatic__wrong_tolerance=tolerance)
    outcome = live(plan(config))
    ended = 0
    for who in outcome.customers["id"]:
        log = said(outcome, NEED_AUTO, NEED_NOTICED, DELIVERY_WRONG)
        mine = log["word"][log["customer"] == who].tolist()
        wrong = [k for k, word in enumerate(mine) if word == DELIVERY_WRONG]
        assert len(wrong) <= tolerance
        if len(wrong) == tolerance:
            assert NEED_AUTO not in mine[wrong[-1]:]
            ended += NEED_NOTICED in mine[wrong[-1]:]
    assert ended > 30 and total(outcome, "automatic_wrong") == total(outcome, "wrong")


def test_stages_skipped_hold_no_contact_no_choice_and_no_effort() -> None:
    outcome = live(plan(consenting(*SMALL, automatic__confidence=0.0)))
    assert total(outcome, "stages_skipped") == 2 * total(outcome, "automatic") > 1000
    assert not np.isin(outcome.events["word"], (CHOICE_CHANNEL, SEARCH)).any()
    assert total(outcome, "visits") == total(outcome, "contacts_made") == total(outcome, "effort_ticks") == 0
    assert (outcome.events["channel"] == -1).all()
    n_orders = (outcome.events["word"] == ORDER_PAID).sum()
    assert total(outcome, "purchases") == n_orders == total(outcome, "automatic")


def test_needs_met_automatically_cannot_be_forgotten() -> None:
    outcome = live(plan(consenting(*SMALL, automatic__confidence=0.0, needs__p_forgotten=1.0)))
    assert total(outcome, "automatic") == total(outcome, "needs") > 1000
    assert (outcome.events["word"] != NEED_FORGOTTEN).all()


def test_a_prospect_s_first_need_is_his_own() -> None:
    config = consenting(*SMALL, "market.entrants_per_day=2", automatic__confidence=0.0)
    outcome = live(plan(config))
    new = outcome.customers["id"][outcome.customers["source"] != 0]
    log = said(outcome, NEED_AUTO, NEED_NOTICED)
    log = log[np.isin(log["customer"], new)]
    first = np.unique(log["customer"], return_index=True)[1]
    assert len(first) > 500 and (log["word"][first] == NEED_NOTICED).all()
    assert (np.delete(log["word"], first) == NEED_AUTO).all()


# Inattention in a subscription renewed every 30 days.
LAWS = ((0.668, 3.806), (0.704, 1.182))
PERIODS = (1, 6, 12)


def inattentive(attention: float, shocks: float):
    """Subscribers renewed every 30 days who act on a share of their hazard until something makes them look."""
    return owners("market.renewal_days=30", "n_customers=12000", f"horizon_days={12 * 30 + 2}",
                  automatic__attention=attention, automatic__shocks_per_year=shocks)


def _kept(outcome: Outcome) -> np.ndarray:
    c = outcome.customers
    return np.array([[(c["left"] > n * 30 * DAY)[c["segment"] == s].mean() for n in PERIODS] for s in range(2)])


def test_inattention_without_shocks_is_a_slower_clock() -> None:
    """Hazard times att for ever: S(att t)."""
    attention = 0.4
    found = np.stack(live_many(plan(inattentive(attention, 0.0), log=False), 8, _kept))
    for s, law in enumerate(LAWS):
        for k, n in enumerate(PERIODS):
            judge(found[:, s, k], survival(attention * n, *law), within=0.02)


def test_a_shock_spends_what_was_deferred() -> None:
    """Spent by renewal n: all up to the last shock, att of what came after; no hazard is lost or doubled.

    Each renewal follows a shock with q = 1 - exp(-rate 30 days); the last one at L has chance
    q (1 - q)^(n - L), none at all (1 - q)^n; S = E S_sBG(L + att (n - L)).
    """
    attention, shocks = 0.3, 3.0
    q = -math.expm1(-shocks * 30 / 365)
    found = np.stack(live_many(plan(inattentive(attention, shocks), log=False), 10, _kept))
    for s, law in enumerate(LAWS):
        for k, n in enumerate(PERIODS):
            chances = {last: q * (1 - q) ** (n - last) for last in range(1, n + 1)} | {0: (1 - q) ** n}
            theory = sum(p * survival(last + attention * (n - last), *law) for last, p in chances.items())
            judge(found[:, s, k], theory, within=0.04)


def test_total_hazard_is_conserved_where_shocks_come_before_every_renewal() -> None:
    """Certain to look each time, he is as if he had always paid attention."""
    looking = inattentive(0.3, 91.0)
    found = np.stack(live_many(plan(looking, log=False), 8, _kept))
    for s, law in enumerate(LAWS):
        # A month without a shock has chance e^(-7.5): nothing to speak of.
        judge(found[:, s, 2], survival(12, *law), within=0.04)


def test_leaving_gathers_in_the_periods_of_a_shock() -> None:
    """Retention where he looks is below retention where he does not, as when a card is replaced."""
    outcome = live(plan(inattentive(0.2, 1.0), log=False))
    slow = live(plan(inattentive(0.2, 0.0), log=False))
    fast = live(plan(inattentive(1.0, 0.0), log=False))
    ends = [int((o.customers["left"] < 12 * 30 * DAY).sum()) for o in (slow, outcome, fast)]
    assert ends[0] * 1.2 < ends[1] and ends[1] * 1.1 < ends[2]


NOTHING = {
    "nobody consents": {"automatic.p_consent": 0.0, "automatic.confidence": 0.0, "automatic.p_wrong": 1.0},
    "nothing is known well enough": {"automatic.p_consent": 1.0, "automatic.confidence": 1.0},
    "no tolerance is tried": {"automatic.wrong_tolerance": 1},
}


@pytest.mark.parametrize("name", NOTHING)
def test_neutral_values_leave_every_life_as_it_was(name: str) -> None:
    for config in (shop(*SMALL), owners(*SMALL, *needing_help(4.0))):
        assert_same_but(live(plan(config)), live(plan(config, [spec("idle", NOTHING[name])])))


def test_shocks_move_nobody_who_pays_attention() -> None:
    config = changed(inattentive(1.0, 0.0), n_customers=500)
    part = spec("cards", {"automatic.shocks_per_year": 12.0})
    assert_same_but(live(plan(config)), live(plan(config, [part])), fields=["shock_at", "n_shocks"])


def test_consent_in_a_subscription_acts_for_troubles_alone() -> None:
    config = owners(*SMALL, *needing_help(6.0), journeys__move__needs_per_year=2.0,
                    **(ALLOWED | {"automatic__confidence": 0.0}))
    moves = owners(*SMALL, journeys__move__needs_per_year=2.0)
    both, alone = live(plan(config)), live(plan(moves))
    assert total(both, "automatic") > 1500
    np.testing.assert_array_equal(np.sort(said(both, NEED_NOTICED)["need_tick"]),
                                  np.sort(said(alone, NEED_NOTICED)["need_tick"]))
