"""Recognize: a need arises by its own clock, is noticed, and becomes a request.

The clock runs by itself: need n + 1 is timed from need n, never from the end of a journey.
Needs that arise during a journey wait in the customer's own list.
"""

from __future__ import annotations

import math

from cxsim.behaviour.automatic import acts_by_itself, execute
from cxsim.behaviour.choice import choose_channel
from cxsim.behaviour.draws import decision
from cxsim.behaviour.effects import group_of, journey_uniform, run_bin
from cxsim.behaviour.life import expose
from cxsim.behaviour.need_clock import next_need, p_met
from cxsim.behaviour.programme import fee_due, next_change
from cxsim.behaviour.outreach import await_contact
from cxsim.behaviour.prompts import p_missed
from cxsim.behaviour.prospects import note_prospect
from cxsim.behaviour.renewal import fall_due
from cxsim.behaviour.rivals import goes_to_rival
from cxsim.behaviour.state import (
    CONTACT_CENTRE, CUSTOMER, FAULT, GONE, L_RATE, N_BESIDE, N_WAITING, PROMPTED, PURCHASE, RECOGNIZE, RENEW,
    RENEWAL, REST, SUBSCRIPTION, TRANSACTIONAL, TROUBLESHOOT)
from cxsim.behaviour.streams import is_due, next_other
from cxsim.journal.compiling import compiled
from cxsim.journal.events import HORIZON, KIND, MEASURING, record
from cxsim.journal.tallies import N_FORGOTTEN, N_NEEDS, N_PROMPTED_NEEDS, N_TO_COMPETITOR, count, fraction
from cxsim.journal.ticks import DAY, NEVER
from cxsim.journal.words import NEED_COMPETITOR, NEED_FORGOTTEN, NEED_NOTICED, NEED_PROMPTED

D_MISSED = decision("recognize/missed")
D_COMPETITOR = decision("recognize/competitor")
D_KNOWN = decision("recognize/known")


@compiled
def _clock_kind(world):
    """The kind of journey the need clock brings: a purchase, or (subscription) help."""
    return PURCHASE if world.cursor[KIND] == TRANSACTIONAL else TROUBLESHOOT


@compiled
def _put_in_list(c, tick, kind):
    """Put a need into the waiting list, in order of time."""
    k = c.n_waiting
    while k > 0 and c.waiting[k - 1] > tick:
        c.waiting[k], c.waiting_kind[k] = c.waiting[k - 1], c.waiting_kind[k - 1]
        k -= 1
    c.waiting[k], c.waiting_kind[k] = tick, kind
    c.n_waiting += 1


@compiled
def _take_other(world, c, kind):
    """Put the next need of a stream beside the clock into the waiting list, and move the stream on."""
    tick = c.other_at[kind]
    of_stream = kind != PURCHASE and kind != RENEWAL and kind != FAULT
    if of_stream and not is_due(world, c, kind, tick, c.other_n[kind]):
        next_other(world, c, kind, tick)
        return
    if kind == PURCHASE and world.cursor[MEASURING] != 0:
        row = world.rows[c.row, c.segment]
        sums = world.exposures[L_RATE, c.segment, group_of(c), run_bin(world, c, tick)]
        sums[0] += fraction(p_met(world, row, c, tick))
    if kind == FAULT:
        _put_in_list(c, tick, TROUBLESHOOT)
    else:
        _put_in_list(c, tick, kind | PROMPTED if kind == PURCHASE else kind)
    if kind == RENEWAL or kind == FAULT:
        c.other_at[kind] = NEVER
    else:
        next_other(world, c, kind, tick)


@compiled
def collect_needs(world, c, now):
    """Let the clock run to `now` and put needs that arose meanwhile into the waiting list.

    A full list stops the clock until there is room; no need is lost.

    Reads: as `next_need`. Writes: waiting list, streams. Returns: nothing. Draws: "need", "stream".
    """
    while c.n_waiting < N_WAITING:
        tick = next_need(world, c, now)
        if tick == NEVER:
            break
        _put_in_list(c, tick, _clock_kind(world))
    for kind in range(N_BESIDE):
        while c.other_at[kind] <= now and c.n_waiting < N_WAITING:
            _take_other(world, c, kind)


