"""By which route customers leave, who complains, who is kept by an offer, who comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsim.journal.ticks import HOUR
from cxsim.measure.metric import Metric
from cxsim.measure.sums import Sums, ratio

if TYPE_CHECKING:
    from cxsim.settings.schema import Config

METRICS = (
    Metric("exits", "customers", -1,
           "Customers who stopped being customers in the period, by any route; the same person again after a "
           "return. A shop cannot see it: there it is a hidden truth, for judges.",
           "exits_silent + cancellations + exits_by_payment + exits_to_rival"),
    Metric("exits_silent", "customers", -1,
           "Shoppers who left without a word; a subscriber has to cancel.",
           "exits - exits_to_rival, in a transactional market"),
    Metric("cancellations", "customers", -1,
           "Subscriptions the customer ended of his own accord, other than for an unanswered complaint.",
           "exits - exits_by_payment - exits_to_rival, in a subscription market"),
    Metric("exits_by_payment", "customers", -1,
           "Subscriptions that ended because a payment failed and was not recovered.",
           "left_by_payment"),
    Metric("exits_to_rival", "customers", -1,
           "Customers whom an unanswered complaint drove to a rival.",
           "left_to_rival"),
    Metric("payments_failed", "payments", -1,
           "Payments of renewals that failed at first.",
           "payments_failed"),
    Metric("payment_recovery_rate", "share", 1,
           "Failed payments that were recovered.",
           "payments_recovered / payments_failed"),
    Metric("complaints", "complaints", -1,
           "Complaints after journeys in which something failed.",
           "complaints"),
    Metric("unanswered_share", "share", -1,
           "Complaints that got no answer, or one later than the customer was ready to wait for.",
           "complaints_unanswered / complaints"),
    Metric("response_hours", "hours per complaint", -1,
           "Mean time from a complaint to its answer, over those answered in time.",
           "response ticks / (complaints - complaints_unanswered) / ticks of an hour"),
    Metric("save_offers", "offers", 0,
           "Offers made to customers as they decided whether to stay.",
           "save_offers"),
    Metric("saved_by_offer", "customers", 1,
           "Of them, customers who would have left on that occasion without the offer.",
           "saved_by_offer"),
    Metric("win_back_contacts", "contacts", 0,
           "Contacts to customers who had left or gone quiet.",
           "win_back_contacts"),
    Metric("customers_won_back", "customers", 1,
           "Customers who had left and came back upon a contact; those who had merely paused are not counted.",
           "won_back"),
)


def leaving_metrics(config: Config, sums: Sums) -> dict[str, np.ndarray]:
    """Values of :data:`METRICS`, each of shape (segments + 1, months + 1).

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> from cxsim.measure.sums import make_sums
    >>> leaving_metrics(load(), make_sums(make_blank_outcome()))["exits"].tolist()
    [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    exits, to_rival, by_payment = (sums.counter(n) for n in ("exits", "left_to_rival", "left_by_payment"))
    by_choice = exits - to_rival - by_payment
    is_shop = config.market.kind == "transactional"
    complaints, unanswered = sums.counter("complaints"), sums.counter("complaints_unanswered")
    return {
        "exits": exits,
        "exits_silent": by_choice if is_shop else np.zeros_like(exits),
        "cancellations": np.zeros_like(exits) if is_shop else by_choice,
        "exits_by_payment": by_payment,
        "exits_to_rival": to_rival,
        "payments_failed": sums.counter("payments_failed"),
        "payment_recovery_rate": ratio(sums.counter("payments_recovered"), sums.counter("payments_failed")),
        "complaints": complaints,
        "unanswered_share": ratio(unanswered, complaints),
        "response_hours": ratio(sums.counter("response_ticks") / HOUR, complaints - unanswered),
        "save_offers": sums.counter("save_offers"),
        "saved_by_offer": sums.counter("saved_by_offer"),
        "win_back_contacts": sums.counter("win_back_contacts"),
        "customers_won_back": sums.counter("won_back"),
    }
