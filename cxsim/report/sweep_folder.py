"""The folder of a sweep: tidy table, replications, views, pictures, page, failures, and all a replay needs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from cxsim.measure.digests import digest_of_data
from cxsim.measure.metrics import CATALOGUE, HEADLINES
from cxsim.measure.whole_file import whole_file, write_text
from cxsim.report.numbers import format_difference
from cxsim.report.run_folder import resolved, write_folder
from cxsim.report.section import Grid, Section
from cxsim.report.sections_page import write_sections
from cxsim.report.summary import write_summary
from cxsim.report.svg import inline_svg
from cxsim.report.sweep_curves import draw_curves
from cxsim.report.sweep_figures import Points, common, draw_front, draw_map, front, points_of
from cxsim.report.verdicts import title
from cxsim.whatif.sweep import Sweep

PICTURES = ("curves", "map", "front")
CELLS = "cells.json"
BEST = 12
BOUNDS = (("difference", ""), ("ci_low", "_low"), ("ci_high", "_high"))


def write_sweep(
    sweep: Sweep, folder: Path, command_line: Sequence[str] | None = None, *, cautions: Sequence[str] = (),
    picture: Sequence[str] = ("profit", "retention_rate"),
) -> None:
    """Write the folder of a sweep.

    Parameters
    ----------
    sweep : Sweep
        From :func:`cxsim.whatif.sweep.sweep`.
    folder : Path
        Made if absent; files in it are replaced one by one, each of them whole.
    command_line, cautions
        For the manifest.
    picture : sequence of str
        Metrics that are drawn: the first one as curves and map, both as a front.

    Raises
    ------
    CxsimError
        When the folder cannot be written; files already written are whole.
    """
    reference = sweep.references[0] if len(sweep.references) == 1 else None
    tables = {"sweep": sweep.table} | ({"kpis": sweep.kpis} if len(sweep.kpis) else {})
    cells = cells_as_data(sweep)
    failures = [str(failure) for failure in sweep.failures]
    manifest = write_folder(
        folder, sweep.config, tables, resolved(sweep.config, reference, (), sweep.baseline),
        engine=sweep.engine, seconds=sweep.seconds, stopping=sweep.stopping, command_line=command_line,
        extra={"holds": "sweep", "cells": len(sweep.cells), "failures": failures,
               "cells_digest": digest_of_data(cells)}, cautions=cautions)
    write_text(folder / CELLS, json.dumps(cells) + "\n")
    write_text(folder / "views.sql", views(sweep))
    write_summary(folder / "summary.csv", sweep.table, sweep.config.confidence)
    _write_failures(sweep, folder / "failures")
    sections = sweep_sections(sweep, picture)
    for name in PICTURES:
        for ending in ("svg", "png"):
            (folder / f"{name}.{ending}").unlink(missing_ok=True)
    for name, figure in draw_sweep(sweep, picture).items():
        _write_picture(figure, folder / f"{name}.svg", "svg")
        _write_picture(figure, folder / f"{name}.png", "png")
    subtitle = f"{len(sweep.cells)} cells, each against its own baseline, over {', '.join(sweep.keys)}"
    write_sections(folder / "report.html", "A sweep", subtitle, sections, sweep.config, manifest)


def draw_sweep(sweep: Sweep, picture: Sequence[str]) -> dict[str, Figure]:
    """The pictures that a sweep's cells allow, by name: curves, map, front."""
    points = [found for metric in picture if (found := points_of(sweep.table, sweep.keys, metric)) is not None]
    if not points:
        return {}
    made = {"curves": draw_curves(points[0]), "map": draw_map(points[0])}
    if len(points) == 2:
        made["front"] = draw_front(*points)
    return {name: figure for name, figure in made.items() if figure is not None}


def _write_picture(figure: Figure, path: Path, kind: str) -> None:
    metadata = {"Date": None, "Creator": "cxsim"} if kind == "svg" else {"Software": "cxsim"}
    with whole_file(path) as unfinished:
        figure.savefig(unfinished, format=kind, dpi=150, metadata=metadata, facecolor="white")


def _write_failures(sweep: Sweep, folder: Path) -> None:
    """A file for each failed cell: its keys, the reason, and where it happened."""
    shutil.rmtree(folder, ignore_errors=True)
    if not sweep.failures:
        return
    folder.mkdir()
    for failure in sweep.failures:
        cell = sweep.cells[failure.cell]
        keys = [f"{key}={value}" for key, value in {**cell.world, **cell.levers}.items()]
        trace = ["", failure.traceback] if failure.traceback else []
        lines = [f"cell {failure.cell}", *keys, "", failure.reason, *trace]
        write_text(folder / f"cell-{failure.cell}.txt", "\n".join(lines) + "\n")


def cells_as_data(sweep: Sweep) -> dict[str, Any]:
    """Cells, worlds and references in full, each distinct group once: enough to do the sweep again."""
    pieces: dict[str, Any] = {}

    def kept(data: Any) -> str:
        name = digest_of_data(data)
        pieces.setdefault(name, data)
        return name

    numbers: dict[int, int] = {}
    worlds: list[dict[str, str]] = []
    for cell in sweep.cells:
        if id(cell.config) not in numbers:
            numbers[id(cell.config)] = len(worlds)
            worlds.append({name: kept(group) for name, group in cell.config.model_dump(mode="json").items()})
    return {
        "cells": [{"world": numbers[id(cell.config)], "world_keys": cell.world, "levers": cell.levers,
                   "scenario": None if cell.scenario is None else cell.scenario.model_dump(mode="json")}
                  for cell in sweep.cells],
        "worlds": worlds,
        "references": [None if one is None else kept(one.to_dict()) for one in sweep.references],
        "months": bool(len(sweep.kpis)) and bool((sweep.kpis["period"] != "total").any()),
        "pieces": pieces}


