"""The compiled engine: a calendar of days over the same behaviour, without the interpreter.

Within a day customers share nothing but desks (and the members of a finite market): everything else that one
reads of others was published at midnight, and sums are whole numbers. So each customer of a day lives ahead by
himself, event after event, until midnight or until he comes to a desk; only events at desks wait in a heap and
happen in true order of time. What an event was overtaken by (patience of somebody who is served) is recognised
by its stamp. Arrays never grow in here: the loop returns what it is short of, the caller grows it and comes back.
"""

from __future__ import annotations

from cxsim.behaviour.arrivals import admit_candidate, enter, next_candidate
from cxsim.behaviour.brand import begin_day, set_on_duty
from cxsim.behaviour.employees import release
from cxsim.behaviour.pool import BY_GHOST, is_finite
from cxsim.behaviour.queueing import is_replayed, leave_queue, turn_comes
from cxsim.behaviour.recognize import choose_again, recognize, rest
from cxsim.behaviour.renewal import fall_due
from cxsim.behaviour.repeat import repeat
from cxsim.behaviour.request import arrive, finish
from cxsim.behaviour.respond import respond
from cxsim.behaviour.state import (
    ABANDONED, ARRIVE, CHOOSE, CLOSED, DELIVER, ENTER, FINISH, LEAVE_QUEUE, RECOGNIZE, RENEW, REPEAT, REST,
    STAFFED, WIN_BACK)
from cxsim.behaviour.winning_back import win_back
from cxsim.engines.lines import await_turn, call_next, is_shared, join_line, leave_line, start, wake
from cxsim.engines.pending import (
    IS_DAY_OPEN, NEXT_PLAN, NEXT_STREAM, PENDING_EVENTS, STOP, TODAY, WAITING, drop_first, schedule)
from cxsim.journal.compiling import compiled
from cxsim.journal.events import HORIZON, LOGGING, N_CUSTOMERS, N_EVENTS
from cxsim.journal.prefetch import prefetch
from cxsim.journal.ticks import DAY, JOINING, NEVER, ORDINARY, PATIENCE_END

# A layer of arrivals has no place among the customers: the first is known by this number, the next by one less.
FIRST_STREAM = -1

DONE, SHORT_OF_CUSTOMERS, SHORT_OF_EVENTS, SHORT_OF_PENDING = range(4)
ROOM_FOR_CUSTOMERS = 96
ROOM_FOR_EACH_WAITING = 4


