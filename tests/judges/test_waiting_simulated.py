"""The simulated contact centre against Erlang: waiting, giving up, and how busy employees are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cxsim.engines.outcome import Outcome
from cxsim.journal.ticks import DAY, MINUTE
from cxsim.theory.erlang import erlang_a, erlang_c
from lived_worlds import counted, judge, live_many, plan, world

# The first month is one day of warming up; the two that follow are read.
WARM = ("market=contact_centre", "start_date=2026-01-31", "horizon_days=60")
READ_DAYS = 59
UNIT_MINUTES = 4.0  # one unit of time of the tables: rates below are per unit


def _desk(arrivals: float, patience: float | None, employees: int):
    keys = [*WARM, f"channels.phone.contacts_per_hour={arrivals * 60 / UNIT_MINUTES}",
            f"channels.phone.handle_minutes={UNIT_MINUTES}", f"channels.phone.employees={employees}",
            f"channels.phone.patience_minutes={'null' if patience is None else patience * UNIT_MINUTES}",
            "market.layer_rate_per_day=1000"]
    return plan(world(*keys), log=False)


def _figures(outcome: Outcome) -> np.ndarray:
    """Share who wait, mean wait (units), share who give up, busy time of an employee."""
    n, waited, ticks, gone, busy = (
        counted(outcome, name)[:, 1:-1].sum()
        for name in ("contacts", "waited", "wait_ticks", "abandoned", "handle_ticks"))
    return np.array([waited / n, ticks / n / (UNIT_MINUTES * MINUTE), gone / n, busy / (READ_DAYS * DAY)])


@pytest.mark.parametrize(("arrivals", "employees", "n"), [(0.8, 1, 24), (1.5, 2, 16), (3, 4, 14), (8, 10, 10)])
def test_waiting_follows_erlang_c(arrivals: float, employees: int, n: int) -> None:
    theory = erlang_c(arrivals, 1.0, employees)
    found = np.stack(live_many(_desk(arrivals, None, employees), n, _figures))
    judge(found[:, 0], theory.p_wait, within=0.03)
    judge(found[:, 1], theory.expected_wait, within=0.08)
    judge(found[:, 3] / employees, theory.utilisation, within=0.01)
    assert (found[:, 2] == 0).all()


@pytest.mark.parametrize(("arrivals", "theta", "employees"), [
    (8, 0.5, 8), (8, 0.5, 10), (8, 1.0, 10), (12, 0.5, 10), (12, 1.0, 10)])
def test_waiting_and_giving_up_follow_erlang_a(arrivals: float, theta: float, employees: int) -> None:
    theory = erlang_a(arrivals, 1.0, theta, employees)
    found = np.stack(live_many(_desk(arrivals, 1.0 / theta, employees), 8, _figures))
    judge(found[:, 0], theory.p_wait, within=0.03)
    judge(found[:, 1], theory.expected_wait, within=0.06)
    judge(found[:, 2], theory.p_abandon, within=0.06)
    judge(found[:, 3] / employees, theory.utilisation, within=0.01)


@pytest.mark.slow
@pytest.mark.parametrize(("arrivals", "theta", "employees"), [(48, 0.5, 50), (100, 0.5, 100)])
def test_waiting_at_large_desks_follows_erlang_a(arrivals: float, theta: float, employees: int) -> None:
    theory = erlang_a(arrivals, 1.0, theta, employees)
    found = np.stack(live_many(_desk(arrivals, 1.0 / theta, employees), 8, _figures))
    judge(found[:, 0], theory.p_wait, within=0.03)
    judge(found[:, 1], theory.expected_wait, within=0.06)
    judge(found[:, 2], theory.p_abandon, within=0.06)
    judge(found[:, 3] / employees, theory.utilisation, within=0.01)


@pytest.mark.slow
@pytest.mark.parametrize(("arrivals", "employees"), [(24.0, 28), (48.0, 50)])
def test_waiting_at_large_desks_follows_erlang_c(arrivals: float, employees: int) -> None:
    theory = erlang_c(arrivals, 1.0, employees)
    found = np.stack(live_many(_desk(arrivals, None, employees), 16, _figures))
    judge(found[:, 0], theory.p_wait, within=0.03)
    judge(found[:, 1], theory.expected_wait, within=0.15)


def test_those_who_give_up_are_patience_rate_times_time_in_queue_whatever_the_staffing() -> None:
    """Abandonments = theta x total time in the queue, in expectation, for any staffing plan and doors.

    The last day has employees for everybody, so that no time in the queue is left uncounted.
    """
    theta = 0.7
    blueprint = _desk(8, 1.0 / theta, 8)
    luck = np.random.default_rng(7)
    days = blueprint.config.horizon_days
    on_duty = luck.integers(0, 16, size=days)
    on_duty[-1] = 200
    shifts = np.stack([np.arange(days) * DAY, np.zeros(days, int), np.ones(days, int), on_duty], axis=1)
    blueprint = replace(blueprint, plan=shifts)

    def both(outcome: Outcome) -> tuple[int, float]:
        gone, ticks = (counted(outcome, name)[:, :-1].sum() for name in ("abandoned", "wait_ticks"))
        return gone, theta * ticks / (UNIT_MINUTES * MINUTE)

    found = np.array(live_many(blueprint, 10, both))
    assert (found[:, 0] > 20_000).all()
    judge(found[:, 0] / found[:, 1], 1.0, within=0.01)
    # The difference is a martingale, whose variance is the number who gave up.
    z = (found[:, 0] - found[:, 1]).sum() / np.sqrt(found[:, 0].sum())
    assert abs(z) < 4.0


def test_patience_rate_identity_holds_where_doors_close_on_those_who_wait() -> None:
    config = world("market=contact_centre", "horizon_days=40", "channels.phone.contacts_per_hour=60",
                   "channels.phone.employees=2", "channels.phone.handle_minutes=4",
                   "channels.phone.patience_minutes=10", "channels.phone.open_hour=7",
                   "channels.phone.close_hour=19", "channels.phone.at_close=send_away")

    def both(outcome: Outcome) -> tuple[int, float]:
        gone, ticks = (counted(outcome, name)[:, :-1].sum() for name in ("abandoned", "wait_ticks"))
        return gone, ticks / (10 * MINUTE)

    found = np.array(live_many(plan(config, log=False), 8, both))
    judge(found[:, 0] / found[:, 1], 1.0, within=0.03)


def test_published_waits_are_the_mean_of_every_hour() -> None:
    """The sums behind the published waits hold every ended wait, by the hour of joining."""
    config = world("market=contact_centre", "horizon_days=20", "channels.phone.employees=25")
    blueprint = plan(config)

    def check(outcome: Outcome) -> bool:
        log = outcome.events
        ended = log[np.isin(log["word"], (3, 4, 5))]
        hour = (ended["tick"] - ended["wait_ticks"]) % DAY // (60 * MINUTE)
        sums = outcome.wait_sums[0, :, :2] + outcome.wait_sums[0, :, 2:]
        contacts = np.bincount(hour, minlength=24)
        waits = np.bincount(hour, ended["wait_ticks"].astype(float), minlength=24)
        return bool((sums[:, 0] == contacts).all() and (sums[:, 1] == waits).all() and waits.sum() > 0)

    assert all(live_many(blueprint, 2, check))
