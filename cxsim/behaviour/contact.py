"""A contact as an episode: what begins it, how long it takes, and how it is felt."""

from __future__ import annotations

import math

from cxsim.behaviour.draws import decision, exponential
from cxsim.behaviour.effects import expit, journey_uniform, logit
from cxsim.behaviour.employees import hear_customer, practice_of, service_quality, time_given
from cxsim.behaviour.episode import failure_weight, live_episode
from cxsim.behaviour.handoff import hand_off
from cxsim.behaviour.knowledge import knowledge_of
from cxsim.behaviour.perception import effort_felt, noise, normal, own_weight, wait_felt
from cxsim.behaviour.state import (
    BY_EFFORT, BY_EMPLOYEE, BY_FAILURE, BY_FIT, BY_HANDOFF, BY_WAIT, CONTACT_CENTRE, M_CONTACT, SERVED, STAFFED)
from cxsim.behaviour.touchpoints import (
    AT_REQUEST, H_DELIGHT, H_FAILED, H_INTEGRATION, H_MINUTES, H_RESOLVE, H_TIME, H_WAIT, note_pain,
    take_steps, use_touchpoints)
from cxsim.journal.compiling import compiled
from cxsim.journal.events import KIND
from cxsim.journal.tallies import (
    CHANNEL_GAP_SUM, N_CHANNEL_GAPS, N_CONTACTS_MADE, N_FAILURE_CONTACTS, N_FAILURES, REQUEST_STEPS, count,
    fraction)
from cxsim.journal.ticks import DAY, MINUTE

D_SESSION = decision("request/session")
D_HANDLE = decision("request/handle")
D_RESOLVED = decision("request/resolved")
D_FURTHER = decision("request/further")
D_NOISE = decision("perception/noise")
D_CSAT = decision("survey/csat")
MINUTES_PER_DAY = DAY / MINUTE


@compiled
def begin_contact(world, row, c, now, help_):
    """Begin a contact: what it needs to repeat, and the minutes touchpoints add.

    Reads: the journey so far. Writes: the contact's fields, tallies. Returns: nothing.
    Draws: "handoff/context".
    """
    c.n_contacts += 1
    count(world, c.segment, now, N_CONTACTS_MADE, 1)
    if c.failures > 0:
        count(world, c.segment, now, N_FAILURE_CONTACTS, 1)
    c.contact_wait = 0
    c.called_back = 0
    c.employee = -1
    c.pressure = 0.0
    c.contact_minutes = max(0.0, hand_off(world, row, c, now, help_[H_INTEGRATION]) + help_[H_MINUTES])
    c.contact_steps = 2 if c.context == 0 else 1


@compiled
def session_days(world, row, c, channel, now, help_):
    """How long a digital session takes: exponential, shorter where touchpoints and knowledge help.

    Reads: channel, knowledge. Writes: nothing. Returns: days. Draws: "request/session".
    """
    days = channel.session_days * exponential(journey_uniform(world, c, D_SESSION)) * help_[H_TIME]
    if row.search_saving != 0.0:
        days *= 1.0 - row.search_saving * knowledge_of(world, row, c, now)
    return days + c.contact_minutes / MINUTES_PER_DAY


@compiled
def handling_law(world, channel, u):
    """The channel's law of handling time, in days: exponential, lognormal or constant."""
    if channel.handle_sigma < 0.0:
        return channel.handle_days * exponential(u)
    if channel.handle_sigma == 0.0:
        return channel.handle_days
    sigma = channel.handle_sigma
    return channel.handle_days * math.exp(sigma * normal(world, u) - 0.5 * sigma * sigma)


@compiled
def handling_days(world, row, c, channel, now, help_):
    """How long an employee handles a contact: the channel's law times who serves and what helps.

    Exponential, or lognormal with the channel's coefficient of variation.

    Reads: channel, employee, team, knowledge. Writes: pressure, team sums. Returns: days, and what they
    were without what helps him or takes longer. Draws: "request/handle".
    """
    days = handling_law(world, channel, journey_uniform(world, c, D_HANDLE))
    days *= time_given(world, c, now)
    nominal = days
    if world.cursor[KIND] == CONTACT_CENTRE:
        return days, nominal
    days *= help_[H_TIME]
    if row.handle_saving != 0.0:
        days *= 1.0 - row.handle_saving * knowledge_of(world, row, c, now)
    return days + c.contact_minutes / MINUTES_PER_DAY, nominal


