"""Event logs that are too large, for memory or for the disk, known before a run."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cxsim.engines.memory import told_bytes, told_count
from cxsim.errors import CxsimError

if TYPE_CHECKING:
    from cxsim.engines.estimate import Estimate

LOG_WORTH_A_LOOK = 2**30


def refuse_log_beyond_memory(found: Estimate) -> None:
    """Refuse an event log that memory cannot hold together with the run.

    Raises
    ------
    CxsimError
        When it does not fit; with the share of customers whose log would.
    """
    held = found.held_bytes
    free = found.available_memory - (found.memory - held)
    if held > free:
        raise CxsimError(
            f"output.events: the event log will hold about {told_count(found.logged)} records, "
            f"{told_bytes(held)} of them in memory, and {told_bytes(max(0.0, free))} are there for it; "
            f"{_sample(0.5 * found.log_share * free / held)}, or fewer replications")


def _sample(share: float) -> str:
    """The cure for a log that is too large."""
    return ("a sample of customers will often do: output.events=sample "
            f"output.sample_share={min(1.0, max(1e-6, share)):.1g}, or set output.events=none")


def refuse_log_beyond_disk(found: Estimate, folder: Path, free: float | None = None) -> str:
    """Refuse an event log that the disk cannot hold; else a sentence about a large one, '' about others.

    Parameters
    ----------
    found : Estimate
        Of the run.
    folder : Path
        Where its files go; it need not exist yet.
    free : float, optional
        Bytes that are free there and where pages are laid aside; default: those of the disks.

    Raises
    ------
    CxsimError
        When the log, or what of it is laid aside meanwhile, is larger than what is free.
    """
    if found.log_bytes < LOG_WORTH_A_LOOK and free is None:
        return ""
    places = {folder: found.log_bytes}
    aside = Path(tempfile.gettempdir())
    if free is None and os.stat(aside).st_dev != os.stat(_existing(folder)).st_dev:
        places[aside] = found.aside_bytes
    else:
        places[folder] += found.aside_bytes
    told = (f"output.events: the event log will hold about {told_count(found.logged)} records, "
            f"{told_bytes(found.log_bytes)} as a file and {told_bytes(found.aside_bytes)} laid aside before")
    for place, needed in places.items():
        there = float(shutil.disk_usage(_existing(place)).free) if free is None else free
        told += f"; {told_bytes(there)} are free in {place}"
        if needed > there:
            raise CxsimError(f"{told}; {_sample(0.5 * found.log_share * there / needed)}")
    return told if found.log_bytes >= LOG_WORTH_A_LOOK else ""


def _existing(folder: Path) -> Path:
    """The nearest folder above that exists."""
    return next((place for place in (folder, *folder.resolve().parents) if place.exists()), Path("/"))
