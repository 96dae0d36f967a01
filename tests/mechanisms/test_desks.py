"""Desks against queueing theory: handling times, giving up and calling again, classes, call-backs, shifts."""

from __future__ import annotations

import numpy as np
import pytest

from cxsim.behaviour.state import BY_WAIT
from cxsim.engines.outcome import Outcome
from cxsim.journal.ticks import DAY, HOUR, MINUTE
from cxsim.journal.words import (
    QUEUE_ABANDONED, QUEUE_CALL_BACK, QUEUE_JOINED, QUEUE_SERVED, SERVICE_RESOLVED, SERVICE_UNRESOLVED)
from cxsim.theory.erlang import erlang_a, erlang_c
from lived_worlds import changed, counted, judge, live, live_many, plan, spec, total, world
from still_worlds import PHONE_ONLY, assert_same_but, needing_help, owners, said, touchpoint

# The first month is one day of warming up; the two that follow are read.
WARM = ("start_date=2026-01-31", "horizon_days=60")
HANDLE = 4.0  # minutes
SHORT = ("horizon_days=5",)


def centre(per_hour: float, employees: int, *overrides: str, **changes: object):
    """A contact centre of anonymous calls of 4 minutes."""
    return changed(world(
        "market=contact_centre", "touchpoints=[]", *WARM, f"channels.phone.contacts_per_hour={per_hour}",
        f"channels.phone.employees={employees}", f"channels.phone.handle_minutes={HANDLE}",
        "market.layer_rate_per_day=4000", *overrides), **changes)


def _read(outcome: Outcome, *names: str) -> list[int]:
    """Counters after the warming up."""
    return [int(counted(outcome, name)[:, 1:-1].sum()) for name in names]


def _handled(outcome: Outcome) -> np.ndarray:
    """Minutes from being served to the end of each contact."""
    log = said(outcome, QUEUE_SERVED, SERVICE_RESOLVED, SERVICE_UNRESOLVED)
    served = np.flatnonzero(log["word"][:-1] == QUEUE_SERVED)
    served = served[log["customer"][served] == log["customer"][served + 1]]
    assert (log["word"][served + 1] != QUEUE_SERVED).all()
    return (log["tick"][served + 1] - log["tick"][served]) / MINUTE


@pytest.mark.parametrize("cv", [0.5, 1.23])
def test_handling_times_are_lognormal_of_the_stated_mean_and_spread(cv: float) -> None:
    config = centre(200, 40, "horizon_days=12", channels__phone__handle_cv=cv)

    def figures(outcome: Outcome) -> tuple[float, float, float]:
        minutes = _handled(outcome)
        return minutes.mean(), np.log(minutes).std(), np.median(minutes)

    found = np.array(live_many(plan(config), 8, figures))
    judge(found[:, 0], HANDLE, within=0.01)
    judge(found[:, 1], np.sqrt(np.log1p(cv**2)), within=0.01)
    judge(found[:, 2], HANDLE / np.sqrt(1 + cv**2), within=0.01)


def test_handling_times_without_a_stated_spread_are_exponential_and_with_none_constant() -> None:
    minutes = np.concatenate(live_many(plan(centre(200, 40, *SHORT)), 4, _handled))
    for quantile in (0.1, 0.5, 0.9):
        below = (minutes < -HANDLE * np.log1p(-quantile)).mean()
        assert abs(below - quantile) < 4 * np.sqrt(quantile * (1 - quantile) / len(minutes))
    constant = _handled(live(plan(centre(200, 40, *SHORT, channels__phone__handle_cv=0.0))))
    np.testing.assert_array_equal(constant, HANDLE)


@pytest.mark.parametrize("cv", [0.0, 1.0, 1.23])
def test_waiting_at_one_employee_follows_pollaczek_and_khinchine(cv: float) -> None:
    """E[W] = rho / (1 - rho) (1 + CV^2) / 2 E[S]."""
    rho = 0.6
    config = centre(rho * 60 / HANDLE, 1, channels__phone__handle_cv=cv)

    def wait(outcome: Outcome) -> float:
        n, ticks = _read(outcome, "contacts", "wait_ticks")
        return ticks / n / MINUTE

    judge(live_many(plan(config, log=False), 24, wait), rho / (1 - rho) * (1 + cv**2) / 2 * HANDLE, within=0.08)


