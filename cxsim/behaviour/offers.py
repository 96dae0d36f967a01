"""Offers beside a request: who sees one, what it costs in talk and money, and who takes it.

Over-offering wears acceptance out; one who has come further with us than up the ladder is ripe for the next step.
"""

from __future__ import annotations

import math

from cxsim.behaviour.attachment import used_to
from cxsim.behaviour.contact import is_resolved, needs_further
from cxsim.behaviour.draws import decision
from cxsim.behaviour.effects import expit, exponent, faded, group_of, journey_uniform, run_bin
from cxsim.behaviour.programme import member_acceptance
from cxsim.behaviour.state import (
    CONTACT_CENTRE, EVALUATE, L_UPSELL, PROSPECT, PURCHASE, STAFFED, TRANSACTIONAL, UPGRADE)
from cxsim.journal.compiling import compiled
from cxsim.journal.events import KIND, MEASURING, record
from cxsim.journal.tallies import (
    N_UPSELL_ACCEPTED, N_UPSELL_OFFERS, OFFER_LABOUR, OFFER_TICKS, book, count, fraction, money)
from cxsim.journal.ticks import DAY, MINUTE
from cxsim.journal.words import C_OFFER, OFFER_REFUSED, OFFER_TAKEN, OFFER_UNSEEN

D_OFFER = decision("upsell/offer")
D_ACCEPT = decision("upsell/accept")


@compiled
def recent_offers(row, c, now):
    """How many offers he still has in mind: a faded count, which wears acceptance out."""
    return faded(c.offer_heat, c.offered_at, now, row.offer_wear_days)


@compiled
def p_accept(world, row, c, now, gain):
    """Chance that he takes an offer: logit p0 + b z - kappa + what helps + membership + ripeness - wear.

    Source: ordered cross-buying as in Li, Sun & Wilcox (2005); wear-out is the user's.
    """
    x = row.upsell_logit + exponent(world, row, c, L_UPSELL, row.b_upsell, now) + gain
    x += member_acceptance(world, c) + ripeness(world, row, c)
    if row.offer_wear != 0.0:
        x -= row.offer_wear * recent_offers(row, c, now)
    return expit(x)


@compiled
def ripeness(world, row, c):
    """How ripe he is for the next step (logit): maturity (m - level) + weight (fit - typical fit).

    m = n / (n + n0) of n orders (renewals); level is the share of the ladder he has climbed.
    Source: demand maturity, Li, Sun & Wilcox (2005) JMR 42:233.
    """
    x = 0.0
    if row.upsell_maturity != 0.0:
        level = min(1.0, c.n_taken / row.upsell_ladder)
        x += row.upsell_maturity * (used_to(world, c, row.upsell_n0) - level)
    if row.upsell_fit != 0.0:
        x += row.upsell_fit * (c.fit - expit(row.fit_logit))
    return x


@compiled
def sees_offer(world, row, c):
    """Whether an offer is made beside this request. Draws: "upsell/offer"."""
    if c.kind == UPGRADE:
        return True
    return row.p_offer > 0.0 and journey_uniform(world, c, D_OFFER) < row.p_offer


@compiled
def offer_minutes(world, row, c, channel, now, help_):
    """Minutes of talk about the offer that this contact at a desk will take; known as it begins.

    Reads: row, channel, journey. Writes: nothing. Returns: minutes. Draws: "upsell/offer",
    "request/resolved", "request/further".
    """
    if channel.kind != STAFFED or c.kind == EVALUATE or not sees_offer(world, row, c):
        return 0.0
    if world.cursor[KIND] == TRANSACTIONAL:
        if c.kind != PURCHASE:
            return 0.0
    elif c.status == PROSPECT or c.n_taken >= row.upsell_ladder or row.fee_step == 0.0:
        return 0.0
    if needs_further(world, c) or not is_resolved(world, c, channel, now, help_):
        return 0.0
    return row.offer_minutes


@compiled
def talk_of_offer(world, row, c, channel, now, help_):
    """Add the minutes in which an offer will be made to the contact, and count what they cost."""
    if row.offer_minutes == 0.0 or world.cursor[KIND] == CONTACT_CENTRE:
        return
    minutes = offer_minutes(world, row, c, channel, now, help_)
    if minutes > 0.0:
        c.contact_minutes += minutes
        ticks = int(minutes * MINUTE)
        count(world, c.segment, now, OFFER_TICKS, ticks)
        count(world, c.segment, now, OFFER_LABOUR, money(channel.wage_per_day * (ticks / DAY)))


@compiled
def takes_offer(world, row, c, now, gain):
    """Make the offer beside the request, if at all; whether he takes it.

    One who comes for an upgrade always sees the offer.

    Reads: row, memory, recent offers. Writes: tallies, recent offers, log. Returns: bool.
    Draws: "upsell/offer", "upsell/accept".
    """
    if row.p_offer == 0.0 and c.kind != UPGRADE:
        return False
    if not sees_offer(world, row, c):
        record(world, c, now, OFFER_UNSEEN, c.channel, 0, math.nan, 0)
        return False
    p = p_accept(world, row, c, now, gain)
    c.offer_heat = recent_offers(row, c, now) + 1.0
    c.offered_at = now
    count(world, c.segment, now, N_UPSELL_OFFERS, 1)
    if row.offer_cost > 0.0:
        book(world, c, now, c.channel, C_OFFER, money(row.offer_cost))
    if world.cursor[MEASURING] != 0:
        bins = world.exposures[L_UPSELL, c.segment, group_of(c), run_bin(world, c, now)]
        bins[0] += fraction(p)
        bins[1] += fraction(expit(row.upsell_logit))
    if journey_uniform(world, c, D_ACCEPT) < p:
        c.n_taken += 1
        count(world, c.segment, now, N_UPSELL_ACCEPTED, 1)
        record(world, c, now, OFFER_TAKEN, c.channel, 0, math.nan, 0)
        return True
    record(world, c, now, OFFER_REFUSED, c.channel, 0, math.nan, 0)
    return False
