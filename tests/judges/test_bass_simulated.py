"""Diffusion in a finite market: the exact chain of fifty people, the recursion of a hundred thousand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from cxsim.engines.outcome import Outcome
from cxsim.journal.ticks import DAY
from cxsim.theory.bass import adopters_by_step, adopters_chain
from lived_worlds import judge, live_many, plan, world

# Subscribers whose contracts outlast the run and who need nothing; hazards of a lively market, a year.
P, Q, DAYS = 3.0, 50.0, 50
QUIET = ("market=subscription", "population=new", "journeys=simple", "satisfaction=none", "upsell=none",
         "referral=none", "acquisition=none", "market.renewal_days=3650", f"horizon_days={DAYS}", "touchpoints=[]",
         "segments.high_end.support_needs_per_year=0", "segments.regular.support_needs_per_year=0",
         f"market.bass.p={P}", f"market.bass.q={Q}")


def _adopters(outcome: Outcome, size: int) -> np.ndarray:
    """How many had adopted by each midnight, day 0 first."""
    entered = outcome.customers["entry"]
    by_day = np.bincount(np.maximum(entered, -1) // DAY + 1, minlength=DAYS + 1)
    assert len(np.unique(outcome.customers["id"])) == len(outcome.customers) <= size
    return np.cumsum(by_day)[: DAYS + 1]


@pytest.fixture(scope="module")
def fifty() -> np.ndarray:
    config = world(*QUIET, "n_customers=2", "market.size=50", "market.bass.q=60")
    blueprint = plan(config, log=False)
    return np.array(live_many(blueprint, 1200, lambda outcome: _adopters(outcome, 50)))


@pytest.mark.parametrize("day", [10, 20, 35])
def test_adopters_of_a_small_market_are_distributed_as_the_chain(fifty: np.ndarray, day: int) -> None:
    """F is published at midnight, so days are the steps of an exact Markov chain."""
    chain = adopters_chain(day, 50, 2, P / 365, 60 / 365)
    judge(fifty[:, day], float((chain * np.arange(51)).sum()), within=0.05)
    edges = np.searchsorted(np.cumsum(chain), np.linspace(0, 1, 9)[1:-1])
    seen = np.bincount(np.searchsorted(edges, fifty[:, day], side="left"), minlength=len(edges) + 1)
    expected = np.array([part.sum() for part in np.split(chain, edges + 1)])
    assert seen[expected == 0.0].sum() == 0
    here = expected > 0.0
    assert expected[here].min() > 0.01 and here.sum() >= 4
    assert stats.chisquare(seen[here], len(fifty) * expected[here]).pvalue > 1e-3


def test_adopters_of_a_large_market_follow_the_recursion() -> None:
    size = 100_000
    config = world(*QUIET, "n_customers=1000", f"market.size={size}", "horizon_days=31")
    found = np.array(live_many(plan(config, log=False), 6, lambda outcome: _adopters(outcome, size)))
    theory = adopters_by_step(DAYS, size, 1000, P / 365, Q / 365)
    for day in (1, 10, 20, 30):
        judge(found[:, day], float(theory[day]), within=0.02)


def test_imitation_and_coming_by_oneself_each_act_alone() -> None:
    """q = 0: everybody's own clock, so a binomial share; p = 0: nobody without somebody to imitate."""
    alone = world(*QUIET, "n_customers=1", "market.size=400", "market.bass.q=0")
    found = live_many(plan(alone, log=False), 40, lambda outcome: _adopters(outcome, 400)[-1])
    judge(found, 1 + 399 * -np.expm1(-P * DAYS / 365), within=0.04)
    spread = world(*QUIET, "n_customers=4", "market.size=400", "market.bass.p=0")
    found = live_many(plan(spread, log=False), 300, lambda outcome: _adopters(outcome, 400)[20])
    chain = adopters_chain(20, 400, 4, 0.0, Q / 365)
    judge(found, float((chain * np.arange(401)).sum()), within=0.1)
