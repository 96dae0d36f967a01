"""Four things that are often taken for one: service quality, experience, preference, loyalty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import FRACTION
from cxsim.measure.metric import Metric
from cxsim.measure.sums import Sums, ratio
from cxsim.settings.demand import rival_quality

if TYPE_CHECKING:
    from cxsim.settings.schema import Config

METRICS = (
    Metric("service_quality", "s.d.", 1,
           "Mean quality of single touchpoints as customers perceive it, in standard deviations around what the "
           "baseline delivers there: a contact or a solution by itself, without what a hand-off costs.",
           "sum of standardised quality of episodes / episodes"),
    Metric("experience", "s.d.", 1,
           "Mean satisfaction with whole journeys, in standard deviations around the baseline's.",
           "sum of standardised satisfaction with journeys / judged journeys"),
    Metric("preference", "s.d.", 1,
           "Mean standing of the brand with those who judged a journey, less the rival's quality of the day: the "
           "advantage over him as customers see it.",
           "sum of (standardised satisfaction - rival's quality) / judged journeys"),
    Metric("loyalty", "share", 1,
           "Behaviour: of the occasions to buy (in a subscription market, to renew), the share that was "
           "bought here. An occasion is an order, a need forgotten or met by somebody else, or one given up; "
           "of a subscriber, a payment or the end of his subscription.",
           "purchases / (purchases + forgotten + to a competitor + given up), or "
           "purchases / (purchases + churned)"),
    Metric("rival_quality", "s.d.", -1,
           "Mean quality of the rival over the days of the period, in standard deviations of satisfaction around "
           "what the baseline delivers.",
           "mean of the rival's path"),
)


def rival_metrics(outcome: Outcome, config: Config, sums: Sums) -> dict[str, np.ndarray]:
    """Values of :data:`METRICS`, each of shape (segments + 1, months + 1)."""
    counter = sums.counter
    bought = counter("purchases")
    if config.market.kind == "subscription":
        occasions = bought + counter("churned")
    else:
        occasions = bought + counter("forgotten") + counter("to_competitor") + counter("given_up")
    rival = _rival_by_period(config, sums.month_of_day, outcome.first_day)
    return {
        "service_quality": ratio(counter("service_quality_sum") / FRACTION, counter("episodes")),
        "experience": ratio(counter("experience_sum") / FRACTION, counter("judged")),
        "preference": ratio(counter("preference_sum") / FRACTION, counter("judged")),
        "loyalty": ratio(bought, occasions),
        "rival_quality": np.broadcast_to(rival, bought.shape),
    }


def _rival_by_period(config: Config, months: np.ndarray, first_day: int) -> np.ndarray:
    """Mean of the rival's path by month, the whole run last."""
    path = rival_quality(config.competitor, first_day + len(months))[first_day:]
    by_month = np.bincount(months, path) / np.bincount(months)
    return np.append(by_month, path.mean())
