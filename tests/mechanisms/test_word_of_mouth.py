"""Recommendation and talk: lineage, the friend's bonus, what being referred is worth, warnings, explosions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cxsim.behaviour.state import CUSTOMER_RECORD
from cxsim.engines.anchoring import find_reference
from cxsim.engines.outcome import Outcome
from cxsim.engines.reproduction import births_and_lives, reproduction_number
from cxsim.errors import CxsimError
from cxsim.journal.ticks import DAY
from cxsim.journal.words import JUDGE, ORDER_PAID, ORGANIC, REFERRAL, TALK_NEGATIVE
from cxsim.settings.reference import blank_reference
from cxsim.whatif.cell import make_lives
from lived_worlds import changed, judge, live, live_many, plan, scenario, spec, total, twin_plan, world
from still_worlds import assert_same_but, months, needing_help, owners, said, shop, sized

INVITING = ("n_customers=600", "horizon_days=200", "segments.shoppers.purchase.a=0.6",
            "segments.shoppers.purchase.b=1")


def inviting(**keys):
    """A shop whose customers recommend it and come and go."""
    return shop(*INVITING, **{"referral__invitations_per_journey": 0.5, "referral__p_convert": 0.4,
                              "referral__delay_days": 2.0, **keys})


def by_id(outcome: Outcome) -> dict[int, np.void]:
    return {int(c["id"]): c for c in outcome.customers}


def test_generation_counts_the_steps_to_somebody_nobody_invited():
    outcome = live(plan(inviting()))
    people = by_id(outcome)
    converted = 0
    for c in outcome.customers:
        parent = people.get(int(c["parent"]))
        assert c["generation"] == (0 if parent is None else parent["generation"] + 1)
        converted += int(c["generation"]) if c["n_orders"] > 0 and c["source"] == REFERRAL else 0
    assert outcome.customers["generation"].max() >= 3
    assert total(outcome, "generation_sum") == converted


def test_friends_bonus_moves_their_conversion_on_the_logit():
    """logit p + lift bonus / (bonus + half): .4 at a lift of 2, half of it reached."""
    config = inviting(referral__friend_bonus=10.0, referral__bonus_half=10.0, referral__friend_lift=sized(2.0),
                      referral__delay_days=0.01, horizon_days=120)
    p = 1 / (1 + 0.6 / 0.4 * math.exp(-1.0))

    def share(outcome: Outcome) -> float:
        sent = said(outcome, JUDGE)["tick"].max()  # who is invited on the last day comes after the horizon
        early = outcome.customers["entry"] <= sent // DAY * DAY
        return ((outcome.customers["source"] == REFERRAL) & early).sum() / total(outcome, "invitations")

    judge(live_many(plan(config), 10, share), p, within=0.03)


def test_higher_spend_of_the_referred_fades_and_ends_with_the_referrer():
    """1 + margin e^(-t / fade) on every order while the referrer stays, exactly; nothing else moves."""
    plain, valued = live(plan(inviting())), live(plan(inviting(
        referral__referred_margin=sized(0.4), referral__margin_fade_days=50.0)))
    before, after = said(plain, ORDER_PAID), said(valued, ORDER_PAID)
    assert len(before) == len(after)
    people, kinds = by_id(valued), {"during": 0, "after": 0, "root": 0}
    for one, other in zip(before, after, strict=True):
        assert one["customer"] == other["customer"] and one["tick"] == other["tick"]
        c = people[int(one["customer"])]
        factor, kind = 1.0, "root"
        if c["source"] == REFERRAL:
            parent = people[int(c["parent"])]
            stays = one["tick"] < (parent["left"] // DAY + 1) * DAY
            kind = "during" if stays else "after"
            factor = 1 + 0.4 * math.exp(-(one["tick"] - c["entry"]) / (50 * DAY)) if stays else 1.0
        kinds[kind] += 1
        assert other["amount"] == pytest.approx(one["amount"] * factor, abs=2.01)
    assert min(kinds.values()) > 20


def test_hazard_of_the_referred_is_multiplied_until_the_referrer_leaves():
    """The budget of a life is spent at m h a renewal before, at h after: the same budget with and without."""
    keys = {"referral__invitations_per_journey": 0.6, "referral__p_convert": 0.6, "market__renewal_days": 20,
            "horizon_days": 240, "n_customers": 300}
    config = owners(*needing_help(6), **keys)
    plain = by_id(live(plan(config)))
    valued = by_id(live(plan(changed(config, referral__referred_exit=sized(0.5)))))
    n_half = n_mixed = 0
    for who, c in valued.items():
        if who not in plain or c["exposures"] == 0:
            continue
        hazards = np.full(c["exposures"], 1.0)
        if c["source"] == REFERRAL:
            ticks = c["entry"] + 20 * DAY * np.arange(1, c["exposures"] + 1)
            left = valued[int(c["parent"])]["left"]
            stays = ticks < (left // DAY + 1) * DAY
            if np.abs(ticks - left).min() < 9 * DAY:
                continue  # A journey under way at his renewal lets the referrer's end be known later.
            hazards[stays] = 0.5
            n_half, n_mixed = n_half + 1, n_mixed + (0 < stays.sum() < len(stays))
        budget = plain[who]["life_left"] + plain[who]["exposures"] * c["exit_hazard"]
        assert c["life_left"] + c["exit_hazard"] * hazards.sum() == pytest.approx(budget, abs=1e-9)
    assert n_half > 50 and n_mixed >= 5


def test_warnings_are_the_stated_share_of_disappointed_journeys_and_move_nobody_by_themselves():
    talking = {"talk__negative_below": 0.3, "perception__noise_sd": 1.0}
    config = changed(world("n_customers=800", "horizon_days=150", "upsell=none"), **talking)
    silent = live(plan(config))
    every, some = (live(plan(changed(config, talk__p_negative=p))) for p in (1.0, 0.3))
    for outcome in (every, some):
        assert_same_but(silent, outcome, words=(TALK_NEGATIVE,), counters=("negative_talk",))
    n, told = months(every, "negative_talk"), months(some, "negative_talk")
    assert n > 150 and abs(told - 0.3 * n) < 4 * math.sqrt(0.3 * 0.7 * n)
    key = ["customer", "journey"]
    assert np.isin(said(some, TALK_NEGATIVE)[key], said(every, TALK_NEGATIVE)[key]).all()


def test_warnings_in_mind_thin_out_those_who_come():
    """A day's pull is exp(-effect x tellings per 1,000 in mind at midnight); arrivals are that share."""
    config = changed(world("n_customers=500", "horizon_days=120", "market.entrants_per_day=15",
                           "referral=none", "acquisition=none"),
                     talk__p_negative=1.0, talk__negative_below=0.0, talk__fade_days=40.0,
                     talk__effect=sized(0.004))
    warned, plain = live(plan(config)), live(plan(changed(config, talk__effect=0.0)))
    days = said(warned, TALK_NEGATIVE)["tick"] // DAY
    stock = np.array([np.exp(-(day - 1 - days[days < day]) / 40).sum() for day in range(120)])
    np.testing.assert_allclose(warned.pulls, np.exp(-0.004 * stock * 1000 / 500), rtol=1e-9)
    came, would = (set(o.customers["id"][o.customers["source"] == ORGANIC].tolist()) for o in (warned, plain))
    assert came < would and warned.pulls.min() < 0.8
    expected, n = 15 * warned.pulls.sum(), len(came)
    assert abs(n - expected) < 4 * math.sqrt(expected)


