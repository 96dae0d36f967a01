"""How many customers there are, come, stay, come back and leave."""

from __future__ import annotations

import numpy as np

from cxsim.behaviour.state import PROSPECT
from cxsim.engines.outcome import Outcome
from cxsim.journal.ticks import DAY
from cxsim.journal.words import CONTACT, START
from cxsim.measure.metric import Metric
from cxsim.measure.sums import Sums, ratio

METRICS = (
    Metric("customers_start", "customers", 0,
           "Customers active at the first instant of the period (total: day 0). Active is what the "
           "company can see: a running subscription, or a last order no older than "
           "market.active_window_days.",
           "start"),
    Metric("customers_acquired", "customers", 1,
           "Customers whose first ever order (or first paid day) lies in the period, from all sources; "
           "trials, sign-ups and reactivations are not counted.",
           "acquired"),
    Metric("customers_reactivated", "customers", 1,
           "Customers who were no longer active and bought (or subscribed) again in the period.",
           "reactivated"),
    Metric("customers_churned", "customers", -1,
           "Active customers whose last order became older than the window in the period, or whose "
           "subscription ended in it.",
           "churned"),
    Metric("customers_end", "customers", 1,
           "Customers active at the last instant of the period.",
           "end = start + acquired + reactivated - churned"),
    Metric("active_customer_days", "customer days", 1,
           "Days customers were active, added up over customers.",
           "active ticks / ticks of a day"),
    Metric("retention_rate", "share", 1,
           "Of the customers active at the start of the period, the share active at its end as well. "
           "Those acquired meanwhile are in neither; total compares day 0 with the horizon.",
           "retained / customers_start"),
    Metric("repeat_rate", "share", 1,
           "Customers with at least one order after their first ever (or a paid renewal) in the period, "
           "as a share of those who were there or came.",
           "repeaters / (customers_start + customers_acquired)"),
    Metric("alive_rate", "share", 1,
           "Hidden truth, for judges: customers who have not dropped out at the end of the period, as a "
           "share of everybody who had ever been a customer by then. A company cannot see it.",
           "alive at end / (customers on day 0, active or not, + acquired until then)"),
    Metric("conversion_rate", "customers per prospect", 1,
           "New customers per prospect who entered in the period; in a single month some became customers "
           "who had entered before it.",
           "customers_acquired / entered"),
)


def ever_customer(customers: np.ndarray) -> np.ndarray:
    """Mask of those who have bought or subscribed at least once; anonymous contacts never have.

    Examples
    --------
    >>> from cxsim.behaviour.state import CUSTOMER_RECORD
    >>> ever_customer(np.zeros(1, dtype=CUSTOMER_RECORD)).tolist()
    [False]
    """
    was_there = (customers["source"] == START) & (customers["status"] != PROSPECT)
    has_bought = was_there | (customers["n_orders"] > 0)
    return has_bought & (customers["source"] != CONTACT)


def ever_customers(customers: np.ndarray, *names: str) -> np.ndarray:
    """The named fields, and no others, of those who have bought or subscribed at least once.

    Examples
    --------
    >>> from cxsim.behaviour.state import CUSTOMER_RECORD
    >>> ever_customers(np.zeros(3, dtype=CUSTOMER_RECORD), "id", "entry").shape
    (0,)
    """
    chosen = np.flatnonzero(ever_customer(customers))
    fields = np.zeros(len(chosen), [(name, customers.dtype[name]) for name in names])
    for name in names:
        fields[name] = customers[name][chosen]
    return fields


def _ever(outcome: Outcome, sums: Sums) -> np.ndarray:
    """Everybody who had ever been a customer by the end of each period."""
    customers = outcome.customers
    starters = customers["segment"][ever_customer(customers) & (customers["source"] == START)]
    n_starters = np.bincount(starters, minlength=len(outcome.segments)).astype(float)
    base = np.append(n_starters, n_starters.sum())[:, None]
    acquired = np.cumsum(sums.counter("acquired")[:, :-1], axis=1) + sums.opening("acquired")
    so_far = base + acquired
    return np.concatenate([so_far, so_far[:, -1:]], axis=1)


def customer_metrics(outcome: Outcome, sums: Sums) -> dict[str, np.ndarray]:
    """Values of :data:`METRICS`, each of shape (segments + 1, months + 1).

    Examples
    --------
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> from cxsim.measure.sums import make_sums
    >>> blank = make_blank_outcome()
    >>> customer_metrics(blank, make_sums(blank))["customers_end"].tolist()
    [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    start, acquired = sums.counter("start"), sums.counter("acquired")
    return {
        "customers_start": start,
        "customers_acquired": acquired,
        "customers_reactivated": sums.counter("reactivated"),
        "customers_churned": sums.counter("churned"),
        "customers_end": sums.counter("end"),
        "active_customer_days": sums.counter("active_ticks") / DAY,
        "retention_rate": ratio(sums.counter("retained"), start),
        "repeat_rate": ratio(sums.counter("repeaters"), start + acquired),
        "alive_rate": ratio(sums.counter("alive_end"), _ever(outcome, sums)),
        "conversion_rate": ratio(acquired, sums.counter("entered")),
    }
