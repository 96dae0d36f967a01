"""The need clock: it runs by itself, need n + 1 from need n, at a rate that memory, prices and rivals move."""

from __future__ import annotations

import math

from cxsim.behaviour.effects import BIN_DAYS, acting, group_of, run_bin, standing, unit_exponential
from cxsim.behaviour.life import D_NEED, exposed_row
from cxsim.behaviour.money import R_N_RATE, R_RATE
from cxsim.behaviour.prompts import p_missed
from cxsim.behaviour.pulls import rate_pull
from cxsim.behaviour.rivals import p_to_rival
from cxsim.behaviour.state import L_RATE
from cxsim.journal.compiling import compiled
from cxsim.journal.events import HORIZON, MEASURING, RECENT_FROM
from cxsim.journal.tallies import fraction
from cxsim.journal.ticks import DAY, NEVER, ticks


@compiled
def _cannot_come(world, row, c, start, until, pull):
    """Whether even the highest rate ahead leaves the next need beyond the horizon."""
    z_now = standing(world, c, acting(world, row, c, start))
    highest = max(row.b_rate * z_now, row.b_rate * standing(world, c, 0.0))
    group = group_of(c)
    lowest = world.kappa[L_RATE, c.segment, group, run_bin(world, c, start)]
    for k in range(run_bin(world, c, start), world.kappa.shape[3]):
        lowest = min(lowest, world.kappa[L_RATE, c.segment, group, k])
    outside = world.outside[c.row]
    highest += outside.highest + abs(row.b_rate) * outside.farthest
    most = c.rate * math.exp(highest - lowest + pull + 1e-9) * (until - start) / DAY
    return c.need_left > most


@compiled
def demand_of_day(world, row, c, tick):
    """Log multiplier of his own needs on a day by what reaches him then: prices, and a rival's lead."""
    reached = exposed_row(world, c, tick) if world.ramp.shape[0] > 0 else c.row
    day = tick // DAY
    lead = row.b_rate * world.outside[reached].rival_weight * world.rival[reached, day]
    return world.demand[reached, day] - lead


@compiled
def next_need(world, c, until):
    """Spend the need's unit exponential up to `until`; the tick of the need, or NEVER.

    On each piece (a day where anything moves by the day, else 28 days in the run) the rate is
    rate season exp(b z - kappa + pulls + demand of the day), with z read at the start of the piece.

    Reads: row, memory, kappa, season, prices, rival. Writes: need_left, need_clock, n_needs. Returns: a tick.
    Draws: "need" (the unit exponential of each need).
    """
    row = world.rows[c.row, c.segment]
    start = c.need_clock
    if start >= until:
        return NEVER
    pull = rate_pull(world, row, c, start)
    fades = row.b_rate != 0.0
    daily = world.outside[c.row].is_daily != 0.0
    moved = fades or world.is_moved[L_RATE] != 0
    measuring = world.cursor[MEASURING] != 0
    if moved and not measuring and until >= world.cursor[HORIZON]:
        if _cannot_come(world, row, c, start, until, pull):
            c.need_clock = until
            return NEVER
    satisfaction = acting(world, row, c, start) if fades else 0.0
    fading = math.exp(-1.0 / row.memory_days)
    bins = world.kappa[L_RATE, c.segment, group_of(c)]
    bin_ = run_bin(world, c, start)
    bin_end = (max(0, c.entry // DAY) + (bin_ + 1) * BIN_DAYS) * DAY if moved or measuring else until
    midnight = (start // DAY + 1) * DAY if fades or daily else until
    while True:
        stop = min(until, min(midnight, bin_end))
        own, drawn = c.rate, pull
        if daily:
            own *= math.exp(world.season[start // DAY])
            drawn += demand_of_day(world, row, c, start)
        rate = own
        if moved:
            rate *= math.exp(row.b_rate * standing(world, c, satisfaction) - bins[bin_] + drawn)
        elif drawn != 0.0:
            rate *= math.exp(drawn)
        hazard = rate * ((stop - start) / DAY)
        if measuring:
            _expose(world, c, bin_, min(hazard, c.need_left), rate / own, p_met(world, row, c, start))
        if c.need_left < hazard:
            return _need_arises(world, row, c, min(start + ticks(c.need_left / rate), stop), rate / own)
        c.need_left -= hazard
        if stop == until:
            c.need_clock = until
            return NEVER
        if fades:
            whole = stop - start == DAY
            satisfaction *= fading if whole else math.exp(-(stop - start) / (row.memory_days * DAY))
        if stop == midnight:
            midnight = stop + DAY
        if stop == bin_end:
            bin_ = min(bin_ + 1, bins.shape[0] - 1)
            bin_end += BIN_DAYS * DAY
        start = stop


@compiled
def p_met(world, row, c, now):
    """Chance that a need of his own is noticed and brought to us."""
    return (1.0 - p_missed(world, row, c, now)) * (1.0 - p_to_rival(world, row, c, now))


@compiled
def _expose(world, c, bin_, spent, multiplier, noticed):
    """Add a spent piece of the need clock to the sums behind the reference, as far as it is noticed."""
    sums = world.exposures[L_RATE, c.segment, group_of(c), bin_]
    sums[0] += fraction(spent * noticed)
    if multiplier > 0.0:
        sums[1] += fraction(spent / multiplier)


@compiled
def _need_arises(world, row, c, tick, multiplier):
    """Note the tick of a need and draw the unit exponential of the one after it."""
    c.n_needs += 1
    c.need_left = unit_exponential(world, c, D_NEED, c.n_needs)
    c.need_clock = tick
    if tick >= world.cursor[RECENT_FROM]:
        world.recent[c.segment, R_N_RATE] += 1
        world.recent[c.segment, R_RATE] += fraction(multiplier * p_met(world, row, c, tick))
    return tick
