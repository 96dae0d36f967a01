"""From what happened to what is felt: quality, surprise, memory. What counts is what he perceives."""

from __future__ import annotations

import math

from cxsim.behaviour.draws import T_NORMAL_TABLE, decision, quantile
from cxsim.behaviour.effects import expit, journey_uniform
from cxsim.behaviour.state import M_CONTACT, M_EFFORT, M_JOURNEY, M_QUALITY, M_SATISFACTION
from cxsim.journal.compiling import compiled
from cxsim.journal.tallies import fraction
from cxsim.journal.ticks import DAY, MINUTE

D_NOISE = decision("perception/noise")
D_FIT = decision("request/fit")


@compiled
def normal(world, u):
    """A standard normal from a uniform."""
    return quantile(world.quantiles, T_NORMAL_TABLE, u)


@compiled
def find_fit(world, row, c):
    """How well what he found fits what he wants, between 0 and 1 (logit-normal).

    Reads: row. Writes: nothing. Returns: fit. Draws: "request/fit".
    """
    return expit(row.fit_logit + row.fit_spread * normal(world, journey_uniform(world, c, D_FIT)))


@compiled
def contact_quality(row, c):
    """The part of perceived quality that the contact itself makes: effort and wait.

    Both are felt less the more there is already: x / (x + half).
    """
    wait = c.wait_ticks / MINUTE
    quality = -row.w_effort * c.effort_minutes / (c.effort_minutes + row.effort_half)
    return quality - row.w_wait * wait / (wait + row.wait_half)


@compiled
def journey_quality(world, row, c):
    """Perceived quality P of the whole journey: contact, failures, fit and his own mood.

    Reads: the journey's wait, effort, failures, fit. Writes: nothing. Returns: P in s.d. units.
    Draws: "perception/noise".
    """
    quality = contact_quality(row, c) - row.w_failure * c.failures + row.w_fit * c.fit
    return quality + row.noise_sd * normal(world, journey_uniform(world, c, D_NOISE))


@compiled
def surprise(row, gap):
    """The value of a gap to what was expected: losses loom larger (v of a gap)."""
    if gap >= 0.0:
        return gap if row.sensitivity == 1.0 else gap**row.sensitivity
    loss = -gap if row.sensitivity == 1.0 else (-gap) ** row.sensitivity
    return -row.loss_aversion * loss


@compiled
def judge_journey(world, row, c, now, quality):
    """Turn perceived quality into satisfaction, and move memory and expectation.

    s = g (P - P_ref) + (1 - g) v(P - E); S fades to now, then moves a share 1/(n + n0)
    towards s; E moves a share 1/(n + n0), at least a floor, towards P.
    Sources: Oliver (1980); Anderson & Sullivan (1993) 12:125; Bolton (1998) 17:45.

    Reads: row, anchor. Writes: satisfaction, judged_at, expectation, n_judged.
    Returns: s, the satisfaction with this journey. Draws: nothing.
    """
    gap = quality - c.expectation
    felt = row.quality_weight * (quality - world.anchor[c.segment, M_QUALITY, 0])
    felt += (1.0 - row.quality_weight) * surprise(row, gap)
    faded = c.satisfaction
    if faded != 0.0:
        faded *= math.exp(-(now - c.judged_at) / (row.memory_days * DAY))
    c.satisfaction = faded + (felt - faded) / (c.n_judged + row.memory_n0)
    c.judged_at = now
    c.expectation += max(1.0 / (c.n_judged + row.expectation_n0), row.expectation_floor) * gap
    c.n_judged += 1
    return felt


@compiled
def observe(world, c, which, value):
    """Add one value to the moments from which the reference is made."""
    sums = world.moments[c.segment, which]
    sums[0] += 1
    sums[1] += fraction(value)
    sums[2] += fraction(value * value)


@compiled
def observe_journey(world, c, quality, felt, contact):
    """Add a judged journey's read-outs to the moments of the reference."""
    observe(world, c, M_QUALITY, quality)
    observe(world, c, M_SATISFACTION, c.satisfaction)
    observe(world, c, M_JOURNEY, felt)
    observe(world, c, M_CONTACT, contact)
    observe(world, c, M_EFFORT, c.effort_minutes)
