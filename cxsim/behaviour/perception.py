"""From what happened to what is felt: episodes, their summary, memory. What counts is what he perceives.

A journey is a row of episodes: every contact, then the solution. An episode is felt as quality against
the reference of its kind of journey and against what he expected of the brand; the journey is
remembered by its mean, its peak and its end; satisfaction is an anchored memory that fades. Beside
what was felt runs what would have been felt without failures: recovery cannot act beyond it.
"""

from __future__ import annotations

import math

from cxsim.behaviour.draws import T_NORMAL_TABLE, decision, exponential, quantile, uniform
from cxsim.behaviour.effects import expit, journey_uniform
from cxsim.behaviour.knowledge import knowledge_of
from cxsim.behaviour.life import person_key
from cxsim.behaviour.state import M_EFFORT, M_JOURNEY, M_QUALITY, M_SATISFACTION
from cxsim.journal.compiling import compiled
from cxsim.journal.events import MEASURING
from cxsim.journal.tallies import FIT_SUM, N_FIT, count, fraction
from cxsim.journal.ticks import DAY, MINUTE

D_LENIENCY = decision("perception/leniency")
D_WEIGHT = decision("perception/weight")
D_FIT = decision("request/fit")
D_SEVERITY = decision("perception/severity")


@compiled
def normal(world, u):
    """A standard normal from a uniform."""
    return quantile(world.quantiles, T_NORMAL_TABLE, u)


@compiled
def own_weight(world, row, c, cause):
    """How much a cause counts for him against everybody: lognormal of mean 1. Draws: "perception/weight"."""
    if row.weight_spread == 0.0:
        return 1.0
    z = normal(world, uniform(person_key(world, c.source), c.id, cause, D_WEIGHT))
    return math.exp(row.weight_spread * z - 0.5 * row.weight_spread * row.weight_spread)


@compiled
def leniency(world, row, c):
    """How kindly he judges, in s.d. of quality, for life. Draws: "perception/leniency"."""
    if row.leniency_sd == 0.0:
        return 0.0
    return row.leniency_sd * normal(world, uniform(person_key(world, c.source), c.id, 0, D_LENIENCY))


@compiled
def noise(world, row, c, name):
    """His mood in an episode and his leniency, in s.d. of quality. Draws: `name` of the contact."""
    if row.noise_sd == 0.0:
        return leniency(world, row, c)
    return leniency(world, row, c) + row.noise_sd * normal(world, journey_uniform(world, c, name))


@compiled
def find_fit(world, row, c, now, gain):
    """How well what he found fits what he wants, between 0 and 1 (logit-normal).

    What is known of him adds `fit_gain` on the logit at full knowledge, touchpoints add `gain`.

    Reads: row, knowledge. Writes: tallies. Returns: fit. Draws: "request/fit".
    """
    x = row.fit_logit + row.fit_spread * normal(world, journey_uniform(world, c, D_FIT)) + gain
    if row.fit_gain != 0.0 and c.knows_need != 0:
        x += row.fit_gain * knowledge_of(world, row, c, now)
    fit = expit(x)
    count(world, c.segment, now, N_FIT, 1)
    count(world, c.segment, now, FIT_SUM, fraction(fit))
    return fit


@compiled
def effort_felt(row, minutes):
    """Quality lost to effort: felt less the more there is already, x / (x + half)."""
    return row.w_effort * minutes / (minutes + row.effort_half) if minutes > 0.0 else 0.0


@compiled
def wait_felt(row, ticks, factor):
    """Quality lost to waiting, concave like effort; `factor` is what information leaves of it."""
    wait = ticks / MINUTE * factor
    return row.w_wait * wait / (wait + row.wait_half) if wait > 0.0 else 0.0


@compiled
def severity(world, row, c, which):
    """How bad a failure is, mean 1. Draws: "perception/severity" of the contact."""
    if row.severity_spread == 0.0:
        return 1.0
    u = journey_uniform(world, c, D_SEVERITY ^ which)
    return 1.0 - row.severity_spread + row.severity_spread * exponential(u)


@compiled
def surprise(row, gap):
    """The value of a gap to what was expected: losses loom larger (v of a gap)."""
    if gap >= 0.0:
        return gap if row.sensitivity == 1.0 else gap**row.sensitivity
    loss = -gap if row.sensitivity == 1.0 else (-gap) ** row.sensitivity
    return -row.loss_aversion * loss


