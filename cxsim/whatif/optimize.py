"""The best levers under a budget: `cxsim.optimize`.

A search proposes points; each is lived beside the baseline with the same customers and luck, in few replications
at first and in more where it leads. The leaders are then judged on replications that no choice was made by, so
that the luck which made one look best does not flatter it.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cxsim.engines.reference_store import reference_for
from cxsim.errors import CxsimError
from cxsim.measure.comparison import compare_kpis
from cxsim.measure.table import Table
from cxsim.settings.overlay import combine, leaves, nest
from cxsim.settings.reference import Reference
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.whatif.cell import Progress, choose_engine, silent
from cxsim.whatif.finals import LEADERS, final_judgement, judged_as_lived
from cxsim.whatif.goal import Goal, make_goal, refuse_budget
from cxsim.whatif.lever_keys import SWITCH, make_levers
from cxsim.whatif.levers import Lever, Point, Space
from cxsim.whatif.optimize_options import OptimizeOptions
from cxsim.whatif.paired_grid import PairedGrid, Parts
from cxsim.whatif.region import Region, find_region
from cxsim.whatif.searching import Searcher, SurfaceSearch, Told, ranked
from cxsim.whatif.standing import Standing
from cxsim.whatif.store import Store

SEARCH_LUCK = 0x09717


@dataclass(frozen=True)
class Optimum:
    """A finished search.

    Attributes
    ----------
    config : Config
        The world.
    space : Space
        The levers.
    goal : Goal
        Objective and limits.
    asked : OptimizeOptions
        What was asked.
    points : Table
        One row for each point tried: number, a column for each lever, how often it was lived, its gain on the
        baseline with standard error, what it spends more, whether it keeps the limits, and why it failed.
    standing : Standing
        The finalists on replications of their own: gains, distances behind the best, verdicts.
    back : Table
        What each lever of the best earns: the loss when it alone goes back to the baseline.
    region : Region
        Where in the space of levers it is nearly as good.
    kpis, comparison : Table
        All metrics of the baseline and the finalists on the last replications; best against baseline.
    parts : tuple of ScenarioSpec
        The best as a scenario; empty where nothing tried beats the baseline.
    switches : mapping of str to tuple of ScenarioSpec
        Scenarios that could be in or out.
    was_interrupted : bool
        Whether the search was stopped by hand; what was found until then is judged on what was lived.
    """

    config: Config
    space: Space
    goal: Goal
    asked: OptimizeOptions
    points: Table
    standing: Standing
    back: Table
    region: Region
    kpis: Table
    comparison: Table
    parts: Parts
    reference: Reference
    engine: str
    switches: Mapping[str, Parts] = field(default_factory=dict)
    was_interrupted: bool = False
    seconds: float = field(default=0.0, compare=False)

    @property
    def tables(self) -> dict[str, Table]:
        """What is written, by name; empty tables left out."""
        made = {
            "optimize": self.points, "finalists": self.standing.table, "limits": self.standing.limits,
            "levers": self.region.levers, "lever_worth": self.back, "trade_offs": self.region.trade_offs,
            "kpis": self.kpis, "comparison": self.comparison}
        return {name: table for name, table in made.items() if len(table)}


def optimize(
    config: Config, asked: OptimizeOptions, *, scenarios: Mapping[str, Parts] | None = None,
    reference: Reference | None = None, store: Store | None = None, progress: Progress = silent,
) -> Optimum:
    """Find the levers that make a metric best, within bounds, a budget and other limits.

    Use it where several levers act together; for one or two, `cxsim sweep` shows the whole curve.

    Parameters
    ----------
    config : Config
        The world, which levers leave as it is; `replications` is how many the finalists are judged on.
    asked : OptimizeOptions
        Levers, objective, limits, and how long to search.
    scenarios : mapping of str to tuple of ScenarioSpec
        Scenarios that may be in or out, by name.
    reference : Reference, optional
        A reference experience found before.
    store : Store, optional
        Where finished cells are kept; with one, an interrupted search goes on where it stopped.
    progress : callable
        Called with (name, done, total).

    Raises
    ------
    CxsimError
        When bounds, metrics or limits are impossible, or no point could be lived; said before anything runs
        where it can be known.

    Examples
    --------
    >>> import cxsim
    >>> world = cxsim.load(["market=contact_centre", "horizon_days=2", "replications=4"])
    >>> asked = OptimizeOptions(objective="service_cost", evaluations=4, first_replications=2,
    ...                         levers={"channels.phone.employees": [26, 29]},
    ...                         limits={"abandon_rate": {"at_most": 0.5}})
    >>> optimize(world, asked).standing.best
    (26,)
    """
    start = time.perf_counter()
    space, goal, switches = plan_search(config, asked, scenarios or {})
    if reference is None:
        reference = reference_for(config, progress=lambda text: progress(text, 0, 0))
    n_cells = (asked.evaluations + 1) * asked.first_replications + (
        LEADERS + asked.finalists + len(space) + 1) * config.replications
    grid = PairedGrid(config, space, switches, goal, reference, store=store, progress=progress, n_expected=n_cells)
    searcher = _searcher(asked, space, goal, config.seed)
    was_interrupted, told = False, []
    try:
        told = _search(grid, searcher, asked, config.replications)
        standing, back, kpis = final_judgement(grid, told, asked)
    except KeyboardInterrupt:
        was_interrupted = True
        told = _all_told(grid)
        standing, back, kpis = judged_as_lived(grid, told, asked)
    comparison = _comparison(kpis, config.confidence)
    region = find_region(space, told, standing.best, max(standing.margin, standing.blur), _apart(space, switches))
    parts = grid.parts(standing.best) if standing.is_gain else ()
    return Optimum(config, space, goal, asked, _points_table(grid, told), standing, back, region, kpis, comparison,
                   parts, reference, choose_engine(config, ()), switches, was_interrupted,
                   time.perf_counter() - start)


def plan_search(
    config: Config, asked: OptimizeOptions, scenarios: Mapping[str, Parts],
) -> tuple[Space, Goal, dict[str, Parts]]:
    """Levers and goal, checked before anything runs.

    Raises
    ------
    CxsimError
        As :func:`optimize`.
    """
    if config.replications < 2:
        raise CxsimError(f"replications={config.replications}: a search judges by intervals; set replications=10 "
                         "or more")
    goal = make_goal(asked, config)
    levers = [*make_levers(config, asked.levers)]
    levers += [Lever(SWITCH + name, choices=(False, True), baseline=False) for name in scenarios]
    refuse_budget(asked, config, levers)
    _refuse_shared(asked, scenarios)
    if asked.search == "optuna":
        from cxsim.whatif.optuna_search import load_optuna

        load_optuna()
    return Space(tuple(levers)), goal, dict(scenarios)


def _refuse_shared(asked: OptimizeOptions, scenarios: Mapping[str, Parts]) -> None:
    """Refuse a scenario that sets what a lever sets: no setting with both could be lived."""
    for name, parts in scenarios.items():
        paths = [path for part in parts for path in leaves(nest(part.changes, f"scenario {part.name}"))]
        for path, key in itertools.product(paths, asked.levers):
            lever = tuple(key.split("."))
            shared = min(len(path), len(lever))
            if path[:shared] == lever[:shared]:
                raise CxsimError(
                    f"optimize.scenarios: {name} sets {'.'.join(path)}, which is a lever too, and only one can "
                    f"hold; leave out {name} or the lever {key} (optimize=actions has no levers; ranges typed on "
                    "the command line stand in place of a file's)")


def _apart(space: Space, scenarios: Mapping[str, Parts]) -> list[tuple[int, int]]:
    """Places of levers that switch scenarios which contradict each other."""
    found = []
    for one, other in itertools.combinations(scenarios, 2):
        try:
            combine([*scenarios[one], *scenarios[other]])
        except CxsimError:
            found.append((space.keys.index(SWITCH + one), space.keys.index(SWITCH + other)))
    return found


def _searcher(asked: OptimizeOptions, space: Space, goal: Goal, seed: int) -> Searcher:
    rng = np.random.default_rng(np.random.SeedSequence([seed, SEARCH_LUCK]))
    n_start = max(asked.batch, min(2 * len(space) + 4, asked.evaluations // 2))
    if asked.search == "optuna":
        from cxsim.whatif.optuna_search import OptunaSearch

        return OptunaSearch(space, rng, n_start, n_limits=len(goal.limits))
    return SurfaceSearch(space, rng, n_start)


def _search(grid: PairedGrid, searcher: Searcher, asked: OptimizeOptions, most: int) -> list[Told]:
    """Ask, live, tell; leaders are lived in twice as many replications at each turn, up to `most`."""
    first = range(min(asked.first_replications, most))
    tried: list[Point] = []
    told: list[Told] = []
    while len(tried) < asked.evaluations:
        points = searcher.ask(min(asked.batch, asked.evaluations - len(tried)))
        if not points:
            break
        grid.live(points, first)
        tried += points
        told = [grid.told(point) for point in tried]
        for leader in ranked(told)[:LEADERS]:
            n = len(grid.replications(leader.point))
            grid.live([leader.point], range(min(2 * n, most)))
        told = [grid.told(point) for point in tried]
        searcher.tell(told)
    if not ranked(told):
        reasons = "; ".join(dict.fromkeys(grid.failures.values()))
        raise CxsimError(f"optimize: none of {len(tried)} points could be lived: {reasons}")
    return told


def _all_told(grid: PairedGrid) -> list[Told]:
    return [grid.told(point) for point in grid.points]


def _comparison(kpis: Table, confidence: float) -> Table:
    if not len(kpis):
        return Table({})
    others = kpis.take(np.flatnonzero(kpis["scenario"] != "baseline"))
    return compare_kpis(kpis.select(scenario="baseline"), others, confidence)


def searched_in(grid: PairedGrid, point: Point) -> list[int]:
    """Replications of the search in which a point was lived; those of the last judgement are apart."""
    return [k for k in grid.replications(point) if k < grid.config.replications]


def _points_table(grid: PairedGrid, told: Sequence[Told]) -> Table:
    """One row a point of the search, in the order they were tried."""
    rows = []
    for number, one in enumerate(told):
        lived = [] if one.point in grid.failures else searched_in(grid, one.point)
        pair = grid.pair(one.point, lived) if lived else None
        gain = grid.goal.gain(*pair) if pair else np.array([np.nan])
        spent = grid.goal.spent(*pair) if pair else np.array([np.nan])
        error = gain.std(ddof=1) / np.sqrt(len(gain)) if len(gain) > 1 else np.nan
        rows.append({
            "point": number, "replications": len(lived), "gain": float(gain.mean()),
            "standard_error": float(error), "spent": float(spent.mean()), "keeps_limits": one.is_kept,
            "status": "failed" if one.point in grid.failures else "done",
            "reason": grid.failures.get(one.point, "")})
    columns: dict[str, Any] = {"point": [row["point"] for row in rows]}
    for place, lever in enumerate(grid.space.levers):
        values = [one.point[place] for one in told]
        columns[lever.key] = values if lever.is_ordered and not lever.choices else [str(v) for v in values]
    columns |= {name: [row[name] for row in rows] for name in list(rows[0])[1:]}
    return Table(columns)


def as_scenario(parts: Sequence[ScenarioSpec]) -> dict[str, Any]:
    """The best as one scenario file's content: name, window and changes."""
    spec = combine(parts).spec
    return {**spec.model_dump(), "name": "best", "description": "found by cxsim optimize"}
