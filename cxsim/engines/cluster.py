"""Replications on a Dask cluster: workers of this machine, or of many behind one scheduler."""

from __future__ import annotations

import atexit
import logging
import pickle
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from cxsim.engines.code_version import code_version
from cxsim.errors import CxsimError

Job = TypeVar("Job")
Result = TypeVar("Result")
SECONDS_TO_ANSWER = 10
_clients: dict[tuple[str | None, int], Any] = {}


def on_cluster(
    work: Callable[[Job], Result], jobs: Sequence[Job], workers: int, scheduler: str | None,
) -> Iterator[tuple[int, Result]]:
    """Do all jobs on a cluster and yield (place, result) as they finish.

    The work is sent once; a job whose worker dies is done again by another.

    Parameters
    ----------
    work : callable
        A function of one job, picklable.
    jobs : sequence
        Small picklable things.
    workers : int
        How many processes to start on this machine where there is no scheduler.
    scheduler : str, optional
        Address of a running scheduler, as ``tcp://host:8786``.

    Raises
    ------
    CxsimError
        When Dask is not installed, the scheduler does not answer, it has no workers, or these have
        another version of this package.
    """
    client = _client(scheduler, workers)
    from distributed import CancelledError, KilledWorker, as_completed

    sent = client.submit(pickle.loads, pickle.dumps(work), pure=False)
    places = {client.submit(_do_one, sent, job, pure=False): place for place, job in enumerate(jobs)}
    try:
        for future in as_completed(list(places)):
            yield places.pop(future), future.result()
    except KilledWorker as error:
        raise CxsimError(
            f"parallel=dask: a job killed its worker again and again, most likely out of memory ({error}); "
            "lower n_customers or give the workers more memory") from None
    except CancelledError:
        raise CxsimError(
            f"parallel.scheduler={scheduler}: the scheduler went away while jobs were running; start it again "
            "and repeat the command") from None
    finally:
        client.cancel([sent, *places])


def _do_one(work: Callable[[Any], Any], job: Any) -> Any:
    return work(job)


def _client(scheduler: str | None, workers: int) -> Any:
    """The connection to the cluster, made once for each and kept until Python ends."""
    key = (scheduler, 0 if scheduler else workers)
    client = _clients.get(key)
    if client is None or client.status != "running":
        try:
            import distributed
        except ImportError:
            raise CxsimError(
                "parallel=dask: needs the package distributed, which is not installed; "
                "pip install 'cxsim[dask]', or use parallel=threads") from None
        client = _joined(distributed, scheduler) if scheduler else _started(distributed, workers)
        _clients[key] = client
    return client


def _started(distributed: Any, workers: int) -> Any:
    """Workers of this machine, one process each, ended with this process."""
    # The memory a run needs is estimated before; a limit here would only restart workers without a word.
    cluster = distributed.LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, memory_limit=0, dashboard_address=None,
        silence_logs=logging.ERROR)
    client = distributed.Client(cluster)
    atexit.register(_end, client, cluster)
    return client


def _end(client: Any, cluster: Any) -> None:
    client.close()
    cluster.close()


def _joined(distributed: Any, scheduler: str) -> Any:
    """A running scheduler, once it has answered and its workers are seen to have this very code."""
    try:
        client = distributed.Client(scheduler, timeout=SECONDS_TO_ANSWER)
    except (OSError, TimeoutError, ValueError):
        raise CxsimError(
            f"parallel.scheduler={scheduler}: nothing answered there within {SECONDS_TO_ANSWER} seconds; start "
            f"`dask scheduler` on that machine and `dask worker {scheduler}` on each that is to help, or leave "
            "it null for workers on this machine") from None
    atexit.register(client.close)
    try:
        found = client.run(code_version)
    except Exception as error:
        client.close()
        raise CxsimError(
            f"parallel.scheduler={scheduler}: a worker there cannot load cxsim ({error}); install this version "
            "of cxsim[dask] where the workers run") from None
    others = sorted(worker for worker, digest in found.items() if digest != code_version())
    if not found or others:
        client.close()
        raise CxsimError(
            f"parallel.scheduler={scheduler}: " + (
                f"the worker {others[0]} has another version of cxsim or a library, so results could "
                "differ; install the same versions" if found else
                f"it has no workers; start some with `dask worker {scheduler}`"))
    return client
