"""Paid routes: responses saturate by their formulas, more spend only adds people, and what they cost."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from cxsim.engines.outcome import Outcome
from cxsim.errors import CxsimError
from cxsim.journal.tallies import MONEY
from cxsim.journal.words import C_COMMISSION, C_MEDIA, C_WELCOME_GIFT, ORDER_PAID, ORGANIC, PAID
from cxsim.settings.acquisition import PaidRoute
from cxsim.settings.links import moved_links
from cxsim.settings.schema import Config
from lived_worlds import NEUTRAL, changed, judge, live, live_many, plan, scenario, spec, world
from same_life import assert_same_life

DAYS = 100
SEARCH = {"spend_per_day": 6.0, "response": "hill", "slope": 2.0, "anchor_spend_per_day": 4.0,
          "anchor_entrants_per_day": 2.0, "ceiling_entrants_per_day": 5.0}
SOCIAL = {"spend_per_day": 4.0, "anchor_spend_per_day": 2.0, "anchor_entrants_per_day": 1.0,
          "ceiling_entrants_per_day": 3.0}


def _shop(**routes: dict[str, object]) -> Config:
    """A thousand starters who hardly buy, and newcomers by the routes given."""
    config = world(*NEUTRAL, "population=new", "n_customers=1000", f"horizon_days={DAYS}",
                   "market.entrants_per_day=12", "segments.shoppers.purchase.r=0.01", "channels.phone.share=0")
    return changed(config, acquisition={"media": {"spend_per_day": 0.0}, **routes})


@pytest.mark.parametrize("spend", [0.5, 2.0, 4.0, 11.0, 300.0])
def test_exponential_response_is_the_curve_through_its_anchor(spend: float) -> None:
    """By Blattberg & Deighton: every further anchor's worth of spend wins the same share of what is left."""
    route = PaidRoute(anchor_spend_per_day=4, anchor_entrants_per_day=2, ceiling_entrants_per_day=5)
    assert route.entrants(spend) == pytest.approx(5.0 * (1.0 - 0.6 ** (spend / 4.0)), rel=1e-12)
    assert route.entrants(4.0) == pytest.approx(2.0, rel=1e-12)


@pytest.mark.parametrize("slope", [0.7, 1.0, 3.0])
def test_hill_response_is_the_curve_through_its_anchor(slope: float) -> None:
    """The half-saturation point found by root finding, not by the program's own algebra."""
    route = PaidRoute(response="hill", slope=slope, anchor_spend_per_day=4, anchor_entrants_per_day=2,
                      ceiling_entrants_per_day=5)
    half = optimize.brentq(lambda k: 5.0 * 4.0**slope / (4.0**slope + k**slope) - 2.0, 1e-6, 1e6, xtol=1e-13)
    for spend in (0.5, 4.0, 11.0, 300.0):
        assert route.entrants(spend) == pytest.approx(5.0 * spend**slope / (spend**slope + half**slope), rel=1e-9)
    assert route.entrants(half) == pytest.approx(2.5, rel=1e-9)


def _won(outcome: Outcome) -> tuple[int, ...]:
    people = outcome.customers
    return (*(int((people["route"] == k).sum()) for k in range(len(outcome.routes))),
            int(((people["source"] == PAID) != (people["route"] >= 2)).sum()),
            int(((people["source"] == ORGANIC) != (people["route"] == 0)).sum()))


def test_each_route_brings_as_many_as_its_curve_says() -> None:
    blueprint = plan(_shop(search=SEARCH, social=SOCIAL), log=False)
    assert blueprint.routes == ("organic", "referral", "media", "search", "social")
    lives = np.array(live_many(blueprint, 24, _won))
    half = 4.0 * (3.0 / 2.0) ** 0.5
    search, social = 5.0 * 6.0**2 / (6.0**2 + half**2), 3.0 * (1.0 - (2.0 / 3.0) ** 2)
    judge(lives[:, 3], search * DAYS, within=0.03)
    judge(lives[:, 4], social * DAYS, within=0.04)
    judge(lives[:, 0], (12.0 - search - social) * DAYS, within=0.03)
    assert (lives[:, [1, 2, 5, 6]] == 0).all()
    assert abs(np.corrcoef(lives[:, 3], lives[:, 4])[0, 1]) < 0.8


def test_more_spend_on_a_route_only_adds_people() -> None:
    few, many = (live(plan(_shop(search=SEARCH, social=SOCIAL), parts, log=False)).customers
                 for parts in ([], [spec("more", {"acquisition.search.spend_per_day": 12.0})]))
    assert np.isin(few["id"], many["id"]).all()
    added = many[~np.isin(many["id"], few["id"])]
    assert len(added) > 50 and (added["route"] == 3).all()


