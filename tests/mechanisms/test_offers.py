"""Over-offering: an offer still in mind makes the next one less welcome."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import expit, logit

from cxsim.behaviour.ordering import p_accept, recent_offers
from cxsim.engines.outcome import Outcome
from cxsim.journal.ticks import DAY
from cxsim.journal.words import OFFER_REFUSED, OFFER_TAKEN
from lived_worlds import changed, live_many, plan, scenario, total, world
from lone_worlds import alone, run, said, sized, standing_world
from same_life import assert_same_life


def _offered(**keys):
    """A customer who can be offered something, his row, and his world."""
    config = alone("upsell=larger_basket", "upsell.wear_days=40")
    world_now, arrays = standing_world(plan(changed(config, **keys)))
    return world_now, arrays["rows"][0, 0], arrays["customers"][0]


def test_recent_offers_fade_and_wear_acceptance_out() -> None:
    world_now, row, c = _offered(upsell__wear_out=sized(0.5))
    assert p_accept(world_now, row, c, 0, 0.3) == pytest.approx(expit(logit(0.12) + 0.3), rel=1e-13)
    c["offer_heat"], c["offered_at"] = 3.0, 10 * DAY
    for days in (0, 15, 400):
        heat = 3.0 * math.exp(-days / 40.0)
        assert recent_offers(row, c, (10 + days) * DAY) == pytest.approx(heat, rel=1e-13)
        now = p_accept(world_now, row, c, (10 + days) * DAY, 0.3)
        assert logit(now) == pytest.approx(logit(0.12) + 0.3 - 0.5 * heat, abs=1e-11)


def test_offers_that_do_not_wear_out_are_exactly_the_plain_ones() -> None:
    shop = ("upsell=larger_basket", "upsell.wear_out=0")
    lives = [run(alone(*shop, f"upsell.wear_days={days}")) for days in (1, 999)]
    for outcome in lives:
        outcome.customers["offer_heat"] = 0.0
    assert_same_life(*lives)


def test_acceptance_follows_the_offers_still_in_mind() -> None:
    """Acceptances against the sum of their chances, each worn out by the offers that the log tells of."""
    config = alone("upsell=larger_basket", "upsell.p_accept=0.4", "upsell.wear_days=40", "n_customers=600")
    config = changed(config, upsell__wear_out=sized(0.5))

    def chances(outcome: Outcome) -> tuple[float, float, float, int]:
        who, heat, at = -1, 0.0, 0
        taken = expected = spread = 0.0
        offers = said(outcome, OFFER_TAKEN, OFFER_REFUSED)
        for event in offers:
            if event["customer"] != who:
                who, heat, at = event["customer"], 0.0, int(event["tick"])
            heat *= math.exp(-(int(event["tick"]) - at) / (40.0 * DAY))
            p = expit(logit(0.4) - 0.5 * heat)
            taken, expected, spread = taken + (event["word"] == OFFER_TAKEN), expected + p, spread + p * (1 - p)
            heat, at = heat + 1.0, int(event["tick"])
        return taken, expected, spread, len(offers)

    taken, expected, spread, n = np.sum(live_many(plan(config), 2, chances), axis=0)
    assert abs(taken - expected) < 4.0 * math.sqrt(spread)
    assert n > 6000
    assert expected < 0.9 * 0.4 * n - 8.0 * math.sqrt(spread), "offers in mind make the next less welcome"


def test_curated_offering_sells_more_beside_the_order_and_less_so_the_more_offers_wear_out() -> None:
    """Wear-out is how customers are, in baseline and scenario alike: the scenario itself must not bring it."""
    def sold(config, parts=()) -> float:
        return sum(live_many(plan(config, parts), 4, lambda o: total(o, "upsell_accepted")))

    shop, curated = world("horizon_days=365", "n_customers=2000"), scenario("curated_offering")
    patient = changed(shop, upsell__wear_out=0.0)
    assert shop.upsell.wear_out.value > 0.0 and "wear_out" not in curated[0].changes["upsell"]
    gain, patient_gain = (sold(one, curated) / sold(one) for one in (shop, patient))
    assert 1.02 < gain < patient_gain - 0.01
