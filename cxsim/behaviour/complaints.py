"""Complaints: answered in time they please; unanswered they are a reason to go to a rival who is faster.

What an answer gives fades with the time it took, as a recovery does (`recovery.py`). An unanswered complaint
adds a hazard -ln(1 - p) to his next exposure to leaving.
"""

from __future__ import annotations

import math

from cxsim.behaviour.draws import decision, exponential
from cxsim.behaviour.effects import entrance_of, journey_uniform
from cxsim.behaviour.state import CUSTOMER, L_EXIT
from cxsim.journal.compiling import compiled
from cxsim.journal.events import record
from cxsim.journal.tallies import N_COMPLAINTS, N_UNANSWERED, RESPONSE_TICKS, book, count, money
from cxsim.journal.ticks import DAY, ticks
from cxsim.journal.words import C_COMPLAINT_HANDLING, COMPLAINT_ANSWERED, COMPLAINT_MADE, COMPLAINT_UNANSWERED

D_COMPLAIN = decision("complaint/made")
D_ANSWERED = decision("complaint/answered")
D_HOURS = decision("complaint/hours")
D_PATIENCE = decision("complaint/patience")


@compiled
def complain(world, c, now, is_made_good):
    """After a journey in which something failed and nobody made it good, he may complain.

    Answer and patience are exponential; an answer later than his patience counts as none, and costs all
    the same.

    Reads: the journey. Writes: gain, grievance, ledger, tallies, log. Returns: nothing.
    Draws: "complaint/made", "complaint/answered", "complaint/hours", "complaint/patience".
    """
    leaving = world.leaving[c.row]
    if leaving.p_complain == 0.0 or c.failures == 0 or is_made_good or c.status != CUSTOMER:
        return
    if journey_uniform(world, c, D_COMPLAIN) >= leaving.p_complain:
        return
    count(world, c.segment, now, N_COMPLAINTS, 1)
    record(world, c, now, COMPLAINT_MADE, c.channel, 0, math.nan, 0)
    patience = ticks(leaving.patience_days * exponential(journey_uniform(world, c, D_PATIENCE)))
    cost = 0
    if journey_uniform(world, c, D_ANSWERED) < leaving.p_answered:
        cost = money(leaving.answer_cost)
        book(world, c, now, c.channel, C_COMPLAINT_HANDLING, cost)
        answer = ticks(leaving.answer_days * exponential(journey_uniform(world, c, D_HOURS)))
        if answer <= patience:
            c.gain += leaving.answer_gain * math.exp(-answer / (leaving.gain_days * DAY))
            count(world, c.segment, now, RESPONSE_TICKS, answer)
            record(world, c, now, COMPLAINT_ANSWERED, c.channel, answer, math.nan, cost)
            return
    c.grievance += leaving.grievance
    count(world, c.segment, now, N_UNANSWERED, 1)
    record(world, c, now, COMPLAINT_UNANSWERED, c.channel, patience, math.nan, cost)


@compiled
def take_grievance(world, c, bin_):
    """The hazard that unanswered complaints add to this exposure; it is spent by it.

    Reads: kappa. Writes: grievance. Returns: a hazard. Draws: nothing.
    """
    if c.grievance == 0.0:
        return 0.0
    hazard = c.grievance
    c.grievance = 0.0
    if world.is_moved[L_EXIT] != 0:
        hazard *= math.exp(-world.kappa[L_EXIT, c.segment, entrance_of(c), bin_])
    return hazard
