"""Points lived beside the baseline with the same customers and the same luck, replication by replication."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from cxsim.errors import CxsimError
from cxsim.measure.table import Table
from cxsim.settings.overlay import apply_changes, combine
from cxsim.settings.reference import Reference
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.whatif.cell import Progress
from cxsim.whatif.goal import Goal, Values, totals
from cxsim.whatif.lever_keys import SWITCH
from cxsim.whatif.levers import Point, Space
from cxsim.whatif.searching import Told
from cxsim.whatif.store import Store
from cxsim.whatif.trials import Trial, live_trials

Parts = tuple[ScenarioSpec, ...]
UNDEFINED = "the objective or a limit is undefined there"


class PairedGrid:
    """What was lived so far: metrics of the baseline and of every point, by replication.

    Parameters
    ----------
    config : Config
        The world.
    space : Space
        The levers; one called ``scenario.NAME`` switches that scenario on.
    scenarios : mapping of str to tuple of ScenarioSpec
        Those that may be switched on.
    goal : Goal
        What is read.
    reference : Reference
        The world's reference experience.
    """

    def __init__(
        self, config: Config, space: Space, scenarios: Mapping[str, Parts], goal: Goal, reference: Reference, *,
        store: Store | None = None, progress: Progress, n_expected: int = 0,
    ) -> None:
        self.config, self.space, self.scenarios, self.goal = config, space, dict(scenarios), goal
        self.reference, self.store, self.progress = reference, store, progress
        self.n_expected, self.n_done = n_expected, 0
        self.failures: dict[Point, str] = {}
        self._values: dict[Point | None, dict[int, dict[str, float]]] = {None: {}}

    @property
    def points(self) -> list[Point]:
        """All points lived, or tried in vain, in the order in which they were asked for."""
        return [point for point in self._values if point is not None]

    def parts(self, point: Point) -> Parts:
        """The scenario of a point: scenarios that are switched on, and the levers that leave the baseline.

        Raises
        ------
        CxsimError
            When they contradict each other or are impossible in this world.
        """
        chosen: list[ScenarioSpec] = []
        changes: dict[str, Any] = {}
        for lever, value in zip(self.space.levers, point, strict=True):
            if lever.key.startswith(SWITCH):
                chosen += self.scenarios[lever.key.removeprefix(SWITCH)] if value else ()
            elif value != lever.baseline:
                changes[lever.key] = value
        if changes:
            window = self.config.scenario
            chosen.append(ScenarioSpec(name="levers", start_day=window.start_day, ramp_days=window.ramp_days,
                                       end_day=window.end_day, changes=changes))
        if chosen:
            together = combine(chosen)
            apply_changes(self.config, together.changes, origin=f"scenario {together.name}")
        return tuple(chosen)

    def live(self, wanted: Sequence[Point], replications: range, keep: Callable[[Point | None, Table], None] = (
            lambda point, rows: None)) -> None:
        """Live points, and the baseline, in those replications they have not been lived in.

        Parameters
        ----------
        wanted : sequence of Point
            Which; one that cannot be lived is noted in `failures` with its reason.
        keep : callable
            Called with each point (None: the baseline) and all its rows.
        """
        sides: list[Point | None] = []
        trials = []
        for point in (None, *dict.fromkeys(wanted)):
            if point in self.failures:
                continue
            known = self._values.setdefault(point, {})
            missing = [k for k in replications if k not in known]
            if not missing:
                continue
            try:
                parts = self.parts(point) if point is not None else ()
            except CxsimError as error:
                assert point is not None
                self.failures[point] = str(error)
                continue
            sides.append(point)
            trials.append(Trial(self.config, parts, range(missing[0], missing[-1] + 1)))
        self._take(sides, trials, keep)

    def _take(
        self, sides: Sequence[Point | None], trials: Sequence[Trial], keep: Callable[[Point | None, Table], None],
    ) -> None:
        made = live_trials(
            trials, progress=self._tell, store=self.store, reference_of=lambda config: self.reference)
        try:
            for place, rows in made:
                point = sides[place]
                if isinstance(rows, CxsimError):
                    if point is None:
                        raise rows
                    self.failures[point] = str(rows)
                    continue
                found = totals(rows, self.goal.metrics)
                for k, replication in enumerate(sorted(set(rows["replication"].tolist()))):
                    self._values[point][replication] = {name: float(found[name][k]) for name in found}
                keep(point, rows)
        finally:
            self.n_done += sum(len(trial.replications) for trial in trials)

    def _tell(self, text: str, done: int, total: int) -> None:
        if total == 0:
            self.progress(text, 0, 0)
        else:
            self.progress("points tried", self.n_done + done, max(self.n_expected, self.n_done + total))

    def replications(self, point: Point) -> list[int]:
        """Replications that a point and the baseline were both lived in."""
        return sorted(set(self._values[point]) & set(self._values[None]))

    def pair(self, point: Point, replications: Sequence[int]) -> tuple[Values, Values]:
        """Metrics of a point and of the baseline, by replication."""
        def side(of: Point | None) -> dict[str, np.ndarray]:
            rows = self._values[of]
            return {name: np.array([rows[k][name] for k in replications]) for name in self.goal.metrics}

        return side(point), side(None)

    def gain(self, point: Point, replications: Sequence[int]) -> np.ndarray:
        """What a point gains on the baseline in its objective, by replication."""
        return self.goal.gain(*self.pair(point, replications))

    def told(self, point: Point, replications: Sequence[int] | None = None) -> Told:
        """What a search is told of a point: means over its replications."""
        chosen = self.replications(point) if replications is None and point not in self.failures else replications
        if point in self.failures or not chosen:
            return Told(point, float("nan"), tuple(float("nan") for _ in self.goal.limits))
        side, base = self.pair(point, chosen)
        worth = float(self.goal.gain(side, base).mean())
        breaks = tuple(float(limit.breaks(side, base).mean()) for limit in self.goal.limits)
        if not np.isfinite([worth, *breaks]).all():
            self.failures[point] = UNDEFINED
            return Told(point, float("nan"), tuple(float("nan") for _ in breaks))
        return Told(point, worth, breaks)
