"""The simulated subscription against shifted-beta-geometric survival, neutral and under a multiplier."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cxsim.behaviour.state import L_EXIT
from cxsim.engines.outcome import Outcome
from cxsim.journal.ticks import DAY
from cxsim.journal.words import EXIT_CANCELLED, ORDER_PAID
from cxsim.settings.reference import blank_reference
from cxsim.theory.sbg import survival
from lived_worlds import NEUTRAL, judge, live_many, plan, world

# Fader & Hardie (2007): Berry & Linoff's High End and Regular subscribers, yearly.
LAWS = {"high_end": (0.668, 3.806), "regular": (0.704, 1.182)}
YEARS = np.arange(1, 13)
# Owners' journeys move nobody's end; years of them would only take time.
QUIET = ("journeys.upgrade.needs_per_year=0", "journeys.move.needs_per_year=0")
COHORT = (*NEUTRAL, "market=subscription", *QUIET, "population=new", "market.renewal_days=365",
          "n_customers=20000", f"horizon_days={12 * 365 + 30}", "segments.high_end.support_needs_per_year=0.3",
          "segments.regular.support_needs_per_year=0.1")


def _survivors(outcome: Outcome) -> np.ndarray:
    """Share of each segment still subscribed just after each yearly renewal; shape (segments, years)."""
    customers = outcome.customers
    assert (customers["source"] == 0).all()
    return np.stack([
        [(customers["left"][customers["segment"] == s] > year * 365 * DAY).mean() for year in YEARS]
        for s in range(2)])


@pytest.fixture(scope="module")
def neutral() -> np.ndarray:
    """Survival in the neutral world, shape (replications, segments, years)."""
    return np.stack(live_many(plan(world(*COHORT), log=False), 16, _survivors))


@pytest.mark.parametrize("segment", LAWS)
def test_neutral_survival_follows_sbg(neutral: np.ndarray, segment: str) -> None:
    s = list(LAWS).index(segment)
    for k, year in enumerate(YEARS):
        judge(neutral[:, s, k], survival(year, *LAWS[segment]), within=0.02)


def test_high_end_survivors_of_year_12_are_as_published(neutral: np.ndarray) -> None:
    """S(12) = .378 by the published parameters."""
    judge(neutral[:, 0, 11], 0.378, within=0.015)


@pytest.mark.parametrize("m", [0.5, 1.5])
def test_survival_under_a_constant_multiplier_is_that_of_a_stretched_clock(m: float) -> None:
    """S_m(t) = S(m t), for both segments."""
    config = world(*COHORT)
    blank = blank_reference(config)
    kappa, moved = blank.kappa.copy(), blank.is_moved.copy()
    kappa[L_EXIT], moved[L_EXIT] = -np.log(m), 1
    blueprint = plan(config, (), replace(blank, kappa=kappa, is_moved=moved), log=False)
    values = np.stack(live_many(blueprint, 12, _survivors))
    for s, law in enumerate(LAWS.values()):
        for year in (1, 3, 6, 12):
            judge(values[:, s, year - 1], survival(m * year, *law), within=0.03)


def test_shares_of_segments_are_as_configured() -> None:
    config = world(*COHORT, "segments.high_end.share=0.3", "segments.regular.share=0.7", "horizon_days=10")
    shares = live_many(plan(config, log=False), 10, lambda o: (o.customers["segment"] == 0).mean())
    judge(shares, 0.3, within=0.02)


def test_starters_of_a_going_business_keep_the_hazard_their_tenure_taught() -> None:
    """Given n renewals survived, the chance to survive the next is (b + n) / (a + b + n)."""
    config = world(*NEUTRAL, "market=subscription", "n_customers=30000", "market.history_days=3650",
                   "market.renewal_days=365", "horizon_days=370", "market.entrants_per_day=0")

    def kept(outcome: Outcome) -> np.ndarray:
        c = outcome.customers[(outcome.customers["left"] > 0)]
        renewals_before = (-c["entry"] - 1) // (365 * DAY)
        mine = c["segment"] == 1
        return np.array([(c["left"] > 366 * DAY)[mine & (renewals_before == n)].mean() for n in (0, 1, 4)])

    a, b = LAWS["regular"]
    values = np.stack(live_many(plan(config, log=False), 12, kept))
    for k, n in enumerate((0, 1, 4)):
        judge(values[:, k], (b + n) / (a + b + n), within=0.03)


def test_renewals_of_a_going_business_are_spread_over_the_period() -> None:
    """Starters have phases of their own: no day of a 30-day period holds more than its share."""
    config = world(*NEUTRAL, "market=subscription", "n_customers=20000", "horizon_days=30")
    payments = live_many(plan(config), 6, lambda o: np.bincount(
        o.events["tick"][o.events["word"] == ORDER_PAID] // DAY, minlength=30))
    by_day = np.sum(payments, axis=0)
    # Cancelled ones leave gaps evenly, so days differ by chance alone (Poisson at most).
    assert by_day.min() > 1000
    assert ((by_day - by_day.mean()) ** 2 / by_day.mean()).sum() < 29 + 4 * np.sqrt(2 * 29)


def test_everybody_who_is_there_pays_once_a_period() -> None:
    config = world(*NEUTRAL, "market=subscription", "population=new", "n_customers=500", "horizon_days=200")

    def check(outcome: Outcome) -> int:
        log = outcome.events
        n = 0
        for who in outcome.customers["id"]:
            mine = log[log["customer"] == who]
            paid = mine["tick"][mine["word"] == ORDER_PAID]
            gone = mine["tick"][mine["word"] == EXIT_CANCELLED]
            end = gone[0] if len(gone) else 200 * DAY
            assert paid.tolist() == [k * 30 * DAY for k in range(1, 7) if k * 30 * DAY < end]
            assert len(gone) == 0 or gone[0] % (30 * DAY) == 0
            n += len(gone)
        return n

    assert live_many(plan(config), 1, check)[0] > 200
