"""What a manifest says about a run."""

from __future__ import annotations

import json
import subprocess

from measured_worlds import make_config

from cxsim.measure.digests import digest
from cxsim.measure.manifest import config_digest, git_state, make_manifest
from cxsim.measure.maths_fingerprint import _points, maths_fingerprint
from cxsim.measure.table import Table


def _manifest(**arguments):
    tables = {"kpis.parquet": Table({"value": [1.0, 2.0]})}
    return make_manifest(make_config(), tables, engine="compiled", wall_seconds=1.23456, **arguments), tables


def test_manifest_is_plain_data_with_a_digest_per_table():
    manifest, tables = _manifest(command_line=["cxsim", "run", "seed=1"])
    assert json.loads(json.dumps(manifest)) == manifest
    assert manifest["tables"]["kpis.parquet"] == {"rows": 2, "digest": digest(tables["kpis.parquet"])}
    assert manifest["command"] == "cxsim run seed=1"
    assert manifest["engine"] == "compiled" and manifest["seed"] == 1 and manifest["replications"] == 20
    for name in ("cxsim", "python", "numpy", "scipy", "numba", "simpy", "duckdb", "hydra"):
        assert manifest["versions"][name]


def test_manifest_with_own_processes_cannot_be_replayed_and_names_them():
    manifest, _ = _manifest(processes=["outage"])
    assert manifest["replayable"] is False
    assert manifest["processes"] == ["outage"] and "outage" in manifest["replay_note"]
    assert _manifest()[0]["replayable"] is True


def test_config_digest_moves_with_every_key():
    digests = {config_digest(make_config(**change)) for change in ({}, {"seed": 2}, {"horizon_days": 61})}
    assert len(digests) == 3


def test_git_state_follows_the_checkout(tmp_path):
    package = tmp_path / "cxsim"
    package.mkdir()
    assert git_state(package) == {"hash": None, "dirty": None}

    def git(*arguments):
        subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@t", "-C", str(tmp_path), *arguments],
                       check=True, capture_output=True)

    git("init")
    (package / "a.py").write_text("1")
    git("add", ".")
    git("commit", "-m", "first")
    assert git_state(package)["dirty"] is False and len(git_state(package)["hash"]) == 40
    (package / "a.py").write_text("2")
    assert git_state(package)["dirty"] is True
    inner = tmp_path / "deep" / "cxsim"
    inner.mkdir(parents=True)
    assert git_state(inner) == {"hash": None, "dirty": None}


def test_fingerprint_points_are_many_and_inside_the_unit_interval():
    points = _points()
    assert len(set(points)) == 4096 and 0 < min(points) and max(points) < 1


def test_maths_are_tried_once_a_process():
    before = maths_fingerprint.cache_info().misses
    assert maths_fingerprint() == maths_fingerprint() and maths_fingerprint.cache_info().misses <= max(before, 1)
