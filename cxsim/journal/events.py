"""The event log: one fixed record an event, written by behaviour, read by measure."""

from __future__ import annotations

import math

import numpy as np

from cxsim.journal.compiling import compiled

EVENT = np.dtype([
    ("tick", "i8"), ("customer", "i8"), ("need_tick", "i8"), ("wait_ticks", "i8"), ("amount", "i8"),
    ("quality", "f8"), ("satisfaction", "f8"), ("sequence", "i8"), ("journey", "i8"),
    ("word", "i8"), ("channel", "i8"), ("touchpoint", "i8"),
], align=True)

# Places in the cursor, the few whole numbers that change while a world runs.
(N_CUSTOMERS, N_EVENTS, LOGGING, MEASURING, HORIZON, FIRST_WEEKDAY, N_STARTERS, KIND,
 RECENT_FROM, LOG_SHARE, DEPARTED, FREE_GHOST, COUNTED_FROM, FIRST_MONTH) = range(14)
CURSOR_SIZE = 14


@compiled
def record(world, c, now, word, channel, wait_ticks, quality, amount):
    """Write one event of a customer.

    Reads: the customer's id, journey and memory. Writes: the log, the customer's sequence.
    Returns: nothing. Draws: nothing.
    """
    sequence = c.sequence
    c.sequence = sequence + 1
    if world.cursor[LOGGING] == 0 or c.is_logged == 0:
        return
    n = world.cursor[N_EVENTS]
    world.cursor[N_EVENTS] = n + 1
    e = world.events[n]
    e.tick = now
    e.customer = c.id
    e.need_tick = c.need_tick
    e.wait_ticks = wait_ticks
    e.amount = amount
    e.quality = quality
    e.satisfaction = c.satisfaction
    e.sequence = sequence
    e.journey = c.journey
    e.word = word
    e.channel = channel
    e.touchpoint = -1


@compiled
def record_use(world, c, now, word, channel, touchpoint, amount):
    """Write that a customer met a touchpoint.

    Reads: as `record`. Writes: the log, the customer's sequence. Returns: nothing. Draws: nothing.
    """
    n = world.cursor[N_EVENTS]
    record(world, c, now, word, channel, 0, math.nan, amount)
    if world.cursor[N_EVENTS] > n:
        world.events[n].touchpoint = touchpoint
