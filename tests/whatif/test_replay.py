"""A run folder replays to the same digests; one with a user's process says that it cannot."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cxsim
from cxsim.report.run_folder import write_comparison, write_run
from cxsim.whatif.replay import replay

SMALL = ["n_customers=120", "horizon_days=60", "replications=2", "reference.customers=1500", "output.events=all"]


def test_run_folder_replays_to_the_same_digests(tmp_path: Path) -> None:
    write_run(cxsim.simulate(cxsim.load([*SMALL, "scenario=points_program"])), tmp_path)
    found = replay(tmp_path)
    assert found.is_same and set(found.tables) == {
        "kpis", "ledger", "touchpoints", "sources", "accounts", "points", "events"}


def test_comparison_folder_replays_to_the_same_digests(tmp_path: Path) -> None:
    config = cxsim.load(["market=subscription", *SMALL])
    write_comparison(cxsim.compare(config, ["live_chat", "live_chat+referral_bonus"]), tmp_path)
    found = replay(tmp_path)
    assert found.is_same and {"comparison", "twins", "returns", "sources"} < set(found.tables)


def test_a_changed_seed_is_found(tmp_path: Path) -> None:
    write_run(cxsim.simulate(cxsim.load(SMALL)), tmp_path)
    config = (tmp_path / "config.yaml").read_text()
    (tmp_path / "config.yaml").write_text(config.replace("seed: 1\n", "seed: 2\n", 1))
    found = replay(tmp_path).tables
    assert not any(found.values())
    assert set(found) == {"kpis", "ledger", "touchpoints", "sources", "accounts", "events"}


def test_a_table_that_is_not_the_recorded_one_is_named(tmp_path: Path) -> None:
    write_run(cxsim.simulate(cxsim.load(SMALL)), tmp_path)
    (tmp_path / "ledger.parquet").unlink()
    with pytest.raises(cxsim.CxsimError, match="ledger.parquet: is absent or not the table"):
        replay(tmp_path)


def test_a_run_with_an_own_process_says_it_cannot_be_replayed(tmp_path: Path) -> None:
    def strike(env: Any, world: Any) -> Iterator[Any]:
        yield env.timeout(world.ticks(days=2))
        world.channels["phone"].capacity = 0

    write_run(cxsim.simulate(cxsim.load(SMALL), processes=[strike]), tmp_path)
    assert json.loads((tmp_path / "manifest.json").read_text())["processes"] == ["strike"]
    with pytest.raises(cxsim.CxsimError, match="strike.*cannot be replayed"):
        replay(tmp_path)


def test_a_folder_that_is_no_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(cxsim.CxsimError, match="manifest.json: cannot be read"):
        replay(tmp_path)
