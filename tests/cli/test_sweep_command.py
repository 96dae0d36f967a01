"""`cxsim sweep` in processes of its own: killed, out of disk, interrupted, beside another one: it goes on."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cxsim.cli.main import main

SMALL = ["n_customers=400", "horizon_days=90", "replications=4", "reference.customers=2000", "parallel.workers=2"]
GRID = ["loyalty.earn_rate=0,0.01,0.02,0.03", "referral.bonus=0,5,10"]
N_RUNS = (12 + 1) * 4  # Twelve cells and their baseline.
ROOT = Path(__file__).resolve().parents[2]


def start(folder: Path, *words: str, **more) -> subprocess.Popen:
    command = [sys.executable, "-m", "cxsim", "sweep", *SMALL, *GRID, "output.store=store", *words]
    return subprocess.Popen(command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            env={**os.environ, "PYTHONPATH": str(ROOT)}, **more)


def finish(folder: Path, *words: str, code: int = 0, **more) -> str:
    process = start(folder, *words, **more)
    out, told = process.communicate(timeout=240)
    assert process.returncode == code, (process.returncode, out[-500:], told)
    return told


def tables(folder: Path) -> dict[str, str]:
    found = json.loads((folder / "manifest.json").read_text())["tables"]
    return {name: entry["digest"] for name, entry in found.items()}


def kept(folder: Path) -> int:
    return len(list((folder / "store").rglob("*.cell")))


def wait_for_cells(folder: Path, n: int, process: subprocess.Popen) -> None:
    end = time.monotonic() + 120
    while kept(folder) < n and process.poll() is None and time.monotonic() < end:
        time.sleep(0.005)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("undisturbed")
    finish(folder, "hydra.run.dir=out")
    assert kept(folder) == N_RUNS
    return tables(folder / "out")


def test_killed_at_random_moments_it_goes_on_and_ends_with_the_same_digests(
    undisturbed: dict[str, str], tmp_path: Path,
) -> None:
    luck = random.Random(20260301)
    seen = []
    for _ in range(2):
        process = start(tmp_path, "hydra.run.dir=out")
        wait_for_cells(tmp_path, kept(tmp_path) + luck.randrange(1, 14), process)
        time.sleep(luck.random() * 0.02)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        seen.append(kept(tmp_path))
    assert 0 < seen[0] and seen == sorted(seen)
    told = finish(tmp_path, "hydra.run.dir=out")
    assert f"({seen[-1]} kept, " in told or seen[-1] == N_RUNS
    assert tables(tmp_path / "out") == undisturbed
    assert kept(tmp_path) == N_RUNS


@pytest.mark.slow
def test_interrupted_it_stops_within_two_seconds_and_keeps_what_is_done(
    undisturbed: dict[str, str], tmp_path: Path,
) -> None:
    slow = ["n_customers=400000", "horizon_days=365", "reference.tolerance=0.5", "market=subscription"]
    process = start(tmp_path, *slow, "hydra.run.dir=out")
    wait_for_cells(tmp_path, 1, process)
    asked = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert time.monotonic() - asked < 2.0
    assert process.returncode == 130 and "interrupted" in told and "Traceback" not in told
    assert kept(tmp_path) >= 1 and not list(tmp_path.rglob("*.partial"))


@pytest.mark.slow
def test_two_sweeps_share_one_store_at_once(undisturbed: dict[str, str], tmp_path: Path) -> None:
    both = [start(tmp_path, f"hydra.run.dir=out{k}") for k in range(2)]
    for process in both:
        process.communicate(timeout=240)
        assert process.returncode == 0
    assert tables(tmp_path / "out0") == tables(tmp_path / "out1") == undisturbed
    assert kept(tmp_path) == N_RUNS


@pytest.mark.slow
def test_a_full_disk_is_told_and_the_same_command_goes_on_once_there_is_room(
    undisturbed: dict[str, str], tmp_path: Path,
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160k", "tmpfs", str(disk)], check=False,
                             capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("no file system may be mounted here; the limit on a file's size is tried below")
    try:
        words = [f"output.store={disk}", "hydra.run.dir=out"]
        told = finish(tmp_path, *words, code=1)
        assert "No space left on device" in told and "what was finished is kept" in told
        assert "Traceback" not in told
        there = len(list(disk.rglob("*.cell")))
        assert 0 < there < N_RUNS and not (tmp_path / "out").exists()
        subprocess.run(["mount", "-o", "remount,size=20m", str(disk)], check=True)
        told = finish(tmp_path, *words)
        assert f"({there} kept, " in told
        assert tables(tmp_path / "out") == undisturbed
    finally:
        subprocess.run(["umount", str(disk)], check=False)


@pytest.mark.slow
def test_a_limit_on_file_sizes_is_told_and_nothing_half_written_stays(
    undisturbed: dict[str, str], tmp_path: Path,
) -> None:
    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, resource.RLIM_INFINITY))

    told = finish(tmp_path, "hydra.run.dir=out", code=1, preexec_fn=limit)
    assert "File too large" in told and "Traceback" not in told
    assert kept(tmp_path) == 0 and not list(tmp_path.rglob("*.partial"))
    finish(tmp_path, "hydra.run.dir=out")
    assert tables(tmp_path / "out") == undisturbed


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere; the next test mounts read-only instead")
def test_a_store_without_leave_to_write_is_told(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir(mode=0o500)
    assert "Permission denied" in finish(tmp_path, code=1)


@pytest.mark.slow
def test_a_read_only_file_system_is_told_before_the_first_cell(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(disk)], check=False,
                             capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("no file system may be mounted here")
    try:
        told = finish(tmp_path, f"output.store={disk}/cells", code=1)
        assert "Read-only file system" in told and "output.store=" in told and "Traceback" not in told
    finally:
        subprocess.run(["umount", str(disk)], check=False)


@pytest.mark.slow
def test_damaged_cells_are_told_and_lived_again(undisturbed: dict[str, str], tmp_path: Path) -> None:
    finish(tmp_path, "hydra.run.dir=out")
    luck = random.Random(7)
    for file in luck.sample(sorted((tmp_path / "store").rglob("*.cell")), 5):
        data = bytearray(file.read_bytes())
        data[luck.randrange(len(data))] ^= 1 << luck.randrange(8)
        file.write_bytes(bytes(data))
    told = finish(tmp_path, "hydra.run.dir=again")
    assert told.count("the cell is lived again") == 5
    assert tables(tmp_path / "again") == undisturbed


@pytest.mark.slow
def test_cells_of_another_version_are_not_read(undisturbed: dict[str, str], tmp_path: Path) -> None:
    finish(tmp_path, "hydra.run.dir=out")
    (version,) = [folder for folder in (tmp_path / "store").iterdir() if folder.is_dir()]
    version.rename(version.with_name("0" * len(version.name)))
    told = finish(tmp_path, "hydra.run.dir=again")
    assert "kept" not in told and tables(tmp_path / "again") == undisturbed


def test_a_key_that_does_not_exist_is_refused_before_the_first_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["sweep", *SMALL, "loyalty.earnrate=0.01,0.02", "output.store=store"]) == 2
    assert "did you mean loyalty.earn_rate" in capsys.readouterr().err and not list(tmp_path.iterdir())
    assert main(["sweep", *SMALL, *GRID, "sweep.picture=[porfit]", "output.store=store"]) == 2
    assert "did you mean profit" in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_dry_run_prints_cells_and_cost_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["sweep", *SMALL, *GRID, "--dry-run", "output.store=store"]) == 0
    out = capsys.readouterr().out
    assert "12 cells, 52 runs" in out and "expected: about" in out and "0 of 4" in out
    assert [path.name for path in tmp_path.iterdir()] == ["store"] and kept(tmp_path) == 0


def test_a_failed_cell_gives_exit_code_three_and_a_file_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    words = [*SMALL, "referral.invitations_per_journey=0.01,0.9", "referral.p_convert=0.9", "referral.bonus=0,10",
             "sweep.world=[referral.invitations_per_journey]", "output.store=store", "hydra.run.dir=out"]
    assert main(["sweep", *words]) == 3
    out = capsys.readouterr().out
    assert "2 of 4 cells failed" in out
    assert "referral.invitations_per_journey=0.9" in (tmp_path / "out/failures/cell-2.txt").read_text()
    manifest = json.loads((tmp_path / "out/manifest.json").read_text())
    assert len(manifest["failures"]) == 2 and "What failed" in (tmp_path / "out/report.html").read_text()
