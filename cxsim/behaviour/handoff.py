"""Hand-offs: a journey that goes on at another channel, and what is lost on the way.

With chance 1 - I the other side knows nothing of what was said before: it has to be repeated, and it
hurts. I is the integration of channels (a CRM) and of the touchpoints that carry context.
Direction: McKinsey (2016), multi-channel journeys are materially worse; Mithas, Krishnan & Fornell (2005).
"""

from __future__ import annotations

import math

from cxsim.behaviour.draws import decision
from cxsim.behaviour.effects import journey_uniform
from cxsim.journal.compiling import compiled
from cxsim.journal.events import record
from cxsim.journal.tallies import N_CONTEXTS_LOST, N_HANDOFFS, count
from cxsim.journal.words import HANDOFF_KEPT, HANDOFF_LOST

D_CONTEXT = decision("handoff/context")


@compiled
def hand_off(world, row, c, now, integration):
    """Whether context comes along when the journey goes on at another channel.

    Reads: row, the channel before. Writes: context, tallies, log. Returns: minutes of repeating.
    Draws: "handoff/context".
    """
    c.context = 1
    if c.last_channel < 0 or c.last_channel == c.channel:
        return 0.0
    count(world, c.segment, now, N_HANDOFFS, 1)
    kept = 1.0 - (1.0 - row.integration) * (1.0 - integration)
    if journey_uniform(world, c, D_CONTEXT) < kept:
        record(world, c, now, HANDOFF_KEPT, c.channel, 0, math.nan, 0)
        return 0.0
    c.context = 0
    count(world, c.segment, now, N_CONTEXTS_LOST, 1)
    record(world, c, now, HANDOFF_LOST, c.channel, 0, math.nan, 0)
    return row.handoff_minutes
