"""What the period cost, and what was left."""

from __future__ import annotations

import numpy as np

from cxsim.engines.outcome import Outcome
from cxsim.journal.ticks import DAY
from cxsim.journal.words import PAID
from cxsim.measure.customer_metrics import ever_customer
from cxsim.measure.metric import Metric
from cxsim.measure.sums import Sums, ratio

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
           "Spent on paid routes (media, commissions, welcome gifts) per customer they won. Media belong "
           "to no segment, so only 'all' has it.",
           "(media + commission + welcome_gift) / acquired customers of source paid", total_only=True),
    Metric("cost_to_serve", "money per customer", -1,
           "Service cost per customer active on an average day of the period.",
           "service_cost / (active_customer_days / days of the period)"),
    Metric("cost_per_order", "money per order", -1,
           "Service cost per paid order.",
           "service_cost / purchases"),
    Metric("cost_per_contact", "money per contact", -1,
           "Paid hours and contact fees per contact at staffed channels, prospects' minutes included.",
           "(staff + prospect minutes + contact fees) / contacts"),
)


def cac_paid(outcome: Outcome, sums: Sums) -> np.ndarray:
    """Media spend per customer won by paid media, for all segments and the whole run only."""
    customers = outcome.customers
    n_paid = np.count_nonzero(ever_customer(customers) & (customers["source"] == PAID) & (customers["since"] >= 0))
    values = np.full(sums.counts.shape[:2], np.nan)
    values[-1, -1] = ratio(sums.money("media", "commission", "welcome_gift")[-1, -1], np.array(n_paid))
    return values


def money_metrics(outcome: Outcome, sums: Sums) -> dict[str, np.ndarray]:
    """Values of :data:`METRICS`, each of shape (segments + 1, months + 1)."""
    acquisition, service = sums.bucket("acquisition"), sums.bucket("service")
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
    }
