"""Touchpoints: capabilities beside a contact or a solution, from a library of presets.

Each acts at one stage, on some channels and kinds of journey, for the customers it reaches (one keyed
uniform a customer and touchpoint). What it changes is added up here; what that means is decided where
the contact, the solution and the judgement are.
"""

from __future__ import annotations

from cxsim.behaviour.draws import LIFE, uniform
from cxsim.behaviour.effects import journey_uniform
from cxsim.behaviour.knowledge import knowledge_of
from cxsim.behaviour.state import (
    BY_FAILURE, BY_TOUCHPOINT, F_EPISODES, F_FAILURES, F_QUALITY, F_SATISFACTION, F_SATISFIED,
    F_STEPS, F_TICKS)
from cxsim.journal.compiling import compiled
from cxsim.journal.events import record_use
from cxsim.journal.tallies import book, fraction, money
from cxsim.journal.ticks import DAY
from cxsim.journal.words import C_TOUCHPOINT, START, USED_RECOGNIZE, USED_REPEAT, USED_REQUEST, USED_RESPOND

AT_RECOGNIZE, AT_REQUEST, AT_RESPOND, AT_REPEAT = range(4)
USED = (USED_RECOGNIZE, USED_REQUEST, USED_RESPOND, USED_REPEAT)
_FAILS = 0x5A5A5A5A

# What the touchpoints of one contact or solution add up to.
(H_MINUTES, H_TIME, H_RESPONSE, H_FIT, H_UPSELL, H_DELIGHT, H_RESOLVE, H_WAIT, H_INTEGRATION, H_FAILURE,
 H_RECOVER, H_FAILED, H_CALL_BACK, H_TEACHES, H_STEPS, H_CONVERSION) = range(16)


@compiled
def meets(world, c, t, stage, channel):
    """Whether a touchpoint is there for him now.

    Reads: the touchpoint, the journey. Writes: nothing. Returns: bool. Draws: "touchpoint/<name>"
    (once a life).
    """
    touchpoint = world.touchpoints[c.row, t]
    if touchpoint.reach <= 0.0 or touchpoint.stage != stage or touchpoint.kinds >> c.kind & 1 == 0:
        return False
    if channel >= 0 and touchpoint.channels >> channel & 1 == 0:
        return False
    if touchpoint.needs_known != 0 and c.knows_need == 0:
        return False
    if touchpoint.first_only != 0 and (c.n_judged > 0 or c.source == START):
        return False
    if touchpoint.after_failure != 0 and c.failures == 0:
        return False
    return uniform(world.keys[LIFE], c.id, 0, touchpoint.salt) < touchpoint.reach


@compiled
def fails(world, c, t):
    """Whether a touchpoint fails him this time. Draws: "touchpoint/<name>" of the contact."""
    touchpoint = world.touchpoints[c.row, t]
    if touchpoint.p_failure == 0.0:
        return False
    return journey_uniform(world, c, touchpoint.salt ^ _FAILS) < touchpoint.p_failure


@compiled
def helps(world, row, c, now, stage, channel):
    """What the touchpoints of a stage add up to for him now, in the order of the H_ numbers.

    One that fails costs its minutes and steps and helps with nothing.

    Reads: touchpoints, the journey, knowledge. Writes: nothing. Returns: sixteen numbers.
    Draws: those of `meets` and `fails`.
    """
    minutes, time, response, fit, upsell, delight, resolve = 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0
    wait, apart, failure, recover, failed, call_back, teaches, steps = 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0
    conversion = 0.0
    if row.n_touchpoints > 0.0:
        for t in range(world.touchpoints.shape[1]):
            if not meets(world, c, t, stage, channel):
                continue
            touchpoint = world.touchpoints[c.row, t]
            minutes += touchpoint.minutes
            steps += max(0, touchpoint.steps)
            if fails(world, c, t):
                failed += 1.0
                continue
            known = knowledge_of(world, row, c, now) if touchpoint.by_knowledge != 0 else 1.0
            time *= 1.0 - (1.0 - touchpoint.rel_minutes) * known
            fit += touchpoint.fit * known
            upsell += touchpoint.upsell * known
            conversion += touchpoint.conversion * known
            response *= touchpoint.rel_response
            delight += touchpoint.delight
            resolve += touchpoint.resolve
            wait *= touchpoint.rel_wait
            apart *= 1.0 - touchpoint.integration
            failure *= touchpoint.rel_failure
            recover += touchpoint.recover
            call_back += touchpoint.offers_call_back
            teaches += touchpoint.teaches
            steps += min(0, touchpoint.steps)
    return (minutes, time, response, fit, upsell, delight, resolve, wait, 1.0 - apart, failure, recover, failed,
            call_back, teaches, steps, conversion)


@compiled
def use_touchpoints(world, row, c, now, stage, channel, felt, is_satisfied, broken):
    """Book and log every touchpoint he met in this episode, with how the episode felt.

    `broken` is the quality lost to touchpoints that failed; the first of them answers for it.

    Reads: touchpoints. Writes: ledgers, felt tallies, log. Returns: nothing. Draws: as `meets`.
    """
    if row.n_touchpoints == 0.0:
        return
    first_place = world.channels.shape[1] + 1
    for t in range(world.touchpoints.shape[1]):
        if not meets(world, c, t, stage, channel):
            continue
        touchpoint = world.touchpoints[c.row, t]
        cost = money(touchpoint.cost)
        book(world, c, now, channel, C_TOUCHPOINT, cost)
        entry = world.touch_costs[now // DAY, c.segment, c.source, t]
        entry[0] += 1
        entry[1] += cost
        record_use(world, c, now, USED[stage], channel, t, cost)
        has_failed = fails(world, c, t)
        delight = 0.0 if has_failed else touchpoint.delight
        feel_place(world, now, first_place + t, felt, delight, is_satisfied, 0, 1 if has_failed else 0)
        note_pain(world, now, first_place + t, BY_TOUCHPOINT, delight)
        if has_failed:
            note_pain(world, now, first_place + t, BY_FAILURE, -broken)
            broken = 0.0


@compiled
def feel_place(world, now, place, felt, quality, is_satisfied, ticks, n_failures):
    """Add one episode to what is known of a place: a channel, the solution, a touchpoint."""
    sums = world.felt[world.month_of_day[now // DAY], place]
    sums[F_EPISODES] += 1
    sums[F_SATISFACTION] += fraction(felt)
    sums[F_QUALITY] += fraction(quality)
    sums[F_SATISFIED] += is_satisfied
    sums[F_TICKS] += ticks
    sums[F_FAILURES] += n_failures


@compiled
def take_steps(world, now, place, n):
    """Add what he had to do in one episode at a place."""
    world.felt[world.month_of_day[now // DAY], place, F_STEPS] += n


@compiled
def note_pain(world, now, place, cause, quality):
    """Add what a cause took from perceived quality at a place, or gave to it."""
    if quality < 0.0:
        world.pains[world.month_of_day[now // DAY], place, cause, 0] += fraction(-quality)
    elif quality > 0.0:
        world.pains[world.month_of_day[now // DAY], place, cause, 1] += fraction(quality)
