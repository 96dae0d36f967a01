"""Calendar budgets: with cash to spare the closed form in every period; with less, equal slopes."""

from __future__ import annotations

import numpy as np
import pytest

from cxsim.errors import CxsimError
from cxsim.theory.blattberg_deighton import Economics, ResponseCurve
from cxsim.whatif.plan_calendar import make_calendar, plan_calendar

MARKET = Economics(50, 0.2, ResponseCurve.through(5, 0.2, 0.4), ResponseCurve.through(10, 0.4, 0.7))
# EVIDENCE A9.
A_STAR, R_STAR, VALUE, EQUITY = 9.2115, 15.8652, 64.6651, 9.4411


def test_with_cash_to_spare_every_period_is_the_published_optimum() -> None:
    plan = plan_calendar(MARKET, make_calendar(periods=6, cash=1e6, prospects=200.0, customers=80.0))
    assert plan.winning / 200.0 == pytest.approx(np.full(6, A_STAR), abs=5e-4)
    assert plan.keeping / plan.customers[:-1] == pytest.approx(np.full(6, R_STAR), abs=2e-3)
    assert np.abs(plan.slopes).max() < 1e-3 and plan.next_unit.max() < 1e-3


def test_with_cash_to_spare_equity_is_that_of_prospects_and_customers() -> None:
    """Each prospect is worth 9.4411 as he is reached, each starter r V - R = (V - M)(1+d) as he may leave."""
    plan = plan_calendar(MARKET, make_calendar(periods=6, cash=1e6, prospects=200.0, customers=80.0))
    theory = 200 * EQUITY * (1.2 ** -np.arange(6.0)).sum() + 80 * (VALUE - 50) * 1.2
    assert plan.equity == pytest.approx(theory, rel=2e-6)


def test_scarce_cash_earns_the_same_in_both_uses_of_a_period() -> None:
    plan = plan_calendar(MARKET, make_calendar(periods=5, cash=1500.0, prospects=200.0, customers=80.0))
    assert plan.winning + plan.keeping == pytest.approx(np.full(5, 1500.0), rel=1e-6)
    assert plan.slopes[0] == pytest.approx(plan.slopes[1], abs=2e-3)
    assert (plan.next_unit > 0.1).all()


def test_the_slope_is_what_another_unit_of_cash_brings() -> None:
    cash = np.full(4, 1500.0)
    plan = plan_calendar(MARKET, make_calendar(periods=4, cash=cash, prospects=200.0, customers=80.0))
    for period in range(4):
        more = plan_calendar(MARKET, make_calendar(
            periods=4, cash=cash + 5.0 * (np.arange(4) == period), prospects=200.0, customers=80.0))
        assert (more.equity - plan.equity) / 5.0 == pytest.approx(plan.next_unit[period], abs=5e-3)


def test_nothing_else_that_the_cash_allows_is_better() -> None:
    """A thousand random plans within the same cash and limits."""
    from cxsim.whatif.plan_calendar import _Problem

    calendar = make_calendar(periods=4, cash=1200.0, prospects=150.0, customers=60.0, acquisition=(100.0, 800.0),
                             contracts=[("retention", 2, 3, 300.0)])
    plan = plan_calendar(MARKET, calendar)
    problem, rng = _Problem(MARKET, calendar), np.random.default_rng(605)
    for _ in range(1000):
        winning = rng.uniform(100, 800, 4)
        keeping = np.minimum(rng.uniform(0, 1, 4) * (1200 - winning), 1200 - winning)
        keeping = np.maximum(keeping, calendar.contracts[1])
        assert -problem.loss(np.concatenate([winning, keeping])) <= plan.equity + 1e-6


def test_floors_ceilings_and_contracts_are_kept_and_cost_equity() -> None:
    free = plan_calendar(MARKET, make_calendar(periods=4, cash=1500.0, prospects=200.0, customers=80.0))
    bound = plan_calendar(MARKET, make_calendar(
        periods=4, cash=1500.0, prospects=200.0, customers=80.0, acquisition=(0.0, 700.0),
        contracts=[("acquisition", 1, 2, 600.0), ("retention", 4, 4, 900.0)]))
    assert (bound.winning <= 700 + 1e-6).all() and (bound.winning[:2] >= 600 - 1e-6).all()
    assert bound.keeping[3] >= 900 - 1e-6 and bound.equity < free.equity


def test_cash_that_carries_over_is_never_worse_and_evens_out_what_it_earns() -> None:
    cash = [4000.0, 0.0, 0.0, 3000.0]
    apart = plan_calendar(MARKET, make_calendar(periods=4, cash=cash, prospects=200.0, customers=80.0))
    carried = plan_calendar(MARKET, make_calendar(
        periods=4, cash=cash, prospects=200.0, customers=80.0, carries=True))
    spent = np.cumsum(carried.winning + carried.keeping)
    assert (spent <= np.cumsum(cash) + 1e-6).all() and carried.equity > apart.equity + 100
    assert apart.winning[1] + apart.keeping[1] == pytest.approx(0.0, abs=1e-6)
    assert np.ptp(carried.next_unit[:3]) < 5e-3


@pytest.mark.parametrize(("changes", "words"), [
    ({"contracts": [("acquisition", 2, 3, 1600.0)]}, "contracts in period 2 come to 1,600.00, but there is"),
    ({"acquisition": (500.0, 400.0)}, "in period 1 the floor and contracts come to 500.00, above the ceiling"),
    ({"contracts": [("retention", 3, 9, 1.0)]}, "must lie within periods 1 to 4"),
    ({"cash": [1.0, 2.0]}, "plan.calendar.cash: has 2 values for 4 periods"),
    ({"contracts": [("acquisition", 1, 4, 1100.0)], "cash": [1000.0, 2000.0, 1000.0, 1000.0], "carries": True},
     "floors and contracts up to period 1"),
])
def test_what_cannot_be_kept_is_refused(changes: dict, words: str) -> None:
    keys = {"periods": 4, "cash": 1500.0, "prospects": 200.0, "customers": 80.0} | changes
    with pytest.raises(CxsimError, match=words):
        plan_calendar(MARKET, make_calendar(**keys))
