"""Before a run: what it takes, refused where it cannot fit, and said where it is long or writes much."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import cxsim
from cxsim.behaviour.state import CUSTOMER_RECORD
from cxsim.engines import blueprint as plans
from cxsim.engines import estimate as estimating
from cxsim.engines import memory as room
from cxsim.engines.log_room import refuse_log_beyond_disk, refuse_log_beyond_memory
from cxsim.engines.memory import available_memory, memory_needed, refuse_what_cannot_fit, what_fits
from cxsim.errors import CxsimError
from lived_worlds import MARKETS, everything, live, plan, world

GIB = 2.0**30


@pytest.mark.parametrize("market", MARKETS)
def test_shapes_are_those_of_the_arrays_that_are_made(market: str) -> None:
    """Counted on the arrays of a world; only its newcomers are an estimate before it is planned."""
    config = everything(market)
    blueprint = plan(config, log=False)
    _, arrays = plans.build_world(blueprint, 0)
    written = [name for name in arrays if name not in blueprint.fixed and name not in ("streams", "waits", "keys")]
    counted = sum(arrays[name].nbytes for name in written if name != "customers")
    sizes = room._sizes(config, measuring=False)
    from cxsim.engines.shapes import n_bytes, world_shapes

    told = {name: shape for name, shape in world_shapes(sizes).items() if name != "customers"}
    assert n_bytes(told) == pytest.approx(counted, rel=0.02)
    assert sizes.customers == pytest.approx(len(arrays["customers"]), rel=0.15)


@pytest.mark.parametrize("typed", ["1e12", "1000000000000"])
def test_a_population_by_a_typo_is_refused_at_once_with_what_would_fit(typed: str) -> None:
    config = world(f"n_customers={typed}", "parallel.workers=2")
    start = time.perf_counter()
    with pytest.raises(CxsimError) as refused:
        refuse_what_cannot_fit(config, available=16 * GIB)
    told = str(refused.value)
    assert told.startswith("n_customers=1000000000000: needs about ") and "PiB of memory" in told
    assert "there are 16 GiB; what fits: n_customers=" in told
    assert time.perf_counter() - start < 30  # No array of that size was made.
    with pytest.raises(CxsimError, match="needs about"):
        cxsim.simulate(config)
    with pytest.raises(CxsimError, match="needs about"):
        cxsim.compare(config, ["points_program"])


def test_more_than_any_population_is_refused_by_its_range() -> None:
    with pytest.raises(CxsimError, match="n_customers=1000000000000000: must be between 0 and 100000000000000"):
        world("n_customers=1e15")


def test_what_is_offered_instead_fits_and_a_tenth_more_does_not() -> None:
    config, there = world("n_customers=3e7", "parallel.workers=4"), 20 * GIB
    offered = dict(text.split(" ")[0].split("=") for text in what_fits(config, 1, there))
    assert set(offered) == {"n_customers", "population.fraction"}
    for key, value in offered.items():
        for times, fits in ((1.0, True), (1.15, False)):
            number = float(value) * times
            changed = world("n_customers=3e7", "parallel.workers=4",
                            f"{key}={number if key != 'n_customers' else int(number)}")
            assert (memory_needed(changed).total <= there) == fits, (key, number)


def test_more_records_than_there_can_be_are_refused_however_much_memory_there_is() -> None:
    with pytest.raises(CxsimError, match=r"and room for 60,000,000 records at most\); what fits: n_customers="):
        refuse_what_cannot_fit(world("n_customers=1e8"), available=1e15)


def test_fewer_workers_are_offered_where_one_would_fit() -> None:
    config = world("n_customers=1e6", "parallel.workers=16")
    there = memory_needed(world("n_customers=1e6", "parallel.workers=3")).total + 1e6
    assert "parallel.workers=3" in what_fits(config, 1, there)


def test_memory_grows_with_customers_by_no_more_than_their_records_and_copies() -> None:
    one, two = (memory_needed(world(f"n_customers={n}", "parallel.workers=1", "acquisition=none")).total
                for n in (1_000_000, 2_000_000))
    a_customer = (two - one) / 1e6
    assert CUSTOMER_RECORD.itemsize < a_customer < 5 * CUSTOMER_RECORD.itemsize


def test_a_fraction_takes_that_fraction_of_memory() -> None:
    whole, part = (memory_needed(world("n_customers=1e7", f"population.fraction={f}")).total for f in (1.0, 0.1))
    assert part < 0.2 * whole


def test_the_smaller_of_machine_and_group_is_what_there_is(tmp_path: Path) -> None:
    machine = available_memory(tmp_path)
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/cgroup").write_text("0::/jobs/mine\n")
    group = tmp_path / "sys/fs/cgroup/jobs"
    (group / "mine").mkdir(parents=True)
    (group / "mine/memory.max").write_text("max\n")
    assert available_memory(tmp_path) == machine
    (group / "memory.max").write_text("1000000\n")
    assert available_memory(tmp_path) == 1e6
    (tmp_path / "proc/self/cgroup").write_text("3:cpu,memory:/old\n2:cpu:/x\n")
    old = tmp_path / "sys/fs/cgroup/memory/old"
    old.mkdir(parents=True)
    (old / "memory.limit_in_bytes").write_text("2000000\n")
    assert available_memory(tmp_path) == 2e6


@pytest.mark.parametrize("market", ["online_retail", "telecom"])
def test_events_are_estimated_within_a_third(market: str) -> None:
    config = world(f"market={market}", "n_customers=12000", "horizon_days=200", "replications=3")
    found = cxsim.estimate(config)
    happened = live(plan(config, log=False)).n_events
    assert found.runs == 3 and found.customers == 12000
    assert found.events == pytest.approx(3 * happened, rel=0.33)
    assert found.seconds > 0 and "from a pilot of 6 thousand customers" in str(found)


def test_calls_are_estimated_by_days() -> None:
    config = world("market=contact_centre", "horizon_days=30", "replications=2", "population.fraction=0.5")
    assert cxsim.estimate(config).events == pytest.approx(2 * live(plan(config, log=False)).n_events, rel=0.1)


def test_seconds_follow_the_clock_of_the_pilot() -> None:
    ticks = iter(range(100))
    config = world("n_customers=20000", "horizon_days=60", "replications=4", "parallel.workers=1",
                   "market.active_window_days=20")
    found = estimating.estimate(config, clock=lambda: float(next(ticks)))
    # A pilot of 6,000 takes a second by this clock: four runs of more than three times as many.
    assert found.seconds >= 4 * 20 / 6


def _with_log(records: float) -> estimating.Estimate:
    found = cxsim.estimate(world("n_customers=1000", "horizon_days=30", "market.active_window_days=10"))
    return replace(found, logged=records, log_bytes=records * estimating.BYTES_A_RECORD, log_share=1.0,
                   held_bytes=0.0, aside_bytes=0.0)


def test_a_log_larger_than_the_disk_is_refused_with_a_sample_that_fits(tmp_path: Path) -> None:
    large = _with_log(200e9 / estimating.BYTES_A_RECORD)
    with pytest.raises(CxsimError) as refused:
        refuse_log_beyond_disk(large, tmp_path / "run", free=50e9)
    told = str(refused.value)
    assert "186 GiB as a file" in told and "47 GiB are free in" in told
    assert "output.events=sample output.sample_share=0.1" in told
    told = refuse_log_beyond_disk(large, tmp_path, free=500e9)
    assert told.startswith("output.events: the event log will hold about 10 billion records")
    assert refuse_log_beyond_disk(_with_log(1000), tmp_path) == ""
    with pytest.raises(CxsimError, match="300 GiB laid aside before"):
        refuse_log_beyond_disk(replace(large, aside_bytes=300 * GIB), tmp_path, free=400 * GIB)


def test_a_long_log_is_held_in_part_and_laid_aside_in_part() -> None:
    found = cxsim.estimate(world("n_customers=1e7", "replications=2", "output.events=all"))
    assert found.held_bytes == 2 * 4 * 2**20 * 96  # Four pages of each replication.
    assert found.held_bytes + found.aside_bytes == pytest.approx(96 * found.logged)
    assert found.memory > found.held_bytes and found.logged == found.events


def test_a_log_that_memory_cannot_hold_is_refused_with_a_sample_that_fits() -> None:
    large = replace(_with_log(1e9), available_memory=20 * GIB, memory=104 * GIB, held_bytes=100 * GIB)
    with pytest.raises(CxsimError, match=r"16 GiB are there for it; .*sample_share=0.08, .*fewer replications"):
        refuse_log_beyond_memory(large)
    refuse_log_beyond_memory(replace(large, available_memory=400 * GIB))


def test_a_long_run_says_what_it_will_take_and_a_short_one_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    small = world("n_customers=300", "horizon_days=60", "market.active_window_days=20")
    estimating.look_ahead(small, 0, said.append)
    assert said == []
    monkeypatch.setattr(estimating, "LONG_SECONDS", 0.0)
    estimating.look_ahead(world("n_customers=1e6", "parallel.workers=1", "horizon_days=120",
                                "market.active_window_days=40"), 1, said.append)
    assert len(said) == 1 and said[0].startswith("expected: ") and " in 40 runs; about " in said[0]
    assert np.char.count(said[0], ",") == 0  # The progress channel cuts at commas.
