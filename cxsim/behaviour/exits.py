"""Leaving: one budget a life, spent by cumulative hazard at every exposure (an order judged, a renewal)."""

from __future__ import annotations

import math

from cxsim.behaviour.accounts import close_months, stop_counting
from cxsim.behaviour.analytics import leave_ranks
from cxsim.behaviour.complaints import take_grievance
from cxsim.behaviour.contagion import count_contagion
from cxsim.behaviour.effects import BIN_DAYS, entrance_of, lead, run_bin
from cxsim.behaviour.money import R_EXIT, R_GRIEVANCE, R_N_EXIT
from cxsim.behaviour.outreach import pay_for_care, plan_contact
from cxsim.behaviour.programme import leave_programme
from cxsim.behaviour.pulls import exit_pull
from cxsim.behaviour.saving import is_offered, note_offer
from cxsim.behaviour.state import EXIT_BINS, GONE, L_EXIT, SUBSCRIPTION
from cxsim.behaviour.streams import SHOCKS, is_due, next_shock
from cxsim.journal.compiling import compiled
from cxsim.journal.events import KIND, MEASURING, RECENT_FROM, record
from cxsim.journal.tallies import N_EXITS, N_LEFT_BY_PAYMENT, N_LEFT_TO_RIVAL, count, fraction
from cxsim.journal.ticks import DAY, NEVER
from cxsim.journal.words import EXIT_PAYMENT_FAILED, EXIT_TO_RIVAL

STAYS, GIVES_UP, TO_RIVAL = range(3)


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
    return math.exp(row.b_exit * z - world.kappa[L_EXIT, c.segment, entrance_of(c), bin_] + pull)


@compiled
def _attended(world, row, c, now, hazard):
    """The part of a hazard he acts on: all of it, unless he does not look at his contract.

    What inattention defers is spent when a shock (a card replaced, a permission asked again) makes him
    look. Source: Einav, Klopack & Mahoney, subscriptions and inattention.
    """
    if row.attention >= 1.0 and c.deferred == 0.0:
        return hazard
    if c.shock_at <= now:
        looks = False
        while c.shock_at <= now:
            looks = is_due(world, c, SHOCKS, c.shock_at, c.n_shocks) or looks
            next_shock(world, c, c.shock_at)
        if looks:
            hazard += c.deferred
            c.deferred = 0.0
            return hazard
    c.deferred += (1.0 - row.attention) * hazard
    return row.attention * hazard


@compiled
def _measure(world, leaving, c, bin_, hazard, grievance):
    """Add an exposure to the sums behind the reference: the chance of leaving by any route."""
    if world.cursor[MEASURING] != 0:
        sums = world.exposures[L_EXIT, c.segment, entrance_of(c), bin_]
        sums[0] += fraction(-math.expm1(-(hazard + grievance + leaving.payment_hazard)))
        sums[1] += fraction(-math.expm1(-c.exit_hazard))
        if leaving.payment_hazard > 0.0:  # Of the first sum, what no intercept can change.
            sums[2] += fraction(-math.expm1(-leaving.payment_hazard) * math.exp(-hazard - grievance))


@compiled
def exit_bin(world, row, c, now):
    """Which intercept an exposure reads: by its number in the run, in long contracts by 28 days in it.

    The first renewals of a yearly contract are spread over a year in which memory moves from 0 to what
    the baseline gives: one intercept for all of them would lose those of the first months.
    """
    if world.cursor[KIND] == SUBSCRIPTION and row.renewal_ticks >= 2 * BIN_DAYS * DAY:
        return run_bin(world, c, now)
    return min(c.exposures, EXIT_BINS - 1)


@compiled
def face_exposure(world, row, c, now):
    """Charge one exit exposure to his life budget; whether he stays, gives up or goes to a rival.

    The hazard h exp(b z - kappa) is spent from one unit exponential a life, so a chance
    theta at every exposure becomes 1 - (1 - theta)^m under a multiplier m (proportional hazards).
    kappa is binned as `exit_bin` says, apart for starters and newcomers. Unanswered complaints add their
    own hazard: who leaves within it goes to a rival. A save offer lowers both; what is spent on everybody
    at such an occasion lowers the first.

    Reads: memory, kappa, prompts, grievance. Writes: life_left, exposures, offers, ledger. Returns: STAYS,
    GIVES_UP or TO_RIVAL. Draws: "stream" (shocks), those of save offers.
    """
    leaving = world.leaving[c.row]
    bin_ = exit_bin(world, row, c, now)
    c.exposures += 1
    count_contagion(world, c, now)
    multiplier = exit_multiplier(world, row, c, now, bin_)
    pay_for_care(world, leaving, c, now)
    hazard = _attended(world, row, c, now, c.exit_hazard * multiplier)
    grievance = take_grievance(world, c, bin_)
    without_offer = c.life_left - hazard - grievance
    is_asked = is_offered(world, leaving, c, now)
    if is_asked:
        kept = math.exp(-leaving.offer_effect)
        multiplier, hazard, grievance = multiplier * kept, hazard * kept, grievance * kept
    _measure(world, leaving, c, bin_, hazard, grievance)
    if now >= world.cursor[RECENT_FROM]:
        world.recent[c.segment, R_N_EXIT] += 1
        world.recent[c.segment, R_EXIT] += fraction(multiplier)
        world.recent[c.segment, R_GRIEVANCE] += fraction(grievance)
    route = STAYS
    c.life_left -= hazard
    if not c.life_left > 0.0:
        route = GIVES_UP
    elif grievance > 0.0:
        c.life_left -= grievance
        route = STAYS if c.life_left > 0.0 else TO_RIVAL
    if is_asked:
        note_offer(world, leaving, c, now, route == STAYS, not without_offer > 0.0)
    return route


@compiled
def leave(world, c, now, word):
    """He is a customer no longer, by the route that `word` tells; the company may try to win him back.

    A subscription's end is seen at once; who stops buying is only seen to have become quiet.

    Reads: kind of market. Writes: status, left, accounts, tallies, log, the next contact.
    Returns: nothing. Draws: "win_back/reached".
    """
    leave_ranks(world, c)
    c.save_offer, c.return_offer = 0, 0
    c.loop_at = NEVER
    if world.cursor[KIND] == SUBSCRIPTION:
        close_months(world, c, now)
        c.status, c.left = GONE, now
        stop_counting(world, c)
    else:
        c.status, c.left = GONE, now
        c.n_waiting = 0
    leave_programme(world, c, now)
    count(world, c.segment, now, N_EXITS, 1)
    if word == EXIT_TO_RIVAL:
        count(world, c.segment, now, N_LEFT_TO_RIVAL, 1)
    elif word == EXIT_PAYMENT_FAILED:
        count(world, c.segment, now, N_LEFT_BY_PAYMENT, 1)
    record(world, c, now, word, -1, 0, math.nan, 0)
    if world.cursor[KIND] == SUBSCRIPTION:
        plan_contact(world, c)
