"""What customers are worth over time: lifetime value, payback, customer equity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import MONEY
from cxsim.journal.ticks import DAY
from cxsim.journal.words import C_FRIEND_BONUS, C_REFERRAL_BONUS, CATEGORIES, START
from cxsim.measure.customer_metrics import ever_customers
from cxsim.measure.loyalty_metrics import reward_liability
from cxsim.measure.metric import Metric
from cxsim.measure.money_metrics import cac_paid
from cxsim.measure.sums import Sums, profit_effects, ratio

if TYPE_CHECKING:
    from cxsim.settings.schema import Config

METRICS = (
    Metric("clv", "money per customer", 1,
           "Mean over every customer of the run of his discounted margin (revenue less goods, rewards "
           "and his own service) from his entry to the horizon, plus what he is still worth there. "
           "Acquisition and shared cost are left out; a newcomer's first order counts, a starter's past "
           "does not.",
           "mean of sum (1+d)^(-(t-e)/365) margin_t + (1+d)^(-(H-e)/365) residual value", total_only=True),
    Metric("clv_residual_share", "share", 0,
           "The share of clv that lies after the horizon, where no event was simulated.",
           "discounted residual value / (discounted margin + discounted residual value)", total_only=True),
    Metric("clv_to_cac", "ratio", 1,
           "Lifetime value of the customers acquired in the run per unit spent to acquire one.",
           "clv of acquired customers / cac", total_only=True),
    Metric("payback_days", "days", -1,
           "Days after entry at which the mean cumulative margin per acquired customer, undiscounted, "
           "reaches cac; every day averaged over those observed that long; undefined if not within the "
           "horizon. Margin by age is kept for all segments together.",
           "smallest t: sum over s <= t of (margin at age s / customers observed at age s) >= cac",
           total_only=True),
    Metric("customer_equity", "money", 1,
           "Discounted profit of the run, plus what the living customers are still worth at the horizon,"
           " less what is owed to them in points.",
           "sum (1+d)^(-t/365) profit_t + (1+d)^(-H/365) (sum of residual values - reward_liability)",
           total_only=True),
    Metric("discounted_spend", "money", -1,
           "What was spent on customers: acquisition, retention, rewards and service, discounted to day 0. "
           "Return on spend is what a scenario adds to customer_equity for each unit it adds to this.",
           "sum (1+d)^(-t/365) (acquisition_t + retention_t + reward_t + service_t)", total_only=True),
    Metric("free_promotion_value", "money", 1,
           "What it would have cost to win by paid media those who were brought by customers without any "
           "bonus; undefined where paid media win nobody.",
           "(referrals_converted - converts paid for by a bonus) * cac_paid", total_only=True),
)
SPENT = ("acquisition", "retention", "reward", "service")


def _by_segment(customers: np.ndarray, amounts: np.ndarray, n_segments: int) -> np.ndarray:
    """Sums of a customer's amounts by segment, the sum of all last; whole numbers stay exact."""
    sums = np.zeros(n_segments + 1, dtype=amounts.dtype)
    np.add.at(sums, customers["segment"], amounts)
    sums[-1] = sums[:-1].sum()
    return sums


