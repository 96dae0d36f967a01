"""What falls due by itself: renewals and payments, points that expire, the ends of months."""

from __future__ import annotations

import math

from cxsim.behaviour.accounts import close_months, count_repeat, start_counting, stop_counting
from cxsim.behaviour.attachment import attached_exit
from cxsim.behaviour.effects import acting, standing
from cxsim.behaviour.life import exposed_row
from cxsim.behaviour.loyalty import earn_points, expire_points, redeem_points
from cxsim.behaviour.money import R_BASE, R_EXIT, R_N_EXIT
from cxsim.behaviour.prompts import reactance, take_prompt
from cxsim.behaviour.state import CUSTOMER, EXIT_BINS, GONE, L_EXIT
from cxsim.behaviour.streams import next_shock, plan_renewal_contact
from cxsim.journal.compiling import compiled
from cxsim.journal.events import HORIZON, MEASURING, RECENT_FROM, record
from cxsim.journal.tallies import N_PURCHASES, REFERRED_REVENUE, book, count, fraction, money
from cxsim.journal.words import (
    C_REFERRAL_BONUS, C_SUBSCRIPTION, C_UPSELL, EXIT_CANCELLED, INVITE_CONVERTED, ORDER_PAID, REFERRAL)


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
    multiplier = 1.0
    if row.b_exit != 0.0 or row.reactance != 0.0 or row.attachment_exit != 0.0 or world.is_moved[L_EXIT] != 0:
        z = standing(world, c, acting(world, row, c, now))
        log_multiplier = row.b_exit * z - world.kappa[L_EXIT, c.segment, 0, bin_]
        multiplier = math.exp(log_multiplier + attached_exit(world, row, c)) * reactance(row, c, now)
    hazard = _attended(world, row, c, now, c.exit_hazard * multiplier)
    if world.cursor[MEASURING] != 0:
        world.exposures[L_EXIT, c.segment, 0, bin_, 0] += fraction(-math.expm1(-hazard))
        world.exposures[L_EXIT, c.segment, 0, bin_, 1] += fraction(-math.expm1(-c.exit_hazard))
    if now >= world.cursor[RECENT_FROM]:
        world.recent[c.segment, R_N_EXIT] += 1
        world.recent[c.segment, R_EXIT] += fraction(multiplier)
    c.life_left -= hazard
    return c.life_left > 0.0


@compiled
def pay_bonus(world, c, now):
    """Pay both sides of a referral when the friend first buys; booked as acquisition."""
    if c.bonus > 0:
        book(world, c, now, -1, C_REFERRAL_BONUS, c.bonus)
        c.bonus = 0


@compiled
def pay_period(world, row, c, now):
    """One payment of a subscription, with the dearer plan's step while it lasts."""
    fee = money(row.fee)
    book(world, c, now, -1, C_SUBSCRIPTION, fee)
    if c.fee_step > 0:
        book(world, c, now, -1, C_UPSELL, c.fee_step)
    if c.source == REFERRAL:
        count(world, c.segment, now, REFERRED_REVENUE, fee + c.fee_step)
    if now >= world.cursor[RECENT_FROM]:
        world.recent[c.segment, R_BASE] += fee + c.fee_step
    c.n_orders += 1
    count(world, c.segment, now, N_PURCHASES, 1)
    record(world, c, now, ORDER_PAID, -1, 0, math.nan, fee + c.fee_step)
    redeem_points(world, row, c, now, -1)
    earn_points(world, row, c, now, -1, fee + c.fee_step)


@compiled
def subscribe(world, c, now):
    """First paid day of a subscription."""
    row = world.rows[c.row, c.segment]
    start_counting(world, c, now)
    c.status = CUSTOMER
    c.next_renewal = now + int(row.renewal_ticks)
    plan_renewal_contact(world, c, now)
    if c.source == REFERRAL:
        record(world, c, now, INVITE_CONVERTED, -1, 0, math.nan, c.bonus)
    pay_bonus(world, c, now)
    pay_period(world, row, c, now)


@compiled
def renew(world, i, now):
    """A renewal falls due: he stays and pays, or the subscription ends.

    Reads: row, memory. Writes: life budget, accounts, ledger, log. Returns: nothing.
    Draws: nothing (the life budget was drawn at birth).
    """
    c = world.customers[i]
    # He pays under what reaches him today; a journey under way keeps the row it began with.
    row = world.rows[exposed_row(world, c, now), c.segment]
    if survives_exposure(world, row, c, now):
        c.n_renewals += 1
        c.next_renewal = now + int(row.renewal_ticks)
        plan_renewal_contact(world, c, now)
        count_repeat(world, c, now)
        pay_period(world, row, c, now)
        return
    close_months(world, c, now)
    c.status = GONE
    c.left = now
    stop_counting(world, c)
    record(world, c, now, EXIT_CANCELLED, -1, 0, math.nan, 0)


@compiled
def fall_due(world, i, now):
    """Let everything that fell due up to `now` happen, in its own time and before anything else.

    Renewals and prompts inside a journey happen here, with satisfaction as it stood at their tick.

    Reads: next renewal, prompts, points, month pointer. Writes: accounts, log. Returns: whether he is
    still with the brand. Draws: those of `take_prompt`.
    """
    c = world.customers[i]
    last = min(now, world.cursor[HORIZON] - 1)
    while c.status != GONE:
        if c.prompt_at <= last and (c.next_renewal <= 0 or c.prompt_at < c.next_renewal):
            expire_points(world, c, c.prompt_at)
            expire_points(world, c, c.prompt_at)
            take_prompt(world, c)
        elif c.status == CUSTOMER and 0 < c.next_renewal <= last:
            expire_points(world, c, c.next_renewal)
            renew(world, i, c.next_renewal)
        else:
            break
    expire_points(world, c, last)
    close_months(world, c, now)
    return c.status != GONE
