"""The ladder: the same scenario by closed form, by cohort and by agents, and where they part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.errors import CxsimError
from cxsim.measure.comparison import mean_interval
from cxsim.measure.table import Table
from cxsim.settings.schedule import month_starts
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.whatif.cell import Progress
from cxsim.whatif.rungs import (
    FACTORS, Lift, Lived, chain_of, closed_form, ends_of, held, parted, pilot_lift, read_months)

if TYPE_CHECKING:
    from cxsim.whatif.compare import Comparison
    from cxsim.whatif.depth import Depth

CLOSED_FORM, COHORT, AGENTS = "closed form", "cohort", "agents"
RUNGS = (CLOSED_FORM, COHORT, AGENTS)
METRICS = ("customers_end", "purchases", "profit")
PEOPLE = "people"
"""What is left of the closed form's gap when arrivals are those lived: how people order and leave."""


@dataclass(frozen=True)
class _Side:
    """One side on all rungs: active customers and orders by month, with what is needed to explain the gaps."""

    lived: Lived
    lift: Lift
    rungs: dict[str, dict[str, np.ndarray]]
    gaps: list[dict[str, Any]]


def check_ladder(depth: Depth, config: Config, sides: Mapping[str, tuple[ScenarioSpec, ...]]) -> None:
    """Refuse a ladder that has nothing to stand on.

    Raises
    ------
    CxsimError
        In a contact centre, with a warm-up, or where the pilot is as long as the run.
    """
    if not depth.ladder:
        return
    if config.market.kind == "contact_centre":
        raise CxsimError("depth.ladder=true: a contact centre has no customers to follow; leave it out, or choose "
                         "another market")
    if config.warmup_days > 0:
        raise CxsimError("depth.ladder=true: the lower rungs begin on day 0, but "
                         f"warmup_days={config.warmup_days}; set warmup_days=0")
    n_months = len(month_starts(config)) - 1
    if depth.ladder_months >= n_months:
        raise CxsimError(f"depth.ladder_months={depth.ladder_months}: must be fewer than the months of the run "
                         f"({n_months}); lower it or raise horizon_days")


def acts_from_the_start(parts: tuple[ScenarioSpec, ...]) -> bool:
    """Whether all of a scenario acts from day 0 to the end, as the lower rungs suppose."""
    return all(p.start_day == 0 and p.ramp_days == 0 and p.end_day is None for p in parts)


def ladder(comparison: Comparison, progress: Progress) -> dict[str, Table]:
    """The step of a comparison: tables `ladder`, `ladder_gaps` and `ladder_lifts`, where they are asked for.

    No further runs are needed. Lower rungs take prices and costs from the agents of the same side; what differs
    is who is there and how often they order.
    """
    depth = comparison.depth
    if not depth.ladder:
        return {}
    config = comparison.config
    sides = {"baseline": _side(comparison, "baseline", None, depth.ladder_months)}
    for name, parts in zip(comparison.names, comparison.scenarios, strict=True):
        if acts_from_the_start(parts):
            sides[name] = _side(comparison, name, sides["baseline"].lived, depth.ladder_months)
    rows = [row for name in sides for row in _rows(name, sides, config.confidence)]
    gaps = [{"scenario": name, **gap} for name, side in sides.items() for gap in side.gaps]
    lifts = [{"scenario": name, "rate": side.lift.rate, "hazard": side.lift.hazard,
              "arrivals_per_day": side.lift.arrivals_per_day} for name, side in sides.items()]
    made = {"ladder": rows, "ladder_gaps": gaps, "ladder_lifts": lifts}
    return {name: _table(rows) for name, rows in made.items()}


def _table(rows: list[dict[str, Any]]) -> Table:
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in rows[0]}
    return Table(columns)


