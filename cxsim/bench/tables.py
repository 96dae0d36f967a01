"""The table of a bench: one row a cell, ratios of the same run, and what was aimed at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median
from typing import Any

import numpy as np

from cxsim.bench.measuring import Cell
from cxsim.bench.sub_model import n_events
from cxsim.measure.table import Table

NUMBERS = ("seconds", "cpu_seconds", "seconds_low", "seconds_high", "events_per_second",
           "events_per_cpu_second", "ns_per_event", "bytes_per_customer", "times_compiled")


def make_table(cells: Sequence[Cell], days: int) -> Table:
    """One row for every subject at every size, those left out with their reason.

    Columns: model, subject, threads (replications at a time), customers, days, runs, seconds (median on the
    clock), seconds_low and seconds_high, cpu_seconds (median of the processor's), events (all
    replications), events_per_second (of the clock), events_per_cpu_second, ns_per_event (of the
    processor), bytes (peak less what was held before), bytes_per_customer (of all who lived in it),
    times_compiled (processor seconds against the compiled engine in the same round, median over rounds),
    left_out.
    """
    compiled_at = {(cell.subject.model, cell.customers): cell for cell in cells
                   if cell.subject.name == "compiled" and cell.subject.threads == 1}
    rows = []
    for cell in cells:
        compiled = compiled_at.get((cell.subject.model, cell.customers))
        rows.append(_row(cell, compiled, days))
    names = list(rows[0]) if rows else ["model"]
    return Table({name: np.array([row[name] for row in rows]) for name in names})


def _row(cell: Cell, compiled: Cell | None, days: int) -> dict[str, Any]:
    subject, runs = cell.subject, cell.runs
    row: dict[str, Any] = {"model": subject.model, "subject": subject.name, "threads": subject.threads,
                           "customers": cell.customers, "days": days, "runs": len(runs), "events": 0, "bytes": 0}
    row |= {name: math.nan for name in NUMBERS}
    row["left_out"] = cell.reason
    if not runs:
        return row
    seconds = [run["seconds"] for run in runs]
    events = runs[0].get("events") or n_events(runs[0]["figures"])
    row |= {
        "seconds": median(seconds), "seconds_low": min(seconds), "seconds_high": max(seconds),
        "cpu_seconds": median(run["cpu_seconds"] for run in runs), "events": events,
        "bytes": int(median(run["bytes"] for run in runs)),
    }
    row["events_per_second"] = events / row["seconds"]
    row["events_per_cpu_second"] = events / row["cpu_seconds"]
    row["ns_per_event"] = 1e9 * row["cpu_seconds"] / events
    people = runs[0].get("people") or cell.customers + runs[0]["figures"].get("entered", 0)
    row["bytes_per_customer"] = row["bytes"] / people
    if compiled is not None:
        row["times_compiled"] = ratio(runs, compiled.runs, "cpu_seconds")
    return row


def ratio(above: Sequence[dict[str, Any]], below: Sequence[dict[str, Any]], what: str) -> float:
    """Median over the rounds both took part in of what one took against the other; NaN without any.

    Examples
    --------
    >>> ratio([{"round": 0, "s": 6.0}, {"round": 1, "s": 9.0}], [{"round": 1, "s": 3.0}], "s")
    3.0
    """
    other = {run["round"]: run[what] for run in below}
    found = [run[what] / other[run["round"]] for run in above if other.get(run["round"])]
    return median(found) if found else math.nan


def make_runs(cells: Sequence[Cell]) -> Table:
    """Every single measurement: model, subject, threads, customers, round, seconds, cpu_seconds, bytes."""
    rows = [
        {"model": cell.subject.model, "subject": cell.subject.name, "threads": cell.subject.threads,
         "customers": cell.customers,
         **{name: run[name] for name in ("round", "seconds", "cpu_seconds", "bytes")}}
        for cell in cells for run in cell.runs]
    names = ("model", "subject", "threads", "customers", "round", "seconds", "cpu_seconds", "bytes")
    return Table({name: np.array([row[name] for row in rows]) for name in names})
