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
def faded(value, since, now, days):
    """What is left at `now` of a value that stood at `since`: it fades by 1/e in `days`.

    Examples
    --------
    >>> round(faded(2.0, 0, 864_000_000_000, 10.0), 6)
    0.735759
    """
    if value == 0.0:
        return 0.0
    return value * math.exp(-(now - since) / (days * DAY))


@compiled
def remembered(world, row, c, now):
    """Satisfaction as it stands at `now`: the last judgement, faded; reading writes nothing."""
    return faded(c.satisfaction, c.judged_at, now, row.memory_days)


@compiled
def acting(world, row, c, now):
    """The satisfaction that moves behaviour: what recovery gave beyond a faultless journey does not count.

    No service recovery paradox in behaviour: de Matos, Henrique & Rossi (2007) JSR 10:60.
    """
    return faded(c.satisfaction - c.surplus, c.judged_at, now, row.memory_days)


@compiled
def standing(world, c, satisfaction):
    """Satisfaction in standard deviations around the reference of his segment (z)."""
    anchor = world.anchor[c.segment, 0, M_SATISFACTION]
    return (satisfaction - anchor[0]) / anchor[1]


@compiled
def lead(world, row, c, now):
    """The z that links read: his standing of us, less the rival's quality as far as that counts."""
    z = standing(world, c, acting(world, row, c, now))
    weight = world.outside[c.row].rival_weight
    return z if weight == 0.0 else z - weight * world.rival[c.row, now // DAY]


@compiled
def run_bin(world, c, now):
    """Which 28 days since he entered the run (the last bin is open)."""
    entered = max(0, c.entry // DAY)
    return min((now // DAY - entered) // BIN_DAYS, world.kappa.shape[3] - 1)


@compiled
def entrance_of(c):
    """The first group of starters, or of newcomers: where intercepts of leaving stand, by number of exposure."""
    return 0 if c.source == 0 else 3


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
    z = lead(world, row, c, now)
    return b * z - world.kappa[link, c.segment, group_of(c), run_bin(world, c, now)]


@compiled
def logit(p):
    """Log odds of a probability."""
    return math.log(p / (1.0 - p))


@compiled
def expit(x):
    """The probability of log odds."""
    return 1.0 / (1.0 + math.exp(-x))