def test_a_scenario_opens_a_route_that_the_baseline_does_not_have() -> None:
    config = world("n_customers=4000", "horizon_days=60", "referral=none")
    alone, helped = (live(plan(config, parts)) for parts in ([], scenario("affiliates")))
    assert alone.routes == ("organic", "referral", "media")
    assert helped.routes == (*alone.routes, "affiliates")
    people = helped.customers
    assert np.isin(alone.customers["id"], people["id"]).all()
    assert (people["route"] == 3).sum() == len(people) - len(alone.customers) > 3


def test_commission_and_gift_are_paid_once_at_the_first_order() -> None:
    partner = SOCIAL | {"commission_per_customer": 12.0, "welcome_gift": 5.0}
    outcome = live(plan(_shop(search=SEARCH, partner=partner)))
    people = outcome.customers[outcome.customers["route"] == 4]
    bought = outcome.events[outcome.events["word"] == ORDER_PAID]
    n = np.isin(people["id"], bought["customer"]).sum()
    booked = outcome.ledger.sum(axis=(0, 1, 3))
    assert n > 100
    assert booked[PAID, C_COMMISSION].tolist() == [n, n * 12 * MONEY]
    assert booked[PAID, C_WELCOME_GIFT].tolist() == [n, n * 5 * MONEY]
    assert booked[:, [C_COMMISSION, C_WELCOME_GIFT]].sum() == booked[PAID, [C_COMMISSION, C_WELCOME_GIFT]].sum()
    by_route = outcome.route_costs.sum(axis=(0, 2))
    assert by_route[3] == 6 * DAYS * MONEY and by_route[4] == (4 * DAYS + 17 * n) * MONEY
    assert booked[PAID, C_MEDIA, 1] == 10 * DAYS * MONEY
    assert outcome.ages[2].sum() == 0
    paid = outcome.customers[outcome.customers["route"] >= 2]
    assert outcome.ages[3:].sum() == paid["margin"].sum() != 0


def test_people_won_differ_by_the_stated_factors_and_nobody_else_does() -> None:
    plain = live(plan(_shop(search=SEARCH, social=SOCIAL), log=False)).customers
    factors = SOCIAL | {"rel_rate": 0.5, "rel_exit": 1.75}
    other = live(plan(_shop(search=SEARCH, social=factors), log=False)).customers
    assert (np.sort(plain["id"]) == np.sort(other["id"])).all()
    plain, other = plain[np.argsort(plain["id"])], other[np.argsort(other["id"])]
    won = plain["route"] == 4
    assert won.sum() > 50
    np.testing.assert_array_equal(other["rate"], np.where(won, plain["rate"] * 0.5, plain["rate"]))
    np.testing.assert_array_equal(
        other["exit_hazard"], np.where(won, plain["exit_hazard"] * 1.75, plain["exit_hazard"]))


def test_a_baseline_whose_route_wins_other_people_has_those_links_held() -> None:
    moved = moved_links(_shop(search=SEARCH | {"rel_rate": 0.8, "rel_exit": 1.2})).tolist()
    assert moved == [1, 1, 0, 0, 0, 0] and not moved_links(_shop(search=SEARCH)).any()


def test_engines_agree_on_routes() -> None:
    partner = SOCIAL | {"commission_per_customer": 12.0, "welcome_gift": 5.0, "rel_rate": 1.5}
    config = changed(_shop(search=SEARCH, partner=partner), n_customers=200, horizon_days=60)
    assert_same_life(live(plan(config)), live(plan(config), 0, "simpy"))


@pytest.mark.parametrize(("keys", "words"), [
    ({"acquisition.media.ceiling_entrants_per_day": -1}, "ceiling_entrants_per_day=-1: must be at least 0"),
    ({"acquisition.search.spend_per_day": 3}, "spend_per_day 3 needs one observed point"),
    ({"acquisition.media.anchor_entrants_per_day": 0.6}, "must lie between 0 and ceiling_entrants_per_day 0.5"),
    ({"acquisition.media.rel_exit": 0}, "rel_exit 0 must be above 0"),
    ({"acquisition.organic.spend_per_day": 0}, "this name is kept for those who come by themselves"),
    ({"acquisition.media.anchor_entrants_per_day": 40, "acquisition.media.ceiling_entrants_per_day": 50},
     "fewer than none come by themselves"),
])
def test_impossible_routes_are_refused(keys: dict[str, object], words: str) -> None:
    with pytest.raises(CxsimError, match=words):
        plan(changed(world(), **{key.replace(".", "__"): value for key, value in keys.items()}))
