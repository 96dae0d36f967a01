"""Many replications at once: in threads, in processes, or on a cluster."""

from __future__ import annotations

import os
import pickle
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from cxsim.errors import CxsimError
from cxsim.settings.schema import Parallel

Job = TypeVar("Job")
Result = TypeVar("Result")
MOST_DEATHS = 3


def n_workers(parallel: Parallel) -> int:
    """How many replications run at a time on this machine."""
    return parallel.workers or max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity")
                                   else os.cpu_count() or 1)


def run_many(
    work: Callable[[Job], Result], jobs: Sequence[Job], parallel: Parallel, *, in_threads: bool = True,
) -> Iterator[tuple[int, Result]]:
    """Do all jobs and yield (place, result) as they finish; order never matters to the results.

    Threads suit the compiled engine, which runs without the interpreter; processes suit SimPy.

    Parameters
    ----------
    work : callable
        A function of one job. In processes or on a cluster it and the jobs must be picklable; it is
        sent once to each worker, so it may be large, and jobs should be small.
    jobs : sequence
        What to do.
    parallel : Parallel
        Mode, number of workers, and where a cluster's scheduler is.
    in_threads : bool
        False keeps the jobs in this thread when the mode is threads (SimPy holds the interpreter).

    Raises
    ------
    CxsimError
        When worker processes die again and again, or the cluster cannot be reached.

    Examples
    --------
    >>> from cxsim.settings.schema import Parallel
    >>> sorted(run_many(abs, [-3, 2], Parallel()))
    [(0, 3), (1, 2)]
    """
    workers = min(n_workers(parallel), len(jobs))
    if parallel.mode == "dask" and jobs:
        from cxsim.engines.cluster import on_cluster

        yield from on_cluster(work, jobs, n_workers(parallel), parallel.scheduler)
    elif workers <= 1 or (parallel.mode == "threads" and not in_threads):
        for place, job in enumerate(jobs):
            yield place, work(job)
    elif parallel.mode == "threads":
        yield from _in_threads(work, jobs, workers)
    else:
        yield from _in_processes(work, jobs, workers)


def _in_threads(
    work: Callable[[Job], Result], jobs: Sequence[Job], workers: int,
) -> Iterator[tuple[int, Result]]:
    pool = ThreadPoolExecutor(workers)
    waits = True
    try:
        places = {pool.submit(work, job): place for place, job in enumerate(jobs)}
        pending = set(places)
        while pending:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                yield places.pop(future), future.result()
    except (KeyboardInterrupt, GeneratorExit):
        waits = False  # A replication cannot be stopped, and nobody wants its result any more.
        raise
    finally:
        pool.shutdown(wait=waits, cancel_futures=True)


def _in_processes(
    work: Callable[[Job], Result], jobs: Sequence[Job], workers: int,
) -> Iterator[tuple[int, Result]]:
    """Processes of this machine; what a dying one leaves undone is done again by others."""
    from joblib import Parallel as Pool
    from joblib import delayed
    from joblib.externals.loky import get_reusable_executor

    left = dict(enumerate(jobs))
    with tempfile.TemporaryDirectory(prefix="cxsim-") as folder:
        file = Path(folder) / "work.pickle"
        file.write_bytes(pickle.dumps(work))
        for _ in range(MOST_DEATHS):
            # Left alone, joblib hands over large arrays as read-only files, and other code is compiled for these.
            pool = Pool(n_jobs=workers, return_as="generator_unordered", max_nbytes=None)
            try:
                for place, result in pool(delayed(_do_one)(str(file), *job) for job in list(left.items())):
                    del left[place]
                    yield place, result
                return
            except BrokenProcessPool:
                continue
            except (KeyboardInterrupt, GeneratorExit):
                get_reusable_executor().shutdown(wait=False, kill_workers=True)
                raise
    raise CxsimError(
        f"parallel=processes: a worker process died {MOST_DEATHS} times, most likely out of memory; lower "
        f"parallel.workers (now {workers}) or n_customers, or use parallel=threads")


@lru_cache(maxsize=1)
def _work_in(file: str) -> Callable[[Any], Any]:
    """The work of this run, read once by each process."""
    work: Callable[[Any], Any] = pickle.loads(Path(file).read_bytes())
    return work


def _do_one(file: str, place: int, job: Any) -> tuple[int, Any]:
    return place, _work_in(file)(job)
