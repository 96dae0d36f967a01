"""What contacts and visits are like, and what customers answer when they are asked."""

from __future__ import annotations

import numpy as np

from cxsim.journal.ticks import MINUTE
from cxsim.measure.metric import Metric
from cxsim.measure.sums import Sums, ratio

METRICS = (
    Metric("nps", "points", 1,
           "Net promoter score of the relationship surveys answered in the period, -100 to 100.",
           "100 (answers 9-10 - answers 0-6) / answers", is_score=True),
    Metric("csat", "share", 1,
           "Satisfied answers (4-5 of 5) to touchpoint surveys, as a share of answers.",
           "satisfied / answers"),
    Metric("csat_journey", "share", 1,
           "Satisfied answers (4-5 of 5) about a whole journey, as a share of answers.",
           "satisfied / answers"),
    Metric("ces", "points", 1,
           "Mean answer to 'the company made it easy', 1 to 7, 7 = easiest.",
           "sum of answers / answers", is_score=True),
    Metric("contacts", "contacts", 0,
           "Attempts at staffed channels by customers and prospects, abandoned ones included, dated at "
           "the end of their wait; those still waiting at the horizon are not counted.",
           "contacts"),
    Metric("visits", "visits", 0,
           "Sessions on digital channels, failed ones included.",
           "visits"),
    Metric("visit_failure_rate", "share", -1,
           "Digital sessions that failed, as a share of all.",
           "failed visits / visits"),
    Metric("wait_minutes", "minutes per contact", -1,
           "Mean time from joining a queue to service, leaving or closing; waits of zero count, those "
           "still waiting at the horizon do not.",
           "waiting time / contacts"),
    Metric("abandon_rate", "share", -1,
           "Contacts that left the queue on their own, as a share of all. Customers sent away at closing"
           " are apart.",
           "abandoned / contacts"),
    Metric("wait_rate", "share", -1,
           "Contacts that had to wait at all, as a share of all.",
           "waited / contacts"),
    Metric("closed_rate", "share", -1,
           "Contacts sent away at a closed door or at closing time, as a share of all.",
           "closed / contacts"),
    Metric("orders_given_up", "orders", -1,
           "Needs that ended without an order because a contact was lost.",
           "given up"),
    Metric("deliveries_late", "deliveries", -1,
           "Deliveries later than promised.",
           "late"),
)


def experience_metrics(sums: Sums) -> dict[str, np.ndarray]:
    """Values of :data:`METRICS`, each of shape (segments + 1, months + 1).

    Examples
    --------
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> from cxsim.measure.sums import make_sums
    >>> experience_metrics(make_sums(make_blank_outcome()))["nps"][0].tolist()
    [nan, nan, nan]
    """
    counter = sums.counter
    contacts, visits = counter("contacts"), counter("visits")
    return {
        "nps": 100.0 * ratio(counter("promoters") - counter("detractors"), counter("nps_answers")),
        "csat": ratio(counter("csat_satisfied"), counter("csat_answers")),
        "csat_journey": ratio(counter("csat_journey_satisfied"), counter("csat_journey_answers")),
        "ces": ratio(counter("ces_sum"), counter("ces_answers")),
        "contacts": contacts,
        "visits": visits,
        "visit_failure_rate": ratio(counter("failed_visits"), visits),
        "wait_minutes": ratio(counter("wait_ticks") / MINUTE, contacts),
        "abandon_rate": ratio(counter("abandoned"), contacts),
        "wait_rate": ratio(counter("waited"), contacts),
        "closed_rate": ratio(counter("closed"), contacts),
        "orders_given_up": counter("given_up"),
        "deliveries_late": counter("late"),
    }
