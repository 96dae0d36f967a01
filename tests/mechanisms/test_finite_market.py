"""A finite market: everybody in it once, whichever route reaches him first; saturation appears by itself."""

from __future__ import annotations

import numpy as np
import pytest

from cxsim.errors import CxsimError
from cxsim.journal.words import ORGANIC, PAID, REFERRAL
from cxsim.measure.kpis import kpis
from lived_worlds import changed, judge, live, live_many, plan, spec, total, world
from same_life import assert_same_life
from still_worlds import shop

SMALL = {"n_customers": 400, "horizon_days": 150, "market__entrants_per_day": 6.0}


def test_arrivals_thin_out_as_the_market_fills():
    """Candidates, c a day, reach members at random: by day t (m - n)(1 - e^(-c t / m)) new ones."""
    config = shop(**SMALL, market__size=1000)
    found = live_many(plan(config, log=False), 12, lambda o: (o.customers["source"] == ORGANIC).sum())
    candidates = 6.0 * 1000 / (1000 - 400)
    judge(found, 600 * -np.expm1(-candidates * 150 / 1000), within=0.04)


def test_an_endless_market_is_not_changed_by_the_keys_of_a_finite_one():
    config = shop(**SMALL)
    assert_same_life(live(plan(config)), live(plan(changed(config, market__bass__satisfaction=0.0))))


def test_nobody_is_won_twice_and_routes_compete():
    config = changed(world("n_customers=300", "horizon_days=200", "market.entrants_per_day=3"), market__size=700,
                     referral__invitations_per_journey=1.0, referral__delay_days=1.0,
                     acquisition__media__anchor_entrants_per_day=4.0,
                     acquisition__media__ceiling_entrants_per_day=10.0)
    outcome = live(plan(config))
    people = outcome.customers
    assert len(np.unique(people["id"])) == len(people) <= 700
    assert all((people["source"] == source).sum() > 10 for source in (ORGANIC, PAID, REFERRAL))
    full = live(plan(changed(config, market__size=300, n_customers=300)))
    assert len(full.customers) == 300 and total(full, "invitations") > 50
    assert_same_life(outcome, live(plan(config), 0, "simpy"))
    reached = kpis(outcome, config, "x").select(metric="market_reached", segment="all", period="total")["value"][0]
    assert reached == (300 + total(outcome, "entered")) / 700


def test_more_media_wins_members_sooner_and_loses_none():
    config = changed(world("n_customers=300", "horizon_days=200", "referral=none", "market.entrants_per_day=4"),
                     market__size=600, acquisition__media__anchor_entrants_per_day=2.0,
                     acquisition__media__ceiling_entrants_per_day=20.0)
    spend = config.acquisition["media"].anchor_spend_per_day
    more = spec("more", {"acquisition.media.spend_per_day": 6 * spend})
    few, many = (set(live(plan(config, parts)).customers["id"].tolist()) for parts in ([], [more]))
    # Without media, organic candidates would have won some of them later: not each is additional.
    assert len(many) > len(few) and len(few - many) <= 0.02 * len(few)


def test_diffusion_is_lived_alike_by_both_engines_and_beside_invitations():
    config = changed(shop(n_customers=20, horizon_days=150), market__size=300, market__entrants_per_day=None,
                     market__bass={"p": 0.3, "q": 12.0}, referral__invitations_per_journey=0.3,
                     referral__p_convert=0.5)
    outcome = live(plan(config))
    assert (outcome.customers["source"] == REFERRAL).any() and (outcome.customers["source"] == ORGANIC).sum() > 30
    assert_same_life(outcome, live(plan(config), 0, "simpy"))


def test_satisfaction_speeds_up_imitation():
    config = changed(shop("segments.shoppers.purchase.r=8", n_customers=100, horizon_days=120), market__size=2000,
                     market__entrants_per_day=None, market__bass={"p": 0.0, "q": 4.0, "satisfaction": 0.0},
                     perception__fit_mean=0.95)
    pleased = changed(config, market__bass__satisfaction={"value": 0.5, "low": 0.0, "high": 1.0})
    slow, fast = ([len(live(plan(c, log=False), k).customers) for k in range(3)] for c in (config, pleased))
    assert min(np.subtract(fast, slow)) > 0


@pytest.mark.parametrize(("keys", "said"), [
    ({"market__size": 100}, "less than n_customers=400"),
    ({"market__bass": {"p": 0.1, "q": 0.4}}, "need a finite market.*set market.size"),
    ({"market__bass": {"p": 0.1, "q": 0.4}, "market__size": 1000}, "diffusion alone.*entrants_per_day=null"),
    ({"market__bass": {"p": 0.0, "q": 0.4}, "market__size": 1000, "n_customers": 0}, "nobody to imitate"),
])
def test_markets_nobody_could_live_in_are_refused(keys: dict, said: str):
    with pytest.raises(CxsimError, match=said):
        shop(**(SMALL | keys))


def test_a_contact_centre_has_nobody_to_win():
    with pytest.raises(CxsimError, match="contact centre has anonymous contacts"):
        world("market=contact_centre", "market.size=1000")
