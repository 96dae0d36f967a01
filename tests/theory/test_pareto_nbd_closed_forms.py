"""Pareto/NBD against published CDNOW figures, RFM and iso-value facts, and independent routes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from cxsim.errors import CxsimError
from cxsim.theory import bg_nbd, pareto_nbd

CDNOW = (0.553277, 10.577685, 0.606240, 11.668728)
"""Maximum likelihood on the CDNOW sample, weeks."""
WEEKLY = np.log(1.15) / 52
"""15% a year, continuously, per week."""


@pytest.mark.parametrize(
    ("weeks", "figure"),
    [
        (1, ".0510"),
        (13, ".5314"),
        (26, ".9089"),
        (39, "1.2134"),
        (52, "1.4734"),
        (78, "1.9099"),
        (104, "2.2747"),
    ],
)
def test_expected_purchases_agree_with_cdnow_refit(printed, weeks, figure):
    printed(pareto_nbd.expected_purchases(weeks, *CDNOW), figure)


def test_expected_purchases_agree_with_btyd_test_value(printed):
    printed(pareto_nbd.expected_purchases(52, 0.553, 10.578, 0.606, 11.669), "1.473")


def test_one_customer_agrees_with_cdnow_refit(printed):
    two_orders = (2, 213 / 7, 272 / 7)
    printed(pareto_nbd.p_alive(*two_orders, *CDNOW), ".8691")
    printed(pareto_nbd.expected_purchases_conditional(39, *two_orders, *CDNOW), "1.4552")


def test_customer_1516_agrees_with_cdnow_refit(printed):
    history = (26, 216 / 7, 31)
    printed(pareto_nbd.expected_purchases_conditional(52, *history, *CDNOW), "25.455")
    printed(pareto_nbd.p_alive(*history, *CDNOW), ".9979")


@pytest.mark.parametrize(
    ("x", "t_x", "figure"),
    [
        (0, 0, ".1819"),
        (1, 30, "1.4300"),
        (7, 35, ".8948"),
        (9, 40, "1.0769"),
        (1, 77, "3.1252"),
        (7, 70, "14.111"),
        (14, 77, "29.270"),
    ],
)
def test_discounted_transactions_agree_with_iso_value_facts(printed, x, t_x, figure):
    printed(pareto_nbd.expected_discounted_transactions(x, t_x, 545 / 7, WEEKLY, *CDNOW), figure)


def test_discounted_transactions_of_a_new_customer_agree(printed):
    printed(pareto_nbd.expected_discounted_transactions(0, 0, 0, WEEKLY, *CDNOW), "3.9640")


def test_discounted_transactions_show_the_increasing_frequency_paradox():
    many, few = pareto_nbd.expected_discounted_transactions([7, 1], [35, 30], 545 / 7, WEEKLY, *CDNOW)
    assert many < few


def test_discounted_transactions_are_the_discounted_integral_of_orders():
    r, alpha, s, beta = CDNOW
    x, t_x, T = 3, 20.0, 39.0

    def discounted_rate(t):
        return np.exp(-WEEKLY * t) * (r + x) / (alpha + T) * ((beta + T) / (beta + T + t)) ** s

    alive = pareto_nbd.p_alive(x, t_x, T, *CDNOW)
    integral, _ = quad(discounted_rate, 0, np.inf, epsrel=1e-11, limit=500)
    det = pareto_nbd.expected_discounted_transactions(x, t_x, T, WEEKLY, *CDNOW)
    assert det == pytest.approx(alive * integral, rel=1e-8)


def test_rate_and_leaving_multipliers_obey_the_what_if_oracles():
    r, alpha, s, beta = CDNOW
    base = pareto_nbd.expected_purchases(78, *CDNOW)
    faster = pareto_nbd.expected_purchases(78, *CDNOW, rate_multiplier=1.1)
    assert faster == pytest.approx(1.1 * base, rel=1e-13)
    assert faster == pytest.approx(pareto_nbd.expected_purchases(78, r, alpha / 1.1, s, beta), rel=1e-13)
    rng = np.random.default_rng(1987)
    leaving = 1.5 * rng.gamma(s, 1 / beta, 200_000)
    orders = r / alpha * -np.expm1(-leaving * 78) / leaving
    exact = pareto_nbd.expected_purchases(78, r, alpha, s, beta / 1.5)
    assert abs(orders.mean() - exact) < 4 * orders.std() / np.sqrt(orders.size)


def test_expected_purchases_are_smooth_where_s_is_one():
    around = pareto_nbd.expected_purchases(39, 0.5, 10, 1 - 1e-6, 12)
    at_one = pareto_nbd.expected_purchases(39, 0.5, 10, 1, 12)
    assert at_one == pytest.approx(around, rel=1e-5)
    assert at_one == pytest.approx(0.6 * np.log(51 / 12), rel=1e-12)


@pytest.mark.parametrize("parameters", [CDNOW, (0.55, 11.7, 0.6, 10.6), (0.7, 8.0, 0.6, 8.0)])
@pytest.mark.parametrize(("x", "t_x"), [(0, 0.0), (2, 30.43), (9, 38.0)])
def test_log_likelihood_is_the_mixture_over_both_rates(parameters, x, t_x):
    r, alpha, s, beta = parameters
    T = 38.86

    def given_leaving_at(tau):
        return np.exp(r * np.log(alpha) - (r + x) * np.log(alpha + tau))

    def density(tau):
        return given_leaving_at(tau) * s / beta * (beta / (beta + tau)) ** (s + 1)

    scale = np.prod(r + np.arange(x))
    still_here = given_leaving_at(T) * (beta / (beta + T)) ** s
    mixture = scale * (still_here + quad(density, t_x, T, epsrel=1e-12, epsabs=0)[0])
    log_likelihood = pareto_nbd.log_likelihood(x, t_x, T, *parameters)
    assert log_likelihood == pytest.approx(np.log(mixture), abs=1e-9)
    assert pareto_nbd.p_alive(x, t_x, T, *parameters) == pytest.approx(scale * still_here / mixture, rel=1e-9)


def test_cdnow_likelihood_agrees_with_published(printed, cdnow):
    for parameters, figure in (
        ((0.553, 10.578, 0.606, 11.669), "-9595.0"),
        ((0.55315, 10.57633, 0.60625, 11.67150), "-9594.976"),
        (CDNOW, "-9594.9762"),
    ):
        printed(pareto_nbd.log_likelihood(cdnow.x, cdnow.t_x, cdnow.T, *parameters).sum(), figure)


def test_cdnow_holdout_agrees_with_the_recorded_totals(printed, cdnow):
    histories = (cdnow.x, cdnow.t_x, cdnow.T)
    expected = pareto_nbd.expected_purchases_conditional(39, *histories, *CDNOW)
    printed(expected.sum(), "1665.5")
    printed(np.corrcoef(expected, cdnow.holdout)[0, 1], ".6302")
    bg = bg_nbd.expected_purchases_conditional(39, *histories, 0.242595, 4.413602, 0.792922, 2.425906)
    printed(np.corrcoef(expected, bg)[0, 1], ".9955")
    figures = (".138", ".599", "1.196", "1.714", "2.398", "2.907", "3.819", "6.403")
    for x, figure in enumerate(figures):
        printed(expected[cdnow.x == x if x < 7 else cdnow.x >= 7].mean(), figure)


@pytest.mark.parametrize(("weeks", "figure"), [(39, "2524.9"), (52, "3184.4"), (78, "4270.0")])
def test_cdnow_cumulative_orders_agree_with_the_recorded_totals(printed, cdnow, weeks, figure):
    observed = np.maximum(cdnow.T + weeks - 39, 0)
    printed(pareto_nbd.expected_purchases(observed, *CDNOW).sum(), figure)


def test_cdnow_holdout_errors_agree_with_the_recorded_ones(printed, cdnow):
    histories = (cdnow.x, cdnow.t_x, cdnow.T)
    bg = bg_nbd.expected_purchases_conditional(39, *histories, 0.242595, 4.413602, 0.792922, 2.425906)
    pareto = pareto_nbd.expected_purchases_conditional(39, *histories, *CDNOW)
    for expected, mean_error, root in ((bg, ".7855", "1.608"), (pareto, ".7545", "1.603")):
        printed(np.abs(expected - cdnow.holdout).mean(), mean_error)
        printed(np.sqrt(((expected - cdnow.holdout) ** 2).mean()), root)


def test_pareto_nbd_refuses_the_impossible_by_name():
    with pytest.raises(CxsimError, match="beta=0"):
        pareto_nbd.expected_purchases(39, 0.5, 10, 0.6, 0)
    with pytest.raises(CxsimError, match="discount_rate=0"):
        pareto_nbd.expected_discounted_transactions(0, 0, 0, 0, *CDNOW)
