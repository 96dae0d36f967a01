"""A fraction of the population with desks left whole has the rates and waits of the whole, by theory and count."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from cxsim.engines.anchoring import find_reference
from cxsim.engines.outcome import Outcome
from cxsim.journal.ticks import MINUTE
from cxsim.measure.kpis import kpis
from cxsim.measure.whole_population import to_whole
from cxsim.settings.reference import Reference
from cxsim.theory.erlang import erlang_a
from lived_worlds import counted, judge, live_many, plan, world

# Anonymous calls: 24 Erlangs for 24 employees; the first month is a day of warming up.
CALLS_AN_HOUR, HANDLE, PATIENCE, EMPLOYEES = 360.0, 4.0, 8.0, 24
ARRIVALS = CALLS_AN_HOUR / 60.0 * HANDLE

# A subscription business whose one phone is busy; a contact may stay unresolved, and who gives up calls again.
BUSY = (
    "market=subscription", "n_customers=20000", "horizon_days=112", "segments.regular.support_needs_per_year=17",
    "segments.high_end.support_needs_per_year=17", "channels.web.share=0.3", "channels.app.share=0",
    "channels.phone.share=0.7", "channels.phone.employees=10", "channels.phone.handle_minutes=12",
    "channels.phone.patience_minutes=15", "++channels.phone.p_resolved=0.8", "++channels.phone.p_retry=0.3",
    "++channels.phone.retry_hours=2", "employees=human", "satisfaction=none", "upsell=none", "referral=none",
    "acquisition=none", "needs=always_noticed", "delivery.p_wrong=0", "payment=none", "reference.customers=100000")
JUDGED = ("wait_minutes", "wait_rate", "abandon_rate", "contacts", "contacts_per_journey", "work_pressure",
          "employee_fatigue", "retention_rate", "csat", "csat_journey", "revenue", "customers_end", "service_cost",
          "cost_per_contact", "profit")
FEELS_THE_DESK = ("wait_minutes", "wait_rate", "abandon_rate", "work_pressure", "employee_fatigue")
REPLICATIONS = {1.0: 24, 0.5: 24, 0.1: 32}


def _desk(fraction: float, calls: float = CALLS_AN_HOUR, employees: int = EMPLOYEES):
    return plan(world(
        "market=contact_centre", "start_date=2026-01-31", "horizon_days=60",
        f"channels.phone.contacts_per_hour={calls}", f"channels.phone.handle_minutes={HANDLE}",
        f"channels.phone.employees={employees}", f"channels.phone.patience_minutes={PATIENCE}",
        "market.layer_rate_per_day=1000", f"population.fraction={fraction}"), log=False)


def _waiting(outcome: Outcome) -> np.ndarray:
    """Share who wait, mean wait in handling times, share who give up."""
    n, waited, ticks, gone = (
        counted(outcome, name)[:, 1:-1].sum() for name in ("contacts", "waited", "wait_ticks", "abandoned"))
    return np.array([waited / n, ticks / n / (HANDLE * MINUTE), gone / n])


@pytest.mark.parametrize("fraction", [0.5, 0.1])
def test_a_fraction_of_the_calls_waits_as_erlang_says_of_all_of_them(fraction: float) -> None:
    theory = erlang_a(ARRIVALS, 1.0, HANDLE / PATIENCE, EMPLOYEES)
    found = np.stack(live_many(_desk(fraction), 8, _waiting))
    judge(found[:, 0], theory.p_wait, within=0.03)
    judge(found[:, 1], theory.expected_wait, within=0.06)
    judge(found[:, 2], theory.p_abandon, within=0.06)


def test_a_tenth_of_the_calls_with_a_tenth_of_the_employees_is_another_queue() -> None:
    """What the judge above would find without ghosts: far outside its bounds."""
    whole = erlang_a(ARRIVALS, 1.0, HANDLE / PATIENCE, EMPLOYEES)
    small = erlang_a(ARRIVALS / 12, 1.0, HANDLE / PATIENCE, EMPLOYEES // 12)
    assert small.expected_wait > 2.5 * whole.expected_wait and small.p_abandon > 2.5 * whole.p_abandon
    found = np.stack(live_many(_desk(1.0, CALLS_AN_HOUR / 12, EMPLOYEES // 12), 8, _waiting))
    judge(found[:, 1], small.expected_wait, within=0.06)


@cache
def _reference() -> Reference:
    return find_reference(world(*BUSY))


def _figures(fraction: float, *further: str) -> np.ndarray:
    """The judged metrics of every replication, for the whole population."""
    config = world(*BUSY, f"population.fraction={fraction}", *further)
    blueprint = plan(config, reference=_reference(), log=False)

    def figures(outcome: Outcome) -> list[float]:
        rows = to_whole("kpis", kpis(outcome, config, "world"), config.simulated_share)
        rows = rows.select(segment="all", period="total")
        found = dict(zip(rows["metric"], rows["value"], strict=True))
        return [found[name] for name in JUDGED]

    return np.array(live_many(blueprint, REPLICATIONS[fraction], figures))


@cache
def _whole() -> np.ndarray:
    return _figures(1.0)


def _gaps(found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Relative difference from the whole and its standard error, by metric."""
    whole = _whole()
    errors = np.sqrt(whole.var(axis=0, ddof=1) / len(whole) + found.var(axis=0, ddof=1) / len(found))
    level = np.abs(whole.mean(axis=0))
    return (found.mean(axis=0) - whole.mean(axis=0)) / level, errors / level


@pytest.mark.parametrize("fraction", [0.5, 0.1])
def test_a_fraction_of_a_busy_business_has_the_rates_of_the_whole(fraction: float) -> None:
    assert 0.03 < _whole()[:, JUDGED.index("abandon_rate")].mean() < 0.3  # The desk is busy.
    gaps, errors = _gaps(_figures(fraction))
    for name, gap, error in zip(JUDGED, gaps, errors, strict=True):
        assert abs(gap) < 4.0 * error, f"{name}: {gap:+.2%}, s.e. {error:.2%}"
        assert error < (0.06 if name in FEELS_THE_DESK else 0.02), f"{name}: too noisy to judge, s.e. {error:.2%}"


def test_a_fraction_without_ghosts_would_be_found_out() -> None:
    """A tenth of the customers with a tenth of the employees: the judge above would not let it pass."""
    small = [key for key in BUSY if not key.startswith(("n_customers", "channels.phone.employees"))]
    config = world(*small, "n_customers=2000", "channels.phone.employees=1")
    blueprint = plan(config, reference=_reference(), log=False)

    def figures(outcome: Outcome) -> list[float]:
        rows = kpis(outcome, config, "world").select(segment="all", period="total")
        found = dict(zip(rows["metric"], rows["value"], strict=True))
        return [found[name] for name in JUDGED]

    gaps, errors = _gaps(np.array(live_many(blueprint, 12, figures)))
    place = JUDGED.index("wait_minutes")
    assert gaps[place] > 0.25 and gaps[place] > 6.0 * errors[place]
