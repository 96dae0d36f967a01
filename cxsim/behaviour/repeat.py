"""Repeat: he judges, remembers, answers, tells friends; he stays, or he silently leaves."""

from __future__ import annotations

import math

from cxsim.behaviour.perception import contact_quality, judge_journey, journey_quality, observe_journey
from cxsim.behaviour.recognize import collect_needs, rest
from cxsim.behaviour.referral import invite_friends
from cxsim.behaviour.renewal import fall_due, survives_exposure
from cxsim.behaviour.state import CUSTOMER, GONE, TRANSACTIONAL
from cxsim.behaviour.survey import answer_surveys
from cxsim.journal.compiling import compiled
from cxsim.journal.events import KIND, MEASURING, record
from cxsim.journal.tallies import N_JUDGED, count
from cxsim.journal.words import EXIT_LEFT, JUDGE, SURVEY_ANSWERED, USE_ENJOYED


@compiled
def repeat(world, i, now):
    """Judge the journey, then stay or leave, and rest until the next need.

    The exit exposure of an order is charged here, with this journey's own experience in it;
    a first order and a journey without an order carry none. Needs that arose meanwhile fall
    away if he leaves.

    Reads: the whole journey. Writes: memory, expectation, life budget, newcomers, log.
    Returns: the tick of what is next (NEVER if nothing). Draws: "perception/noise",
    the surveys', "referral/invite", "need".
    """
    c = world.customers[i]
    if not fall_due(world, i, now):
        return rest(world, i, now)
    row = world.rows[c.row, c.segment]
    if c.is_ordered != 0:
        record(world, c, now, USE_ENJOYED, c.channel, 0, math.nan, 0)
    contact = contact_quality(row, c)
    quality = journey_quality(world, row, c)
    collect_needs(world, c, now)
    felt = judge_journey(world, row, c, now, quality)
    count(world, c.segment, now, N_JUDGED, 1)
    record(world, c, now, JUDGE, c.channel, c.wait_ticks, quality, 0)
    if world.cursor[MEASURING] != 0:
        observe_journey(world, c, quality, felt, contact)
    answer_surveys(world, row, c, now, felt, contact)
    record(world, c, now, SURVEY_ANSWERED, c.channel, 0, math.nan, 0)
    if world.cursor[KIND] == TRANSACTIONAL and c.is_ordered != 0 and c.n_orders > 1:
        if not survives_exposure(world, row, c, now):
            c.status = GONE
            c.left = now
            c.n_waiting = 0
            record(world, c, now, EXIT_LEFT, -1, 0, math.nan, 0)
    if c.status == CUSTOMER:
        invite_friends(world, i, now)
    return rest(world, i, now)
