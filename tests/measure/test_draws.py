"""Judges of what draws tell, each against a case with a known answer."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.stats import qmc, sobol_indices as scipy_indices

from cxsim.measure.draws import expected_regret, p_best, variance_parts
from cxsim.measure.information import value_of_everything, value_of_one
from cxsim.measure.sobol import sobol_indices


def test_variance_parts_of_a_table_made_of_known_parts() -> None:
    """Draw effect sd 3, shared luck sd 2, own luck sd 1: variances 9 and 4 + 1, over many tables."""
    rng = np.random.default_rng(11)
    found = []
    for _ in range(400):
        table = (rng.normal(0, 3, (40, 1)) + rng.normal(0, 2, (1, 8)) + rng.normal(0, 1, (40, 8)))
        parts = variance_parts(table)
        found.append((parts.parameters, parts.chance))
    mean = np.mean(found, axis=0)
    error = np.std(found, axis=0, ddof=1) / np.sqrt(len(found))
    assert (np.abs(mean - [9.0, 5.0]) < 4 * error).all(), (mean, error)
    assert (error < 0.2).all(), "too noisy to judge"


def test_variance_parts_with_luck_alone_and_with_parameters_alone() -> None:
    lives = np.array([1.0, 4.0, 7.0])
    alone = variance_parts(np.tile(lives, (5, 1)))
    assert (alone.parameters, alone.chance) == (0.0, lives.var(ddof=1))
    draws = variance_parts(np.tile(lives[:, None], (1, 4)))
    assert draws.parameters == pytest.approx(lives.var(ddof=1)) and draws.chance == 0.0
    assert draws.share_of_parameters == 1.0


def test_regret_of_the_best_option_is_the_value_of_perfect_information() -> None:
    rng = np.random.default_rng(3)
    net = np.concatenate([np.zeros((500, 1)), rng.normal(0.5, 1.0, (500, 2))], axis=1)
    found = value_of_everything(net[..., None], rng, 0.9, 20)
    assert expected_regret(net).min() == pytest.approx(found.value, abs=1e-12)
    assert p_best(net).sum() == pytest.approx(1.0)


def _unit_normal_loss(mean: float, sd: float) -> float:
    """E max(0, X) - max(0, mean) for X ~ N(mean, sd)."""
    z = abs(mean) / sd
    return sd * (stats.norm.pdf(z) - z * stats.norm.sf(z))


def test_information_of_the_linear_normal_toy() -> None:
    """Net gain = 1 + 3 x + 2 y, x and y standard normal: EVPI and both EVPPI by the unit normal loss integral."""
    n = 2**12
    x, y = stats.norm.ppf(qmc.Sobol(2, rng=np.random.default_rng(5)).random(n)).T
    net = np.stack([np.zeros(n), 1.0 + 3.0 * x + 2.0 * y], axis=1)
    rng = np.random.default_rng(6)
    everything = value_of_everything(np.repeat(net[..., None], 2, axis=2), rng, 0.95, 60)
    assert everything.value == pytest.approx(_unit_normal_loss(1.0, np.sqrt(13.0)), rel=0.01)
    assert everything.least == pytest.approx(everything.value)
    for values, slope in ((x, 3.0), (y, 2.0)):
        one = value_of_one(values, net, rng, 0.95, 60)
        assert one.value == pytest.approx(_unit_normal_loss(1.0, slope), rel=0.03)
        assert one.low < _unit_normal_loss(1.0, slope) < one.high


def test_information_on_what_moves_nothing_is_worth_nothing() -> None:
    rng = np.random.default_rng(7)
    net = np.stack([np.zeros(200), rng.normal(0.05, 1.0, 200)], axis=1)
    worth = [value_of_one(rng.random(200), net, rng, 0.9, 5).value for _ in range(40)]
    assert np.median(worth) == 0.0


def test_information_lies_between_its_bounds_where_draws_are_lucky() -> None:
    """Luck of sd 2 in each life: the naive value exaggerates, the one that leaves a life out does not."""
    rng = np.random.default_rng(8)
    mean = rng.normal(0.3, 1.0, 4000)
    lives = mean[:, None] + rng.normal(0.0, 2.0, (4000, 4))
    net = np.stack([np.zeros_like(lives), lives], axis=1)
    found = value_of_everything(net, rng, 0.9, 5)
    assert found.least < _unit_normal_loss(0.3, 1.0) < found.value


def _ishigami(x: np.ndarray) -> np.ndarray:
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def _sampled(function, n: int, d: int, low: float, high: float, seed: int):
    both = qmc.Sobol(2 * d, rng=np.random.default_rng(seed)).random(n) * (high - low) + low
    a, b = both[:, :d], both[:, d:]
    mixed = [function(np.column_stack([b[:, j] if j == i else a[:, j] for j in range(d)])) for i in range(d)]
    return function(a), function(b), np.array(mixed)


def test_indices_of_ishigami() -> None:
    """Exact: Ishigami & Homma (1990), a = 7, b = 0.1."""
    variance = 7.0**2 / 8 + 0.1 * np.pi**4 / 5 + 0.1**2 * np.pi**8 / 18 + 0.5
    first = np.array([0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2, 7.0**2 / 8, 0.0]) / variance
    crossed = 8 * 0.1**2 * np.pi**8 / 225 / variance
    total = first + np.array([crossed, 0.0, crossed])
    found = sobol_indices(*_sampled(_ishigami, 2**13, 3, -np.pi, np.pi, 1), np.random.default_rng(2), 0.95, 100)
    assert found.first == pytest.approx(first, abs=0.02)
    assert found.total == pytest.approx(total, abs=0.02)
    assert (found.first_low <= first).all() and (first <= found.first_high).all()
    assert (found.total_low <= total).all() and (total <= found.total_high).all()


def test_indices_of_a_linear_toy_are_its_squared_slopes() -> None:
    slopes = np.array([4.0, 3.0, 0.0])
    found = sobol_indices(*_sampled(lambda x: 10.0 + x @ slopes, 2**12, 3, 0.0, 1.0, 3),
                          np.random.default_rng(4), 0.95, 50)
    assert found.first == pytest.approx(slopes**2 / 25.0, abs=0.01)
    assert found.total == pytest.approx(slopes**2 / 25.0, abs=0.01)


def test_indices_agree_with_scipy() -> None:
    a, b, ab = _sampled(_ishigami, 256, 3, -np.pi, np.pi, 5)
    theirs = scipy_indices(func={"f_A": a[None], "f_B": b[None], "f_AB": ab[:, None]}, n=256)
    ours = sobol_indices(a, b, ab, np.random.default_rng(1), 0.9, 5)
    assert ours.first == pytest.approx(theirs.first_order, abs=0.03)
    assert ours.total == pytest.approx(theirs.total_order, abs=0.03)


def test_indices_leave_failed_draws_out() -> None:
    a, b, ab = _sampled(lambda x: x @ np.array([1.0, 1.0]), 64, 2, 0.0, 1.0, 6)
    holes = ab.copy()
    holes[0, 3] = np.nan
    keep = np.arange(64) != 3
    whole = sobol_indices(a[keep], b[keep], ab[:, keep], np.random.default_rng(1), 0.9, 5)
    assert (sobol_indices(a, b, holes, np.random.default_rng(1), 0.9, 5).total == whole.total).all()
