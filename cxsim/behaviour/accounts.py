"""The customer's accounts: when he counts as active, month by month, and what falls due."""

from __future__ import annotations

from cxsim.behaviour.state import PROSPECT, SUBSCRIPTION
from cxsim.journal.compiling import compiled
from cxsim.journal.events import COUNTED_FROM, FIRST_MONTH, HORIZON, KIND
from cxsim.journal.tallies import (
    ACTIVE_TICKS, GENERATION_SUM, N_ACQUIRED, N_ALIVE_END, N_CHURNED, N_CONVERTED, N_END, N_REACTIVATED,
    N_REPEATERS, N_RETAINED, N_START, count)
from cxsim.journal.ticks import DAY, NEVER
from cxsim.journal.words import REFERRAL


@compiled
def active_until(world, c):
    """The tick after which the company no longer counts him as active."""
    if world.cursor[KIND] == SUBSCRIPTION:
        return c.left
    return c.last_order + int(world.rows[0, c.segment].window_ticks)


@compiled
def is_active(world, c, tick):
    """Whether the company counts him as a customer at a tick (before that tick's events)."""
    if c.since == NEVER:
        return False
    since = c.since if world.cursor[KIND] == SUBSCRIPTION else c.last_order
    return since < tick <= active_until(world, c)


@compiled
def close_months(world, c, now):
    """Count him at every month's start and end up to `now`.

    Reads: last order or end of subscription. Writes: tallies, his month pointer.
    Returns: nothing. Draws: nothing.
    """
    last, first = world.month_starts.shape[0] - 1, world.cursor[FIRST_MONTH]
    while c.boundary <= last and world.month_starts[c.boundary] <= now:
        month = c.boundary
        tick = world.month_starts[month]
        active = 1 if is_active(world, c, tick) else 0
        tally = world.tally[c.segment]
        if month == first:
            c.was_active_first = active
            tally[last, N_START] += active
            if first > 0:
                c.orders_before = c.n_orders
        if month > 0:
            tally[month - 1, N_END] += active
            tally[month - 1, N_RETAINED] += active * c.was_active
            if c.status != PROSPECT and c.left >= tick:
                tally[month - 1, N_ALIVE_END] += 1
        if month < last:
            tally[month, N_START] += active
        else:
            tally[last, N_END] += active
            tally[last, N_RETAINED] += active * c.was_active_first
            if c.status != PROSPECT and c.left >= tick:
                tally[last, N_ALIVE_END] += 1
        c.was_active = active
        c.boundary = month + 1


@compiled
def _count_days(world, c, start, stop):
    """Spread a time of activity over the months it falls in, and count it for his segment and source."""
    world.active[c.segment, c.source] += max(0, stop - max(start, world.cursor[COUNTED_FROM]))
    while start < stop:
        month = world.month_of_day[start // DAY]
        end = min(stop, world.month_starts[month + 1])
        count(world, c.segment, start, ACTIVE_TICKS, end - start)
        start = end


@compiled
def stop_counting(world, c):
    """Count him as churned when his activity ran out before the horizon, on the day it did."""
    until = active_until(world, c)
    horizon = world.cursor[HORIZON]
    _count_days(world, c, c.counted_from, min(until, horizon))
    c.is_counted = 0
    if until < horizon:
        count(world, c.segment, until, N_CHURNED, 1)


@compiled
def start_counting(world, c, now):
    """Count him as active from `now`: acquired if it is the first time, else reactivated."""
    c.is_counted = 1
    c.counted_from = now
    if c.status == PROSPECT:
        c.since = now
        count(world, c.segment, now, N_ACQUIRED, 1)
        if c.source == REFERRAL:
            count(world, c.segment, now, N_CONVERTED, 1)
            count(world, c.segment, now, GENERATION_SUM, c.generation)
    else:
        count(world, c.segment, now, N_REACTIVATED, 1)


@compiled
def count_repeat(world, c, now):
    """Count him once a month, and once in all, as one who bought (or paid) again."""
    month = world.month_of_day[now // DAY]
    if c.repeat_month != month:
        c.repeat_month = month
        count(world, c.segment, now, N_REPEATERS, 1)
    if c.has_repeated == 0 and month >= world.cursor[FIRST_MONTH]:
        c.has_repeated = 1
        world.tally[c.segment, world.month_starts.shape[0] - 1, N_REPEATERS] += 1


@compiled
def open_account(world, c):
    """Set the month pointer and day-0 activity of a customer as he enters the run."""
    c.left = NEVER if c.left == 0 else c.left
    c.boundary = 0 if c.entry <= 0 else world.month_of_day[c.entry // DAY] + 1
    c.repeat_month = -1
    if c.entry <= 0 and is_active(world, c, 0):
        c.is_counted = 1
        c.counted_from = 0
