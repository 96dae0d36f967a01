"""How satisfaction acts: one link function for each kind of thing, anchored at the reference.

Rates and amounts are multiplied by exp(b z - kappa), hazards likewise, probabilities move on
the logit. z is satisfaction in standard deviations around the reference; kappa is the
intercept that makes the baseline reproduce its own history.
"""

from __future__ import annotations

import math

from cxsim.behaviour.draws import exponential, uniform
from cxsim.behaviour.state import M_SATISFACTION
from cxsim.journal.compiling import compiled
from cxsim.journal.ticks import DAY

BIN_DAYS = 28
N_GROUPS = 6


@compiled
def journey_uniform(world, c, name):
    """The uniform of a decision within the journey under way (journey and attempt count it)."""
    return uniform(world.keys[0], c.id, (c.journey << 8) | (c.attempt & 255), name)


@compiled
def unit_exponential(world, c, name, occurrence):
    """The unit exponential of a decision of this life."""
    return exponential(uniform(world.keys[0], c.id, occurrence, name))


@compiled
def remembered(world, row, c, now):
    """Satisfaction as it stands at `now`: the last judgement, faded; reading writes nothing."""
    if c.satisfaction == 0.0:
        return 0.0
    return c.satisfaction * math.exp(-(now - c.judged_at) / (row.memory_days * DAY))


@compiled
def acting(world, row, c, now):
    """The satisfaction that moves behaviour: what recovery gave beyond a faultless journey does not count.

    No service recovery paradox in behaviour: de Matos, Henrique & Rossi (2007) JSR 10:60.
    """
    if c.surplus == 0.0:
        return remembered(world, row, c, now)
    return (c.satisfaction - c.surplus) * math.exp(-(now - c.judged_at) / (row.memory_days * DAY))


@compiled
def standing(world, c, satisfaction):
    """Satisfaction in standard deviations around the reference of his segment (z)."""
    anchor = world.anchor[c.segment, 0, M_SATISFACTION]
    return (satisfaction - anchor[0]) / anchor[1]


@compiled
def run_bin(world, c, now):
    """Which 28 days since he entered the run (the last bin is open)."""
    entered = max(0, c.entry // DAY)
    return min((now // DAY - entered) // BIN_DAYS, world.kappa.shape[3] - 1)


@compiled
def group_of(c):
    """Starters and newcomers, each by how much they have experienced in the run: 0, 1-2, 3 or more.

    Memory starts at 0 for everybody and then moves towards the baseline's mean, so people with
    little experience stand elsewhere than people with much; one intercept for both would hold the
    sum of orders and still move orders from heavy buyers to light ones.
    """
    experience = 0 if c.n_judged == 0 else (1 if c.n_judged < 3 else 2)
    return experience if c.source == 0 else experience + 3


@compiled
def exponent(world, row, c, link, b, now):
    """b z - kappa of a link that is binned by time in the run."""
    if b == 0.0 and world.is_moved[link] == 0:
        return 0.0
    z = standing(world, c, acting(world, row, c, now))
    return b * z - world.kappa[link, c.segment, group_of(c), run_bin(world, c, now)]


@compiled
def logit(p):
    """Log odds of a probability."""
    return math.log(p / (1.0 - p))


@compiled
def expit(x):
    """The probability of log odds."""
    return 1.0 / (1.0 + math.exp(-x))
