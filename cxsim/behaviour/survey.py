"""Read-outs: what he would answer. They never feed back into what he does."""

from __future__ import annotations

from cxsim.behaviour.draws import decision
from cxsim.behaviour.effects import journey_uniform, remembered, standing
from cxsim.behaviour.perception import normal
from cxsim.behaviour.state import CES, CSAT, CSAT_JOURNEY, M_EFFORT, M_JOURNEY, NPS
from cxsim.journal.compiling import compiled
from cxsim.journal.tallies import (
    CES_SUM, N_CES, N_CSAT, N_CSAT_JOURNEY, N_CSAT_JOURNEY_SATISFIED, N_CSAT_SATISFIED, N_DETRACTORS, N_NPS,
    N_PROMOTERS, count)

D_NPS = decision("survey/nps")
D_CSAT_JOURNEY = decision("survey/csat_journey")
D_CES = decision("survey/ces")


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
def answer_touchpoint(world, row, c, now, which, quality, name):
    """Answer the survey of one episode, about the touchpoint alone; 1 when satisfied (4-5 of 5).

    Reads: anchor. Writes: tallies. Returns: 0 or 1. Draws: `name` of the contact.
    """
    csat = 1 + score(world, c, CSAT, standard(world, c, which, quality), name)
    is_satisfied = 1 if csat >= 4 else 0
    count(world, c.segment, now, N_CSAT, 1)
    count(world, c.segment, now, N_CSAT_SATISFIED, is_satisfied)
    return is_satisfied


@compiled
def answer_surveys(world, row, c, now, felt):
    """Answer the relationship, journey and effort surveys about this journey.

    Reads: memory, read-outs of the journey. Writes: tallies. Returns: nothing.
    Draws: "survey/nps", "survey/csat_journey", "survey/ces".
    """
    segment = c.segment
    nps = score(world, c, NPS, standing(world, c, remembered(world, row, c, now)), D_NPS)
    count(world, segment, now, N_NPS, 1)
    count(world, segment, now, N_PROMOTERS, 1 if nps >= 9 else 0)
    count(world, segment, now, N_DETRACTORS, 1 if nps <= 6 else 0)
    csat = 1 + score(world, c, CSAT_JOURNEY, standard(world, c, M_JOURNEY, felt), D_CSAT_JOURNEY)
    count(world, segment, now, N_CSAT_JOURNEY, 1)
    count(world, segment, now, N_CSAT_JOURNEY_SATISFIED, 1 if csat >= 4 else 0)
    ces = 1 + score(world, c, CES, -standard(world, c, M_EFFORT, c.effort_minutes), D_CES)
    count(world, segment, now, N_CES, 1)
    count(world, segment, now, CES_SUM, ces)
