"""Many worlds and scenarios lived for their metrics alone: what sweeps, draws and searches are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from cxsim.engines.many import run_many
from cxsim.engines.memory import refuse_what_cannot_fit
from cxsim.engines.reference_store import reference_for
from cxsim.errors import CxsimError
from cxsim.measure.table import Table
from cxsim.settings.reference import Reference
from cxsim.settings.schema import Config
from cxsim.whatif.cell import Progress, choose_engine, silent
from cxsim.whatif.store import Store, cell_key, side_in_world, world_digest
from cxsim.whatif.trial_work import CellFailure, Trial, TrialWork

__all__ = ["CellFailure", "Trial", "digest_of_world", "live_trials", "n_kept"]

TOTALS, MONTHS = "total", "months"


def live_trials(
    trials: Sequence[Trial], *, progress: Progress = silent, store: Store | None = None,
    metrics: Sequence[str] | None = None, months: bool = False, segments: bool = False,
    reference_of: Callable[[Config], Reference] | None = None,
) -> Iterator[tuple[int, Table | CxsimError]]:
    """Live many sides in many worlds and yield (place, rows) of each as it is finished.

    The one way to live more than a comparison holds: only metrics are measured, cells that the store holds are
    not lived again, and what is finished is kept at once, so that an interrupted run goes on where it stopped.
    Results depend neither on order, chunking nor workers. For all tables of a few scenarios use
    :func:`cxsim.whatif.compare.compare`.

    Parameters
    ----------
    trials : sequence of Trial
        How they share the machine is the first one's ``parallel``.
    progress : callable
        Called with (name, done, total) after each cell, and with (words, 0, 0) while a reference is sought.
    store : Store, optional
        Where finished cells are kept; nowhere without one.
    metrics : sequence of str, optional
        Those that are wanted; default all.
    months : bool
        Whether rows of months are wanted beside those of the whole run.
    segments : bool
        Whether rows of segments are wanted beside those of all customers.
    reference_of : callable, optional
        Finds the reference experience of a world; default :func:`cxsim.engines.reference_store.reference_for`.

    Yields
    ------
    place : int
        Which trial.
    rows : Table or CxsimError
        Columns of :func:`cxsim.measure.kpis.kpis`, replication after replication; or why it could not be lived.

    Raises
    ------
    MachineError
        When the store cannot be written any more.

    Examples
    --------
    >>> import cxsim
    >>> world = cxsim.load(["market=contact_centre", "horizon_days=2"])
    >>> [(place, rows)] = live_trials([Trial(world, replications=range(2))], metrics=["contacts"])
    >>> place, rows["replication"].tolist()
    (0, [0, 1])
    """
    if not trials:
        return
    run = _Run(trials, progress, store, months, reference_of)
    wanted = _Wanted(metrics, months, segments)
    for place in run.start():
        yield place, run.result(place, wanted)
    for place in run.live():
        yield place, run.result(place, wanted)


def n_kept(trial: Trial, world: str, store: Store, *, months: bool = False) -> int:
    """How many replications of a trial a store holds (damaged ones included: they show when they are read).

    `world` is the digest of its world (:func:`digest_of_world`).
    """
    side = side_in_world(world, trial.parts)
    return sum(any(store.has(key) for key in _keys(side, replication, months))
               for replication in trial.replications)


def digest_of_world(config: Config, reference: Reference) -> str:
    """What all sides of a world have in their keys, by the engine that lives them."""
    return world_digest(config, reference, choose_engine(config, ()))


def _keys(side: str, replication: int, months: bool) -> list[str]:
    """Keys under which a cell may be kept; one with months serves whoever wants totals."""
    return [cell_key(f"{side}/{kind}", replication) for kind in ((MONTHS,) if months else (TOTALS, MONTHS))]


@dataclass(frozen=True)
class _Wanted:
    """Which rows of a cell are asked for."""

    metrics: Sequence[str] | None
    months: bool
    segments: bool

    def of(self, rows: Table) -> Table:
        keep = np.ones(len(rows), dtype=bool)
        if not self.segments:
            keep &= rows["segment"] == "all"
        if not self.months:
            keep &= rows["period"] == "total"
        rows = rows if keep.all() else rows.take(keep)
        return rows if self.metrics is None else rows.select(metric=list(self.metrics))


@dataclass
class _Run:
    """The state of one call: what is wanted, what is done, what failed."""

    trials: Sequence[Trial]
    progress: Progress
    store: Store | None
    months: bool
    reference_of: Callable[[Config], Reference] | None
    references: dict[int, Reference | CxsimError] = field(default_factory=dict)
    worlds: dict[int, str] = field(default_factory=dict)
    sides: dict[int, str] = field(default_factory=dict)
    done: dict[int, dict[int, Table | None]] = field(default_factory=dict)
    failed: dict[int, CxsimError] = field(default_factory=dict)
    n_done: int = 0

    @property
    def n_cells(self) -> int:
        """All replications of all trials."""
        return sum(len(trial.replications) for trial in self.trials)

    def start(self) -> Iterator[int]:
        """Find references and kept cells; yields the trials that need no living."""
        for place, trial in enumerate(self.trials):
            self.done[place] = {}
            reference = self._reference(trial.config)
            if isinstance(reference, CxsimError):
                self.failed[place] = reference
            elif self.store is not None:
                if id(trial.config) not in self.worlds:
                    self.worlds[id(trial.config)] = digest_of_world(trial.config, reference)
                self.sides[place] = side_in_world(self.worlds[id(trial.config)], trial.parts)
                for replication in trial.replications:
                    self._find(place, replication)
            if self.is_finished(place):
                yield place

    def live(self) -> Iterator[int]:
        """Live what is missing; yields each trial when its last cell is done."""
        jobs = [(place, replication) for place, trial in enumerate(self.trials) if place not in self.failed
                for replication in trial.replications if replication not in self.done[place]]
        if not jobs:
            return
        if self.store is not None:
            self.store.must_keep()
        references = {place: self.references[id(self.trials[place].config)] for place, _ in jobs}
        work = TrialWork(self.trials, references, self.months)
        engines = {choose_engine(self.trials[place].config, ()) for place in references}
        for at, made in run_many(work, jobs, self.trials[0].config.parallel, in_threads=engines == {"compiled"}):
            place, replication = jobs[at]
            was_finished = self.is_finished(place)
            self._take(place, replication, made)
            if self.is_finished(place) and not was_finished:
                yield place

    def is_finished(self, place: int) -> bool:
        """Whether nothing of a trial is left to do."""
        return place in self.failed or len(self.done[place]) == len(self.trials[place].replications)

    def result(self, place: int, wanted: _Wanted) -> Table | CxsimError:
        """The rows of a finished trial, or why there are none; they are then let go of."""
        found = self.done.pop(place) if place not in self.failed else {}
        self.done[place] = dict.fromkeys(found)
        if place in self.failed:
            return self.failed[place]
        name = self.trials[place].name
        rows = []
        for replication in self.trials[place].replications:
            kept = found[replication]
            assert kept is not None
            own = wanted.of(kept)
            rows.append(Table({
                "scenario": np.full(len(own), name, dtype=object),
                "replication": np.full(len(own), replication, dtype=np.int64), **own.columns}))
        return Table.concat(rows)

    def _take(self, place: int, replication: int, made: Table | CxsimError) -> None:
        self.n_done += 1
        if isinstance(made, CxsimError):
            self.failed.setdefault(place, made)
        elif place not in self.failed:
            self.done[place][replication] = made
        if self.store is not None and isinstance(made, Table):
            self.store.put(_keys(self.sides[place], replication, self.months)[0], made)
        self.progress(self.trials[place].name, self.n_done, self.n_cells)

    def _find(self, place: int, replication: int) -> None:
        """Take a kept cell, where there is one."""
        assert self.store is not None
        for key in _keys(self.sides[place], replication, self.months):
            kept = self.store.get(key)
            if kept is not None:
                self.done[place][replication] = kept
                self.n_done += 1
                return

    def _reference(self, config: Config) -> Reference | CxsimError:
        """The reference of a world, sought once; or why it has none."""
        found = self.references.get(id(config))
        if found is None:
            try:
                refuse_what_cannot_fit(config, 2)
                found = self.reference_of(config) if self.reference_of is not None else reference_for(
                    config, progress=lambda text: self.progress(text, 0, 0))
            except CxsimError as error:
                found = error
            self.references[id(config)] = found
        return found
