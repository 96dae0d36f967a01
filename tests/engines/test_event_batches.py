"""A log that is laid aside page by page holds the same events, in memory or on disk, read whole or in pages."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from cxsim.behaviour.world import World, make_world
from cxsim.engines import event_batches, replication
from cxsim.engines.blueprint import Blueprint, build_world
from cxsim.engines.event_batches import EventBatches, in_order
from cxsim.journal.events import EVENT
from cxsim.measure.digests import digest
from cxsim.measure.events import EventLog, events_table
from cxsim.measure.parquet import ParquetFile, read_parquet, write_parquet
from lived_worlds import live, plan, world
from same_life import assert_same_life

LONG = ("n_customers=1500", "horizon_days=300", "output.events=all")


def _with_a_short_page(blueprint: Blueprint, number: int, **keys: object) -> tuple[World, dict[str, np.ndarray]]:
    _, arrays = build_world(blueprint, number, **keys)
    arrays["events"] = np.zeros(1000, EVENT)
    return make_world(arrays), arrays


def _records(rng: np.random.Generator, n: int) -> np.ndarray:
    events = np.zeros(n, EVENT)
    events["tick"] = rng.integers(0, max(1, n // 3), n)  # many ties
    events["customer"] = rng.integers(0, 5, n)
    events["sequence"] = rng.permutation(n)
    return events


@pytest.mark.parametrize("page", [1, 7, 50, 10_000])
@pytest.mark.parametrize("sizes", [[], [0], [40], [40, 0, 25, 1], [30] * 9])
def test_pages_are_the_whole_log_in_order(
    page: int, sizes: list[int], monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(event_batches, "MOST_IN_MEMORY", 60)
    rng = np.random.default_rng(len(sizes))
    pieces = [_records(rng, n) for n in sizes]
    log = EventBatches()
    for piece in pieces:
        log.add(piece)
    whole = in_order(np.concatenate([np.zeros(0, EVENT), *pieces]))
    read = list(log.merged(page))
    assert np.concatenate([np.zeros(0, EVENT), *read]).tobytes() == whole.tobytes()
    assert log.whole().tobytes() == pickle.loads(pickle.dumps(log)).whole().tobytes() == whole.tobytes()
    # A page ends between two ticks: it is as long as asked for, and what one tick holds.
    most = 2 * page + max(np.bincount(whole["tick"]).max(initial=0), 0) * (len(sizes) + 1)
    assert len(sizes) < 2 or max(map(len, read), default=0) <= most


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_a_log_of_many_pages_is_the_log(engine: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    blueprint = plan(world(*LONG))
    in_one = live(blueprint, 0, engine)
    assert len(in_one.events) > 20 * 500
    monkeypatch.setattr(replication, "PAGE", 500)
    monkeypatch.setattr(event_batches, "MOST_IN_MEMORY", 2000)
    monkeypatch.setattr(replication, "build_world", _with_a_short_page)
    in_many = live(blueprint, 0, engine)
    assert len(in_many.log._batches) > 5 and in_many.log._folder is not None
    assert_same_life(in_one, in_many)
    table, log = events_table(in_one, "baseline"), EventLog([(in_many, "baseline")])
    assert sum(map(len, log.pages())) == len(log) == len(table)
    assert digest(log) == digest(table) == digest(log.table())
    for name, made in (("pages", log), ("table", table)):
        write_parquet(made, tmp_path / f"{name}.parquet")
        assert digest(read_parquet(tmp_path / f"{name}.parquet")) == digest(table)
        assert digest(ParquetFile(tmp_path / f"{name}.parquet", page=333)) == digest(table)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pages.parquet", "table.parquet"]


def test_what_lay_on_disk_goes_with_its_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_batches, "MOST_IN_MEMORY", 1)
    log = EventBatches()
    log.add(_records(np.random.default_rng(1), 10))
    folder = Path(log._folder.name)
    assert list(folder.iterdir())
    del log
    assert not folder.exists()