@compiled
def _await_need(world, c, change):
    """Put the next need into the empty waiting list, if one comes before his account changes."""
    while c.n_waiting == 0:
        first = 0
        for kind in range(1, N_BESIDE):
            if c.other_at[kind] < c.other_at[first]:
                first = kind
        until = min(world.cursor[HORIZON], (change // DAY + 1) * DAY)
        if world.cursor[MEASURING] != 0 and c.prompt_at < until:
            until = min(until, (c.prompt_at // DAY + 1) * DAY)
        tick = next_need(world, c, min(until, c.other_at[first]))
        if tick != NEVER:
            _put_in_list(c, tick, _clock_kind(world))
        elif c.other_at[first] < until:
            _take_other(world, c, first)
        else:
            return


@compiled
def rest(world, i, now):
    """What wakes him next: his next need, due at the midnight of its day, a prompt, his renewal, his account.

    The clock runs only to the next need beside it and to the end of the day on which his account changes
    (points expire, a paid period ends) or he is called, so whatever changes his rate acts from then on.

    Reads: waiting list, streams, next renewal, account, contact. Writes: stage, at. Returns: the tick (NEVER
    if none). Draws: "need".
    """
    c = world.customers[i]
    if c.status == GONE or world.cursor[KIND] == CONTACT_CENTRE:
        return await_contact(world, c, now)
    c.stage = REST
    c.at = NEVER
    change = min(c.loop_at, min(next_change(c), fee_due(c)))
    if c.n_waiting == 0:
        _await_need(world, c, change)
    # What a prompt or a renewal brought comes before a need that the clock has already found.
    for kind in range(N_BESIDE):
        if 0 < c.n_waiting < N_WAITING and c.other_at[kind] < c.waiting[0]:
            _take_other(world, c, kind)
    if c.n_waiting > 0:
        c.stage = RECOGNIZE
        c.at = max(now, c.waiting[0] // DAY * DAY)
    due = min(min(c.prompt_at, c.contact_at), change)
    if world.cursor[KIND] == SUBSCRIPTION:
        due = min(due, c.next_renewal)
    if due <= c.at and due < world.cursor[HORIZON]:
        c.stage = RENEW
        c.at = due
    return c.at


@compiled
def recognize(world, i, now):
    """Take up the first waiting need: somebody notices it, and a journey begins; or nobody does.

    Reads: waiting list, scenario exposure, prompts, knowledge. Writes: row, a fresh journey, log.
    Returns: the tick of contact, of the solution (automatic) or of what is next (forgotten).
    Draws: "scenario part", "recognize/missed", "recognize/competitor", "recognize/known", "choice",
    "hour".
    """
    c = world.customers[i]
    if not fall_due(world, i, now):
        return rest(world, i, now)
    _begin_journey(world, c, now)
    row = world.rows[c.row, c.segment]
    count(world, c.segment, now, N_NEEDS, 1)
    if row.p_known < 1.0 and journey_uniform(world, c, D_KNOWN) >= row.p_known:
        c.knows_need = 0
    if acts_by_itself(world, row, c, now):
        return execute(world, row, c, now)
    if row.p_forgotten > 0.0 and c.status == CUSTOMER and c.kind == _clock_kind(world):
        u = journey_uniform(world, c, D_MISSED)
        if u < p_missed(world, row, c, now):
            return _miss(world, row, i, now)
        if u < row.p_forgotten:
            c.is_prompted = 1
    if goes_to_rival(world, row, c, now):
        count(world, c.segment, now, N_TO_COMPETITOR, 1)
        record(world, c, now, NEED_COMPETITOR, -1, 0, math.nan, 0)
        return rest(world, i, now)
    if c.is_prompted != 0:
        count(world, c.segment, now, N_PROMPTED_NEEDS, 1)
    record(world, c, now, NEED_PROMPTED if c.is_prompted != 0 else NEED_NOTICED, -1, 0, math.nan, 0)
    return choose_channel(world, i, now)


@compiled
def _begin_journey(world, c, now):
    """Take the first need out of the waiting list and start a journey with nothing in it."""
    c.need_tick = c.waiting[0]
    c.kind = c.waiting_kind[0] & (PROMPTED - 1)
    c.is_prompted = 1 if c.waiting_kind[0] & PROMPTED else 0
    c.n_waiting -= 1
    for k in range(c.n_waiting):
        c.waiting[k], c.waiting_kind[k] = c.waiting[k + 1], c.waiting_kind[k + 1]
    expose(world, c, now)
    c.journey += 1
    c.started = now
    note_prospect(world, c, now)
    c.knows_need = 1
    c.channel, c.last_channel, c.lost_at = -1, -1, -1
    c.attempt, c.failures, c.wait_ticks, c.is_ordered, c.is_automatic, c.is_further = 0, 0, 0, 0, 0, 0
    c.n_contacts, c.n_felt, c.ordered = 0, 0, 0
    c.effort_minutes, c.fit, c.gain, c.treat, c.quality_sum = 0.0, 0.0, 0.0, 0.0, 0.0
    c.felt_sum, c.felt_peak, c.felt_end, c.calm_sum, c.calm_peak, c.calm_end = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0


@compiled
def _miss(world, row, i, now):
    """Nobody notices the need: it is forgotten, or a competitor serves it.

    Reads: row. Writes: tallies, log. Returns: the tick of what is next. Draws: "recognize/competitor".
    """
    c = world.customers[i]
    if row.p_competitor > 0.0 and journey_uniform(world, c, D_COMPETITOR) < row.p_competitor:
        count(world, c.segment, now, N_TO_COMPETITOR, 1)
        record(world, c, now, NEED_COMPETITOR, -1, 0, math.nan, 0)
    else:
        count(world, c.segment, now, N_FORGOTTEN, 1)
        record(world, c, now, NEED_FORGOTTEN, -1, 0, math.nan, 0)
    return rest(world, i, now)


@compiled
def choose_again(world, i, now):
    """Choose a channel once more after a lost or unresolved contact, if he is still with the brand.

    Reads: published waits. Writes: channel, stage, log. Returns: the tick of contact (if he
    left meanwhile, of a contact to win him back). Draws: "choice", "hour".
    """
    if not fall_due(world, i, now):
        return await_contact(world, world.customers[i], now)
    return choose_channel(world, i, now)