@compiled
def episode_satisfaction(row, deviation, expectation):
    """s = g (P - P_ref) + (1 - g) v(P - E), with P and E as deviations from the reference.

    Sources: Oliver (1980); Anderson & Sullivan (1993) Marketing Science 12:125.
    """
    return row.quality_weight * deviation + (1.0 - row.quality_weight) * surprise(row, deviation - expectation)


@compiled
def feel_episode(world, row, c, quality, lost_to_failure):
    """Feel one episode of the journey, and what it would have been without its failure.

    Reads: row, anchor, expectation. Writes: the journey's episodes. Returns: s. Draws: nothing.
    """
    deviation = quality - world.anchor[c.segment, c.kind, M_QUALITY, 0]
    felt = episode_satisfaction(row, deviation, c.expectation)
    calm = felt
    if lost_to_failure != 0.0:
        calm = episode_satisfaction(row, deviation + lost_to_failure, c.expectation)
    if world.cursor[MEASURING] != 0:
        observe(world, c.segment, c.kind, M_QUALITY, quality)
    c.n_felt += 1
    c.quality_sum += deviation
    c.felt_sum += felt
    c.calm_sum += calm
    if c.n_felt == 1 or abs(felt) > abs(c.felt_peak):
        c.felt_peak = felt
    if c.n_felt == 1 or abs(calm) > abs(c.calm_peak):
        c.calm_peak = calm
    c.felt_end = felt
    c.calm_end = calm
    return felt


@compiled
def journey_summary(row, n, total, peak, end):
    """How a journey is remembered: w mean + (1 - w) (peak + end) / 2; 0 without an episode.

    Source: Alaybek et al. (2022) OBHDP 170:104149: peak-end as strong as the mean.
    """
    if n == 0:
        return 0.0
    return row.mean_weight * (total / n) + (1.0 - row.mean_weight) * (peak + end) / 2.0


@compiled
def judge_journey(world, row, c, now):
    """Turn the journey's episodes into a memory: satisfaction, its surplus, expectation.

    S fades to now, then moves a share 1/(n + n0) towards the journey J; E moves a share
    1/(n + n0), at least a floor, towards the journey's mean quality. A treat after it and a
    recovery's gain add to J; what of the gain lifts J above the faultless journey is kept apart as surplus.
    Source: Bolton (1998) Marketing Science 17:45.

    Reads: row, episodes. Writes: satisfaction, surplus, judged_at, expectation, n_judged.
    Returns: J, the satisfaction with this journey. Draws: nothing.
    """
    summary = journey_summary(row, c.n_felt, c.felt_sum, c.felt_peak, c.felt_end)
    felt = summary + c.treat + c.gain
    extra = 0.0
    if c.gain > 0.0:
        calm = journey_summary(row, c.n_felt, c.calm_sum, c.calm_peak, c.calm_end)
        extra = max(0.0, summary + c.gain - max(calm, summary))
    weight = 1.0 / (c.n_judged + row.memory_n0)
    fading = 1.0
    if c.satisfaction != 0.0 or c.surplus != 0.0:
        fading = math.exp(-(now - c.judged_at) / (row.memory_days * DAY))
    c.satisfaction = c.satisfaction * fading + (felt - c.satisfaction * fading) * weight
    c.surplus = c.surplus * fading + (extra - c.surplus * fading) * weight
    c.judged_at = now
    if c.n_felt > 0:
        gap = c.quality_sum / c.n_felt - c.expectation
        c.expectation += max(1.0 / (c.n_judged + row.expectation_n0), row.expectation_floor) * gap
    c.n_judged += 1
    return felt


@compiled
def mean_quality(world, c):
    """Mean perceived quality P of the journey's episodes (NaN without any)."""
    if c.n_felt == 0:
        return math.nan
    return c.quality_sum / c.n_felt + world.anchor[c.segment, c.kind, M_QUALITY, 0]


@compiled
def observe(world, segment, kind, which, value):
    """Add one value to the moments from which the reference is made."""
    sums = world.moments[segment, kind, which]
    sums[0] += 1
    sums[1] += fraction(value)
    sums[2] += fraction(value * value)


@compiled
def observe_journey(world, c, felt):
    """Add a judged journey's read-outs to the moments of the reference."""
    observe(world, c.segment, 0, M_SATISFACTION, c.satisfaction - c.surplus)
    observe(world, c.segment, c.kind, M_JOURNEY, felt)
    observe(world, c.segment, c.kind, M_EFFORT, c.effort_minutes)
