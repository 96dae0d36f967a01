"""What a referred customer is worth more: closed forms against drawn lives, and the shipped strengths."""

from __future__ import annotations

import numpy as np
import pytest

import cxsim
from cxsim.theory import sbg
from cxsim.theory.referred_value import shopper_lift, shopper_value, subscriber_lift

CDNOW = (0.243, 4.414, 0.793, 2.426)
WEEKLY = np.log(1.15) * 7 / 365


def test_value_of_a_shopper_is_the_mean_of_drawn_lives():
    """Weeks; lives of a shopper who orders at his rate until one of his orders is the last."""
    rng = np.random.default_rng(1)
    n, total = 60_000, 0.0
    values = np.zeros(n)
    rate, p = rng.gamma(0.9, 1 / 4.0, n), rng.beta(2.0, 6.0, n)
    p = 1 - (1 - p) ** 0.8
    now, alive = np.zeros(n), np.ones(n, bool)
    values += 1.3
    while alive.any() and total < 400:
        now[alive] += rng.exponential(1 / rate[alive])
        values[alive] += np.exp(-0.01 * now[alive]) * (1 + 0.3 * np.exp(-now[alive] / 20))
        alive &= rng.random(n) >= p
        total += 1
    error = values.std() / np.sqrt(n)
    theory = shopper_value(0.9, 4.0, 2.0, 6.0, 0.01, hazard_multiplier=0.8, margin=0.3, fade=20.0)
    assert abs(values.mean() - theory) < 4 * error and error < 0.01 * theory


def test_nothing_lifts_nobody():
    assert shopper_lift(*CDNOW, WEEKLY, 1.0, 0.0, 52.0) == 0.0
    assert subscriber_lift(0.668, 3.806, 0.0116, 1.0) == 0.0


@pytest.fixture(scope="module")
def shipped():
    return cxsim.load_scenario("referred_value")[0].changes["referral"]


def test_shipped_strengths_are_worth_16_percent_to_a_shop(shipped):
    """CDNOW's shoppers at 15% a year; the customer who brought them stays."""
    margin, multiplier = shipped["referred_margin"]["value"], shipped["referred_exit"]["value"]
    fade = cxsim.load(["market=online_retail"]).referral.margin_fade_days / 7
    assert shopper_lift(*CDNOW, WEEKLY, multiplier, margin, fade) == pytest.approx(0.16, abs=0.002)


def test_shipped_strengths_are_worth_16_percent_to_a_subscription(shipped):
    """Berry & Linoff's two segments read per 30 days, at 15% a year; staying alone."""
    segments = cxsim.load(["market=subscription"]).segments.values()
    per_period = 1.15 ** (30 / 365) - 1

    def value(multiplier: float) -> float:
        return sum(s.share * sbg.expected_discounted_lifetime(
            s.renewal.alpha, s.renewal.beta, per_period, multiplier) for s in segments)

    assert value(shipped["referred_exit"]["value"]) / value(1.0) - 1 == pytest.approx(0.16, abs=0.002)
