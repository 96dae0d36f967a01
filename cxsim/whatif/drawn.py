"""Draws of uncertain assumptions, and the lives of every side in each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from scipy.stats import qmc

from cxsim.engines.many import run_many
from cxsim.errors import CxsimError
from cxsim.measure.table import Table, codes
from cxsim.settings.reference import Reference
from cxsim.settings.schedule import month_starts
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.whatif.cell import Progress, silent
from cxsim.whatif.neighbours import few_pilots, neighbour
from cxsim.whatif.store import open_store
from cxsim.whatif.trials import Trial, live_trials
from cxsim.whatif.uncertain import Uncertain

# Streams of the analyses, apart from the lives' own luck.
DRAWS, PAIRS_OF_DRAWS, AGAIN = 7301, 7302, 7303


def stream(seed: int, purpose: int) -> np.random.Generator:
    """The generator of one purpose of an analysis; the same seed gives the same numbers."""
    return np.random.default_rng(np.random.SeedSequence([seed, purpose]))


def draw_shares(n: int, n_parameters: int, sampling: str, seed: int) -> np.ndarray:
    """Where in its range each assumption lies in each draw, shape (draws, parameters), each from 0 to 1.

    Parameters
    ----------
    n : int
        Draws; Sobol's sequence is even over a power of two only.
    n_parameters : int
        Assumptions.
    sampling : {"lhs", "sobol"}
        A Latin hypercube (McKay, Beckman & Conover 1979), or Sobol's sequence scrambled (Owen 1998).
    seed : int
        Of the run.

    Examples
    --------
    >>> shares = draw_shares(4, 1, "lhs", 1)
    >>> sorted((4 * shares[:, 0]).astype(int).tolist())
    [0, 1, 2, 3]
    """
    rng = stream(seed, DRAWS)
    if sampling == "lhs":
        return np.asarray(qmc.LatinHypercube(n_parameters, rng=rng).random(n))
    return np.asarray(qmc.Sobol(n_parameters, rng=rng).random(n))


def values_at(uncertain: Uncertain, shares: np.ndarray) -> np.ndarray:
    """Values of the assumptions, uniform over their ranges, from shares of shape (draws, parameters).

    Where an assumption takes whole numbers, its values are rounded.
    """
    low = np.array([one.low for one in uncertain.parameters])
    high = np.array([one.high for one in uncertain.parameters])
    is_whole = np.array([one.is_whole for one in uncertain.parameters])
    values: np.ndarray = low + shares * (high - low)
    return np.where(is_whole, np.round(values), values)


@dataclass(frozen=True)
class Drawn:
    """What all sides did in all draws.

    Attributes
    ----------
    values : array, shape (draws, parameters)
        The assumptions.
    sides, metrics : tuple of str
        The baseline first.
    found : array, shape (draws, sides, replications, metrics)
        Whole-run values; NaN in all sides of a draw that could not be lived.
    by_month : array, shape (draws, sides, replications, metrics, months)
        The same month by month, if asked for; no months otherwise.
    failures : dict of int to str
        Why a draw could not be lived.
    """

    values: np.ndarray
    sides: tuple[str, ...]
    metrics: tuple[str, ...]
    found: np.ndarray
    by_month: np.ndarray
    failures: dict[int, str] = field(default_factory=dict)

    def of(self, metric: str) -> np.ndarray:
        """One metric, shape (draws, sides, replications)."""
        one: np.ndarray = self.found[..., self.metrics.index(metric)]
        return one

    def gains(self, metric: str, better: int = 1) -> np.ndarray:
        """Difference of every side from the baseline, more being better, shape (draws, sides, replications)."""
        found = self.of(metric)
        gained: np.ndarray = better * (found - found[:, :1])
        return gained


@dataclass
class DrawLives:
    """Lives draws of one uncertain comparison, all with the same customers and the same luck.

    Parameters
    ----------
    uncertain : Uncertain
        What is not known.
    reference : Reference
        Of the world where every assumption has its value.
    replications : int
        Of every side in every draw.
    metrics : tuple of str
        What is measured.
    reference_customers : int
        Pilots of the reference experience of each draw, in customers; begun from `reference`, few will do.
    progress : callable
        Called with (name, done, total).
    keeps : bool
        Whether finished lives are kept, and kept ones taken (``output.store``).
    """

    uncertain: Uncertain
    reference: Reference
    replications: int
    metrics: tuple[str, ...]
    reference_customers: int
    progress: Progress = silent
    keeps: bool = True

    def live(self, values: np.ndarray, *, months: bool = False, what: str = "draws") -> Drawn:
        """Live every side in every draw.

        Parameters
        ----------
        values : array, shape (draws, parameters)
            The assumptions.
        months : bool
            Whether months are kept as well.
        what : str
            What the draws are called while they are lived.
        """
        worlds, sides, failures = self._worlds(values)
        references = self._references(worlds, what)
        trials, places = self._trials(worlds, sides)
        names = tuple(self.uncertain.sides)
        store = open_store(self.uncertain.config, lambda text: self.progress(text, 0, 0)) if self.keeps else None
        lived = live_trials(
            trials, progress=lambda _, done, total: self.progress(what, done, total), store=store,
            metrics=self.metrics, months=months, reference_of=_look_up(references))
        shape = (len(values), len(names), self.replications, len(self.metrics))
        found = np.full(shape, np.nan)
        by_month = np.full((*shape, self._n_months if months else 0), np.nan)
        for at, rows in lived:
            for draw, side in places[at]:
                if isinstance(rows, CxsimError):
                    failures.setdefault(draw, str(rows))
                    continue
                found[draw, side] = self._totals(rows)
                if months:
                    by_month[draw, side] = self._months(rows, by_month.shape[-1])
        for draw in failures:
            found[draw], by_month[draw] = np.nan, np.nan
        return Drawn(values, names, self.metrics, found, by_month, dict(sorted(failures.items())))

    @property
    def _n_months(self) -> int:
        return len(month_starts(self.uncertain.config)) - 1

    def _worlds(
        self, values: np.ndarray,
    ) -> tuple[dict[int, Config], dict[int, dict[str, tuple[ScenarioSpec, ...]]], dict[int, str]]:
        """World and sides of every draw; draws that differ in scenarios alone share one world."""
        own = [k for k, one in enumerate(self.uncertain.parameters) if not one.sides]
        shared: dict[tuple[float, ...], Config] = {}
        worlds, sides, failures = {}, {}, {}
        for draw, row in enumerate(values):
            try:
                world, sides[draw] = self.uncertain.lived_with(row.tolist())
            except CxsimError as error:
                failures[draw] = str(error)
                continue
            worlds[draw] = shared.setdefault(tuple(row[own].tolist()), world)
        return worlds, sides, failures

    def _references(self, worlds: dict[int, Config], what: str) -> dict[int, Reference | CxsimError]:
        """The reference experience of every world, begun from the one that is known."""
        distinct = list({id(world): world for world in worlds.values()}.values())
        found: dict[int, Reference | CxsimError] = {}
        base = self.uncertain.config
        of_base = self.reference
        if any(world is not base for world in distinct):
            of_base = few_pilots(base, self.reference, self.reference_customers)
        work = partial(neighbour, base, self.reference, of_base, self.reference_customers)
        parallel = self.uncertain.config.parallel.model_copy(update={"mode": "threads", "scheduler": None})
        for place, reference in run_many(work, distinct, parallel):
            found[id(distinct[place])] = reference
            self.progress(f"reference experience of {what}", len(found), len(distinct))
        return found

    def _trials(
        self, worlds: dict[int, Config], sides: dict[int, dict[str, tuple[ScenarioSpec, ...]]],
    ) -> tuple[list[Trial], list[list[tuple[int, int]]]]:
        """What is to be lived, each world and side once, and which (draw, side) each of it serves."""
        trials: list[Trial] = []
        places: list[list[tuple[int, int]]] = []
        known: dict[tuple[int, str], int] = {}
        for draw, world in worlds.items():
            for side, parts in enumerate(sides[draw].values()):
                key = id(world), repr([part.model_dump() for part in parts])
                if key not in known:
                    known[key] = len(trials)
                    trials.append(Trial(world, parts, range(self.replications)))
                    places.append([])
                places[known[key]].append((draw, side))
        return trials, places

    def _totals(self, rows: Table) -> np.ndarray:
        """Values of the whole run, shape (replications, metrics)."""
        totals = rows.select(segment="all", period="total")
        found = np.full((self.replications, len(self.metrics)), np.nan)
        for row in totals.rows():
            found[row["replication"], self.metrics.index(row["metric"])] = row["value"]
        return found

    def _months(self, rows: Table, n_months: int) -> np.ndarray:
        """Values by month, shape (replications, metrics, months)."""
        found = np.full((self.replications, len(self.metrics), n_months), np.nan)
        words, number = codes(rows["period"])
        month = np.array([-1 if word == "total" else int(word) - 1 for word in words])[number]
        keep = (month >= 0) & (rows["segment"] == "all")
        place = {name: k for k, name in enumerate(self.metrics)}
        metric = np.array([place[name] for name in rows["metric"].tolist()])
        found[rows["replication"][keep], metric[keep], month[keep]] = rows["value"][keep]
        return found


def _look_up(references: dict[int, Reference | CxsimError]) -> Callable[[Config], Reference]:
    def of(config: Config) -> Reference:
        found = references[id(config)]
        if isinstance(found, CxsimError):
            raise found
        return found

    return of
