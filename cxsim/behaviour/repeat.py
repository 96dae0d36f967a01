"""Repeat: he judges, remembers, answers, tells friends; the brand learns; he stays, or he silently leaves."""

from __future__ import annotations

import math

from cxsim.behaviour.attachment import attachment
from cxsim.behaviour.complaints import complain
from cxsim.behaviour.contagion import part_from_ties
from cxsim.behaviour.exits import STAYS, TO_RIVAL, face_exposure, leave
from cxsim.behaviour.knowledge import individual_knowledge, learn
from cxsim.behaviour.loop import plan_call
from cxsim.behaviour.perception import judge_journey, mean_quality, observe_journey
from cxsim.behaviour.prospects import count_prospect, walk_away
from cxsim.behaviour.recognize import collect_needs, rest
from cxsim.behaviour.recovery import recover
from cxsim.behaviour.referral import invite_friends
from cxsim.behaviour.renewal import fall_due
from cxsim.behaviour.respond import enjoy_use
from cxsim.behaviour.rivals import distance
from cxsim.behaviour.state import CUSTOMER, M_JOURNEY, TRANSACTIONAL
from cxsim.behaviour.survey import answer_surveys, standard
from cxsim.behaviour.word_of_mouth import speak_of
from cxsim.journal.compiling import compiled
from cxsim.journal.events import KIND, MEASURING, record
from cxsim.journal.tallies import (
    ATTACHMENT_SUM, EFFORT_TICKS, EXPERIENCE_SUM, JOURNEY_TICKS, KNOWLEDGE_SUM, N_JUDGED, PREFERENCE_SUM, count,
    fraction)
from cxsim.journal.ticks import MINUTE
from cxsim.journal.words import EXIT_LEFT, EXIT_TO_RIVAL, JUDGE, USE_ENJOYED


@compiled
def repeat(world, i, now):
    """Judge the journey, then stay or leave, and rest until the next need.

    The exit exposure of an order is charged here, with this journey's own experience in it;
    a first order, that of one who was won back and a journey without an order carry none. Needs that arose
    meanwhile fall away if he leaves.

    Reads: the whole journey. Writes: memory, expectation, knowledge, life budget, newcomers, log.
    Returns: the tick of what is next (NEVER if nothing). Draws: "recovery/made", those of complaints
    and save offers, the surveys', "reputation/rating", "talk/negative", "referral/invite", "need".
    """
    c = world.customers[i]
    if not fall_due(world, i, now):
        return rest(world, i, now)
    row = world.rows[c.row, c.segment]
    if c.is_ordered != 0:
        record(world, c, now, USE_ENJOYED, c.channel, 0, math.nan, 0)
        if c.is_automatic == 0:
            enjoy_use(world, row, c, now)
    complain(world, c, now, recover(world, row, c, now))
    collect_needs(world, c, now)
    felt = judge_journey(world, row, c, now)
    _count_journey(world, row, c, now, felt)
    record(world, c, now, JUDGE, c.channel, c.wait_ticks, mean_quality(world, c), 0)
    if world.cursor[MEASURING] != 0:
        observe_journey(world, c, felt)
    count_prospect(world, c, now, felt)
    plan_call(world, c, now, answer_surveys(world, row, c, now, felt))
    speak_of(world, c, now, felt)
    if world.cursor[KIND] == TRANSACTIONAL and c.is_ordered != 0:
        _stay_or_leave(world, row, i, now)
    learn(world, row, c, now)
    walk_away(world, c, now)
    if c.status == CUSTOMER:
        invite_friends(world, i, now)
    return rest(world, i, now)


@compiled
def _stay_or_leave(world, row, i, now):
    """Charge the exposure of an order: he stays, or he leaves without a word, or for a rival."""
    c = world.customers[i]
    is_first = c.n_orders == 1 or c.is_back != 0
    c.is_back = 0
    if is_first:
        return
    route = face_exposure(world, row, c, now)
    if route != STAYS:
        leave(world, c, now, EXIT_TO_RIVAL if route == TO_RIVAL else EXIT_LEFT)
        part_from_ties(world, i, now)


@compiled
def _count_journey(world, row, c, now, felt):
    """Count a judged journey: how it was felt, how long, how much effort, and what is known of him."""
    count(world, c.segment, now, N_JUDGED, 1)
    count(world, c.segment, now, EXPERIENCE_SUM, fraction(standard(world, c, M_JOURNEY, felt)))
    count(world, c.segment, now, PREFERENCE_SUM, fraction(distance(world, row, c, now)))
    count(world, c.segment, now, JOURNEY_TICKS, now - c.started)
    count(world, c.segment, now, EFFORT_TICKS, int(c.effort_minutes * MINUTE))
    count(world, c.segment, now, KNOWLEDGE_SUM, fraction(individual_knowledge(world, row, c, now)))
    count(world, c.segment, now, ATTACHMENT_SUM, fraction(attachment(world, row, c)))
