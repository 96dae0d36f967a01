"""What a process holds of the machine: memory and processor time."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

STATUS = Path("/proc/self/status")


def _status(field: str) -> int:
    """A field of /proc/self/status in bytes; 0 where the system keeps no such file."""
    if not STATUS.exists():
        return 0
    found = [line for line in STATUS.read_text().splitlines() if line.startswith(f"{field}:")]
    return 1024 * int(found[0].split()[1]) if found else 0


def forget_peak() -> None:
    """Let the peak start anew from what is held now, where the system can."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def resident_bytes() -> int:
    """What the process holds now; its peak so far where the system tells no more.

    Examples
    --------
    >>> 0 < resident_bytes() <= peak_bytes()
    True
    """
    return _status("VmRSS") or peak_bytes()


def peak_bytes() -> int:
    """The most the process has held; what its parent held before it started does not count (Linux)."""
    if STATUS.exists():
        return _status("VmHWM")
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak
