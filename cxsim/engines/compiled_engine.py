"""The compiled engine: one heap of pending events over the same behaviour, without the interpreter.

One event is pending for each customer. An event that was overtaken (patience of somebody who is
served) stays in the heap and is recognised by its stamp. Arrays never grow in here: the loop
returns what it is short of, the caller grows it and comes back.
"""

from __future__ import annotations

import numpy as np

from cxsim.behaviour.arrivals import admit_candidate, enter, next_candidate
from cxsim.behaviour.brand import begin_day, set_on_duty
from cxsim.behaviour.employees import release
from cxsim.behaviour.queueing import leave_queue, serve
from cxsim.behaviour.recognize import choose_again, recognize, rest
from cxsim.behaviour.renewal import fall_due
from cxsim.behaviour.repeat import repeat
from cxsim.behaviour.request import arrive, finish
from cxsim.behaviour.respond import respond
from cxsim.behaviour.state import (
    ABANDONED, ARRIVE, CHOOSE, CLOSED, DELIVER, ENTER, FINISH, LEAVE_QUEUE, RECOGNIZE, RENEW, REPEAT, REST,
    STAFFED, WIN_BACK)
from cxsim.behaviour.winning_back import win_back
from cxsim.engines.pending import NEXT_PLAN, PENDING_EVENTS, WAITING, drop_first, schedule
from cxsim.journal.compiling import compiled
from cxsim.journal.events import HORIZON, LOGGING, N_CUSTOMERS, N_EVENTS
from cxsim.journal.ticks import DAY, JOINING, MIDNIGHT, NEVER, ORDINARY, PATIENCE_END, PLAN, SERVICE_END

DESK = np.dtype([
    ("is_open", "i8"), ("busy", "i8"), ("capacity", "i8"), ("first", "i8"), ("last", "i8"),
    ("serves_all", "i8")], align=True)

# Whoever has no place among the customers: the calendar, the plan of doors and shifts, the layers of arrivals.
CALENDAR, STAFF_PLAN, FIRST_STREAM = -1, -2, -3

DONE, SHORT_OF_CUSTOMERS, SHORT_OF_EVENTS, SHORT_OF_PENDING = range(4)
ROOM_FOR_CUSTOMERS = 96
ROOM_FOR_EACH_WAITING = 4


@compiled
def wake(world, heap, size, i, tick, rank):
    """Let a customer's next event be this one; any other that is pending is void."""
    c = world.customers[i]
    c.stamp += 1
    schedule(heap, size, world.cursor[HORIZON], tick, rank, c.id, i, c.stamp)


@compiled
def _leave_line(world, size, desk, i):
    """Take a customer out of a desk's line."""
    c = world.customers[i]
    size[WAITING] -= 1
    if c.queue_previous >= 0:
        world.customers[c.queue_previous].queue_next = c.queue_next
    else:
        desk.first = c.queue_next
    if c.queue_next >= 0:
        world.customers[c.queue_next].queue_previous = c.queue_previous
    else:
        desk.last = c.queue_previous
    c.queue_next = -1
    c.queue_previous = -1


@compiled
def _join_line(world, size, desk, i):
    """Put a customer into a desk's line: behind everybody of his class or a better one."""
    c = world.customers[i]
    size[WAITING] += 1
    before = desk.last
    while before >= 0 and world.customers[before].queue_class > c.queue_class:
        before = world.customers[before].queue_previous
    c.queue_previous = before
    c.queue_next = desk.first if before < 0 else world.customers[before].queue_next
    if before >= 0:
        world.customers[before].queue_next = i
    else:
        desk.first = i
    if c.queue_next >= 0:
        world.customers[c.queue_next].queue_previous = i
    else:
        desk.last = i


@compiled
def _start(world, heap, size, desk, i, now):
    desk.busy += 1
    wake(world, heap, size, i, serve(world, i, now), SERVICE_END)


@compiled
def _call_next(world, heap, size, desk, now):
    """Let free employees take those who wait, first come first served within a class."""
    while desk.busy < desk.capacity and desk.first >= 0:
        i = desk.first
        _leave_line(world, size, desk, i)
        _start(world, heap, size, desk, i, now)


@compiled
def _go_on(world, heap, size, i, tick):
    """Schedule what the customer's stage says is next."""
    stage = world.customers[i].stage
    if stage == REST or tick == NEVER:
        return
    wake(world, heap, size, i, tick, JOINING if stage == ARRIVE else ORDINARY)


@compiled
def _reach_channel(world, heap, size, desks, i, now):
    """Reach a digital channel or a desk: a session starts, an employee is free, or he waits."""
    c = world.customers[i]
    desk = desks[c.channel]
    patience_end = arrive(world, i, now, desk.is_open != 0)
    if c.stage != LEAVE_QUEUE:
        _go_on(world, heap, size, i, patience_end)
    elif desk.busy < desk.capacity and desk.first < 0:
        _start(world, heap, size, desk, i, now)
    else:
        _join_line(world, size, desk, i)
        wake(world, heap, size, i, patience_end, PATIENCE_END)


