"""Neighbouring seeds and replications share nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cxsim.engines.outcome import Outcome
from lived_worlds import changed, counted, live, live_many, plan, total, world

KEYS = ("n_customers=150", "horizon_days=120", "market.entrants_per_day=2")
N = 200


def _figures(outcome: Outcome) -> list[float]:
    revenue = outcome.ledger[..., 0, 1].sum()
    names = ("purchases", "acquired", "invitations", "wait_ticks", "promoters")
    return [*(total(outcome, name) for name in names), counted(outcome, "end")[:, -1].sum(), revenue]


@pytest.fixture(scope="module")
def runs() -> np.ndarray:
    """Figures of replications 0 and 1 of each of N seeds in a row; shape (seeds, 2, figures)."""
    blueprint = plan(world(*KEYS), log=False)
    return np.array([
        live_many(replace(blueprint, config=changed(blueprint.config, seed=seed)), 2, _figures)
        for seed in range(N)])


def _correlations(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.array([np.corrcoef(one[:, k], other[:, k])[0, 1] for k in range(one.shape[1])])


@pytest.mark.parametrize(("first", "second"), [((0, 1), (1, 0)), ((0, 0), (1, 0)), ((0, 0), (0, 1))],
                         ids=["seed s replication 1, seed s+1 replication 0", "seed s, seed s+1", "replications"])
def test_neighbouring_seeds_and_replications_are_uncorrelated(
    runs: np.ndarray, first: tuple[int, int], second: tuple[int, int],
) -> None:
    one = runs[first[0] : N - 1 + first[0], first[1]]
    other = runs[second[0] : N - 1 + second[0], second[1]]
    assert np.abs(_correlations(one, other)).max() < 3.5 / np.sqrt(N - 1)
    assert (one.std(axis=0) > 0).all()


def _rates(outcome: Outcome) -> dict[int, float]:
    """Hidden purchase rate of every customer."""
    return dict(zip(outcome.customers["id"].tolist(), outcome.customers["rate"].tolist(), strict=True))


def test_streams_of_neighbouring_seeds_differ() -> None:
    config = world(*KEYS)
    ours = live(plan(changed(config, seed=6)), 1)
    for seed, replication in ((7, 0), (7, 1), (6, 0), (5, 1), (6, 2)):
        theirs = live(plan(changed(config, seed=seed)), replication)
        both = np.intersect1d(ours.customers["id"], theirs.customers["id"])
        rates = [_rates(o) for o in (ours, theirs)]
        # Identities of starters are names, so they agree; the luck behind them never does.
        assert len(both) >= 150
        assert sum(rates[0][who] == rates[1][who] for who in both.tolist()) == 0
        pairs = np.log(np.array([(rates[0][who], rates[1][who]) for who in both.tolist()]))
        assert abs(np.corrcoef(pairs.T)[0, 1]) < 4 / np.sqrt(len(both))


def test_the_same_seed_gives_the_same_life() -> None:
    config = world(*KEYS)
    one, again = live(plan(config), 3), live(plan(config), 3)
    assert one.events.tobytes() == again.events.tobytes()
