"""One cell of a trial, lived and measured, wherever it is sent."""

from __future__ import annotations

import threading
import traceback
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cxsim.engines.replication import run_replication
from cxsim.errors import CxsimError
from cxsim.measure.kpis import kpis
from cxsim.measure.table import Table
from cxsim.measure.whole_population import to_whole
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.whatif.cell import Lives, choose_engine, make_lives

# Blueprints held at a time: that of each worker, and of those that come next.
MOST_HELD = 16


@dataclass(frozen=True)
class Trial:
    """One side in one world, and the replications of it that are wanted.

    Parameters
    ----------
    config : Config
        The world. Trials that share one share its reference experience, customers and luck.
    parts : tuple of ScenarioSpec
        Parts of the scenario; empty for the baseline of that world.
    replications : range
        Which ones, usually ``range(k)``.
    """

    config: Config
    parts: tuple[ScenarioSpec, ...] = ()
    replications: range = range(1)

    @property
    def name(self) -> str:
        """What its rows are called: the names of its parts, joined."""
        return "+".join(part.name for part in self.parts) or "baseline"


class CellFailure(CxsimError):
    """A cell that could not be lived for a reason nobody foresaw, with where it happened in `traceback`."""

    def __init__(self, message: str, trace: str = "") -> None:
        super().__init__(message)
        self.traceback = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.traceback)


class TrialWork:
    """Lives one cell and measures it; what can be pickled is sent, blueprints are made where they are needed."""

    def __init__(self, trials: Sequence[Trial], references: dict[int, Any], months: bool) -> None:
        self.trials = {place: trials[place] for place in references}
        self.references = references
        self.months = months
        self._forget()

    def __getstate__(self) -> dict[str, Any]:
        return {"trials": self.trials, "references": self.references, "months": self.months}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._forget()

    def _forget(self) -> None:
        self._lives: OrderedDict[int, Lives | CxsimError] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, job: tuple[int, int]) -> Table | CxsimError:
        """The metrics of one replication of one trial, or why there are none."""
        place, replication = job
        try:
            lives = self._lives_of(place)
            if isinstance(lives, CxsimError):
                return lives
            return self._measured(lives, replication)
        except CxsimError as error:
            return error
        except Exception as error:  # One failed cell never stops the others: it is told with its traceback.
            return CellFailure(
                f"{type(error).__name__}: {' '.join(str(error).split())} (replication {replication}); "
                "this is an error of the program: please report it with the traceback", traceback.format_exc())

    def _measured(self, lives: Lives, replication: int) -> Table:
        outcome = run_replication(lives.blueprint, replication, choose_engine(lives.config, ()))
        rows = to_whole("kpis", kpis(outcome, lives.config, lives.name), lives.config.simulated_share)
        if not self.months:
            rows = rows.select(period="total")
        return Table({name: values for name, values in rows.columns.items()
                      if name not in ("scenario", "replication")})

    def _lives_of(self, place: int) -> Lives | CxsimError:
        """The blueprint of a trial, made by whoever needs it first."""
        with self._lock:
            if place in self._lives:
                self._lives.move_to_end(place)
                return self._lives[place]
            trial = self.trials[place]
            try:
                made: Lives | CxsimError = make_lives(
                    trial.name, trial.config, trial.parts, self.references[place])
            except CxsimError as error:
                made = error
            self._lives[place] = made
            while len(self._lives) > MOST_HELD:
                self._lives.popitem(last=False)
            return made