@pytest.mark.parametrize("cv", [0.0, 1.23])
def test_those_who_give_up_are_patience_rate_times_waiting_whatever_the_handling_time(cv: float) -> None:
    """P(Ab) = theta E[W], for any law of handling."""
    config = centre(150, 9, "horizon_days=32", channels__phone__handle_cv=cv,
                    channels__phone__patience_minutes=5.0)

    def both(outcome: Outcome) -> float:
        gone, ticks = _read(outcome, "abandoned", "wait_ticks")
        return gone / (ticks / (5.0 * MINUTE))

    judge(live_many(plan(config, log=False), 8, both), 1.0, within=0.02)


def _offered(arrivals: float, theta: float, employees: int, p_retry: float) -> tuple[float, float]:
    """Attempts a unit of time and P(Ab) where a share of those who give up come back: a fixed point."""
    attempts = arrivals
    for _ in range(500):
        p_abandon = erlang_a(attempts, 1.0, theta, employees).p_abandon
        attempts = arrivals + p_retry * p_abandon * attempts
    return attempts, p_abandon


def test_retrial_feeds_back_into_the_queue() -> None:
    """Attempts = fresh / (1 - p P(Ab)); spread over hours they are as good as Poisson: Erlang-A of the whole."""
    fresh, employees, patience, p = 150.0, 9, 5.0, 0.449
    config = centre(fresh, employees, channels__phone__patience_minutes=patience,
                    channels__phone__p_retry=p, channels__phone__retry_hours=4.0)
    attempts, p_abandon = _offered(fresh * HANDLE / 60, HANDLE / patience, employees, p)

    def figures(outcome: Outcome) -> list[float]:
        contacts, gone, retries, ticks = _read(outcome, "contacts", "abandoned", "retries", "wait_ticks")
        return [contacts / (59 * 24), gone / contacts, retries / gone, gone / (ticks / (patience * MINUTE))]

    found = np.array(live_many(plan(config, log=False), 8, figures))
    judge(found[:, 0], attempts * 60 / HANDLE, within=0.01)
    judge(found[:, 1], p_abandon, within=0.04)
    judge(found[:, 2], p, within=0.02)
    judge(found[:, 3], 1.0, within=0.02)
    assert p_abandon > 1.1 * erlang_a(fresh * HANDLE / 60, 1.0, HANDLE / patience, employees).p_abandon


def test_who_calls_again_does_so_within_the_mean_hours_at_the_same_desk() -> None:
    config = centre(150, 9, "horizon_days=12", channels__phone__patience_minutes=5.0, channels__phone__p_retry=0.9,
                    channels__phone__retry_hours=2.0)

    def delay(outcome: Outcome) -> float:
        log = said(outcome, QUEUE_JOINED, QUEUE_ABANDONED)
        again = np.flatnonzero((log["word"][:-1] == QUEUE_ABANDONED) & (log["word"][1:] == QUEUE_JOINED)
                               & (log["customer"][:-1] == log["customer"][1:]))
        early = log["tick"][again] < 11 * DAY
        return ((log["tick"][again + 1] - log["tick"][again])[early] / HOUR).mean()

    judge(live_many(plan(config), 6, delay), 2.0, within=0.03)


def test_unresolved_calls_come_back_to_the_centre() -> None:
    """Contacts = fresh / p_resolved, in the long run."""
    p = 0.8
    config = centre(150, 14, "horizon_days=29", channels__phone__p_resolved=p, channels__phone__return_days=0.2)
    found = live_many(plan(config, log=False), 8, lambda o: _read(o, "contacts")[0] / (28 * 24))
    judge(found, 150 / p, within=0.01)


PEOPLE, CALLS_PER_HOUR = 20_000, 12.0
BUSY = (*WARM, f"n_customers={PEOPLE}", *needing_help(CALLS_PER_HOUR * 24 * 365 / PEOPLE), *PHONE_ONLY,
        "channels.phone.employees=2", "channels.phone.handle_minutes=8", "channels.phone.at_close=serve_all",
        "channels.phone.patience_minutes=null", "segments.high_end.share=0.3", "segments.regular.share=0.7")


def _waits(outcome: Outcome) -> np.ndarray:
    """Mean wait by segment, and of all, in minutes."""
    n, ticks = (counted(outcome, name)[:, 1:-1].sum(axis=1) for name in ("contacts", "wait_ticks"))
    return np.array([*(ticks / n), ticks.sum() / n.sum()]) / MINUTE


