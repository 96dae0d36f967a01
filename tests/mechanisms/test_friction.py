"""Friction in steps: what a customer has to do, counted stage by stage against the log."""

from __future__ import annotations

import pytest

from cxsim.behaviour.state import F_EPISODES, F_STEPS
from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import MONEY
from cxsim.journal.ticks import DAY
from cxsim.journal.words import (
    C_INTEGRATION, DELIVERY_LATE, DELIVERY_RIGHT, HANDOFF_LOST, ORDER_PAID, SEARCH, SERVICE_FAILED,
    SERVICE_RESOLVED, STAGES)
from cxsim.measure.kpis import kpis
from lived_worlds import changed, total
from lone_worlds import alone, run, said, with_aid

WEB = 0
TWO_WEBS = ("channels.app.share=1", "channels.app.p_failure=0", "journeys.purchase.p_further_contact=0.5",
            "handoff.integration=0.4", "n_customers=100", "horizon_days=120")


def _metric(outcome: Outcome, config, name: str) -> float:
    return float(kpis(outcome, config, "lone").select(metric=name, segment="all", period="total")["value"][0])


def test_an_order_on_the_web_is_reached_searched_and_placed() -> None:
    config = alone("n_customers=100", "horizon_days=120", "channels.web.p_failure=0.2", "upsell.p_offer=0.3")
    outcome = run(config)
    begun = len(said(outcome, SERVICE_FAILED, SERVICE_RESOLVED))
    searched, placed = len(said(outcome, SEARCH)), len(said(outcome, ORDER_PAID))
    assert begun > searched >= placed > 100
    assert total(outcome, "request_steps") == begun + searched + placed
    steps = (begun + searched + placed + total(outcome, "upsell_offers")) / total(outcome, "judged")
    assert _metric(outcome, config, "request_steps") == pytest.approx(steps)
    web = outcome.felt[:, WEB].sum(axis=0)
    assert web[F_STEPS] == begun + searched and web[F_EPISODES] == begun
    whole = sum(_metric(outcome, config, f"{stage}_steps") for stage in STAGES)
    assert _metric(outcome, config, "friction_steps") == pytest.approx(whole)


def test_lost_context_is_a_step_more_in_each_contact_that_was_felt() -> None:
    config = alone(*TWO_WEBS)
    outcome = run(config)
    ended = {(e["customer"], e["journey"], e["channel"]) for e in said(outcome, SERVICE_RESOLVED)}
    repeated = sum((e["customer"], e["journey"], e["channel"]) in ended for e in said(outcome, HANDOFF_LOST))
    begun, placed = len(said(outcome, SERVICE_RESOLVED)), len(said(outcome, ORDER_PAID))
    assert repeated > 50
    assert abs(total(outcome, "request_steps") - (2 * begun + placed + repeated)) <= 2


@pytest.mark.parametrize("steps", [-1, 0, 2])
def test_touchpoints_add_steps_and_spare_them(steps: int) -> None:
    """Reaching, searching and ordering are three; one click spares the search."""
    outcome = run(with_aid(alone("n_customers=100", "horizon_days=120"), steps=steps))
    placed = len(said(outcome, ORDER_PAID))
    assert total(outcome, "request_steps") == (3 + steps) * placed > 100


def test_response_days_are_those_from_request_to_solution() -> None:
    config = alone("n_customers=100", "horizon_days=120", "delivery.days=4", "delivery.p_late=0.5")
    outcome = run(config)
    ordered = {(e["customer"], e["journey"]): int(e["tick"]) for e in said(outcome, ORDER_PAID)}
    came = {(e["customer"], e["journey"]): int(e["tick"]) for e in said(outcome, DELIVERY_RIGHT, DELIVERY_LATE)}
    horizon = config.horizon_days * DAY
    waited = sum(came.get(journey, horizon) - tick for journey, tick in ordered.items())
    assert total(outcome, "solution_ticks") == waited
    assert waited / len(ordered) > 4 * DAY


def test_integration_costs_its_share_every_day_in_equal_parts_by_channel() -> None:
    """Half of 30 a day for each 1,000 of 200 customers is 3 a day, in two channels."""
    config = changed(alone("n_customers=200", "horizon_days=10", "channels.app.share=1"),
                     handoff__integration=0.5, handoff__cost_per_day=30.0)
    booked = run(config).ledger[..., C_INTEGRATION, 1]
    assert (booked.sum(axis=(1, 2))[:, :2] == 1.5 * MONEY).all() and booked.sum() == 30 * MONEY
    assert run(changed(config, handoff__cost_per_day=0.0)).ledger[..., C_INTEGRATION, :].sum() == 0
