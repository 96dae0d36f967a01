"""Desks of the compiled engine: who is served, who waits in line, and who is next."""

from __future__ import annotations

import numpy as np

from cxsim.behaviour.pool import is_finite
from cxsim.behaviour.queueing import is_replayed, serve, turn_comes
from cxsim.behaviour.state import ARRIVE, REPEAT, STAFFED
from cxsim.engines.pending import WAITING, schedule
from cxsim.journal.compiling import compiled
from cxsim.journal.events import HORIZON
from cxsim.journal.ticks import PATIENCE_END, SERVICE_END

DESK = np.dtype([
    ("is_open", "i8"), ("busy", "i8"), ("capacity", "i8"), ("first", "i8"), ("last", "i8"),
    ("serves_all", "i8")], align=True)


@compiled
def is_shared(world, c):
    """Whether his next event touches what others read live: a desk, or the members of a finite market."""
    if c.stage == ARRIVE:
        return world.channels[c.row, c.channel].kind == STAFFED
    return c.stage == REPEAT and is_finite(world)


@compiled
def wake(world, heap, size, i, tick, rank):
    """Let a customer's next event be this one, at a desk; any other that is pending there is void."""
    c = world.customers[i]
    c.stamp += 1
    schedule(heap, size, world.cursor[HORIZON], tick, rank, c.id, i, c.stamp)


@compiled
def leave_line(world, size, desk, i):
    """Take a customer out of a desk's line; where waits are replayed, nobody stands in one."""
    if is_replayed(world):
        return
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
def join_line(world, size, desk, i):
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
def start(world, heap, size, desk, i, now):
    """Let an employee of a desk begin with a customer."""
    desk.busy += 1
    wake(world, heap, size, i, serve(world, i, now), SERVICE_END)


@compiled
def await_turn(world, heap, size, desk, i, now, patience_end):
    """Let a customer wait as the replayed profile says, or until his patience ends."""
    turn = turn_comes(world, i)
    if turn <= now:
        start(world, heap, size, desk, i, now)
    else:
        wake(world, heap, size, i, min(turn, patience_end), PATIENCE_END)


@compiled
def call_next(world, heap, size, desk, now):
    """Let free employees take those who wait, first come first served within a class."""
    while desk.busy < desk.capacity and desk.first >= 0:
        i = desk.first
        leave_line(world, size, desk, i)
        start(world, heap, size, desk, i, now)
