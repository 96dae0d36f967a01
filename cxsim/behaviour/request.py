"""Request: the contact, the search, an offer beside it, the payment; or a contact lost."""

from __future__ import annotations

import math

from cxsim.behaviour.accounts import active_until, count_repeat, start_counting, stop_counting
from cxsim.behaviour.draws import decision, exponential, positive_quantile
from cxsim.behaviour.effects import expit, exponent, group_of, journey_uniform, run_bin
from cxsim.behaviour.life import table_of
from cxsim.behaviour.loyalty import earn_points, redeem_points
from cxsim.behaviour.money import R_BASE
from cxsim.behaviour.perception import find_fit
from cxsim.behaviour.renewal import fall_due, pay_bonus
from cxsim.behaviour.respond import delivery_days
from cxsim.behaviour.state import (
    ABANDONED, CHOOSE, CLOSED, CONTACT_CENTRE, CUSTOMER, DELIVER, DIGITAL, FINISH, GONE, L_SPEND, L_UPSELL,
    LEAVE_QUEUE, PROSPECT, REPEAT, REST, SUBSCRIPTION, T_SPEND)
from cxsim.journal.compiling import compiled
from cxsim.journal.events import KIND, MEASURING, RECENT_FROM, record
from cxsim.journal.tallies import (
    HANDLE_TICKS, N_ABANDONED, N_CLOSED, N_CONTACTS, N_FAILED_VISITS, N_GIVEN_UP, N_PURCHASES,
    N_UPSELL_ACCEPTED, N_UPSELL_OFFERS, N_VISITS, N_WAITED, REFERRED_REVENUE, WAIT_TICKS, book,
    book_shared, count, fraction, money)
from cxsim.journal.ticks import DAY, HOUR, MINUTE, NEVER, after
from cxsim.journal.words import (
    C_CONTACT_FEE, C_GOODS, C_ORDER, C_PROSPECT_MINUTES, C_STAFF, C_UPSELL, C_VISIT, INVITE_CONVERTED,
    OFFER_REFUSED, OFFER_TAKEN, OFFER_UNSEEN, ORDER_GIVEN_UP, ORDER_PAID, QUEUE_ABANDONED, QUEUE_CLOSED,
    QUEUE_JOINED, QUEUE_SERVED, REFERRAL, SEARCH, SERVICE_FAILED, SERVICE_RESOLVED, SHARED)

D_SESSION = decision("request/session")
D_PATIENCE = decision("request/patience")
D_HANDLE = decision("request/handle")
D_PAGE = decision("request/page")
D_LOST = decision("request/lost")
D_OFFER = decision("upsell/offer")
D_ACCEPT = decision("upsell/accept")
D_BASKET = decision("spend")


@compiled
def arrive(world, i, now, is_open):
    """Reach the channel: a digital session begins, or he joins the queue.

    Reads: channel. Writes: stage, visit or queue figures, log. Returns: the tick the session
    ends or patience runs out. Draws: "request/session", "request/patience".
    """
    c = world.customers[i]
    if world.cursor[KIND] != CONTACT_CENTRE and not fall_due(world, i, now):
        c.stage = REST
        return NEVER
    channel = world.channels[c.row, c.channel]
    if channel.kind == DIGITAL:
        count(world, c.segment, now, N_VISITS, 1)
        book(world, c, now, c.channel, C_VISIT, money(channel.visit_cost))
        if not is_open:
            record(world, c, now, QUEUE_CLOSED, c.channel, 0, math.nan, 0)
            return _lose_contact(world, i, now)
        session = channel.session_days * exponential(journey_uniform(world, c, D_SESSION))
        c.effort_minutes += session * DAY / MINUTE
        c.stage = FINISH
        return after(now, session)
    record(world, c, now, QUEUE_JOINED, c.channel, 0, math.nan, 0)
    c.joined = now
    c.stage = LEAVE_QUEUE
    if not is_open:
        return leave_queue(world, i, now, CLOSED)
    if not channel.patience_days < math.inf:
        return NEVER
    return after(now, channel.patience_days * exponential(journey_uniform(world, c, D_PATIENCE)))


