"""Leaving: one budget a life, spent by cumulative hazard at every exposure (an order judged, a renewal)."""

from __future__ import annotations

import math

from cxsim.behaviour.contagion import count_contagion
from cxsim.behaviour.effects import lead
from cxsim.behaviour.money import R_EXIT, R_N_EXIT
from cxsim.behaviour.pulls import exit_pull
from cxsim.behaviour.state import EXIT_BINS, L_EXIT
from cxsim.behaviour.streams import next_shock
from cxsim.journal.compiling import compiled
from cxsim.journal.events import MEASURING, RECENT_FROM
from cxsim.journal.tallies import fraction


@compiled
def exit_multiplier(world, row, c, now, bin_):
    """What his hazard of leaving is multiplied by: exp(b z - kappa + everything else that pulls).

    Reads: memory, kappa, all that pulls. Writes: nothing. Returns: a factor, exactly 1 where nothing acts.
    Draws: nothing.
    """
    pull = exit_pull(world, row, c, now)
    if row.b_exit == 0.0 and pull == 0.0 and world.is_moved[L_EXIT] == 0:
        return 1.0
    z = lead(world, row, c, now)
    return math.exp(row.b_exit * z - world.kappa[L_EXIT, c.segment, 0, bin_] + pull)


@compiled
def _attended(world, row, c, now, hazard):
    """The part of a hazard he acts on: all of it, unless he does not look at his contract.

    What inattention defers is spent when a shock (a card replaced, a permission asked again) makes him
    look. Source: Einav, Klopack & Mahoney, subscriptions and inattention.
    """
    if row.attention >= 1.0 and c.deferred == 0.0:
        return hazard
    if c.shock_at <= now:
        hazard += c.deferred
        c.deferred = 0.0
        while c.shock_at <= now:
            next_shock(world, c, c.shock_at)
        return hazard
    c.deferred += (1.0 - row.attention) * hazard
    return row.attention * hazard


@compiled
def survives_exposure(world, row, c, now):
    """Charge one exit exposure to his life budget; whether he stays.

    The hazard h exp(b z - kappa) is spent from one unit exponential a life, so a chance
    theta at every exposure becomes 1 - (1 - theta)^m under a multiplier m (proportional hazards).
    kappa is binned by the number of the exposure in the run; the last bin is open.

    Reads: memory, kappa, prompts. Writes: life_left, exposures. Returns: bool. Draws: "stream" (shocks).
    """
    bin_ = min(c.exposures, EXIT_BINS - 1)
    c.exposures += 1
    count_contagion(world, c, now)
    multiplier = exit_multiplier(world, row, c, now, bin_)
    hazard = _attended(world, row, c, now, c.exit_hazard * multiplier)
    if world.cursor[MEASURING] != 0:
        world.exposures[L_EXIT, c.segment, 0, bin_, 0] += fraction(-math.expm1(-hazard))
        world.exposures[L_EXIT, c.segment, 0, bin_, 1] += fraction(-math.expm1(-c.exit_hazard))
    if now >= world.cursor[RECENT_FROM]:
        world.recent[c.segment, R_N_EXIT] += 1
        world.recent[c.segment, R_EXIT] += fraction(multiplier)
    c.life_left -= hazard
    return c.life_left > 0.0
