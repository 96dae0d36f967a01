"""What a peer's process holds, and the one line of JSON it prints."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

STATUS = Path("/proc/self/status")


def _status(field: str) -> int:
    """A field of /proc/self/status in bytes; 0 where there is no such file."""
    if not STATUS.exists():
        return 0
    for line in STATUS.read_text().splitlines():
        if line.startswith(field + ":"):
            return 1024 * int(line.split()[1])
    return 0


def forget_peak() -> None:
    """Let the peak start anew from what is held now, where the system can."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        pass


def resident_bytes() -> int:
    """What the process holds now (its peak so far, where the system tells no more)."""
    return _status("VmRSS") or peak_bytes()


def peak_bytes() -> int:
    """The most it has held."""
    if STATUS.exists():
        return _status("VmHWM")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def measured(simulate: Callable[..., dict[str, list[float]]]) -> None:
    """Simulate as the command line says (CUSTOMERS DAYS [SEED]) and print one line of JSON.

    It holds `figures` (whole run), `seconds` on the clock, `cpu_seconds` and `bytes`, the peak less what
    was held before.
    """
    numbers = [int(word) for word in sys.argv[1:]]
    forget_peak()
    before, start, cpu = resident_bytes(), time.perf_counter(), time.process_time()
    counts = simulate(*numbers)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    figures = {name: sum(months) for name, months in sorted(counts.items())}
    print(json.dumps({"figures": figures, "seconds": seconds, "cpu_seconds": cpu, "bytes": peak_bytes() - before}))
