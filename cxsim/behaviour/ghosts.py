"""Ghosts: contacts of those who are left out when a fraction of the population is simulated.

A tenth of the customers with a tenth of the employees is another queue, so staffing stays whole and the
missing load comes as anonymous contacts. At every channel with employees ghosts are a keyed Poisson stream, at
the rates of the hour that were published at midnight (`crowd`). A ghost waits, gives up or is served by the laws
that simulated customers show; it occupies an employee, tires and teaches him, and enters no count.
"""

from __future__ import annotations

import math

import numpy as np

from cxsim.behaviour.contact import handling_law
from cxsim.behaviour.draws import LIFE, block, decision, exponential, uniform
from cxsim.behaviour.employees import take_employee, time_given, wait_looks_long
from cxsim.behaviour.life import choose_segment
from cxsim.behaviour.state import CONTACT_CENTRE, FINISH, GHOST, LEAVE_QUEUE, N_CLASSES, REST
from cxsim.journal.compiling import compiled
from cxsim.journal.events import FREE_GHOST, KIND, N_CUSTOMERS
from cxsim.journal.ticks import DAY, HOUR, NEVER, after
from cxsim.journal.words import SHARED

D_GHOST = decision("ghost/arrival")
D_IDENTITY = decision("identity/ghost")
D_HANDLE = decision("ghost/handle")
D_PATIENCE = decision("ghost/patience")
D_CLASS = decision("ghost/class")
D_CALL_BACK = decision("ghost/call_back")
NO_SLOT = -1


@compiled
def next_ghost(world, s):
    """The tick of a channel's next ghost, or the next midnight with nobody: tomorrow is not published yet.

    Each ghost spends a unit exponential at the rate of the hours, so a higher rate brings the same ghosts
    earlier.

    Reads: ghosts expected today. Writes: the stream. Returns: a tick. Draws: "ghost/arrival".
    """
    stream = world.streams[s]
    stream.member = -1
    if stream.opened == 0:  # Nothing is published before the first midnight.
        stream.opened = 1
        return stream.tick
    now, midnight = stream.tick, (stream.tick // DAY + 1) * DAY
    left = exponential(uniform(world.keys[LIFE], stream.id, stream.number, D_GHOST)) - stream.spent
    while now < midnight:
        end = (now // HOUR + 1) * HOUR
        rate = world.ghosts[stream.channel, now % DAY // HOUR]
        room = rate * ((end - now) / HOUR)
        if left < room:
            stream.tick = min(now + int(math.ceil(max(0.0, left) / rate * HOUR)), end)
            stream.member = stream.number
            stream.number += 1
            stream.spent = 0.0
            return stream.tick
        left -= room
        stream.spent += room
        now = end
    stream.tick = midnight
    return midnight


@compiled
def summon(world, s):
    """Give the stream's ghost a place among the records; places are used again.

    Reads: the stream. Writes: a record. Returns: its place, or -1. Draws: nothing.
    """
    stream = world.streams[s]
    if stream.member < 0:
        return -1
    i = world.cursor[FREE_GHOST]
    if i == NO_SLOT:
        i = world.cursor[N_CUSTOMERS]
        world.cursor[N_CUSTOMERS] = i + 1
    else:
        world.cursor[FREE_GHOST] = world.customers[i].queue_next
    c = world.customers[i]
    c.id = np.int64(block(np.uint64(0), stream.id, stream.member, D_IDENTITY)[0] >> np.uint64(1))
    c.status = GHOST
    c.source = SHARED
    c.entry = NEVER
    c.channel = stream.channel
    c.queue_next = -1
    c.queue_previous = -1
    c.employee = -1
    return i


@compiled
def vanish(world, i):
    """The ghost is gone, and its place is free. Reads, draws: nothing. Returns: NEVER."""
    c = world.customers[i]
    c.stage = REST
    c.queue_next = world.cursor[FREE_GHOST]
    world.cursor[FREE_GHOST] = i
    return NEVER


@compiled
def _luck(world, c, name):
    return uniform(world.keys[LIFE], c.id, 0, name)


@compiled
def _class_of(world, c):
    """Who is served first: a class as often as simulated customers have it."""
    crowd = world.crowd[c.channel]
    u = _luck(world, c, D_CLASS) * crowd.classes.sum()
    if u <= 0.0:  # Nobody was seen yet.
        segment = 0 if world.cursor[KIND] == CONTACT_CENTRE else choose_segment(world, world.keys[LIFE], c.id)
        return int(world.rows[c.row, segment].priority)
    k = 0
    while k < N_CLASSES - 1 and u >= crowd.classes[k]:
        u -= crowd.classes[k]
        k += 1
    return k


@compiled
def join_as_ghost(world, i, now, is_open):
    """Join a line as one of those left out; as many keep a call-back as simulated customers would.

    Reads: channel, team, crowd. Writes: team, stage. Returns: the tick patience runs out.
    Draws: "ghost/class", "ghost/call_back", "ghost/patience".
    """
    c = world.customers[i]
    if not is_open:
        return vanish(world, i)
    channel, team, crowd = world.channels[c.row, c.channel], world.teams[c.channel], world.crowd[c.channel]
    c.joined = now
    c.queue_class = _class_of(world, c)
    c.stage = LEAVE_QUEUE
    team.waiting += 1
    if crowd.offered > 0.0 and wait_looks_long(team, channel):
        if _luck(world, c, D_CALL_BACK) * crowd.classes.sum() < crowd.offered:
            return NEVER
    if not channel.patience_days < math.inf:
        return NEVER
    return after(now, channel.patience_days * exponential(_luck(world, c, D_PATIENCE)))


@compiled
def serve_ghost(world, i, now):
    """An employee takes a ghost, for as long as he would a simulated customer.

    Reads: channel, crowd, team. Writes: its employee, team sums, stage. Returns: the tick it ends.
    Draws: "ghost/handle".
    """
    c = world.customers[i]
    crowd = world.crowd[c.channel]
    world.teams[c.channel].waiting -= 1
    take_employee(world, c)
    days = handling_law(world, world.channels[c.row, c.channel], _luck(world, c, D_HANDLE))
    days *= time_given(world, c, now)
    if crowd.nominal > 0.0:
        days *= crowd.handled / crowd.nominal
    c.joined = now
    c.stage = FINISH
    return after(now, days)


@compiled
def give_up_as_ghost(world, i):
    """A ghost's patience runs out, or the door closes on it. Writes: team, its place. Returns: NEVER."""
    world.teams[world.customers[i].channel].waiting -= 1
    return vanish(world, i)
