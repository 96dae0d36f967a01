"""Customers who lived both lives, paired one by one: who was saved, who was lost, and what leaked."""

from __future__ import annotations

import numpy as np

from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import MONEY
from cxsim.journal.words import GIFTS
from cxsim.measure.customer_metrics import ever_customers
from cxsim.measure.metric import Metric
from cxsim.measure.regulars import METRICS as REGULAR_METRICS
from cxsim.measure.regulars import regular_figures
from cxsim.measure.table import Table

BRIEF = np.dtype([
    ("id", "i8"), ("subsidy", "i8"), ("margin", "i8"), ("orders", "i4"), ("segment", "i2"), ("active", "?"),
    ("was_there", "?"), ("is_treated", "?"), ("is_past", "?"), ("source", "i1"), ("entry", "i8"),
    ("satisfaction", "f4"), ("gifts", "f4", (len(GIFTS),))])

METRICS = (
    Metric("subsidy", "money", -1,
           "Rewards, member benefits, save offers, win-back and bonuses that customers of the scenario got.",
           "ledger categories reward_redeemed, exclusive_offer, member_benefit, save_offer, win_back, "
           "referral_bonus, friend_bonus, welcome_gift"),
    Metric("leakage", "share", -1,
           "The share of subsidy that went to what would have happened anyway. Subscription: to customers "
           "active at the end of both lives. Transactional: a customer's subsidy counts by the share of his "
           "orders that he places without it. Who is a customer in one life only leaks nothing.",
           "subscription: subsidy of kept / subsidy; transactional: sum of subsidy min(1, orders in the "
           "baseline / orders in the scenario) / subsidy"),
    Metric("spent_on_leavers", "share", -1,
           "Subscription: the share of subsidy that went to customers who are active at the end of neither life, "
           "so that it did not keep them. Undefined in a transactional market.",
           "subsidy of gone / subsidy"),
    Metric("customers_reached", "customers", 0,
           "Customers of the scenario, but for those who had dropped out before day 0, whom it reached: it had "
           "started, its ramp had come to them, and they were among those it is for.",
           "customers within reach of any part of the scenario"),
    Metric("share_reached", "share", 0,
           "Of the scenario's customers who had not dropped out before day 0, the share that was reached.",
           "customers_reached / customers alive at some time of the run"),
    Metric("customers_in_both", "customers", 0,
           "Customers of the baseline who are customers of the scenario too.",
           "kept + gone + saved + lost"),
    Metric("kept", "customers", 0, "Of those, active at the end of both lives.", "active in both"),
    Metric("gone", "customers", 0, "Of those, active at the end of neither life.", "active in neither"),
    Metric("saved", "customers", 1,
           "Of those, active at the end of the scenario only; under the comonotone pairing, the smallest "
           "split that fits.", "active in the scenario only"),
    Metric("lost", "customers", -1,
           "Of those, active at the end of the baseline only; under the comonotone pairing, the smallest "
           "split that fits.", "active in the baseline only"),
    Metric("net_saved", "customers", 1,
           "How many more of them the scenario has at the end.", "saved - lost"),
    Metric("margin_of_both", "money", 1,
           "What the scenario adds to the margin of the customers of both lives, undiscounted.",
           "sum of margin in the scenario - margin in the baseline"),
    *REGULAR_METRICS,
)


def brief_lives(outcome: Outcome) -> np.ndarray:
    """The customers of one replication in the few figures a pairing needs, sorted by id.

    Returns
    -------
    structured array of :data:`BRIEF`
        Id, subsidy and margin (1/10,000 of the currency), orders in the run, segment, whether active at the
        horizon, on day 0, and whether a scenario ever reached him, source, entry (ticks), satisfaction (NaN
        before his first journey), and what of the subsidy was given again and again, by kind. Who never bought is
        left out.

    Examples
    --------
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> brief_lives(make_blank_outcome(n_customers=2)).shape
    (0,)
    """
    customers = ever_customers(outcome.customers, "id", "subsidy", "margin", "segment", "n_orders",
                               "orders_before", "was_active", "was_active_first", "reached", "left", "source",
                               "entry", "satisfaction", "n_judged", "gifts")
    brief = np.zeros(len(customers), BRIEF)
    for name in ("id", "subsidy", "margin", "segment", "source", "entry", "satisfaction", "gifts"):
        brief[name] = customers[name]
    brief["orders"] = customers["n_orders"] - customers["orders_before"]
    brief["active"] = customers["was_active"] != 0
    brief["was_there"] = customers["was_active_first"] != 0
    brief["is_treated"] = customers["reached"] != 0
    brief["is_past"] = customers["left"] < 0
    brief["satisfaction"][customers["n_judged"] == 0] = np.nan
    return brief[np.argsort(brief["id"], kind="stable")]