@compiled
def put_off(world, calendar, i, tick):
    """Enter a customer's next event into the calendar; one at or past the horizon never happens."""
    if tick >= world.cursor[HORIZON]:
        return
    c = world.customers[i]
    c.at = tick
    c.queue_next = calendar[tick // DAY]
    calendar[tick // DAY] = i


@compiled
def _go_on(world, calendar, i, tick):
    """Enter into the calendar what the customer's stage says is next."""
    if world.customers[i].stage != REST and tick != NEVER:
        put_off(world, calendar, i, tick)


@compiled
def _lacks_room(world, heap, size, n_events):
    """What might be too short for one more event: DONE if nothing is."""
    if world.cursor[N_CUSTOMERS] + ROOM_FOR_CUSTOMERS > world.customers.shape[0]:
        return SHORT_OF_CUSTOMERS
    if world.cursor[LOGGING] != 0 and world.cursor[N_EVENTS] + n_events > world.events.shape[0]:
        return SHORT_OF_EVENTS
    if size[PENDING_EVENTS] + ROOM_FOR_CUSTOMERS + size[WAITING] > heap.shape[0]:
        return SHORT_OF_PENDING
    return DONE


@compiled
def _step(world, calendar, i, now):
    """Let a customer live an event of his own; the tick of what is next."""
    stage = world.customers[i].stage
    if stage == RECOGNIZE:
        return recognize(world, i, now)
    if stage == CHOOSE:
        return choose_again(world, i, now)
    if stage == ARRIVE:
        return arrive(world, i, now, True)
    if stage == FINISH:
        return finish(world, i, now)
    if stage == DELIVER:
        return respond(world, i, now)
    if stage == REPEAT:
        known = world.cursor[N_CUSTOMERS]
        tick = repeat(world, i, now)
        for j in range(known, world.cursor[N_CUSTOMERS]):
            put_off(world, calendar, j, world.customers[j].at)
        return tick
    if stage == RENEW:
        fall_due(world, i, now)
        return rest(world, i, now)
    if stage == WIN_BACK:
        return win_back(world, i, now)
    if stage == ENTER:
        return enter(world, i, now)
    return NEVER


@compiled
def _live_ahead(world, heap, size, calendar, i, end, room_for_events):
    """Let a customer live by himself until a tick, or until he comes to a desk."""
    c = world.customers[i]
    while c.at < end:
        status = _lacks_room(world, heap, size, room_for_events)
        if status != DONE:
            put_off(world, calendar, i, c.at)
            return status
        if is_shared(world, c):
            c.stamp += 1
            rank = JOINING if c.stage == ARRIVE else ORDINARY
            schedule(heap, size, world.cursor[HORIZON], c.at, rank, c.id, i, c.stamp)
            return DONE
        tick = _step(world, calendar, i, c.at)
        if c.stage == REST or tick == NEVER:
            return DONE
        c.at = tick
    put_off(world, calendar, i, c.at)
    return DONE


@compiled
def _live_day(world, heap, size, calendar, end, room_for_events):
    """Let everybody who has something to do today live ahead."""
    day = size[TODAY]
    while calendar[day] >= 0:
        i = calendar[day]
        calendar[day] = world.customers[i].queue_next
        if calendar[day] >= 0:
            prefetch(world.customers, calendar[day])
        world.customers[i].queue_next = -1
        status = _live_ahead(world, heap, size, calendar, i, end, room_for_events)
        if status != DONE:
            return status
    return DONE


@compiled
def _reach_desk(world, heap, size, calendar, desk, i, now):
    """Reach a desk: an employee is free, or he waits, or the door is closed."""
    c = world.customers[i]
    patience_end = arrive(world, i, now, desk.is_open != 0)
    if c.stage != LEAVE_QUEUE:
        _go_on(world, calendar, i, patience_end)
    elif is_replayed(world):
        await_turn(world, heap, size, desk, i, now, patience_end)
    elif desk.busy < desk.capacity and desk.first < 0:
        start(world, heap, size, desk, i, now)
    else:
        join_line(world, size, desk, i)
        wake(world, heap, size, i, patience_end, PATIENCE_END)


@compiled
def _step_at_desk(world, heap, size, calendar, desks, i, now):
    """Let a customer live an event that others wait for."""
    c = world.customers[i]
    if c.stage == ARRIVE:
        _reach_desk(world, heap, size, calendar, desks[c.channel], i, now)
    elif c.stage == LEAVE_QUEUE and is_replayed(world) and now >= turn_comes(world, i):
        start(world, heap, size, desks[c.channel], i, now)
    elif c.stage == LEAVE_QUEUE:
        leave_line(world, size, desks[c.channel], i)
        _go_on(world, calendar, i, leave_queue(world, i, now, ABANDONED))
    elif c.stage == FINISH:
        desk = desks[c.channel]
        desk.busy -= 1
        release(world, i, now)
        call_next(world, heap, size, desk, now)
        _go_on(world, calendar, i, finish(world, i, now))
    else:
        _go_on(world, calendar, i, _step(world, calendar, i, now))


@compiled
def _follow_plan(world, heap, size, desks, calendar, plan):
    """Doors and shifts: more employees take those who wait, a closing door sends them away (or not).

    At closing nobody new comes on duty; who is there finishes the line where it is served out.
    """
    step = size[NEXT_PLAN]
    size[NEXT_PLAN] = step + 1
    now, k = plan[step, 0], plan[step, 1]
    desk = desks[k]
    desk.is_open = plan[step, 2]
    if desk.is_open != 0:
        desk.capacity = plan[step, 3]
        set_on_duty(world, k, desk.capacity)
        call_next(world, heap, size, desk, now)
    while desk.is_open == 0 and desk.serves_all == 0 and desk.first >= 0:
        i = desk.first
        leave_line(world, size, desk, i)
        world.customers[i].stamp += 1
        _go_on(world, calendar, i, leave_queue(world, i, now, CLOSED))


@compiled
def _admit(world, calendar, s):
    """Let the layer's candidate enter, if he does, and find the next one."""
    i = admit_candidate(world, s)
    if i >= 0:
        _go_on(world, calendar, i, enter(world, i, world.streams[s].tick))
    next_candidate(world, s)


@compiled
def _open_streams(world, heap, size, calendar, end, room_for_events):
    """Let newcomers of the day enter; ghosts, and those of a finite market, wait for their turn at the desks."""
    while size[NEXT_STREAM] < world.streams.shape[0]:
        s = size[NEXT_STREAM]
        stream = world.streams[s]
        while stream.tick < end:
            status = _lacks_room(world, heap, size, room_for_events)
            if status != DONE:
                return status
            if is_finite(world) or stream.route == BY_GHOST:
                schedule(heap, size, end, stream.tick, ORDINARY, stream.id, FIRST_STREAM - s, 0)
                break
            _admit(world, calendar, s)
        size[NEXT_STREAM] = s + 1
    return DONE


@compiled
def _share_day(world, heap, size, desks, calendar, plan, end, room_for_events):
    """Let what happens at desks happen in order of time, and everybody live ahead from there."""
    while True:
        status = _live_day(world, heap, size, calendar, end, room_for_events)
        if status != DONE:
            return status
        # One event can move everybody who waits: a closing door, a larger shift.
        status = _lacks_room(world, heap, size, room_for_events + ROOM_FOR_EACH_WAITING * size[WAITING])
        if status != DONE:
            return status
        tick = heap[0].tick if size[PENDING_EVENTS] > 0 else NEVER
        if size[NEXT_PLAN] < plan.shape[0] and plan[size[NEXT_PLAN], 0] <= tick:
            if plan[size[NEXT_PLAN], 0] >= end:
                return DONE
            _follow_plan(world, heap, size, desks, calendar, plan)
            continue
        if tick >= end:
            return DONE
        who, stamp = heap[0].who, heap[0].stamp
        drop_first(heap, size)
        if size[PENDING_EVENTS] > 0 and heap[0].who >= 0:
            prefetch(world.customers, heap[0].who)
        if who < 0:
            s = FIRST_STREAM - who
            _admit(world, calendar, s)
            stream = world.streams[s]
            schedule(heap, size, end, stream.tick, ORDINARY, stream.id, who, 0)
        elif world.customers[who].stamp == stamp:
            _step_at_desk(world, heap, size, calendar, desks, who, tick)


@compiled
def begin(world, desks, calendar):
    """Open the calendar and enter everybody's first event."""
    last = world.channels.shape[0] - 1
    for k in range(desks.shape[0]):
        desks[k].first, desks[k].last = -1, -1
        desks[k].serves_all = world.channels[last, k].serves_all
        desks[k].is_open = 0 if world.channels[last, k].kind == STAFFED else 1
    for s in range(world.streams.shape[0]):
        next_candidate(world, s)
    for i in range(world.cursor[N_CUSTOMERS] - 1, -1, -1):
        _go_on(world, calendar, i, world.customers[i].at)


@compiled
def advance(world, heap, size, desks, calendar, plan, room_for_events):
    """Run until the day set as STOP begins, day by day; returns DONE, or what must grow before it can go on.

    Midnight: published figures, shared costs, what the day did to the teams. Then the day: newcomers, lives,
    desks. A day that was interrupted goes on where it stopped.
    """
    while size[TODAY] < size[STOP]:
        day = size[TODAY]
        if size[IS_DAY_OPEN] == 0:
            begin_day(world, day)
            size[NEXT_STREAM] = 0
            size[IS_DAY_OPEN] = 1
        end = min((day + 1) * DAY, world.cursor[HORIZON])
        status = _open_streams(world, heap, size, calendar, end, room_for_events)
        if status != DONE:
            return status
        status = _share_day(world, heap, size, desks, calendar, plan, end, room_for_events)
        if status != DONE:
            return status
        size[TODAY] = day + 1
        size[IS_DAY_OPEN] = 0
    return DONE
