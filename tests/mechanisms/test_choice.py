"""The choice of a channel against its logit: shares, habit, a contact lost, and weights of a kind."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cxsim.engines.outcome import Outcome
from cxsim.journal.words import CHOICE_CHANNEL, SERVICE_FAILED
from lived_worlds import changed, judge, live, live_many, plan, spec, total
from still_worlds import ENDLESS, PHONE_ONLY, assert_same_but, needing_help, owners, said

WEB, APP, PHONE = range(3)
SMALL = ("n_customers=300", "horizon_days=365")
MANY = ("n_customers=1500", "horizon_days=730", *needing_help(6.0))


def two(share: float = 0.5, *overrides: str, **changes: object):
    """Subscribers who choose between two digital channels, with nothing else to choose by."""
    return owners(*MANY, f"channels.web.share={share}", f"channels.app.share={1 - share}", *overrides, **changes)


def _pairs(outcome: Outcome) -> np.ndarray:
    """Successive choices of the same customer, shape (n, 2)."""
    log = said(outcome, CHOICE_CHANNEL)
    same = log["customer"][1:] == log["customer"][:-1]
    return np.stack([log["channel"][:-1][same], log["channel"][1:][same]], axis=1)


def _share(outcome: Outcome) -> float:
    return float((said(outcome, CHOICE_CHANNEL)["channel"] == WEB).mean())


@pytest.mark.parametrize("share", [0.5, 0.2])
def test_shares_are_as_stated(share: float) -> None:
    judge(live_many(plan(two(share)), 6, _share), share, within=0.02)


def test_successive_choices_are_independent_without_habit() -> None:
    pairs = np.concatenate(live_many(plan(two(0.3)), 6, _pairs))
    repeated = (pairs[:, 0] == pairs[:, 1]).mean()
    theory = 0.3**2 + 0.7**2
    assert abs(repeated - theory) < 4 * math.sqrt(theory * (1 - theory) / len(pairs))


@pytest.mark.parametrize(("share", "phi"), [(0.5, 0.7), (0.5, 1.5), (0.3, 1.0)])
def test_habit_of_the_last_choice_is_a_markov_chain(share: float, phi: float) -> None:
    """With no memory beyond the last choice: P(web | web) = s e^phi / (s e^phi + 1 - s)."""
    config = two(share, choice__habit_weight=phi, choice__habit_memory=0.0)
    stay = [share * math.exp(phi) / (share * math.exp(phi) + 1 - share),
            (1 - share) * math.exp(phi) / ((1 - share) * math.exp(phi) + share)]

    def repeats(outcome: Outcome) -> list[float]:
        pairs = _pairs(outcome)
        return [(pairs[pairs[:, 0] == k, 1] == k).mean() for k in (WEB, APP)]

    found = np.array(live_many(plan(config), 8, repeats))
    judge(found[:, WEB], stay[WEB], within=0.02)
    judge(found[:, APP], stay[APP], within=0.02)


def test_first_choice_knows_no_habit_and_equal_channels_keep_equal_shares() -> None:
    config = two(0.5, choice__habit_weight=1.5)
    judge(live_many(plan(config), 12, _share), 0.5, within=0.03)

    def first(outcome: Outcome) -> float:
        log = said(outcome, CHOICE_CHANNEL)
        return float((log["channel"][np.unique(log["customer"], return_index=True)[1]] == WEB).mean())

    judge(live_many(plan(two(0.3, choice__habit_weight=1.5)), 12, first), 0.3, within=0.04)


def test_habit_is_the_smoothed_share_of_past_choices() -> None:
    """GL = m GL + (1 - m) chosen, from nothing: recomputed from the log, to the bit."""
    memory = 0.7
    config = changed(two(0.5, choice__habit_weight=0.7, choice__habit_memory=memory), n_customers=200)
    outcome = live(plan(config))
    log = said(outcome, CHOICE_CHANNEL)
    for c in outcome.customers[:100]:
        habit = [0.0] * 4
        for chosen in log["channel"][log["customer"] == c["id"]]:
            habit = [memory * h + (1.0 - memory) * (1.0 if k == chosen else 0.0) for k, h in enumerate(habit)]
        assert c["habit"][:4].tolist() == habit
        assert abs(sum(habit)) <= 1.0 + 1e-12


def test_longer_habits_and_stronger_ones_repeat_more() -> None:
    def repeated(phi: float, memory: float) -> float:
        config = two(0.5, choice__habit_weight=phi, choice__habit_memory=memory)
        pairs = np.concatenate(live_many(plan(config), 3, _pairs))
        return float((pairs[:, 0] == pairs[:, 1]).mean())

    none, weak, strong = (repeated(phi, 0.7) for phi in (0.0, 0.7, 1.5))
    assert none + 0.02 < weak < strong - 0.02
    # A long memory lets single choices count for less than the last one alone.
    assert repeated(1.5, 0.7) < repeated(1.5, 0.0) - 0.03


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_a_channel_that_lost_a_contact_is_less_liked_at_the_next_try(weight: float) -> None:
    """P(web again) = s e^-l / (s e^-l + 1 - s) straight after web lost him."""
    share = 0.5
    config = two(share, "channels.web.p_failure=0.4", choice__lost_contact_weight=weight)
    theory = share * math.exp(-weight) / (share * math.exp(-weight) + 1 - share)

    def again(outcome: Outcome) -> float:
        log = said(outcome, CHOICE_CHANNEL, SERVICE_FAILED)
        failed = np.flatnonzero(log["word"][:-1] == SERVICE_FAILED)
        failed = failed[(log["journey"][failed] == log["journey"][failed + 1])
                        & (log["customer"][failed] == log["customer"][failed + 1])]
        assert (log["word"][failed + 1] == CHOICE_CHANNEL).all() and len(failed) > 1000
        return (log["channel"][failed + 1] == WEB).mean()

    judge(live_many(plan(config), 8, again), theory, within=0.03)


def test_effort_lowers_a_channel_by_its_minutes() -> None:
    """Utility per minute of effort: odds times exp(-b minutes)."""
    b, web, app = 0.1, 12.0, 4.0
    config = two(0.5, f"channels.web.session_minutes={web}", f"channels.app.session_minutes={app}",
                 choice__effort_weight_per_minute=b)
    judge(live_many(plan(config), 6, _share), 1 / (1 + math.exp(b * (web - app))), within=0.02)


def test_weights_of_the_kind_multiply_shares() -> None:
    config = two(0.5, journeys__troubleshoot__channel_weights={"web": 0.5, "app": 1.5})
    judge(live_many(plan(config), 6, _share), 0.25, within=0.02)


def test_published_waits_drive_callers_to_the_web() -> None:
    """An understaffed desk loses requests to the web with the weight of waiting, and not without it."""
    keys = (*SMALL, *needing_help(6.0), *PHONE_ONLY, "channels.web.share=0.5", "channels.phone.share=0.5",
            "channels.phone.handle_minutes=120", "channels.phone.patience_minutes=null")
    shares = []
    for employees, weight in ((1, 0.0), (1, 0.05), (ENDLESS, 0.05)):
        config = owners(*keys, f"channels.phone.employees={employees}", choice__wait_weight_per_minute=weight)
        shares.append(np.mean(live_many(plan(config), 3, _share)))
    assert shares[1] > shares[0] + 0.05
    assert abs(shares[2] - shares[0]) < 0.03


NOTHING = {
    "memory of no habit": ({"choice.habit_memory": 0.1}, ["habit"]),
    "nothing is lost": ({"choice.lost_contact_weight": {"value": 1.0, "low": 0.0, "high": 2.0}}, []),
    "nobody waits": ({"choice.wait_weight_per_minute": {"value": 1.0, "low": 0.0, "high": 2.0}}, []),
    "no effort weight": ({"choice.effort_weight_per_minute": {"value": 0.0, "low": 0.0, "high": 2.0}}, []),
}


@pytest.mark.parametrize("name", NOTHING)
def test_neutral_values_leave_every_life_as_it_was(name: str) -> None:
    changes, fields = NOTHING[name]
    config = changed(two(0.5), n_customers=300)
    one, other = live(plan(config)), live(plan(config, [spec("idle", changes)]))
    assert total(one, "visits") > 1000
    assert_same_but(one, other, fields=fields)


def test_habit_with_one_channel_is_no_choice() -> None:
    config = owners(*SMALL, *needing_help(6.0))
    part = spec("habit", {"choice.habit_weight": {"value": 1.5, "low": 0.0, "high": 1.5}})
    assert_same_but(live(plan(config)), live(plan(config, [part])))
    assert (said(live(plan(config)), CHOICE_CHANNEL)["channel"] == WEB).all() and PHONE == 2
