"""Prospects on the buyer's journey: who is lost, and how the journey was."""

from __future__ import annotations

import numpy as np

from cxsim.journal.tallies import FRACTION
from cxsim.journal.ticks import MINUTE
from cxsim.measure.metric import Metric
from cxsim.measure.sums import Sums, ratio

METRICS = (
    Metric("prospects", "people", 0,
           "People who came for the first time in the period, convinced later or not.",
           "entered"),
    Metric("prospects_lost", "prospects", -1,
           "Buyer's journeys of prospects that ended without a customer; one who looks once more and is lost "
           "again counts twice.",
           "prospects lost"),
    Metric("prospects_returned", "prospects", 1,
           "Prospects who looked once more after a journey that had not convinced them.",
           "prospects returned"),
    Metric("prospect_satisfaction", "satisfaction", 1,
           "Mean satisfaction with buyer's journeys that prospects made, convinced or not; NaN where everybody "
           "subscribes as he comes.",
           "sum of satisfaction with prospects' journeys / prospects' journeys"),
    Metric("cost_per_first_order", "money per customer", -1,
           "What it costs to win a first order: acquisition cost per customer acquired, the handled minutes of "
           "prospects among it. Stands beside cost_per_upsell.",
           "acquisition_cost / customers_acquired"),
    Metric("minutes_per_first_order", "minutes per customer", -1,
           "Minutes in which employees handled prospects, per customer acquired.",
           "handled minutes of prospects / customers_acquired"),
)


def prospect_metrics(sums: Sums) -> dict[str, np.ndarray]:
    """Values of :data:`METRICS`, each of shape (segments + 1, months + 1).

    Examples
    --------
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> from cxsim.measure.sums import make_sums
    >>> prospect_metrics(make_sums(make_blank_outcome()))["prospects_lost"][0].tolist()
    [0.0, 0.0, 0.0]
    """
    counter = sums.counter
    acquired = counter("acquired")
    return {
        "prospects": counter("entered"),
        "prospects_lost": counter("prospects_lost"),
        "prospects_returned": counter("prospects_returned"),
        "prospect_satisfaction": ratio(counter("prospect_felt_sum") / FRACTION, counter("prospect_journeys")),
        "cost_per_first_order": ratio(sums.bucket("acquisition"), acquired),
        "minutes_per_first_order": ratio(counter("first_order_ticks") / MINUTE, acquired),
    }
