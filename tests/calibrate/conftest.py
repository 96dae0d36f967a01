"""Customers made with known parameters, by the assumptions of the models and nothing of their fit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cxsim.calibrate.summary import Summary


def _make_histories(
    seed: int, n: int, r: float, alpha: float, a: float, b: float, weeks: float = 39.0
) -> Summary:
    """BG/NBD purchase histories of n customers who came over the first 12 weeks; a = 0: nobody leaves."""
    draw = np.random.default_rng(seed)
    rate = draw.gamma(r, 1 / alpha, n)
    p_leave = draw.beta(a, b, n) if a > 0 else np.zeros(n)
    horizon = weeks - draw.uniform(0, 12, n)
    x, t_x, now = np.zeros(n, dtype=np.int64), np.zeros(n), np.zeros(n)
    active = np.ones(n, dtype=bool)
    while active.any():
        now = now + draw.exponential(1, n) / rate
        active &= now <= horizon
        x[active] += 1
        t_x[active] = now[active]
        active &= draw.random(n) >= p_leave
    return Summary.of_arrays(x, t_x, horizon)


def _make_spend(seed: int, n: int, p: float, q: float, gamma: float) -> Summary:
    """Gamma-Gamma mean spends of n repeat buyers with 1 or more purchases each."""
    draw = np.random.default_rng(seed)
    x = draw.geometric(0.4, n)
    mean = draw.gamma(p * x, 1 / draw.gamma(q, 1 / gamma, n)) / x
    return Summary.of_arrays(x, np.ones(n), np.ones(n), n_spend=x, mean_spend=mean)


def _z_scores(parameters: dict, errors: dict, truth: dict) -> list[float]:
    """Distance from the truth in standard errors, on the logarithm where the estimates are normal."""
    return [
        float(np.log(parameters[name] / value) / (errors[name] / parameters[name]))
        for name, value in truth.items()
    ]


def _make_sales_file(path: Path, n: int = 400, seed: int = 4) -> Path:
    """A CSV file of n customers over two years, in no order."""
    draw = np.random.default_rng(seed)
    lines = []
    for customer in range(n):
        day, rate = draw.uniform(0, 90), draw.gamma(1.0, 0.05)
        p_leave, level = draw.beta(0.8, 2.4), draw.gamma(4.0, 8.0)
        while day < 730:
            date = np.datetime64("2022-01-01") + int(day)
            lines.append(f"c{customer},{date},{draw.gamma(5.0, level / 5):.2f}")
            if draw.random() < p_leave and len(lines) > 1:
                break
            day += draw.exponential(1 / rate)
    draw.shuffle(lines)
    path.write_text("customer,date,amount\n" + "\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="session")
def make_histories() -> Callable[..., Summary]:
    """Simulator of BG/NBD purchase histories."""
    return _make_histories


@pytest.fixture(scope="session")
def make_spend() -> Callable[..., Summary]:
    """Simulator of Gamma-Gamma mean spends."""
    return _make_spend


@pytest.fixture(scope="session")
def z_scores() -> Callable[..., list[float]]:
    """Distance of estimates from the truth in standard errors."""
    return _z_scores


@pytest.fixture(scope="session")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated transaction file called My Sales.csv."""
    return _make_sales_file(tmp_path_factory.mktemp("data") / "My Sales.csv")
