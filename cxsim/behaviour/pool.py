"""A finite market: numbered members, each won once, whatever route comes first.

Diffusion (Bass 1969): a member who has not entered does so at the hazard p + q F a year, F the share that had
entered by midnight. Each route spends a unit exponential of his own; as the hazard is common to all, members
wait in the order of their budgets, and the next crossing before midnight is the stream's next tick.
"""

from __future__ import annotations

import math

import numpy as np

from cxsim.behaviour.draws import LIFE, block, decision, exponential, uniform
from cxsim.behaviour.state import B_ADOPTERS, B_MOOD, B_PULL
from cxsim.journal.compiling import compiled
from cxsim.journal.events import HORIZON
from cxsim.journal.ticks import DAY, NEVER, after

# Routes of adoption (0: a layer of candidates); their budgets stand in this order. Ghosts come by the last.
BY_LAYER, BY_ITSELF, BY_CONTACT, BY_GHOST = range(4)
N_ROUTES = 2
D_MEMBER = decision("market/member")
D_ADOPTS = decision("market/adopts")
D_IDENTITY = decision("identity/member")


@compiled
def is_finite(world):
    """Whether there is only so much to win."""
    return world.members.shape[0] > 0


@compiled
def member_identity(member):
    """The 63-bit identity of a member of the finite market, from his number."""
    return np.int64(block(np.uint64(0), member, 0, D_IDENTITY)[0] >> np.uint64(1))


@compiled
def picked_member(world, identity):
    """The member whom a candidate or an invitation reaches, anyone alike. Draws: "market/member"."""
    return int(uniform(world.keys[LIFE], identity, 0, D_MEMBER) * world.members.shape[0])


@compiled
def win_member(world, member):
    """Take a member who has not entered yet; whether there was one to take.

    Reads: members. Writes: members, the day's adopters. Returns: bool. Draws: nothing.
    """
    if world.members[member] != 0:
        return False
    world.members[member] = 1
    world.today[B_ADOPTERS] += 1
    return True


@compiled
def fill_pool(world, n):
    """Put the starters into the finite market, and draw the budgets of all its members.

    Reads: size. Writes: members, published adopters, budgets. Returns: nothing. Draws: "market/adopts".
    """
    for member in range(n if is_finite(world) else 0):
        world.members[member] = 1
    world.brand[B_ADOPTERS] = n
    for member in range(world.pool_budgets.shape[1]):
        identity = member_identity(member)
        for route in range(N_ROUTES):
            world.pool_budgets[route, member] = exponential(uniform(world.keys[LIFE], identity, route, D_ADOPTS))


@compiled
def adoption_rate(world, route, day):
    """The hazard of adoption by one route, a day: p (by itself) or q F (by contact)."""
    talk = world.talk[world.day_row[day]]
    if route == BY_ITSELF:
        return talk.bass_p * world.brand[B_PULL]
    rate = talk.bass_q * world.brand[B_ADOPTERS] / world.members.shape[0]
    if talk.bass_satisfaction != 0.0:
        rate *= math.exp(talk.bass_satisfaction * world.brand[B_MOOD])
    return rate


@compiled
def next_adopter(world, s):
    """The tick at which the next member's budget of this route runs out, or the next midnight with nobody.

    Reads: published adopters, budgets, members. Writes: the stream. Returns: a tick (NEVER past the
    horizon or when all have entered). Draws: nothing.
    """
    stream = world.streams[s]
    stream.member = -1
    if stream.opened == 0:  # Nothing is published before the first midnight.
        stream.opened = 1
        return stream.tick
    order, budgets = world.pool_order[stream.route - 1], world.pool_budgets[stream.route - 1]
    while stream.number < order.shape[0] and world.members[order[stream.number]] != 0:
        stream.number += 1
    midnight = stream.tick // DAY * DAY
    if stream.number == order.shape[0] or midnight >= world.cursor[HORIZON]:
        stream.tick = NEVER
        return NEVER
    rate = adoption_rate(world, stream.route, midnight // DAY)
    if rate > 0.0:
        tick = after(midnight, max(0.0, budgets[order[stream.number]] - stream.spent) / rate)
        if tick < midnight + DAY:
            stream.member = order[stream.number]
            stream.tick = max(tick, stream.tick)
            return stream.tick
    stream.spent += rate
    stream.tick = midnight + DAY
    return stream.tick
