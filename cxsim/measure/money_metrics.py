"""What the period cost, what was left, and what is owed in points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsim.engines.outcome import Outcome
from cxsim.journal.ticks import DAY
from cxsim.journal.words import PAID
from cxsim.measure.customer_metrics import ever_customer
from cxsim.measure.metric import Metric
from cxsim.measure.sums import Sums, by_period, ratio

if TYPE_CHECKING:
    from cxsim.settings.schema import Config

METRICS = (
    Metric("goods_cost", "money", -1,
           "Cost of the goods sold, less goods returned.",
           "bucket goods"),
    Metric("acquisition_cost", "money", -1,
           "Spent to win customers: media, commissions, welcome gifts, referral bonuses to both sides, "
           "handled minutes of prospects.",
           "bucket acquisition"),
    Metric("retention_cost", "money", -1,
           "Spent to keep customers: prompts and other outreach, running cost of a programme.",
           "bucket retention"),
    Metric("reward_cost", "money", -1,
           "Rewards at what they cost, when redeemed.",
           "bucket reward"),
    Metric("service_cost", "money", -1,
           "Paid hours less prospects' minutes, contact and session fees, delivery, touchpoints, training, "
           "hiring, compensation.",
           "bucket service"),
    Metric("profit", "money", 1,
           "What is left of revenue after the five kinds of cost.",
           "revenue - goods_cost - acquisition_cost - retention_cost - reward_cost - service_cost"),
    Metric("cac", "money per customer", -1,
           "Acquisition cost per customer acquired in the same period, all sources. A segment's row "
           "holds no shared cost such as media.",
           "acquisition_cost / customers_acquired"),
    Metric("cac_paid", "money per customer", -1,
           "Media spend per customer won by paid media. Media belong to no segment, so only 'all' has "
           "it.",
           "media / acquired customers of source paid", total_only=True),
    Metric("cost_to_serve", "money per customer", -1,
           "Service cost per customer active on an average day of the period.",
           "service_cost / (active_customer_days / days of the period)"),
    Metric("cost_per_order", "money per order", -1,
           "Service cost per paid order.",
           "service_cost / purchases"),
    Metric("cost_per_contact", "money per contact", -1,
           "Paid hours and contact fees per contact at staffed channels, prospects' minutes included.",
           "(staff + prospect minutes + contact fees) / contacts"),
    Metric("points_issued", "points", 0,
           "Points credited in the period.",
           "points issued"),
    Metric("points_redeemed", "points", 0,
           "Points turned into rewards in the period.",
           "points redeemed"),
    Metric("points_expired", "points", 0,
           "Points that ran out unused in the period.",
           "points expired"),
    Metric("points_value", "money", 0,
           "Face value of the points that customers hold at the end of the period.",
           "outstanding points * (earn_rate / points_per_unit)"),
    Metric("redeemed_value", "money", 0,
           "What rewards bought with points cost in the period. Part of reward_cost.",
           "ledger category reward_redeemed"),
    Metric("expired_value", "money", 0,
           "What the points that expired in the period would have cost had they been redeemed.",
           "points_expired * (earn_rate / points_per_unit) * reward_cost_share"),
    Metric("reward_liability", "money", -1,
           "What the company owes in points at the end of the period, by its own estimate of how many "
           "will be redeemed.",
           "outstanding points * (earn_rate / points_per_unit) * expected_redemption_share"),
    Metric("breakage", "share", 0,
           "Points expired in the period as a share of points issued in it.",
           "points_expired / points_issued"),
)


def outstanding_points(outcome: Outcome, months: np.ndarray) -> np.ndarray:
    """Points customers hold at the end of every period, shape (segments + 1, months + 1), all last.

    Examples
    --------
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> outstanding_points(make_blank_outcome(), np.repeat([0, 1], 30)).tolist()
    [[0, 0, 0], [0, 0, 0]]
    """
    issued, redeemed, expired = points_flows(outcome, months)
    flows = issued - redeemed - expired
    return np.concatenate([np.cumsum(flows[:, :-1], axis=1), flows[:, -1:]], axis=1)


def points_flows(outcome: Outcome, months: np.ndarray) -> np.ndarray:
    """Points issued, redeemed, expired in every period, shape (3, segments + 1, months + 1), all last."""
    flows = by_period(outcome.points[: len(months)], months).T
    return np.concatenate([flows, flows.sum(axis=1, keepdims=True)], axis=1)


def value_of_point(config: Config) -> float:
    """What one point is worth to a customer, in account currency; 0 where there is no programme."""
    return config.loyalty.earn_rate / config.loyalty.points_per_unit


def reward_liability(outcome: Outcome, config: Config, months: np.ndarray) -> np.ndarray:
    """What is owed in points at the end of every period, in account currency."""
    each = value_of_point(config) * config.loyalty.expected_redemption_share
    return outstanding_points(outcome, months) * each


def cac_paid(outcome: Outcome, sums: Sums) -> np.ndarray:
    """Media spend per customer won by paid media, for all segments and the whole run only."""
    customers = outcome.customers
    n_paid = np.count_nonzero(ever_customer(customers) & (customers["source"] == PAID))
    values = np.full(sums.counts.shape[:2], np.nan)
    values[-1, -1] = ratio(sums.money("media")[-1, -1], np.array(n_paid))
    return values


def money_metrics(outcome: Outcome, config: Config, sums: Sums) -> dict[str, np.ndarray]:
    """Values of :data:`METRICS`, each of shape (segments + 1, months + 1)."""
    acquisition, service = sums.bucket("acquisition"), sums.bucket("service")
    issued, redeemed, expired = points_flows(outcome, sums.month_of_day)
    contacts = sums.counter("contacts")
    return {
        "goods_cost": sums.bucket("goods"),
        "acquisition_cost": acquisition,
        "retention_cost": sums.bucket("retention"),
        "reward_cost": sums.bucket("reward"),
        "service_cost": service,
        "profit": sums.profit(),
        "cac": ratio(acquisition, sums.counter("acquired")),
        "cac_paid": cac_paid(outcome, sums),
        "cost_to_serve": ratio(service * sums.days(), sums.counter("active_ticks") / DAY),
        "cost_per_order": ratio(service, sums.counter("purchases")),
        "cost_per_contact": ratio(sums.money("staff", "prospect_minutes", "contact_fee"), contacts),
        "points_issued": issued,
        "points_redeemed": redeemed,
        "points_expired": expired,
        "points_value": outstanding_points(outcome, sums.month_of_day) * value_of_point(config),
        "redeemed_value": sums.money("reward_redeemed"),
        "expired_value": expired * value_of_point(config) * config.loyalty.reward_cost_share,
        "reward_liability": reward_liability(outcome, config, sums.month_of_day),
        "breakage": ratio(expired, issued),
    }
