"""A whole bench: what is measured, what is made of it, and what is left in its folder."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cxsim.bench.commands import time_commands
from cxsim.bench.measuring import Budget, Progress, measure_all, run_one
from cxsim.bench.subjects import FLAGS, TITLES, Subject, compiler, engine, find_peers
from cxsim.bench.tables import make_runs, make_table
from cxsim.bench.targets import Target, make_targets
from cxsim.measure.table import Table

MODEL_TITLES = {"sub_model": "sub-model", "online_retail": "full model"}
Grid = tuple[str, Sequence[str], Sequence[Sequence[str]], str]


@dataclass(frozen=True)
class Bench:
    """What a bench found.

    Attributes
    ----------
    table : Table
        One row for every subject at every size (:func:`cxsim.bench.tables.make_table`).
    runs : Table
        Every single measurement.
    targets : list of Target
        What was aimed at, and what was found.
    commands, reasons : dict
        Seconds of commands by kind; why those and peers that are absent were left out.
    compile_seconds : dict
        What a first measurement of each engine took, start and compilation together; in no figure above.
    asked : dict
        The options.
    seconds : float
        Wall time of all.
    is_interrupted : bool
        Whether somebody stopped it; what was measured before is kept.
    """

    table: Table
    runs: Table
    targets: list[Target]
    commands: dict[str, float]
    reasons: dict[str, str]
    compile_seconds: dict[str, float]
    asked: dict[str, Any]
    seconds: float
    is_interrupted: bool

    def write(self, folder: Path, command_line: Sequence[str]) -> None:
        """Write ``bench.parquet``, ``bench.csv``, ``bench_runs.parquet``, ``bench.png``, ``manifest.json``."""
        from cxsim.bench.picture import draw_bench
        from cxsim.measure.parquet import write_parquet
        from cxsim.measure.whole_file import write_text

        write_parquet(self.table, folder / "bench.parquet")
        write_parquet(self.runs, folder / "bench_runs.parquet")
        write_text(folder / "bench.csv", csv_text(self.table))
        draw_bench(self.table, self.asked["days"], folder / "bench.png")
        write_text(folder / "manifest.json", json.dumps(self.manifest(command_line), indent=2) + "\n")

    def manifest(self, command_line: Sequence[str]) -> dict[str, Any]:
        """What made the bench: command, versions, machine, compiler, targets, what was left out."""
        from cxsim.bench.sub_model import MODELS
        from cxsim.config.loading import load
        from cxsim.measure.manifest import make_manifest

        tables = {"bench": self.table, "bench_runs": self.runs}
        manifest = make_manifest(
            load([*MODELS["online_retail"], f"seed={self.asked['seed']}"]), tables,
            engine=",".join(self.asked["engines"]), wall_seconds=self.seconds, replications=1,
            command_line=command_line)
        targets = [{"figure": one.figure, "aim": one.aim, "found": None if math.isnan(one.found) else one.found,
                    "verdict": one.verdict} for one in self.targets]
        return {**manifest, "date": time.strftime("%Y-%m-%d"), "replayable": False, "options": self.asked,
                "sub_model": list(MODELS["sub_model"]), "compiler": {"program": compiler(), "flags": list(FLAGS)},
                "compile_seconds": self.compile_seconds, "commands": self.commands, "left_out": self.reasons,
                "targets": targets}

    def grids(self) -> list[Grid]:
        """Tables for the terminal: one a model, and the targets."""
        names = ["", "customers", "seconds", "cpu s", "M ev./s", "ns/ev.", "B/cust.", "x comp.", "runs"]
        days = self.asked["days"]
        found: list[Grid] = []
        what = {"online_retail": " (market online_retail)"}
        for model, title in MODEL_TITLES.items():
            rows = [_cells_of(row) for row in self.table.select(model=model).rows()]
            if rows:
                caption = ("medians; seconds on the clock, all else by processor time; x comp.: against the "
                           "compiled engine in the same rounds; memory: peak less a warm start")
                found.append((f"{title}{what.get(model, '')}, {days} days", names, rows, caption))
        aims = [[one.figure, one.aim, "" if math.isnan(one.found) else f"{one.found:,.2f}", one.verdict]
                for one in self.targets]
        return [*found, ("targets", ["figure", "aim", "found", ""], aims, _machine())]

    def sentences(self) -> list[str]:
        """What was left out and why, and what no figure holds."""
        said = [f"{MODEL_TITLES[row['model']]}, {title_of(row)}, {row['customers']:,} customers: {row['left_out']}"
                for row in self.table.rows() if row["left_out"]]
        said += [f"{TITLES.get(name, name)}: {reason}" for name, reason in self.reasons.items()]
        said += [f"Start and compilation of engine={name}, left out above: {seconds:.1f} s."
                 for name, seconds in self.compile_seconds.items()]
        return said


def run_bench(
    *, sizes: Sequence[int], models: Sequence[str], engines: Sequence[str], peers: Sequence[str], threads: int,
    commands: Sequence[str], days: int, rounds: int, budget: float, seed: int,
    progress: Progress = lambda text, done, total: None,
) -> Bench:
    """Measure engines and twins in turn, each in its own process, within `budget` seconds.

    Parameters
    ----------
    sizes : sequence of int
        Starting customers.
    models, engines, peers : sequence of str
        What is measured: models by name, engines on each of them, twins on the sub-model.
    threads : int
        Replications at a time in one more measurement of the compiled engine; 1 leaves it out.
    commands : sequence of str
        ``help``, ``cold``, ``warm``.
    days, rounds, seed : int
        Days simulated, measurements of each, seed.
    budget : float
        Seconds; what is not expected to end within it is left out and named.
    """
    start, clock = time.perf_counter(), Budget(budget)
    with TemporaryDirectory() as workshop:
        twins, reasons = find_peers(peers if "sub_model" in models else [], Path(workshop))
        subjects = [one for model in models for one in _subjects(model, engines, threads, twins)]
        compile_seconds = {}
        for name in engines:
            progress(f"starting engine={name}", 0, 0)
            found = run_one(engine(models[0], name).command(100, 30, seed), clock.left)
            if isinstance(found, str):
                reasons[name] = found
            else:
                compile_seconds[name] = round(found["warm_seconds"], 2)
        timed, absent = time_commands(commands, clock, progress)
        cells = measure_all(subjects, sizes, days=days, seed=seed, rounds=rounds, budget=clock, progress=progress)
    table = make_table(cells, days)
    asked = {"sizes": list(sizes), "models": list(models), "engines": list(engines), "peers": list(peers),
             "threads": threads, "commands": list(commands), "days": days, "rounds": rounds, "budget": budget,
             "seed": seed}
    return Bench(table, make_runs(cells), make_targets(cells, table, timed), timed, {**reasons, **absent},
                 compile_seconds, asked, time.perf_counter() - start, clock.is_interrupted)


def _subjects(model: str, engines: Sequence[str], threads: int, twins: Sequence[Subject]) -> list[Subject]:
    """Who is measured on a model, the compiled engine first."""
    found = [engine(model, name) for name in engines]
    if threads > 1 and "compiled" in engines and model != "sub_model":
        found.append(engine(model, "compiled", threads))
    return [*found, *(twins if model == "sub_model" else [])]


def title_of(row: Mapping[str, Any]) -> str:
    """Who a row of the table is about.

    Examples
    --------
    >>> title_of({"subject": "compiled", "threads": 2})
    'cxsim compiled, 2 threads'
    """
    return TITLES[row["subject"]] + (f", {row['threads']} threads" if row["threads"] > 1 else "")


def _cells_of(row: Mapping[str, Any]) -> list[str]:
    title = title_of(row)
    if not row["runs"]:
        return [title, f"{row['customers']:,}", "left out", *[""] * 6]
    times = row["times_compiled"]
    return [
        title, f"{row['customers']:,}", f"{row['seconds']:,.3g}", f"{row['cpu_seconds']:,.3g}",
        f"{row['events_per_cpu_second'] / 1e6:,.3g}", f"{row['ns_per_event']:,.0f}",
        f"{row['bytes_per_customer']:,.0f}", "" if math.isnan(times) else f"{times:,.2f}", str(row["runs"])]


def _machine() -> str:
    import platform

    return f"{time.strftime('%Y-%m-%d')}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores"


def csv_text(table: Table) -> str:
    """A table as CSV; no cell can start a formula.

    Examples
    --------
    >>> csv_text(Table({"subject": ["compiled"], "seconds": [0.5]}))
    'subject,seconds\\ncompiled,0.5\\n'
    """
    import csv
    import io

    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(table.names)
    writer.writerows(list(row.values()) for row in table.rows())
    return file.getvalue()