def test_warnings_lower_the_conversion_of_invitations():
    config = changed(inviting(), talk__p_negative=1.0, talk__negative_below=0.0, talk__effect=sized(0.01),
                     perception__noise_sd=1.0)
    warned, plain = (live(plan(changed(config, talk__effect=sized(b)))) for b in (0.01, 0.0))
    share = [(o.customers["source"] == REFERRAL).sum() / total(o, "invitations") for o in (warned, plain)]
    assert share[0] < 0.75 * share[1]


def test_neutral_twin_cuts_what_talk_and_ties_do():
    config = changed(world("n_customers=100", "horizon_days=30"), talk__effect=sized(0.01),
                     referral__referred_margin=sized(0.4), referral__referred_exit=sized(0.5),
                     contagion__multiplier=sized(1.8), reputation__arrivals=sized(0.4))
    talk = twin_plan(config).fixed["talk"][0]
    assert [float(talk[k]) for k in ("talk_effect", "referred_margin", "referred_exit", "contagion",
                                     "rated_arrivals")] == [0.0] * 5


def _people(*rows: tuple[int, int, int, int]) -> np.ndarray:
    """Customers of (id, parent, day of entry, segment); a parent of -1 is nobody."""
    people = np.zeros(len(rows), CUSTOMER_RECORD)
    for c, (who, parent, day, segment) in zip(people, rows, strict=True):
        c["id"], c["parent"], c["entry"], c["segment"] = who, parent, day * DAY, segment
        c["source"], c["n_orders"] = REFERRAL if parent >= 0 else ORGANIC, 1
    return people


