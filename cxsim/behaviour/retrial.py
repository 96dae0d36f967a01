"""After a contact that settled nothing: call the same desk again, try another day, give up, or come back."""

from __future__ import annotations

import math

from cxsim.behaviour.choice import is_open_hour, moment_on
from cxsim.behaviour.draws import decision, exponential
from cxsim.behaviour.effects import journey_uniform
from cxsim.behaviour.outreach import await_contact
from cxsim.behaviour.prospects import lose_prospect
from cxsim.behaviour.state import ARRIVE, CHOOSE, CONTACT_CENTRE, GONE, REPEAT
from cxsim.journal.compiling import compiled
from cxsim.journal.events import KIND, record
from cxsim.journal.tallies import N_GIVEN_UP, N_RETRIES, count
from cxsim.journal.ticks import DAY, NEVER, after
from cxsim.journal.words import ORDER_GIVEN_UP

D_LOST = decision("request/lost")
D_RETRY = decision("request/retry")
D_RETRY_AFTER = decision("request/retry/after")


@compiled
def calls_again(world, c):
    """Whether one who abandoned calls the same desk again soon. Draws: "request/retry"."""
    channel = world.channels[c.row, c.channel]
    return channel.p_retry > 0.0 and journey_uniform(world, c, D_RETRY) < channel.p_retry


@compiled
def call_again(world, c, now):
    """Retrial: the same desk again after a while, within its hours (excess over ordinary recall).

    Reads: channel. Writes: attempt, failures, stage. Returns: a tick. Draws: "request/retry/after".
    """
    channel = world.channels[c.row, c.channel]
    tick = after(now, channel.retry_days * exponential(journey_uniform(world, c, D_RETRY_AFTER)))
    c.attempt += 1
    c.failures += 1
    c.stage = ARRIVE
    count(world, c.segment, now, N_RETRIES, 1)
    if tick < NEVER and not is_open_hour(world, c.channel, tick):
        u = journey_uniform(world, c, D_RETRY_AFTER)
        return moment_on(world, c.channel, tick, u, u)
    return tick


@compiled
def lose_contact(world, i, now):
    """A lost contact costs time: he tries again at the next midnight. It may cost the request.

    Reads: row. Writes: failures, attempt, stage, log. Returns: a tick. Draws: "request/lost".
    """
    c = world.customers[i]
    c.failures += 1
    c.lost_at = c.channel
    if world.cursor[KIND] == CONTACT_CENTRE:
        c.status = GONE
    if c.status == GONE:
        return await_contact(world, c, now)
    row = world.rows[c.row, c.segment]
    if row.p_lost > 0.0 and journey_uniform(world, c, D_LOST) < row.p_lost:
        count(world, c.segment, now, N_GIVEN_UP, 1)
        record(world, c, now, ORDER_GIVEN_UP, c.channel, 0, math.nan, 0)
        lose_prospect(world, c, now)
        c.stage = REPEAT
        return now + 1
    c.attempt += 1
    c.stage = CHOOSE
    return (now // DAY + 1) * DAY


@compiled
def come_back(world, c, now, days, name):
    """The journey needs another contact after some days, on a channel chosen anew.

    Reads: nothing more. Writes: attempt, stage. Returns: a tick. Draws: `name`.
    """
    tick = after(now, days * exponential(journey_uniform(world, c, name)))
    c.attempt += 1
    c.stage = CHOOSE
    return tick