def both_lives(baseline: np.ndarray, scenario: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The customers of both lives, in the same order.

    Examples
    --------
    >>> one, other = np.zeros(2, BRIEF), np.zeros(2, BRIEF)
    >>> one["id"], other["id"] = [1, 2], [2, 3]
    >>> [lives["id"].tolist() for lives in both_lives(one, other)]
    [[2], [2]]
    """
    one, other = baseline["id"], scenario["id"]
    if np.array_equal(one, other):
        return baseline, scenario
    there = np.searchsorted(other, one)
    is_in_both = other[np.minimum(there, len(other) - 1)] == one if len(other) else np.zeros(len(one), dtype=bool)
    return baseline[is_in_both], scenario[there[is_in_both]]


def leaked(baseline: np.ndarray, scenario: np.ndarray, kind: str) -> np.ndarray:
    """What of each paired customer's subsidy went to what he would have done anyway, in 1/10,000.

    Parameters
    ----------
    baseline, scenario : structured arrays of :data:`BRIEF`
        The same customers in the same order.
    kind : str
        Kind of market.

    Examples
    --------
    >>> one, other = np.zeros(1, BRIEF), np.zeros(1, BRIEF)
    >>> one["orders"], other["orders"], other["subsidy"] = 3, 4, 100
    >>> leaked(one, other, "transactional").tolist()
    [75.0]
    """
    return scenario["subsidy"] * anyway(baseline, scenario, kind)


def anyway(baseline: np.ndarray, scenario: np.ndarray, kind: str) -> np.ndarray:
    """The share of what each paired customer does in the scenario that he does in the baseline too.

    Subscription: 1 if he is active at the end of both lives. Transactional: his orders in the baseline by those
    in the scenario, at most 1.
    """
    if kind == "subscription":
        return (baseline["active"] & scenario["active"]).astype(float)
    before, after = baseline["orders"].astype(float), scenario["orders"].astype(float)
    return np.divide(before, after, out=np.ones(len(after)), where=after > before)


def _figures(
    before: np.ndarray, after: np.ndarray, scenario: np.ndarray, kind: str, n: int,
) -> dict[str, np.ndarray]:
    """Every figure of :data:`METRICS` for all customers, then for each of `n` segments."""
    one, other = before["active"], after["active"]

    def summed(segment: np.ndarray, amounts: np.ndarray) -> np.ndarray:
        by_segment = np.bincount(segment, weights=amounts, minlength=n)
        return np.concatenate([[by_segment.sum()], by_segment])

    subsidy = summed(scenario["segment"], scenario["subsidy"]) / MONEY
    lost_money = summed(after["segment"], leaked(before, after, kind)) / MONEY
    gone = summed(after["segment"], np.where(~one & ~other, after["subsidy"], 0)) / MONEY
    is_kept_apart = (subsidy != 0) & (kind == "subscription")
    saved, lost = summed(after["segment"], ~one & other), summed(after["segment"], one & ~other)
    reached = summed(scenario["segment"], scenario["is_treated"] & ~scenario["is_past"])
    there = summed(scenario["segment"], ~scenario["is_past"])
    return {
        "customers_reached": reached,
        "share_reached": np.divide(reached, there, out=np.full(n + 1, np.nan), where=there != 0),
        "subsidy": subsidy,
        "leakage": np.divide(lost_money, subsidy, out=np.full(n + 1, np.nan), where=subsidy != 0),
        "spent_on_leavers": np.divide(gone, subsidy, out=np.full(n + 1, np.nan), where=is_kept_apart),
        "customers_in_both": summed(after["segment"], np.ones(len(after))),
        "kept": summed(after["segment"], one & other), "gone": summed(after["segment"], ~one & ~other),
        "saved": saved, "lost": lost, "net_saved": saved - lost,
        "margin_of_both": summed(after["segment"], after["margin"] - before["margin"]) / MONEY,
        **regular_figures(before, after, summed),
    }


def twins_table(
    baseline: np.ndarray, scenario: np.ndarray, *, name: str, replication: int, kind: str,
    segments: tuple[str, ...], both: tuple[np.ndarray, np.ndarray] | None = None,
) -> Table:
    """What became of the customers of one replication in two lives.

    Parameters
    ----------
    baseline, scenario : structured arrays
        From :func:`brief_lives`, of the same replication.
    name : str
        The scenario's name in the tables.
    replication : int
        Its number.
    kind : str
        Kind of market ("transactional" or "subscription"), which decides what leakage is.
    segments : tuple of str
        Names of segments.
    both : tuple of structured arrays, optional
        The customers of both lives, where :func:`both_lives` has found them before.

    Returns
    -------
    Table
        Columns scenario, replication, segment ("all" first), metric (:data:`METRICS`), value, unit.

    Examples
    --------
    >>> lives = np.zeros(2, BRIEF)
    >>> lives["id"], lives["active"] = [1, 2], True
    >>> table = twins_table(lives, lives, name="same", replication=0, kind="subscription", segments=("few",))
    >>> [int(table.select(metric=name, segment="all")["value"][0]) for name in ("kept", "saved", "lost")]
    [2, 0, 0]
    """
    values = _figures(*(both or both_lives(baseline, scenario)), scenario, kind, len(segments))
    units = {metric.name: metric.unit for metric in METRICS}
    n_rows = len(values) * (len(segments) + 1)
    return Table({
        "scenario": np.full(n_rows, name, dtype=object),
        "replication": np.full(n_rows, replication, dtype=np.int64),
        "segment": np.repeat(np.array(["all", *segments], dtype=object), len(values)),
        "metric": np.array(list(values) * (len(segments) + 1), dtype=object),
        "value": np.stack(list(values.values()), axis=1).ravel(),
        "unit": np.array([units[metric] for metric in values] * (len(segments) + 1), dtype=object),
    })


def no_twins() -> Table:
    """The table of a run that was compared with nothing."""
    nobody = np.zeros(0, BRIEF)
    return twins_table(nobody, nobody, name="", replication=0, kind="", segments=()).take(np.zeros(0, np.int64))
