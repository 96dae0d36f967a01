"""Outreach: what is spent on those who may leave, when those who left are contacted, the offer they then hold.

A subscription's end is seen. A shop sees only that somebody has not bought for long: it contacts those who
left and those who merely paused, and the latter redeem the offer with an order they would have made anyway.
"""

from __future__ import annotations

import math

from cxsim.behaviour.accounts import active_until
from cxsim.behaviour.draws import LIFE, decision, uniform
from cxsim.behaviour.life import exposed_row
from cxsim.behaviour.money import R_MARGIN
from cxsim.behaviour.state import REST, TRANSACTIONAL, WIN_BACK
from cxsim.journal.compiling import compiled
from cxsim.journal.events import HORIZON, KIND, RECENT_FROM, record
from cxsim.journal.tallies import N_WIN_BACK_CONTACTS, book, count, money
from cxsim.journal.ticks import NEVER, after
from cxsim.journal.words import C_OUTREACH, C_WIN_BACK, WIN_BACK_CONTACTED

D_REACHED = decision("win_back/reached")


@compiled
def _next_contact(world, c, since):
    """The tick of the next contact after `since`, under the row that then reaches him."""
    soonest = world.cursor[HORIZON]
    for row in range(world.leaving.shape[0]):
        leaving = world.leaving[row]
        if leaving.reach > 0.0:
            tick = after(since, leaving.quiet_days)
            if 0 <= tick < soonest and exposed_row(world, c, tick) == row:
                if uniform(world.keys[LIFE], c.id, c.n_orders, D_REACHED) < leaving.reach:
                    soonest = tick
    return soonest if soonest < world.cursor[HORIZON] else NEVER


@compiled
def plan_contact(world, c):
    """Plan the first contact after the company stops counting him as active.

    Reads: parameters of all rows, scenario exposure. Writes: contact_at, n_attempts. Returns: nothing.
    Draws: "win_back/reached" of that spell.
    """
    c.n_attempts = 0
    c.contact_at = _next_contact(world, c, active_until(world, c))


@compiled
def make_contact(world, c, tick):
    """Contact him, at its cost; a shop's customer holds an offer from then on. Plan the next attempt.

    Reads: row of the day. Writes: contact_at, n_attempts, return_offer, ledger, tallies, log.
    Returns: nothing. Draws: "win_back/reached" of that spell.
    """
    leaving = world.leaving[exposed_row(world, c, tick)]
    if leaving.reach == 0.0:  # He is no longer among those a scenario is for.
        c.contact_at = NEVER
        return
    cost = money(leaving.contact_cost)
    c.n_attempts += 1
    count(world, c.segment, tick, N_WIN_BACK_CONTACTS, 1)
    book(world, c, tick, -1, C_OUTREACH, cost)
    record(world, c, tick, WIN_BACK_CONTACTED, -1, 0, math.nan, cost)
    if world.cursor[KIND] == TRANSACTIONAL:
        c.return_offer = money(leaving.return_offer)
    c.contact_at = _next_contact(world, c, tick) if c.n_attempts < leaving.most_contacts else NEVER


@compiled
def pay_for_care(world, leaving, c, now):
    """What the company spends on a customer who may leave now, whether he stays or not; retention spend.

    It recurs with every occasion, so `residual_value` deducts it there, and it is no part of the recent yield.

    Reads: parameters. Writes: ledger, recent margin. Returns: nothing. Draws: nothing.
    """
    if leaving.care_cost > 0.0:
        cost = money(leaving.care_cost)
        book(world, c, now, -1, C_OUTREACH, cost)
        if now >= world.cursor[RECENT_FROM]:
            world.recent[c.segment, R_MARGIN] += cost


@compiled
def await_contact(world, c, now):
    """What wakes one who has left: the next contact, else nothing. Writes: stage, at. Returns: a tick."""
    c.stage = REST
    c.at = NEVER
    if c.contact_at < NEVER:
        c.stage = WIN_BACK
        c.at = max(now, c.contact_at)
    return c.at


@compiled
def redeem_return_offer(world, c, now, channel):
    """Give what was offered to him for coming back, whether he had left or not; retention spend."""
    if c.return_offer > 0:
        book(world, c, now, channel, C_WIN_BACK, c.return_offer)
        c.return_offer = 0
