"""What a replication was made of, by segment and source of customers: heads, active days, orders, money.

It is small, and enough to take a difference of profit or customer equity apart (`whatif.decompose_drivers`):
its amounts, each with the sign of its category, sum to the profit of the run; its discounted amounts, with the
residual values and less the points owed, to customer equity.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsim.behaviour.money import RECENT_DAYS
from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import MONEY
from cxsim.journal.ticks import DAY
from cxsim.journal.words import CATEGORIES, SHARED, SOURCES
from cxsim.measure.customer_metrics import ever_customers
from cxsim.measure.ledger import Flows, flows_of
from cxsim.measure.loyalty_metrics import reward_liability
from cxsim.measure.sums import month_of_day
from cxsim.measure.table import Table

if TYPE_CHECKING:
    from cxsim.settings.schema import Config

CUSTOMERS, ACTIVE_DAYS, RESIDUAL, LIABILITY = "customers", "active_days", "residual_value", "reward_liability"
ITEMS = (*(name for name, _, _, _ in CATEGORIES), CUSTOMERS, ACTIVE_DAYS, RESIDUAL, LIABILITY)
Cube = np.ndarray
"""Figures by segment (shared last), source and item."""


def accounts_table(
    outcome: Outcome, config: Config, scenario: str, flows: Flows | None = None,
) -> Table:
    """Heads, active days, orders and money of one replication by segment, source and item, over the whole run.

    Parameters
    ----------
    outcome : Outcome
        One finished replication.
    config : Config
        The scenario's configuration (discount rate and points programme are read).
    scenario : str
        Name for the column `scenario`.
    flows : Flows, optional
        The ledger's flows where they are at hand, from :func:`cxsim.measure.ledger.flows_of`.

    Returns
    -------
    Table
        Columns scenario, replication, segment ('shared' for what is nobody's), source, item (:data:`ITEMS`: the
        categories of the ledger, customers, active_days, residual_value, reward_liability), count (flows,
        customers, days), amount (account currency, positive in its own bucket), discounted (to day 0), and
        recent_count and recent, count and amount of the last 90 days, from which residual values take what an
        order leaves. Rows of zeros are left out.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> from cxsim.journal.words import C_ORDER, ORGANIC
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> outcome = make_blank_outcome()
    >>> outcome.ledger[3, 0, ORGANIC, 0, C_ORDER] = (2, 499_900)
    >>> row = next(accounts_table(outcome, load(), "baseline").rows())
    >>> row["item"], row["source"], row["count"], row["amount"]
    ('order', 'organic', 2.0, 49.99)
    """
    growth = 1.0 + config.market.discount_rate_per_year
    found = flows or flows_of(outcome)
    count, amount, discounted = _money(outcome, growth, found)
    recent_count, recent = _recent(outcome, found)
    _people(outcome, growth, count, discounted)
    _owed(outcome, config, growth, amount, discounted)
    spots = np.nonzero((count != 0) | (amount != 0) | (discounted != 0))
    segment, source, item = spots
    return Table({
        "scenario": np.full(len(item), scenario, dtype=object),
        "replication": np.full(len(item), outcome.replication, dtype=np.int64),
        "segment": np.array([*outcome.segments, "shared"], dtype=object)[segment],
        "source": np.array(SOURCES, dtype=object)[source],
        "item": np.array(ITEMS, dtype=object)[item],
        "count": count[spots], "amount": amount[spots], "discounted": discounted[spots],
        "recent_count": recent_count[spots], "recent": recent[spots],
    })


def _money(outcome: Outcome, growth: float, flows: Flows) -> tuple[Cube, Cube, Cube]:
    """Counts, amounts and discounted amounts of the ledger."""
    (day, segment, source, _, category), (counts, amounts) = flows
    shape = _shape(outcome)
    spots = np.ravel_multi_index((segment, source, category), shape)
    weights = amounts * growth ** (-day / 365.0) / MONEY
    discounted = np.bincount(spots, weights=weights, minlength=int(np.prod(shape))).reshape(shape)
    count, amount = _summed(shape, spots, counts, amounts)
    return count, amount, discounted


def _recent(outcome: Outcome, flows: Flows) -> tuple[Cube, Cube]:
    """Counts and amounts of the last 90 days."""
    (day, segment, source, _, category), (counts, amounts) = flows
    late = day >= len(outcome.ledger) - RECENT_DAYS
    shape = _shape(outcome)
    spots = np.ravel_multi_index((segment[late], source[late], category[late]), shape)
    return _summed(shape, spots, counts[late], amounts[late])


def _shape(outcome: Outcome) -> tuple[int, int, int]:
    return len(outcome.segments) + 1, len(SOURCES), len(ITEMS)


def _summed(
    shape: tuple[int, int, int], spots: np.ndarray, counts: np.ndarray, amounts: np.ndarray,
) -> tuple[Cube, Cube]:
    whole = np.zeros((2, int(np.prod(shape))), dtype=np.int64)
    np.add.at(whole[0], spots, counts)
    np.add.at(whole[1], spots, amounts)
    return whole[0].reshape(shape).astype(float), whole[1].reshape(shape) / MONEY


def _people(outcome: Outcome, growth: float, count: Cube, discounted: Cube) -> None:
    """Customers, the days they were active, and what the living are still worth, discounted to day 0."""
    customers = ever_customers(outcome.customers, "segment", "source", "entry", "residual")
    entered = np.maximum(0, customers["entry"]) // DAY
    residual = np.rint(customers["residual"] * growth ** (-entered / 365.0)).astype(np.int64)
    heads, worth = np.zeros((2, *count.shape[:2]), dtype=np.int64)
    np.add.at(heads, (customers["segment"], customers["source"]), 1)
    np.add.at(worth, (customers["segment"], customers["source"]), residual)
    count[..., ITEMS.index(CUSTOMERS)] = heads
    count[:-1, :, ITEMS.index(ACTIVE_DAYS)] = outcome.active / DAY
    discounted[..., ITEMS.index(RESIDUAL)] = worth / MONEY


def _owed(outcome: Outcome, config: Config, growth: float, amount: Cube, discounted: Cube) -> None:
    """What is owed in points at the horizon; nobody's source is asked for it."""
    owed = reward_liability(outcome, config, month_of_day(outcome.month_starts))[:-1, -1]
    amount[:-1, SHARED, ITEMS.index(LIABILITY)] = owed
    discounted[:-1, SHARED, ITEMS.index(LIABILITY)] = owed * growth ** (-len(outcome.ledger) / 365.0)
