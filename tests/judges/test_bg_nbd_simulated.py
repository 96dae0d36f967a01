"""The simulated shop against BG/NBD: orders and leaving, neutral and under constant multipliers.

Realistic durations are on: contacts, deliveries and use take days, and orders are counted on the day of
their need, read long enough before the horizon for every journey to have ended.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cxsim.behaviour.state import L_EXIT, L_RATE
from cxsim.engines.outcome import Outcome
from cxsim.journal.ticks import DAY
from cxsim.journal.words import JUDGE, ORDER_PAID
from cxsim.settings.reference import Reference, blank_reference
from cxsim.settings.schema import Config
from cxsim.theory.bg_nbd import expected_purchases, p_no_purchase, p_purchases
from cxsim.theory.bg_nbd_effects import expected_purchases_under_effects
from lived_worlds import NEUTRAL, judge, live_many, plan, world

# Fader, Hardie & Lee (2005), the published fit; alpha in weeks.
LAW = dict(r=0.243, alpha=4.414, a=0.793, b=2.426)
WEEKS = (13, 26, 39, 52)
N, REPLICATIONS = 20_000, 16
LONGEST_JOURNEY = 180  # days, backlog of needs that arose during journeys included


def _cohort(*overrides: str) -> Config:
    return world(*NEUTRAL, "population=new", f"n_customers={N}", f"horizon_days={52 * 7 + LONGEST_JOURNEY}",
                 "delivery.days=2", "delivery.use_days=1", *overrides)


def _repeat_orders(outcome: Outcome) -> np.ndarray:
    """Repeat orders of each customer by each of WEEKS, by the day of their need; shape (weeks, customers)."""
    orders = outcome.events[outcome.events["word"] == ORDER_PAID]
    late = orders["tick"] - orders["need_tick"]
    assert late.max() < LONGEST_JOURNEY * DAY, "a journey was longer than the margin before the horizon"
    judged = outcome.events[outcome.events["word"] == JUDGE]
    assert (judged["tick"] - judged["need_tick"]).mean() > 3 * DAY, "durations are meant to be realistic"
    people = np.sort(outcome.customers["id"])
    who = np.searchsorted(people, orders["customer"])
    return np.stack([
        np.bincount(who[orders["need_tick"] < week * 7 * DAY], minlength=len(people)) for week in WEEKS])


def _with_multiplier(config: Config, link: int, m: float) -> Reference:
    """A reference whose intercept multiplies a link by m for everybody at all times."""
    blank = blank_reference(config)
    kappa, moved = blank.kappa.copy(), blank.is_moved.copy()
    kappa[link], moved[link] = -np.log(m), 1
    return replace(blank, kappa=kappa, is_moved=moved)


@pytest.fixture(scope="module")
def neutral() -> np.ndarray:
    """Repeat orders in the neutral world, shape (replications, weeks, customers)."""
    return np.stack(live_many(plan(_cohort()), REPLICATIONS, _repeat_orders))


@pytest.mark.parametrize("k", range(len(WEEKS)))
def test_neutral_orders_follow_bg_nbd(neutral: np.ndarray, k: int) -> None:
    judge(neutral[:, k].mean(axis=1), expected_purchases(WEEKS[k], **LAW), within=0.015)


@pytest.mark.parametrize("k", range(len(WEEKS)))
def test_neutral_share_without_an_order_follows_bg_nbd(neutral: np.ndarray, k: int) -> None:
    share = (neutral[:, k] == 0).mean(axis=1)
    judge(share, p_no_purchase(WEEKS[k], LAW["r"], LAW["alpha"]), within=0.005)


@pytest.mark.parametrize("x", [1, 2, 5])
def test_neutral_distribution_of_orders_follows_bg_nbd(neutral: np.ndarray, x: int) -> None:
    """Order by order, so that a mean cannot be right for the wrong reason."""
    judge((neutral[:, 2] == x).mean(axis=1), float(p_purchases(x, 39, **LAW)), within=0.03)


@pytest.mark.parametrize("m", [0.7, 1.4])
def test_orders_under_a_constant_rate_multiplier_follow_the_stretched_clock(m: float) -> None:
    """E_m[X(t)] = E[X(m t)]."""
    config = _cohort()
    blueprint = plan(config, (), _with_multiplier(config, L_RATE, m))
    orders = np.stack(live_many(blueprint, 12, _repeat_orders))
    for k, week in enumerate(WEEKS):
        judge(orders[:, k].mean(axis=1), expected_purchases(m * week, **LAW), within=0.02)
        judge((orders[:, k] == 0).mean(axis=1), p_no_purchase(m * week, LAW["r"], LAW["alpha"]), within=0.01)


@pytest.mark.parametrize("m", [0.6, 1.8])
def test_orders_under_a_constant_hazard_multiplier_follow_theory(m: float) -> None:
    """The chance of leaving after an order becomes 1 - (1 - p)^m."""
    config = _cohort()
    blueprint = plan(config, (), _with_multiplier(config, L_EXIT, m))
    orders = np.stack(live_many(blueprint, 12, _repeat_orders))
    for k, week in enumerate(WEEKS):
        theory = expected_purchases_under_effects(week, **LAW, hazard_multiplier=m)
        assert abs(theory / expected_purchases(week, **LAW) - 1.0) > 0.02, "the judge could not see the effect"
        judge(orders[:, k].mean(axis=1), theory, within=0.02)


def test_orders_of_newcomers_are_counted_from_their_first() -> None:
    """People who join during the run: the same law from the day of their own first order."""
    config = world(*NEUTRAL, "population=new", "n_customers=1", "horizon_days=430", "market.entrants_per_day=120",
                   "market.layer_rate_per_day=120", "market.entrants_until_day=150", "delivery.days=2",
                   "delivery.use_days=1")

    def repeat_orders(outcome: Outcome) -> float:
        orders = outcome.events[outcome.events["word"] == ORDER_PAID]
        people = outcome.customers[np.argsort(outcome.customers["id"])]
        of_order = people[np.searchsorted(people["id"], orders["customer"])]
        early, mine = people["source"] != 0, of_order["source"] != 0
        assert people["entry"].max() < 150 * DAY
        age = (orders["need_tick"] - of_order["entry"])[mine]
        assert (age[orders["journey"][mine] == 0] == 0).all()
        return float(((age > 0) & (age < 26 * 7 * DAY)).sum() / early.sum())

    values = live_many(plan(config), 10, repeat_orders)
    judge(values, expected_purchases(26, **LAW), within=0.02)


@pytest.mark.slow
def test_neutral_orders_follow_bg_nbd_to_a_quarter_of_a_percent() -> None:
    values = np.stack(live_many(plan(_cohort("n_customers=60000")), 60, lambda o: _repeat_orders(o).mean(axis=1)))
    for k, week in enumerate(WEEKS):
        judge(values[:, k], expected_purchases(week, **LAW), within=0.0035)