@compiled
def _step(world, heap, size, desks, i, now):
    """Let a customer live his next event."""
    c = world.customers[i]
    stage = c.stage
    if stage == ARRIVE:
        _reach_channel(world, heap, size, desks, i, now)
        return
    if stage == RECOGNIZE:
        tick = recognize(world, i, now)
    elif stage == CHOOSE:
        tick = choose_again(world, i, now)
    elif stage == LEAVE_QUEUE:
        _leave_line(world, size, desks[c.channel], i)
        tick = leave_queue(world, i, now, ABANDONED)
    elif stage == FINISH:
        if world.channels[c.row, c.channel].kind == STAFFED:
            desk = desks[c.channel]
            desk.busy -= 1
            release(world, i, now)
            _call_next(world, heap, size, desk, now)
        tick = finish(world, i, now)
    elif stage == DELIVER:
        tick = respond(world, i, now)
    elif stage == REPEAT:
        known = world.cursor[N_CUSTOMERS]
        tick = repeat(world, i, now)
        for j in range(known, world.cursor[N_CUSTOMERS]):
            wake(world, heap, size, j, world.customers[j].at, ORDINARY)
    elif stage == RENEW:
        fall_due(world, i, now)
        tick = rest(world, i, now)
    elif stage == WIN_BACK:
        tick = win_back(world, i, now)
    elif stage == ENTER:
        tick = enter(world, i, now)
    else:
        tick = NEVER
    _go_on(world, heap, size, i, tick)


@compiled
def _follow_plan(world, heap, size, desks, plan, now):
    """Doors and shifts: more employees take those who wait, a closing door sends them away (or not).

    At closing nobody new comes on duty; who is there finishes the line where it is served out.
    """
    step = size[NEXT_PLAN]
    size[NEXT_PLAN] = step + 1
    if step + 1 < plan.shape[0]:
        schedule(heap, size, world.cursor[HORIZON], plan[step + 1, 0], PLAN, 0, STAFF_PLAN, 0)
    k = plan[step, 1]
    desk = desks[k]
    desk.is_open = plan[step, 2]
    if desk.is_open != 0:
        desk.capacity = plan[step, 3]
        set_on_duty(world, k, desk.capacity)
        _call_next(world, heap, size, desk, now)
    while desk.is_open == 0 and desk.serves_all == 0 and desk.first >= 0:
        i = desk.first
        _leave_line(world, size, desk, i)
        world.customers[i].stamp += 1
        _go_on(world, heap, size, i, leave_queue(world, i, now, CLOSED))


@compiled
def _turn_page(world, heap, size, now):
    """Midnight: published figures, shared costs, what the day did to the teams."""
    begin_day(world, now // DAY)
    schedule(heap, size, world.cursor[HORIZON], now + DAY, MIDNIGHT, 0, CALENDAR, 0)


@compiled
def begin(world, heap, size, desks, plan):
    """Open the calendar and schedule everybody's first event."""
    horizon = world.cursor[HORIZON]
    for k in range(desks.shape[0]):
        last = world.channels.shape[0] - 1
        desks[k].first, desks[k].last = -1, -1
        desks[k].serves_all = world.channels[last, k].serves_all
        desks[k].is_open = 0 if world.channels[last, k].kind == STAFFED else 1
    schedule(heap, size, horizon, 0, MIDNIGHT, 0, CALENDAR, 0)
    if plan.shape[0] > 0:
        schedule(heap, size, horizon, plan[0, 0], PLAN, 0, STAFF_PLAN, 0)
    for s in range(world.streams.shape[0]):
        tick = next_candidate(world, s)
        schedule(heap, size, horizon, tick, ORDINARY, world.streams[s].id, FIRST_STREAM - s, 0)
    for i in range(world.cursor[N_CUSTOMERS]):
        _go_on(world, heap, size, i, world.customers[i].at)


@compiled
def advance(world, heap, size, desks, plan, room_for_events):
    """Run until the horizon; returns DONE, or what must grow before it can go on."""
    while size[PENDING_EVENTS] > 0:
        if world.cursor[N_CUSTOMERS] + ROOM_FOR_CUSTOMERS > world.customers.shape[0]:
            return SHORT_OF_CUSTOMERS
        # One event can move everybody who waits: a closing door, a larger shift.
        most = room_for_events + ROOM_FOR_EACH_WAITING * size[WAITING]
        if world.cursor[LOGGING] != 0 and world.cursor[N_EVENTS] + most > world.events.shape[0]:
            return SHORT_OF_EVENTS
        if size[PENDING_EVENTS] + ROOM_FOR_CUSTOMERS + size[WAITING] > heap.shape[0]:
            return SHORT_OF_PENDING
        event = heap[0]
        now, who, stamp = event.tick, event.who, event.stamp
        drop_first(heap, size)
        if who >= 0:
            if world.customers[who].stamp == stamp:
                _step(world, heap, size, desks, who, now)
        elif who == CALENDAR:
            _turn_page(world, heap, size, now)
        elif who == STAFF_PLAN:
            _follow_plan(world, heap, size, desks, plan, now)
        else:
            s = FIRST_STREAM - who
            i = admit_candidate(world, s)
            if i >= 0:
                _go_on(world, heap, size, i, enter(world, i, now))
            schedule(heap, size, world.cursor[HORIZON], next_candidate(world, s), ORDINARY,
                     world.streams[s].id, who, 0)
    return DONE