@compiled
def is_resolved(world, c, channel, now, help_):
    """Whether the contact settles the matter, so that he need not come back for it.

    Reads: channel, training, touchpoints. Writes: nothing. Returns: bool. Draws: "request/resolved".
    """
    p = channel.p_resolved
    if p < 1.0:
        gain = help_[H_RESOLVE]
        if channel.kind == STAFFED:
            gain += practice_of(world, now).training_resolve
        if gain != 0.0:
            p = expit(logit(p) + gain)
        return journey_uniform(world, c, D_RESOLVED) < p
    return True


@compiled
def needs_further(world, c):
    """Whether this contact, though met, is not the journey's last. Draws: "request/further"."""
    p = world.journeys[c.row, c.kind].p_further
    return c.is_further == 0 and p > 0.0 and journey_uniform(world, c, D_FURTHER) < p


@compiled
def feel_contact(world, row, c, now, outcome, fit, help_):
    """Feel a contact that ended: effort, wait, failure, fit, hand-off, who served, what helped.

    The touchpoint's own quality (asked about in its survey) leaves out what the hand-off cost: nobody
    at this touchpoint is to blame for it.

    Reads: the contact. Writes: the journey's episodes, tallies, places, pains, log.
    Returns: the episode's quality. Draws: "perception/noise", "perception/severity", "survey/csat".
    """
    channel = world.channels[c.row, c.channel]
    place = c.channel
    effort = effort_felt(row, c.contact_minutes) * own_weight(world, row, c, BY_EFFORT)
    wait = wait_felt(row, 0 if c.called_back != 0 else c.contact_wait, help_[H_WAIT])
    wait *= own_weight(world, row, c, BY_WAIT)
    bad, broken = 0.0, 0.0
    if outcome != SERVED or help_[H_FAILED] > 0.0:
        unit = failure_weight(world, row, c, 1, help_)
        bad = unit if outcome != SERVED else 0.0
        broken = unit * help_[H_FAILED]
        count(world, c.segment, now, N_FAILURES, 1)
    w_fit = row.w_fit * own_weight(world, row, c, BY_FIT)
    own = w_fit * fit - effort - wait - bad - broken + help_[H_DELIGHT] + noise(world, row, c, D_NOISE)
    served = 0.0
    if c.employee >= 0 or c.pressure != 0.0:
        served = service_quality(world, c, now)
        own += served
    repeated = row.w_handoff if c.context == 0 else 0.0
    felt, is_satisfied = live_episode(
        world, row, c, now, place, M_CONTACT, own, repeated, bad + broken, int(c.contact_minutes * MINUTE),
        0 if outcome == SERVED else 1, D_CSAT)
    count(world, c.segment, now, REQUEST_STEPS, c.contact_steps)
    take_steps(world, now, place, c.contact_steps)
    if channel.kind == STAFFED and outcome == SERVED:
        hear_customer(world, c, felt)
    note_pain(world, now, place, BY_EFFORT, -effort)
    note_pain(world, now, place, BY_WAIT, -wait)
    note_pain(world, now, place, BY_FAILURE, -bad)
    if fit > 0.0:
        note_pain(world, now, place, BY_FIT, w_fit * (fit - expit(row.fit_logit)))
    note_pain(world, now, place, BY_HANDOFF, -repeated)
    note_pain(world, now, place, BY_EMPLOYEE, served)
    use_touchpoints(world, row, c, now, AT_REQUEST, c.channel, felt, is_satisfied, broken)
    _compare_channels(world, c, now, own)
    c.effort_minutes += c.contact_minutes
    return own - repeated


@compiled
def _compare_channels(world, c, now, own):
    """Note how far this contact's quality lies from his last one, where that was on another channel."""
    if c.met_at >= 0 and c.met_at != c.channel:
        count(world, c.segment, now, N_CHANNEL_GAPS, 1)
        count(world, c.segment, now, CHANNEL_GAP_SUM, fraction(abs(own - c.met_quality)))
    c.met_at = c.channel
    c.met_quality = own
