"""Where new customers come from: what each source cost, what its customers are worth, when they pay back."""

from __future__ import annotations

import numpy as np

from cxsim.behaviour.state import R_ORGANIC, R_PAID, R_REFERRAL
from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import MONEY
from cxsim.journal.ticks import DAY
from cxsim.journal.words import (
    C_FRIEND_BONUS, C_REFERRAL_BONUS, CATEGORIES, ORGANIC, PAID, REFERRAL, SOURCES)
from cxsim.measure.customer_metrics import ever_customer
from cxsim.measure.sums import ratio
from cxsim.measure.table import Table
from cxsim.measure.value_metrics import payback_days

SHARED_ROW = "shared"
ROUTES = (ORGANIC, PAID, REFERRAL)
# What an acquisition flow is paid for; a category without a word of its own is `other`.
KINDS = {"media": "media", "commission": "commission", "welcome_gift": "gifts", "referral_bonus": "bonuses",
         "friend_bonus": "bonuses", "prospect_minutes": "prospect_minutes"}
PAID_FOR = ("media", "commission", "gifts", "bonuses", "prospect_minutes", "other")
BONUSES = (C_REFERRAL_BONUS, C_FRIEND_BONUS)


def acquisition_flows(outcome: Outcome) -> np.ndarray:
    """Acquisition spend by source and by what it is paid for, in whole 1/10,000 of the currency.

    Bonuses for recommending are of source referral, whoever gets them; what belongs to no source of new
    customers is in the last row.

    Returns
    -------
    array of int64, shape (routes + 1, kinds)
        Its sum is the acquisition bucket of the ledger.

    Examples
    --------
    >>> from cxsim.journal.words import C_MEDIA
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> outcome = make_blank_outcome()
    >>> outcome.ledger[3, -1, PAID, -1, C_MEDIA] = (1, 80_000)
    >>> acquisition_flows(outcome)[:, 0].tolist()
    [0, 80000, 0, 0]
    """
    amounts = outcome.ledger[..., 1].sum(axis=(0, 1, 3))
    flows = np.zeros((len(ROUTES) + 1, len(PAID_FOR)), dtype=np.int64)
    for category, (name, bucket, _, _) in enumerate(CATEGORIES):
        if bucket != "acquisition":
            continue
        kind = PAID_FOR.index(KINDS.get(name, "other"))
        for source in range(len(SOURCES)):
            payer = REFERRAL if category in BONUSES else source
            row = ROUTES.index(payer) if payer in ROUTES else len(ROUTES)
            flows[row, kind] += amounts[source, category]
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
        Columns scenario, replication, source (then "shared" for what belongs to none),
        customers_acquired, media, commission, gifts, bonuses (to both sides of a recommendation),
        prospect_minutes (handled minutes of prospects), other, spend (their sum), cac, clv (of those
        acquired), clv_to_cac, payback_days. Ratios of nothing are NaN. `spend` sums to the
        acquisition cost of the run.

    Examples
    --------
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> sources_table(make_blank_outcome(), "baseline")["source"].tolist()
    ['organic', 'paid', 'referral', 'shared']
    """
    flows = acquisition_flows(outcome)
    customers = outcome.customers[ever_customer(outcome.customers)]
    names = [*(SOURCES[source] for source in ROUTES), SHARED_ROW]
    n, values, payback = (np.zeros(len(names)) for _ in range(3))
    spend = flows.sum(axis=1) / MONEY
    payback[:] = np.nan
    for row, source in enumerate(ROUTES):
        own = customers[customers["source"] == source]
        n[row] = len(own)
        values[row] = (own["margin_discounted"].sum() + own["residual"].sum()) / MONEY
        payback[row] = _payback(outcome, source, own, spend[row])
    cac, clv = ratio(spend, n), ratio(values, n)
    return Table({
        "scenario": np.full(len(names), scenario, dtype=object),
        "replication": np.full(len(names), outcome.replication, dtype=np.int64),
        "source": np.array(names, dtype=object),
        "customers_acquired": n.astype(np.int64),
        **{kind: flows[:, k] / MONEY for k, kind in enumerate(PAID_FOR)},
        "spend": spend, "cac": cac, "clv": clv, "clv_to_cac": ratio(clv, cac), "payback_days": payback,
    })


def _payback(outcome: Outcome, source: int, own: np.ndarray, spend: float) -> float:
    """Days after which a source's mean customer has paid back what he cost."""
    if not len(own):
        return float("nan")
    ages = _margin_by_age(outcome, source)
    days = len(outcome.ledger)
    return payback_days(ages[:days], np.maximum(0, own["entry"]) // DAY, spend / len(own))


def _margin_by_age(outcome: Outcome, source: int) -> np.ndarray:
    """Margin by age of one source's customers."""
    if source == PAID:
        return outcome.ages[R_PAID:].sum(axis=0)
    return outcome.ages[R_REFERRAL if source == REFERRAL else R_ORGANIC]
