"""Request: contact by contact until the need is an order or a settled matter; or a contact lost."""

from __future__ import annotations

import math

from cxsim.behaviour.contact import begin_contact, feel_contact, is_resolved, needs_further, session_days
from cxsim.behaviour.draws import decision
from cxsim.behaviour.effects import journey_uniform
from cxsim.behaviour.ghosts import join_as_ghost, vanish
from cxsim.behaviour.outreach import await_contact
from cxsim.behaviour.perception import find_fit
from cxsim.behaviour.queueing import join_queue
from cxsim.behaviour.renewal import fall_due
from cxsim.behaviour.retrial import come_back, lose_contact
from cxsim.behaviour.settlement import settle_request
from cxsim.behaviour.state import (
    ARRIVE, CLOSED, CONTACT_CENTRE, DIGITAL, FAILED, FINISH, GHOST, GONE, REST, SERVED, STAFFED, UNRESOLVED)
from cxsim.behaviour.touchpoints import AT_REQUEST, H_CALL_BACK, H_FIT, H_STEPS, helps
from cxsim.journal.compiling import compiled
from cxsim.journal.events import KIND, record
from cxsim.journal.tallies import (
    N_FAILED_VISITS, N_FIRST_CONTACTS, N_FIRST_RESOLVED, N_VISITS, book, count, money)
from cxsim.journal.ticks import DAY, MINUTE, NEVER, after
from cxsim.journal.words import (
    C_VISIT, QUEUE_CLOSED, SEARCH, SERVICE_FAILED, SERVICE_RESOLVED, SERVICE_UNRESOLVED)

D_PAGE = decision("request/page")
D_RETURN = decision("request/return")
D_FURTHER_AFTER = decision("request/further/after")


@compiled
def arrive(world, i, now, is_open):
    """Reach the channel: a digital session begins, or he joins the queue.

    Reads: channel, touchpoints. Writes: the contact, stage, visit or queue figures, log. Returns: the
    tick the session ends or patience runs out. Draws: "request/session", "request/patience",
    "handoff/context".
    """
    c = world.customers[i]
    if c.status == GHOST:
        return join_as_ghost(world, i, now, is_open)
    if world.cursor[KIND] == CONTACT_CENTRE:
        return join_queue(world, i, now, is_open, 0.0)
    if not fall_due(world, i, now):
        return await_contact(world, c, now)
    channel = world.channels[c.row, c.channel]
    row = world.rows[c.row, c.segment]
    help_ = helps(world, row, c, now, AT_REQUEST, c.channel)
    begin_contact(world, row, c, now, help_)
    if channel.kind == STAFFED:
        return join_queue(world, i, now, is_open, help_[H_CALL_BACK])
    count(world, c.segment, now, N_VISITS, 1)
    book(world, c, now, c.channel, C_VISIT, money(channel.visit_cost))
    if not is_open:
        c.contact_minutes = 0.0
        quality = feel_contact(world, row, c, now, CLOSED, 0.0, help_)
        record(world, c, now, QUEUE_CLOSED, c.channel, 0, quality, 0)
        return lose_contact(world, i, now)
    days = session_days(world, row, c, channel, now, help_)
    c.contact_minutes = days * DAY / MINUTE
    c.stage = FINISH
    return after(now, days)


@compiled
def finish(world, i, now):
    """The contact ends: failed, unresolved, to be continued, or met and (where it is an order) paid.

    Reads: channel, row, touchpoints. Writes: the episode, order, ledger, points, stage, log. Returns:
    the tick of delivery (or of the next contact). Draws: "request/page", "request/fit",
    "request/resolved", "request/further", "upsell/offer", "upsell/accept", "spend",
    "delivery/late", "delivery/delay", the points programme's.
    """
    c = world.customers[i]
    if c.status == GHOST:
        return vanish(world, i)
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
        return lose_contact(world, i, now)
    c.last_channel = c.channel
    c.fit = find_fit(world, row, c, now, help_[H_FIT])
    c.contact_steps = max(1, c.contact_steps + 1 + int(help_[H_STEPS]))
    record(world, c, now, SEARCH, c.channel, 0, c.fit, 0)
    if not is_resolved(world, c, channel, now, help_):
        quality = feel_contact(world, row, c, now, UNRESOLVED, c.fit, help_)
        record(world, c, now, SERVICE_UNRESOLVED, c.channel, 0, quality, 0)
        c.failures += 1
        return come_back(world, c, now, channel.return_days, D_RETURN)
    quality = feel_contact(world, row, c, now, SERVED, c.fit, help_)
    record(world, c, now, SERVICE_RESOLVED, c.channel, 0, quality, 0)
    if c.n_contacts == 1:
        count(world, c.segment, now, N_FIRST_RESOLVED, 1)
    if needs_further(world, c):
        c.is_further = 1
        return come_back(world, c, now, world.journeys[c.row, c.kind].further_days, D_FURTHER_AFTER)
    return settle_request(world, row, c, now, help_)


@compiled
def _end_anonymous(world, c, now):
    """A contact centre's contact ends; one that was not resolved comes back (failure demand)."""
    channel = world.channels[c.row, c.channel]
    if channel.p_resolved < 1.0 and journey_uniform(world, c, D_RETURN ^ 1) >= channel.p_resolved:
        record(world, c, now, SERVICE_UNRESOLVED, c.channel, 0, math.nan, 0)
        tick = come_back(world, c, now, channel.return_days, D_RETURN)
        c.stage = ARRIVE
        return tick
    record(world, c, now, SERVICE_RESOLVED, c.channel, 0, math.nan, 0)
    c.status = GONE
    c.stage = REST
    return NEVER
