"""The voice of the customer: who answers, what everybody would have said, and what is done about it."""

from __future__ import annotations

import numpy as np

from cxsim.measure.metric import Metric
from cxsim.measure.sums import Sums, ratio

METRICS = (
    Metric("response_rate", "share", 1,
           "Answers to the relationship survey, as a share of those who were asked.",
           "nps answers / asked"),
    Metric("nps_true", "points", 1,
           "Net promoter score of everybody who judged a journey in the period, asked or not: what nps would be "
           "if all were asked and all answered.",
           "100 (everybody's 9-10 - everybody's 0-6) / everybody", is_score=True),
    Metric("loops_closed", "calls", 0,
           "Calls to customers who had answered badly.",
           "loops closed"),
    Metric("close_the_loop_cost", "money", -1,
           "Spent on calls to customers who had answered badly. Part of retention_cost.",
           "ledger category close_the_loop"),
)


def voice_metrics(sums: Sums) -> dict[str, np.ndarray]:
    """Values of :data:`METRICS`, each of shape (segments + 1, months + 1).

    Examples
    --------
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> from cxsim.measure.sums import make_sums
    >>> voice_metrics(make_sums(make_blank_outcome()))["loops_closed"][0].tolist()
    [0.0, 0.0, 0.0]
    """
    counter = sums.counter
    net = counter("true_promoters") - counter("true_detractors")
    return {
        "response_rate": ratio(counter("nps_answers"), counter("nps_asked")),
        "nps_true": 100.0 * ratio(net, counter("true_answers")),
        "loops_closed": counter("loops_closed"),
        "close_the_loop_cost": sums.money("close_the_loop"),
    }
