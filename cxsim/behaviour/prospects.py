"""Prospects: at the end of the buyer's journey one who came for the first time is convinced, or he leaves."""

from __future__ import annotations

import math

from cxsim.behaviour.draws import decision, exponential
from cxsim.behaviour.effects import expit, group_of, journey_uniform, run_bin
from cxsim.behaviour.perception import journey_summary
from cxsim.behaviour.pulls import prospect_pull
from cxsim.behaviour.renewal import subscribe
from cxsim.behaviour.state import GONE, L_CONVERSION, M_JOURNEY, PROSPECT, PURCHASE
from cxsim.behaviour.streams import open_streams
from cxsim.journal.compiling import compiled
from cxsim.journal.events import HORIZON, MEASURING, record
from cxsim.journal.tallies import (
    N_PROSPECT_JOURNEYS, N_PROSPECTS_LOST, N_PROSPECTS_RETURNED, PROSPECT_FELT_SUM, count, fraction)
from cxsim.journal.ticks import DAY, NEVER, after
from cxsim.journal.words import ORDER_DECLINED

D_CONVINCED = decision("prospects/convinced")
D_RETURN = decision("prospects/return")
D_RETURN_AFTER = decision("prospects/return/after")


@compiled
def must_be_convinced(world, c):
    """Whether he is on a buyer's journey that may end without a customer."""
    return c.status == PROSPECT and c.kind == PURCHASE and world.prospects[c.row].p_convert < 1.0


@compiled
def p_convinced(world, row, c, now, gain):
    """Chance that this journey convinces him: logit p0 + b z - kappa + programme + help + what else draws him.

    z is his satisfaction with the journey so far, in s.d. around the segment's buyer's journey, less the rival's
    quality as far as that counts.
    """
    prospects = world.prospects[c.row]
    x = prospects.logit + prospects.pull + gain + prospect_pull(world, row, c)
    if prospects.slope != 0.0 or world.is_moved[L_CONVERSION] != 0:
        so_far = journey_summary(row, c.n_felt, c.felt_sum, c.felt_peak, c.felt_end)
        anchor = world.anchor[c.segment, c.kind, M_JOURNEY]
        z = (so_far - anchor[0]) / anchor[1]
        z -= world.outside[c.row].rival_weight * world.rival[c.row, now // DAY]
        x += prospects.slope * z
        x -= world.kappa[L_CONVERSION, c.segment, group_of(c), run_bin(world, c, now)]
    return expit(x)


@compiled
def is_convinced(world, row, c, now, gain):
    """Whether the journey makes a customer of him.

    Reads: row, the journey so far. Writes: sums behind the reference. Returns: bool.
    Draws: "prospects/convinced".
    """
    if not must_be_convinced(world, c):
        return True
    p = p_convinced(world, row, c, now, gain)
    _expose(world, c, now, p)
    return journey_uniform(world, c, D_CONVINCED) < p


@compiled
def _expose(world, c, now, p):
    """Add a journey's chance to the sums behind the reference, beside what history says."""
    if world.cursor[MEASURING] != 0:
        bins = world.exposures[L_CONVERSION, c.segment, group_of(c), run_bin(world, c, now)]
        bins[0] += fraction(p)
        bins[1] += fraction(world.prospects[c.row].p_convert)


@compiled
def decline(world, c, now):
    """He was not convinced. Writes: tallies, log. Returns: nothing. Draws: nothing."""
    c.is_declined = 1
    count(world, c.segment, now, N_PROSPECTS_LOST, 1)
    record(world, c, now, ORDER_DECLINED, c.channel, 0, math.nan, 0)


@compiled
def lose_prospect(world, c, now):
    """A prospect gave up after a lost contact: nothing could convince him any more."""
    if must_be_convinced(world, c):
        c.is_declined = 1
        count(world, c.segment, now, N_PROSPECTS_LOST, 1)
        _expose(world, c, now, 0.0)


@compiled
def count_prospect(world, c, now, felt):
    """Count a judged buyer's journey that he began as a prospect."""
    if c.as_prospect != 0:
        count(world, c.segment, now, N_PROSPECT_JOURNEYS, 1)
        count(world, c.segment, now, PROSPECT_FELT_SUM, fraction(felt))


@compiled
def walk_away(world, c, now):
    """After a journey that did not convince him he is gone, or rests until he looks once more.

    Reads: prospects. Writes: status, or the need that brings him back; nothing else arises meanwhile.
    Returns: nothing. Draws: "prospects/return", "prospects/return/after".
    """
    if c.is_declined == 0:
        return
    c.is_declined = 0
    prospects = world.prospects[c.row]
    c.n_waiting = 0
    if prospects.p_return > 0.0 and journey_uniform(world, c, D_RETURN) < prospects.p_return:
        tick = after(now, prospects.return_days * exponential(journey_uniform(world, c, D_RETURN_AFTER)))
        if tick < world.cursor[HORIZON]:
            c.need_clock = max(c.need_clock, tick)
            look(c, tick)
            c.returns = 1
        else:
            c.need_clock = NEVER
        return
    c.status = GONE
    c.left = now


@compiled
def look(c, tick):
    """Put a buyer's journey into his empty waiting list."""
    c.waiting[0] = tick
    c.waiting_kind[0] = PURCHASE
    c.n_waiting = 1


@compiled
def note_prospect(world, c, now):
    """Note at the start of a journey whether a prospect makes it, and whether he is back."""
    c.as_prospect = 1 if c.status == PROSPECT and c.kind == PURCHASE else 0
    if c.returns != 0 and c.as_prospect != 0:
        c.returns = 0
        count(world, c.segment, now, N_PROSPECTS_RETURNED, 1)


@compiled
def take_up(world, c, now):
    """A convinced prospect subscribes; from now on he has the needs of a subscriber."""
    c.need_clock = now
    subscribe(world, c, now)
    open_streams(world, c, now)
