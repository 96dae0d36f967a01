"""Rivals and prices: what counts is the distance, and what a day's price does.

Quality of the rival and prices are tabulated by day before the run, so a need can be timed far ahead. What
counts of satisfaction is the distance to the rival (weight 1), through the one budget of its links.
"""

from __future__ import annotations

import math

from cxsim.behaviour.draws import decision
from cxsim.behaviour.effects import acting, expit, journey_uniform, standing
from cxsim.behaviour.state import CUSTOMER, PURCHASE, TRANSACTIONAL
from cxsim.journal.compiling import compiled
from cxsim.journal.events import KIND
from cxsim.journal.ticks import DAY

D_RIVAL = decision("recognize/rival")


@compiled
def distance(world, row, c, now):
    """How far his standing of us is above the rival, in s.d. (z less the rival's quality of the day)."""
    return standing(world, c, acting(world, row, c, now)) - world.rival[c.row, now // DAY]


@compiled
def p_to_rival(world, row, c, now):
    """Chance that a need goes to the rival: logit p0 - pull distance; 0 where there is none.

    Reads: memory, the rival's path. Writes: nothing. Returns: a probability. Draws: nothing.
    """
    outside = world.outside[c.row]
    if outside.p_need == 0.0 or world.cursor[KIND] != TRANSACTIONAL:
        return 0.0
    if outside.rival_pull == 0.0:
        return outside.p_need
    return expit(outside.need_logit - outside.rival_pull * distance(world, row, c, now))


@compiled
def goes_to_rival(world, row, c, now):
    """Whether this need goes to the rival; prospects and owner's needs do not. Draws: "recognize/rival"."""
    if c.status != CUSTOMER or c.kind != PURCHASE:
        return False
    p = p_to_rival(world, row, c, now)
    return p > 0.0 and journey_uniform(world, c, D_RIVAL) < p


@compiled
def dearer_exit(world, c, now):
    """Log multiplier of his hazard of leaving under today's price: elasticity log level."""
    elasticity = world.outside[c.row].exit_elasticity
    return elasticity * world.price[c.row, now // DAY] if elasticity != 0.0 else 0.0


@compiled
def price_level(world, c, now):
    """Today's price against the baseline's history, exactly 1 where nothing changed it."""
    log_level = world.price[c.row, now // DAY]
    return 1.0 if log_level == 0.0 else math.exp(log_level)


@compiled
def goods_share(world, row, c, now):
    """Cost of goods as a share of what is paid today: unit costs do not follow prices."""
    return row.goods_share / price_level(world, c, now)
