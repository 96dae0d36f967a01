"""Recognize: a need arises by its own clock, is noticed, and becomes a request.

The clock runs by itself: need n + 1 is timed from need n, never from the end of a journey.
Needs that arise during a journey wait in the customer's own list.
"""

from __future__ import annotations

import math

from cxsim.behaviour.choice import choose_channel
from cxsim.behaviour.effects import (
    BIN_DAYS, group_of, remembered, run_bin, standing, unit_exponential)
from cxsim.behaviour.life import D_NEED, exposed_row
from cxsim.behaviour.loyalty import goal_pull
from cxsim.behaviour.money import R_N_RATE, R_RATE
from cxsim.behaviour.renewal import fall_due
from cxsim.behaviour.state import (
    CONTACT_CENTRE, GONE, L_RATE, N_WAITING, RECOGNIZE, RENEW, REST, SUBSCRIPTION, TRANSACTIONAL)
from cxsim.journal.compiling import compiled
from cxsim.journal.events import HORIZON, KIND, MEASURING, RECENT_FROM, record
from cxsim.journal.tallies import N_NEEDS, count, fraction
from cxsim.journal.ticks import DAY, NEVER, ticks
from cxsim.journal.words import NEED_NOTICED



@compiled
def _cannot_come(world, row, c, start, until, pull):
    """Whether even the highest rate ahead leaves the next need beyond the horizon."""
    z_now = standing(world, c, remembered(world, row, c, start))
    highest = max(row.b_rate * z_now, row.b_rate * standing(world, c, 0.0))
    group = group_of(c)
    lowest = world.kappa[L_RATE, c.segment, group, run_bin(world, c, start)]
    for k in range(run_bin(world, c, start), world.kappa.shape[3]):
        lowest = min(lowest, world.kappa[L_RATE, c.segment, group, k])
    most = c.rate * math.exp(highest - lowest + pull + 1e-9) * (until - start) / DAY
    return c.need_left > most


