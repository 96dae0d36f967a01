"""Who was won by which route and of which segment: what he cost, what he is worth, when he has paid back."""

from __future__ import annotations

import numpy as np

from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import MONEY
from cxsim.journal.ticks import DAY
from cxsim.measure.customer_metrics import ever_customers
from cxsim.measure.sources import acquisition_flows
from cxsim.measure.sums import ratio
from cxsim.measure.table import Table
from cxsim.measure.value_metrics import payback_days

ALL = "all"


def newcomers_table(outcome: Outcome, scenario: str) -> Table:
    """Customers won by each route in each segment, in one replication.

    Money spent on a route cannot tell segments apart, so each customer it wins costs the same; what he is
    worth differs by segment.

    Parameters
    ----------
    outcome : Outcome
        One finished replication.
    scenario : str
        Name for the column `scenario`.

    Returns
    -------
    Table
        Columns scenario, replication, source (organic, referral, the paid routes by name), segment ("all" and
        each), customers_acquired, cac (money per customer), clv (discounted to entry), clv_to_cac,
        payback_days (NaN where not within the run). Ratios of nothing are NaN.

    Examples
    --------
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> table = newcomers_table(make_blank_outcome(), "baseline")
    >>> table["source"].tolist(), table["segment"].tolist()[:2]
    (['organic', 'organic', 'referral', 'referral', 'media', 'media'], ['all', 'everyone'])
    """
    spend = acquisition_flows(outcome).sum(axis=1) / MONEY
    people = ever_customers(outcome.customers, "route", "segment", "entry", "margin_discounted", "residual")
    n_days, rows = len(outcome.ledger), []
    for route, name in enumerate(outcome.routes):
        own = people[people["route"] == route]
        cac = float(ratio(spend[route], len(own)))
        for segment in range(-1, len(outcome.segments)):
            here = own if segment < 0 else own[own["segment"] == segment]
            ages = outcome.ages[route].sum(axis=0) if segment < 0 else outcome.ages[route, segment]
            worth = (here["margin_discounted"].sum() + here["residual"].sum()) / MONEY
            clv = float(ratio(worth, len(here)))
            days = payback_days(ages[:n_days], np.maximum(0, here["entry"]) // DAY, cac)
            rows.append((name, ALL if segment < 0 else outcome.segments[segment], len(here), cac, clv,
                         float(ratio(clv, cac)), days))
    columns = list(zip(*rows, strict=True))
    return Table({
        "scenario": np.full(len(rows), scenario, dtype=object),
        "replication": np.full(len(rows), outcome.replication, dtype=np.int64),
        "source": np.array(columns[0], dtype=object), "segment": np.array(columns[1], dtype=object),
        "customers_acquired": np.array(columns[2], dtype=np.int64),
        **{name: np.array(column, dtype=float) for name, column in zip(
            ("cac", "clv", "clv_to_cac", "payback_days"), columns[3:], strict=True)},
    })
