"""Blattberg-Deighton against the recorded oracle, Pfeifer's identity and a grid search."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cxsim.errors import CxsimError
from cxsim.theory.blattberg_deighton import Economics, ResponseCurve, best_split, optimum

MARKET = Economics(
    margin=50,
    discount_rate=0.2,
    acquisition=ResponseCurve.through(spend=5, rate=0.2, ceiling=0.4),
    retention=ResponseCurve.through(spend=10, rate=0.4, ceiling=0.7),
)


def test_steepness_agrees_with_the_oracle(printed):
    printed(MARKET.acquisition.steepness, ".138629")
    printed(MARKET.retention.steepness, ".084730")


def test_current_plan_agrees_with_the_oracle(printed):
    printed(MARKET.equity_per_prospect(5, 10), "7.5000")
    printed(MARKET.customer_value(10), "62.5000")


def test_optimum_agrees_with_the_oracle(printed):
    acquisition, retention = optimum(MARKET)
    printed(retention, "15.8652")
    printed(MARKET.retention.rate(retention), ".5175")
    printed(MARKET.customer_value(retention), "64.6651")
    printed(acquisition, "9.2115")
    printed(MARKET.acquisition.rate(acquisition), ".2884")
    printed(MARKET.equity_per_prospect(acquisition, retention), "9.4411")
    printed(MARKET.acquisition.marginal_cost(acquisition), "64.6651")
    printed(MARKET.retention.marginal_cost(retention), "64.6651")


def test_average_costs_agree_with_the_oracle(printed):
    acquisition, retention = optimum(MARKET)
    printed(MARKET.acquisition.average_cost(acquisition), "31.93")
    average_retention = MARKET.retention.average_cost(retention)
    printed(average_retention, "30.66")
    printed(MARKET.acquisition.average_cost(acquisition) / average_retention, "1.04")


@pytest.mark.parametrize("margin", [20, 50, 300])
@pytest.mark.parametrize("discount_rate", [0.05, 0.2, 0.6])
def test_optimum_keeps_the_identity_of_pfeifer_2005(margin, discount_rate):
    market = Economics(margin, discount_rate, MARKET.acquisition, MARKET.retention)
    acquisition, retention = optimum(market)
    kept = market.retention.rate(retention)
    value = (margin * (1 + discount_rate) - retention) / (1 + discount_rate - kept)
    assert market.retention.marginal_cost(retention) == pytest.approx(value, rel=1e-9)
    assert market.acquisition.marginal_cost(acquisition) == pytest.approx(value, rel=1e-9)
    assert market.customer_value(retention) == pytest.approx(value, rel=1e-12)


def test_optimum_is_the_best_of_a_grid():
    grid = np.arange(0, 30, 0.25)
    best = max((MARKET.equity_per_prospect(a, r), a, r) for a in grid for r in grid)
    acquisition, retention = optimum(MARKET)
    assert best[0] <= MARKET.equity_per_prospect(acquisition, retention)
    assert best[1:] == pytest.approx((acquisition, retention), abs=0.25)


def test_customer_value_is_the_discounted_sum_of_periods():
    spend, stay, delay = 10, 0.4, np.arange(1, 400)
    later = (50 * stay - spend) * stay ** (delay - 1) / 1.2**delay
    assert MARKET.customer_value(spend) == pytest.approx(50 + later.sum(), rel=1e-12)
    budget = 5 + 0.2 * (spend * stay ** (delay - 1) / 1.2**delay).sum()
    assert MARKET.budget_per_prospect(5, spend) == pytest.approx(budget, rel=1e-12)


def test_optimum_spends_nothing_where_nothing_pays():
    dear = ResponseCurve.through(spend=1000, rate=0.2, ceiling=0.4)
    assert optimum(Economics(50, 0.2, dear, dear)) == (0.0, 0.0)


def test_optimum_survives_margins_far_beyond_the_curve():
    rich = Economics(1e6, 0.2, MARKET.acquisition, MARKET.retention)
    acquisition, retention = optimum(rich)
    assert rich.retention.marginal_cost(retention) == pytest.approx(rich.customer_value(retention), rel=1e-9)
    assert rich.acquisition.marginal_cost(acquisition) == pytest.approx(
        rich.customer_value(retention), rel=1e-9
    )


@pytest.mark.parametrize("budget", [0.5, 3.0, 7.5, 15.0, 40.0])
def test_best_split_is_the_best_of_a_fine_search_and_levels_marginal_costs(budget):
    acquisition, retention = best_split(MARKET, budget)
    assert MARKET.budget_per_prospect(acquisition, retention) == pytest.approx(budget, rel=1e-9)
    most = MARKET.equity_per_prospect(acquisition, retention)
    for other in np.linspace(0, 60, 121):
        rest = _acquisition_left(budget, other)
        assert MARKET.equity_per_prospect(rest, other) <= most + 1e-9
    level = MARKET.retention.marginal_cost(retention)
    assert MARKET.acquisition.marginal_cost(acquisition) == pytest.approx(level, rel=1e-9)


def test_best_split_of_the_optimal_budget_is_the_optimum():
    best = optimum(MARKET)
    assert best_split(MARKET, MARKET.budget_per_prospect(*best)) == pytest.approx(best, rel=1e-8)


def test_best_split_keeps_nobody_while_keeping_costs_more_than_winning():
    dear = ResponseCurve.through(spend=100, rate=0.4, ceiling=0.7)
    acquisition, retention = best_split(Economics(50, 0.2, MARKET.acquisition, dear), 3)
    assert (acquisition, retention) == (pytest.approx(3), 0)


def _acquisition_left(budget, retention):
    """Acquisition spend that uses up the budget beside this retention spend, by bisection."""
    low, high = 0.0, budget
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (
            (middle, high) if MARKET.budget_per_prospect(middle, retention) < budget else (low, middle)
        )
    return low


def test_marginal_cost_is_the_inverse_slope():
    curve, step = MARKET.acquisition, 1e-6
    slope = (curve.rate(7 + step) - curve.rate(7 - step)) / (2 * step)
    assert curve.marginal_cost(7) == pytest.approx(1 / slope, rel=1e-8)
    assert curve.spend_at_log_cost(math.log(curve.marginal_cost(7))) == pytest.approx(7, rel=1e-13)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ResponseCurve.through(5, 0.4, 0.4), "rate=0.4: must lie below the ceiling"),
        (lambda: ResponseCurve.through(5, 0.4, 1.4), "ceiling=1.4"),
        (lambda: ResponseCurve.through(0, 0.2, 0.4), "spend=0"),
        (lambda: Economics(-1, 0.2, MARKET.acquisition, MARKET.retention), "margin=-1"),
        (lambda: MARKET.acquisition.rate(-1), "spend=-1"),
    ],
)
def test_blattberg_deighton_refuses_the_impossible_by_name(call, words):
    with pytest.raises(CxsimError, match=words):
        call()
