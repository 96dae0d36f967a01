"""What the brand knows: of the one, from his own interactions, and of all, from everybody's.

Individual knowledge is k / (k + n0) of k remembered interactions; they fade, because preferences
drift. Population knowledge is a power law of what everybody taught, between a start and a ceiling.
What is known of a customer is the product; who opted out is not known at all. Each stage reads it with
its own coefficient. Source: Siggelkow & Terwiesch (2019); forms as in precision weighting and the
power law of practice; sizes are the user's.
"""

from __future__ import annotations

import math

from cxsim.behaviour.draws import decision, uniform
from cxsim.behaviour.effects import faded
from cxsim.behaviour.life import person_key
from cxsim.behaviour.state import B_ACCURACY, B_LEARNED
from cxsim.journal.compiling import compiled
from cxsim.journal.tallies import ACCURACY_SUM, BRAND_DAYS, fraction

D_OPT_OUT = decision("knowledge/opt_out")


@compiled
def has_opted_out(world, row, c):
    """Whether he does not want to be known. Draws: "knowledge/opt_out" (once a life)."""
    return row.p_opt_out > 0.0 and uniform(person_key(world, c.source), c.id, 0, D_OPT_OUT) < row.p_opt_out


@compiled
def remembered_interactions(row, c, now):
    """How many of his interactions still tell something, after fading."""
    return faded(c.known, c.known_at, now, row.known_days)


@compiled
def individual_knowledge(world, row, c, now):
    """What is known of him from himself, between 0 and 1: k / (k + n0).

    Reads: row, his interactions. Writes: nothing. Returns: a share. Draws: "knowledge/opt_out".
    """
    k = remembered_interactions(row, c, now)
    if k == 0.0 or has_opted_out(world, row, c):
        return 0.0
    return k / (k + row.known_n0)


@compiled
def knowledge_of(world, row, c, now):
    """What can be used of what is known: individual times population knowledge, 0 to 1."""
    return individual_knowledge(world, row, c, now) * world.brand[B_ACCURACY]


@compiled
def learn(world, row, c, now):
    """Learn from one journey, about him and for everybody; research asks him for more.

    Reads: row. Writes: his interactions, the day's sum. Returns: nothing.
    Draws: "knowledge/opt_out".
    """
    c.known = remembered_interactions(row, c, now) + 1.0 + c.taught
    c.known_at = now
    if not has_opted_out(world, row, c):
        world.today[B_LEARNED] += 1


@compiled
def population_accuracy(practice, learned):
    """Population knowledge after N interactions: A_inf - (A_inf - A_0) (1 + N / N_0)^-c.

    Examples
    --------
    >>> import numpy as np
    >>> from cxsim.behaviour.parameters import PRACTICE
    >>> p = np.zeros(1, PRACTICE)
    >>> p["knowledge_start"], p["knowledge_ceiling"], p["knowledge_scale"] = 0.6, 0.9, 100.0
    >>> p["knowledge_exponent"] = 1.0
    >>> round(population_accuracy(p[0], 100.0), 12)
    0.75
    """
    if practice.knowledge_exponent == 0.0:
        return practice.knowledge_start
    gap = practice.knowledge_ceiling - practice.knowledge_start
    shrink = (1.0 + learned / practice.knowledge_scale) ** -practice.knowledge_exponent
    return practice.knowledge_ceiling - gap * shrink


@compiled
def publish_knowledge(world, day):
    """At midnight: fade what everybody taught, add yesterday, publish what is known of all.

    Reads: practice of the day. Writes: brand figures, tallies. Returns: nothing. Draws: nothing.
    """
    practice = world.practice[world.day_row[day]]
    if day > 0:
        kept = math.exp(-1.0 / practice.knowledge_days)
        world.brand[B_LEARNED] = world.brand[B_LEARNED] * kept + world.today[B_LEARNED]
        world.today[B_LEARNED] = 0
    world.brand[B_ACCURACY] = population_accuracy(practice, world.brand[B_LEARNED])
    tally = world.tally[world.tally.shape[0] - 1, world.month_of_day[day]]
    tally[BRAND_DAYS] += 1
    tally[ACCURACY_SUM] += fraction(world.brand[B_ACCURACY])