def _mean_value(customers: np.ndarray, n_segments: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean lifetime value and the share of it that lies after the horizon."""
    margin = _by_segment(customers, customers["margin_discounted"], n_segments) / MONEY
    residual = _by_segment(customers, customers["residual"], n_segments) / MONEY
    heads = _by_segment(customers, np.ones(len(customers), dtype=np.int64), n_segments)
    return ratio(margin + residual, heads), ratio(residual, margin + residual)


def payback_days(ages: np.ndarray, entry_days: np.ndarray, cac: float) -> float:
    """The age in days at which the mean acquired customer has paid back what he cost.

    Parameters
    ----------
    ages : array of int, shape (days,)
        Margin of acquired customers by age, in 1/10,000 of the currency.
    entry_days : array of int, shape (acquired,)
        Day each of them entered; one who entered on day e is observed at ages 0 to days - 1 - e.
    cac : float
        Cost per acquired customer, in account currency.

    Returns
    -------
    float
        Days after entry; NaN if it is not reached, or nobody was acquired.

    Examples
    --------
    >>> payback_days(np.array([10_0000, 0, 6_0000]), np.array([0, 2]), cac=7.0)
    2.0
    """
    if not len(entry_days) or not np.isfinite(cac):
        return float("nan")
    n_days = len(ages)
    last_age = np.clip(n_days - 1 - entry_days, -1, n_days - 1)
    observed = len(entry_days) - np.cumsum(np.bincount(last_age + 1, minlength=n_days + 1))[:n_days]
    daily = np.divide(ages / MONEY, observed, out=np.zeros(n_days), where=observed > 0)
    reached = np.flatnonzero((np.cumsum(daily) >= cac) & (observed > 0))
    return float(reached[0]) if len(reached) else float("nan")


def customer_equity(outcome: Outcome, config: Config, sums: Sums) -> np.ndarray:
    """Equity by segment, all last: discounted profit, residual values, less the points owed.

    `residual` of a customer is discounted to his own entry e; times (1+d)^(-e/365) it is
    discounted to day 0, which is (1+d)^(-H/365) times his value at the horizon.
    """
    growth, n_segments = 1.0 + config.market.discount_rate_per_year, len(outcome.segments)
    n_days = len(outcome.ledger)
    discount = growth ** (-np.arange(n_days) / 365.0)
    customers = outcome.customers
    entered = np.maximum(0, customers["entry"]) // DAY
    # Rounded one by one, so that the sum does not depend on the order of the customers.
    at_start = np.rint(customers["residual"] * discount[entered]).astype(np.int64)
    residual = _by_segment(customers, at_start, n_segments)
    owed = reward_liability(outcome, config, sums.month_of_day)[:, -1] * growth ** (-n_days / 365.0)
    return _discounted(outcome, config, profit_effects()) + residual / MONEY - owed


def _discounted(outcome: Outcome, config: Config, weights: np.ndarray) -> np.ndarray:
    """Flows of the ledger weighted by category and discounted to day 0, by segment, all last."""
    daily = outcome.ledger[..., 1].sum(axis=(2, 3)) @ weights
    daily[:, -1] = daily.sum(axis=1)
    growth = 1.0 + config.market.discount_rate_per_year
    return growth ** (-np.arange(len(daily)) / 365.0) @ (daily / MONEY)


def discounted_spend(outcome: Outcome, config: Config) -> np.ndarray:
    """Acquisition, retention, reward and service cost discounted to day 0, by segment, all last."""
    return _discounted(outcome, config, np.array([int(bucket in SPENT) for _, bucket, _, _ in CATEGORIES]))


def free_promotion_value(outcome: Outcome, sums: Sums, cac_paid: float) -> np.ndarray:
    """Converts without a bonus at the price of paid ones; for all segments together (last).

    A bonus to either side is booked once a convert, so the larger of the two counts is that of
    converts who were paid for.
    """
    paid_for = outcome.ledger[..., [C_REFERRAL_BONUS, C_FRIEND_BONUS], 0].sum(axis=(0, 1, 2, 3)).max()
    values = np.full(len(outcome.segments) + 1, np.nan)
    values[-1] = (sums.counter("converted")[-1, -1] - paid_for) * cac_paid
    return values


def value_metrics(outcome: Outcome, config: Config, sums: Sums) -> dict[str, np.ndarray]:
    """Values of :data:`METRICS` for the whole run, each of shape (segments + 1,), all last."""
    n_segments = len(outcome.segments)
    customers = ever_customers(
        outcome.customers, "source", "segment", "entry", "since", "margin_discounted", "residual")
    acquired = customers[(customers["source"] != START) & (customers["since"] >= 0)]
    clv, residual_share = _mean_value(customers, n_segments)
    cac = ratio(sums.bucket("acquisition")[:, -1], sums.counter("acquired")[:, -1])
    payback = np.full(n_segments + 1, np.nan)
    ages = outcome.ages.sum(axis=(0, 1))[: len(outcome.ledger)]
    payback[-1] = payback_days(ages, np.maximum(0, acquired["entry"]) // DAY, float(cac[-1]))
    return {
        "clv": clv,
        "clv_residual_share": residual_share,
        "clv_to_cac": ratio(_mean_value(acquired, n_segments)[0], cac),
        "payback_days": payback,
        "customer_equity": customer_equity(outcome, config, sums),
        "discounted_spend": discounted_spend(outcome, config),
        "free_promotion_value": free_promotion_value(outcome, sums, float(cac_paid(outcome, sums)[-1, -1])),
    }
