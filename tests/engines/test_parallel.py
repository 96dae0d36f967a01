"""Threads, processes and clusters give the same results; what cannot be reached is refused with the cure."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from cxsim.engines import cluster
from cxsim.engines.many import run_many
from cxsim.errors import CxsimError
from cxsim.settings.schema import Parallel

JOBS = list(range(12))
EXPECTED = [(job, job * job) for job in JOBS]


def _square(job: int) -> int:
    return job * job


def _square_or_die_once(mark: Path, job: int) -> int:
    if job == 5 and not mark.exists():
        mark.write_text("died")
        os._exit(1)
    return job * job


class _DiesOnce:
    """Work that ends its worker process the first time it meets one job."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __call__(self, job: int) -> int:
        return _square_or_die_once(self.mark, job)


@pytest.mark.parametrize("mode", ["threads", "processes"])
def test_every_job_is_done_once_in_its_place(mode: str) -> None:
    assert sorted(run_many(_square, JOBS, Parallel(mode=mode, workers=2))) == EXPECTED


def test_what_a_dying_process_leaves_undone_is_done_again(tmp_path: Path) -> None:
    done = run_many(_DiesOnce(tmp_path / "mark"), JOBS, Parallel(mode="processes", workers=2))
    assert sorted(done) == EXPECTED
    assert (tmp_path / "mark").exists()


def test_dask_without_its_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(CxsimError, match=r"pip install 'cxsim\[dask\]'"):
        list(run_many(_square, JOBS, Parallel(mode="dask", workers=2, scheduler="tcp://127.0.0.1:9")))


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "SECONDS_TO_ANSWER", 1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(CxsimError, match=f"parallel.scheduler={address}: nothing answered"):
        list(run_many(_square, JOBS, Parallel(mode="dask", scheduler=address)))


@pytest.mark.parametrize(("keys", "word"), [
    ({"mode": "threads", "scheduler": "tcp://host:8786"}, "is for parallel=dask"),
    ({"mode": "dask", "scheduler": "host"}, "must be an address as tcp://host:8786"),
])
def test_a_scheduler_in_the_wrong_place_or_form_is_refused(keys: dict, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        Parallel(**keys)


@pytest.fixture(scope="module")
def scheduler():
    """A scheduler with two worker processes on this machine."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, memory_limit=0,
                                  silence_logs=50) as there:
        yield there.scheduler_address
        for client in cluster._clients.values():
            client.close()


def test_a_cluster_does_every_job_and_outlives_a_killed_worker(scheduler: str, tmp_path: Path) -> None:
    parallel = Parallel(mode="dask", scheduler=scheduler)
    assert sorted(run_many(_square, JOBS, parallel)) == EXPECTED
    assert sorted(run_many(_DiesOnce(tmp_path / "mark"), JOBS, parallel)) == EXPECTED
    assert (tmp_path / "mark").exists()


def test_workers_with_another_version_are_refused(scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_clients", {})
    monkeypatch.setattr(cluster, "code_version", _other_digest)
    with pytest.raises(CxsimError, match="has another version of cxsim"):
        list(run_many(_square, JOBS, Parallel(mode="dask", scheduler=scheduler)))


def _other_digest() -> str:
    # Differs from process to process, as the digests of two versions do.
    return str(os.getpid())


def test_a_comparison_on_a_cluster_is_that_in_threads(scheduler: str) -> None:
    import cxsim
    from cxsim.measure.digests import digest

    overrides = ["n_customers=200", "horizon_days=90", "replications=3", "reference.customers=2000",
                 "reference.tolerance=0.2"]
    digests = []
    for words in (["parallel=threads"], ["parallel=dask", f"parallel.scheduler={scheduler}"]):
        made = cxsim.compare(cxsim.load([*overrides, *words]), ["points_program"])
        digests.append([digest(table) for table in (made.kpis, made.tables.ledger, made.comparison)])
    assert digests[0] == digests[1]
