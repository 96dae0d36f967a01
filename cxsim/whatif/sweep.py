"""A grid of scenarios, each cell paired with its own baseline: ``cxsim sweep``."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from cxsim.engines.estimate import look_ahead
from cxsim.engines.reference_store import reference_for
from cxsim.errors import CxsimError
from cxsim.measure.table import Table
from cxsim.settings.reference import Reference
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.whatif.cell import Lives, Progress, Tables, live_all, make_lives, silent
from cxsim.whatif.compare import BASELINE, paired
from cxsim.whatif.precision import stopping_of


class SweepCell(Protocol):
    """One combination of swept values: the world it makes and what its scenario side changes."""

    world: dict[str, Any]
    levers: dict[str, Any]
    config: Config
    scenario: ScenarioSpec | None


@dataclass(frozen=True)
class Sweep:
    """A finished sweep.

    Attributes
    ----------
    table : Table
        One row for each cell, segment, period and metric: number of the cell, one column for each
        swept key (as text), `world` and `lever` (which keys acted where), then the columns of a
        comparison, then `status` ("done" or "failed") and `reason`.
    kpis : Table
        All replications of every cell; scenario is "cell 0", "cell 1", ...; the baselines are
        "baseline" or, where worlds are swept, "baseline 0", "baseline 1", ...
    """

    config: Config
    keys: tuple[str, ...]
    table: Table
    kpis: Table
    engine: str
    references: tuple[Reference, ...]
    failures: tuple[str, ...]
    seconds: float = field(default=0.0, compare=False)


def sweep(
    cells: Sequence[SweepCell], *, baseline: Sequence[ScenarioSpec] = (), progress: Progress = silent,
) -> Sweep:
    """Live every cell and its baseline with the same customers and the same luck.

    Parameters
    ----------
    cells : sequence
        Combinations of swept values; cells that share a world share its baseline and reference.
    baseline : sequence of ScenarioSpec
        Parts of another baseline than the market itself.
    progress : callable
        Called with (name, done, total) after each replication of a world's cells.

    Returns
    -------
    Sweep
        A cell that cannot be lived is a row with its reason; the others go on.
    """
    start = time.perf_counter()
    worlds: dict[int, list[int]] = {}
    for place, cell in enumerate(cells):
        worlds.setdefault(id(cell.config), []).append(place)
    tables: list[Table] = []
    kpis: list[Table] = []
    references: list[Reference] = []
    failures: list[str] = []
    engine = ""
    for number, places in enumerate(worlds.values()):
        config = cells[places[0]].config
        suffix = f" {number}" if len(worlds) > 1 else ""
        try:
            look_ahead(config, len(places), lambda text: progress(text, 0, 0))
            reference = reference_for(config, progress=lambda text: progress(text, 0, 0))
            first = make_lives(BASELINE + suffix, config, baseline, reference)
        except CxsimError as error:
            failures += [f"cell {place}: {error}" for place in places]
            tables += [_failed(cells, place, str(error)) for place in places]
            continue
        references.append(reference)
        lives, done, broken = _lives(cells, places, config, reference)
        tables += [_failed(cells, place, reason) for place, reason in broken.items()]
        failures += [f"cell {place}: {reason}" for place, reason in broken.items()]
        stopping = stopping_of(config) if lives else None
        made, engine = live_all([first, *lives], config, progress=progress, stopping=stopping)
        if stopping is not None:
            progress(str(stopping), 0, 0)
        kpis.append(made.kpis)
        tables += _rows(cells, done, [first, *lives], made, config)
    table = Table.concat(tables).sort("cell") if tables else Table({})
    everything = Table.concat(kpis) if kpis else Table({})
    return Sweep(cells[0].config, _keys(cells), table, everything, engine, tuple(references), tuple(failures),
                 time.perf_counter() - start)


def _keys(cells: Sequence[SweepCell]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for cell in cells for key in (*cell.world, *cell.levers)))


def _lives(
    cells: Sequence[SweepCell], places: Sequence[int], config: Config, reference: Reference,
) -> tuple[list[Lives], list[int], dict[int, str]]:
    """Every cell of a world ready to be lived; those that cannot be, with their reason."""
    lives, done, broken = [], [], {}
    for place in places:
        spec = cells[place].scenario
        try:
            lives.append(make_lives(f"cell {place}", config, [spec] if spec else [], reference))
            done.append(place)
        except CxsimError as error:
            broken[place] = str(error)
    return lives, done, broken


def _rows(
    cells: Sequence[SweepCell], done: Sequence[int], lives: Sequence[Lives], made: Tables, config: Config,
) -> list[Table]:
    """The tidy rows of each cell of one world."""
    if not done:
        return []
    comparison = paired(made.kpis, lives, config.confidence)
    rows = []
    for place, side in zip(done, lives[1:], strict=True):
        own = comparison.select(scenario=side.name)
        rows.append(_tidy(cells, place, own, "done", ""))
    return rows


def _tidy(cells: Sequence[SweepCell], place: int, own: Table, status: str, reason: str) -> Table:
    """A cell's rows with its keys in front and its status behind."""
    cell, n = cells[place], len(own)
    values = {**cell.world, **cell.levers}
    columns: dict[str, Any] = {"cell": np.full(n, place)}
    columns |= {key: [str(values.get(key, ""))] * n for key in _keys(cells)}
    columns["world"] = [" ".join(f"{k}={v}" for k, v in cell.world.items())] * n
    columns["lever"] = [" ".join(f"{k}={v}" for k, v in cell.levers.items())] * n
    columns |= dict(own.columns)
    return Table({**columns, "status": [status] * n, "reason": [reason] * n})


def _failed(cells: Sequence[SweepCell], place: int, reason: str) -> Table:
    """One row for a cell that could not be lived."""
    nothing = {name: [float("nan")] for name in (
        "baseline_value", "scenario_value", "difference", "ci_low", "ci_high", "confidence")}
    own = Table({
        "scenario": [f"cell {place}"], "baseline": [BASELINE], "segment": ["all"], "period": ["total"],
        "metric": ["profit"], **nothing, "replications": [0], "p_better": [float("nan")], "unit": ["money"],
        "ci_low_all": [float("nan")], "ci_high_all": [float("nan")],
        "p_all": [float("nan")]})
    return _tidy(cells, place, own, "failed", reason)
