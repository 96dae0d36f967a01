"""A sweep on a real scheduler with two workers as processes, one of them killed half-way: nothing is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WORDS = ["n_customers=2000", "horizon_days=180", "replications=8", "reference.tolerance=0.2",
         "loyalty.earn_rate=0.01,0.02,0.03", "referral.bonus=0,10"]
N_RUNS = 7 * 8


def call(folder: Path, *command: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, *command], cwd=folder, text=True, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)})


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    pytest.importorskip("distributed")
    file = tmp_path / "scheduler.json"
    scheduler = call(tmp_path, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
                     "--no-dashboard", "--scheduler-file", str(file))
    end = time.monotonic() + 60
    while not file.exists() and time.monotonic() < end:
        time.sleep(0.1)
    address = json.loads(file.read_text())["address"]
    workers = [call(tmp_path, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny",
                    "--no-dashboard", "--local-directory", str(tmp_path / f"worker{k}")) for k in range(2)]
    yield address, workers
    for process in (*workers, scheduler):
        process.kill()
        process.communicate()


@pytest.mark.slow
def test_a_killed_worker_loses_nothing_and_digests_are_those_of_threads(
    cluster: tuple[str, list[subprocess.Popen]], tmp_path: Path,
) -> None:
    address, workers = cluster
    local = call(tmp_path, "-m", "cxsim", "sweep", *WORDS, "output.store=local", "hydra.run.dir=here")
    assert local.wait(timeout=240) == 0
    remote = call(tmp_path, "-m", "cxsim", "sweep", *WORDS, "output.store=remote", "hydra.run.dir=there",
                  "parallel=dask", f"parallel.scheduler={address}")
    end = time.monotonic() + 120
    while len(list((tmp_path / "remote").rglob("*.cell"))) < N_RUNS // 3 and time.monotonic() < end:
        assert remote.poll() is None
        time.sleep(0.002)
    there = len(list((tmp_path / "remote").rglob("*.cell")))
    workers[0].send_signal(signal.SIGKILL)
    _, told = remote.communicate(timeout=240)
    assert remote.returncode == 0, told
    assert N_RUNS // 3 <= there < N_RUNS and workers[0].wait() == -signal.SIGKILL
    digests = [json.loads((tmp_path / name / "manifest.json").read_text())["tables"] for name in ("here", "there")]
    assert digests[0] == digests[1] and set(digests[0]) == {"sweep", "kpis"}
