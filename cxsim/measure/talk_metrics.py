"""What customers tell others, and what it brings: lineage, talk, ratings, ties who left, the market reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsim.engines.outcome import Outcome
from cxsim.engines.reproduction import births_and_lives, reproduction_number
from cxsim.journal.tallies import FRACTION
from cxsim.journal.words import START
from cxsim.measure.metric import Metric
from cxsim.measure.sums import Sums, ratio

if TYPE_CHECKING:
    from cxsim.settings.schema import Config

METRICS = (
    Metric("referral_generation", "generations", 0,
           "How far recommended newcomers are from somebody nobody invited, as they convert: 1 for his friends, "
           "2 for theirs; mean.",
           "sum of generation / referrals_converted"),
    Metric("reproduction_number", "customers per customer", 1,
           "New customers whom one customer brings by recommendation over a life as long as the run: friends "
           "brought at each age per customer of that age, newcomers' lives alone; the largest over mixtures of "
           "segments. From 1 on every generation is larger than the last.",
           "spectral radius of friends of segment h per customer of segment g", total_only=True),
    Metric("negative_talk", "tellings", -1,
           "Journeys below the limit whose customer warned others.",
           "negative_talk"),
    Metric("ratings", "ratings", 0,
           "Journeys rated in public.",
           "ratings"),
    Metric("rating", "s.d.", 1,
           "Mean rating given in the period: how journeys stand against the reference, at most 3 either way.",
           "sum of ratings / ratings"),
    Metric("reputation", "s.d.", 1,
           "The published reputation, 0 = as in the baseline: the faded mean of ratings, with some neutral ones "
           "beside it; mean over days. It belongs to no segment, so only 'all' has it.",
           "sum of reputation / days"),
    Metric("tie_exposure", "share", -1,
           "How exposed customers are to ties who left, 0 to 1, at the moments at which they could leave.",
           "sum of exposure / exit exposures"),
    Metric("market_reached", "share", 1,
           "The share of a finite market that has ever entered, at the end of the period. It belongs to no "
           "segment, so only 'all' has it; undefined in an endless market.",
           "(starters + entered so far) / market.size"),
)


def talk_metrics(outcome: Outcome, config: Config, sums: Sums) -> dict[str, np.ndarray]:
    """Values of :data:`METRICS` by period, each of shape (segments + 1, months + 1).

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> from cxsim.measure.sums import make_sums
    >>> outcome = make_blank_outcome()
    >>> found = talk_metrics(outcome, load(["market.size=10000", "n_customers=100"]), make_sums(outcome))
    >>> found["negative_talk"][-1].tolist(), found["market_reached"][-1].tolist()
    ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0])
    """
    counter = sums.counter
    reached = np.full(counter("entered").shape, np.nan)
    if config.market.size is not None:
        entered = counter("entered")[-1]
        so_far = np.append(np.cumsum(entered[:-1]), entered[-1]) + sums.opening("entered")[-1]
        reached[-1] = (so_far + (outcome.customers["source"] == START).sum()) / config.simulated_size
    return {
        "referral_generation": ratio(counter("generation_sum"), counter("converted")),
        "negative_talk": counter("negative_talk"),
        "ratings": counter("ratings"),
        "rating": ratio(counter("rating_sum") / FRACTION, counter("ratings")),
        "reputation": ratio(counter("reputation_sum") / FRACTION, counter("brand_days")),
        "tie_exposure": ratio(counter("contagion_sum") / FRACTION, counter("n_contagion")),
        "market_reached": reached,
    }


def reproduction(outcome: Outcome) -> dict[str, np.ndarray]:
    """The reproduction number of the whole run, of shape (segments + 1,); only 'all' (last) has it.

    Examples
    --------
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> reproduction(make_blank_outcome())["reproduction_number"].tolist()
    [nan, nan]
    """
    found = np.full(len(outcome.segments) + 1, np.nan)
    if len(outcome.segments) > 0 and len(outcome.customers) > 0:
        found[-1] = reproduction_number(*births_and_lives(
            outcome.customers, int(outcome.month_starts[-1]), len(outcome.segments)))
    return {"reproduction_number": found}
