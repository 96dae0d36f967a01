"""The frontier of a simulated plan: the best split of each budget, the best plan of all, and how sure both are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxsim.measure.comparison import mean_interval
from cxsim.whatif.plan_levers import Levers
from cxsim.whatif.plan_steps import AT_END, Found, Totals, told_ratio
from cxsim.whatif.plan_surface import Surface, grid_of, make_surface

N_BUDGETS = 12
N_RESAMPLES = 200
SEED_OF_PLAN = 605
MEASURES = (
    "customer_equity", "acquisition_discounted", "keeping_discounted", "acquired_discounted", "customers_end",
    "occasions_life", "kept_life", "keeping_life")


@dataclass(frozen=True)
class Best:
    """The best plan on the surface.

    Attributes
    ----------
    multiple, level : float
        Of the two levers there.
    multiple_range, level_range : tuple of float
        Where resampled replications put it (bootstrap percentiles at the given confidence).
    equity, gain : tuple of float
        Customer equity there, and what it is more than today's; each with its interval.
    acquire, retain, value_acquired, value_kept : tuple of float
        Marginal costs and values there, each with its interval.
    is_at_edge : bool
        Whether it lies at the end of what was tried, so that the best may lie beyond.
    """

    multiple: float
    level: float
    multiple_range: tuple[float, float]
    level_range: tuple[float, float]
    equity: Found
    gain: Found
    acquire: Found
    retain: Found
    value_acquired: Found
    value_kept: Found
    is_at_edge: bool


@dataclass(frozen=True)
class Frontier:
    """Everything on the surface: rows for the table of budgets, and the best plan of all."""

    rows: list[dict[str, Any]]
    best: Best


def find_frontier(levers: Levers, totals: Totals, per: str, confidence: float, seed: int) -> Frontier:
    """The best split of each budget and the best plan of all, with bands over paired replications.

    A budget is acquisition plus retention and reward spend, discounted to day 0, with what keeping those who are
    there at the horizon will cost: equity counts what they will bring. Between the cells that were
    lived, equity and spend follow straight lines; every band comes from doing the same with single replications.

    Parameters
    ----------
    levers : Levers
        What was turned up and down.
    totals : mapping
        Sums of every cell (:meth:`cxsim.whatif.plan_cells.PlanCells.totals`).
    per : str
        What one more customer kept means (:func:`cxsim.whatif.plan_steps.per_of`).
    confidence : float
        Of the bands.
    seed : int
        Of the resampling.
    """
    surface = make_surface(levers)
    cells = {what: grid_of(levers, totals, what) for what in MEASURES}
    present = np.nan_to_num(totals["baseline", "customer_equity", "all"])
    equity = surface.of(cells["customer_equity"])
    spend = surface.of(cells["acquisition_discounted"] + cells["keeping_life"]).mean(axis=0)
    today = levers.multiples.index(levers.present_multiple), levers.levels.index(levers.present_level)
    rows = list(_budgets(surface, cells, equity, spend, present, confidence, today))
    return Frontier(rows, _best(surface, cells, equity, present, per, confidence, seed))


def _budgets(
    surface: Surface, cells: dict[str, np.ndarray], equity: np.ndarray, spend: np.ndarray, present: np.ndarray,
    confidence: float, today: tuple[int, int],
) -> Iterator[dict[str, Any]]:
    """The best split of each of some budgets, spread evenly over what was tried, and of today's."""
    kept_money = surface.of(cells["keeping_life"]).mean(axis=0)
    todays = float((cells["acquisition_discounted"] + cells["keeping_life"])[:, *today].mean())
    for budget in sorted({*np.linspace(spend.min(), spend.max(), N_BUDGETS + 2)[1:-1].tolist(), todays}):
        best: tuple[float, int, Callable[[np.ndarray], np.ndarray]] | None = None
        for j in range(len(surface.retain)):
            column = spend[:, j]
            if not column[0] <= budget <= column[-1]:
                continue
            k = int(np.clip(np.searchsorted(column, budget) - 1, 0, len(column) - 2))
            share = (budget - column[k]) / (column[k + 1] - column[k]) if column[k + 1] > column[k] else 0.0

            def at(values: np.ndarray, k: int = k, j: int = j, share: float = share) -> np.ndarray:
                return values[..., k, j] * (1.0 - share) + values[..., k + 1, j] * share

            found = float(at(equity).mean())
            if best is None or found > best[0]:
                best = found, j, at
        if best is None:
            continue
        _, j, at = best
        mean, low, high, _ = mean_interval(at(equity), confidence)
        gain = mean_interval(at(equity) - present, confidence)
        to_keep = float(at(kept_money))
        yield {
            "budget": float(budget), "is_todays": budget == todays,
            "acquisition_multiple": float(at(surface.acquire[:, None] + 0.0 * spend)),
            "retention_level": float(surface.retain[j]), "acquisition_spend": float(budget) - to_keep,
            "retention_spend": to_keep, "customer_equity": float(mean), "equity_low": float(low),
            "equity_high": float(high), "gain": float(gain[0]), "gain_low": float(gain[1]),
            "gain_high": float(gain[2]),
        }


def _best(
    surface: Surface, cells: dict[str, np.ndarray], equity: np.ndarray, present: np.ndarray, per: str,
    confidence: float, seed: int,
) -> Best:
    i, j = _peak(equity.mean(axis=0))
    rng = np.random.default_rng(np.random.SeedSequence([seed, SEED_OF_PLAN]))
    n = len(equity)
    peaks = np.array([_peak(equity[rng.integers(0, n, n)].mean(axis=0)) for _ in range(N_RESAMPLES)])
    tails = [50 * (1 - confidence), 50 * (1 + confidence)]
    ranges = [tuple(np.percentile(values[peaks[:, axis]], tails).tolist())
              for axis, values in enumerate((surface.acquire, surface.retain))]
    here = equity[:, i, j]

    def slope(what: str, along: str) -> np.ndarray:
        return surface.of(cells[what], along)[:, i, j]

    def value(what: str) -> np.ndarray:
        return surface.of(cells[what])[:, i, j]

    kept, keeping = slope("customers_end", "retain"), slope("keeping_discounted", "retain")
    if per != AT_END:
        occasions, more = value("occasions_life"), slope("occasions_life", "retain")
        kept = slope("kept_life", "retain") - value("kept_life") / occasions * more
        keeping = slope("keeping_life", "retain") - value("keeping_life") / occasions * more
    won, winning = slope("acquired_discounted", "acquire"), slope("acquisition_discounted", "acquire")

    def per_one(money: np.ndarray, customers: np.ndarray) -> Found:
        return told_ratio(money, customers, confidence)

    return Best(
        float(surface.acquire[i]), float(surface.retain[j]), ranges[0], ranges[1],  # type: ignore[arg-type]
        _interval(here, confidence), _interval(here - present, confidence),
        per_one(winning, won), per_one(keeping, kept),
        per_one(slope("customer_equity", "acquire") + winning, won),
        per_one(slope("customer_equity", "retain") + keeping, kept),
        i in (0, len(surface.acquire) - 1) or j in (0, len(surface.retain) - 1))


def _peak(values: np.ndarray) -> tuple[int, int]:
    place = np.unravel_index(int(np.argmax(values)), values.shape)
    return int(place[0]), int(place[1])


def _interval(values: np.ndarray, confidence: float) -> Found:
    mean, low, high, _ = mean_interval(values, confidence)
    return float(mean), float(low), float(high)
