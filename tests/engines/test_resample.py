"""Other people in every replication, or the same people through other luck."""

from __future__ import annotations

import numpy as np
import pytest

from cxsim.engines.reference_store import reference_digest
from cxsim.journal.ticks import NEVER
from cxsim.journal.words import START
from cxsim.settings.schema import Config
from lived_worlds import NEUTRAL, live, plan, world

N = 400


def _subscribers(resample: bool) -> Config:
    """Subscribers of a running business whose next renewal falls within the horizon, and no effects."""
    return world("market=subscription", *NEUTRAL, "market.entrants_per_day=0", f"n_customers={N}",
                 "horizon_days=30", f"population.resample={str(resample).lower()}")


def _shop(resample: bool) -> Config:
    return world(*NEUTRAL, "market.entrants_per_day=0", f"n_customers={N}", "horizon_days=200",
                 f"population.resample={str(resample).lower()}")


def _starters(config: Config, replication: int) -> np.ndarray:
    people = live(plan(config), replication).customers
    return people[(people["source"] == START)][np.argsort(people["id"][people["source"] == START])]


@pytest.mark.parametrize("make", [_subscribers, _shop])
def test_the_same_people_have_the_same_past_and_another_future(make) -> None:
    one, other = _starters(make(False), 1), _starters(make(False), 2)
    for name in ("id", "segment", "exit_hazard", "spend_scale", "entry", "orders_before"):
        np.testing.assert_array_equal(one[name], other[name], err_msg=name)
    assert (one["left"] != other["left"]).any()
    assert (one["life_left"] != other["life_left"]).any()
    assert (_starters(make(True), 1)["exit_hazard"] != _starters(make(True), 2)["exit_hazard"]).any()


def test_replication_0_is_the_same_either_way() -> None:
    assert live(plan(_shop(True))).ledger.tobytes() == live(plan(_shop(False))).ledger.tobytes()


def test_one_renewal_keeps_exactly_these_people_with_their_own_chances() -> None:
    """Each has one renewal in 30 days and stays with exp(-h_i): mean and variance of those very people."""
    config = _subscribers(False)
    kept = []
    for replication in range(1, 41):
        people = _starters(config, replication)
        there = people["left"] > 0
        kept.append(int((people["left"][there] == NEVER).sum()))
    p = np.exp(-people["exit_hazard"][there])
    expected, spread = p.sum(), np.sqrt((p * (1 - p)).sum())
    assert abs(np.mean(kept) - expected) < 4.0 * spread / np.sqrt(len(kept))
    # Chi-squared with 39 degrees of freedom over 39: beyond 0.4 and 1.9 with less than one chance in a thousand.
    assert 0.4 < np.var(kept, ddof=1) / spread**2 < 1.9


def test_orders_of_the_same_people_have_their_own_expectation() -> None:
    """Needs are Poisson given the rate while a shopper lives: none of them leaves with this drop-out."""
    config = world(*NEUTRAL, "market.entrants_per_day=0", f"n_customers={N}", "horizon_days=100",
                   "delivery.days=0", "segments.shoppers.purchase.a=0.0001", "segments.shoppers.purchase.b=1000",
                   "population.resample=false")
    needs = []
    for replication in range(1, 41):
        people = _starters(config, replication)
        needs.append(int((people["n_needs"] - people["orders_before"]).sum()))
    expected = 100.0 * people["rate"].sum()
    assert abs(np.mean(needs) - expected) < 4.0 * np.sqrt(expected / len(needs)) + 0.001 * expected


def test_who_is_drawn_anew_does_not_move_the_reference() -> None:
    assert reference_digest(_shop(True)) == reference_digest(_shop(False))
