"""Reputation: who rates, what is published, whom it brings; a baseline that has it keeps its arrivals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cxsim.behaviour.reputation import publish_reputation, reputation_logit
from cxsim.behaviour.state import B_RATED, B_RATINGS, B_REPUTATION
from cxsim.engines.anchoring import find_reference
from cxsim.engines.outcome import Outcome
from cxsim.journal.ticks import DAY
from cxsim.journal.words import JUDGE, ORGANIC, RATING_POSTED
from cxsim.measure.kpis import kpis
from lived_worlds import changed, judge, live, live_many, plan, total, world
from lone_worlds import standing_world
from still_worlds import assert_same_but, said, sized

SHOP = ("n_customers=600", "horizon_days=120", "market.entrants_per_day=12", "referral=none", "acquisition=none",
        "upsell=none", "satisfaction=none")


def rated(*overrides: str, **keys):
    """A shop that is rated in public."""
    keys = {"reputation__p_rating": 0.4, "perception__noise_sd": 1.0, **keys}
    return changed(world(*SHOP, *overrides), **keys)


def organic(outcome: Outcome) -> np.ndarray:
    return outcome.customers["id"][outcome.customers["source"] == ORGANIC]


def test_ratings_are_the_stated_share_of_journeys_and_move_nobody_by_themselves():
    silent, outcome = live(plan(rated(reputation__p_rating=0.0))), live(plan(rated()))
    assert_same_but(silent, outcome, words=(RATING_POSTED,), counters=("ratings", "rating_sum", "reputation_sum"))
    n, judged = len(said(outcome, RATING_POSTED)), len(said(outcome, JUDGE))
    assert abs(n - 0.4 * judged) < 4 * math.sqrt(0.24 * judged) and n == total(outcome, "ratings") > 150
    assert np.abs(outcome.pulls - 1.0).max() == 0.0


def test_published_reputation_is_the_faded_mean_beside_neutral_ratings():
    config = rated(reputation__fade_days=10.0, reputation__ratings_n0=4.0)
    made, arrays = standing_world(plan(config))
    talk = arrays["talk"][0]
    publish_reputation(made, 0, talk)
    assert arrays["brand"][B_REPUTATION] == 0.0
    arrays["today"][[B_RATED, B_RATINGS]] = 6 * 2**32, 8 * 2**32
    publish_reputation(made, 1, talk)
    assert arrays["brand"][B_REPUTATION] == pytest.approx(6 / (8 + 4))
    arrays["today"][[B_RATED, B_RATINGS]] = -3 * 2**32, 2 * 2**32
    publish_reputation(made, 2, talk)
    kept = math.exp(-0.1)
    assert arrays["brand"][B_REPUTATION] == pytest.approx((6 * kept - 3) / (8 * kept + 2 + 4))


def test_negative_ratings_may_weigh_more():
    even, grim = (live(plan(rated(reputation__negative_weight=w))) for w in (1.0, 3.0))
    values = [kpis(o, rated(), "x").select(metric="reputation", segment="all", period="total")["value"][0]
              for o in (even, grim)]
    assert values[1] < values[0] - 0.2


def test_reputation_multiplies_those_who_come_by_themselves():
    """A layer's candidate enters as often as exp(b R) says, and the same people come as without."""
    config = rated(reputation__arrivals=sized(0.5), reputation__ratings_n0=0.0)
    plain = live(plan(rated()))
    surplus, expected = 0.0, 0.0
    for change in ({"perception__fit_mean": 0.95}, {"perception__fit_mean": 0.2}):
        outcome = live(plan(changed(config, **change)))
        mean = 12 * outcome.pulls.sum()
        surplus, expected = surplus + len(organic(outcome)) - mean, expected + mean
        shared = np.isin(organic(plain), organic(outcome)).mean()
        assert shared == 1.0 if outcome.pulls.min() >= 1.0 else shared < 1.0
    assert abs(surplus) < 4 * math.sqrt(expected)


def test_no_ceiling_is_hit_by_the_best_of_names():
    config = rated(reputation__arrivals=sized(1.0), reputation__ratings_n0=0.0, reputation__p_rating=1.0,
                   perception__noise_sd=0.0, perception__weights__fit=sized(40.0), perception__fit_mean=0.99)
    counts = live_many(plan(config, log=False), 6, lambda o: len(organic(o)) / (12 * o.pulls.sum()))
    assert live(plan(config)).pulls[-1] > 10.0
    judge(counts, 1.0, within=0.05)


def test_reputation_reaches_prospects_on_the_logit():
    made, arrays = standing_world(plan(rated(reputation__conversion=sized(0.7))))
    arrays["brand"][B_REPUTATION] = -0.5
    assert reputation_logit(made, arrays["customers"][0]) == pytest.approx(-0.35)


def test_baseline_with_ratings_and_warnings_keeps_its_arrivals():
    """What they did to arrivals in the past is in the observed entrants already."""
    config = rated(
        "reference.customers=6000", "reference.tolerance=0.02", reputation__arrivals=sized(0.5),
        reputation__negative_weight=3.0, talk__p_negative=0.5, talk__effect=sized(0.005), horizon_days=100)
    reference = find_reference(config)
    assert reference.arrival_pull[:3].min() < 0.9
    found = live_many(plan(config, reference=reference, log=False), 10, lambda o: len(organic(o)))
    judge(found, 12 * 100, within=0.05)
    assert live(plan(config, reference=reference)).customers["entry"].max() > 99 * DAY