def views(sweep: Sweep) -> str:
    """Views of the tidy table for DuckDB: ``duckdb -init views.sql`` in the folder.

    `cells` has a row for each cell with the difference of every headline metric in a column, `best` the same by
    profit, `failed` the cells that could not be lived.
    """
    keys = ", ".join(_name(key) for key in sweep.keys)
    columns = ",\n  ".join(
        f"max({value}) FILTER (metric = '{metric}') AS {_name(metric + suffix)}"
        for metric in HEADLINES for value, suffix in BOUNDS)
    kpis = "CREATE OR REPLACE VIEW kpis AS SELECT * FROM read_parquet('kpis.parquet');\n"
    return (
        "-- Views of this sweep, to be read in its folder: duckdb -init views.sql\n"
        "CREATE OR REPLACE VIEW sweep AS SELECT * FROM read_parquet('sweep.parquet');\n"
        f"{kpis if len(sweep.kpis) else ''}"
        f"CREATE OR REPLACE VIEW cells AS SELECT cell, {keys}, world, lever,\n  {columns}\n"
        "  FROM sweep WHERE segment = 'all' AND period = 'total' AND status = 'done' GROUP BY ALL ORDER BY cell;\n"
        "CREATE OR REPLACE VIEW best AS SELECT * FROM cells ORDER BY profit DESC, cell;\n"
        f"CREATE OR REPLACE VIEW failed AS SELECT DISTINCT cell, {keys}, reason FROM sweep\n"
        "  WHERE status = 'failed' ORDER BY cell;\n")


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def sweep_sections(sweep: Sweep, picture: Sequence[str]) -> list[Section]:
    """What the page tells: the best cells, the pictures, the front, and what failed."""
    found = [points for metric in picture if (points := points_of(sweep.table, sweep.keys, metric)) is not None]
    figures = draw_sweep(sweep, picture)
    told = {"curves": "A line for each combination of other keys (of many, some); bands are intervals.",
            "map": "A dot marks a difference within its noise.",
            "front": "Cells on the line are beaten by no other in both; whiskers are intervals."}
    sections = []
    if found:
        sections.append(_best(sweep, found))
    for name, heading in zip(PICTURES, ("Over one key", "Over two keys", "Two aims at once"), strict=True):
        if name in figures:
            grids = [_front_grid(sweep, *common(*found))] if name == "front" else []
            sections.append(Section(heading, grids=grids, svg=inline_svg(figures[name]), caption=told[name]))
    if sweep.failures:
        sections.append(Section(
            "What failed", [f"{len(sweep.failures)} of {len(sweep.cells)} cells could not be lived."],
            [Grid(["cell", "reason"], [[str(one.cell), one.reason] for one in sweep.failures], words=1)],
            place="sure"))
    return sections


def _best(sweep: Sweep, found: Sequence[Points]) -> Section:
    """The cells that come first by the first metric, and how far apart they are from the first."""
    points = found[0]
    order = (-points.value * (CATALOGUE[points.metric].better or 1)).argsort(kind="stable")
    top = order[0]
    alike = [k for k in order if points.low[k] <= points.value[top] <= points.high[k]]
    words = [f"By {title(points.metric)}, cell {points.cells[top]} comes first of {len(points.value)}"
             + (f"; {len(alike) - 1} more lie within their noise of it." if len(alike) > 1 else ".")]
    notes = [f"The first of {len(points.value)} cells is also the luckiest: its difference is likely smaller when "
             "it is run again with another seed. To choose among a few, compare them with more replications."]
    rows = [_row(sweep, points, int(k)) for k in order[:BEST]]
    grid = Grid(["cell", *sweep.keys, title(points.metric), "interval"], rows)
    return Section("What comes first", words, [grid], notes=notes, place="decision")


def _row(sweep: Sweep, points: Points, k: int) -> list[str]:
    half = float(points.high[k] - points.low[k]) / 2
    keys = [_told(points.keys[key][k]) for key in sweep.keys]
    return [str(points.cells[k]), *keys, format_difference(float(points.value[k]), points.unit, half),
            f"{format_difference(float(points.low[k]), points.unit, half)} to "
            f"{format_difference(float(points.high[k]), points.unit, half)}"]


def _front_grid(sweep: Sweep, first: Points, second: Points) -> Grid:
    """The cells on the front, by the first metric."""
    on = sorted(front(first, second).nonzero()[0], key=lambda k: -first.value[k])
    rows = [[str(first.cells[k]), *(_told(first.keys[key][k]) for key in sweep.keys),
             *(format_difference(float(one.value[k]), one.unit) for one in (first, second))] for k in on[:BEST]]
    return Grid(["cell", *sweep.keys, title(first.metric), title(second.metric)], rows, "On the front")


def _told(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)

