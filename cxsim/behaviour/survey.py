"""Read-outs: what he would answer, and whether he is asked and answers. They never feed back by themselves."""

from __future__ import annotations

import math

from cxsim.behaviour.draws import decision
from cxsim.behaviour.effects import expit, journey_uniform, remembered, standing
from cxsim.behaviour.perception import normal
from cxsim.behaviour.state import CES, CSAT, CSAT_JOURNEY, M_EFFORT, M_JOURNEY, NPS
from cxsim.journal.compiling import compiled
from cxsim.journal.events import record
from cxsim.journal.tallies import (
    CES_SUM, N_CES, N_CSAT, N_CSAT_JOURNEY, N_CSAT_JOURNEY_SATISFIED, N_CSAT_SATISFIED, N_DETRACTORS, N_NPS,
    N_NPS_ASKED, N_PROMOTERS, N_TRUE_ANSWERS, N_TRUE_DETRACTORS, N_TRUE_PROMOTERS, count)
from cxsim.journal.words import SURVEY_ANSWERED, SURVEY_SILENT

D_NPS = decision("survey/nps")
D_CSAT_JOURNEY = decision("survey/csat_journey")
D_CES = decision("survey/ces")
D_ASKED = decision("survey/asked")
D_ANSWERS = decision("survey/answers")
_TOUCHPOINT_ASKED = decision("survey/touchpoint/asked")
_TOUCHPOINT_ANSWERS = decision("survey/touchpoint/answers")


@compiled
def score(world, c, survey, z, name):
    """An answer from 0 upwards: how many cut points a noisy latent in s.d. units lies above.

    Source: ordinal threshold model; cut points follow from the baseline's shares of answers.
    """
    latent = z + world.voice[c.row].noise * normal(world, journey_uniform(world, c, name))
    n = 0
    while n < 10 and latent > world.cuts[c.segment, survey, n]:
        n += 1
    return n


@compiled
def standard(world, c, which, value):
    """A read-out in standard deviations around its mean in the baseline, for this kind of journey."""
    anchor = world.anchor[c.segment, c.kind, which]
    return (value - anchor[0]) / anchor[1]


@compiled
def is_asked(world, c, name):
    """Whether he is asked at all. Draws: `name` of the journey."""
    share = world.voice[c.row].share_asked
    return share >= 1.0 or journey_uniform(world, c, name) < share


@compiled
def p_answer(world, c, z):
    """Chance that one who is asked answers: logit p0 + bias z + extremes |z|; 1 where everybody does."""
    voice = world.voice[c.row]
    if voice.p_answer >= 1.0:
        return 1.0
    return expit(voice.answer_logit + voice.bias * z + voice.extremes * abs(z))


@compiled
def answers(world, c, z, name):
    """Whether he answers. Draws: `name` of the journey."""
    p = p_answer(world, c, z)
    return p >= 1.0 or journey_uniform(world, c, name) < p


@compiled
def answer_touchpoint(world, row, c, now, which, quality, name):
    """Answer the survey of one episode, about the touchpoint alone, if he is asked and answers.

    Reads: anchor. Writes: tallies. Returns: 1 when satisfied (4-5 of 5), answered or not, else 0.
    Draws: `name` of the contact, and of being asked and answering.
    """
    z = standard(world, c, which, quality)
    is_satisfied = 1 if 1 + score(world, c, CSAT, z, name) >= 4 else 0
    if is_asked(world, c, name ^ _TOUCHPOINT_ASKED) and answers(world, c, z, name ^ _TOUCHPOINT_ANSWERS):
        count(world, c.segment, now, N_CSAT, 1)
        count(world, c.segment, now, N_CSAT_SATISFIED, is_satisfied)
    return is_satisfied


@compiled
def answer_surveys(world, row, c, now, felt):
    """Be asked about the relationship, this journey and its effort, and answer all three or none.

    Reads: memory, read-outs of the journey. Writes: tallies, log. Returns: his score from 0 to 10, -1
    without an answer. Draws: "survey/nps", "survey/asked", "survey/answers", those of `_answer_rest`.
    """
    segment = c.segment
    z = standing(world, c, remembered(world, row, c, now))
    nps = score(world, c, NPS, z, D_NPS)
    count(world, segment, now, N_TRUE_ANSWERS, 1)
    count(world, segment, now, N_TRUE_PROMOTERS, 1 if nps >= 9 else 0)
    count(world, segment, now, N_TRUE_DETRACTORS, 1 if nps <= 6 else 0)
    if not is_asked(world, c, D_ASKED):
        return -1
    count(world, segment, now, N_NPS_ASKED, 1)
    if not answers(world, c, z, D_ANSWERS):
        record(world, c, now, SURVEY_SILENT, c.channel, 0, math.nan, 0)
        return -1
    count(world, segment, now, N_NPS, 1)
    count(world, segment, now, N_PROMOTERS, 1 if nps >= 9 else 0)
    count(world, segment, now, N_DETRACTORS, 1 if nps <= 6 else 0)
    _answer_rest(world, c, now, felt)
    record(world, c, now, SURVEY_ANSWERED, c.channel, 0, math.nan, 0)
    return nps


@compiled
def _answer_rest(world, c, now, felt):
    """Answer about the journey and its effort. Draws: "survey/csat_journey", "survey/ces"."""
    csat = 1 + score(world, c, CSAT_JOURNEY, standard(world, c, M_JOURNEY, felt), D_CSAT_JOURNEY)
    count(world, c.segment, now, N_CSAT_JOURNEY, 1)
    count(world, c.segment, now, N_CSAT_JOURNEY_SATISFIED, 1 if csat >= 4 else 0)
    ces = 1 + score(world, c, CES, -standard(world, c, M_EFFORT, c.effort_minutes), D_CES)
    count(world, c.segment, now, N_CES, 1)
    count(world, c.segment, now, CES_SUM, ces)
