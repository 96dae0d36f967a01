"""Speed of the two engines on the demo market, as ratios in one run.

    python tests/bench/engines.py [KEY=VALUE ...]

Prints, for each population, wall time of one replication under either engine (median of some,
taken in turn), events a second and the ratio. Compilation is left out: both are run once before.
"""

from __future__ import annotations

import sys
import time
from statistics import median

import cxsim
from cxsim.engines.blueprint import make_blueprint
from cxsim.engines.replication import run_replication
from cxsim.settings.reference import blank_reference

N_RUNS = 5


def main(overrides: list[str]) -> None:
    """Print one line for each population."""
    print(f"{'customers':>10} {'events':>10} {'simpy s':>9} {'compiled s':>11} {'M events/s':>11} {'ratio':>6}")
    for n_customers in (1_000, 5_000, 20_000):
        config = cxsim.load([*overrides, f"n_customers={n_customers}"])
        blueprint = make_blueprint([config], [], blank_reference(config))
        seconds: dict[str, list[float]] = {"simpy": [], "compiled": []}
        n_events = 0
        for run in range(N_RUNS + 1):
            for engine, times in seconds.items():
                start = time.perf_counter()
                n_events = run_replication(blueprint, run, engine).n_events
                times.append(time.perf_counter() - start)
        slow, fast = (median(times[1:]) for times in seconds.values())
        ratio = median(a / b for a, b in zip(seconds["simpy"][1:], seconds["compiled"][1:], strict=True))
        rate = n_events / fast / 1e6
        print(f"{n_customers:>10,} {n_events:>10,} {slow:>9.3f} {fast:>11.3f} {rate:>11.2f} {ratio:>6.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
