"""What customers buy, what is offered beside it, and whom they bring."""

from __future__ import annotations

import numpy as np

from cxsim.journal.tallies import MONEY
from cxsim.journal.ticks import DAY, MINUTE
from cxsim.measure.metric import Metric
from cxsim.measure.sums import Sums, ratio

METRICS = (
    Metric("purchases", "orders", 1,
           "Paid orders, first ones included; in a subscription market the payments of a period. Returns"
           " do not reduce it.",
           "purchases"),
    Metric("order_frequency", "orders per customer-year", 1,
           "Orders (in a subscription market: payments) per year that a customer was active.",
           "purchases / (active_customer_days / 365)"),
    Metric("revenue", "money", 1,
           "What customers paid: gross of rewards and bonuses, net of list-price discounts and refunds, "
           "without tax, upsell included.",
           "bucket revenue"),
    Metric("upsell_offers", "offers", 0,
           "Upsell or cross-sell offers that customers saw.",
           "upsell_offers"),
    Metric("upsell_accepted", "offers", 1,
           "Of those offers, the ones taken, dated at the offer.",
           "upsell_accepted"),
    Metric("upsell_rate", "share", 1,
           "The share of offers taken.",
           "upsell_accepted / upsell_offers"),
    Metric("upsell_revenue", "money", 1,
           "Revenue above the basket or plan the customer would have taken at that order; in a "
           "subscription market the price step billed in the period while it lasts. Part of revenue.",
           "ledger category upsell"),
    Metric("cost_per_upsell", "money per offer taken", -1,
           "What it costs to sell one thing more: the labour of talking about offers at a desk, whose hours are "
           "paid anyway, and what offers cost, per offer taken. Stands beside cost_per_first_order.",
           "(labour of offers + ledger category offer) / upsell_accepted"),
    Metric("minutes_per_upsell", "minutes per offer taken", -1,
           "Minutes in which employees talked about offers, per offer taken.",
           "offer minutes / upsell_accepted"),
    Metric("referrals_sent", "invitations", 1,
           "Invitations that reached a friend, with or without a bonus.",
           "invitations"),
    Metric("referrals_converted", "customers", 1,
           "Customers brought by an invitation, dated at their first order or paid day.",
           "converted"),
    Metric("referral_rate", "share", 1,
           "The share of new customers who were brought by others.",
           "referrals_converted / customers_acquired"),
    Metric("referral_revenue", "money", 1,
           "Revenue of the period from customers who were brought, in every generation. Part of revenue.",
           "referred revenue"),
)


def order_metrics(sums: Sums) -> dict[str, np.ndarray]:
    """Values of :data:`METRICS`, each of shape (segments + 1, months + 1).

    Examples
    --------
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> from cxsim.measure.sums import make_sums
    >>> order_metrics(make_sums(make_blank_outcome()))["revenue"][0].tolist()
    [0.0, 0.0, 0.0]
    """
    offers, accepted = sums.counter("upsell_offers"), sums.counter("upsell_accepted")
    converted = sums.counter("converted")
    return {
        "purchases": sums.counter("purchases"),
        "order_frequency": ratio(sums.counter("purchases"), sums.counter("active_ticks") / DAY / 365.0),
        "revenue": sums.bucket("revenue"),
        "upsell_offers": offers,
        "upsell_accepted": accepted,
        "upsell_rate": ratio(accepted, offers),
        "upsell_revenue": sums.money("upsell"),
        "cost_per_upsell": ratio(sums.counter("offer_labour") / MONEY + sums.money("offer"), accepted),
        "minutes_per_upsell": ratio(sums.counter("offer_ticks") / MINUTE, accepted),
        "referrals_sent": sums.counter("invitations"),
        "referrals_converted": converted,
        "referral_rate": ratio(converted, sums.counter("acquired")),
        "referral_revenue": sums.counter("referred_revenue") / MONEY,
    }
