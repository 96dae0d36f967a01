"""What comes first when two things happen at one tick."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cxsim.engines.blueprint import Blueprint
from cxsim.engines.outcome import Outcome
from cxsim.journal.ticks import DAY, HOUR, MINUTE
from cxsim.journal.words import QUEUE_ABANDONED, QUEUE_CLOSED, QUEUE_JOINED, QUEUE_SERVED, SERVICE_RESOLVED
from lived_worlds import live, plan, world
from same_life import assert_same_life


@pytest.fixture
def at_exactly(monkeypatch: pytest.MonkeyPatch):
    """Let the SimPy engine's handling, patience or moment of contact last exactly as told.

    The engine asks compiled functions for ticks; here they are answered by hand, so that a tie is certain.
    """
    from cxsim.engines import simpy_engine as engine

    def rule(*, handle: int | None = None, patience: int | None = None) -> None:
        if handle is not None:
            serve = engine.serve
            monkeypatch.setattr(engine, "serve", lambda w, i, now: (serve(w, i, now), now + handle)[1])
        if patience is not None:
            arrive = engine.arrive
            monkeypatch.setattr(
                engine, "arrive", lambda w, i, now, is_open: _end(arrive(w, i, now, is_open), now, patience))

    return rule


def _end(tick: int, now: int, patience: int) -> int:
    return now + patience if tick > now else tick


def _words(outcome: Outcome, word: int) -> np.ndarray:
    return outcome.events[outcome.events["word"] == word]


def _two_calls() -> Blueprint:
    """A contact centre with one employee; layers of calls come one microsecond apart at most."""
    config = world("market=contact_centre", "horizon_days=1", "channels.phone.employees=1",
                   "channels.phone.patience_minutes=5", "channels.phone.contacts_per_hour=2", "seed=3")
    return plan(config)


def test_patience_that_ends_as_an_employee_becomes_free_is_served_under_simpy(at_exactly) -> None:
    """Service of an hour, patience of an hour less the gap: both end on one tick, and he is served."""
    blueprint = _two_calls()
    first, second = np.sort(_words(live(blueprint), QUEUE_JOINED)["tick"])[:2]
    gap = int(second - first)
    handle = 40 * MINUTE + gap
    at_exactly(handle=handle, patience=40 * MINUTE)
    outcome = live(blueprint, 0, "simpy")
    served = _words(outcome, QUEUE_SERVED)
    assert served["tick"][1] == second + 40 * MINUTE and served["wait_ticks"][1] == 40 * MINUTE
    assert _words(outcome, QUEUE_ABANDONED)["tick"].min(initial=DAY) != second + 40 * MINUTE


def test_patience_one_tick_shorter_is_abandoned_under_simpy(at_exactly) -> None:
    blueprint = _two_calls()
    first, second = np.sort(_words(live(blueprint), QUEUE_JOINED)["tick"])[:2]
    at_exactly(handle=40 * MINUTE + int(second - first), patience=40 * MINUTE - 1)
    outcome = live(blueprint, 0, "simpy")
    assert _words(outcome, QUEUE_ABANDONED)["tick"].min() == second + 40 * MINUTE - 1


TINY = 1.0 / DAY / 1e3  # days; every duration drawn with it is rounded up to one tick


def _ticking(handle: float, patience: float, *shifts: tuple[int, int, int, int]) -> Blueprint:
    """A crowd in a world whose handling or patience may take exactly one tick.

    `shifts` are a plan of its own: tick, channel, whether it is open, employees on duty.
    """
    config = world("market=contact_centre", "horizon_days=2", "channels.phone.employees=1",
                   "channels.phone.contacts_per_hour=20", "channels.phone.patience_minutes=5",
                   "market.layer_rate_per_day=40000")
    blueprint = plan(config)
    channels = blueprint.fixed["channels"].copy()
    channels["handle_days"], channels["patience_days"] = handle, patience
    staff_plan = np.array(shifts) if shifts else blueprint.plan
    return replace(blueprint, fixed=blueprint.fixed | {"channels": channels}, plan=staff_plan)


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_capacity_raised_at_midnight_serves_all_that_wait_at_once(engine: str) -> None:
    blueprint = _ticking(0.2, np.inf, (0, 0, 1, 0), (DAY, 0, 1, 6))
    outcome = live(blueprint, 0, engine)
    at_midnight = _words(outcome, QUEUE_SERVED)
    assert (at_midnight["tick"][:6] == DAY).all() and at_midnight["tick"][6] > DAY
    first_six = np.sort(_words(outcome, QUEUE_JOINED)["tick"])[:6]
    np.testing.assert_array_equal(np.sort(DAY - at_midnight["wait_ticks"][:6]), first_six)


def test_capacity_raised_at_midnight_is_the_same_in_both_engines() -> None:
    blueprint = _ticking(0.002, 0.3, (0, 0, 1, 1), (DAY, 0, 1, 25))
    assert_same_life(live(blueprint), live(blueprint, 0, "simpy"))


@pytest.mark.parametrize(("handle", "patience"), [(TINY, 0.01), (0.01, TINY), (TINY, TINY), (TINY, np.inf)])
def test_durations_of_one_tick_tie_alike_in_both_engines(handle: float, patience: float) -> None:
    blueprint = _ticking(handle, patience)
    assert_same_life(live(blueprint), live(blueprint, 0, "simpy"))


def _crowd_at_one_tick(handle: float, patience: float, employees: int) -> Blueprint:
    """Everybody is at the door on the same tick: a profile of hours with all contacts in no time."""
    config = world("population=new", "n_customers=60", "horizon_days=40", "channels.web.share=0",
                   "channels.app.share=0", f"channels.phone.employees={employees}", "delivery=none",
                   "channels.phone.patience_minutes=5", "segments.shoppers.purchase.r=20", "acquisition=none",
                   "needs=always_noticed")
    blueprint = plan(config)
    channels = blueprint.fixed["channels"].copy()
    channels["handle_days"], channels["patience_days"] = handle, patience
    return replace(blueprint, fixed=blueprint.fixed | {"channels": channels})


def _same_moment(blueprint: Blueprint, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    """Every contact of a day at noon sharp (under SimPy, whose ticks can be answered by hand)."""
    from cxsim.engines import simpy_engine as engine

    recognize, choose = engine.recognize, engine.choose_again
    monkeypatch.setattr(engine, "recognize", lambda w, i, now: _noon(recognize(w, i, now), now))
    monkeypatch.setattr(engine, "choose_again", lambda w, i, now: _noon(choose(w, i, now), now))
    return live(blueprint, 0, "simpy")


def _noon(tick: int, now: int) -> int:
    noon = tick // DAY * DAY + 12 * HOUR
    return noon if noon > now else noon + DAY


def test_customers_at_one_tick_are_served_in_the_order_of_their_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = _same_moment(_crowd_at_one_tick(0.001, np.inf, 1), monkeypatch)
    joined, served = _words(outcome, QUEUE_JOINED), _words(outcome, QUEUE_SERVED)
    assert (joined["tick"] % DAY == 12 * HOUR).all()
    n_together = 0
    for day in np.unique(joined["tick"] // DAY):
        here = np.sort(joined["customer"][joined["tick"] // DAY == day])
        order = served[np.isin(served["customer"], here) & (served["tick"] // DAY == day)]
        order = order["customer"][np.argsort(order["tick"], kind="stable")]
        np.testing.assert_array_equal(order, here[: len(order)])
        n_together = max(n_together, len(order))
    assert n_together >= 5


def test_patience_of_one_tick_meets_service_of_one_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    """All join at noon; service and patience last one tick: the first is served, and at the next tick,
    where everybody's patience ends as the employee becomes free, the second is."""
    outcome = _same_moment(_crowd_at_one_tick(TINY, TINY, 1), monkeypatch)
    n_crowds = 0
    for day in range(40):
        noon = day * DAY + 12 * HOUR
        here = outcome.events[(outcome.events["tick"] >= noon) & (outcome.events["tick"] <= noon + 1)]
        n = (here["word"] == QUEUE_JOINED).sum()
        if n < 3:
            continue
        n_crowds += 1
        served = here[here["word"] == QUEUE_SERVED]
        gone = here[here["word"] == QUEUE_ABANDONED]
        assert served["tick"].tolist() == [noon, noon + 1]
        assert served["customer"].tolist() == np.sort(here["customer"][here["word"] == QUEUE_JOINED])[:2].tolist()
        assert len(gone) == n - 2 and (gone["tick"] == noon + 1).all()
    assert n_crowds >= 5


