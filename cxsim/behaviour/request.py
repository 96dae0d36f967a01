"""Request: contact by contact until the need is an order or a settled matter; or a contact lost."""

from __future__ import annotations

import math

from cxsim.behaviour.choice import is_open_hour, moment_on
from cxsim.behaviour.contact import (
    begin_contact, feel_contact, handling_days, is_resolved, session_days)
from cxsim.behaviour.draws import decision, exponential
from cxsim.behaviour.effects import journey_uniform
from cxsim.behaviour.employees import take_employee
from cxsim.behaviour.ordering import place_order, takes_offer
from cxsim.behaviour.outreach import await_contact
from cxsim.behaviour.perception import find_fit
from cxsim.behaviour.programme import give_exclusive
from cxsim.behaviour.renewal import fall_due
from cxsim.behaviour.respond import delivery_days
from cxsim.behaviour.state import (
    ABANDONED, ARRIVE, CHOOSE, CLOSED, CONTACT_CENTRE, DELIVER, DIGITAL, EVALUATE, FAILED, FINISH, GONE,
    LEAVE_QUEUE, PROSPECT, PURCHASE, REPEAT, REST, SERVED, STAFFED, SUBSCRIPTION, TRANSACTIONAL, UNRESOLVED)
from cxsim.behaviour.tiers import queue_class
from cxsim.behaviour.touchpoints import AT_REQUEST, H_CALL_BACK, H_FIT, H_UPSELL, helps
from cxsim.journal.compiling import compiled
from cxsim.journal.events import KIND, record
from cxsim.journal.tallies import (
    HANDLE_TICKS, N_ABANDONED, N_CALL_BACKS, N_CLOSED, N_CONTACTS, N_FAILED_VISITS, N_FIRST_CONTACTS,
    N_FIRST_RESOLVED, N_GIVEN_UP, N_RETRIES, N_VISITS, N_WAITED, WAIT_TICKS, book, book_shared, count, money)
from cxsim.journal.ticks import DAY, HOUR, MINUTE, NEVER, after
from cxsim.journal.words import (
    C_CONTACT_FEE, C_PROSPECT_MINUTES, C_STAFF, C_VISIT, ORDER_GIVEN_UP, QUEUE_ABANDONED, QUEUE_CALL_BACK,
    QUEUE_CLOSED, QUEUE_JOINED, QUEUE_SERVED, SEARCH, SERVICE_FAILED, SERVICE_RESOLVED, SERVICE_UNRESOLVED, SHARED)

D_PATIENCE = decision("request/patience")
D_PAGE = decision("request/page")
D_LOST = decision("request/lost")
D_RETRY = decision("request/retry")
D_RETRY_AFTER = decision("request/retry/after")
D_RETURN = decision("request/return")
D_FURTHER = decision("request/further")
D_FURTHER_AFTER = decision("request/further/after")


@compiled
def arrive(world, i, now, is_open):
    """Reach the channel: a digital session begins, or he joins the queue.

    Reads: channel, touchpoints. Writes: the contact, stage, visit or queue figures, log. Returns: the
    tick the session ends or patience runs out. Draws: "request/session", "request/patience",
    "handoff/context".
    """
    c = world.customers[i]
    if world.cursor[KIND] == CONTACT_CENTRE:
        return _join_queue(world, i, now, is_open, 0.0)
    if not fall_due(world, i, now):
        return await_contact(world, c, now)
    channel = world.channels[c.row, c.channel]
    row = world.rows[c.row, c.segment]
    help_ = helps(world, row, c, now, AT_REQUEST, c.channel)
    begin_contact(world, row, c, now, help_)
    if channel.kind == STAFFED:
        return _join_queue(world, i, now, is_open, help_[H_CALL_BACK])
    count(world, c.segment, now, N_VISITS, 1)
    book(world, c, now, c.channel, C_VISIT, money(channel.visit_cost))
    if not is_open:
        c.contact_minutes = 0.0
        quality = feel_contact(world, row, c, now, CLOSED, 0.0, help_)
        record(world, c, now, QUEUE_CLOSED, c.channel, 0, quality, 0)
        return _lose_contact(world, i, now)
    days = session_days(world, row, c, channel, now, help_)
    c.contact_minutes = days * DAY / MINUTE
    c.stage = FINISH
    return after(now, days)


