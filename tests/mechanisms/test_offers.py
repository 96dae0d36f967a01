"""Over-offering: an offer still in mind makes the next one less welcome."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import expit, logit

from cxsim.behaviour.offers import p_accept, recent_offers
from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import COUNTERS, MONEY
from cxsim.journal.ticks import DAY, MINUTE
from cxsim.journal.words import C_OFFER, OFFER_REFUSED, OFFER_TAKEN
from cxsim.measure.kpis import kpis
from lived_worlds import changed, live, live_many, plan, scenario, total, world
from lone_worlds import BY_PHONE, alone, run, said, sized, standing_world
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


def test_one_is_ripe_who_has_come_further_with_us_than_up_the_ladder() -> None:
    """logit p = logit p0 + maturity (n/(n + n0) - taken/ladder) + weight (fit - usual fit)."""
    world_now, row, c = _offered(upsell__maturity=sized(2.0), upsell__maturity_n0=5.0, upsell__ladder=4,
                                 upsell__fit_weight=sized(1.5), upsell__wear_out=sized(0.0))
    usual = alone().perception.fit_mean
    for n, taken, fit in ((0, 0, usual), (5, 0, 0.9), (15, 2, 0.1), (15, 9, usual)):
        c["n_orders"], c["n_taken"], c["fit"] = n, taken, fit
        x = logit(0.12) + 2.0 * (n / (n + 5.0) - min(1.0, taken / 4.0)) + 1.5 * (fit - usual)
        assert logit(p_accept(world_now, row, c, 0, 0.0)) == pytest.approx(x, abs=1e-11)


def test_a_ladder_without_maturity_or_fit_is_exactly_the_plain_offer() -> None:
    lives = [run(alone("upsell=larger_basket", f"upsell.ladder={steps}", f"upsell.maturity_n0={steps}"))
             for steps in (1, 7)]
    assert_same_life(*lives)


@pytest.mark.parametrize("steps", [1, 3])
def test_a_subscriber_climbs_at_most_the_ladder(steps: int) -> None:
    config = world("market=subscription", "n_customers=400", "horizon_days=400", "upsell.p_accept=0.9",
                   "upsell.p_offer=1", f"upsell.ladder={steps}", "upsell.wear_out=0",
                   "segments.regular.support_needs_per_year=12", "segments.high_end.support_needs_per_year=12")
    people = run(config).customers
    assert people["n_taken"].max() == steps
    np.testing.assert_array_equal(people["fee_step"], people["n_taken"].astype(int) * 5 * MONEY)


def test_talk_about_offers_lengthens_exactly_the_contacts_that_make_them() -> None:
    """With calls of equal length: so many minutes more for each offer, and the wage of those minutes."""
    keys = ("upsell=larger_basket", "upsell.wear_out=0", "perception.weights.effort=0")
    plain = run(alone(*BY_PHONE, *keys))
    talk = run(alone(*BY_PHONE, *keys, "upsell.minutes_per_offer=2.5", "upsell.cost_per_offer=0.3"))
    offers = sum(int(o.tally[..., COUNTERS.index("upsell_offers")].sum()) for o in (talk,))
    assert offers == int(plain.tally[..., COUNTERS.index("upsell_offers")].sum()) > 300

    def counted(outcome: Outcome, name: str) -> int:
        return int(outcome.tally[..., COUNTERS.index(name)].sum())

    minutes = counted(talk, "handle_ticks") - counted(plain, "handle_ticks")
    late = counted(talk, "offer_ticks") - offers * round(2.5 * MINUTE)  # contacts the horizon cut off
    assert counted(talk, "offer_ticks") == pytest.approx(minutes, abs=2 * offers) and 0 <= late < 10 * 2.5 * MINUTE
    wage = alone(*BY_PHONE).channels["phone"].wage_per_hour
    assert counted(talk, "offer_labour") / MONEY == pytest.approx(
        counted(talk, "offer_ticks") / (60 * MINUTE) * wage, abs=offers / MONEY)
    assert talk.ledger[..., C_OFFER, :].sum(axis=(0, 1, 2, 3)).tolist() == [offers, offers * 3000]
    accepted = counted(talk, "upsell_accepted")
    rows = kpis(talk, alone(*BY_PHONE, *keys), "talk").select(segment="all", period="total")
    found = dict(zip(rows["metric"].tolist(), rows["value"].tolist(), strict=True))
    assert found["minutes_per_upsell"] == pytest.approx(counted(talk, "offer_ticks") / MINUTE / accepted)
    assert found["cost_per_upsell"] == pytest.approx(
        (counted(talk, "offer_labour") / MONEY + 0.3 * offers) / accepted)


def test_over_offering_sells_less_with_each_offer() -> None:
    config = changed(world("n_customers=1500", "horizon_days=300", "segments.shoppers.purchase.r=2",
                           "satisfaction=none"), upsell__wear_out={"value": 0.0, "low": 0.0, "high": 1.0},
                     upsell__p_offer=0.5)
    rates = []
    for parts in ([], scenario("over_offering")):
        outcome = live(plan(config, parts, log=False))
        offers, taken = (int(outcome.tally[..., COUNTERS.index(name)].sum())
                         for name in ("upsell_offers", "upsell_accepted"))
        rates.append((offers, taken / offers, int(outcome.tally[..., COUNTERS.index("offer_ticks")].sum())))
    assert rates[1][0] > 1.8 * rates[0][0] and rates[1][1] < 0.8 * rates[0][1]
    assert rates[0][2] == 0 < rates[1][2]
