"""A run folder replays to the same digests; one with a user's process says that it cannot."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cxsim
from cxsim.config.grid import cells
from cxsim.config.loading import load_request
from cxsim.measure.digests import digest
from cxsim.measure.parquet import read_parquet, write_parquet
from cxsim.measure.table import Table
from cxsim.report.run_folder import write_comparison, write_run
from cxsim.report.sweep_folder import write_sweep
from cxsim.whatif.replay import replay
from cxsim.whatif.sweep import sweep

SMALL = ["n_customers=120", "horizon_days=60", "replications=2", "reference.customers=1500", "output.events=all"]


def test_run_folder_replays_to_the_same_digests(tmp_path: Path) -> None:
    write_run(cxsim.simulate(cxsim.load([*SMALL, "scenario=points_program"])), tmp_path)
    found = replay(tmp_path)
    assert found.is_same and not found.changed and set(found.tables) == {
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
    whole = replay(tmp_path)
    found = whole.tables
    assert not any(found.values()) and whole.changed == ("config.yaml",)
    assert set(found) == {"kpis", "ledger", "touchpoints", "sources", "accounts", "events"}


def test_a_table_that_is_not_the_recorded_one_is_named(tmp_path: Path) -> None:
    write_run(cxsim.simulate(cxsim.load(SMALL)), tmp_path)
    (tmp_path / "ledger.parquet").unlink()
    with pytest.raises(cxsim.CxsimError, match="ledger.parquet: is absent; make it again"):
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


@pytest.mark.parametrize("manifest", [{"replayable": True}, [], {"replayable": True, "tables": {"kpis": {}}}])
def test_a_manifest_without_tables_is_told(tmp_path: Path, manifest: Any) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "config.yaml").write_text("{}")
    with pytest.raises(cxsim.CxsimError, match="manifest.json: records no tables and their digests"):
        replay(tmp_path)


def test_rows_that_differ_are_named(tmp_path: Path) -> None:
    write_run(cxsim.simulate(cxsim.load(SMALL)), tmp_path)
    table = read_parquet(tmp_path / "kpis.parquet")
    values = table["value"].copy()
    place = int(np.flatnonzero((table["metric"] == "purchases") & (table["period"] == "total"))[0])
    values[place] += 1
    changed = Table({**table.columns, "value": values})
    write_parquet(changed, tmp_path / "kpis.parquet")
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    manifest["tables"]["kpis"]["digest"] = digest(changed)
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    found = replay(tmp_path)
    assert not found.is_same and not found.is_reproduced and found.same_maths and found.same_code
    assert list(found.differences) == ["kpis"] and found.differences["kpis"].n_different == 1
    told = found.differences["kpis"].examples[0]
    assert "replication=0 segment=all period=total metric=purchases: value " in told


def test_with_other_maths_what_agrees_within_the_noise_is_reproduced(tmp_path: Path) -> None:
    write_run(cxsim.simulate(cxsim.load(SMALL)), tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    manifest["maths_fingerprint"] = "another"
    manifest["tables"]["ledger"]["digest"] = "0" * 32
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(cxsim.CxsimError, match="not the table that the manifest records"):
        replay(tmp_path)
    table = read_parquet(tmp_path / "kpis.parquet")
    nudged = Table({**table.columns, "value": table["value"] * (1 + 1e-13)})
    write_parquet(nudged, tmp_path / "kpis.parquet")
    manifest["tables"] = {"kpis": {"rows": len(nudged), "digest": digest(nudged)},
                          "ledger": {"digest": digest(read_parquet(tmp_path / "ledger.parquet"))}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    found = replay(tmp_path)
    assert not found.is_same and found.is_close and found.is_reproduced
    assert found.differences["kpis"].largest < 1e-12


def test_a_sweep_replays_from_its_folder_alone_and_a_changed_cell_is_found(tmp_path: Path) -> None:
    grid = cells(load_request("sweep", [
        *SMALL[:-1], "seed=1,2", "loyalty.earn_rate=0.01,0.03", "sweep.world=[seed]", "replications=3"]))
    write_sweep(sweep(grid), tmp_path)
    found = replay(tmp_path)
    assert found.is_same and not found.changed and set(found.tables) == {"sweep", "kpis"}
    data = json.loads((tmp_path / "cells.json").read_text())
    data["cells"][1]["scenario"]["changes"]["loyalty"]["earn_rate"] = 0.031
    (tmp_path / "cells.json").write_text(json.dumps(data))
    found = replay(tmp_path)
    assert found.changed == ("cells.json",)
    assert not found.is_same and "cell=1" in found.differences["sweep"].examples[0]
    piece = next(iter(data["pieces"]))
    data["pieces"][piece] = 12345
    (tmp_path / "cells.json").write_text(json.dumps(data))
    with pytest.raises(cxsim.CxsimError, match="damaged or not of this version"):
        replay(tmp_path)