def test_reproduction_number_adds_friends_by_age_over_a_whole_life():
    """One of two who are seen for twice 28 days brings a friend in the first, and one in the second."""
    rows = [(1, -1, 0, 0), (2, -1, 0, 0), (3, -1, 28, 0), (4, -1, 28, 0), (5, 1, 10, 0), (6, 1, 30, 0)]
    births, lives = births_and_lives(_people(*rows), 56 * DAY, 1)
    # lives: in their first 28 days 1 to 4 and 5, and 26 of 28 days of 6; in the second 1, 2 and 18/28 of 5.
    assert births[:, 0, 0].tolist() == [1, 1]
    np.testing.assert_allclose(lives[:, 0], [5 + 26 / 28, 2 + 18 / 28])
    assert reproduction_number(births, lives) == pytest.approx(1 / lives[0, 0] + 1 / lives[1, 0])


def test_reproduction_number_of_segments_is_the_spectral_radius():
    births, lives = np.array([[[10.0, 20.0], [30.0, 0.0]]]), np.array([[100.0, 100.0]])
    assert reproduction_number(births, lives) == pytest.approx((0.1 + math.sqrt(0.01 + 0.24)) / 2)


def test_recommendation_that_grows_without_end_is_refused_with_its_number():
    config = inviting(referral__invitations_per_journey=3.0, reference__customers=600)
    with pytest.raises(CxsimError, match=r"brings \d+\.\d\d new ones.*reproduction number.*market.size"):
        find_reference(config)
    bounded = changed(config, market__size=2000, market__entrants_per_day=30.0)
    assert find_reference(bounded).reproduction > 0.0


def test_scenario_that_grows_without_end_is_refused():
    config = inviting(market__entrants_per_day=30.0, referral__invitations_per_journey=0.15)
    reference = find_reference(changed(config, reference__customers=1200))
    assert 0.0 < reference.reproduction < 1.0
    part = spec("crazy", {"referral.p_convert": 1.0,
                          "referral.invitations_per_journey": 0.5 / reference.reproduction})
    with pytest.raises(CxsimError, match="scenario crazy.*reproduction number"):
        make_lives("crazy", config, [part], reference)
    make_lives("crazy", config, [part], blank_reference(config))


@pytest.mark.parametrize("name", ["referral_one_sided", "referral_bonus"])
def test_bonus_scenarios_bring_more_friends(name: str):
    config = inviting(referral__bonus_lift=sized(0.5))
    plain, paid = live(plan(config)), live(plan(config, scenario(name)))
    assert total(paid, "invitations") > 1.1 * total(plain, "invitations")
