"""Pilots of a baseline: ordinary replications reduced to the sums behind the reference experience."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from cxsim.behaviour.effects import BIN_DAYS
from cxsim.engines.blueprint import Blueprint, make_blueprint
from cxsim.engines.many import run_many
from cxsim.engines.outcome import Outcome
from cxsim.engines.replication import run_compiled
from cxsim.engines.reproduction import births_and_lives
from cxsim.journal.tallies import N_ACQUIRED, N_CONVERTED, N_END, N_PURCHASES, N_UPSELL_ACCEPTED
from cxsim.journal.ticks import DAY
from cxsim.journal.words import BUCKETS, CATEGORIES, REFERRAL
from cxsim.settings.links import pulls_arrivals
from cxsim.settings.reference import Reference
from cxsim.settings.schema import Config

MOST_PILOTS = 400
NEUTRAL_SHARE = 5
# Pilots of a fraction are so many, so that a check has a standard error.
FEWEST_PILOTS = 4
REVENUE = np.array([bucket == BUCKETS[0] for _, bucket, _, _ in CATEGORIES])


@dataclass(frozen=True)
class Pilot:
    """What one pilot adds to the sums behind the reference."""

    exposures: np.ndarray
    moments: np.ndarray
    waits: np.ndarray
    referred: np.ndarray
    months: np.ndarray
    pulls: np.ndarray
    contacts: np.ndarray
    births: np.ndarray
    lives: np.ndarray


def is_moved(config: Config, reference: Reference) -> bool:
    """Whether anything moves the baseline off its history."""
    return bool(reference.is_moved.any()) or pulls_arrivals(config)


def pilot_world(config: Config) -> Config:
    """The world that pilots live in: the whole one, or the fraction of it that is enough.

    The reference is that of the whole population, so `population.fraction` does not move it: pilots are whole
    unless the run is of a fraction and the population is larger than a reference needs.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> pilot_world(load(["population.fraction=0.1"])).population.fraction
    1.0
    >>> pilot_world(load(["population.fraction=0.1", "n_customers=1e6"])).population.fraction
    0.025
    """
    fraction = 1.0
    if config.population.fraction < 1.0 and config.n_customers > config.reference.customers:
        fraction = config.reference.customers / FEWEST_PILOTS / config.n_customers
    return config.model_copy(update={"population": config.population.model_copy(update={"fraction": fraction})})


def run_pilots(config: Config, reference: Reference, *, effects: bool, domain: str) -> list[Pilot]:
    """Pilots of at least ``reference.customers`` customers in all, staffing whole."""
    config = pilot_world(config)
    wanted = config.reference.customers
    if not is_moved(config, reference):
        wanted = wanted // NEUTRAL_SHARE  # Only read-outs hang on it: means and spreads, no intercepts.
    n = -(-wanted // config.n_simulated)
    blueprint = make_blueprint([config], [], reference, effects=effects)
    blueprint = replace(blueprint, log_share=0.0)

    parallel = config.parallel
    if parallel.mode == "processes":  # Pilots are many and small, and always compiled.
        parallel = parallel.model_copy(update={"mode": "threads"})
    results = run_many(partial(_live_pilot, blueprint, domain), range(min(n, MOST_PILOTS)), parallel)
    return [pilot for _, pilot in sorted(results, key=lambda item: item[0])]


def _live_pilot(blueprint: Blueprint, domain: str, replication: int) -> Pilot:
    outcome = run_compiled(blueprint, replication, domain=domain, measuring=True)
    return _pilot(outcome, blueprint.config.simulated_share)


def _pilot(outcome: Outcome, share: float) -> Pilot:
    months = outcome.tally[:-1, :-1].sum(axis=0)
    month_of_day = np.searchsorted(outcome.month_starts // DAY, np.arange(len(outcome.ledger)), "right") - 1
    revenue = outcome.ledger[..., REVENUE, 1].sum(axis=(1, 2, 3, 4))
    by_month = np.bincount(month_of_day, weights=revenue, minlength=len(months))
    counted = np.stack([
        months[:, N_PURCHASES], months[:, N_END], by_month, months[:, N_UPSELL_ACCEPTED],
        months[:, N_CONVERTED], months[:, N_ACQUIRED]]).astype(float)
    entries = outcome.customers["entry"][outcome.customers["source"] == REFERRAL] // DAY
    referred = np.bincount(entries // BIN_DAYS, minlength=outcome.exposures.shape[3]) / share
    waits = outcome.wait_sums[:, :, :2] + outcome.wait_sums[:, :, 2:]
    pulls = np.bincount(np.arange(len(outcome.pulls)) // BIN_DAYS, outcome.pulls, len(referred))
    return Pilot(outcome.exposures, outcome.moments, waits, referred, counted, pulls, outcome.contacts / share,
                 *births_and_lives(outcome.customers, int(outcome.month_starts[-1]), len(outcome.segments)))
