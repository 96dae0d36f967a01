"""Work pressure: less time for each, less care, and what becomes the standard when that goes on."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cxsim.behaviour.employees import end_day, service_quality, time_given
from cxsim.journal.tallies import COUNTERS, FRACTION
from cxsim.journal.ticks import DAY, MINUTE
from cxsim.journal.words import QUEUE_ABANDONED, QUEUE_JOINED, QUEUE_SERVED, SERVICE_RESOLVED
from lived_worlds import changed, spec, world
from lone_worlds import BY_PHONE, CALLS, NUMB, alone, at_desk, run, said, services, shared, with_people


def test_under_pressure_less_time_is_given_and_less_time_means_less_care() -> None:
    world_now, _, c, team, _ = at_desk(with_people(alone(*BY_PHONE), haste=0.4, care=0.7))
    team["on_duty"] = 3
    for waiting, busy in ((0, 1), (0, 3), (1, 3), (9, 3)):
        team["waiting"], team["busy"] = waiting, busy
        load = max(1.0, (waiting + busy) / 3.0)
        assert time_given(world_now, c, 0) == pytest.approx(load**-0.4, rel=1e-13)
        assert service_quality(world_now, c, 0) == pytest.approx(0.7 * math.log(load**-0.4), abs=1e-13)
    team["waiting"], team["busy"], team["standard"] = 0, 1, 0.8
    assert time_given(world_now, c, 0) == pytest.approx(0.8, rel=1e-13)
    assert service_quality(world_now, c, 0) == pytest.approx(0.7 * math.log(0.8), rel=1e-13)


def test_calls_are_shortened_by_those_in_the_desks_care() -> None:
    """Two people for 48 calls an hour: each takes 4 (in the desk's care / 2)^-haste minutes, from the log."""
    haste = 0.35
    config = with_people(world(*CALLS, "channels.phone.contacts_per_hour=48", "channels.phone.employees=2",
                           "horizon_days=4", "channels.phone.patience_minutes=30"), haste=haste)
    outcome = run(config)
    events = outcome.events
    joined = np.sort(events["tick"][events["word"] == QUEUE_JOINED])
    gone = np.sort(events["tick"][np.isin(events["word"], (QUEUE_ABANDONED, SERVICE_RESOLVED))])
    begin, end = services(outcome)
    inside = np.searchsorted(joined, begin, side="right") - np.searchsorted(gone, begin, side="right")
    load = np.maximum(1.0, inside / 2.0)
    np.testing.assert_allclose((end - begin) / MINUTE, 4.0 * load**-haste, rtol=0, atol=1e-6)
    assert (load > 1.5).sum() > 200 and len(begin) > 3000
    pressure = outcome.tally[-1, :-1]
    n = pressure[:, COUNTERS.index("n_pressure")].sum()
    began = len(said(outcome, QUEUE_SERVED))
    assert n == began
    assert shared(outcome, "pressure_sum") / FRACTION / n == pytest.approx((inside / 2).mean(), rel=2e-3)


def _after_overload(config, day: int = 8):
    """Length (minutes) of calls begun from a day on, with and without three days of twice as many calls before."""
    crowd = spec("crowd", {"channels.phone.contacts_per_hour": 220.0}, start_day=2, end_day=5)
    lengths = []
    for parts in ((), (crowd,)):
        begin, end = services(run(config, *parts))
        lengths.append({int(b): (e - b) / MINUTE for b, e in zip(begin, end, strict=True) if b >= day * DAY})
    return lengths


def test_temporary_overload_lowers_the_standard_for_good_when_standards_erode() -> None:
    """Oliva & Sterman (2001): what is usual under pressure becomes the standard, and stays it."""
    config = with_people(world(*CALLS, "channels.phone.patience_minutes=10"), haste=0.5)
    calm, after = _after_overload(config)
    assert after == calm and len(calm) > 2500, "without erosion the same calls, to the tick, as without it"
    eroding = changed(config, employees__erosion_days=2.0)
    calm, after = _after_overload(eroding)
    assert np.mean(list(after.values())) < 0.85 * np.mean(list(calm.values()))
    late = _after_overload(eroding, day=11)
    assert np.mean(list(late[1].values())) == pytest.approx(np.mean(list(after.values())), rel=0.03)
    restoring = changed(eroding, employees__restoring_days=2.0)
    back = _after_overload(restoring, day=11)[1]
    assert np.mean(list(back.values())) > 1.1 * np.mean(list(late[1].values()))


def test_eroded_standards_lower_the_quality_that_customers_feel() -> None:
    """Where service takes twice as long for a month, contacts a month later are worse by care ln(standard)."""
    config = with_people(alone(*BY_PHONE, *NUMB, "channels.phone.employees=1", "channels.phone.handle_minutes=4",
                           "n_customers=800"), haste=0.5, care=0.5)
    slow = spec("slow", {"channels.phone.handle_minutes": 40.0}, start_day=60, end_day=90)

    def gained(one) -> float:
        found = said(run(one, slow), SERVICE_RESOLVED)
        day = found["tick"] // DAY
        return float(found["quality"][day >= 130].mean() - found["quality"][day < 60].mean())

    assert abs(gained(config)) < 0.01
    assert gained(changed(config, employees__erosion_days=20.0)) < -0.05


def test_standard_moves_to_what_is_usual_by_its_recursion() -> None:
    config = changed(alone(*BY_PHONE), employees__erosion_days=10.0, employees__restoring_days=40.0)
    world_now, arrays, _, team, _ = at_desk(config)
    standard = 1.0
    for day, usual in enumerate((0.6, 0.6, 0.95, 0.5, 1.3), start=1):
        team["n_served"], team["time_sum"] = 4, int(4 * usual * FRACTION)
        end_day(world_now, day)
        fall = (usual - standard) / 10.0 if usual < standard else 0.0
        standard += fall + (1.0 - standard) / 40.0
        assert team["standard"] == pytest.approx(standard, abs=1e-9)
        assert team["n_served"] == team["time_sum"] == 0
    before = float(team["standard"])
    end_day(world_now, 6)
    assert team["standard"] == before, "a day without contacts moves nothing"