@compiled
def _end_wait(world, c, now):
    """Count a contact and its wait, for the month and for tomorrow's published waits."""
    wait = now - c.joined
    c.wait_ticks += wait
    count(world, c.segment, now, N_CONTACTS, 1)
    count(world, c.segment, now, WAIT_TICKS, wait)
    if wait > 0:
        count(world, c.segment, now, N_WAITED, 1)
    sums = world.wait_sums[c.channel, c.joined % DAY // HOUR]
    sums[0] += 1
    sums[1] += wait
    return wait


@compiled
def serve(world, i, now):
    """An employee takes him: the wait ends and the handling begins.

    Reads: channel. Writes: wait figures, ledger, effort, stage, log. Returns: the tick the
    service ends. Draws: "request/handle".
    """
    if world.cursor[KIND] != CONTACT_CENTRE:
        fall_due(world, i, now)
    c = world.customers[i]
    channel = world.channels[c.row, c.channel]
    wait = _end_wait(world, c, now)
    record(world, c, now, QUEUE_SERVED, c.channel, wait, math.nan, 0)
    end = after(now, channel.handle_days * exponential(journey_uniform(world, c, D_HANDLE)))
    count(world, c.segment, now, HANDLE_TICKS, end - now)
    book(world, c, now, c.channel, C_CONTACT_FEE, money(channel.contact_fee))
    if c.status == PROSPECT and world.cursor[KIND] != CONTACT_CENTRE:
        labour = money(channel.wage_per_day * ((end - now) / DAY))
        book(world, c, now, c.channel, C_PROSPECT_MINUTES, labour)
        book_shared(world, now, SHARED, c.channel, C_STAFF, 0, -labour)
    c.effort_minutes += (end - now) / MINUTE
    c.stage = FINISH
    return end


@compiled
def leave_queue(world, i, now, outcome):
    """He leaves the queue unserved: out of patience, or sent away by a closing door.

    Reads: nothing more. Writes: wait figures, log, stage. Returns: the tick of what is next.
    Draws: "request/lost".
    """
    if world.cursor[KIND] != CONTACT_CENTRE:
        fall_due(world, i, now)
    c = world.customers[i]
    wait = _end_wait(world, c, now)
    if outcome == ABANDONED:
        count(world, c.segment, now, N_ABANDONED, 1)
        record(world, c, now, QUEUE_ABANDONED, c.channel, wait, math.nan, 0)
    else:
        count(world, c.segment, now, N_CLOSED, 1)
        record(world, c, now, QUEUE_CLOSED, c.channel, wait, math.nan, 0)
    return _lose_contact(world, i, now)


@compiled
def _lose_contact(world, i, now):
    """A lost contact costs time: he tries again at the next midnight. It may cost the request.

    Reads: row. Writes: failures, attempt, stage, log. Returns: a tick. Draws: "request/lost".
    """
    c = world.customers[i]
    c.failures += 1
    if world.cursor[KIND] == CONTACT_CENTRE:
        c.status = GONE
    if c.status == GONE:
        c.stage = REST
        return NEVER
    row = world.rows[c.row, c.segment]
    if row.p_lost > 0.0 and journey_uniform(world, c, D_LOST) < row.p_lost:
        count(world, c.segment, now, N_GIVEN_UP, 1)
        record(world, c, now, ORDER_GIVEN_UP, c.channel, 0, math.nan, 0)
        c.stage = REPEAT
        return now + 1
    c.attempt += 1
    c.stage = CHOOSE
    return (now // DAY + 1) * DAY


@compiled
def finish(world, i, now):
    """The contact ends: the page may have failed; else the request is met and paid.

    Reads: channel, row. Writes: order, ledger, points, stage, log. Returns: the tick of
    delivery (or of the next attempt). Draws: "request/page", "request/fit", "upsell/offer",
    "upsell/accept", "spend", "delivery/late", "delivery/delay", the points programme's.
    """
    c = world.customers[i]
    if world.cursor[KIND] == CONTACT_CENTRE:
        record(world, c, now, SERVICE_RESOLVED, c.channel, 0, math.nan, 0)
        c.status = GONE
        c.stage = REST
        return NEVER
    if not fall_due(world, i, now):
        c.stage = REST
        return NEVER
    channel = world.channels[c.row, c.channel]
    row = world.rows[c.row, c.segment]
    if channel.kind == DIGITAL and journey_uniform(world, c, D_PAGE) < channel.p_failure:
        count(world, c.segment, now, N_FAILED_VISITS, 1)
        record(world, c, now, SERVICE_FAILED, c.channel, 0, math.nan, 0)
        return _lose_contact(world, i, now)
    c.fit = find_fit(world, row, c)
    record(world, c, now, SEARCH, c.channel, 0, c.fit, 0)
    if world.cursor[KIND] == SUBSCRIPTION:
        record(world, c, now, SERVICE_RESOLVED, c.channel, 0, math.nan, 0)
        if c.has_step == 0 and row.fee_step > 0.0 and _takes_offer(world, row, c, now):
            c.has_step = 1
            c.fee_step = money(row.fee_step)
    else:
        _order(world, row, c, now)
    c.stage = DELIVER
    return after(now, delivery_days(world, row, c))


@compiled
def _takes_offer(world, row, c, now):
    """Make the offer beside the request, if at all; whether he takes it."""
    if row.p_offer == 0.0:
        return False
    if journey_uniform(world, c, D_OFFER) >= row.p_offer:
        record(world, c, now, OFFER_UNSEEN, c.channel, 0, math.nan, 0)
        return False
    p = expit(row.upsell_logit + exponent(world, row, c, L_UPSELL, row.b_upsell, now))
    count(world, c.segment, now, N_UPSELL_OFFERS, 1)
    if world.cursor[MEASURING] != 0:
        bins = world.exposures[L_UPSELL, c.segment, group_of(c), run_bin(world, c, now)]
        bins[0] += fraction(p)
        bins[1] += fraction(expit(row.upsell_logit))
    if journey_uniform(world, c, D_ACCEPT) < p:
        count(world, c.segment, now, N_UPSELL_ACCEPTED, 1)
        record(world, c, now, OFFER_TAKEN, c.channel, 0, math.nan, 0)
        return True
    record(world, c, now, OFFER_REFUSED, c.channel, 0, math.nan, 0)
    return False


@compiled
def _order(world, row, c, now):
    """Fill the basket, take the offer or not, pay, and count what the order changes."""
    moved = math.exp(exponent(world, row, c, L_SPEND, row.b_spend, now))
    expected = row.spend_shape * c.spend_scale
    unit = positive_quantile(world.quantiles, table_of(c, T_SPEND), journey_uniform(world, c, D_BASKET))
    basket = money(unit * c.spend_scale * moved)
    upsell = 0
    if _takes_offer(world, row, c, now) and row.has_upsell_effect != 0.0:
        upsell = int(round(basket * row.rel_upsell))
    if world.cursor[MEASURING] != 0:
        p = expit(row.upsell_logit + exponent(world, row, c, L_UPSELL, row.b_upsell, now))
        offered = row.has_upsell_effect * row.p_offer * p * row.rel_upsell
        bins = world.exposures[L_SPEND, c.segment, group_of(c), run_bin(world, c, now)]
        bins[0] += money(expected * moved * (1.0 + offered))
        bins[1] += money(expected)
    if now >= world.cursor[RECENT_FROM]:
        world.recent[c.segment, R_BASE] += money(expected)
    _count_order(world, c, now, basket + upsell)
    book(world, c, now, c.channel, C_ORDER, basket)
    if upsell > 0:
        book(world, c, now, c.channel, C_UPSELL, upsell)
    book(world, c, now, c.channel, C_GOODS, int(round((basket + upsell) * row.goods_share)))
    record(world, c, now, ORDER_PAID, c.channel, 0, math.nan, basket + upsell)
    redeem_points(world, row, c, now, c.channel)
    earn_points(world, row, c, now, c.channel, basket + upsell)


@compiled
def _count_order(world, c, now, amount):
    """Count an order, and him as acquired, reactivated or a repeat buyer."""
    if c.is_counted != 0 and now > active_until(world, c):
        stop_counting(world, c)
    if c.is_counted == 0:
        start_counting(world, c, now)
    if c.status == PROSPECT:
        c.status = CUSTOMER
        if c.source == REFERRAL:
            record(world, c, now, INVITE_CONVERTED, c.channel, 0, math.nan, c.bonus)
            pay_bonus(world, c, now)
    else:
        count_repeat(world, c, now)
    if c.source == REFERRAL:
        count(world, c.segment, now, REFERRED_REVENUE, amount)
    c.n_orders += 1
    c.last_order = now
    c.is_ordered = 1
    count(world, c.segment, now, N_PURCHASES, 1)
