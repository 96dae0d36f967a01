"""Simulate, fit, recover; and what the fits say when the data cannot answer."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import hyp2f1
from scipy.stats import beta as beta_law

from cxsim.calibrate.bg_nbd import bg_nbd_log_likelihood, expected_purchases, fit_bg_nbd, p_alive
from cxsim.calibrate.gamma_gamma import (
    expected_spend,
    fit_gamma_gamma,
    gamma_gamma_log_likelihood,
    spend_frequency_correlation,
)
from cxsim.calibrate.summary import Summary
from cxsim.errors import CxsimError

N_WORLDS = 25


def test_bg_nbd_recovers_the_parameters_of_simulated_customers(make_histories, z_scores) -> None:
    truth = {"r": 0.5, "alpha": 5.0, "a": 0.8, "b": 2.4}
    scores = []
    for seed in range(N_WORLDS):
        fit = fit_bg_nbd(make_histories(seed, 1000, **truth))
        assert fit.converged
        scores.append(z_scores(fit.parameters, fit.standard_errors, truth))
    scores = np.array(scores)
    # Mean of 25 z-scores has standard deviation .2, their spread .14: 4 deviations each.
    assert np.abs(scores.mean(axis=0)).max() < 0.8
    assert np.abs(scores.std(axis=0) - 1).max() < 0.57
    assert np.abs(scores).max() < 4.5


def test_gamma_gamma_recovers_the_parameters_of_simulated_spend(make_spend, z_scores) -> None:
    truth = {"p": 6.0, "q": 3.7, "gamma": 15.0}
    scores = []
    for seed in range(N_WORLDS):
        fit = fit_gamma_gamma(make_spend(seed, 1000, **truth))
        assert fit.converged
        scores.append(z_scores(fit.parameters, fit.standard_errors, truth))
    scores = np.array(scores)
    assert np.abs(scores.mean(axis=0)).max() < 0.8
    assert np.abs(scores.std(axis=0) - 1).max() < 0.57


@pytest.mark.parametrize("v", [(0.24, 4.4, 0.79, 2.4), (3.0, 50.0, 0.2, 0.3), (0.05, 0.5, 5.0, 40.0)])
def test_bg_nbd_gradient_is_the_slope_of_its_likelihood(v: tuple[float, ...], make_histories) -> None:
    s = make_histories(3, 200, 0.5, 5.0, 0.8, 2.4)
    one = np.ones(s.n_customers)
    _judge_gradient(lambda at: bg_nbd_log_likelihood(at, s.x, s.t_x, s.T, one), np.array(v))


def test_gamma_gamma_gradient_is_the_slope_of_its_likelihood(make_spend) -> None:
    s = make_spend(3, 200, 6.0, 3.7, 15.0)
    _judge_gradient(
        lambda at: gamma_gamma_log_likelihood(at, s.n_spend.astype(float), s.mean_spend),
        np.array([2.0, 5.0, 9.0]),
    )


def _judge_gradient(likelihood, v: np.ndarray) -> None:
    gradient = likelihood(v)[1]
    for i, step in enumerate(np.eye(v.size) * 1e-5):
        slope = (likelihood(v * (1 + step))[0] - likelihood(v * (1 - step))[0]) / (2e-5 * v[i])
        assert gradient[i] == pytest.approx(slope, rel=1e-5, abs=1e-4)


@pytest.mark.parametrize("v", [(0.24, 4.4, 0.79, 2.4), (0.3, 10.0, 3.0, 0.2), (2.0, 6.0, 0.1, 0.4)])
def test_expected_purchases_equals_the_published_closed_form(v: tuple[float, ...]) -> None:
    r, alpha, a, b = v
    x, t_x, horizon = np.array([[0.0, 1, 5, 40], [0, 3, 20, 38], [30, 20, 30, 39]])
    t = 39.0
    ratio = (alpha + horizon) / (alpha + horizon + t)
    series = hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + horizon + t))
    gone = np.where(x > 0, a / (b + np.maximum(x, 1) - 1) * ((alpha + horizon) / (alpha + t_x)) ** (r + x), 0)
    published = (a + b + x - 1) / (a - 1) * (1 - ratio ** (r + x) * series) / (1 + gone)
    parameters = dict(zip(("r", "alpha", "a", "b"), v, strict=True))
    assert expected_purchases(parameters, x, t_x, horizon, t) == pytest.approx(published, rel=1e-9)


def test_expected_purchases_is_exact_where_the_closed_form_divides_by_zero() -> None:
    # a = 1: average (1 - (1 + p t / (alpha + T)) ** -(r + x)) / p over p ~ Beta(a, b + x) instead.
    r, alpha, a, b, x, t_x, horizon, t = 0.5, 4.0, 1.0, 2.0, 3.0, 12.0, 30.0, 39.0
    gain = quad(
        lambda p: (1 - (1 + p * t / (alpha + horizon)) ** -(r + x)) / p * beta_law.pdf(p, a, b + x), 0, 1
    )[0]
    parameters = {"r": r, "alpha": alpha, "a": a, "b": b}
    history = [np.array([value]) for value in (x, t_x, horizon)]
    theory = gain * p_alive(parameters, *history)[0]
    assert expected_purchases(parameters, *history, t)[0] == pytest.approx(theory, rel=1e-9)


def test_customers_who_never_leave_are_fitted_and_said_so(make_histories) -> None:
    fit = fit_bg_nbd(make_histories(11, 1500, 1.0, 4.0, 0.0, 1.0))
    p_leave = fit.parameters["a"] / (fit.parameters["a"] + fit.parameters["b"])
    assert fit.converged and p_leave < 0.01
    assert fit.standard_errors["r"] < 0.1 * fit.parameters["r"]
    assert not np.isfinite(fit.standard_errors["a"])
    assert "ran to the end of the search range" in fit.notes[0] and "until=end" in fit.notes[0]


def test_few_customers_are_called_weakly_identified(make_histories) -> None:
    fit = fit_bg_nbd(make_histories(2, 60, 0.25, 4.4, 0.8, 2.4))
    assert any("weakly identified" in note and "until=end" in note for note in fit.notes)


def test_amounts_that_never_vary_within_a_customer_do_not_converge() -> None:
    mean = np.random.default_rng(1).normal(20, 0.001, 200)
    x = np.full(200, 2)
    fit = fit_gamma_gamma(Summary.of_arrays(x, np.ones(200), np.ones(200), n_spend=x, mean_spend=mean))
    assert not fit.converged and "keeps rising" in fit.notes[0]


def test_equal_amounts_are_refused() -> None:
    x = np.full(9, 2)
    s = Summary.of_arrays(x, np.ones(9), np.ones(9), n_spend=x, mean_spend=np.full(9, 9.99))
    with pytest.raises(CxsimError, match=r"mean repeat spend is 9\.99.*columns\.amount"):
        fit_gamma_gamma(s)


def test_expected_spend_is_infinite_without_a_mean() -> None:
    assert expected_spend({"p": 2.0, "q": 1.0, "gamma": 5.0}) == float("inf")
    assert expected_spend({"p": 2.0, "q": 3.0, "gamma": 5.0}) == 5.0


def test_spend_frequency_correlation_is_unknown_without_spread() -> None:
    x = np.full(5, 2)
    s = Summary.of_arrays(x, np.ones(5), np.ones(5), n_spend=x, mean_spend=np.arange(5.0) + 1)
    assert np.isnan(spend_frequency_correlation(s))
