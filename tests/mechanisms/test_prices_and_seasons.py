"""Prices, promotions and seasons: demand by the day, what an order brings, who leaves over it."""

from __future__ import annotations

import datetime
import math

import numpy as np
import pytest

from cxsim.engines.outcome import Outcome
from cxsim.errors import CxsimError
from cxsim.journal.ticks import DAY
from cxsim.journal.words import C_GOODS, NEED_NOTICED, ORDER_PAID
from cxsim.settings.demand import price_demand, season_of
from cxsim.settings.rivals import Price, Season
from cxsim.theory.sbg import survival
from lived_worlds import changed, judge, live, live_many, plan, spec, total, world
from still_worlds import RENEWERS, assert_same_but, said, shop

SMALL = ("n_customers=300", "horizon_days=200")


def needs_in(weeks: float) -> float:
    """Mean needs of one of the shop's customers, who practically never leave: Gamma(2, 10 weeks) Poisson."""
    return 2.0 / 10.0 * weeks
MONTHS = [2.0, 0.5, 1.0, 1.5, 0.8, 0.7, 1.0, 1.0, 0.9, 1.1, 1.3, 0.4]


def test_a_season_has_a_mean_of_one_over_its_year_and_week() -> None:
    season = Season(months=MONTHS, weekdays=[1, 1, 1, 1, 2, 3, 0.5])
    weights = np.exp(season_of(season, datetime.date(2025, 1, 1), 1461))  # four years, one of them a leap year
    assert weights.mean() == pytest.approx(1.0, abs=4e-3)
    january, february = weights[:28].mean(), weights[31:59].mean()  # four whole weeks each
    assert january / february == pytest.approx(4.0, rel=1e-12)
    assert (season_of(Season(), datetime.date(2026, 1, 1), 400) == 0.0).all()


