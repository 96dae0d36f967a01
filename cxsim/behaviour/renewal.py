"""What falls due by itself: renewals and payments, the loyalty programme's dates, prompts, the ends of months."""

from __future__ import annotations

import math

from cxsim.behaviour.accounts import close_months, count_repeat, start_counting
from cxsim.behaviour.analytics import join_ranks
from cxsim.behaviour.contagion import part_from_ties
from cxsim.behaviour.acquisition import pay_for_newcomer
from cxsim.behaviour.exits import GIVES_UP, STAYS, TO_RIVAL, face_exposure, leave
from cxsim.behaviour.life import expose
from cxsim.behaviour.loop import close_loop
from cxsim.behaviour.membership import renew_membership
from cxsim.behaviour.money import R_BASE
from cxsim.behaviour.outreach import make_contact
from cxsim.behaviour.payments import payment_succeeds
from cxsim.behaviour.programme import fee_due, next_change, reward_order, take_change
from cxsim.behaviour.prompts import take_prompt
from cxsim.behaviour.rivals import price_level
from cxsim.behaviour.saving import redeem_save_offer
from cxsim.behaviour.state import CUSTOMER, GONE
from cxsim.behaviour.streams import plan_renewal_contact
from cxsim.journal.compiling import compiled
from cxsim.journal.events import HORIZON, RECENT_FROM, record
from cxsim.journal.tallies import N_PURCHASES, REFERRED_REVENUE, book, count, money
from cxsim.journal.ticks import NEVER
from cxsim.journal.words import (
    C_FRIEND_BONUS, C_REFERRAL_BONUS, C_SUBSCRIPTION, C_UPSELL, EXIT_CANCELLED, EXIT_PAYMENT_FAILED,
    EXIT_TO_RIVAL, INVITE_CONVERTED, ORDER_PAID, REFERRAL)


@compiled
def pay_bonus(world, c, now):
    """Pay both sides of a referral when the friend first buys: booked as acquisition, on his account."""
    if c.bonus > 0:
        book(world, c, now, -1, C_REFERRAL_BONUS, c.bonus)
        c.bonus = 0
    if c.friend_bonus > 0:
        book(world, c, now, -1, C_FRIEND_BONUS, c.friend_bonus)
        c.friend_bonus = 0


@compiled
def pay_period(world, row, c, now):
    """One payment of a subscription, with the dearer plan's step while it lasts."""
    level = price_level(world, c, now)
    fee = money(row.fee * level)
    step = int(round(c.fee_step * level))
    book(world, c, now, -1, C_SUBSCRIPTION, fee)
    if step > 0:
        book(world, c, now, -1, C_UPSELL, step)
    if c.source == REFERRAL:
        count(world, c.segment, now, REFERRED_REVENUE, fee + step)
    if now >= world.cursor[RECENT_FROM]:
        world.recent[c.segment, R_BASE] += money(row.fee) + c.fee_step
    c.n_orders += 1
    count(world, c.segment, now, N_PURCHASES, 1)
    record(world, c, now, ORDER_PAID, -1, 0, math.nan, fee + step)
    redeem_save_offer(world, c, now, -1)
    reward_order(world, c, now, -1, fee + step)


@compiled
def subscribe(world, c, now):
    """First paid day of a subscription."""
    row = world.rows[c.row, c.segment]
    start_counting(world, c, now)
    c.status = CUSTOMER
    join_ranks(world, c)
    c.next_renewal = now + int(row.renewal_ticks)
    plan_renewal_contact(world, c, now)
    if c.source == REFERRAL:
        record(world, c, now, INVITE_CONVERTED, -1, 0, math.nan, c.bonus + c.friend_bonus)
    pay_bonus(world, c, now)
    pay_for_newcomer(world, c, now)
    pay_period(world, row, c, now)


@compiled
def renew(world, i, now):
    """A renewal falls due: he stays and pays, or the subscription ends.

    Reads: row, memory. Writes: life budget, accounts, ledger, log. Returns: nothing.
    Draws: those of save offers and payments (the life budget was drawn at birth).
    """
    c = world.customers[i]
    # He pays under what reaches him today; a journey under way keeps the row it began with.
    journey_row = c.row
    expose(world, c, now)
    _stay_or_cancel(world, c, now)
    c.row = journey_row


@compiled
def _stay_or_cancel(world, c, now):
    """Charge the exposure of a renewal: he stays and pays, or the subscription ends by one of three routes."""
    row = world.rows[c.row, c.segment]
    route = face_exposure(world, row, c, now)
    if route == GIVES_UP:
        leave(world, c, now, EXIT_CANCELLED)
    elif route == TO_RIVAL:
        leave(world, c, now, EXIT_TO_RIVAL)
    elif route == STAYS and not payment_succeeds(world, c, now):
        leave(world, c, now, EXIT_PAYMENT_FAILED)
    else:
        c.n_renewals += 1
        c.next_renewal = now + int(row.renewal_ticks)
        plan_renewal_contact(world, c, now)
        count_repeat(world, c, now)
        pay_period(world, row, c, now)


@compiled
def fall_due(world, i, now):
    """Let everything that fell due up to `now` happen, in its own time and before anything else.

    Renewals, prompts and calls inside a journey happen here, with satisfaction as it stood at their tick; so do
    contacts to a shopper who went quiet without having left. Of one tick: his account changes, he is called
    about his answer, he renews, a membership's fee is due, then he is contacted, then prompted.

    Reads: next renewal, prompts, contacts, programme, month pointer. Writes: accounts, log. Returns: whether he is
    still with the brand. Draws: those of `take_prompt` and `renew_membership`.
    """
    c = world.customers[i]
    last = min(now, world.cursor[HORIZON] - 1)
    while True:
        change, fee = next_change(c), fee_due(c)
        prompt, call = (c.prompt_at, c.loop_at) if c.status != GONE else (NEVER, NEVER)
        renewal = c.next_renewal if c.status == CUSTOMER and c.next_renewal > 0 else NEVER
        contact = c.contact_at if c.status == CUSTOMER else NEVER
        first = min(min(min(change, call), renewal), min(min(fee, prompt), contact))
        if first > last:
            break
        if change == first:
            take_change(world, c, first)
        elif call == first:
            close_loop(world, c)
        elif renewal == first:
            renew(world, i, first)
        elif fee == first:
            renew_membership(world, c, first)
        elif contact == first:
            make_contact(world, c, first)
        else:
            take_prompt(world, c)
    close_months(world, c, now)
    part_from_ties(world, i, now)
    return c.status != GONE
