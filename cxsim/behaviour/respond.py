"""Respond: the solution comes, in time or late, and is used."""

from __future__ import annotations

import math

from cxsim.behaviour.draws import decision, exponential
from cxsim.behaviour.effects import journey_uniform
from cxsim.behaviour.renewal import fall_due
from cxsim.behaviour.state import REPEAT, REST, TRANSACTIONAL
from cxsim.journal.compiling import compiled
from cxsim.journal.events import KIND, record
from cxsim.journal.tallies import N_LATE, book, count, money
from cxsim.journal.ticks import NEVER, after
from cxsim.journal.words import C_DELIVERY, DELIVERY_LATE, DELIVERY_RIGHT

D_LATE = decision("delivery/late")
D_DELAY = decision("delivery/delay")


@compiled
def is_late(world, row, c):
    """Whether this journey's solution comes later than promised."""
    return row.p_late > 0.0 and journey_uniform(world, c, D_LATE) < row.p_late


@compiled
def delivery_days(world, row, c):
    """Days from request to solution: the promise, and an exponential delay when late."""
    if is_late(world, row, c):
        return row.delivery_days + row.late_days * exponential(journey_uniform(world, c, D_DELAY))
    return row.delivery_days


@compiled
def respond(world, i, now):
    """The solution arrives; he starts to use it, and will judge it after use.

    Reads: row. Writes: failures, ledger, stage, log. Returns: the tick of judgement.
    Draws: "delivery/late".
    """
    c = world.customers[i]
    if not fall_due(world, i, now):
        c.stage = REST
        return NEVER
    row = world.rows[c.row, c.segment]
    if world.cursor[KIND] == TRANSACTIONAL:
        book(world, c, now, c.channel, C_DELIVERY, money(row.delivery_cost))
    if is_late(world, row, c):
        c.failures += 1
        count(world, c.segment, now, N_LATE, 1)
        record(world, c, now, DELIVERY_LATE, c.channel, 0, math.nan, 0)
    else:
        record(world, c, now, DELIVERY_RIGHT, c.channel, 0, math.nan, 0)
    c.stage = REPEAT
    return after(now, row.use_days)
