"""The quantile tables against scipy, to 1e-10, at random and at the most extreme luck there is."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from cxsim.behaviour.draws import positive_quantile, quantile
from cxsim.settings.quantiles import log_gamma_table, log_hazard_table, make_quantiles, normal_table
from lived_worlds import world

_RANDOM = np.random.default_rng(20260726).uniform(size=4000)
_TINY = 10.0 ** -np.linspace(1, 15, 57)
LUCK = np.clip(np.concatenate([_RANDOM, _TINY, 1.0 - _TINY, [0.5]]), 2.0**-53, 1.0 - 2.0**-53)
EXTREMES = np.array([2.0**-53, 3 * 2.0**-53, 1.0 - 2.0**-53])


def _read(table: np.ndarray, us: np.ndarray) -> np.ndarray:
    return np.array([quantile(table[None], 0, u) for u in us])


def _read_positive(table: np.ndarray, us: np.ndarray) -> np.ndarray:
    return np.array([positive_quantile(table[None], 0, u) for u in us])


@pytest.mark.parametrize("us", [LUCK, EXTREMES], ids=["anywhere", "extremes"])
def test_normal_table_is_the_normal_quantile(us: np.ndarray) -> None:
    np.testing.assert_allclose(_read(normal_table(), us), stats.norm.ppf(us), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("us", [LUCK, EXTREMES], ids=["anywhere", "extremes"])
@pytest.mark.parametrize("shape", [0.2426, 0.05, 0.9, 1.0, 3.74, 6.25, 250.0])
def test_gamma_table_is_the_gamma_quantile(shape: float, us: np.ndarray) -> None:
    theory = special.gammaincinv(shape, us)
    upper = us > 0.5
    theory[upper] = special.gammainccinv(shape, 1.0 - us[upper])
    read = _read_positive(log_gamma_table(shape, 1.0 / 30.9), us) * 30.9
    seen = theory > 1e-290
    assert seen.sum() > 0.3 * len(us)
    np.testing.assert_allclose(read[seen], theory[seen], rtol=1e-10)


def test_gamma_table_keeps_the_tail_that_doubles_cannot_hold() -> None:
    # Far below 1e-300 the law is u = x^r / Gamma(r + 1).
    r, u = 0.05, 2.0**-53
    expected_log = (np.log(u) + special.gammaln(r + 1.0)) / r
    assert expected_log < np.log(1e-290)
    assert quantile(log_gamma_table(r, 1.0)[None], 0, u) == pytest.approx(expected_log, rel=1e-10)


@pytest.mark.parametrize("us", [LUCK, EXTREMES], ids=["anywhere", "extremes"])
@pytest.mark.parametrize(("a", "b"), [
    (0.793, 2.426), (0.668, 3.806), (0.704, 1.182), (1.0, 1.0), (0.1, 0.1), (0.05, 3.0), (30.0, 2.0),
    (2.0, 400.0)])
def test_hazard_table_is_that_of_a_beta_chance(a: float, b: float, us: np.ndarray) -> None:
    # Each side of the law from the side of u that holds all its digits.
    is_low = us < 0.5
    theta = np.where(is_low, special.betaincinv(a, b, us), special.betainccinv(a, b, 1.0 - us))
    rest = np.where(is_low, special.betainccinv(b, a, us), special.betaincinv(b, a, 1.0 - us))
    theory = np.where(theta < 0.5, -np.log1p(-np.minimum(theta, 0.5)), -np.log(rest))
    seen = (theta > 1e-290) & (rest > 1e-290)
    assert seen.sum() > 0.3 * len(us)
    read = _read_positive(log_hazard_table(a, b), us)
    np.testing.assert_allclose(read[seen], theory[seen], rtol=1e-10)


@pytest.mark.parametrize("market", ["online_retail", "subscription"])
def test_every_table_of_a_market_rises(market: str) -> None:
    tables = make_quantiles(world(f"market={market}"))
    for table in tables:
        assert np.isfinite(table).all()
        assert (np.diff(table[:, 0]) >= 0).all()


def test_tables_of_the_published_segment_have_its_moments() -> None:
    """Means of rate, drop-out chance, basket and customer mean, integrated over the read quantiles."""
    tables = make_quantiles(world())
    us = (np.arange(200_000) + 0.5) / 200_000
    rate = np.array([positive_quantile(tables, 1, u) for u in us])
    assert rate.mean() == pytest.approx(0.243 / (4.414 * 7.0), rel=1e-3)
    chance = -np.expm1(-np.array([positive_quantile(tables, 2, u) for u in us]))
    assert chance.mean() == pytest.approx(0.793 / (0.793 + 2.426), rel=1e-3)
    scale = 1.0 / np.array([positive_quantile(tables, 3, u) for u in us])
    assert scale.mean() == pytest.approx(15.44 / (3.74 - 1.0), rel=2e-3)
    basket = np.array([positive_quantile(tables, 4, u) for u in us])
    assert basket.mean() == pytest.approx(6.25, rel=1e-4)
