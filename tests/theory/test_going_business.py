"""The closed form of a going business against the laws it mixes, and against people drawn one by one."""

from __future__ import annotations

import numpy as np
import pytest

from cxsim.errors import CxsimError
from cxsim.theory.bg_nbd import expected_purchases
from cxsim.theory.bg_nbd_effects import expected_purchases_under_effects
from cxsim.theory.going_business import Course, arriving, shoppers, subscribers
from cxsim.theory.sbg import survival

CDNOW = (0.243, 4.414, 0.793, 2.426)
HIGH_END, REGULAR = (0.668, 3.806), (0.704, 1.182)


@pytest.mark.parametrize("law", [HIGH_END, REGULAR])
@pytest.mark.parametrize("m", [1.0, 0.6, 1.7])
def test_new_cohort_of_subscribers_is_sbg(law: tuple[float, float], m: float):
    years = np.arange(1, 13)
    course = subscribers(years * 365 + 1, *law, 365, hazard_multiplier=m)
    assert course.active == pytest.approx(survival(years, *law, hazard_multiplier=m), rel=1e-12)
    assert course.orders == pytest.approx(np.cumsum(survival(years, *law, hazard_multiplier=m)), rel=1e-12)


def test_published_survivors_of_year_12():
    """Fader & Hardie (2007): .378 of High End subscribers after 12 years, .170 of Regular ones."""
    assert f"{subscribers([12 * 365 + 1], *HIGH_END, 365).active[0]:.3f}" == "0.378"
    assert f"{subscribers([12 * 365 + 1], *REGULAR, 365).active[0]:.3f}" == "0.170"


def test_base_of_subscribers_holds_cohorts_of_every_age():
    """Starters of n full periods of history, looked at after k more: the mean of S(j + k) over j < n."""
    n, k = 6, 4
    course = subscribers([0, k * 30], *HIGH_END, 30, history_days=n * 30)
    assert course.active[0] == pytest.approx(np.mean(survival(np.arange(n), *HIGH_END)), rel=1e-12)
    assert course.active[1] == pytest.approx(np.mean(survival(np.arange(n) + k, *HIGH_END)), rel=1e-12)


@pytest.mark.parametrize("week", [13, 26, 39, 78, 160])
def test_new_cohort_of_shoppers_is_bg_nbd(week: int):
    made = shoppers([week * 7], *CDNOW, window_days=180).orders[0]
    assert made == pytest.approx(expected_purchases(week, *CDNOW), rel=1e-9)
    stretched = shoppers([week * 7], *CDNOW, window_days=180, rate_multiplier=1.1).orders[0]
    assert stretched == pytest.approx(expected_purchases(1.1 * week, *CDNOW), rel=1e-9)
    kept = shoppers([week * 7], *CDNOW, window_days=180, rate_multiplier=1.1, hazard_multiplier=0.7).orders[0]
    assert kept == pytest.approx(expected_purchases_under_effects(
        week, *CDNOW, rate_multiplier=1.1, hazard_multiplier=0.7), rel=1e-7)


def test_base_of_shoppers_orders_what_their_ages_leave_to_order():
    """The mean over ages u of E X(u + m t) - E X(u)."""
    ages = (np.arange(20_000) + 0.5) / 20_000 * 1095 / 7
    theory = np.mean(expected_purchases(ages + 1.3 * 52, *CDNOW) - expected_purchases(ages, *CDNOW))
    made = shoppers([364], *CDNOW, window_days=180, history_days=1095, rate_multiplier=1.3).orders[0]
    assert made == pytest.approx(theory, rel=1e-6)


def _lives(t: float, window: float, history: float, m: float, mx: float, n: int) -> tuple[np.ndarray, np.ndarray]:
    """People drawn one by one, order by order: orders from day 0 to t, and whether active at t."""
    r, alpha, a, b = CDNOW
    rng = np.random.default_rng(11)
    rate, chance = rng.gamma(r, 1.0 / alpha, n) / 7.0, rng.beta(a, b, n)
    clock = -rng.random(n) * history
    last, orders, alive = clock.copy(), np.zeros(n), np.ones(n, bool)
    while alive.any():
        gap = rng.exponential(size=n) / rate
        at = np.where(clock < 0, np.where(clock + gap < 0, clock + gap, (clock + gap) / m), clock + gap / m)
        buys = alive & (at <= t)
        orders += buys & (at > 0)
        last, clock = np.where(buys, at, last), np.where(buys, at, clock)
        alive = buys & (rng.random(n) >= np.where(at > 0, 1.0 - (1.0 - chance) ** mx, chance))
    return orders, last >= t - window


@pytest.mark.parametrize(("t", "m", "mx"), [(400.0, 1.3, 0.7), (100.0, 1.3, 0.7), (250.0, 1.0, 1.0)])
def test_active_shoppers_and_orders_are_those_of_people_drawn_one_by_one(t: float, m: float, mx: float):
    n = 60_000
    orders, active = _lives(t, 180.0, 1095.0, m, mx, n)
    course = shoppers([t], *CDNOW, window_days=180, history_days=1095, rate_multiplier=m, hazard_multiplier=mx)
    for drawn, theory in ((orders, course.orders[0]), (active.astype(float), course.active[0])):
        assert abs(drawn.mean() - theory) < 4.0 * drawn.std() / np.sqrt(n)


def test_newcomers_of_one_day_are_a_cohort_and_of_many_their_sum():
    ages = np.arange(60) + 0.5
    by_age = shoppers(ages, *CDNOW, window_days=20)
    first = arriving(by_age, np.eye(1, 60)[0])
    assert first.active.tolist() == by_age.active.tolist()
    assert first.orders == pytest.approx(1.0 + by_age.orders)
    steady = arriving(by_age, np.full(60, 3.0))
    assert steady.orders[-1] == pytest.approx(3.0 * (1.0 + by_age.orders).sum())


@pytest.mark.parametrize("words", [
    {"days": [-1.0]}, {"history_days": -5.0}, {"hazard_multiplier": -0.1}, {"renewal_days": 0.0}])
def test_impossible_numbers_are_refused(words: dict[str, object]):
    with pytest.raises(CxsimError, match=next(iter(words))):
        subscribers(**({"days": [1.0], "alpha": 1.0, "beta": 2.0, "renewal_days": 30.0} | words))


def test_newcomers_cannot_be_fewer_than_none():
    with pytest.raises(CxsimError, match="arrivals"):
        arriving(Course(np.ones(2), np.zeros(2), np.ones(2)), [1.0, -1.0])
