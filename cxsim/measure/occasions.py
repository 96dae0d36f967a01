"""Occasions to leave and how many were survived, and what was spent on it: the sums behind marginal costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsim.behaviour.money import R_EXIT, R_GRIEVANCE, R_N_EXIT, R_N_RATE, R_RATE
from cxsim.behaviour.state import CUSTOMER
from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import COUNTERS, FRACTION, MONEY
from cxsim.journal.ticks import DAY
from cxsim.journal.words import C_ORDER, C_SUBSCRIPTION, CATEGORIES, START
from cxsim.measure.customer_metrics import ever_customer
from cxsim.measure.table import Table

if TYPE_CHECKING:
    from cxsim.settings.schema import Config

MEASURES = {
    "acquired_discounted": "customers acquired, each discounted from his entry to day 0",
    "acquisition_discounted": "acquisition spend, discounted to day 0",
    "occasions": "renewals that fell due (subscription), orders judged (transactional)",
    "kept": "those of them after which the customer was still there",
    "occasions_life": "occasions and those expected after the horizon, each discounted to day 0",
    "kept_life": "kept and those expected after the horizon, each discounted to day 0",
    "keeping": "retention and reward spend",
    "keeping_discounted": "retention and reward spend, discounted to day 0",
    "keeping_life": "the same with what the occasions after the horizon will cost, each as those of the run",
    "handled_hours": "hours in which employees served customers and prospects",
}


def occasions_table(outcome: Outcome, scenario: str, config: Config) -> Table:
    """Sums of one replication that a planner divides by one another.

    A cost and a customer of a year ahead weigh as much less as money of then: so the cost of one more customer
    and what he is worth are both told as of the day he is won, or kept.

    Parameters
    ----------
    outcome : Outcome
        One finished replication.
    scenario : str
        Name for the column `scenario`.
    config : Config
        Its world: discount rate and kind of market.

    Returns
    -------
    Table
        Columns scenario, replication, measure (of :data:`MEASURES`), value.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> occasions_table(make_blank_outcome(), "baseline", load())["value"].sum()
    np.float64(0.0)
    """
    n_days = len(outcome.ledger)
    discount = (1.0 + config.market.discount_rate_per_year) ** (-np.arange(n_days) / 365.0)
    people = outcome.customers[ever_customer(outcome.customers)]
    entered = _day(people["entry"][(people["source"] != START) & (people["entry"] >= 0)], n_days)
    daily = outcome.ledger.sum(axis=(1, 2, 3))
    buckets = np.array([bucket for _, bucket, _, _ in CATEGORIES])
    won = daily[:, buckets == "acquisition", 1].sum(axis=1) / MONEY
    keeping = daily[:, (buckets == "retention") | (buckets == "reward"), 1].sum(axis=1) / MONEY
    found = _occasions(outcome, people, daily, discount, config.market.kind == "subscription")
    beyond = (1.0 + config.market.discount_rate_per_year) ** (-n_days / 365.0)
    coming, surviving = (beyond * each for each in after_the_horizon(outcome, people, config))
    each_costs = keeping.sum() / found["occasions"] if found["occasions"] > 0 else 0.0
    found |= {"occasions_life": found["occasions_life"] + coming, "kept_life": found["kept_life"] + surviving}
    values = {
        "acquired_discounted": discount[entered].sum(), "acquisition_discounted": won @ discount,
        **found, "keeping": keeping.sum(), "keeping_discounted": keeping @ discount,
        "keeping_life": keeping @ discount + each_costs * coming,
        "handled_hours": outcome.tally[:, :-1, COUNTERS.index("handle_ticks")].sum() / (DAY / 24),
    }
    return Table({
        "scenario": np.full(len(values), scenario, dtype=object),
        "replication": np.full(len(values), outcome.replication, dtype=np.int64),
        "measure": np.array(list(values), dtype=object),
        "value": np.array(list(values.values()), dtype=float),
    })


def _day(ticks: np.ndarray, n_days: int) -> np.ndarray:
    return np.clip(ticks // DAY, 0, n_days - 1)


def _occasions(
    outcome: Outcome, people: np.ndarray, daily: np.ndarray, discount: np.ndarray, is_subscription: bool,
) -> dict[str, float]:
    """Occasions and kept in the run: totals as counted, discounted by the days of payments and of leaving."""
    n_days = len(discount)
    n_left = float(outcome.tally[:-1, :-1, COUNTERS.index("exits")].sum())
    payments = daily[:, C_SUBSCRIPTION if is_subscription else C_ORDER, 0].astype(float)
    firsts = people["entry"][(people["entry"] >= 0) & (people["source"] != START)]
    paid = np.maximum(payments - np.bincount(_day(firsts, n_days), minlength=n_days), 0.0)
    left = np.bincount(_day(people["left"][people["left"] < n_days * DAY], n_days), minlength=n_days)
    total = float(people["exposures"].sum())
    if outcome.first_day > 0:  # A customer's own count holds what he lived before; what was paid since does not.
        total = paid.sum() + (n_left if is_subscription else 0.0)
    kept = max(0.0, total - n_left)
    kept_life = kept * _mean(discount, paid if is_subscription else np.maximum(paid - left, 0.0))
    return {"occasions": total, "kept": kept, "kept_life": kept_life,
            "occasions_life": kept_life + n_left * _mean(discount, left)}


def after_the_horizon(outcome: Outcome, people: np.ndarray, config: Config) -> tuple[float, float]:
    """Occasions expected after the horizon and those survived, discounted to the horizon.

    As the residual value counts them: hidden traits of each customer, multipliers frozen at the segment's mean of
    the last 90 days. Subscription: e^(-d t) / (1 - (1 - q) e^(-d L)); transactional: l / (d + q l).
    """
    alive = people[people["status"] == CUSTOMER]
    delta = np.log1p(config.market.discount_rate_per_year) / 365.0
    recent = outcome.recent[alive["segment"]].astype(float)
    hazard = alive["exit_hazard"] * _frozen(recent[:, R_EXIT], recent[:, R_N_EXIT], 1.0)
    hazard += _frozen(recent[:, R_GRIEVANCE], recent[:, R_N_EXIT], 0.0)
    payment = config.payment
    hazard -= np.log1p(-payment.p_failure * (1.0 - payment.p_recovered))
    stays = np.exp(-hazard)
    if config.market.kind == "subscription":
        wait = (alive["next_renewal"] - outcome.month_starts[-1]) / DAY
        period = np.exp(-delta * config.market.renewal_days)
        coming = np.exp(-delta * wait) / (1.0 - stays * period)
    else:
        rate = alive["rate"] * _frozen(recent[:, R_RATE], recent[:, R_N_RATE], 1.0)
        coming = rate / (delta + (1.0 - stays) * rate)
    return float(coming.sum()), float((stays * coming).sum())


def _frozen(sums: np.ndarray, counts: np.ndarray, otherwise: float) -> np.ndarray:
    return np.divide(sums / FRACTION, counts, out=np.full(len(sums), otherwise), where=counts > 0)


def _mean(values: np.ndarray, weights: np.ndarray) -> float:
    return float(values @ weights / weights.sum()) if weights.sum() > 0 else float(values.mean())
