"""One measurement of an engine, in a process of its own: ``python -m cxsim.bench.child JSON``.

A first replication of a few customers loads (or compiles) everything and is left out; memory is the peak
of the measured part less what was held before it.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from cxsim.errors import CxsimError

if TYPE_CHECKING:
    from cxsim.engines.outcome import Outcome

FEW = 200


def measure(model: str, engine: str, customers: int, days: int, seed: int, threads: int = 1) -> dict[str, Any]:
    """Seconds, bytes, events and figures of one replication, or of one in each of some threads.

    Returns
    -------
    dict
        `seconds` on the clock, `cpu_seconds`, `bytes`, `events` and `people` (who lived in it: starters and those
        who entered; all replications together), `figures`
        (of the sub-model, first replication; else empty), `warm_seconds` (start and compilation, left out).

    Examples
    --------
    >>> found = measure("sub_model", "compiled", 200, 20, 1)
    >>> found["events"] > 200, sorted(found)
    (True, ['bytes', 'cpu_seconds', 'events', 'figures', 'people', 'seconds', 'warm_seconds'])
    """
    from cxsim.bench.held import forget_peak, peak_bytes, resident_bytes
    from cxsim.bench.sub_model import figures_of, make_world, n_events
    from cxsim.engines.replication import run_replication

    start = time.perf_counter()
    run_replication(make_world(model, FEW, days, seed), 0, engine)
    warm = time.perf_counter() - start
    blueprint = make_world(model, customers, days, seed, threads)
    forget_peak()
    before, start, cpu = resident_bytes(), time.perf_counter(), time.process_time()

    def one(replication: int) -> Outcome:
        return run_replication(blueprint, replication, engine)

    if threads > 1:
        with ThreadPoolExecutor(threads) as pool:
            outcomes = list(pool.map(one, range(threads)))
    else:
        outcomes = [one(0)]
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    is_sub = model == "sub_model"
    figures = [figures_of(outcome) for outcome in outcomes] if is_sub else []
    events = sum(map(n_events, figures)) if is_sub else sum(outcome.n_events for outcome in outcomes)
    return {"seconds": seconds, "cpu_seconds": cpu, "bytes": peak_bytes() - before, "events": events,
            "people": sum(len(outcome.customers) for outcome in outcomes),
            "figures": figures[0] if is_sub else {}, "warm_seconds": warm}


if __name__ == "__main__":
    try:
        print(json.dumps(measure(**json.loads(sys.argv[1]))))
    except CxsimError as error:
        sys.exit(str(error))
