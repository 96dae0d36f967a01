"""One episode of a journey, lived at a place: felt, asked about, and counted there."""

from __future__ import annotations

from cxsim.behaviour.perception import feel_episode, observe, own_weight, severity
from cxsim.behaviour.state import BY_FAILURE
from cxsim.behaviour.survey import answer_touchpoint, standard
from cxsim.behaviour.touchpoints import H_FAILURE, feel_place
from cxsim.journal.compiling import compiled
from cxsim.journal.events import MEASURING
from cxsim.journal.tallies import N_EPISODES, SERVICE_QUALITY_SUM, count, fraction


@compiled
def failure_weight(world, row, c, which, help_):
    """Quality that one failure of this episode takes: weight, severity, what help leaves of it.

    Reads: row. Writes: nothing. Returns: s.d. of quality. Draws: "perception/severity",
    "perception/weight".
    """
    weight = row.w_failure * own_weight(world, row, c, BY_FAILURE)
    return weight * severity(world, row, c, which) * help_[H_FAILURE]


@compiled
def live_episode(world, row, c, now, place, which, own, beyond, lost, ticks, n_failures, survey):
    """Feel an episode of quality `own` less what is `beyond` its place, and answer its survey.

    `which` is the read-out the survey is held against, `lost` what failures took of the quality,
    `survey` the decision of the answer.

    Reads: row, anchor, expectation. Writes: the journey's episodes, tallies, places. Returns: the
    satisfaction s and whether he is satisfied (0 or 1). Draws: `survey` of the contact.
    """
    felt = feel_episode(world, row, c, own - beyond, lost)
    if world.cursor[MEASURING] != 0:
        observe(world, c.segment, c.kind, which, own)
    count(world, c.segment, now, N_EPISODES, 1)
    count(world, c.segment, now, SERVICE_QUALITY_SUM, fraction(standard(world, c, which, own)))
    is_satisfied = answer_touchpoint(world, row, c, now, which, own, survey)
    feel_place(world, now, place, felt, own, is_satisfied, ticks, n_failures)
    return felt, is_satisfied