@compiled
def next_need(world, c, until):
    """Spend the need's unit exponential up to `until`; the tick of the need, or NEVER.

    On each piece (a day where satisfaction fades, else 28 days in the run) the rate is
    rate exp(b z - kappa + goal gradient), with z read at the start of the piece.

    Reads: row, memory, kappa. Writes: need_left, need_clock, n_needs. Returns: a tick.
    Draws: "need" (the unit exponential of each need).
    """
    row = world.rows[c.row, c.segment]
    start = c.need_clock
    if start >= until:
        return NEVER
    # A reward draws the next purchase nearer, not the next need for help.
    pull = goal_pull(row, c) if world.cursor[KIND] == TRANSACTIONAL else 0.0
    fades = row.b_rate != 0.0
    moved = fades or world.is_moved[L_RATE] != 0
    measuring = world.cursor[MEASURING] != 0
    if moved and not measuring and until >= world.cursor[HORIZON]:
        if _cannot_come(world, row, c, start, until, pull):
            c.need_clock = until
            return NEVER
    satisfaction = remembered(world, row, c, start) if fades else 0.0
    fading = math.exp(-1.0 / row.memory_days)
    bins = world.kappa[L_RATE, c.segment, group_of(c)]
    bin_ = run_bin(world, c, start)
    bin_end = (max(0, c.entry // DAY) + (bin_ + 1) * BIN_DAYS) * DAY if moved or measuring else until
    midnight = (start // DAY + 1) * DAY if fades else until
    while True:
        stop = min(until, min(midnight, bin_end))
        rate = c.rate
        if moved:
            rate *= math.exp(row.b_rate * standing(world, c, satisfaction) - bins[bin_] + pull)
        elif pull != 0.0:
            rate *= math.exp(pull)
        hazard = rate * ((stop - start) / DAY)
        if measuring:
            _expose(world, c, bin_, min(hazard, c.need_left), rate)
        if c.need_left < hazard:
            return _need_arises(world, c, min(start + ticks(c.need_left / rate), stop), rate)
        c.need_left -= hazard
        if stop == until:
            c.need_clock = until
            return NEVER
        if fades:
            whole = stop - start == DAY
            satisfaction *= fading if whole else math.exp(-(stop - start) / (row.memory_days * DAY))
            midnight = stop + DAY if stop == midnight else midnight
        if stop == bin_end:
            bin_ = min(bin_ + 1, bins.shape[0] - 1)
            bin_end += BIN_DAYS * DAY
        start = stop


@compiled
def _expose(world, c, bin_, spent, rate):
    """Add a spent piece of the need clock to the sums behind the reference."""
    sums = world.exposures[L_RATE, c.segment, group_of(c), bin_]
    sums[0] += fraction(spent)
    if rate > 0.0:
        sums[1] += fraction(spent * c.rate / rate)


@compiled
def _need_arises(world, c, tick, rate):
    """Note the tick of a need and draw the unit exponential of the one after it."""
    c.n_needs += 1
    c.need_left = unit_exponential(world, c, D_NEED, c.n_needs)
    c.need_clock = tick
    if tick >= world.cursor[RECENT_FROM]:
        world.recent[c.segment, R_N_RATE] += 1
        world.recent[c.segment, R_RATE] += fraction(rate / c.rate)
    return tick


@compiled
def collect_needs(world, c, now):
    """Let the clock run to `now` and put needs that arose meanwhile into the waiting list.

    A full list stops the clock until there is room; no need is lost.

    Reads: as `next_need`. Writes: waiting list. Returns: nothing. Draws: "need".
    """
    while c.n_waiting < N_WAITING:
        tick = next_need(world, c, now)
        if tick == NEVER:
            return
        c.waiting[c.n_waiting] = tick
        c.n_waiting += 1


@compiled
def rest(world, i, now):
    """What wakes him next: his next need, due at the midnight of its day, or his renewal.

    Reads: waiting list, next renewal. Writes: stage, at. Returns: the tick (NEVER if none).
    Draws: "need".
    """
    c = world.customers[i]
    c.stage = REST
    c.at = NEVER
    if c.status == GONE or world.cursor[KIND] == CONTACT_CENTRE:
        return NEVER
    horizon = world.cursor[HORIZON]
    if c.n_waiting == 0:
        tick = next_need(world, c, horizon)
        if tick != NEVER:
            c.waiting[0] = tick
            c.n_waiting = 1
    if c.n_waiting > 0:
        c.stage = RECOGNIZE
        c.at = max(now, c.waiting[0] // DAY * DAY)
    if world.cursor[KIND] == SUBSCRIPTION and c.next_renewal <= c.at:
        c.stage = RENEW
        c.at = c.next_renewal
    return c.at


@compiled
def recognize(world, i, now):
    """Take up the first waiting need: he notices it, and a journey begins.

    Reads: waiting list, scenario exposure. Writes: row, a fresh journey, log.
    Returns: the tick of contact. Draws: "scenario part", "choice", "hour".
    """
    fall_due(world, i, now)
    c = world.customers[i]
    c.need_tick = c.waiting[0]
    c.n_waiting -= 1
    for k in range(c.n_waiting):
        c.waiting[k] = c.waiting[k + 1]
    c.row = exposed_row(world, c, now)
    c.journey += 1
    c.attempt = 0
    c.failures = 0
    c.wait_ticks = 0
    c.effort_minutes = 0.0
    c.is_ordered = 0
    count(world, c.segment, now, N_NEEDS, 1)
    record(world, c, now, NEED_NOTICED, -1, 0, math.nan, 0)
    return choose_channel(world, i, now)


@compiled
def choose_again(world, i, now):
    """Choose a channel once more after a lost contact, if he is still with the brand.

    Reads: published waits. Writes: channel, stage, log. Returns: the tick of contact (NEVER if he
    left meanwhile). Draws: "choice", "hour".
    """
    if not fall_due(world, i, now):
        world.customers[i].stage = REST
        return NEVER
    return choose_channel(world, i, now)
