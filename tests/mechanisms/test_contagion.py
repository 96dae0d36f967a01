"""Leaving that spreads: who is exposed, for how long, and what it does to the hazard."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cxsim.behaviour.contagion import exposure, lose_tie
from cxsim.behaviour.state import CUSTOMER_RECORD, GONE
from cxsim.engines.outcome import Outcome
from cxsim.journal.ticks import DAY
from lived_worlds import changed, live, plan, scenario, total, world
from still_worlds import RENEWERS, assert_same_but, shop, sized

FOREVER = 1e9
# All renew on days 30 and 60, and a third cancel each time.
WAVES = ("population=new", "n_customers=2000", "horizon_days=62", *RENEWERS,
         *(f"segments.{name}.renewal.{key}" for name in ("high_end", "regular") for key in ("alpha=3", "beta=6")))


def waves(**keys):
    """Subscribers who all renew at once, twice."""
    config = world(*WAVES)
    return changed(config, n_customers=2000, horizon_days=62, contagion__multiplier=sized(1.8),
                   contagion__acquaintances=3, **keys)


def by_id(outcome: Outcome) -> np.ndarray:
    return outcome.customers[np.argsort(outcome.customers["id"])]


def test_hazard_is_multiplied_by_the_faded_number_of_ties_who_left():
    """Second renewal: h 1.8^min(1, n e^(-29/30)), n ties having left 29 days before it counts; else h."""
    plain, spread = by_id(live(plan(changed(waves(), contagion__multiplier=1.0)))), by_id(live(plan(waves())))
    first = (plain["status"] == GONE) & (plain["exposures"] == 1)
    np.testing.assert_array_equal(first, (spread["status"] == GONE) & (spread["exposures"] == 1))
    midnight = 31 * DAY
    hit_again = spread["tie_loss_at"] == 61 * DAY
    n = np.where(hit_again, spread["tie_loss"] * math.exp(30 / 30), 0.0)
    n[spread["tie_loss_at"] == midnight] = spread["n_ties_lost"][spread["tie_loss_at"] == midnight]
    np.testing.assert_allclose(n, np.rint(n), atol=1e-9)
    assert n.sum() == 3 * first.sum() > 1000  # every leaver had three acquaintances
    twice = spread["exposures"] == 2
    hazard = spread["exit_hazard"][twice]
    spent = hazard * (1 + 1.8 ** np.minimum(1.0, n[twice] * math.exp(-29 / 30)))
    budget = plain["life_left"][twice] + 2 * hazard
    np.testing.assert_allclose(spread["life_left"][twice] + spent, budget, atol=1e-9)


def test_ties_are_his_own_and_of_his_segment():
    """Exposed are starters of the leaver's segment: with everybody of one segment staying, nobody of it is."""
    config = waves()
    loyal = changed(config, segments__high_end__renewal={"alpha": 0.001, "beta": 1000.0})
    people = by_id(live(plan(loyal)))
    exposed = people["tie_loss_at"] > 0
    assert exposed[people["segment"] == 1].mean() > 0.5
    assert not exposed[people["segment"] == 0].any()


def test_who_brought_him_and_whom_he_brought_are_ties():
    """Without acquaintances and without fading: one exposure for every friend and referrer who left before the
    last midnight."""
    config = shop("n_customers=500", "horizon_days=250", "segments.shoppers.purchase.a=0.6",
                  "segments.shoppers.purchase.b=1", referral__invitations_per_journey=0.6, referral__p_convert=0.4,
                  contagion__multiplier=sized(1.2), contagion__acquaintances=0, contagion__fade_days=FOREVER)
    people = live(plan(config)).customers
    is_missed = (people["status"] == GONE) & (people["left"] >= 0) & (people["left"] < 249 * DAY)
    has_left = dict(zip(people["id"].tolist(), is_missed.tolist(), strict=True))
    expected = dict.fromkeys(people["id"].tolist(), 0)
    for c in people:
        parent = int(c["parent"])
        if parent in expected:
            expected[parent] += has_left[int(c["id"])]
            expected[int(c["id"])] += has_left[parent]
    for c in people:
        assert c["tie_loss"] + c["n_ties_lost"] == pytest.approx(expected[int(c["id"])], rel=1e-5)
    assert sum(expected.values()) > 100


def test_exposure_stands_from_the_next_midnight_fades_and_is_at_most_one():
    talk = plan(world("n_customers=10", "horizon_days=5", "contagion=ties")).fixed["talk"][0]
    c = np.zeros(1, CUSTOMER_RECORD)[0]
    assert exposure(talk, c, 3 * DAY) == 0.0
    lose_tie(c, 5 * DAY, 30.0)
    assert exposure(talk, c, 5 * DAY - 1) == 0.0 and exposure(talk, c, 5 * DAY) == 1.0
    assert exposure(talk, c, 20 * DAY) == pytest.approx(math.exp(-0.5))
    lose_tie(c, 20 * DAY, 30.0)
    lose_tie(c, 20 * DAY, 30.0)
    assert exposure(talk, c, 19 * DAY) == pytest.approx(math.exp(-14 / 30))  # as it stood before
    assert exposure(talk, c, 20 * DAY) == 1.0
    assert exposure(talk, c, 80 * DAY) == pytest.approx((2 + math.exp(-0.5)) * math.exp(-2))


def test_nothing_spreads_at_a_multiplier_of_one():
    config = changed(waves(), contagion__multiplier=1.0, contagion__acquaintances=0)
    assert_same_but(live(plan(config)), live(plan(changed(config, contagion__acquaintances=9))))


@pytest.mark.parametrize("market", ["subscription", "online_retail"])
def test_scenario_makes_more_leave(market: str):
    config = world(f"market={market}", "n_customers=1500", "horizon_days=300")
    plain, spread = live(plan(config)), live(plan(config, scenario("churn_contagion")))
    assert (spread.customers["left"] < 300 * DAY).sum() > (plain.customers["left"] < 300 * DAY).sum()
    assert 0 < total(spread, "contagion_sum") / 2**32 < total(spread, "n_contagion")
    assert total(plain, "n_contagion") == 0
