"""Baskets against Gamma-Gamma: the mean, the spread between orders and the spread between customers."""

from __future__ import annotations

import numpy as np
import pytest

from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import MONEY
from cxsim.journal.words import ORDER_PAID
from cxsim.theory.gamma_gamma import expected_spend
from lived_worlds import NEUTRAL, judge, live_many, plan, world

# Shapes with finite fourth moments, so that a sample variance has a standard error.
LAW = (6.25, 12.0, 60.0)


def _first_two(outcome: Outcome) -> np.ndarray:
    """Amounts of the first two orders in the run of everybody who made two; shape (customers, 2)."""
    orders = outcome.events[outcome.events["word"] == ORDER_PAID]
    orders = orders[np.lexsort((orders["sequence"], orders["customer"]))]
    _, first, n = np.unique(orders["customer"], return_index=True, return_counts=True)
    first = first[n >= 2]
    return np.stack([orders["amount"][first], orders["amount"][first + 1]], axis=1) / MONEY


@pytest.fixture(scope="module")
def pairs() -> list[np.ndarray]:
    """Pairs of orders, by replication, of customers who buy often."""
    p, q, gamma = LAW
    config = world(*NEUTRAL, "population=new", "n_customers=8000", "horizon_days=45",
                   "segments.shoppers.purchase.r=6", "segments.shoppers.purchase.b=30",
                   f"segments.shoppers.spend.p={p}", f"segments.shoppers.spend.q={q}",
                   f"segments.shoppers.spend.gamma={gamma}")
    return live_many(plan(config), 16, _first_two)


def test_mean_spend_is_that_of_gamma_gamma(pairs: list[np.ndarray]) -> None:
    judge([two[:, 0].mean() for two in pairs], expected_spend(*LAW), within=0.01)
    judge([two[:, 1].mean() for two in pairs], expected_spend(*LAW), within=0.01)


def test_spread_between_customers_is_that_of_gamma_gamma(pairs: list[np.ndarray]) -> None:
    """Cov of two orders of one customer = Var(p / nu) = p^2 gamma^2 / ((q - 1)^2 (q - 2))."""
    p, q, gamma = LAW
    between = p**2 * gamma**2 / ((q - 1.0) ** 2 * (q - 2.0))
    judge([np.cov(two.T)[0, 1] for two in pairs], between, within=0.05)


def test_spread_between_orders_is_that_of_gamma_gamma(pairs: list[np.ndarray]) -> None:
    """E Var(order | customer) = p E[1 / nu^2] = p gamma^2 / ((q - 1) (q - 2))."""
    p, q, gamma = LAW
    within = p * gamma**2 / ((q - 1.0) * (q - 2.0))
    judge([0.5 * np.mean((two[:, 0] - two[:, 1]) ** 2) for two in pairs], within, within=0.05)


def test_spend_has_nothing_to_do_with_how_often_one_buys() -> None:
    """Gamma-Gamma's assumption: rate, drop-out and spend are drawn apart."""
    config = world(*NEUTRAL, "population=new", "n_customers=40000", "horizon_days=2")

    def correlations(outcome: Outcome) -> list[float]:
        c = outcome.customers
        logs = np.log(np.stack([c["rate"] + 1e-300, c["exit_hazard"] + 1e-300, c["spend_scale"], c["life_left"]]))
        return list(np.corrcoef(logs)[np.triu_indices(4, 1)])

    found = np.array(live_many(plan(config, log=False), 6, correlations)).mean(axis=0)
    assert np.abs(found).max() < 4.0 / np.sqrt(6 * 40_000)


def test_published_mean_spend() -> None:
    """The shipped segment: gamma p / (q - 1), over the customers' own means."""
    config = world("population=new", "n_customers=60000", "horizon_days=1")
    means = live_many(plan(config, log=False), 12, lambda o: (6.25 * o.customers["spend_scale"]).mean())
    judge(means, expected_spend(6.25, 3.74, 15.44), within=0.01)
