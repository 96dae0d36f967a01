"""Finalists judged on replications that none was chosen by: gains, who is as good, and what each lever earns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxsim.measure.comparison import mean_interval
from cxsim.measure.table import Table
from cxsim.whatif.levers import Point, shown
from cxsim.whatif.paired_grid import PairedGrid
from cxsim.whatif.searching import ranked

BEST, AS_GOOD, NOT_TOLD_APART, BEHIND, BREAKS = (
    "best", "as good", "not told apart", "behind", "breaks a limit")


@dataclass(frozen=True)
class Standing:
    """How the finalists stand.

    Attributes
    ----------
    best : Point
        The best of them that keeps the limits on average.
    is_kept : bool
        Whether it does; False where none does and it is the one that breaks them least.
    is_gain : bool
        Whether its interval of the gain lies above 0.
    margin : float
        How much worse than the best still counts as good as it (unit of the objective).
    blur : float
        Half the width of a typical interval of the distance between two of them: what cannot be told apart.
    table : Table
        One row a finalist: point, gain, gain_low, gain_high (joint interval over all finalists), spent, behind,
        behind_low, behind_high (paired with the best, joint), verdict.
    limits : Table
        For the best, each limit: what is measured, its interval, the bound, and whether it is kept.
    points : tuple of Point
        The finalists, in the table's order.
    replications : int
        How many they were judged on.
    """

    best: Point
    is_kept: bool
    is_gain: bool
    margin: float
    blur: float
    table: Table
    limits: Table
    points: tuple[Point, ...]
    replications: int

    @property
    def best_row(self) -> dict[str, Any]:
        """The row of the best."""
        return next(row for row in self.table.rows() if row["verdict"] == BEST)


def judge_finalists(
    grid: PairedGrid, finalists: Sequence[Point], replications: Sequence[int], near: float, confidence: float,
) -> Standing:
    """Gains on the baseline and distances from the best, both with joint intervals (Bonferroni).

    Parameters
    ----------
    replications : sequence of int
        Those the finalists were not chosen by.
    near : float
        Share of the best's gain that another may be behind and still count as good.

    Source
    ------
    Paired differences from the best with Bonferroni's bound hold under common random numbers: Nelson, Swann,
    Goldsman & Song (2001), Operations Research 49:950, on subset selection.
    """
    judged = [grid.told(point, list(replications)) for point in finalists]
    best = ranked(judged)[0]
    k = len(finalists)
    gains = np.stack([grid.gain(point, replications) for point in finalists])
    middle, low, high = _intervals(gains, 1.0 - (1.0 - confidence) / k)
    margin = near * abs(best.worth)
    of_best = grid.gain(best.point, replications)
    behind, behind_low, behind_high = _intervals(of_best - gains, 1.0 - (1.0 - confidence) / max(1, k - 1))
    rows = []
    for place, one in enumerate(judged):
        spent = grid.goal.spent(*grid.pair(one.point, replications))
        verdict = _verdict(one.point == best.point, one.is_kept or not best.is_kept, behind_low[place],
                           behind_high[place], margin)
        rows.append({"point": grid.points.index(one.point), "gain": middle[place], "gain_low": low[place],
                     "gain_high": high[place], "spent": float(spent.mean()), "behind": behind[place],
                     "behind_low": behind_low[place], "behind_high": behind_high[place], "verdict": verdict})
    table = _table(rows, tuple(rows[0]))
    where = list(finalists).index(best.point)
    halves = [(behind_high - behind_low)[place] / 2 for place in range(k) if place != where]
    blur = float(np.median(halves)) if halves else float((high - low)[where] / 2)
    return Standing(best.point, best.is_kept, bool(low[where] > 0.0), margin, blur, table,
                    _limits_table(grid, best.point, replications, confidence), tuple(finalists), len(replications))


def _table(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Table:
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in names}
    return Table(columns)


def _intervals(values: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means of rows over replications, with their t intervals."""
    mean, low, high, _ = mean_interval(values, confidence)
    return np.asarray(mean), np.asarray(low), np.asarray(high)


def _verdict(is_best: bool, is_kept: bool, low: float, high: float, margin: float) -> str:
    if is_best:
        return BEST
    if not is_kept:
        return BREAKS
    if high <= margin:
        return AS_GOOD
    return BEHIND if low > 0.0 else NOT_TOLD_APART


def _limits_table(grid: PairedGrid, point: Point, replications: Sequence[int], confidence: float) -> Table:
    side, base = grid.pair(point, replications)
    rows = []
    for limit in grid.goal.limits:
        middle, low, high = (float(v[0]) for v in _intervals(limit.measured(side, base)[None], confidence))
        inside, outside = (high <= limit.bound, low > limit.bound) if limit.is_upper else (
            low >= limit.bound, high < limit.bound)
        word = "kept" if inside else "broken" if outside else "on the bound"
        rows.append({"limit": str(limit), "bound": limit.bound, "value": middle, "low": low, "high": high,
                     "verdict": word})
    names = ("limit", "bound", "value", "low", "high", "verdict")
    return _table(rows, names)


def one_lever_back(
    grid: PairedGrid, best: Point, replications: Sequence[int], confidence: float,
) -> Table:
    """What is lost when one lever of the best goes back to the baseline and the others stay.

    Returns
    -------
    Table
        lever, value, baseline, loss, low, high (paired, unit of the objective); levers that stand at the
        baseline already are left out. Losses need not add up: levers help or hinder each other.
    """
    variants = []
    for place, lever in enumerate(grid.space.levers):
        if lever.baseline is not None and best[place] != lever.baseline:
            variants.append((lever, best[place], (*best[:place], lever.baseline, *best[place + 1:])))
    lived = bool(len(replications))
    if lived:
        grid.live([point for _, _, point in variants], range(replications[0], replications[-1] + 1))
    rows = []
    for lever, value, point in variants:
        if not lived or point in grid.failures:
            continue
        loss = grid.gain(best, replications) - grid.gain(point, replications)
        middle, low, high = (float(v[0]) for v in _intervals(loss[None], confidence))
        rows.append({"lever": lever.key, "value": shown(value), "baseline": shown(lever.baseline), "loss": middle,
                     "low": low, "high": high})
    names = ("lever", "value", "baseline", "loss", "low", "high")
    return _table(rows, names)
