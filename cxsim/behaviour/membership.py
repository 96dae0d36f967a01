"""Paid membership: a fee for benefits; paid periods follow one another until he does not renew.

Source: Iyengar, Park & Yu (2022) JMR 59:1101: a large, lasting rise of purchases, one third of it for economic
reasons, two thirds not; those come with having paid, so they act only where a fee is paid.
"""

from __future__ import annotations

import math

from cxsim.behaviour.draws import LIFE, decision, uniform
from cxsim.behaviour.life import exposed_row, person_key
from cxsim.journal.compiling import compiled
from cxsim.journal.events import record
from cxsim.journal.tallies import N_MEMBERS_JOINED, N_MEMBERS_LEFT, REFERRED_REVENUE, book, count, money
from cxsim.journal.ticks import after
from cxsim.journal.words import (
    C_MEMBERSHIP_FEE, MEMBERSHIP_JOINED, MEMBERSHIP_LAPSED, MEMBERSHIP_RENEWED, REFERRAL)

D_JOIN = decision("loyalty/join")
D_RENEW = decision("loyalty/renew")


@compiled
def is_member(c):
    """Whether he belongs to the programme: enrolled, or paying for it."""
    return c.is_enrolled != 0 or c.fee_at > 0


@compiled
def membership_lift(world, c):
    """Log of what a paid membership raises the purchase rate by (a subscriber: keeps his hazard lower)."""
    return world.programme[c.row].lift if c.fee_at > 0 else 0.0


@compiled
def join_membership(world, c, now, channel):
    """Join at an order, if he is one who does; nobody joins twice in a life.

    Reads: programme. Writes: fee, ledger, tallies, log. Returns: nothing.
    Draws: "loyalty/join" (one uniform a life).
    """
    programme = world.programme[c.row]
    if programme.p_join == 0.0 or c.n_fees > 0:
        return
    if uniform(person_key(world, c.source), c.id, 0, D_JOIN) >= programme.p_join:
        return
    if not is_member(c):
        count(world, c.segment, now, N_MEMBERS_JOINED, 1)
        c.joined_at = now
    _pay_fee(world, programme, c, now, channel, MEMBERSHIP_JOINED)


@compiled
def renew_membership(world, c, tick):
    """A paid period ends: he pays for the next one under the terms of the day, or the membership lapses.

    Reads: row of the day. Writes: fee, ledger, tallies, log. Returns: nothing.
    Draws: "loyalty/renew" of this fee.
    """
    programme = world.programme[exposed_row(world, c, tick)]
    if programme.p_join > 0.0 and uniform(world.keys[LIFE], c.id, c.n_fees, D_RENEW) < programme.p_renew:
        _pay_fee(world, programme, c, tick, -1, MEMBERSHIP_RENEWED)
    else:
        end_membership(world, c, tick)


@compiled
def end_membership(world, c, now):
    """The paid membership ends. Writes: fee, tallies, log."""
    if c.fee_at == 0:
        return
    c.fee_at = 0
    if c.is_enrolled == 0:
        count(world, c.segment, now, N_MEMBERS_LEFT, 1)
    record(world, c, now, MEMBERSHIP_LAPSED, -1, 0, math.nan, 0)


@compiled
def _pay_fee(world, programme, c, now, channel, word):
    fee = money(programme.fee)
    book(world, c, now, channel, C_MEMBERSHIP_FEE, fee)
    if c.source == REFERRAL:
        count(world, c.segment, now, REFERRED_REVENUE, fee)
    c.n_fees += 1
    c.fee_at = after(now, programme.fee_days)
    record(world, c, now, word, channel, 0, math.nan, fee)
