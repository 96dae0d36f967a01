"""Automatic execution: the brand acts on its own when it knows enough and was allowed to.

It skips recognize and request. Its risk: a wrong execution comes back, hurts, and after a few of them
consent is withdrawn. In a subscription, inattention defers leaving until a shock makes him look
(Einav, Klopack & Mahoney: retention falls from about 75% to 52% in the month a card is replaced).
"""

from __future__ import annotations

import math

from cxsim.behaviour.draws import decision, uniform
from cxsim.behaviour.knowledge import knowledge_of
from cxsim.behaviour.life import person_key
from cxsim.behaviour.ordering import place_order
from cxsim.behaviour.respond import await_solution
from cxsim.behaviour.state import CUSTOMER, PURCHASE, TROUBLESHOOT
from cxsim.journal.compiling import compiled
from cxsim.journal.events import record
from cxsim.journal.tallies import N_AUTOMATIC, N_STAGES_SKIPPED, count
from cxsim.journal.words import NEED_AUTO


D_CONSENT = decision("automatic/consent")


@compiled
def acts_by_itself(world, row, c, now):
    """Whether the brand meets this need by itself: consent, trust, and knowledge enough.

    Reads: row, knowledge. Writes: nothing. Returns: bool. Draws: "automatic/consent" (once a life).
    """
    if row.p_consent == 0.0 or c.status != CUSTOMER or c.n_wrong >= row.wrong_tolerance:
        return False
    if c.kind != PURCHASE and c.kind != TROUBLESHOOT:
        return False
    if uniform(person_key(world, c.source), c.id, 0, D_CONSENT) >= row.p_consent:
        return False
    return knowledge_of(world, row, c, now) >= row.confidence


@compiled
def execute(world, row, c, now):
    """Meet the need without the customer: order at once, respond as ever.

    Reads: row. Writes: order, stage, tallies, log. Returns: the tick of the solution.
    Draws: those of `place_order`, "delivery/late", "delivery/delay".
    """
    c.is_automatic = 1
    c.channel = -1
    count(world, c.segment, now, N_AUTOMATIC, 1)
    count(world, c.segment, now, N_STAGES_SKIPPED, 2)
    record(world, c, now, NEED_AUTO, -1, 0, math.nan, 0)
    if c.kind == PURCHASE:
        place_order(world, row, c, now, 0.0)
    return await_solution(world, row, c, now)
