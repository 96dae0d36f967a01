"""The voice of the customer: who answers, what answers say, that they move nobody, and what a call does."""

from __future__ import annotations

import math

import pytest
from scipy.special import expit, logit

from cxsim.behaviour.loop import close_loop, lifted
from cxsim.behaviour.state import CUSTOMER, M_SATISFACTION
from cxsim.behaviour.survey import p_answer
from cxsim.engines.anchoring import find_reference
from cxsim.errors import CxsimError
from cxsim.journal.tallies import COUNTERS, MONEY
from cxsim.journal.ticks import DAY, NEVER
from cxsim.journal.words import C_CLOSE_THE_LOOP, JUDGE, LOOP_CLOSED, SURVEY_ANSWERED, SURVEY_SILENT
from cxsim.measure.kpis import kpis
from lived_worlds import changed, live, plan, total, world
from lone_worlds import said, sized, standing_world
from same_life import assert_same_life
from still_worlds import assert_same_but

READ_OUTS = [name for name in COUNTERS if name.split("_")[0] in ("nps", "csat", "ces")]
READ_OUTS += ["promoters", "detractors"]


def _market(**keys: object):
    config = world("n_customers=1500", "horizon_days=180", "segments.shoppers.purchase.r=1", "referral=none")
    return changed(config, **keys)


def _metrics(config, outcome) -> dict[str, float]:
    rows = kpis(outcome, config, "here").select(segment="all", period="total")
    return dict(zip(rows["metric"].tolist(), rows["value"].tolist(), strict=True))


def test_where_all_are_asked_and_answer_the_survey_is_the_truth() -> None:
    config = _market()
    found = _metrics(config, live(plan(config, log=False)))
    assert found["nps"] == found["nps_true"] and found["response_rate"] == 1.0
    assert found["loops_closed"] == found["close_the_loop_cost"] == 0.0


@pytest.mark.parametrize(("share", "p"), [(1.0, 0.3), (0.4, 1.0), (0.5, 0.6)])
def test_the_stated_share_is_asked_and_answers(share: float, p: float) -> None:
    outcome = live(plan(_market(survey__share_asked=share, survey__p_answer=p)))
    judged, answered, silent = (len(said(outcome, word)) for word in (JUDGE, SURVEY_ANSWERED, SURVEY_SILENT))
    asked = answered + silent
    assert judged > 1500
    assert abs(asked - share * judged) <= 4.0 * math.sqrt(share * (1 - share) * judged)
    assert abs(answered - p * asked) <= 4.0 * math.sqrt(p * (1 - p) * asked)
    assert abs(total(outcome, "csat_answers") / outcome.felt[:, :5, 0].sum() - share * p) < 0.02


def test_the_chance_to_answer_is_a_logit_in_satisfaction_and_its_distance() -> None:
    made, arrays = standing_world(plan(_market(survey__p_answer=0.3, survey__bias=sized(0.4),
                                               survey__extremes=sized(0.25))))
    c = arrays["customers"][0]
    for z in (-2.0, 0.0, 0.7, 3.0):
        assert p_answer(made, c, z) == pytest.approx(expit(logit(0.3) + 0.4 * z + 0.25 * abs(z)), rel=1e-13)


def test_satisfied_customers_who_answer_more_flatter_the_score() -> None:
    biased = {"survey__p_answer": 0.3, "survey__bias": sized(1.0)}
    even = {"survey__p_answer": 0.3}
    gaps = []
    config = world("n_customers=1500", "horizon_days=180", "segments.shoppers.purchase.r=1", "referral=none",
                   "satisfaction=none", "upsell=none", "reference.customers=1500", "needs=always_noticed")
    reference = find_reference(config)
    for keys in (biased, even):
        found = _metrics(config, live(plan(changed(config, **keys), [], reference, log=False)))
        gaps.append(found["nps"] - found["nps_true"])
    assert gaps[0] > 10.0 and abs(gaps[1]) < 10.0


def test_surveys_move_nobody() -> None:
    """Asked or not, answered or not: the same life to the bit but for the words of surveys."""
    everybody = live(plan(_market()))
    some = live(plan(_market(survey__share_asked=0.5, survey__p_answer=0.4, survey__bias=sized(0.8),
                             survey__extremes=sized(0.3), survey__noise_sd=2.0)))
    # The spread of noise moves only scores, and places hold who was satisfied.
    some.felt[..., 3], everybody.felt[..., 3] = 0, 0
    assert_same_but(everybody, some, words=(SURVEY_ANSWERED, SURVEY_SILENT),
                    counters=[*READ_OUTS, "true_promoters", "true_detractors"])


