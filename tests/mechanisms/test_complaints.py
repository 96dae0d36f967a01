"""Complaints: how many get an answer in time, what it gives, and who goes to a faster rival."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cxsim.engines.outcome import Outcome
from cxsim.errors import CxsimError
from cxsim.journal.tallies import MONEY
from cxsim.journal.ticks import DAY, HOUR
from cxsim.journal.words import (
    C_COMPLAINT_HANDLING, COMPLAINT_ANSWERED, COMPLAINT_MADE, COMPLAINT_UNANSWERED, DELIVERY_LATE, EXIT_TO_RIVAL,
    JUDGE, RECOVERY_MADE)
from cxsim.settings.schema import Config
from lived_worlds import judge, live, live_many, plan, spec, total, world
from still_worlds import assert_same_but, needing_help, owners, said, shop, sized

SMALL = ("n_customers=400", "horizon_days=300")
WORDS = (COMPLAINT_MADE, COMPLAINT_ANSWERED, COMPLAINT_UNANSWERED)
COUNTS = ("complaints", "complaints_unanswered", "response_ticks")
ANSWERED, HOURS, PATIENCE = 0.7, 36.0, 60.0
COMPLAINING = {
    "complaints__p_complain": 0.5, "complaints__p_answered": ANSWERED, "complaints__answer_hours": HOURS,
    "complaints__patience_hours": PATIENCE, "delivery__p_late": 0.4}


def complaining(*overrides: str, **changes: object) -> Config:
    """The shop where four deliveries in ten are late and half of those let down complain."""
    return shop(*overrides, **(COMPLAINING | changes))


def test_shares_and_hours_follow_two_exponential_clocks() -> None:
    """In time: a patience / (patience + hours); then after 1 / (1/hours + 1/patience) on average."""
    config = complaining("n_customers=2500", "horizon_days=365")

    def figures(outcome: Outcome) -> tuple[float, float, float]:
        made, late = total(outcome, "complaints"), total(outcome, "complaints_unanswered")
        let_down = said(outcome, JUDGE, DELIVERY_LATE)["word"]
        judged = ((let_down[1:] == JUDGE) & (let_down[:-1] == DELIVERY_LATE)).sum()
        return made / judged, late / made, total(outcome, "response_ticks") / HOUR / (made - late)

    found = np.array(live_many(plan(config), 8, figures))
    judge(found[:, 0], 0.5, within=0.03)
    judge(found[:, 1], 1 - ANSWERED * PATIENCE / (PATIENCE + HOURS), within=0.03)
    judge(found[:, 2], 1 / (1 / HOURS + 1 / PATIENCE), within=0.05)


def test_an_unanswered_complaint_drives_to_the_rival_with_the_stated_chance() -> None:
    """T: hardly anybody leaves by himself, and a grievance is charged at the judgement that brought it."""
    config = complaining("n_customers=2500", "horizon_days=365", complaints__p_exit=sized(0.3))
    found = live_many(plan(config, log=False), 8,
                      lambda o: total(o, "left_to_rival") / total(o, "complaints_unanswered"))
    judge(found, 0.3, within=0.06)


def test_a_subscriber_s_grievances_add_up_until_his_renewal() -> None:
    """S: with k unanswered complaints since the last renewal he goes with 1 - (1 - p)^k."""
    p = 0.3
    config = owners("market.renewal_days=120", "n_customers=2500", "horizon_days=300", *needing_help(6.0),
                    **(COMPLAINING | {"complaints__p_exit": sized(p)}),
                    **{f"segments__{name}__renewal__{key}": value for name in ("high_end", "regular")
                       for key, value in (("alpha", 0.001), ("beta", 1000.0))})

    def gone(outcome: Outcome) -> tuple[float, float]:
        log = said(outcome, COMPLAINT_UNANSWERED)
        log = log[log["tick"] < 120 * DAY]
        k = np.unique(log["customer"], return_counts=True)[1]
        first = said(outcome, EXIT_TO_RIVAL)["tick"] // DAY
        assert set(first) <= {120, 240}
        return (first == 120).sum(), (1 - (1 - p) ** k).sum()

    found = np.array(live_many(plan(config), 8, gone), float)
    judge(found[:, 0] / found[:, 1], 1.0, within=0.08)


def test_an_answer_pleases_the_less_the_later_it_comes() -> None:
    gain, memory = 0.8, 3.0
    base = complaining(*SMALL, complaints__gain=sized(gain), complaints__memory_days=memory)
    silent = complaining(*SMALL)
    one, other = live(plan(silent)), live(plan(base))
    pairs = [said(o, JUDGE, COMPLAINT_ANSWERED) for o in (one, other)]
    at = np.flatnonzero(pairs[0]["word"] == COMPLAINT_ANSWERED)
    first = at[np.unique(pairs[0]["customer"][at], return_index=True)[1]]
    # J moves S by a share 1/(n + n0); until his first answer nothing differs.
    before = np.array([(pairs[0]["word"][:k][pairs[0]["customer"][:k] == pairs[0]["customer"][k]] == JUDGE).sum()
                       for k in first])
    lifted = pairs[1]["satisfaction"][first + 1] - pairs[0]["satisfaction"][first + 1]
    hours = pairs[0]["wait_ticks"][first] / DAY
    expected = gain * np.exp(-hours / memory) / (before + silent.satisfaction.memory_n0)
    np.testing.assert_allclose(lifted, expected, rtol=1e-9)
    assert len(first) > 100


def test_who_was_made_good_for_has_nothing_to_complain_about() -> None:
    config = complaining(*SMALL, recovery__p_recover=0.5)
    outcome = live(plan(config))
    log = said(outcome, RECOVERY_MADE, COMPLAINT_MADE)[["customer", "journey"]]
    assert len(np.unique(log)) == len(log) and total(outcome, "complaints") > 50
    everybody = live(plan(complaining(*SMALL, recovery__p_recover=1.0)))
    assert total(everybody, "complaints") == 0 and total(everybody, "recovered") > 100


def test_each_answer_costs_in_time_or_not() -> None:
    outcome = live(plan(complaining(*SMALL, complaints__cost_per_answer=2.5)))
    n, amount = outcome.ledger.sum(axis=(0, 1, 2, 3))[C_COMPLAINT_HANDLING]
    assert amount == n * 2.5 * MONEY
    made, unanswered = total(outcome, "complaints"), total(outcome, "complaints_unanswered")
    assert made - unanswered < n < made


def test_answering_more_and_faster_keeps_more() -> None:
    config = complaining("n_customers=1500", "horizon_days=300", complaints__p_exit=sized(0.3))
    part = spec("answers", {"complaints.p_answered": 0.95, "complaints.answer_hours": 6.0})
    slow, fast = live(plan(config, log=False)), live(plan(config, [part], log=False))
    assert total(fast, "left_to_rival") < 0.5 * total(slow, "left_to_rival")


def test_complaints_without_consequences_are_words_alone() -> None:
    config = complaining(*SMALL, complaints__p_complain=0.0)
    part = spec("told", {"complaints.p_complain": 0.5})
    heard = live(plan(config, [part]))
    assert total(heard, "complaints") > 100
    assert_same_but(live(plan(config)), heard, words=WORDS, counters=COUNTS, categories=(C_COMPLAINT_HANDLING,))


def test_where_nobody_complains_answers_change_nothing() -> None:
    config = complaining(*SMALL, complaints__p_complain=0.0)
    part = spec("desk", {"complaints.p_answered": 1.0, "complaints.answer_hours": 1.0,
                         "complaints.p_exit": 0.4, "complaints.gain": 0.9, "complaints.cost_per_answer": 9.0})
    assert_same_but(live(plan(config)), live(plan(config, [part])))


def test_a_chance_of_one_to_leave_is_refused() -> None:
    assert math.isclose(world("complaints.p_exit=0.99").complaints.p_exit.value, 0.99)
    with pytest.raises(CxsimError, match="complaints.p_exit.*must be at least 0 and less than 1"):
        world("complaints.p_exit=1")
    with pytest.raises(CxsimError, match="complaints.patience_hours=0: must be greater than 0"):
        world("complaints.patience_hours=0")
