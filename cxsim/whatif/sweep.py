"""Many scenarios in many worlds, each cell paired with its own baseline: ``cxsim sweep``."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cxsim.engines.reference_store import reference_for
from cxsim.errors import CxsimError
from cxsim.measure.comparison import compare_kpis
from cxsim.measure.table import Table, codes
from cxsim.settings.reference import Reference
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.whatif.cell import Progress, choose_engine, silent
from cxsim.whatif.compare import BASELINE
from cxsim.whatif.precision import Stopping, blocks, stopping_of
from cxsim.whatif.store import Store
from cxsim.whatif.sweep_table import SweepCell, keys_of, named, nothing, tidy
from cxsim.whatif.trials import Trial, live_trials


@dataclass(frozen=True)
class Failure:
    """A cell that could not be lived: its number, why, and where it happened (for what nobody foresaw)."""

    cell: int
    reason: str
    traceback: str = ""

    def __str__(self) -> str:
        return f"cell {self.cell}: {self.reason}"


@dataclass(frozen=True)
class Sweep:
    """A finished sweep.

    Attributes
    ----------
    config : Config
        The world of the first cell.
    cells : tuple
        What was lived.
    baseline : tuple of ScenarioSpec
        Parts of the baseline; empty for the market itself.
    table : Table
        One row for each cell, segment, period and metric: number of the cell, one column for each
        swept key (numbers where all its values are, else texts), `world` and `lever` (which keys acted
        where), then the columns of a comparison, then `status` ("done" or "failed") and `reason`.
    kpis : Table
        All replications of every cell; scenario is "cell 0", "cell 1", ...; the baselines are
        "baseline" or, where worlds are swept, "baseline 0", "baseline 1", ...
    references : tuple of Reference
        Of each world, in the order of the baselines (none where it was not found).
    failures : tuple of Failure
        Cells that could not be lived.
    stopping : Stopping or None
        The rule of the cell that needed most replications, where precision was asked for.
    """

    config: Config
    cells: tuple[SweepCell, ...]
    baseline: tuple[ScenarioSpec, ...]
    table: Table
    kpis: Table
    engine: str
    references: tuple[Reference | None, ...]
    failures: tuple[Failure, ...]
    stopping: Stopping | None = None
    seconds: float = field(default=0.0, compare=False)

    @property
    def keys(self) -> tuple[str, ...]:
        """Swept keys, in their order."""
        return keys_of(self.cells)


def sweep(
    cells: Sequence[SweepCell], *, baseline: Sequence[ScenarioSpec] = (), progress: Progress = silent,
    store: Store | None = None, months: bool = False, references: Sequence[Reference | None] = (),
) -> Sweep:
    """Live every cell and its baseline with the same customers and the same luck.

    Parameters
    ----------
    cells : sequence
        Combinations of swept values; cells that share a world share its baseline and reference.
    baseline : sequence of ScenarioSpec
        Parts of another baseline than the market itself.
    progress : callable
        Called with (words, done, total) after each replication; the words say how many cells failed.
    store : Store, optional
        Where finished cells are kept and found again.
    months : bool
        Whether to have rows of months beside those of the whole run.
    references : sequence of Reference, optional
        Of the worlds, where found before (for a replay).

    Returns
    -------
    Sweep
        A cell that cannot be lived is a row with its reason; the others go on.

    Raises
    ------
    MachineError
        When the store cannot be written any more; what is finished is kept there.
    """
    start = time.perf_counter()
    lived = _Lived(cells, tuple(baseline), months, progress, store, references)
    lived.live_all()
    rows = [lived.rows(number) for number in range(len(lived.worlds))]
    tables = [table for found, _ in rows for table in found]
    return Sweep(
        cells[0].config, tuple(cells), tuple(baseline), Table.concat(tables).sort("cell"),
        Table.concat([kpis for _, kpis in rows if kpis is not None] or [Table({})]),
        choose_engine(cells[0].config, ()), lived.found_references(), tuple(sorted(lived.failures(), key=_number)),
        lived.longest(), time.perf_counter() - start)


def worlds_of(cells: Sequence[SweepCell]) -> list[list[int]]:
    """Cells by the world they share, in the order in which worlds first appear."""
    worlds: dict[int, list[int]] = {}
    for place, cell in enumerate(cells):
        worlds.setdefault(id(cell.config), []).append(place)
    return list(worlds.values())


def _number(failure: Failure) -> int:
    return failure.cell


@dataclass
class _Lived:
    """Sides of a sweep while they are lived: baselines (by world) and cells, with what became of them."""

    cells: Sequence[SweepCell]
    baseline: tuple[ScenarioSpec, ...]
    months: bool
    progress: Progress
    store: Store | None
    given: Sequence[Reference | None] = ()
    worlds: list[list[int]] = field(init=False)
    world_of: dict[int, int] = field(init=False)
    number_of: dict[int, int] = field(init=False)
    references: dict[int, Reference] = field(default_factory=dict)
    tables: dict[tuple[str, int], list[Table]] = field(default_factory=dict)
    errors: dict[tuple[str, int], CxsimError] = field(default_factory=dict)
    rules: dict[int, Stopping] = field(default_factory=dict)
    n_failed: int = 0

    def __post_init__(self) -> None:
        self.worlds = worlds_of(self.cells)
        self.world_of = {place: number for number, places in enumerate(self.worlds) for place in places}
        self.number_of = {id(self.cells[places[0]].config): k for k, places in enumerate(self.worlds)}
        self.given = [*self.given, *[None] * (len(self.worlds) - len(self.given))]
        for place, cell in enumerate(self.cells):
            rule = stopping_of(cell.config)
            if rule is not None:
                self.rules[place] = rule

    def live_all(self) -> None:
        """Live all sides; with a rule of precision, from checkpoint to checkpoint until each cell is precise."""
        first = self.cells[0].config
        left = list(range(len(self.cells)))
        for block in blocks(first, stopping_of(first)):
            worlds = sorted({self.world_of[place] for place in left})
            self._live([*(("baseline", world) for world in worlds), *(("cell", place) for place in left)], block)
            left = [place for place in left if place in self.rules and self._is_open(place)]
            if not left:
                break

    def _is_open(self, place: int) -> bool:
        """Whether a cell needs further replications, judged by its rule."""
        if self._error(place) is not None:
            return False
        kpis = Table.concat([
            *(named(rows, BASELINE) for rows in self.tables["baseline", self.world_of[place]]),
            *(named(rows, f"cell {place}") for rows in self.tables["cell", place])])
        return not self.rules[place].is_enough(kpis)

    def _live(self, sides: Sequence[tuple[str, int]], block: range) -> None:
        """Live one block of replications of some sides; two sides that are the same are lived once."""
        trials: list[Trial] = []
        who: list[list[tuple[str, int]]] = []
        known: dict[Any, int] = {}
        for side in sides:
            trial = self._trial(side, block)
            key = (id(trial.config), tuple(part.model_dump_json() for part in trial.parts))
            if key not in known:
                known[key] = len(trials)
                trials.append(trial)
                who.append([])
            who[known[key]].append(side)
        found = live_trials(
            trials, progress=self._tell, store=self.store, months=self.months, segments=True,
            reference_of=self._reference)
        for place, rows in found:
            for side in who[place]:
                if isinstance(rows, CxsimError):
                    self.errors[side] = rows
                    self.n_failed += side[0] == "cell"
                else:
                    self.tables.setdefault(side, []).append(rows)

    def _trial(self, side: tuple[str, int], block: range) -> Trial:
        kind, number = side
        cell = self.cells[self.worlds[number][0]] if kind == "baseline" else self.cells[number]
        parts = self.baseline if kind == "baseline" else (cell.scenario,) if cell.scenario is not None else ()
        config = cell.config
        return Trial(config, parts, block if self.rules else range(config.replications))

    def _reference(self, config: Config) -> Reference:
        number = self.number_of[id(config)]
        found = self.given[number] or reference_for(config, progress=lambda text: self.progress(text, 0, 0))
        self.references[number] = found
        return found

    def _tell(self, text: str, done: int, total: int) -> None:
        failed = f"{self.n_failed} failed" if self.n_failed else ""
        self.progress(failed if total else text, done, total)

    def found_references(self) -> tuple[Reference | None, ...]:
        """The reference of each world."""
        return tuple(self.references.get(number) for number in range(len(self.worlds)))

    def longest(self) -> Stopping | None:
        """The rule that took most replications."""
        judged = [rule for rule in self.rules.values() if rule.judged]
        return max(judged, key=lambda rule: rule.judged[-1][0]) if judged else None

    def failures(self) -> list[Failure]:
        """Cells that could not be lived; a baseline that could not takes its cells with it."""
        found = []
        for place in range(len(self.cells)):
            error = self._error(place)
            if error is not None:
                found.append(Failure(place, str(error), getattr(error, "traceback", "")))
        return found

    def _error(self, place: int) -> CxsimError | None:
        return self.errors.get(("cell", place)) or self.errors.get(("baseline", self.world_of[place]))

    def rows(self, world: int) -> tuple[list[Table], Table | None]:
        """The tidy rows of the cells of one world, and all its replications."""
        places = self.worlds[world]
        reasons = {place: str(self._error(place)) for place in places if self._error(place) is not None}
        failed = [tidy(self.cells, nothing(reasons), list(reasons), list(reasons.values()))] if reasons else []
        if ("baseline", world) in self.errors:
            return failed, None
        name = BASELINE + (f" {world}" if len(self.worlds) > 1 else "")
        own = Table.concat([named(rows, name) for rows in self.tables["baseline", world]])
        done = [place for place in places if place not in reasons]
        if not done:
            return failed, own
        others = Table.concat([named(rows, f"cell {place}") for place in done
                               for rows in self.tables["cell", place]])
        compared = compare_kpis(own, others, self.cells[places[0]].config.confidence)
        numbers = [int(word.removeprefix("cell ")) for word in codes(compared["scenario"])[0]]
        at = np.array(numbers)[codes(compared["scenario"])[1]].tolist()
        return [tidy(self.cells, compared, at, []), *failed], Table.concat([own, others])