@compiled
def _join_queue(world, i, now, is_open, offers_call_back):
    """Join the queue of a desk; where the wait looks long, a call-back may be offered and kept.

    Expected wait: customers in the desk's care, himself included, beyond its employees, at the mean
    handling time.

    Reads: channel, team. Writes: team, stage, log. Returns: the tick patience runs out (NEVER with
    endless patience or a call-back). Draws: "request/patience".
    """
    c = world.customers[i]
    channel = world.channels[c.row, c.channel]
    team = world.teams[c.channel]
    record(world, c, now, QUEUE_JOINED, c.channel, 0, math.nan, 0)
    c.joined = now
    c.queue_class = queue_class(world, world.rows[c.row, c.segment], c)
    c.stage = LEAVE_QUEUE
    team.waiting += 1
    if not is_open:
        return leave_queue(world, i, now, CLOSED)
    ahead = team.waiting + team.busy - team.on_duty
    if offers_call_back > 0.0 and ahead > 0:
        if ahead * channel.handle_days > channel.call_back_days * max(1, team.on_duty):
            c.called_back = 1
            count(world, c.segment, now, N_CALL_BACKS, 1)
            record(world, c, now, QUEUE_CALL_BACK, c.channel, 0, math.nan, 0)
            return NEVER
    if not channel.patience_days < math.inf:
        return NEVER
    return after(now, channel.patience_days * exponential(journey_uniform(world, c, D_PATIENCE)))


