"""Where new customers come from: what each route cost, what its customers are worth, when they pay back."""

from __future__ import annotations

import numpy as np

from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import MONEY
from cxsim.journal.ticks import DAY
from cxsim.journal.words import CATEGORIES
from cxsim.measure.customer_metrics import ever_customers
from cxsim.measure.sums import ratio
from cxsim.measure.table import Table
from cxsim.measure.value_metrics import payback_days

SHARED_ROW = "shared"
# What an acquisition flow is paid for; a category without a word of its own is `other`.
KINDS = {"media": "media", "commission": "commission", "welcome_gift": "gifts", "referral_bonus": "bonuses",
         "friend_bonus": "bonuses", "prospect_minutes": "prospect_minutes"}
PAID_FOR = ("media", "commission", "gifts", "bonuses", "prospect_minutes", "other")


def acquisition_flows(outcome: Outcome) -> np.ndarray:
    """Acquisition spend by route and by what it is paid for, in whole 1/10,000 of the currency.

    Bonuses for recommending are of the referral route, whoever gets them; what belongs to no route is
    in the last row.

    Returns
    -------
    array of int64, shape (routes + 1, kinds)
        Its sum is the acquisition bucket of the ledger.

    Examples
    --------
    >>> from cxsim.journal.words import C_MEDIA, PAID
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> outcome = make_blank_outcome()
    >>> outcome.ledger[3, -1, PAID, -1, C_MEDIA] = (1, 80_000)
    >>> outcome.route_costs[3, 2, C_MEDIA] = 70_000
    >>> acquisition_flows(outcome)[:, 0].tolist()
    [0, 0, 70000, 10000]
    """
    booked = outcome.ledger[..., 1].sum(axis=(0, 1, 2, 3))
    by_route = outcome.route_costs.sum(axis=0)
    flows = np.zeros((len(outcome.routes) + 1, len(PAID_FOR)), dtype=np.int64)
    for category, (name, bucket, _, _) in enumerate(CATEGORIES):
        if bucket == "acquisition":
            kind = PAID_FOR.index(KINDS.get(name, "other"))
            flows[:-1, kind] += by_route[:, category]
            flows[-1, kind] += booked[category] - by_route[:, category].sum()
    return flows


def sources_table(outcome: Outcome, scenario: str) -> Table:
    """Every source of new customers in one replication, over the whole run.

    Parameters
    ----------
    outcome : Outcome
        One finished replication.
    scenario : str
        Name for the column `scenario`.

    Returns
    -------
    Table
        Columns scenario, replication, source (organic, referral, the paid routes by name, then
        "shared" for what belongs to none), customers_acquired, media, commission, gifts, bonuses (to
        both sides of a recommendation), prospect_minutes (handled minutes of prospects), other, spend
        (their sum), cac, clv (of those acquired), clv_to_cac, payback_days. Ratios of nothing are NaN.
        `spend` sums to the acquisition cost of the run.

    Examples
    --------
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> sources_table(make_blank_outcome(), "baseline")["source"].tolist()
    ['organic', 'referral', 'media', 'shared']
    """
    spend = acquisition_flows(outcome)
    names, total = [*outcome.routes, SHARED_ROW], spend.sum(axis=1) / MONEY
    customers = ever_customers(outcome.customers, "route", "entry", "since", "margin_discounted", "residual")
    n, values = np.zeros(len(names), dtype=np.int64), np.zeros(len(names))
    payback = np.full(len(names), np.nan)
    for route in range(len(outcome.routes)):
        own = customers[(customers["route"] == route) & (customers["since"] >= 0)]
        n[route] = len(own)
        values[route] = (own["margin_discounted"].sum() + own["residual"].sum()) / MONEY
        if len(own):
            ages = outcome.ages[route, :, : len(outcome.ledger)].sum(axis=0)
            entered = np.maximum(0, own["entry"]) // DAY
            payback[route] = payback_days(ages, entered, total[route] / len(own))
    cac, clv = ratio(total, n), ratio(values, n)
    return Table({
        "scenario": np.full(len(names), scenario, dtype=object),
        "replication": np.full(len(names), outcome.replication, dtype=np.int64),
        "source": np.array(names, dtype=object),
        "customers_acquired": n,
        **{kind: spend[:, k] / MONEY for k, kind in enumerate(PAID_FOR)},
        "spend": total, "cac": cac, "clv": clv, "clv_to_cac": ratio(clv, cac), "payback_days": payback,
    })