def test_a_programme_that_reaches_nobody_is_exactly_none() -> None:
    idle = {"close_the_loop__gain": sized(0.9), "close_the_loop__cost_per_call": 50.0, "close_the_loop__below": 10}
    assert_same_life(live(plan(_market())), live(plan(_market(**idle))))


def test_a_call_gives_back_a_share_of_what_is_missing_and_never_more() -> None:
    assert lifted(-1.0, 0.2, 0.5) == pytest.approx(-0.4) and lifted(-1.0, 0.2, 1.0) == pytest.approx(0.2)
    assert lifted(0.9, 0.2, 1.0) == 0.9
    config = _market(close_the_loop__reach=1.0, close_the_loop__gain=sized(0.6), close_the_loop__cost_per_call=3.0)
    made, arrays = standing_world(plan(config))
    arrays["anchor"][0, 0, M_SATISFACTION] = 0.1, 0.5
    for before, surplus in ((-0.8, 0.0), (-0.2, 0.3), (0.7, 0.0)):
        c = arrays["customers"][0]
        c["status"], c["satisfaction"], c["surplus"] = CUSTOMER, before, surplus
        c["judged_at"], c["loop_at"] = 10 * DAY, 12 * DAY
        close_loop(made, c)
        fading = math.exp(-2.0 / (7.0 * config.satisfaction.memory_weeks))
        acting = (before - surplus) * fading
        better = acting + 0.6 * max(0.0, 0.1 - acting)
        assert c["loop_at"] == NEVER
        if better > acting:
            assert c["judged_at"] == 12 * DAY and c["surplus"] == pytest.approx(surplus * fading, rel=1e-12)
            assert c["satisfaction"] - c["surplus"] == pytest.approx(better, rel=1e-12)
        else:
            assert (c["satisfaction"], c["judged_at"]) == (before, 10 * DAY)
    assert arrays["ledger"][12, :, :, :, C_CLOSE_THE_LOOP].sum(axis=(0, 1, 2)).tolist() == [3, 9 * MONEY]


def test_calls_follow_bad_answers_by_the_stated_days_and_cost_money() -> None:
    config = _market(close_the_loop__reach=1.0, close_the_loop__delay_days=2.0, close_the_loop__cost_per_call=4.0,
                     close_the_loop__gain=sized(0.5), survey__p_answer=0.5)
    outcome = live(plan(config))
    calls, answers = said(outcome, LOOP_CLOSED), said(outcome, SURVEY_ANSWERED)
    answered = {(int(e["customer"]), int(e["tick"])) for e in answers}
    assert len(calls) > 80
    assert all((int(e["customer"]), int(e["tick"]) - 2 * DAY) in answered for e in calls)
    assert total(outcome, "loops_closed") == len(calls) <= total(outcome, "detractors")
    assert outcome.ledger[..., C_CLOSE_THE_LOOP, 1].sum() == len(calls) * 4 * MONEY
    # Reach of a half calls about half as many; a lower limit fewer.
    half = live(plan(changed(config, close_the_loop__reach=0.5)))
    assert 0.3 * len(calls) < total(half, "loops_closed") < 0.7 * len(calls)
    fewer = live(plan(changed(config, close_the_loop__below=3)))
    assert total(fewer, "loops_closed") < 0.7 * len(calls)


def test_calls_raise_satisfaction_and_only_through_it_what_people_do() -> None:
    keys = {"close_the_loop__reach": 1.0, "close_the_loop__below": 10, "close_the_loop__gain": sized(1.0)}
    quiet, called = (live(plan(_market(**more), log=False)) for more in ({}, keys))
    assert total(called, "preference_sum") > total(quiet, "preference_sum")
    numb = {"satisfaction__total_effect": sized(0.0)}
    quiet, called = (live(plan(_market(**numb, **more), log=False)) for more in ({}, keys))
    for name in ("purchases", "churned", "judged", "acquired"):
        assert total(quiet, name) == total(called, name)


def test_engines_agree_on_surveys_and_calls() -> None:
    config = changed(_market(close_the_loop__reach=0.7, survey__p_answer=0.5, survey__bias=sized(0.5),
                             close_the_loop__gain=sized(0.5)), n_customers=200)
    for market in (config, world("market=subscription", "n_customers=150", "horizon_days=120",
                                 "survey=who_answers", "close_the_loop=calls")):
        assert_same_life(live(plan(market)), live(plan(market), 0, "simpy"))


@pytest.mark.parametrize("keys", ["survey.p_answer=0", "survey.share_asked=1.2", "close_the_loop.below=11",
                                  "close_the_loop.reach=2", "close_the_loop.gain=1.5", "survey.extremes=-1"])
def test_impossible_surveys_are_refused(keys: str) -> None:
    with pytest.raises(CxsimError, match=keys.partition("=")[0].split(".")[1]):
        world(keys)