def test_waits_of_two_classes_follow_cobham() -> None:
    """Non-preemptive M/M/c: W_1 = W0 / (1 - rho_1), W_2 = W0 / ((1 - rho_1)(1 - rho)), W0 = C / (c mu)."""
    config = owners(*BUSY, segments__high_end__priority=0, segments__regular__priority=5)
    centre_c = erlang_c(CALLS_PER_HOUR, 7.5, 2)
    residual = 60 * centre_c.p_wait / (2 * 7.5)
    rho = centre_c.utilisation
    first = residual / (1 - 0.3 * rho)
    second = first / (1 - rho)
    found = np.stack(live_many(plan(config, log=False), 16, _waits))
    judge(found[:, 0], first, within=0.04)
    judge(found[:, 1], second, within=0.1)
    judge(found[:, 2], 60 * centre_c.expected_wait, within=0.1)
    assert abs(0.3 * first + 0.7 * second - 60 * centre_c.expected_wait) < 1e-9


def test_classes_served_alike_are_one_queue() -> None:
    """Everybody of the same class, whichever it is: first come, first served, to the bit."""
    config = owners(*BUSY, "horizon_days=10")
    part = spec("all", {f"segments.{name}.priority": 7 for name in ("high_end", "regular")})
    one, other = live(plan(config)), live(plan(config, [part]))
    assert_same_but(one, other, fields=["queue_class"])
    served = one.events[one.events["word"] == QUEUE_SERVED]
    served = served[np.argsort(served["tick"], kind="stable")]
    assert (np.diff(served["tick"] - served["wait_ticks"]) >= 0).all() and len(served) > 2000


def test_within_a_class_the_first_to_come_is_served_first_and_a_better_class_goes_before() -> None:
    config = owners(*BUSY, "horizon_days=10", segments__regular__priority=2)
    outcome = live(plan(config))
    segment = dict(zip(outcome.customers["id"].tolist(), outcome.customers["segment"].tolist(), strict=True))
    served = outcome.events[outcome.events["word"] == QUEUE_SERVED]
    served = served[np.argsort(served["tick"], kind="stable")]
    joined, start = served["tick"] - served["wait_ticks"], served["tick"]
    which = np.array([segment[who] for who in served["customer"].tolist()])
    for s in range(2):
        assert (np.diff(joined[which == s]) >= 0).all()
    # Nobody of the worse class starts while one of the better waits.
    better = which == 0
    for tick in start[~better]:
        assert not ((joined[better] < tick) & (start[better] > tick)).any()


def _called_back(reach: float, minutes: float | None, *overrides: str, **changes: object):
    return owners(*BUSY, "channels.phone.patience_minutes=3", *overrides, **({
        "channels__phone__call_back_minutes": minutes,
        "touchpoints": touchpoint(offers_call_back=True, reach=reach)} | changes))


def test_call_backs_for_all_turn_erlang_a_into_erlang_c_without_a_wait_that_is_felt() -> None:
    """Nobody who waits gives up, everybody keeps his place, and nobody minds."""
    theory = erlang_c(CALLS_PER_HOUR, 7.5, 2)

    def figures(outcome: Outcome) -> list[float]:
        contacts, waited, gone, backs = _read(outcome, "contacts", "waited", "abandoned", "call_backs")
        assert gone == 0 and total(outcome, "abandoned") == 0 and outcome.pains[:, :, BY_WAIT].sum() == 0
        return [_waits(outcome)[2], waited / contacts, backs / contacts]

    found = np.array(live_many(plan(_called_back(1.0, 1e-6), log=False), 16, figures))
    judge(found[:, 0], 60 * theory.expected_wait, within=0.1)
    judge(found[:, 1], theory.p_wait, within=0.03)
    judge(found[:, 2], theory.p_wait, within=0.03)
    without = live(plan(_called_back(1.0, None), log=False))
    assert total(without, "abandoned") > 1000 and without.pains[:, :, BY_WAIT].sum() > 0


def test_who_is_called_back_keeps_his_place_and_does_not_give_up() -> None:
    outcome = live(plan(_called_back(0.5, 2.0, "horizon_days=20")))
    log = said(outcome, QUEUE_JOINED, QUEUE_SERVED, QUEUE_ABANDONED, QUEUE_CALL_BACK)
    called = np.flatnonzero(log["word"] == QUEUE_CALL_BACK)
    assert (log["word"][called - 1] == QUEUE_JOINED).all() and 200 < len(called) == total(outcome, "call_backs")
    assert (log["word"][called[:-1] + 1] != QUEUE_ABANDONED).all() and total(outcome, "abandoned") > 100
    served = log[log["word"] == QUEUE_SERVED]
    served = served[np.argsort(served["tick"], kind="stable")]
    assert (np.diff(served["tick"] - served["wait_ticks"]) >= 0).all()


