"""Metrics of journeys and employees on hand-made replications, worked out on paper."""

from __future__ import annotations

import math

import pytest
from measured_worlds import make_config, make_outcome, tally, value_of

from cxsim.journal.tallies import FRACTION
from cxsim.journal.ticks import DAY, MINUTE
from cxsim.journal.words import C_STAFF, C_VISIT, ORGANIC, SHARED
from cxsim.measure.employee_metrics import METRICS as OF_EMPLOYEES
from cxsim.measure.journey_metrics import METRICS as OF_JOURNEYS
from cxsim.measure.journey_metrics import PLAIN
from cxsim.measure.kpis import kpis


def _kpis(outcome):
    return kpis(outcome, make_config(), "baseline")


def _whole(share):
    return round(share * FRACTION)


def test_nothing_that_happened_is_undefined_and_not_zero():
    table = _kpis(make_outcome())
    for metric in [*OF_JOURNEYS, *OF_EMPLOYEES]:
        value = value_of(table, metric.name)
        assert value == 0.0 if metric.name in PLAIN else math.isnan(value), metric.name


def test_frequency_is_needs_per_year_of_activity():
    outcome = make_outcome()
    tally(outcome, "needs", [[6, 0, 0], [3, 9, 0], [0, 0, 0]])
    tally(outcome, "active_ticks", [[73 * DAY, 0, 0], [0, 292 * DAY, 0], [0, 0, 0]])
    table = _kpis(outcome)
    assert value_of(table, "needs_per_customer_year") == pytest.approx(18 / 1.0)
    assert value_of(table, "needs_per_customer_year", "few") == pytest.approx(6 / 0.2)
    assert value_of(table, "needs_per_customer_year", "many", "2") == pytest.approx(9 / 0.8)
    assert math.isnan(value_of(table, "needs_per_customer_year", "few", "2"))


def test_knowledge_is_per_judged_journey_and_population_knowledge_per_day():
    outcome = make_outcome()
    tally(outcome, "judged", [[3, 1, 0], [0, 0, 0], [0, 0, 0]])
    tally(outcome, "knowledge_sum", [[_whole(0.6), _whole(0.6), 0], [0, 0, 0], [0, 0, 0]])
    tally(outcome, "brand_days", [[0, 0, 0], [0, 0, 0], [30, 30, 0]])
    tally(outcome, "accuracy_sum", [[0, 0, 0], [0, 0, 0], [_whole(18.0), _whole(24.0), 0]])
    tally(outcome, "n_fit", [[4, 0, 0], [1, 0, 0], [0, 0, 0]])
    tally(outcome, "fit_sum", [[_whole(2.5), 0, 0], [_whole(1.0), 0, 0], [0, 0, 0]])
    table = _kpis(outcome)
    assert value_of(table, "knowledge") == pytest.approx(1.2 / 4)
    assert value_of(table, "knowledge", period="1") == pytest.approx(0.2)
    assert value_of(table, "population_knowledge") == pytest.approx(0.7)
    assert value_of(table, "population_knowledge", period="2") == pytest.approx(0.8)
    assert math.isnan(value_of(table, "population_knowledge", "few"))
    assert value_of(table, "fit") == pytest.approx(0.7)


def test_shares_of_contacts_prompts_and_recoveries():
    outcome = make_outcome()
    for counter, number in {
        "first_contacts": 40, "first_resolved": 30, "contacts_made": 50, "failure_contacts": 8, "judged": 20,
        "handoffs": 10, "contexts_lost": 4, "recovered": 3, "unrecovered": 9, "prompts": 16, "prompts_read": 12,
        "automatic": 5, "automatic_wrong": 1, "stages_skipped": 10, "journey_ticks": 60 * DAY,
        "effort_ticks": 300 * MINUTE, "wait_ticks": 50 * MINUTE, "solution_ticks": 30 * DAY, "needs": 32,
        "forgotten": 4, "to_competitor": 1, "prompted_needs": 2, "request_steps": 70, "upsell_offers": 6,
        "late": 3, "wrong": 2, "returned": 1, "faults": 4, "complaints": 5,
    }.items():
        tally(outcome, counter, [[number, 0, 0], [0, 0, 0], [0, 0, 0]])
    table = _kpis(outcome)
    for metric, value in {
        "first_contact_resolution": 0.75, "failure_demand": 0.16, "contacts_per_journey": 2.5,
        "handoffs_per_journey": 0.5, "context_lost_rate": 0.4, "recovery_rate": 0.25,
        "prompts_read_rate": 0.75, "automatic_executions": 5, "automatic_wrong_rate": 0.2, "stages_skipped": 10,
        "journey_days": 3.0, "friction_minutes": 15.0, "queue_minutes": 2.5, "response_days": 1.5,
        "recognize_steps": 1.6, "request_steps": 3.8, "respond_steps": 0.5, "repeat_steps": 0.25,
        "friction_steps": 6.15,
    }.items():
        assert value_of(table, metric) == pytest.approx(value), metric
        assert value_of(table, metric, "few", "1") == pytest.approx(value), metric


def test_plain_counts_are_flows_that_add_up():
    outcome = make_outcome()
    for number, counter in enumerate(PLAIN.values(), start=1):
        tally(outcome, counter, [[number, 10 * number, 0], [100 * number, 0, 0], [0, 0, 0]])
    table = _kpis(outcome)
    for number, metric in enumerate(PLAIN, start=1):
        assert value_of(table, metric) == 111 * number
        assert value_of(table, metric, period="1") == 101 * number


def test_cost_per_journey_counts_shared_hours_in_all_only():
    outcome = make_outcome()
    tally(outcome, "judged", [[4, 0, 0], [6, 0, 0], [0, 0, 0]])
    outcome.ledger[0, 2, SHARED, 0, C_STAFF] = (8, 80_0000)
    outcome.ledger[3, 0, ORGANIC, 0, C_VISIT] = (4, 20_0000)
    table = _kpis(outcome)
    assert value_of(table, "cost_per_journey") == pytest.approx(100 / 10)
    assert value_of(table, "cost_per_journey", "few") == pytest.approx(20 / 4)
    assert value_of(table, "cost_per_journey", "many") == 0.0


def test_employees_are_of_no_segment_and_turnover_is_per_year():
    outcome = make_outcome()
    for counter, number in {
        "employee_days": 730, "employees_left": 3, "team_days": 60, "morale_sum": _whole(-15.0),
        "standard_sum": _whole(180.0), "fatigue_sum": _whole(365.0), "pressure_sum": _whole(300.0),
        "n_pressure": 200,
    }.items():
        tally(outcome, counter, [[0, 0, 0], [0, 0, 0], [number, 0, 0]])
    table = _kpis(outcome)
    for metric, value in {"employee_turnover": 1.5, "employee_morale": -0.25, "service_standard": 0.9,
                          "employee_fatigue": 0.5, "work_pressure": 1.5}.items():
        assert value_of(table, metric) == pytest.approx(value), metric
        assert math.isnan(value_of(table, metric, "few")), metric
        assert math.isnan(value_of(table, metric, period="2")), metric
