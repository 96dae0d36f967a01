"""Finding the reference experience: pilots of the baseline with and without effects, same luck.

1. Pilots run with every link cut and with every link on, under the same keys; each exposure adds
   its probability (rate, expected spend), not its outcome, to whole-number sums in bins. Who is
   exposed to the need clock and to leaving depends on the effects themselves, so those two are held
   against the neutral pilots; offers, baskets and invitations against the same exposure's own
   neutral value.
2. Every intercept moves by the log ratio of the two sums of its bin; reference quality, mean and
   spread of satisfaction, waits and recommended newcomers are read off; again until all settle.
3. A check with fresh luck: month by month, the baseline with effects must reproduce its neutral
   twin within the tolerance or three standard errors; otherwise the baseline is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from cxsim.behaviour.effects import BIN_DAYS
from cxsim.behaviour.state import L_EXIT, L_RATE, LINKS, M_QUALITY, M_SATISFACTION, MOMENTS
from cxsim.engines.fraction import contact_profile
from cxsim.engines.pilots import Pilot, is_moved, pilot_world, run_pilots
from cxsim.engines.reference_check import check_reference
from cxsim.engines.reproduction import refuse_explosion, reproduction_number
from cxsim.errors import CxsimError
from cxsim.journal.tallies import FRACTION
from cxsim.journal.ticks import MINUTE
from cxsim.settings.leaving_checks import check_payment_history
from cxsim.settings.links import leaves_apart
from cxsim.settings.reference import Reference, blank_reference
from cxsim.settings.schema import Config

Progress = Callable[[str], None]
OPEN_BIN_SHARE = 0.02
MOST_FIXED = 0.95
RARE_SHARE = 0.01
FEWEST_OBSERVED = 100
SETTLING_PASSES = 4
# From a neighbour's reference so many passes; what then still moves in few pilots is the luck of thin bins.
WARM_PASSES = 6
MOST_UNSETTLED = 0.5
# What is kept of contacts: more digits would be luck.
SHOWN_DIGITS = 6


def find_reference(
    config: Config, *, progress: Progress = lambda text: None, start: Reference | None = None,
) -> Reference:
    """The reference experience of a baseline, found by pilots and checked with fresh luck.

    Parameters
    ----------
    config : Config
        The baseline.
    progress : callable
        Called with a few words before each pass.
    start : Reference, optional
        That of a world of the same segments, channels and horizon which differs in assumptions only. From there
        fewer passes are needed and few pilots will do; what has not settled after six is kept as `unsettled`,
        and the check with fresh luck, which `start` has passed, is left out. A reference of another shape is
        no start: everything is then found and checked anew.

    Raises
    ------
    CxsimError
        When the intercepts do not settle within ``reference.max_passes`` (from a `start`: still move by more
        than half), or the check fails;
        the message names the link or metric and what to change.
    """
    reference = blank_reference(config)
    if config.n_customers == 0 or config.market.kind == "contact_centre":
        if reference.is_moved.any():
            raise CxsimError(
                "n_customers=0: without starting customers there is no baseline to hold effects against; "
                "set n_customers, or cut the effects (satisfaction=none upsell.p_offer=0)")
        return reference
    try:
        check_payment_history(config)
    except ValueError as error:
        raise CxsimError(str(error)) from None
    needs_check = is_moved(config, reference)
    tolerance = config.reference.tolerance
    is_warm = start is not None and start.kappa.shape == reference.kappa.shape
    worst, off, moved_arrivals, settled = "", None, True, is_warm
    reference = _begin_from(reference, start) if start is not None and is_warm else reference
    most_passes = min(WARM_PASSES, config.reference.max_passes) if is_warm else config.reference.max_passes
    for passes in range(1, most_passes + 1):
        progress(f"reference experience, pass {passes}")
        on = run_pilots(config, reference, effects=needs_check, domain="reference/")
        settled = settled or passes > SETTLING_PASSES
        if settled and (off is None or moved_arrivals):
            off = run_pilots(config, reference, effects=False, domain="reference/")
        updated, gaps = _update(_reproduced(reference, config, on), config, on, off)
        worst = max(gaps, key=lambda name: gaps[name])
        moved_arrivals = not np.array_equal(updated.referred_per_day, reference.referred_per_day)
        reference = replace(updated, passes=passes)
        if max(gaps.values()) <= tolerance / 2.0:
            if settled or not needs_check:
                break
            settled = True
    else:
        if not is_warm or gaps[worst] > MOST_UNSETTLED:
            raise CxsimError(
                f"reference: {worst} still moves by {gaps[worst]:.2%} after {passes} passes "
                f"(reference.tolerance={tolerance:g}); raise reference.customers or reference.max_passes, "
                "or weaken satisfaction.total_effect")
    if not needs_check:
        return replace(reference, passes=0)
    if is_warm:
        return replace(reference, unsettled=gaps[worst])
    progress("reference experience, check with fresh luck")
    return replace(reference, check=check_reference(config, reference))


def _begin_from(blank: Reference, start: Reference) -> Reference:
    """A blank reference with the intercepts and anchors of another; links that nothing moves stay at 0."""
    moved = blank.is_moved[:, None, None, None] > 0
    return replace(start, kappa=np.where(moved, start.kappa, 0.0), is_moved=blank.is_moved, check=[], passes=0,
                   digest="")


def _update(
    reference: Reference, config: Config, on: list[Pilot], off: list[Pilot] | None,
) -> tuple[Reference, dict[str, float]]:
    """One pass: new intercepts and anchors, and by how much each of them moved."""
    tolerance = config.reference.tolerance
    gaps: dict[str, float] = {"nothing": 0.0}
    sums_on = np.stack([p.exposures for p in on]).astype(float)
    sums_off = np.stack([p.exposures for p in off or on]).astype(float)
    kappa = reference.kappa.copy()
    if not leaves_apart(config):
        _pool_exits(sums_on, sums_off)
    for link in np.flatnonzero(reference.is_moved):
        for place in np.ndindex(kappa.shape[1], kappa.shape[2]):
            here = (slice(None), link, *place, slice(None))
            is_twin = off is not None and link in (L_RATE, L_EXIT)
            neutral = sums_off[(*here, 0)] if is_twin else sums_on[(*here, 1)]
            total = sums_on[:, link, place[0], ..., 0].sum()
            fixed = sums_on[(*here, 2)].sum(axis=0)
            step, gap = _steps(sums_on[(*here, 0)], neutral, total, tolerance, fixed)
            kappa[link][place] += step
            name = f"the intercept of {LINKS[link]}"
            gaps[name] = max(gaps.get(name, 0.0), gap)
    if not leaves_apart(config):
        kappa[L_EXIT] = kappa[L_EXIT][:, :1]
    anchor = _anchors(sum(p.moments for p in on))
    if reference.is_moved.any():
        gaps |= _anchor_gaps(anchor, reference.anchor, sum(p.moments for p in on)[..., 0])
    updated, pulled = _update_pull(replace(reference, kappa=kappa, anchor=anchor), config, on)
    gaps["what is said of the brand"] = pulled
    gap = _recommended_gap(config, reference, on)
    if gap <= tolerance / 2.0 and reference.passes > 0:
        return updated, gaps
    gaps["newcomers by recommendation"] = gap
    contacts, trend = contact_profile(
        sum(p.contacts for p in on) / len(on), config.start_date.weekday(), BIN_DAYS)
    return replace(updated, waits=_mean_waits(on), referred_per_day=_referred_per_day(config, on),
                   contacts=contacts.round(SHOWN_DIGITS), contact_trend=trend.round(SHOWN_DIGITS)), gaps


def _pool_exits(*exposures: np.ndarray) -> None:
    """Count the exposures to leaving of starters and newcomers together, where only memory tells them apart.

    Where ties, having been referred or failing payments act, each group has an intercept of its own.
    """
    for sums in exposures:
        sums[:, L_EXIT, :, 0] = sums[:, L_EXIT].sum(axis=2)
        sums[:, L_EXIT, :, 1:] = 0.0


def _reproduced(reference: Reference, config: Config, on: list[Pilot]) -> Reference:
    """The reference with its reproduction number; refused where recommendation would grow without end."""
    births, lives = (np.sum([getattr(p, name) for p in on], axis=0) for name in ("births", "lives"))
    number = reproduction_number(births, lives)
    refuse_explosion(config, number, births.sum())
    return replace(reference, reproduction=0.0 if np.isnan(number) else number)


def _update_pull(reference: Reference, config: Config, on: list[Pilot]) -> tuple[Reference, float]:
    """What talk and ratings do to arrivals, and by how much it moved; less than its standard error is settled."""
    days = np.diff(np.minimum(np.arange(len(on[0].pulls) + 1) * BIN_DAYS, config.horizon_days))
    pulls = np.stack([p.pulls for p in on])[:, days > 0] / days[days > 0]
    mean = np.ones(len(days))
    mean[days > 0] = pulls.mean(axis=0)
    shift = float(np.abs(mean / reference.arrival_pull - 1.0).mean())
    luck = float(pulls.mean(axis=1).std(ddof=1) / np.sqrt(len(on))) if len(on) > 1 else 0.0
    return replace(reference, arrival_pull=mean), 0.0 if shift <= luck else shift


def _anchor_gaps(new: np.ndarray, old: np.ndarray, n: np.ndarray) -> dict[str, float]:
    """By how much quality and satisfaction moved, a quarter of a spread counting as 1.

    A mean that moved by less than its own standard error is settled.
    """
    gaps = {}
    for which in (M_QUALITY, M_SATISFACTION):
        shift = (np.abs(new[..., which, :] - old[..., which, :]) / new[..., which, 1:]).max(axis=-1)
        luck = 1.0 / np.sqrt(np.maximum(n[..., which], 1))
        rare = n[..., which] < RARE_SHARE * n[..., which].sum()  # Too few journeys of a kind to settle on.
        gaps[f"mean {MOMENTS[which]}"] = float(np.where((shift <= luck) | rare, 0.0, shift).max()) / 4.0
    return gaps


def _mean_waits(pilots: list[Pilot]) -> np.ndarray:
    """Mean wait in minutes by channel and hour."""
    waits = sum(p.waits for p in pilots).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(waits[..., 0] > 0, waits[..., 1] / waits[..., 0] / MINUTE, 0.0)


def _referred_per_day(config: Config, pilots: list[Pilot]) -> np.ndarray:
    """Newcomers a day brought by recommendation, by 28 days of the calendar."""
    referred = sum(p.referred for p in pilots) / len(pilots)
    days = np.diff(np.minimum(np.arange(len(referred) + 1) * BIN_DAYS, config.horizon_days))
    last = int(np.flatnonzero(days)[-1])
    if last > 0 and days[last] < BIN_DAYS:
        # A bin of a few days would be luck: it shares its rate with the whole one before it.
        both = slice(last - 1, last + 1)
        referred[both] = referred[both].sum() * days[both] / days[both].sum()
    return referred / np.maximum(days, 1)


def _recommended_gap(config: Config, reference: Reference, pilots: list[Pilot]) -> float:
    """By how much recommended newcomers moved, as a quarter of their share of all newcomers."""
    entrants = config.market.entrants_per_day
    if entrants is None:
        if config.population.start == "new":
            return 0.0
        entrants = config.n_customers / config.market.history_days
    new = _referred_per_day(config, pilots)
    shift = float(np.abs(new - reference.referred_per_day).mean())
    n = float(sum(p.referred for p in pilots).sum()) * pilot_world(config).simulated_share
    luck = new.mean() * np.sqrt(len(new) / max(n, 1.0))
    return 0.0 if shift <= luck else shift / max(entrants, 1e-12) / 4.0


def _steps(
    on: np.ndarray, off: np.ndarray, total: float, tolerance: float, fixed: np.ndarray,
) -> tuple[np.ndarray, float]:
    """Log ratio of the two sums in every bin, and the largest that is still to be settled.

    Rows are pilots. `fixed` is the part of the first sum that no intercept changes: the step is that of
    the rest. The last bins are one until they weigh enough. A log ratio below its own standard error
    between pilots is settled: more digits would be luck.
    """
    weights = off.sum(axis=0)
    step, gap, last = np.zeros(len(weights)), 0.0, len(weights)
    while last > 1 and weights[last - 1 :].sum() < OPEN_BIN_SHARE * total:
        last -= 1
    for bin_ in [slice(k, k + 1) for k in range(last - 1)] + [slice(last - 1, None)]:
        with_effects, neutral = on[:, bin_].sum(axis=1), off[:, bin_].sum(axis=1)
        if with_effects.sum() <= 0 or neutral.sum() < 1e-4 * total or neutral.sum() <= 0:
            continue
        ratio = with_effects.sum() / neutral.sum()
        room = 1.0 - min(fixed[bin_].sum() / neutral.sum(), MOST_FIXED)
        step[bin_] = np.log1p((ratio - 1.0) / room) if ratio > 1.0 - 0.9 * room else np.log(ratio)
        rest = with_effects - ratio * neutral
        error = np.sqrt((rest**2).sum()) / neutral.sum() if len(rest) > 1 else 0.0
        if abs(np.log(ratio)) > max(tolerance / 2.0, error):
            gap = max(gap, abs(float(np.log(ratio))))
    return step, gap


def _anchors(moments: np.ndarray) -> np.ndarray:
    """Mean and standard deviation of each read-out; a spread below 1e-6 counts as 1.

    A kind of journey the baseline hardly knows is held against all kinds of its segment.
    """
    pooled = np.broadcast_to(moments.sum(axis=1, keepdims=True), moments.shape)
    moments = np.where(moments[..., :1] < FEWEST_OBSERVED, pooled, moments)
    n = np.maximum(moments[..., 0], 1)
    mean = moments[..., 1] / FRACTION / n
    variance = np.maximum(moments[..., 2] / FRACTION / n - mean**2, 0.0)
    spread = np.sqrt(variance)
    return np.stack([mean, np.where(spread < 1e-6, 1.0, spread)], axis=-1)
