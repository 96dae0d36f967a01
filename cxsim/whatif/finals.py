"""The last judgement of a search: who takes part in it, and on which replications."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from cxsim.measure.table import Table
from cxsim.whatif.levers import Point
from cxsim.whatif.optimize_options import OptimizeOptions
from cxsim.whatif.paired_grid import PairedGrid
from cxsim.whatif.searching import Told, ranked
from cxsim.whatif.standing import Standing, judge_finalists, one_lever_back

LEADERS = 3


def final_judgement(
    grid: PairedGrid, told: Sequence[Told], asked: OptimizeOptions,
) -> tuple[Standing, Table, Table]:
    """Judge the leaders, and what each lever of the best earns, on replications of their own."""
    config = grid.config
    fresh = range(config.replications, 2 * config.replications)
    chosen = finalists(grid, told, asked)
    rows: dict[Point | None, Table] = {}
    keep: Callable[[Point | None, Table], None] = rows.__setitem__
    grid.live(chosen, fresh, keep)
    lived = [point for point in chosen if point not in grid.failures]
    standing = judge_finalists(grid, lived, fresh, asked.near, config.confidence)
    back = one_lever_back(grid, standing.best, fresh, config.confidence)
    kpis = Table.concat([_named(rows[point], grid, point) for point in (None, *lived)])
    return standing, back, kpis


def judged_as_lived(
    grid: PairedGrid, told: Sequence[Told], asked: OptimizeOptions,
) -> tuple[Standing, Table, Table]:
    """After an interruption: the leaders by what was lived until then; nothing further is lived."""
    leaders = [one.point for one in ranked(told)]
    if not leaders:
        raise KeyboardInterrupt
    common = set(grid.replications(leaders[0]))
    usable = [p for p in leaders if len(common & set(grid.replications(p))) > 1][:min(LEADERS, asked.finalists)]
    if not usable:
        raise KeyboardInterrupt
    for point in usable:
        common &= set(grid.replications(point))
    standing = judge_finalists(grid, usable, sorted(common), asked.near, grid.config.confidence)
    return standing, one_lever_back(grid, standing.best, (), grid.config.confidence), Table({})


def finalists(grid: PairedGrid, told: Sequence[Told], asked: OptimizeOptions) -> list[Point]:
    """The three best of the search, then of those near the best the ones that differ most from each other."""
    order = ranked(told)
    chosen = [one.point for one in order[:min(LEADERS, asked.finalists)]]
    near = [one.point for one in order if one.point not in chosen and _is_near(grid, order[0], one, asked.near)]
    units = {point: grid.space.units([point])[0] for point in (*chosen, *near)}
    while near and len(chosen) < asked.finalists:
        chosen.append(max(near, key=lambda p: min(float(np.linalg.norm(units[p] - units[c])) for c in chosen)))
        near.remove(chosen[-1])
    return chosen


def _is_near(grid: PairedGrid, best: Told, one: Told, near: float) -> bool:
    """Whether a point is behind the best by no more than luck, or than a share of its gain, would account for."""
    common = [k for k in grid.replications(best.point) if k in grid.replications(one.point)]
    behind = grid.gain(best.point, common) - grid.gain(one.point, common)
    error = float(behind.std(ddof=1) / np.sqrt(len(behind))) if len(behind) > 1 else 0.0
    within = max(near * abs(best.worth), 2.0 * error)
    return one.is_kept == best.is_kept and best.worth - one.worth <= within


def _named(rows: Table, grid: PairedGrid, point: Point | None) -> Table:
    name = "baseline" if point is None else f"point {grid.points.index(point)}"
    return Table({**rows.columns, "scenario": np.full(len(rows), name, dtype=object)})
