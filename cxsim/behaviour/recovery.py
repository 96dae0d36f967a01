"""Failure and recovery: what the brand does when something went wrong, and how late it is.

A recovery adds satisfaction that fades with the delay (tau about 190 days is a two-point reading of
47.4% against 29.5% repurchase, Dillard & Bates); it can lift satisfaction above the faultless journey,
not behaviour (de Matos, Henrique & Rossi 2007).
"""

from __future__ import annotations

import math

from cxsim.behaviour.draws import decision
from cxsim.behaviour.effects import journey_uniform
from cxsim.behaviour.tiers import tier_delight
from cxsim.behaviour.touchpoints import AT_REPEAT, H_DELIGHT, H_RECOVER, H_TEACHES, helps, use_touchpoints
from cxsim.journal.compiling import compiled
from cxsim.journal.events import record
from cxsim.journal.tallies import N_RECOVERED, N_UNRECOVERED, book, count, money
from cxsim.journal.words import C_COMPENSATION, RECOVERY_MADE, RECOVERY_MISSED

D_RECOVER = decision("recovery/made")


@compiled
def recovery_gain(row):
    """Satisfaction a recovery gives: gain exp(-delay / tau)."""
    return row.recovery_gain * math.exp(-row.recovery_delay / row.recovery_days)


@compiled
def recover(world, row, c, now):
    """After a journey: a treat, if any; and where something failed the brand makes good, or misses it.

    Reads: row, touchpoints, tier. Writes: treat, what it teaches, gain, ledger, tallies, log. Returns: whether
    something failed and was made good.
    Draws: "recovery/made".
    """
    c.gain = 0.0
    help_ = helps(world, row, c, now, AT_REPEAT, c.channel)
    c.treat = help_[H_DELIGHT] + tier_delight(world, c)
    c.taught = help_[H_TEACHES]
    use_touchpoints(world, row, c, now, AT_REPEAT, c.channel, c.felt_end, 1 if c.felt_end >= 0.0 else 0, 0.0)
    if c.failures == 0 or (row.p_recover == 0.0 and help_[H_RECOVER] == 0.0):
        return False
    if journey_uniform(world, c, D_RECOVER) < min(1.0, row.p_recover + help_[H_RECOVER]):
        c.gain = recovery_gain(row)
        book(world, c, now, c.channel, C_COMPENSATION, money(row.compensation))
        count(world, c.segment, now, N_RECOVERED, 1)
        record(world, c, now, RECOVERY_MADE, c.channel, 0, math.nan, money(row.compensation))
        return True
    count(world, c.segment, now, N_UNRECOVERED, 1)
    record(world, c, now, RECOVERY_MISSED, c.channel, 0, math.nan, 0)
    return False
