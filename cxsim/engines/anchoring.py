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
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cxsim.behaviour.effects import BIN_DAYS
from cxsim.behaviour.state import L_EXIT, L_RATE, LINKS, MOMENTS
from cxsim.engines.blueprint import make_blueprint
from cxsim.engines.many import run_many
from cxsim.engines.outcome import Outcome
from cxsim.engines.replication import run_compiled
from cxsim.errors import CxsimError
from cxsim.journal.tallies import (
    FRACTION, N_CONVERTED, N_END, N_PURCHASES, N_UPSELL_ACCEPTED)
from cxsim.journal.ticks import DAY, MINUTE
from cxsim.journal.words import BUCKETS, CATEGORIES, REFERRAL
from cxsim.settings.reference import Reference, blank_reference
from cxsim.settings.schema import Config

Progress = Callable[[str], None]
OPEN_BIN_SHARE = 0.02
SETTLING_PASSES = 4
NEUTRAL_SHARE = 5
MOST_PILOTS = 400
REVENUE = np.array([bucket == BUCKETS[0] for _, bucket, _, _ in CATEGORIES])
CHECKED = ("orders", "active customers", "spend per order", "upsell accepted", "referrals converted")


@dataclass(frozen=True)
class Pilot:
    """What one pilot adds to the sums behind the reference."""

    exposures: np.ndarray
    moments: np.ndarray
    waits: np.ndarray
    referred: np.ndarray
    months: np.ndarray


def find_reference(config: Config, *, progress: Progress = lambda text: None) -> Reference:
    """The reference experience of a baseline, found by pilots and checked with fresh luck.

    Raises
    ------
    CxsimError
        When the intercepts do not settle within ``reference.max_passes``, or the check fails;
        the message names the link or metric and what to change.
    """
    reference = blank_reference(config)
    if config.n_customers == 0 or config.market.kind == "contact_centre":
        if reference.is_moved.any():
            raise CxsimError(
                "n_customers=0: without starting customers there is no baseline to hold effects against; "
                "set n_customers, or cut the effects (satisfaction=none upsell.p_offer=0)")
        return reference
    needs_check = bool(reference.is_moved.any())
    tolerance = config.reference.tolerance
    worst, off, moved_arrivals, settled = "", None, True, False
    for passes in range(1, config.reference.max_passes + 1):
        progress(f"reference experience, pass {passes}")
        on = _pilots(config, reference, effects=needs_check, domain="reference/")
        settled = settled or passes > SETTLING_PASSES
        if settled and (off is None or moved_arrivals):
            off = _pilots(config, reference, effects=False, domain="reference/")
        updated, gaps = _update(reference, config, on, off)
        worst = max(gaps, key=lambda name: gaps[name])
        moved_arrivals = not np.array_equal(updated.referred_per_day, reference.referred_per_day)
        reference = replace(updated, passes=passes if needs_check else 0)
        if max(gaps.values()) <= tolerance / 2.0:
            if settled or not needs_check:
                break
            settled = True
    else:
        raise CxsimError(
            f"reference: {worst} still moves by {gaps[worst]:.2%} after {passes} passes "
            f"(reference.tolerance={tolerance:g}); raise reference.customers or reference.max_passes, "
            "or weaken satisfaction.total_effect")
    if not needs_check:
        return reference
    progress("reference experience, check with fresh luck")
    return replace(reference, check=_check(config, reference))


