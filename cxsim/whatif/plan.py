"""Acquisition against retention: what one more customer costs to win, to keep, and is worth.

The analytic mode is `planner`; this is the simulated one, in which media spend and a points
programme are turned up step by step under common luck, so that every cost is the cost of the
*next* customer, with the queue he lengthens and the friends he brings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from cxsim.engines.estimate import look_ahead
from cxsim.engines.reference_store import reference_for
from cxsim.errors import CxsimError
from cxsim.measure.table import Table
from cxsim.settings.reference import Reference
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.whatif.cell import Progress, live_all, make_lives, silent
from cxsim.whatif.precision import stopping_of

ACQUIRE, RETAIN = "acquire", "retain"


@dataclass(frozen=True)
class SimulatedPlan:
    """A finished simulated plan.

    Attributes
    ----------
    table : Table
        One row a step of a lever: lever, from_level, to_level, spend (money over the horizon, more
        than one step before), customers (more acquired, or more active at the end), marginal_cost,
        low, high, value, value_low, value_high (what the next customer adds to customer equity
        before what he cost).
    kpis : Table
        All replications of every step.
    sentences : tuple of str
        What it says, in words.
    """

    config: Config
    table: Table
    kpis: Table
    sentences: tuple[str, ...]
    reference: Reference
    engine: str


def simulate_plan(config: Config, settings: Mapping[str, Any], *, progress: Progress = silent) -> SimulatedPlan:
    """Step through media spend and earn rate, each step paired with the one before.

    Parameters
    ----------
    config : Config
        The baseline world; it needs customers and paid acquisition.
    settings : mapping
        `media_spend_per_day` (ascending, for 1,000 starting customers) and `earn_rates` (ascending).
    progress : callable
        Called with (name, done, total).

    Raises
    ------
    CxsimError
        When the world has no customers or no paid acquisition to turn up.
    """
    if config.market.kind == "contact_centre":
        raise CxsimError(
            "plan.mode=simulated: a contact centre has no customers to acquire; choose another market")
    if "media" not in config.acquisition or config.acquisition["media"].ceiling_entrants_per_day == 0:
        raise CxsimError(
            "plan.mode=simulated: acquisition.media.ceiling_entrants_per_day=0, so media brings nobody; "
            "set acquisition=media or plan.mode=analytic")
    n_steps = len(settings["media_spend_per_day"]) + len(settings["earn_rates"])
    look_ahead(config, n_steps, lambda text: progress(text, 0, 0))
    reference = reference_for(config, progress=lambda text: progress(text, 0, 0))
    media = [float(v) for v in settings["media_spend_per_day"]]
    rates = [float(v) for v in settings["earn_rates"]]
    specs = [_spec(f"media {v:g}", {"acquisition": {"media": {"spend_per_day": v}}}) for v in media]
    specs += [_spec(f"earn {v:g}", {"loyalty": {"earn_rate": v}}) for v in rates]
    lives = [make_lives("baseline", config, [], reference)]
    lives += [make_lives(spec.name, config, [spec], reference) for spec in specs]
    stopping = stopping_of(config)
    tables, engine = live_all(lives, config, progress=progress, stopping=stopping)
    if stopping is not None:
        progress(str(stopping), 0, 0)
    value_of = _totals(tables.kpis)
    rows = [_step(ACQUIRE, value_of, f"media {a:g}", f"media {b:g}", a, b, config.confidence)
            for a, b in zip(media, media[1:], strict=False)]
    names = ["baseline", *(f"earn {v:g}" for v in rates)]
    levels = [0.0, *rates]
    rows += [_step(RETAIN, value_of, names[k], names[k + 1], levels[k], levels[k + 1], config.confidence)
             for k in range(len(rates))]
    table = Table({name: [row[name] for row in rows] for name in rows[0]})
    return SimulatedPlan(config, table, tables.kpis, _sentences(rows, config), reference, engine)


def _spec(name: str, changes: dict[str, Any]) -> ScenarioSpec:
    return ScenarioSpec(name=name, changes=changes)


def _totals(kpis: Table) -> Callable[[str, str], np.ndarray]:
    """A look-up of a metric's totals by replication."""
    totals = kpis.select(segment="all", period="total")

    def value_of(scenario: str, metric: str) -> np.ndarray:
        rows = totals.select(scenario=scenario, metric=metric).sort("replication")
        return np.asarray(rows["value"], float)

    return value_of


def _ratio(top: np.ndarray, bottom: np.ndarray, confidence: float) -> tuple[float, float, float]:
    """Ratio of two paired means with its jackknife interval; NaN where the bottom holds no one."""
    n = len(top)
    if not np.isfinite(top).all() or abs(bottom.sum()) < 1e-12:
        return float("nan"), float("nan"), float("nan")
    ratio = float(top.sum() / bottom.sum())
    if n < 2:
        return ratio, float("nan"), float("nan")
    with np.errstate(divide="ignore", invalid="ignore"):
        without = (top.sum() - top) / (bottom.sum() - bottom)
    error = float(np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum()))
    half = float(stats.t.ppf(0.5 + confidence / 2, n - 1)) * error
    return ratio, ratio - half, ratio + half


def _step(
    lever: str, value_of: Callable[[str, str], np.ndarray], before: str, after: str, from_level: float,
    to_level: float, confidence: float,
) -> dict[str, Any]:
    """What one step of a lever costs for each further customer, and what he is worth."""

    def more(metric: str) -> np.ndarray:
        return value_of(after, metric) - value_of(before, metric)

    if lever == ACQUIRE:
        spend, customers = more("acquisition_cost"), more("customers_acquired")
    else:
        spend, customers = more("retention_cost") + more("reward_cost"), more("customers_end")
    cost = _ratio(spend, customers, confidence)
    value = _ratio(more("customer_equity") + spend, customers, confidence)
    return {"lever": lever, "from_level": from_level, "to_level": to_level, "spend": float(spend.mean()),
            "customers": float(customers.mean()), "marginal_cost": cost[0], "low": cost[1], "high": cost[2],
            "value": value[0], "value_low": value[1], "value_high": value[2]}


def _verdict(row: Mapping[str, Any], currency: str) -> str:
    """Whether a step pays, as far as the intervals can tell."""
    words = (f"the next customer costs {row['marginal_cost']:,.2f} and is worth {row['value']:,.2f} {currency}")
    if not np.isfinite([row["low"], row["value_low"]]).all() or row["low"] <= 0:
        return "too few further customers to say what the next one costs; add replications or customers."
    if row["value_low"] > row["high"]:
        return f"it pays; {words}."
    if row["value_high"] < row["low"]:
        return f"it does not pay; {words}."
    return f"not decided at this precision; {words}; add replications."


def _sentences(rows: Sequence[Mapping[str, Any]], config: Config) -> tuple[str, ...]:
    """What the steps say: where the next unit of money should go."""
    sentences = []
    for lever, verb in ((ACQUIRE, "acquire"), (RETAIN, "retain")):
        for row in (row for row in rows if row["lever"] == lever):
            sentences.append(f"To {verb}, from {row['from_level']:g} to {row['to_level']:g}: "
                             + _verdict(row, config.market.currency))
    sentences.append("At the optimum the marginal cost to acquire equals the marginal cost to retain equals the "
                     "value of a customer (Pfeifer 2005); spend next where cost is furthest below value.")
    return tuple(sentences)
