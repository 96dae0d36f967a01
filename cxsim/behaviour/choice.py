"""Which channel, and at what hour: a multinomial logit whose luck is keyed by the channel's name."""

from __future__ import annotations

import math

from cxsim.behaviour.draws import LIFE, block, decision, gumbel, unit
from cxsim.behaviour.state import ARRIVE, STAFFED
from cxsim.journal.compiling import compiled
from cxsim.journal.events import FIRST_WEEKDAY, record
from cxsim.journal.ticks import DAY, HOUR
from cxsim.journal.words import CHOICE_CHANNEL

D_CHOICE = decision("choice")
D_HOUR = decision("hour")
N_DAYS_SEARCHED = 8


@compiled
def doors_on(world, day):
    """The row and the weekday by which `hours` tells the cumulative shares of a day's contacts (all 0: shut)."""
    return world.day_row[min(day, world.day_row.shape[0] - 1)], (day + world.cursor[FIRST_WEEKDAY]) % 7


@compiled
def hour_within(world, channel, day, u):
    """The tick of a day at which a contact falls, drawn from the channel's weekday-hour profile."""
    row, weekday = doors_on(world, day)
    shares = world.hours[row, channel, weekday]
    hour = 0
    while hour < 23 and u >= shares[hour + 1]:
        hour += 1
    within = (u - shares[hour]) / (shares[hour + 1] - shares[hour])
    return day * DAY + hour * HOUR + min(int(within * HOUR), HOUR - 1)


@compiled
def is_open_day(world, channel, day):
    """Whether a channel's doors open at all on a day."""
    row, weekday = doors_on(world, day)
    return world.hours[row, channel, weekday, 24] > 0.0


@compiled
def is_open_hour(world, channel, tick):
    """Whether contacts fall into the hour of a tick."""
    row, weekday = doors_on(world, tick // DAY)
    shares = world.hours[row, channel, weekday]
    hour = tick % DAY // HOUR
    return shares[hour + 1] > shares[hour]


@compiled
def moment_on(world, channel, now, first, second):
    """When he will make contact: today if that moment is still to come, else the next open day.

    `first` and `second` are the uniforms of the two draws.
    """
    today = now // DAY
    if is_open_day(world, channel, today):
        tick = hour_within(world, channel, today, first)
        if tick > now:
            return tick
    for day in range(today + 1, today + N_DAYS_SEARCHED):
        if is_open_day(world, channel, day):
            return hour_within(world, channel, day, second)
    return now


@compiled
def _moment_at(world, c, k, now):
    """When he would make contact on a channel. Draws: "hour" by channel name."""
    occurrence = (c.journey << 8) | (c.attempt & 255)
    low, high = block(world.keys[LIFE], c.id, occurrence, D_HOUR ^ world.channels[c.row, k].salt)
    return moment_on(world, k, now, unit(low), unit(high))


@compiled
def choose_channel(world, i, now):
    """Choose the channel of the request and the moment of contact.

    U = log(share) - b_wait E[wait] - b_effort effort + phi habit - lost + Gumbel(name). The expected
    wait is yesterday's published mean of that channel at that hour, never the live queue; habit is the
    smoothed share of his own past choices; a channel that just lost his contact is less liked.
    Source: Guadagni & Little (1983), Marketing Science 2:203.

    Reads: row, published waits. Writes: channel, habit, stage, log. Returns: the tick of contact.
    Draws: "choice" and "hour" by channel name.
    """
    c = world.customers[i]
    row = world.rows[c.row, c.segment]
    key, occurrence = world.keys[LIFE], (c.journey << 8) | (c.attempt & 255)
    best, chosen = -math.inf, -1
    for k in range(world.channels.shape[1]):
        channel = world.channels[c.row, k]
        weight = world.weights[c.row, c.kind, k]
        if channel.share <= 0.0 or weight == -math.inf:
            continue
        u = unit(block(key, c.id, occurrence, D_CHOICE ^ channel.salt)[0])
        utility = math.log(channel.share) + gumbel(u) - row.choice_effort * channel.effort_minutes
        utility += weight + row.habit * c.habit[k]
        if k == c.lost_at:
            utility -= row.lost_contact
        if channel.kind == STAFFED and row.choice_wait != 0.0:
            tick = _moment_at(world, c, k, now)
            utility -= row.choice_wait * world.waits[k, tick % DAY // HOUR]
        if utility > best:
            best, chosen = utility, k
    at = _moment_at(world, c, chosen, now) if chosen >= 0 else now
    for k in range(world.channels.shape[1]):
        c.habit[k] = row.habit_memory * c.habit[k] + (1.0 - row.habit_memory) * (1.0 if k == chosen else 0.0)
    c.channel = chosen
    c.stage = ARRIVE
    record(world, c, now, CHOICE_CHANNEL, chosen, 0, math.nan, 0)
    return at