def _side(comparison: Comparison, name: str, baseline: Lived | None, pilot: int) -> _Side:
    config = comparison.config
    lived = read_months(comparison.kpis, name, config)
    lift = Lift() if baseline is None else pilot_lift(config, lived, baseline, pilot)
    ends = ends_of(lived.days)
    formula = closed_form(config, ends, lift)
    actual = chain_of(lived, config.n_customers)
    start = float(lived.mean("customers_start")[0])
    lapsed = config.n_customers - start
    projected = held(actual, lived, config.n_customers, pilot)
    active, orders = projected.run(start, lapsed, lived.days)
    rungs = {
        CLOSED_FORM: _priced(lived, formula.active, np.diff(formula.orders, prepend=0.0)),
        COHORT: _priced(lived, active, orders),
        AGENTS: _priced(lived, lived.mean("customers_end"), lived.mean("purchases"))}
    came = np.repeat(lived.mean("customers_acquired") / lived.days, lived.days.astype(int))
    with_arrivals = closed_form(config, ends, lift, came)
    gaps = _gaps_of_formula(lived, formula.active[-1], formula.orders[-1], with_arrivals.active[-1],
                            with_arrivals.orders[-1])
    shares = parted(actual, projected, start, lapsed, lived.days)
    for column, metric, at in ((0, "customers_end", active[-1]), (1, "purchases", orders.sum())):
        gaps += [{"rung": COHORT, "metric": metric, "rung_value": float(at), "factor": factor,
                  "part": float(shares[k, column])} for k, factor in enumerate(FACTORS)]
    return _Side(lived, lift, rungs, gaps)


def _gaps_of_formula(
    lived: Lived, active: float, orders: float, active_with: float, orders_with: float,
) -> list[dict[str, Any]]:
    """What arrivals as lived change in the closed form, and what is left."""
    truth = {"customers_end": float(lived.mean("customers_end")[-1]),
             "purchases": float(lived.mean("purchases").sum())}
    rows = []
    for metric, plain, moved in (("customers_end", active, active_with), ("purchases", orders, orders_with)):
        for factor, part in (("arrivals", moved - plain), (PEOPLE, truth[metric] - moved)):
            rows.append({"rung": CLOSED_FORM, "metric": metric, "rung_value": float(plain), "factor": factor,
                         "part": float(part)})
    return rows


def _priced(lived: Lived, active: np.ndarray, orders: np.ndarray) -> dict[str, np.ndarray]:
    """Customers, orders and profit by month, at the agents' margin an order and their other costs."""
    margin = lived.mean("revenue") - lived.mean("goods_cost")
    made = lived.mean("purchases")
    each = np.divide(margin, made, out=np.zeros_like(margin), where=made > 0)
    profit = lived.mean("profit") + (orders - made) * each
    return {"customers_end": active, "purchases": orders, "profit": profit}


def _rows(name: str, sides: Mapping[str, _Side], confidence: float) -> list[dict[str, Any]]:
    """Months and totals of every rung and metric, with their differences from the baseline on the same rung."""
    side, base = sides[name], sides["baseline"]
    rows = []
    for metric in METRICS:
        values, others = side.lived.values[metric], base.lived.values[metric]
        shape = _as_it_is if metric == "customers_end" else _with_total
        low, high = _band(shape(values), confidence)
        less, more = _band(shape(values) - shape(others), confidence)
        n = len(low)
        for rung in RUNGS:
            own, own_base = shape(side.rungs[rung][metric]), shape(base.rungs[rung][metric])
            for k in range(n):
                ends = [float(v[k]) if rung == AGENTS else np.nan for v in (low, high, less, more)]
                rows.append({
                    "scenario": name, "rung": rung, "metric": metric,
                    "period": "total" if k == len(side.lived.days) else str(k + 1), "value": float(own[k]),
                    "ci_low": ends[0], "ci_high": ends[1], "difference": float(own[k] - own_base[k]),
                    "difference_low": ends[2], "difference_high": ends[3]})
    return rows


def _as_it_is(months: np.ndarray) -> np.ndarray:
    return months


def _with_total(months: np.ndarray) -> np.ndarray:
    """Months, and their sum as one more."""
    return np.concatenate([months, months.sum(axis=0)[None]])


def _band(values: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    _, low, high, _ = mean_interval(values, confidence)
    return np.asarray(low), np.asarray(high)
