"""The queue of a desk: he joins, waits, is served, or leaves it unserved."""

from __future__ import annotations

import math

from cxsim.behaviour.contact import feel_contact, handling_days
from cxsim.behaviour.crowd import note_contact, note_handling
from cxsim.behaviour.draws import decision, exponential
from cxsim.behaviour.effects import journey_uniform
from cxsim.behaviour.employees import take_employee, wait_looks_long
from cxsim.behaviour.ghosts import give_up_as_ghost, serve_ghost
from cxsim.behaviour.offers import talk_of_offer
from cxsim.behaviour.renewal import fall_due
from cxsim.behaviour.retrial import call_again, calls_again, lose_contact
from cxsim.behaviour.state import ABANDONED, CLOSED, CONTACT_CENTRE, FINISH, GHOST, GONE, LEAVE_QUEUE, PROSPECT
from cxsim.behaviour.tiers import queue_class
from cxsim.behaviour.touchpoints import AT_REQUEST, helps
from cxsim.journal.compiling import compiled
from cxsim.journal.events import KIND, record
from cxsim.journal.tallies import (
    FIRST_ORDER_TICKS, HANDLE_TICKS, N_ABANDONED, N_CALL_BACKS, N_CLOSED, N_CONTACTS, N_WAITED, WAIT_TICKS, book,
    book_shared, count, money)
from cxsim.journal.ticks import DAY, HOUR, MINUTE, NEVER, after
from cxsim.journal.words import (
    C_CONTACT_FEE, C_PROSPECT_MINUTES, C_STAFF, QUEUE_ABANDONED, QUEUE_CALL_BACK, QUEUE_CLOSED, QUEUE_JOINED,
    QUEUE_SERVED, SHARED)

D_PATIENCE = decision("request/patience")
D_REPLAYED = decision("request/replayed")
MINUTES_PER_DAY = DAY / MINUTE


@compiled
def join_queue(world, i, now, is_open, offers_call_back):
    """Join the queue of a desk; where the wait looks long, a call-back may be offered and kept.

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
    note_contact(world, c, now, offers_call_back)
    if not is_open:
        return leave_queue(world, i, now, CLOSED)
    if offers_call_back > 0.0 and wait_looks_long(team, channel):
        c.called_back = 1
        count(world, c.segment, now, N_CALL_BACKS, 1)
        record(world, c, now, QUEUE_CALL_BACK, c.channel, 0, math.nan, 0)
        return NEVER
    if not channel.patience_days < math.inf:
        return NEVER
    return after(now, channel.patience_days * exponential(journey_uniform(world, c, D_PATIENCE)))


@compiled
def is_replayed(world):
    """Whether waits are replayed from a profile instead of arising in queues."""
    return world.replayed.shape[0] > 0


@compiled
def turn_comes(world, i):
    """Where waits are replayed: the tick at which his turn comes, however many are waiting or serve.

    Exponential with the profile's mean at the hour he joined, by his own luck, so that he waits as long in every
    life in which he joins then.

    Reads: the profile. Writes: nothing. Returns: a tick. Draws: "request/replayed".
    """
    c = world.customers[i]
    mean = world.replayed[c.channel, c.joined % DAY // HOUR]
    if mean <= 0.0:
        return c.joined
    return after(c.joined, mean / MINUTES_PER_DAY * exponential(journey_uniform(world, c, D_REPLAYED)))


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
    if world.customers[i].status == GHOST:
        return serve_ghost(world, i, now)
    if world.cursor[KIND] != CONTACT_CENTRE:
        fall_due(world, i, now)
    c = world.customers[i]
    channel = world.channels[c.row, c.channel]
    row = world.rows[c.row, c.segment]
    wait = _end_wait(world, c, now)
    take_employee(world, c)
    record(world, c, now, QUEUE_SERVED, c.channel, wait, math.nan, 0)
    help_ = helps(world, row, c, now, AT_REQUEST, c.channel)
    talk_of_offer(world, row, c, channel, now, help_)
    days, nominal = handling_days(world, row, c, channel, now, help_)
    note_handling(world, c, days, nominal)
    end = after(now, days)
    c.joined = now
    c.contact_minutes = (end - now) / MINUTE
    count(world, c.segment, now, HANDLE_TICKS, end - now)
    book(world, c, now, c.channel, C_CONTACT_FEE, money(channel.contact_fee))
    if c.status == PROSPECT and world.cursor[KIND] != CONTACT_CENTRE:
        count(world, c.segment, now, FIRST_ORDER_TICKS, end - now)
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
    if world.customers[i].status == GHOST:
        return give_up_as_ghost(world, i)
    is_anonymous = world.cursor[KIND] == CONTACT_CENTRE
    if not is_anonymous:
        fall_due(world, i, now)
    c = world.customers[i]
    wait = _end_wait(world, c, now)
    quality = math.nan
    if not is_anonymous and c.status != GONE:
        row = world.rows[c.row, c.segment]
        # Nobody heard him, so he had nothing to repeat.
        c.contact_minutes, c.context, c.contact_steps = 0.0, 1, 1
        quality = feel_contact(
            world, row, c, now, outcome, 0.0, helps(world, row, c, now, AT_REQUEST, c.channel))
    if outcome == ABANDONED:
        count(world, c.segment, now, N_ABANDONED, 1)
        record(world, c, now, QUEUE_ABANDONED, c.channel, wait, quality, 0)
        if c.status != GONE and calls_again(world, c):
            return call_again(world, c, now)
    else:
        count(world, c.segment, now, N_CLOSED, 1)
        record(world, c, now, QUEUE_CLOSED, c.channel, wait, quality, 0)
    return lose_contact(world, i, now)
