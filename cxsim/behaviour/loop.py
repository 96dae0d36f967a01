"""Closing the loop: the brand calls customers whose answer was bad, and makes amends.

It acts on answers, not on what people felt; and it lifts satisfaction towards the reference at most, never
beyond it (no service recovery paradox: de Matos, Henrique & Rossi 2007, JSR 10:60).
"""

from __future__ import annotations

import math

from cxsim.behaviour.draws import decision
from cxsim.behaviour.effects import acting, faded, journey_uniform, remembered
from cxsim.behaviour.life import exposed_row
from cxsim.behaviour.state import CUSTOMER, M_SATISFACTION
from cxsim.journal.compiling import compiled
from cxsim.journal.events import record
from cxsim.journal.tallies import N_LOOPS_CLOSED, book, count, money
from cxsim.journal.ticks import NEVER, after
from cxsim.journal.words import C_CLOSE_THE_LOOP, LOOP_CLOSED

D_CALLED = decision("loop/called")


@compiled
def plan_call(world, c, now, answer):
    """Plan a call to one who answered at or below the limit (-1: no answer), one call at a time.

    Reads: voice. Writes: loop_at. Returns: nothing. Draws: "loop/called".
    """
    voice = world.voice[c.row]
    if voice.loop_reach == 0.0 or answer < 0 or answer > voice.loop_below or c.loop_at != NEVER:
        return
    if c.status == CUSTOMER and journey_uniform(world, c, D_CALLED) < voice.loop_reach:
        c.loop_at = after(now, voice.loop_delay)


@compiled
def lifted(satisfaction, mean, gain):
    """Satisfaction after the call: a share `gain` of what it lacks to the reference, nothing above it.

    Examples
    --------
    >>> lifted(-1.0, 0.2, 0.5), lifted(0.7, 0.2, 0.5)
    (-0.4, 0.7)
    """
    return satisfaction + gain * max(0.0, mean - satisfaction)


@compiled
def close_loop(world, c):
    """The call happens, if the programme still runs: it is paid for and lifts satisfaction.

    Reads: voice of the day, memory. Writes: satisfaction, ledger, tallies, log. Returns: nothing.
    Draws: nothing.
    """
    tick = c.loop_at
    c.loop_at = NEVER
    where = exposed_row(world, c, tick)
    voice = world.voice[where]
    if voice.loop_reach == 0.0 or c.status != CUSTOMER:
        return
    row = world.rows[where, c.segment]
    now_felt = acting(world, row, c, tick)
    better = lifted(now_felt, world.anchor[c.segment, 0, M_SATISFACTION, 0], voice.loop_gain)
    if better != now_felt:
        c.satisfaction = remembered(world, row, c, tick) + (better - now_felt)
        c.surplus = faded(c.surplus, c.judged_at, tick, row.memory_days)
        c.judged_at = tick
    count(world, c.segment, tick, N_LOOPS_CLOSED, 1)
    book(world, c, tick, -1, C_CLOSE_THE_LOOP, money(voice.loop_cost))
    record(world, c, tick, LOOP_CLOSED, -1, 0, math.nan, money(voice.loop_cost))