def test_closing_doors_come_before_patience_and_service_of_the_same_tick() -> None:
    """At the tick of closing nobody abandons: those who wait are sent away."""
    config = world("market=contact_centre", "horizon_days=3", "channels.phone.employees=1",
                   "channels.phone.contacts_per_hour=60", "channels.phone.close_hour=10",
                   "channels.phone.at_close=send_away", "channels.phone.handle_minutes=30")
    for engine in ("compiled", "simpy"):
        outcome = live(plan(config), 0, engine)
        closed = _words(outcome, QUEUE_CLOSED)
        waited = closed[closed["wait_ticks"] > 0]
        assert len(waited) > 20
        assert (waited["tick"] % DAY == 10 * HOUR).all()
        assert (_words(outcome, QUEUE_SERVED)["tick"] % DAY < 10 * HOUR).all()
        # Whoever is being served at closing is served to the end.
        assert (_words(outcome, SERVICE_RESOLVED)["tick"] % DAY > 10 * HOUR).any()


def test_at_close_serve_all_serves_everybody_who_came_in_time() -> None:
    config = world("market=contact_centre", "horizon_days=3", "channels.phone.employees=1",
                   "channels.phone.contacts_per_hour=30", "channels.phone.close_hour=10",
                   "channels.phone.at_close=serve_all", "channels.phone.handle_minutes=5")
    for engine in ("compiled", "simpy"):
        outcome = live(plan(config), 0, engine)
        joined, closed = _words(outcome, QUEUE_JOINED), _words(outcome, QUEUE_CLOSED)
        in_time = joined["tick"] % DAY < 10 * HOUR
        assert len(closed) == (~in_time).sum() > 0 and (closed["wait_ticks"] == 0).all()
        served = _words(outcome, QUEUE_SERVED)
        assert (served["tick"] % DAY > 10 * HOUR).sum() > 20
        last_day = served[served["tick"] < 2 * DAY]
        assert len(last_day) == (in_time & (joined["tick"] < 2 * DAY)).sum() - (
            (served["tick"] >= 2 * DAY) & (served["tick"] - served["wait_ticks"] < 2 * DAY)).sum()
