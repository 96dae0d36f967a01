"""What is said of the brand: the disappointed tell others, and fewer come; published at midnight.

Source of the direction: Marsden, Samson & Upton (2005): negative word of mouth goes with slower growth, r = -.52
over few firms; the size is the user's.
"""

from __future__ import annotations

import math

from cxsim.behaviour.draws import decision
from cxsim.behaviour.effects import journey_uniform
from cxsim.behaviour.reputation import publish_reputation, rate_in_public, rated_arrivals
from cxsim.behaviour.state import B_ADOPTERS, B_MOOD, B_MOOD_SUM, B_MOODS, B_PULL, B_TALK, M_JOURNEY
from cxsim.behaviour.survey import standard
from cxsim.journal.compiling import compiled
from cxsim.journal.events import record
from cxsim.journal.tallies import FRACTION, N_NEGATIVE_TALK, count, fraction
from cxsim.journal.words import TALK_NEGATIVE

D_NEGATIVE = decision("talk/negative")


@compiled
def speak_of(world, c, now, felt):
    """What a judged journey makes him say: a rating in public, a warning to others.

    Reads: row, anchor. Writes: the day's sums, tallies, log. Returns: nothing.
    Draws: "reputation/rating", "talk/negative".
    """
    talk = world.talk[c.row]
    if talk.bass_satisfaction != 0.0:
        world.today[B_MOOD_SUM] += fraction(standard(world, c, M_JOURNEY, felt))
        world.today[B_MOODS] += 1
    rate_in_public(world, c, now, felt)
    if talk.p_negative == 0.0 or standard(world, c, M_JOURNEY, felt) >= -talk.negative_below:
        return
    if journey_uniform(world, c, D_NEGATIVE) < talk.p_negative:
        world.today[B_TALK] += 1
        count(world, c.segment, now, N_NEGATIVE_TALK, 1)
        record(world, c, now, TALK_NEGATIVE, -1, 0, math.nan, 0)


@compiled
def warned(world, talk):
    """What takes people back from coming: effect x tellings still in mind, a log (or logit)."""
    return talk.talk_effect * world.brand[B_TALK] if talk.talk_effect != 0.0 else 0.0


@compiled
def publish_word_of_mouth(world, day):
    """At midnight: publish reputation, talk, adopters, mood, and what they do to arrivals.

    Reads: the day's sums. Writes: brand figures, the day's pull. Returns: nothing. Draws: nothing.
    """
    talk = world.talk[world.day_row[day]]
    brand, today = world.brand, world.today
    publish_reputation(world, day, talk)
    brand[B_ADOPTERS] += today[B_ADOPTERS]
    today[B_ADOPTERS] = 0
    if day > 0:
        brand[B_TALK] = brand[B_TALK] * math.exp(-1.0 / talk.talk_days) + today[B_TALK]
        today[B_TALK] = 0
        _publish_mood(world, talk)
    pull = rated_arrivals(world, talk) - warned(world, talk)
    brand[B_PULL] = math.exp(pull) if pull != 0.0 else 1.0
    world.pulls[day] = brand[B_PULL]


@compiled
def _publish_mood(world, talk):
    """The mean satisfaction with journeys, faded like ratings."""
    brand, today = world.brand, world.today
    if today[B_MOODS] > 0 or brand[B_MOODS] > 0.0:
        kept = math.exp(-1.0 / talk.rating_days)
        brand[B_MOOD_SUM] = brand[B_MOOD_SUM] * kept + today[B_MOOD_SUM] / FRACTION
        brand[B_MOODS] = brand[B_MOODS] * kept + today[B_MOODS]
        today[B_MOOD_SUM] = 0
        today[B_MOODS] = 0
        brand[B_MOOD] = brand[B_MOOD_SUM] / brand[B_MOODS]
