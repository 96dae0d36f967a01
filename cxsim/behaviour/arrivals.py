"""Who comes, and when: keyed layers of candidates, so that more acquisition only adds people."""

from __future__ import annotations

import numpy as np

from cxsim.behaviour.acquisition import win
from cxsim.behaviour.accounts import open_account, stop_counting
from cxsim.behaviour.draws import LIFE, block, decision, exponential, uniform
from cxsim.behaviour.effects import unit_exponential
from cxsim.behaviour.ghosts import next_ghost, summon
from cxsim.behaviour.life import D_NEED, be_born, expose, live_until_today
from cxsim.behaviour.money import residual_value
from cxsim.behaviour.outreach import plan_contact
from cxsim.behaviour.pool import (
    BY_GHOST, BY_LAYER, fill_pool, is_finite, member_identity, next_adopter, picked_member, win_member)
from cxsim.behaviour.prospects import look
from cxsim.behaviour.recognize import rest
from cxsim.behaviour.renewal import fall_due, subscribe
from cxsim.behaviour.streams import open_streams
from cxsim.behaviour.state import ARRIVE, B_PULL, CONTACT_CENTRE, GHOST, GONE, SUBSCRIPTION, TRANSACTIONAL
from cxsim.journal.compiling import compiled
from cxsim.journal.events import COUNTED_FROM, HORIZON, KIND, LOG_SHARE, N_CUSTOMERS, N_STARTERS
from cxsim.journal.tallies import FRACTION, MONEY, N_ENTERED, count
from cxsim.journal.ticks import DAY, NEVER, after
from cxsim.journal.words import ORGANIC, START

D_ROOT = decision("identity/root")
D_ARRIVAL = decision("arrival/gap")
D_ENTERS = decision("arrival/enters")


@compiled
def root_identity(stream_id, number):
    """The 63-bit identity of somebody nobody invited: hash of (source, layer, candidate number)."""
    return np.int64(block(np.uint64(0), stream_id, number, D_ROOT)[0] >> np.uint64(1))


@compiled
def next_candidate(world, s):
    """Move a layer on to its next candidate; the tick he would enter (NEVER past the horizon).

    Reads: the layer's rate. Writes: the layer's number and tick. Returns: a tick.
    Draws: "arrival/gap" of the layer.
    """
    stream = world.streams[s]
    if stream.route == BY_GHOST:
        return next_ghost(world, s)
    if stream.route != BY_LAYER:
        return next_adopter(world, s)
    u = uniform(world.keys[LIFE], stream.id, stream.number, D_ARRIVAL)
    stream.number += 1
    tick = after(stream.tick, exponential(u) / stream.rate)
    stream.tick = tick if tick < world.cursor[HORIZON] else NEVER
    return stream.tick


@compiled
def admit_candidate(world, s):
    """Let the layer's candidate enter if the arrival rate of his day reaches him.

    Candidate of layer l enters iff u < clamp(rate(day)/R0 - l, 0, 1): a higher rate opens
    more of the same layers and reshuffles nobody. In a finite market he is a member of it, and lost if
    that member has entered already.

    Reads: arrival rates, members. Writes: a record. Returns: his place, or -1. Draws: "arrival/enters",
    "market/member".
    """
    stream = world.streams[s]
    if stream.route == BY_GHOST:
        return summon(world, s)
    if stream.route != BY_LAYER:
        if stream.member < 0 or not win_member(world, stream.member):
            return -1
        identity = member_identity(stream.member)
        return be_born(world, identity, stream.source, -1, stream.tick, world.cursor[LOG_SHARE] / FRACTION)
    identity = root_identity(stream.id, stream.number)
    rate = world.arrivals[stream.arrivals, stream.tick // DAY]
    if stream.source == ORGANIC and world.brand[B_PULL] != 1.0:
        rate *= world.brand[B_PULL]
    reach = rate / stream.rate - stream.layer
    if reach <= 0.0 or uniform(world.keys[LIFE], identity, 0, D_ENTERS) >= reach:
        return -1
    if is_finite(world):
        member = picked_member(world, identity)
        if not win_member(world, member):
            return -1
        identity = member_identity(member)
    i = be_born(world, identity, stream.source, -1, stream.tick, world.cursor[LOG_SHARE] / FRACTION)
    c = world.customers[i]
    c.channel = stream.channel
    if stream.won_by >= 0:
        win(world, c, stream.won_by, stream.tick)
    return i


@compiled
def enter(world, i, now):
    """A newcomer enters: a contact reaches its channel, a subscriber pays, a prospect looks for something.

    Reads: kind of market. Writes: accounts, stage. Returns: the tick of what is next.
    Draws: the scenario's exposure, "need".
    """
    c = world.customers[i]
    if world.cursor[KIND] == CONTACT_CENTRE or c.status == GHOST:
        expose(world, c, now)
        c.stage = ARRIVE
        return now
    count(world, c.segment, now, N_ENTERED, 1)
    expose(world, c, now)
    c.journey = -1
    open_account(world, c)
    if world.cursor[KIND] == SUBSCRIPTION:
        c.need_left = unit_exponential(world, c, D_NEED, 0)
        if world.prospects[c.row].p_convert < 1.0:
            # Until he is convinced he has no contract and no need of help.
            c.need_clock = NEVER
            c.next_renewal = NEVER
            look(c, now)
            return rest(world, i, now)
        subscribe(world, c, now)
    else:
        c.n_needs = 1
        c.need_left = unit_exponential(world, c, D_NEED, 1)
        look(c, now)
    open_streams(world, c, now)
    return rest(world, i, now)


@compiled
def populate(world, stream_id, n, history_days):
    """Put the starters into the world, each with the life he lived before day 0.

    Reads: segment shares. Writes: n records, each with its stage and the tick of what is next.
    Returns: nothing. Draws: those of `be_born` and `live_until_today`.
    """
    world.cursor[N_STARTERS] = n
    fill_pool(world, n)
    for number in range(n):
        identity = root_identity(stream_id, number)
        i = be_born(world, identity, START, -1, 0, world.cursor[LOG_SHARE] / FRACTION)
        live_until_today(world, i, history_days)
        c = world.customers[i]
        expose(world, c, 0)
        if c.status != GONE:
            open_streams(world, c, 0)
        if c.status == GONE or world.cursor[KIND] == TRANSACTIONAL:
            plan_contact(world, c)
        c.at = rest(world, i, 0)


@compiled
def settle(world):
    """Bring every account up to the horizon: what fell due, month ends, residual values.

    Reads: every record. Writes: accounts, residual values. Returns: nothing. Draws: nothing.
    """
    horizon, first_day = world.cursor[HORIZON], world.cursor[COUNTED_FROM] // DAY
    n = world.cursor[N_CUSTOMERS]
    for i in range(n):
        c = world.customers[i]
        if c.entry < horizon and c.status != GHOST:
            fall_due(world, i, horizon)
            if c.is_counted != 0:
                stop_counting(world, c)
    for i in range(n):
        c = world.customers[i]
        age = min(max(0, horizon // DAY - max(first_day, c.entry // DAY)), world.discount.shape[0] - 1)
        c.residual = int(np.rint(residual_value(world, c) * world.discount[age] * MONEY))
