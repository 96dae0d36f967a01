"""Payments that fail: a subscriber who wants to stay is lost unless the payment is recovered."""

from __future__ import annotations

import math

from cxsim.behaviour.draws import LIFE, decision, uniform
from cxsim.journal.compiling import compiled
from cxsim.journal.events import record
from cxsim.journal.tallies import N_PAYMENTS_FAILED, N_PAYMENTS_RECOVERED, book, count, money
from cxsim.journal.words import C_PAYMENT_RECOVERY, PAYMENT_FAILED, PAYMENT_RECOVERED

D_FAILED = decision("payment/failed")
D_RECOVERED = decision("payment/recovered")


@compiled
def payment_succeeds(world, c, now):
    """Whether a renewal is paid: at once, or recovered after it failed.

    Whoever is recovered at a chance is recovered at every higher one.

    Reads: parameters. Writes: ledger, tallies, log. Returns: bool.
    Draws: "payment/failed", "payment/recovered" of that exposure.
    """
    leaving = world.leaving[c.row]
    if leaving.p_failure == 0.0:
        return True
    if uniform(world.keys[LIFE], c.id, c.exposures, D_FAILED) >= leaving.p_failure:
        return True
    cost = money(leaving.recovery_cost)
    book(world, c, now, -1, C_PAYMENT_RECOVERY, cost)
    count(world, c.segment, now, N_PAYMENTS_FAILED, 1)
    record(world, c, now, PAYMENT_FAILED, -1, 0, math.nan, cost)
    if uniform(world.keys[LIFE], c.id, c.exposures, D_RECOVERED) >= leaving.p_recovered:
        return False
    count(world, c.segment, now, N_PAYMENTS_RECOVERED, 1)
    record(world, c, now, PAYMENT_RECOVERED, -1, 0, math.nan, 0)
    return True