def test_needs_under_a_season_are_those_of_operational_time() -> None:
    """A rate multiplied by C(t) for everybody is the same process on the clock of C's integral."""
    config = shop("n_customers=3000", "horizon_days=120", season__months=MONTHS)
    # January to April, all of them; the year's mean by its days.
    lengths = [31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    mean = sum(w * n for w, n in zip(MONTHS, lengths, strict=True)) / sum(lengths)
    days = sum(w * n for w, n in zip(MONTHS, (31, 28, 31, 30), strict=False)) / mean
    needs = live_many(plan(config, log=False), 8, lambda o: total(o, "needs") / 3000)
    theory = needs_in(days / 7)
    judge(needs, theory, within=0.025)
    assert abs(theory / needs_in(120 / 7) - 1.0) > 0.1, "the judge could not see the season"


def test_needs_fall_on_the_days_of_the_season() -> None:
    config = shop("n_customers=3000", "horizon_days=140", season__weekdays=[1, 1, 1, 1, 1, 1, 4])
    outcome = live(plan(config))
    days = said(outcome, NEED_NOTICED)["need_tick"] // DAY
    sundays = (days + config.start_date.weekday()) % 7 == 6
    assert abs(sundays.mean() - 0.4) < 4 * math.sqrt(0.24 / len(days))


@pytest.mark.parametrize("level", [1.25, 0.8])
def test_orders_at_another_price_follow_the_elasticity(level: float) -> None:
    config = shop("n_customers=3000", "horizon_days=120")
    part = spec("price", {"price.level": level, "price.elasticity": 1.5})
    needs = live_many(plan(config, [part], log=False), 8, lambda o: total(o, "needs") / 3000)
    judge(needs, needs_in(120 / 7 * level**-1.5), within=0.025)


def test_a_price_that_nobody_minds_raises_every_order_by_itself_and_no_unit_cost() -> None:
    config = shop(*SMALL, order__goods_share=0.6)
    plain, dearer = live(plan(config)), live(plan(config, [spec("dearer", {"price.level": 1.1})]))
    one, other = (said(o, ORDER_PAID) for o in (plain, dearer))
    assert len(one) == len(other) > 500
    # Each amount is rounded to 1/10,000 once.
    np.testing.assert_allclose(other["amount"], one["amount"] * 1.1, atol=1.1)
    goods = [o.ledger[..., C_GOODS, 1].sum() for o in (plain, dearer)]
    assert abs(goods[1] - goods[0]) <= len(one)
    assert (one["tick"] == other["tick"]).all()


def test_fees_follow_the_price_from_its_day_on() -> None:
    config = world(*RENEWERS, "n_customers=200", "horizon_days=200")
    outcome = live(plan(config, [spec("rise", {"price.level": 1.1}, start_day=90)]))
    paid = said(outcome, ORDER_PAID)
    day = paid["tick"] // DAY
    assert set(paid["amount"][day < 90]) == {250_000} and set(paid["amount"][day >= 90]) == {275_000}


@pytest.mark.parametrize("level", [1.2, 0.8])
def test_leaving_over_the_price_follows_a_stretched_survival_curve(level: float) -> None:
    """Hazards are multiplied by level^e, so S(t) becomes S(level^e t)."""
    config = world("market=subscription", "payment=none", "population=new", "n_customers=8000", "horizon_days=190",
                   "market.entrants_per_day=0", "referral=none", "acquisition=none", "upsell=none",
                   "perception=none", "satisfaction=none", "segments.high_end.share=1", "segments.regular.share=0",
                   "segments.high_end.support_needs_per_year=0", "journeys=simple")
    part = spec("price", {"price.level": level, "price.exit_elasticity": 2.0})
    left = live_many(plan(config, [part], log=False), 8, lambda o: total(o, "churned") / 8000)
    judge(left, 1.0 - survival(6 * level**2, 0.668, 3.806), within=0.03)


@pytest.mark.parametrize("forward", [0.0, 0.5, 1.0])
def test_a_promotion_pays_back_what_it_pulled_forward(forward: float) -> None:
    price = Price.model_validate({"elasticity": 1.5, "promotion": {
        "start_day": 20, "days": 10, "discount": 0.2, "forward_share": forward, "payback_days": 40}})
    added = np.expm1(price_demand(price, 100))
    lift = 0.8**-1.5 - 1.0
    assert added[:20].tolist() == [0.0] * 20 and added[70:].tolist() == [0.0] * 30
    np.testing.assert_allclose(added[20:30], lift, rtol=1e-12)
    assert added.sum() == pytest.approx((1.0 - forward) * 10 * lift, abs=1e-12)


def test_a_promotion_lowers_prices_on_its_days_only() -> None:
    config = shop(*SMALL)
    cut = spec("cut", {"price.promotion": {"start_day": 50, "days": 20, "discount": 0.1}})
    one, other = (said(live(plan(config, parts)), ORDER_PAID) for parts in ([], [cut]))
    day = one["tick"] // DAY
    inside = (day >= 50) & (day < 70)
    np.testing.assert_allclose(other["amount"][inside], 0.9 * one["amount"][inside], atol=1.1)
    assert (other["amount"][~inside] == one["amount"][~inside]).all() and inside.sum() > 30


NEUTRAL_CHANGES = {
    "elasticity without a price": {"price.elasticity": 2.0, "price.exit_elasticity": 2.0},
    "a promotion of no days": {"price.promotion.discount": 0.3},
    "a promotion of nothing": {"price.promotion.days": 30, "price.promotion.forward_share": 1.0},
}


@pytest.mark.parametrize("name", NEUTRAL_CHANGES)
def test_prices_of_history_move_nothing(name: str) -> None:
    config = shop(*SMALL, "price.elasticity=1")
    assert_same_but(live(plan(config)), live(plan(config, [spec("neutral", NEUTRAL_CHANGES[name])])))


def test_newcomers_follow_the_season_unless_told_otherwise() -> None:
    """July weighs 3, so its days bring three times the mean of those who come by themselves."""
    months = [1.0] * 12
    months[1] = 3.0

    def came(outcome: Outcome) -> np.ndarray:
        entered = outcome.customers[outcome.customers["source"] == 1]["entry"] // DAY
        return np.array([(entered < 31).sum() / 31, ((entered >= 31) & (entered < 59)).sum() / 28])

    base = (
        "n_customers=100", "horizon_days=59", "market.entrants_per_day=30", "referral=none", "acquisition=none")
    config = changed(world(*base), season__months=months)
    with_season = np.sum(live_many(plan(config, log=False), 6, came), axis=0)
    assert abs(with_season[1] / with_season[0] - 3.0) < 4 * 3.0 * math.sqrt(1 / (6 * 31 * 25) + 1 / (6 * 28 * 76))
    flat = np.sum(live_many(plan(changed(config, season__arrivals=False), log=False), 6, came), axis=0)
    assert abs(flat[1] / flat[0] - 1.0) < 4 * math.sqrt(2 / (6 * 28 * 30))


@pytest.mark.parametrize(("keys", "words"), [
    (["price.level=0"], r"price\.level=0: must be greater than 0"),
    (["price.promotion.discount=1"], "less than 1"),
    (["price.promotion.start_day=900", "price.promotion.days=5", "price.promotion.discount=0.1"],
     "at or after the horizon"),
    (["price.elasticity={value: 3, low: 0, high: 3}", "price.promotion.days=60", "price.promotion.discount=0.5",
      "price.promotion.forward_share=1", "price.promotion.payback_days=5"], "too few to pay back"),
    (["season.months=[1,1]"], "must hold 12 values"),
    (["season.weekdays=[1,1,1,1,1,1,0]"], "must be greater than 0"),
])
def test_prices_and_seasons_that_cannot_be_are_refused(keys: list[str], words: str) -> None:
    with pytest.raises(CxsimError, match=words):
        world(*keys)


def test_a_season_belongs_to_the_world() -> None:
    with pytest.raises(CxsimError, match="season.months belongs to the world"):
        plan(shop(*SMALL), [spec("winter", {"season.months": MONTHS})])