@compiled
def _end_wait(world, c, now):
    """Count a contact and its wait, for the month and for tomorrow's published waits."""
    wait = now - c.joined
    world.teams[c.channel].waiting -= 1
    c.contact_wait = wait
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

    Reads: channel, team. Writes: wait figures, his employee, ledger, effort, stage, log. Returns: the
    tick the service ends. Draws: "request/handle".
    """
    if world.cursor[KIND] != CONTACT_CENTRE:
        fall_due(world, i, now)
    c = world.customers[i]
    channel = world.channels[c.row, c.channel]
    row = world.rows[c.row, c.segment]
    wait = _end_wait(world, c, now)
    take_employee(world, c)
    record(world, c, now, QUEUE_SERVED, c.channel, wait, math.nan, 0)
    help_ = helps(world, row, c, now, AT_REQUEST, c.channel)
    end = after(now, handling_days(world, row, c, channel, now, help_))
    c.joined = now
    c.contact_minutes = (end - now) / MINUTE
    count(world, c.segment, now, HANDLE_TICKS, end - now)
    book(world, c, now, c.channel, C_CONTACT_FEE, money(channel.contact_fee))
    if c.status == PROSPECT and world.cursor[KIND] != CONTACT_CENTRE:
        labour = money(channel.wage_per_day * ((end - now) / DAY))
        book(world, c, now, c.channel, C_PROSPECT_MINUTES, labour)
        book_shared(world, now, SHARED, c.channel, C_STAFF, 0, -labour)
    c.stage = FINISH
    return end


@compiled
def leave_queue(world, i, now, outcome):
    """He leaves the queue unserved: out of patience, or sent away by a closing door.

    Reads: nothing more. Writes: wait figures, the episode, log, stage. Returns: the tick of what is
    next. Draws: "request/lost", "request/retry".
    """
    is_anonymous = world.cursor[KIND] == CONTACT_CENTRE
    if not is_anonymous:
        fall_due(world, i, now)
    c = world.customers[i]
    wait = _end_wait(world, c, now)
    quality = math.nan
    if not is_anonymous and c.status != GONE:
        row = world.rows[c.row, c.segment]
        c.contact_minutes, c.context = 0.0, 1  # Nobody heard him, so he had nothing to repeat.
        quality = feel_contact(
            world, row, c, now, outcome, 0.0, helps(world, row, c, now, AT_REQUEST, c.channel))
    if outcome == ABANDONED:
        count(world, c.segment, now, N_ABANDONED, 1)
        record(world, c, now, QUEUE_ABANDONED, c.channel, wait, quality, 0)
        if c.status != GONE and _calls_again(world, c):
            return _call_again(world, c, now)
    else:
        count(world, c.segment, now, N_CLOSED, 1)
        record(world, c, now, QUEUE_CLOSED, c.channel, wait, quality, 0)
    return _lose_contact(world, i, now)


@compiled
def _calls_again(world, c):
    """Whether one who abandoned calls the same desk again soon. Draws: "request/retry"."""
    channel = world.channels[c.row, c.channel]
    return channel.p_retry > 0.0 and journey_uniform(world, c, D_RETRY) < channel.p_retry


@compiled
def _call_again(world, c, now):
    """Retrial: the same desk again after a while, within its hours (excess over ordinary recall).

    Reads: channel. Writes: attempt, failures, stage. Returns: a tick. Draws: "request/retry/after".
    """
    channel = world.channels[c.row, c.channel]
    tick = after(now, channel.retry_days * exponential(journey_uniform(world, c, D_RETRY_AFTER)))
    c.attempt += 1
    c.failures += 1
    c.stage = ARRIVE
    count(world, c.segment, now, N_RETRIES, 1)
    if tick < NEVER and not is_open_hour(world, c.channel, tick):
        u = journey_uniform(world, c, D_RETRY_AFTER)
        return moment_on(world, c.channel, tick, u, u)
    return tick


@compiled
def _lose_contact(world, i, now):
    """A lost contact costs time: he tries again at the next midnight. It may cost the request.

    Reads: row. Writes: failures, attempt, stage, log. Returns: a tick. Draws: "request/lost".
    """
    c = world.customers[i]
    c.failures += 1
    c.lost_at = c.channel
    if world.cursor[KIND] == CONTACT_CENTRE:
        c.status = GONE
    if c.status == GONE:
        return await_contact(world, c, now)
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
    """The contact ends: failed, unresolved, to be continued, or met and (where it is an order) paid.

    Reads: channel, row, touchpoints. Writes: the episode, order, ledger, points, stage, log. Returns:
    the tick of delivery (or of the next contact). Draws: "request/page", "request/fit",
    "request/resolved", "request/further", "upsell/offer", "upsell/accept", "spend",
    "delivery/late", "delivery/delay", the points programme's.
    """
    c = world.customers[i]
    if world.cursor[KIND] == CONTACT_CENTRE:
        return _end_anonymous(world, c, now)
    if not fall_due(world, i, now):
        return await_contact(world, c, now)
    channel = world.channels[c.row, c.channel]
    row = world.rows[c.row, c.segment]
    help_ = helps(world, row, c, now, AT_REQUEST, c.channel)
    if c.n_contacts == 1:
        count(world, c.segment, now, N_FIRST_CONTACTS, 1)
    if channel.kind == DIGITAL and journey_uniform(world, c, D_PAGE) < channel.p_failure:
        count(world, c.segment, now, N_FAILED_VISITS, 1)
        quality = feel_contact(world, row, c, now, FAILED, 0.0, help_)
        record(world, c, now, SERVICE_FAILED, c.channel, 0, quality, 0)
        return _lose_contact(world, i, now)
    c.last_channel = c.channel
    c.fit = find_fit(world, row, c, now, help_[H_FIT])
    record(world, c, now, SEARCH, c.channel, 0, c.fit, 0)
    if not is_resolved(world, c, channel, now, help_):
        quality = feel_contact(world, row, c, now, UNRESOLVED, c.fit, help_)
        record(world, c, now, SERVICE_UNRESOLVED, c.channel, 0, quality, 0)
        c.failures += 1
        return _come_back(world, c, now, channel.return_days, D_RETURN)
    quality = feel_contact(world, row, c, now, SERVED, c.fit, help_)
    record(world, c, now, SERVICE_RESOLVED, c.channel, 0, quality, 0)
    if c.n_contacts == 1:
        count(world, c.segment, now, N_FIRST_RESOLVED, 1)
    journey = world.journeys[c.row, c.kind]
    if c.is_further == 0 and journey.p_further > 0.0:
        if journey_uniform(world, c, D_FURTHER) < journey.p_further:
            c.is_further = 1
            return _come_back(world, c, now, journey.further_days, D_FURTHER_AFTER)
    return _settle_request(world, row, c, now, help_[H_UPSELL])


@compiled
def _end_anonymous(world, c, now):
    """A contact centre's contact ends; one that was not resolved comes back (failure demand)."""
    channel = world.channels[c.row, c.channel]
    if channel.p_resolved < 1.0 and journey_uniform(world, c, D_RETURN ^ 1) >= channel.p_resolved:
        record(world, c, now, SERVICE_UNRESOLVED, c.channel, 0, math.nan, 0)
        tick = _come_back(world, c, now, channel.return_days, D_RETURN)
        c.stage = ARRIVE
        return tick
    record(world, c, now, SERVICE_RESOLVED, c.channel, 0, math.nan, 0)
    c.status = GONE
    c.stage = REST
    return NEVER


@compiled
def _come_back(world, c, now, days, name):
    """The journey needs another contact after some days, on a channel chosen anew.

    Reads: nothing more. Writes: attempt, stage. Returns: a tick. Draws: `name`.
    """
    tick = after(now, days * exponential(journey_uniform(world, c, name)))
    c.attempt += 1
    c.stage = CHOOSE
    return tick


@compiled
def _settle_request(world, row, c, now, gain):
    """The request is met: an order is paid, a dearer plan taken, help is on its way, or he only looked."""
    if c.kind == EVALUATE:
        c.stage = REPEAT
        return now + 1
    if world.cursor[KIND] == TRANSACTIONAL and c.kind == PURCHASE:
        place_order(world, row, c, now, gain)
    elif world.cursor[KIND] == SUBSCRIPTION and c.has_step == 0 and row.fee_step > 0.0:
        if takes_offer(world, row, c, now, gain):
            c.has_step = 1
            c.fee_step = money(row.fee_step)
            give_exclusive(world, c, now, c.channel, c.fee_step)
    c.stage = DELIVER
    return after(now, delivery_days(world, row, c, now))
