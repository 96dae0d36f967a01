"""How figures settle: with more replications, with more customers, and under the other engine.

Replications are those of the comparison, taken one by one. Sizes are worlds of their own, each with the reference
experience of its size; desks, market and newcomers grow with the customers. Both engines live a small world.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.engines.reference_store import reference_for
from cxsim.engines.replication import run_replication
from cxsim.errors import CxsimError
from cxsim.measure.comparison import mean_interval
from cxsim.measure.kpis import kpis
from cxsim.measure.metrics import CATALOGUE
from cxsim.measure.table import Table
from cxsim.settings.reference import Reference
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.whatif.cell import Progress, make_lives
from cxsim.whatif.trials import Trial, live_trials

if TYPE_CHECKING:
    from cxsim.whatif.compare import Comparison

BASELINE = "baseline"
METRICS = ("profit", "retention_rate", "wait_minutes")
CENTRE_METRICS = ("wait_minutes", "abandon_rate", "service_cost")
SIZES = (0.25, 0.5, 1.0, 2.0)
FEWEST_CUSTOMERS = 50
MOST_REPLICATIONS = 20
# Customers and days that both engines live.
SMALL, SMALL_DAYS = 100, 120
COLUMNS = ("axis", "level", "scenario", "metric", "value", "low", "high", "gap", "gap_low", "gap_high",
           "replications", "unit")


def convergence(comparison: Comparison, progress: Progress) -> dict[str, Table]:
    """The table `convergence` where ``depth.convergence`` asks for it.

    Columns: axis (replications, n_customers, engine), level (how many; of engines the number of customers both
    lived), scenario (the baseline's own value; of others the paired difference from it), metric (amounts by
    starting customer), value, low, high (interval over replications), gap, gap_low, gap_high (paired difference
    from the largest level; of engines the largest difference of any metric), replications, unit.
    """
    if not comparison.depth.convergence:
        return {}
    rows = by_replications(comparison)
    if comparison.config.market.kind != "contact_centre":
        rows += by_customers(comparison, progress)
    rows += by_engine(comparison, progress)
    return {"convergence": Table({name: [row[name] for row in rows] for name in COLUMNS})}


def metrics_of(config: Config) -> tuple[str, ...]:
    """The metrics that are watched; the one of ``precision.metric`` first."""
    usual = CENTRE_METRICS if config.market.kind == "contact_centre" else METRICS
    own = config.precision.metric
    return tuple(dict.fromkeys((own, *usual) if own is not None else usual))


def by_replications(comparison: Comparison) -> list[dict[str, Any]]:
    """Means and intervals of the first 2, 3, ... replications; the gap is that to all of them."""
    rows = []
    config = comparison.config
    for scenario in (BASELINE, *comparison.names):
        for metric in metrics_of(config):
            values = _side(comparison.kpis, config, scenario, metric)
            for k in _counts(len(values)):
                rows.append(_row("replications", float(k), scenario, metric, values[:k], None, config))
                rows[-1]["gap"] = rows[-1]["value"] - float(values.mean())
    return rows


def by_customers(comparison: Comparison, progress: Progress) -> list[dict[str, Any]]:
    """The same world with fewer and more customers; sizes that cannot be lived are left out."""
    config, sides = comparison.config, (comparison.baseline, *comparison.scenarios)
    metrics = metrics_of(config)
    n = min(comparison.replications, MOST_REPLICATIONS)
    worlds = [resized(config, times) for times in SIZES if config.n_customers * times >= FEWEST_CUSTOMERS]
    trials = [Trial(world, parts, range(n)) for world in worlds for parts in sides]

    def reference_of(world: Config) -> Reference:
        if world is config:
            return comparison.reference
        return reference_for(world, progress=lambda text: progress(text, 0, 0))

    found: dict[int, Table | CxsimError] = dict(live_trials(
        trials, progress=progress, metrics=list(metrics), reference_of=reference_of))
    named, rows = (BASELINE, *comparison.names), []
    values: dict[tuple[int, str, str], np.ndarray] = {}
    for w, world in enumerate(worlds):
        tables = [found[w * len(sides) + k] for k in range(len(sides))]
        lived = [table for table in tables if isinstance(table, Table)]
        if len(lived) < len(tables):
            continue
        for metric in metrics:
            own = [_each(table, world, metric) for table in lived]
            for name, side in zip(named, own, strict=True):
                values[w, name, metric] = side if name == BASELINE else side - own[0]
    last = max((w for w, _, _ in values), default=-1)
    for (w, name, metric), side in values.items():
        gap = side - values[last, name, metric]
        rows.append(_row("n_customers", float(worlds[w].n_customers), name, metric, side, gap, config))
    return rows


def by_engine(comparison: Comparison, progress: Progress) -> list[dict[str, Any]]:
    """One replication of a small world under both engines, for every side: the largest gap of any metric."""
    config = comparison.config
    small = resized(config, min(1.0, SMALL / config.n_customers)) if config.n_customers > 0 else config
    small = small.model_copy(update={"horizon_days": min(config.horizon_days, SMALL_DAYS)})
    rows = []
    sides = (comparison.baseline, *comparison.scenarios)
    for name, parts in zip((BASELINE, *comparison.names), sides, strict=True):
        progress(f"both engines: {name}", 0, 0)
        if any(part.start_day >= small.horizon_days for part in parts):
            continue
        first, second = (_engine_values(small, parts, comparison, engine) for engine in ("compiled", "simpy"))
        same = (first == second) | (np.isnan(first) & np.isnan(second))
        gap = float(np.nanmax(np.where(same, 0.0, np.abs(first - second))))
        rows.append({
            "axis": "engine", "level": float(small.n_customers), "scenario": name, "metric": "all",
            "value": float(len(first)), "low": np.nan, "high": np.nan, "gap": gap, "gap_low": np.nan,
            "gap_high": np.nan, "replications": 1, "unit": "metrics"})
    return rows


def _engine_values(
    config: Config, parts: Sequence[ScenarioSpec], comparison: Comparison, engine: str,
) -> np.ndarray:
    """Every metric of one replication under an engine; the reference serves as it is, for both alike."""
    side = make_lives(BASELINE, config, parts, comparison.reference)
    return np.asarray(kpis(run_replication(side.blueprint, 0, engine), side.config, BASELINE)["value"], float)


def resized(config: Config, times: float) -> Config:
    """The world with so many times the customers; market, newcomers and stated numbers of employees with them.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> resized(load(["channels.phone.employees=9"]), 0.5).channels["phone"].employees
    4
    """
    if times == 1.0:
        return config
    market, n = config.market, max(1, round(config.n_customers * times))
    times = n / config.n_customers
    channels = {name: channel.model_copy(update={
        "employees": None if channel.employees is None else _people(channel.employees, times),
        "extra_employees": round(channel.extra_employees * times),
        "shifts": {key: shift.model_copy(update={"employees": _people(shift.employees, times)})
                   for key, shift in channel.shifts.items()}})
        for name, channel in config.channels.items()}
    return config.model_copy(update={
        "n_customers": n, "channels": channels,
        "market": market.model_copy(update={
            "size": None if market.size is None else max(n, round(market.size * times)),
            "entrants_per_day": None if market.entrants_per_day is None else market.entrants_per_day * times})})


def _people(n: int, times: float) -> int:
    """A number of employees in a business of another size; where there is somebody there stays somebody."""
    return n if n == 0 else max(1, round(n * times))


def _counts(n: int) -> list[int]:
    """Numbers of replications that are shown: all up to 20, then a few."""
    later = np.geomspace(20, max(n, 20), 12).astype(int).tolist()
    return sorted({k for k in (*range(2, min(n, 20) + 1), *later, n) if 2 <= k <= n})


def _row(
    axis: str, level: float, scenario: str, metric: str, values: np.ndarray, gap: np.ndarray | None,
    config: Config,
) -> dict[str, Any]:
    mean, low, high, _ = mean_interval(values, config.confidence)
    between = mean_interval(gap, config.confidence)[:3] if gap is not None else (np.nan,) * 3
    unit = CATALOGUE[metric].unit + (" by customer" if is_by_customer(metric, config) else "")
    return {"axis": axis, "level": level, "scenario": scenario, "metric": metric, "value": float(mean),
            "low": float(low), "high": float(high), "gap": float(between[0]), "gap_low": float(between[1]),
            "gap_high": float(between[2]), "replications": len(values), "unit": unit}


def is_by_customer(metric: str, config: Config) -> bool:
    """Whether a metric is divided by the customers of day 0, so that sizes can be compared."""
    return CATALOGUE[metric].is_extensive and config.n_customers > 0


def _each(rows: Table, config: Config, metric: str) -> np.ndarray:
    """A metric by replication, by starting customer where there are twice as many of twice as many customers."""
    own = rows.select(segment="all", period="total", metric=metric).sort("replication")
    values = np.asarray(own["value"], float)
    return values / config.n_customers if is_by_customer(metric, config) else values


def _side(rows: Table, config: Config, scenario: str, metric: str) -> np.ndarray:
    """The baseline's values, or a scenario's paired differences from them."""
    base = _each(rows.select(scenario=BASELINE), config, metric)
    return base if scenario == BASELINE else _each(rows.select(scenario=scenario), config, metric) - base