def _pilots(config: Config, reference: Reference, *, effects: bool, domain: str) -> list[Pilot]:
    """Pilots of at least ``reference.customers`` customers in all, staffing whole."""
    wanted = config.reference.customers
    if not reference.is_moved.any():
        wanted = wanted // NEUTRAL_SHARE  # Only read-outs hang on it: means and spreads, no intercepts.
    n = -(-wanted // config.n_customers)
    blueprint = make_blueprint([config], [], reference, effects=effects)
    blueprint = replace(blueprint, log_share=0.0)

    def one(replication: int) -> Pilot:
        return _pilot(run_compiled(blueprint, replication, domain=domain, measuring=True))

    results = run_many(one, range(min(n, MOST_PILOTS)), _in_threads(config))
    return [pilot for _, pilot in sorted(results, key=lambda item: item[0])]


def _in_threads(config: Config) -> Any:
    """Pilots always run in threads: they are many and small."""
    return config.parallel.model_copy(update={"mode": "threads"})


def _pilot(outcome: Outcome) -> Pilot:
    months = outcome.tally[:-1, :-1].sum(axis=0)
    month_of_day = np.searchsorted(outcome.month_starts // DAY, np.arange(len(outcome.ledger)), "right") - 1
    revenue = outcome.ledger[..., REVENUE, 1].sum(axis=(1, 2, 3, 4))
    by_month = np.bincount(month_of_day, weights=revenue, minlength=len(months))
    counted = np.stack([
        months[:, N_PURCHASES], months[:, N_END], by_month, months[:, N_UPSELL_ACCEPTED],
        months[:, N_CONVERTED]]).astype(float)
    entries = outcome.customers["entry"][outcome.customers["source"] == REFERRAL] // DAY
    referred = np.bincount(entries // BIN_DAYS, minlength=outcome.exposures.shape[3])
    waits = outcome.wait_sums[:, :, :2] + outcome.wait_sums[:, :, 2:]
    return Pilot(outcome.exposures, outcome.moments, waits, referred, counted)


def _update(
    reference: Reference, config: Config, on: list[Pilot], off: list[Pilot] | None,
) -> tuple[Reference, dict[str, float]]:
    """One pass: new intercepts and anchors, and by how much each of them moved."""
    tolerance = config.reference.tolerance
    gaps: dict[str, float] = {"nothing": 0.0}
    sums_on = np.stack([p.exposures for p in on]).astype(float)
    sums_off = np.stack([p.exposures for p in off or on]).astype(float)
    kappa = reference.kappa.copy()
    for link in np.flatnonzero(reference.is_moved):
        for place in np.ndindex(kappa.shape[1], 1 if link == L_EXIT else kappa.shape[2]):
            here = (slice(None), link, *place, slice(None))
            is_twin = off is not None and link in (L_RATE, L_EXIT)
            neutral = sums_off[(*here, 0)] if is_twin else sums_on[(*here, 1)]
            step, gap = _steps(sums_on[(*here, 0)], neutral, sums_on[:, link, place[0], ..., 0].sum(), tolerance)
            kappa[link][place] += step
            name = f"the intercept of {LINKS[link]}"
            gaps[name] = max(gaps.get(name, 0.0), gap)
    anchor = _anchors(sum(p.moments for p in on))
    for k, name in enumerate(MOMENTS):
        # The anchors of a neutral baseline move nothing, so they need no second pass.
        if reference.is_moved.any() and k < 2:
            shift = np.abs(anchor[:, k] - reference.anchor[:, k]) / anchor[:, k, 1:]
            gaps[f"mean {name}"] = float(shift.max()) / 4.0
    waits = sum(p.waits for p in on).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_waits = np.where(waits[..., 0] > 0, waits[..., 1] / waits[..., 0] / MINUTE, 0.0)
    days = np.diff(np.minimum(np.arange(kappa.shape[3] + 1) * BIN_DAYS, config.horizon_days))
    referred = sum(p.referred for p in on) / len(on) / np.maximum(days, 1)
    entrants = config.market.entrants_per_day or config.n_customers / config.market.history_days
    if config.population.start == "base" or config.market.entrants_per_day:
        shift = np.abs(referred - reference.referred_per_day).mean() / max(entrants, 1e-12)
        gap = float(shift) / 4.0
        if gap <= tolerance / 2.0:
            return replace(reference, kappa=kappa, anchor=anchor), gaps
        gaps["newcomers by recommendation"] = gap
    return replace(reference, kappa=kappa, anchor=anchor, waits=mean_waits, referred_per_day=referred), gaps


def _steps(
    on: np.ndarray, off: np.ndarray, total: float, tolerance: float,
) -> tuple[np.ndarray, float]:
    """Log ratio of the two sums in every bin, and the largest that is still to be settled.

    Rows are pilots. The last bins are one until they weigh enough. A log ratio below its own
    standard error between pilots is settled: more digits would be luck.
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
        step[bin_] = np.log(ratio)
        rest = with_effects - ratio * neutral
        error = np.sqrt((rest**2).sum()) / neutral.sum() if len(rest) > 1 else 0.0
        if abs(np.log(ratio)) > max(tolerance / 2.0, error):
            gap = max(gap, abs(float(np.log(ratio))))
    return step, gap


def _anchors(moments: np.ndarray) -> np.ndarray:
    """Mean and standard deviation of each read-out; a spread below 1e-6 counts as 1."""
    n = np.maximum(moments[..., 0], 1)
    mean = moments[..., 1] / FRACTION / n
    variance = np.maximum(moments[..., 2] / FRACTION / n - mean**2, 0.0)
    spread = np.sqrt(variance)
    return np.stack([mean, np.where(spread < 1e-6, 1.0, spread)], axis=-1)


def _check(config: Config, reference: Reference) -> list[dict[str, Any]]:
    """Judge the reference with fresh luck against the neutral twin, month by month, cumulated."""
    off = np.stack([p.months for p in _pilots(config, reference, effects=False, domain="reference-check/")])
    on = np.stack([p.months for p in _pilots(config, reference, effects=True, domain="reference-check/")])
    rows = []
    for k, name in enumerate(CHECKED):
        rows.append(_judge(name, _cumulated(on, k), _cumulated(off, k), config.reference.tolerance))
    failed = [row for row in rows if not row["passed"]]
    if failed:
        row = failed[0]
        raise CxsimError(
            f"reference: with effects on, the baseline's {row['metric']} by month {row['month']} differ by "
            f"{row['gap']:+.2%} (s.e. {row['standard_error']:.2%}) from its neutral twin; "
            f"reference.tolerance={config.reference.tolerance:g}; raise reference.customers or the tolerance")
    return rows


def _cumulated(months: np.ndarray, k: int) -> np.ndarray:
    """One checked figure by pilot and month: flows cumulated, stocks as they are, spend per order."""
    if CHECKED[k] == "active customers":
        return months[:, k]
    flows = np.cumsum(months[:, k], axis=1)
    if CHECKED[k] != "spend per order":
        return flows
    orders = np.cumsum(months[:, 0], axis=1)
    return flows / np.maximum(orders.mean(axis=0), 1e-12) if orders.any() else flows


def _judge(name: str, on: np.ndarray, off: np.ndarray, tolerance: float) -> dict[str, Any]:
    """The month in which a figure is furthest from its twin, in tolerances or standard errors.

    The standard error of a gap counts the check's own luck and, equal in size, the pilots'.
    """
    total = np.maximum(off.sum(axis=0), 1e-12)
    gap = np.where(off.sum(axis=0) > 0, (on - off).sum(axis=0) / total, 0.0)
    n = len(on)
    error = (on - off).std(axis=0, ddof=1) * np.sqrt(n) / total * np.sqrt(2.0) if n > 1 else np.full(
        gap.shape, np.nan)
    verdicts = (np.abs(gap) <= tolerance) | (np.abs(gap) <= 3.0 * error)
    month = int(np.argmax(np.where(verdicts, np.abs(gap), np.inf)))
    return {"metric": name, "month": month + 1, "gap": float(gap[month]),
            "standard_error": float(error[month]), "tolerance": tolerance, "passed": bool(verdicts.all())}
