"""Three lifetime values and the margin multiple, against printed tables and the sums themselves."""

from __future__ import annotations

import numpy as np
import pytest

from cxsim.errors import CxsimError
from cxsim.theory.lifetime_value import expected_lifetime_value, margin_multiple, retention_elasticity

RETENTION = (0.50, 0.60, 0.70, 0.75, 0.80, 0.85, 0.90, 0.95)
MULTIPLES = {
    0.08: ".862 1.250 1.842 2.273 2.857 3.696 5.000 7.308",
    0.10: ".833 1.200 1.750 2.143 2.667 3.400 4.500 6.333",
    0.12: ".806 1.154 1.667 2.027 2.500 3.148 4.091 5.588",
    0.14: ".781 1.111 1.591 1.923 2.353 2.931 3.750 5.000",
    0.16: ".758 1.071 1.522 1.829 2.222 2.742 3.462 4.524",
    0.20: ".714 1.000 1.400 1.667 2.000 2.429 3.000 3.800",
}


@pytest.mark.parametrize(("discount_rate", "figures"), MULTIPLES.items())
def test_margin_multiple_agrees_with_gupta_lehmann_table(printed, discount_rate, figures):
    for p_retained, figure in zip(RETENTION, figures.split(), strict=True):
        printed(margin_multiple(p_retained, discount_rate), figure)


@pytest.mark.parametrize(
    ("p_retained", "figure"), [(0.6, "1.224"), (0.7, "1.818"), (0.8, "2.857"), (0.9, "5.143")]
)
def test_margin_multiple_with_growth_agrees_with_table(printed, p_retained, figure):
    printed(margin_multiple(p_retained, 0.12, growth=0.05), figure)


@pytest.mark.parametrize(
    ("p_retained", "figure"), [(0.6, "2.15"), (0.7, "2.67"), (0.8, "3.50"), (0.9, "5.09")]
)
def test_retention_elasticity_agrees_with_table(printed, p_retained, figure):
    printed(retention_elasticity(p_retained, 0.12), figure)
    step = 1e-6
    moved = np.log(margin_multiple(p_retained * (1 + step), 0.12) / margin_multiple(p_retained, 0.12))
    assert retention_elasticity(p_retained, 0.12) == pytest.approx(moved / np.log1p(step), rel=1e-5)


@pytest.mark.parametrize(
    ("convention", "first"), [("first_payment_now", 0), ("residual", 1), ("end_of_period", 0)]
)
def test_conventions_are_the_discounted_sums_of_fader_hardie_2012(convention, first):
    margin, stay, rate = 100, 0.8, 0.1
    periods = np.arange(first, 2000)
    delay = 1 if convention == "end_of_period" else 0
    payments = margin * stay**periods / (1 + rate) ** (periods + delay)
    assert expected_lifetime_value(margin, stay, rate, convention) == pytest.approx(payments.sum(), rel=1e-12)


def test_residual_value_is_the_margin_multiple():
    residual = expected_lifetime_value(50, np.array(RETENTION), 0.12, "residual")
    assert residual == pytest.approx(50 * margin_multiple(np.array(RETENTION), 0.12), rel=1e-14)


def test_flat_value_of_the_aggregation_illusion_agrees_with_fader_hardie_2015(printed):
    # About to renew: the residual convention with the renewal due now instead of in a period.
    printed(1.1 * expected_lifetime_value(100, 0.833, 0.1, "residual"), "343.18")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: expected_lifetime_value(1, 80, 0.1), "p_retained=80"),
        (lambda: expected_lifetime_value(1, 1, 0), "no bound"),
        (lambda: margin_multiple(0.99, 0.05, growth=0.1), "growth=0.1"),
        (
            lambda: expected_lifetime_value(1, 0.8, 0.1, "fourth"),
            "must be one of first_payment_now, residual",
        ),
    ],
)
def test_lifetime_value_refuses_the_impossible_by_name(call, words):
    with pytest.raises(CxsimError, match=words):
        call()
