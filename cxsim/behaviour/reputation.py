"""Reputation: ratings in public, their published mean, and whom it brings.

A rating is how a journey stands against the reference, in standard deviations, at most 3 either way; so the
baseline's reputation is near 0. What is published at midnight is the faded mean, with some neutral ratings
beside it while there are few.
"""

from __future__ import annotations

import math

from cxsim.behaviour.draws import decision
from cxsim.behaviour.effects import journey_uniform
from cxsim.behaviour.state import B_RATED, B_RATINGS, B_REPUTATION, M_JOURNEY
from cxsim.behaviour.survey import standard
from cxsim.journal.compiling import compiled
from cxsim.journal.events import record
from cxsim.journal.tallies import FRACTION, N_RATINGS, RATING_SUM, REPUTATION_SUM, count, fraction
from cxsim.journal.words import RATING_POSTED

D_RATING = decision("reputation/rating")
MOST_STARS = 3.0


@compiled
def rate_in_public(world, c, now, felt):
    """Perhaps rate the journey just judged where others can see it.

    Reads: row, anchor. Writes: the day's ratings, tallies, log. Returns: nothing.
    Draws: "reputation/rating".
    """
    talk = world.talk[c.row]
    if talk.p_rating == 0.0 or journey_uniform(world, c, D_RATING) >= talk.p_rating:
        return
    stars = min(MOST_STARS, max(-MOST_STARS, standard(world, c, M_JOURNEY, felt)))
    weight = talk.negative_weight if stars < 0.0 else 1.0
    world.today[B_RATED] += fraction(weight * stars)
    world.today[B_RATINGS] += fraction(weight)
    count(world, c.segment, now, N_RATINGS, 1)
    count(world, c.segment, now, RATING_SUM, fraction(stars))
    record(world, c, now, RATING_POSTED, -1, 0, math.nan, 0)


@compiled
def publish_reputation(world, day, talk):
    """At midnight: fade the ratings, add yesterday's, publish their mean.

    Reads: the day's ratings. Writes: brand figures, tallies. Returns: nothing. Draws: nothing.
    """
    brand, today = world.brand, world.today
    if day > 0:
        kept = math.exp(-1.0 / talk.rating_days)
        brand[B_RATED] = brand[B_RATED] * kept + today[B_RATED] / FRACTION
        brand[B_RATINGS] = brand[B_RATINGS] * kept + today[B_RATINGS] / FRACTION
        today[B_RATED] = 0
        today[B_RATINGS] = 0
    if brand[B_RATINGS] > 0.0:
        brand[B_REPUTATION] = brand[B_RATED] / (brand[B_RATINGS] + talk.ratings_n0)
        shared = world.tally[world.tally.shape[0] - 1, world.month_of_day[day]]
        shared[REPUTATION_SUM] += fraction(brand[B_REPUTATION])


@compiled
def rated_arrivals(world, talk):
    """Log multiplier of those who come by themselves."""
    return talk.rated_arrivals * world.brand[B_REPUTATION] if talk.rated_arrivals != 0.0 else 0.0


@compiled
def reputation_logit(world, c):
    """What the published reputation adds to the logit of a prospect's conversion."""
    talk = world.talk[c.row]
    return talk.rated_conversion * world.brand[B_REPUTATION] if talk.rated_conversion != 0.0 else 0.0
