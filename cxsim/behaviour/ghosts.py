"""Ghosts: contacts of those who are left out when a fraction of the population is simulated.

A tenth of the customers with a tenth of the employees is another queue, so staffing stays whole and the
missing load comes as anonymous contacts. Each simulated contact stands for `others` more: at every channel
with employees ghosts are a keyed Poisson stream whose rate of the hour is `others` times the rate at which
simulated customers make contact, as published at midnight. A ghost waits, gives up or is served by the laws
that simulated customers show; it occupies an employee, tires and teaches him, and enters no count.

The published rate is what the reference says of that weekday and hour, times the ratio of the contacts seen to
those the reference expects, both faded: over a day where many are seen, over four weeks at most where few are.
"""

from __future__ import annotations

import math

import numpy as np

from cxsim.behaviour.choice import doors
from cxsim.behaviour.contact import handling_law
from cxsim.behaviour.draws import LIFE, block, decision, exponential, uniform
from cxsim.behaviour.effects import BIN_DAYS
from cxsim.behaviour.employees import take_employee, time_given, wait_looks_long
from cxsim.behaviour.life import choose_segment
from cxsim.behaviour.state import (
    CONTACT_CENTRE, FINISH, GHOST, LEAVE_QUEUE, N_CLASSES, REST, STAFFED)
from cxsim.journal.compiling import compiled
from cxsim.journal.events import FIRST_WEEKDAY, FREE_GHOST, KIND, N_CUSTOMERS
from cxsim.journal.ticks import DAY, HOUR, NEVER, after
from cxsim.journal.words import SHARED

D_GHOST = decision("ghost/arrival")
D_IDENTITY = decision("identity/ghost")
D_HANDLE = decision("ghost/handle")
D_PATIENCE = decision("ghost/patience")
D_CLASS = decision("ghost/class")
D_CALL_BACK = decision("ghost/call_back")
# So many contacts are remembered: their number is then known to 2%.
ENOUGH = 1250.0
SHORTEST, LONGEST = 1.0, 28.0
# Faded sums below this say nothing any more.
LEAST = 1e-9
NO_SLOT = -1


# What simulated customers show.

@compiled
def note_contact(world, c, now, offers_call_back):
    """A simulated customer reaches a desk. Reads: his class. Writes: the crowd's sums. Draws: nothing."""
    if world.contacts.shape[0] > 0:
        world.contacts[now // DAY, c.channel, now % DAY // HOUR] += 1
    if world.crowd.shape[0] > 0:
        crowd = world.crowd[c.channel]
        crowd.seen_today += 1
        crowd.classes_today[min(max(c.queue_class, 0), N_CLASSES - 1)] += 1
        if offers_call_back > 0.0:
            crowd.offered_today += 1


@compiled
def note_handling(world, c, days, nominal):
    """How long his contact is handled, against the channel's law. Writes: the crowd's sums. Draws: nothing."""
    if world.crowd.shape[0] > 0:
        crowd = world.crowd[c.channel]
        crowd.handled_today += int(days * DAY)
        crowd.nominal_today += int(nominal * DAY)


# What is published of it at midnight.

@compiled
def memory_days(days, seen):
    """Days over which contacts are remembered, from those seen in some days.

    Examples
    --------
    >>> memory_days(10.0, 5000.0), memory_days(10.0, 50.0), memory_days(1.0, 1e6)
    (2.5, 28.0, 1.0)
    """
    if seen <= 0.0:
        return LONGEST
    return min(LONGEST, max(SHORTEST, ENOUGH * days / seen))


@compiled
def _remember(crowd):
    """Fade what was seen before, and add yesterday."""
    kept = math.exp(-1.0 / memory_days(crowd.days, crowd.seen))
    crowd.days = crowd.days * kept + 1.0
    crowd.seen = crowd.seen * kept + crowd.seen_today
    crowd.usual = crowd.usual * kept + crowd.usual_today
    crowd.handled = crowd.handled * kept + crowd.handled_today
    crowd.nominal = crowd.nominal * kept + crowd.nominal_today
    crowd.offered = crowd.offered * kept + crowd.offered_today
    for k in range(N_CLASSES):
        crowd.classes[k] = crowd.classes[k] * kept + crowd.classes_today[k]
        crowd.classes_today[k] = 0
    crowd.seen_today, crowd.handled_today, crowd.nominal_today, crowd.offered_today = 0, 0, 0, 0


@compiled
def _usual_total(world, k, weekday):
    """Contacts of a weekday in the reference; on one it does not know, those of a mean day it knows, or 1."""
    total, all_days, n_days = 0.0, 0.0, 0
    for day in range(7):
        of_day = world.usual[k, day].sum()
        if day == weekday:
            total = of_day
        if of_day > 0.0:
            all_days += of_day
            n_days += 1
    if total > 0.0:
        return total
    return all_days / n_days if n_days > 0 else 1.0


@compiled
def _keeps_doors(world, k, day, weekday):
    """Whether the channel's hours of a day are those of the baseline."""
    shares, known = doors(world, k, day), world.hours[0, k, weekday]
    for hour in range(25):
        if shares[hour] != known[hour]:
            return False
    return True


@compiled
def usual_contacts(world, k, day):
    """Put the contacts expected of simulated customers in each hour of a day into `ghosts`.

    From the reference, by weekday and hour; where doors differ from the baseline's, or the reference knows
    nothing of the channel, a day's contacts fall as they do by the channel's own profile. Anonymous calls
    come at their configured rate.

    Reads: the reference's contacts, doors. Writes: ghosts. Returns: their sum. Draws: nothing.
    """
    ghosts = world.ghosts[k]
    weekday = (day + world.cursor[FIRST_WEEKDAY]) % 7
    shares = doors(world, k, day)
    known = world.usual[k, weekday].sum()
    trend = world.trend[k, min(day // BIN_DAYS, world.trend.shape[1] - 1)]
    is_anonymous = world.cursor[KIND] == CONTACT_CENTRE
    follows = known > 0.0 and _keeps_doors(world, k, day, weekday)
    of_day = 0.0 if is_anonymous else _usual_total(world, k, weekday)
    total = 0.0
    for hour in range(24):
        if is_anonymous:
            ghosts[hour] = world.arrivals[k, day] / 24.0
        elif follows:
            ghosts[hour] = world.usual[k, weekday, hour] * trend
        else:
            ghosts[hour] = of_day * (shares[hour + 1] - shares[hour]) * trend
        total += ghosts[hour]
    return total


@compiled
def publish_crowd(world, day):
    """At midnight: remember yesterday's contacts, and publish how many ghosts to expect in each hour of today.

    Reads: what was seen. Writes: crowd, ghosts. Returns: nothing. Draws: nothing.
    """
    last = world.channels.shape[0] - 1
    for k in range(world.crowd.shape[0]):
        if world.channels[last, k].kind != STAFFED:
            continue
        crowd = world.crowd[k]
        if day > 0:
            _remember(crowd)
        crowd.usual_today = usual_contacts(world, k, day)
        factor = crowd.others * crowd.seen / crowd.usual if crowd.usual > LEAST else 0.0
        for hour in range(24):
            world.ghosts[k, hour] *= factor


# The life of a ghost.

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
        segment = 0 if world.cursor[KIND] == CONTACT_CENTRE else choose_segment(world, c.id)
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