def test_call_backs_are_offered_from_their_limit_on() -> None:
    """A higher limit, fewer call-backs; expected waits are whole customers ahead times 8 / 2 minutes."""
    counts = [total(live(plan(_called_back(1.0, limit, "horizon_days=30"), log=False)), "call_backs")
              for limit in (1e-6, 3.9, 4.1, 9.0, 1e6)]
    assert counts[0] == counts[1] > counts[2] > counts[3] > counts[4] == 0


SHIFTS = {"night": {"from_hour": 0, "to_hour": 8, "employees": 2},
          "day": {"from_hour": 8, "to_hour": 20, "employees": 6},
          "noon": {"from_hour": 11, "to_hour": 15, "employees": 3},
          "evening": {"from_hour": 20, "to_hour": 24, "employees": 4}}
ON_DUTY = np.array([2] * 8 + [6] * 3 + [9] * 4 + [6] * 5 + [4] * 4)


def _busy_at(outcome: Outcome, ticks: np.ndarray) -> np.ndarray:
    """Contacts being handled at some ticks."""
    log = outcome.events
    starts, ends = (np.sort(log["tick"][log["word"] == word]) for word in (QUEUE_SERVED, SERVICE_RESOLVED))
    return np.searchsorted(starts, ticks, "right") - np.searchsorted(ends, ticks, "right")


@pytest.mark.parametrize("shrinkage", [0.0, 0.3])
def test_shifts_change_how_many_serve_within_a_day(shrinkage: float) -> None:
    """Overloaded, every employee on duty is busy; one whose shift ends finishes his call."""
    config = centre(400, 1, "horizon_days=4", channels__phone__shifts=SHIFTS, channels__phone__shrinkage=shrinkage,
                    channels__phone__handle_cv=0.0)
    outcome = live(plan(config))
    # Half past each hour, from the second hour on: calls last 4 minutes, so nobody stays from before.
    hours = np.arange(2, 4 * 24)
    busy = _busy_at(outcome, hours * HOUR + 30 * MINUTE)
    due = (1 - shrinkage) * ON_DUTY[hours % 24]
    assert (np.abs(busy - due) < 1 - 1e-9).all() and abs((busy - due).sum()) < 1.5
    # Calls of 4 minutes: 15 an hour and employee, give or take those under way when fewer are on duty.
    handled = total(outcome, "contacts")
    assert abs(handled - 4 * 15 * (1 - shrinkage) * ON_DUTY.sum()) < 4 * 2 * 24


def _overloaded(**changes: object):
    return centre(150, 9, *SHORT, channels__phone__patience_minutes=5.0, **changes)


NOTHING = {
    "nobody calls again": {"channels.phone.retry_hours": 1.0},
    "every call is settled": {"channels.phone.return_days": 9.0},
    "call-backs where nobody offers them": {"channels.phone.call_back_minutes": 0.1},
    "all are at the desk": {"channels.phone.shrinkage": 0.0},
    "one shift all day": {"channels.phone.shifts": {"all": {"from_hour": 0, "to_hour": 24, "employees": 9}}},
    "two shifts of a day": {"channels.phone.shifts": {
        "early": {"from_hour": 0, "to_hour": 12, "employees": 9},
        "late": {"from_hour": 12, "to_hour": 24, "employees": 9}}},
}


@pytest.mark.parametrize("name", NOTHING)
def test_neutral_values_leave_every_call_as_it_was(name: str) -> None:
    config = _overloaded()
    one, other = live(plan(config)), live(plan(config, [spec("idle", NOTHING[name])]))
    assert total(one, "abandoned") > 300
    assert_same_but(one, other)


def test_retrial_of_endless_patience_and_a_limit_out_of_reach_are_nothing() -> None:
    endless = centre(120, 9, *SHORT)
    assert_same_but(live(plan(endless)), live(plan(endless, [spec("again", {"channels.phone.p_retry": 0.9})])))
    none, far = (_called_back(1.0, minutes, "horizon_days=10") for minutes in (None, 1e6))
    assert_same_but(live(plan(none)), live(plan(far)))
