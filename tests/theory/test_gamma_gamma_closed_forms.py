"""Gamma-Gamma against the published CDNOW figures, and by simulation and integration."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize

from cxsim.errors import CxsimError
from cxsim.theory import gamma_gamma

CDNOW = (6.24957, 3.74422, 15.44352)


def test_expected_spend_agrees_with_cdnow_refit(printed):
    printed(gamma_gamma.expected_spend(*CDNOW), "35.170")


@pytest.mark.parametrize(
    ("x", "mean_spend", "figure"), [(1, 100, "80.22"), (2, 100, "88.33"), (7, 50, "49.12")]
)
def test_conditional_spend_agrees_with_cdnow_refit(printed, x, mean_spend, figure):
    printed(gamma_gamma.expected_spend_conditional(x, mean_spend, *CDNOW), figure)


def test_conditional_spend_without_orders_is_the_population_mean():
    alone = gamma_gamma.expected_spend_conditional(0, 0, *CDNOW)
    assert alone == pytest.approx(gamma_gamma.expected_spend(*CDNOW), rel=1e-13)


def test_conditional_spend_is_the_posterior_mean():
    p, q, gamma = CDNOW
    x, m = 3, 60.0

    def posterior(rate):
        return rate ** (p * x + q - 1) * np.exp(-(gamma + m * x) * rate)

    exact = {"epsabs": 0, "epsrel": 1e-11, "limit": 200}
    spend = (
        quad(lambda rate: p / rate * posterior(rate), 0, 2, **exact)[0] / quad(posterior, 0, 2, **exact)[0]
    )
    assert gamma_gamma.expected_spend_conditional(x, m, *CDNOW) == pytest.approx(spend, rel=1e-8)


def test_log_likelihood_is_a_density_with_the_population_mean():
    for x in (1, 4):

        def density(m, x=x):
            return np.exp(gamma_gamma.log_likelihood(x, m, *CDNOW))

        assert quad(density, 0, np.inf, epsrel=1e-9)[0] == pytest.approx(1, rel=1e-6)
        mean = quad(lambda m: m * density(m), 0, np.inf, epsrel=1e-9, limit=200)[0]
        assert mean == pytest.approx(gamma_gamma.expected_spend(*CDNOW), rel=1e-5)


def test_cdnow_fit_agrees_with_published(printed, cdnow):
    repeat = cdnow.x > 0
    x, spend = cdnow.x[repeat], cdnow.mean_spend[repeat]
    assert repeat.sum() == 946
    printed(spend.mean(), "35.078")
    printed(np.corrcoef(x, spend)[0, 1], ".1139")
    printed(gamma_gamma.log_likelihood(x, spend, *CDNOW).sum(), "-4055.9177")

    def loss(logs):
        return -gamma_gamma.log_likelihood(x, spend, *np.exp(logs)).sum()

    options = {"xatol": 1e-7, "fatol": 1e-7, "maxiter": 2000}
    best = np.exp(minimize(loss, [1, 1, 2], method="Nelder-Mead", options=options).x)
    for value, figure in zip(best, ("6.25", "3.74", "15.44"), strict=True):
        printed(value, figure)


def test_gamma_gamma_refuses_a_mean_that_does_not_exist():
    with pytest.raises(CxsimError, match="q=0.9: must exceed 1"):
        gamma_gamma.expected_spend(6, 0.9, 15)
    with pytest.raises(CxsimError, match="x=0"):
        gamma_gamma.log_likelihood(0, 30, *CDNOW)
