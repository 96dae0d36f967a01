"""sBG against Fader & Hardie (2007, 2015), a refit of Berry & Linoff's subscribers, and other routes."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.special import beta as beta_function
from scipy.special import hyp2f1

from cxsim.errors import CxsimError
from cxsim.theory import sbg

HIGH_END = (0.66808835, 3.806095)
REGULAR = (0.70407728, 1.18204296)
"""Maximum likelihood on years 1 to 7."""


@pytest.mark.parametrize(
    ("segment", "figures"),
    [
        (
            HIGH_END,
            "100 85.07 74.69 66.98 60.99 56.18 52.22 48.89 46.04 43.58 41.42 39.51 37.80",
        ),
        (
            REGULAR,
            "100 62.67 47.38 38.80 33.21 29.23 26.25 23.90 22.01 20.44 19.12 17.99 17.00",
        ),
    ],
)
def test_survival_agrees_with_refit_to_berry_linoff(printed, segment, figures):
    for year, figure in enumerate(figures.split()):
        printed(100 * sbg.survival(year, *segment), figure)


@pytest.mark.parametrize(
    ("segment", "figures"),
    [
        (HIGH_END, ".8507 .8780 .8968 .9106 .9212 .9295 .9362 .9418 .9464 .9504 .9538 .9568"),
        (REGULAR, ".6267 .7560 .8188 .8559 .8804 .8978 .9107 .9208 .9288 .9353 .9408 .9454"),
    ],
)
def test_retention_rate_agrees_with_refit_to_berry_linoff(printed, segment, figures):
    for renewal, figure in enumerate(figures.split(), start=1):
        printed(sbg.retention_rate(renewal, *segment), figure)


@pytest.mark.parametrize(
    ("segment", "acquired", "residual"),
    [
        (HIGH_END, "5.9223", "5.4145 5.9014 6.2939 6.6199 6.8967 7.1357 7.3447 7.5296"),
        (REGULAR, "3.6949", "2.9644 4.1031 4.8698 5.4421 5.8941 6.2644 6.5757 6.8423"),
    ],
)
def test_discounted_lifetimes_agree_with_refit_to_berry_linoff(printed, segment, acquired, residual):
    printed(sbg.expected_discounted_lifetime(*segment, 0.1), acquired)
    for renewal, figure in enumerate(residual.split(), start=1):
        printed(sbg.expected_discounted_residual_lifetime(renewal, *segment, 0.1), figure)


def test_residual_lifetime_after_seven_renewals_agrees_with_fader_hardie(printed):
    printed(sbg.expected_discounted_residual_lifetime(8, 0.668, 3.806, 0.1), "7.530")


@pytest.mark.parametrize("segment", [HIGH_END, REGULAR])
def test_discounted_lifetimes_equal_the_hypergeometric_form_of_fader_hardie_2015(segment):
    a, b = segment
    v = 1 / 1.1
    acquired = sbg.expected_discounted_lifetime(a, b, 0.1)
    assert acquired == pytest.approx(hyp2f1(1, b, a + b, v), rel=1e-12)
    for n in (1, 3, 8):
        form = (b + n - 1) / (a + b + n - 1) * hyp2f1(1, b + n, a + b + n, v)
        assert sbg.expected_discounted_residual_lifetime(n, a, b, 0.1) == pytest.approx(form, rel=1e-12)


@pytest.mark.parametrize(
    ("renewal", "published", "refit"), [(1, "288", "288.2"), (2, "394", "393.9"), (5, "568", "568.2")]
)
def test_aggregation_illusion_agrees_with_fader_hardie_2015(printed, renewal, published, refit):
    value = 100 * sbg.expected_discounted_residual_lifetime(renewal, 0.764, 1.296, 0.1)
    printed(value, published)
    printed(value, refit)


@pytest.mark.parametrize(
    ("multiplier", "survivors", "lifetime"),
    [(0.9, ".3987", 6.1149), (0.8, ".4225", 6.3310), (1.2, ".3436", 5.5922), (1.0, ".3780", 5.9223)],
)
def test_hazard_multiplier_gives_the_what_if_oracle(printed, multiplier, survivors, lifetime):
    printed(sbg.survival(12, *HIGH_END, hazard_multiplier=multiplier), survivors)
    assert sbg.survival(12, *HIGH_END, multiplier) == pytest.approx(sbg.survival(12 * multiplier, *HIGH_END))
    discounted = sbg.expected_discounted_lifetime(*HIGH_END, 0.1, hazard_multiplier=multiplier)
    a, b = HIGH_END

    def payments(q):
        return q ** (b - 1) / (1 - q**multiplier / 1.1)

    mixture = quad(payments, 0, 1, weight="alg", wvar=(0, a - 1))[0] / beta_function(a, b)
    assert discounted == pytest.approx(mixture, rel=1e-7)
    # The recorded lifetimes for m other than 1 are exact to 6e-5 only; the mixture above is the judge.
    assert discounted == pytest.approx(lifetime, abs=4e-4)


def test_hazard_multiplier_agrees_with_simulated_customers():
    rng = np.random.default_rng(2007)
    n, multiplier = 200_000, 0.8
    leaving = 1 - (1 - rng.beta(*HIGH_END, n)) ** multiplier
    survived = rng.geometric(np.maximum(leaving, 1e-12)) > 12
    exact = sbg.survival(12, *HIGH_END, hazard_multiplier=multiplier)
    assert abs(survived.mean() - exact) < 4 * np.sqrt(exact * (1 - exact) / n)


@pytest.fixture(scope="module")
def berry_linoff(shared_data):
    with open(shared_data / "sbg_berry_linoff_survival.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in rows]) for name in ("high_end", "regular")}


@pytest.mark.parametrize(
    ("name", "paper", "refit", "fit", "mean_hazard", "error"),
    [
        ("high_end", ("0.668", "3.806"), ("0.6681", "3.8061"), "-1.6112", "0.1493", "-4.06"),
        ("regular", ("0.704", "1.182"), ("0.7041", "1.1820"), "-1.6803", "0.3733", "-1.71"),
    ],
)
def test_maximum_likelihood_on_seven_years_finds_the_published_parameters(
    printed, berry_linoff, name, paper, refit, fit, mean_hazard, error
):
    curve = berry_linoff[name]
    alpha, beta, best = _fitted([curve[:8]])
    for value, published, digits in zip((alpha, beta), paper, refit, strict=True):
        printed(value, published)
        printed(value, digits)
    printed(best, fit)
    printed(alpha / (alpha + beta), mean_hazard)
    printed(100 * (sbg.survival(12, alpha, beta) / curve[12] - 1), error)


def test_likelihood_at_one_one_agrees_with_the_paper(berry_linoff):
    # Published as -2.115, which is the exact -2.11555 cut, not rounded.
    assert sbg.log_likelihood(berry_linoff["high_end"][:8], 1, 1) == pytest.approx(-2.115, abs=1e-3)


def test_multi_cohort_fit_agrees_with_published(printed):
    active = [10000, 8000, 6480, 5307, 4391]
    alpha, beta, best = _fitted([active, active[:4], active[:3], active[:2]])
    printed(alpha, "3.80")
    printed(beta, "15.19")
    printed(alpha, "3.798")
    printed(beta, "15.192")
    printed(best, "-40255.837")


def test_log_likelihood_of_lives_is_a_distribution():
    lengths = np.arange(1, 6)
    lives = [np.r_[np.ones(length), np.zeros(6 - length)] for length in lengths]
    total = sum(np.exp(sbg.log_likelihood(life, *REGULAR)) for life in lives)
    assert total + sbg.survival(5, *REGULAR) == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: sbg.survival(1, 0, 1), "alpha=0"),
        (lambda: sbg.survival(-1, 1, 1), "t=-1"),
        (lambda: sbg.retention_rate(0, 1, 1), "t=0: must be at least 1"),
        (lambda: sbg.expected_discounted_residual_lifetime(0, 1, 1, 0.1), "n=0: must be at least 1"),
        (lambda: sbg.expected_discounted_lifetime(1, 1, 1e-9), "discount_rate=1e-09: too small"),
        (lambda: sbg.log_likelihood([10, 8, 9], 1, 1), "never rises"),
    ],
)
def test_sbg_refuses_the_impossible_by_name(call, words):
    with pytest.raises(CxsimError, match=words):
        call()


def _fitted(cohorts):
    def loss(logs):
        return -sum(sbg.log_likelihood(cohort, *np.exp(logs)) for cohort in cohorts)

    found = minimize(loss, [0, 0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12})
    return *np.exp(found.x), -found.fun
