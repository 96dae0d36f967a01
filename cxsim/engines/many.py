"""Many replications at once: in threads (the compiled engine lets go of the interpreter) or processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import TypeVar

from cxsim.settings.schema import Parallel

Job = TypeVar("Job")
Result = TypeVar("Result")


def n_workers(parallel: Parallel) -> int:
    """How many replications run at a time."""
    return parallel.workers or max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity")
                                   else os.cpu_count() or 1)


def run_many(
    work: Callable[[Job], Result], jobs: Sequence[Job], parallel: Parallel, *, in_threads: bool = True,
) -> Iterator[tuple[int, Result]]:
    """Do all jobs and yield (place, result) as they finish; order never matters to the results.

    Parameters
    ----------
    work : callable
        A function of one job; picklable with ``parallel=processes``.
    jobs : sequence
        What to do.
    parallel : Parallel
        Mode and number of workers.
    in_threads : bool
        False keeps the jobs in this thread when the mode is threads (SimPy holds the interpreter).

    Examples
    --------
    >>> from cxsim.settings.schema import Parallel
    >>> sorted(run_many(abs, [-3, 2], Parallel()))
    [(0, 3), (1, 2)]
    """
    workers = min(n_workers(parallel), len(jobs))
    if workers <= 1 or (parallel.mode == "threads" and not in_threads):
        for place, job in enumerate(jobs):
            yield place, work(job)
    elif parallel.mode == "threads":
        yield from _in_threads(work, jobs, workers)
    else:
        from joblib import Parallel as Pool
        from joblib import delayed

        def one(place: int, job: Job) -> tuple[int, Result]:
            return place, work(job)

        pool = Pool(n_jobs=workers, return_as="generator_unordered")
        yield from pool(delayed(one)(place, job) for place, job in enumerate(jobs))


def _in_threads(
    work: Callable[[Job], Result], jobs: Sequence[Job], workers: int,
) -> Iterator[tuple[int, Result]]:
    pool = ThreadPoolExecutor(workers)
    try:
        places = {pool.submit(work, job): place for place, job in enumerate(jobs)}
        pending = set(places)
        while pending:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                yield places.pop(future), future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
