"""BG/NBD against Fader, Hardie & Lee (2005), against CDNOW, and against independent routes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.special import hyp2f1

from cxsim.errors import CxsimError
from cxsim.theory import bg_nbd
from cxsim.theory.bg_nbd_effects import expected_purchases_under_effects

CDNOW = (0.242595, 4.413602, 0.792922, 2.425906)
"""Maximum likelihood on the CDNOW sample, weeks."""
TWO_ORDERS = (2, 213 / 7, 272 / 7)
"""The customer with two repeat orders, days counted: t_x = 30.43, T = 38.86."""


@pytest.mark.parametrize(
    ("weeks", "figure"),
    [
        (1, ".0532"),
        (13, ".5336"),
        (26, ".9013"),
        (39, "1.1950"),
        (52, "1.4440"),
        (78, "1.8580"),
        (104, "2.1998"),
    ],
)
def test_expected_purchases_agree_with_cdnow_refit(printed, weeks, figure):
    printed(bg_nbd.expected_purchases(weeks, *CDNOW), figure)


def test_one_customer_agrees_with_cdnow_refit(printed):
    printed(bg_nbd.log_likelihood(*TWO_ORDERS, *CDNOW), "-9.4596")
    printed(bg_nbd.p_alive(*TWO_ORDERS, *CDNOW), ".7266")
    printed(bg_nbd.expected_purchases_conditional(39, *TWO_ORDERS, *CDNOW), "1.2260")


def test_p_no_purchase_agrees_with_cdnow_refit(printed):
    printed(bg_nbd.p_no_purchase(39, *CDNOW[:2]), ".57431")


@pytest.mark.parametrize(("multiplier", "figure"), [(1.1, 1.96663), (0.9, 1.74297)])
def test_rate_multiplier_gives_the_what_if_oracle(multiplier, figure):
    moved = bg_nbd.expected_purchases(78, *CDNOW, rate_multiplier=multiplier)
    assert moved == pytest.approx(figure, abs=1e-5)  # six-digit parameters leave the fifth decimal open
    r, alpha, a, b = CDNOW
    assert moved == pytest.approx(bg_nbd.expected_purchases(78, r, alpha / multiplier, a, b), rel=1e-13)
    assert moved == pytest.approx(bg_nbd.expected_purchases(78 * multiplier, *CDNOW), rel=1e-13)


def test_rate_multiplier_gives_the_printed_percentages(printed):
    base = bg_nbd.expected_purchases(78, *CDNOW)
    printed(100 * (bg_nbd.expected_purchases(78, *CDNOW, rate_multiplier=1.1) / base - 1), "5.85")
    printed(100 * (bg_nbd.expected_purchases(78, *CDNOW, rate_multiplier=0.9) / base - 1), "-6.19")


@pytest.mark.parametrize(("rate", "simulated"), [(1.0, 1.9232), (1.1, 2.0324)])
def test_hazard_multiplier_agrees_with_recorded_simulation(rate, simulated):
    exact = expected_purchases_under_effects(78, *CDNOW, rate_multiplier=rate, hazard_multiplier=0.9)
    assert abs(exact - simulated) < 3 * 0.006


def test_hazard_multiplier_agrees_with_a_fresh_simulation():
    rng = np.random.default_rng(20050501)
    n, t, multiplier = 100_000, 78.0, 0.8
    r, alpha, a, b = CDNOW
    rate = rng.gamma(r, 1 / alpha, n)
    leaving = 1 - (1 - rng.beta(a, b, n)) ** multiplier
    # Orders until time t, thinned by geometric staying: the smaller of the two counts.
    purchases = np.minimum(rng.poisson(rate * t), rng.geometric(np.maximum(leaving, 1e-12)))
    exact = expected_purchases_under_effects(t, *CDNOW, hazard_multiplier=multiplier)
    assert abs(purchases.mean() - exact) < 4 * purchases.std() / np.sqrt(n)


@pytest.mark.parametrize(
    ("r", "alpha", "a", "b", "t"),
    [
        (*CDNOW, 39.0),
        (0.5, 4.0, 1.0, 2.0, 30.0),
        (0.5, 4.0, 1.0 + 1e-7, 2.0, 30.0),
        (0.5, 4.0, 0.4, 0.6, 30.0),
        (0.5, 4.0, 1.0, 1.0, 300.0),
        (0.24, 4.4, 0.1, 0.3, 1000.0),
        (200.24, 82.0, 0.79, 202.4, 39.0),
        (3.0, 1.0, 5.0, 0.2, 0.01),
    ],
)
def test_expected_purchases_are_the_integral_of_the_rate(r, alpha, a, b, t):
    def rate(u):
        return r / alpha * hyp2f1(r + 1, a, a + b, -u / alpha)

    integral, _ = quad(rate, 0, t, epsrel=1e-11, limit=500)
    assert bg_nbd.expected_purchases(t, r, alpha, a, b) == pytest.approx(integral, rel=1e-7)
    assert expected_purchases_under_effects(t, r, alpha, a, b) == pytest.approx(integral, rel=1e-7)


def test_expected_purchases_equal_the_published_hypergeometric_form():
    r, alpha, a, b = CDNOW
    t = np.array([1.0, 13.0, 39.0, 104.0])
    tail = (alpha / (alpha + t)) ** r * hyp2f1(r, b, a + b - 1, t / (alpha + t))
    published = (a + b - 1) / (a - 1) * (1 - tail)
    assert bg_nbd.expected_purchases(t, *CDNOW) == pytest.approx(published, rel=1e-10)


def test_p_purchases_sum_to_one_and_to_the_expectation():
    x = np.arange(20_000)
    mass = bg_nbd.p_purchases(x, 39, *CDNOW)
    assert mass.sum() == pytest.approx(1, abs=1e-10)
    assert (mass * x).sum() == pytest.approx(bg_nbd.expected_purchases(39, *CDNOW), rel=1e-8)
    assert mass[0] == pytest.approx(bg_nbd.p_no_purchase(39, *CDNOW[:2]), rel=1e-12)
    assert bg_nbd.p_purchases([0, 1], 0, *CDNOW).tolist() == [1, 0]


def test_log_likelihood_of_one_order_integrates_to_its_probability():
    def density(t_x):
        return np.exp(bg_nbd.log_likelihood(1, t_x, 39, *CDNOW))

    assert quad(density, 0, 39)[0] == pytest.approx(bg_nbd.p_purchases(1, 39, *CDNOW), rel=1e-8)


def test_cdnow_likelihood_agrees_with_fader_hardie_lee_2005(printed, cdnow):
    published = bg_nbd.log_likelihood(cdnow.x, cdnow.t_x, cdnow.T, 0.243, 4.414, 0.793, 2.426).sum()
    printed(published, "-9582.4")
    clvtools = (0.2425945, 4.4136019, 0.7929199, 2.4258881)
    printed(bg_nbd.log_likelihood(cdnow.x, cdnow.t_x, cdnow.T, *clvtools).sum(), "-9582.429")
    printed(bg_nbd.log_likelihood(cdnow.x, cdnow.t_x, cdnow.T, *CDNOW).sum(), "-9582.4292")


def test_cdnow_maximum_likelihood_finds_the_published_parameters(printed, cdnow):
    def loss(logs):
        return -bg_nbd.log_likelihood(cdnow.x, cdnow.t_x, cdnow.T, *np.exp(logs)).sum()

    options = {"xatol": 1e-7, "fatol": 1e-7, "maxiter": 2000}
    best = np.exp(minimize(loss, np.log([0.5, 5, 1, 2]), method="Nelder-Mead", options=options).x)
    for value, figure in zip(best, ("0.243", "4.414", "0.793", "2.426"), strict=True):
        printed(value, figure)


def test_cdnow_holdout_agrees_with_the_recorded_totals(printed, cdnow):
    expected = bg_nbd.expected_purchases_conditional(39, cdnow.x, cdnow.t_x, cdnow.T, *CDNOW)
    printed(expected.sum(), "1653.4")
    printed(np.corrcoef(expected, cdnow.holdout)[0, 1], ".6256")
    figures = (".225", ".523", "1.044", "1.520", "2.164", "2.654", "3.504", "6.157")
    actual = (".237", ".697", "1.393", "1.560", "2.532", "2.947", "3.862", "6.359")
    for x, (figure, bought) in enumerate(zip(figures, actual, strict=True)):
        group = cdnow.x == x if x < 7 else cdnow.x >= 7
        printed(expected[group].mean(), figure)
        printed(cdnow.holdout[group].mean(), bought)


def test_cdnow_histogram_agrees_with_the_recorded_counts(printed, cdnow):
    weeks, customers = np.unique(cdnow.T, return_counts=True)
    counts = [(bg_nbd.p_purchases(x, weeks, *CDNOW) * customers).sum() for x in range(7)]
    counts.append(cdnow.T.size - sum(counts))
    figures = ("1407.7", "460.3", "192.5", "101.2", "59.8", "38.1", "25.5", "71.9")
    for count, figure in zip(counts, figures, strict=True):
        printed(count, figure)


@pytest.mark.parametrize(("weeks", "figure"), [(39, "2494.0"), (52, "3127.7"), (78, "4160.6")])
def test_cdnow_cumulative_orders_agree_with_the_recorded_totals(printed, cdnow, weeks, figure):
    observed = np.maximum(cdnow.T + weeks - 39, 0)
    printed(bg_nbd.expected_purchases(observed, *CDNOW).sum(), figure)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: bg_nbd.expected_purchases(39, -0.2, 4.4, 0.8, 2.4), "r=-0.2"),
        (lambda: bg_nbd.expected_purchases(-1, *CDNOW), "t=-1"),
        (lambda: bg_nbd.expected_purchases(39, 0.2, 4.4, 0.8, float("nan")), "b=nan"),
        (lambda: bg_nbd.p_alive(2, 40, 39, *CDNOW), "t_x=40"),
        (lambda: bg_nbd.p_alive(0, 3, 39, *CDNOW), "0 where x=0"),
        (lambda: bg_nbd.p_purchases(1.5, 39, *CDNOW), "x=1.5"),
    ],
)
def test_bg_nbd_refuses_the_impossible_by_name(call, words):
    with pytest.raises(CxsimError, match=words):
        call()
