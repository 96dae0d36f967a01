"""What the judges of the closed forms share: printed figures, and the CDNOW histories."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

END_OF_CALIBRATION = date(1997, 9, 30).toordinal()


@pytest.fixture(scope="session")
def printed() -> Callable[[float, str], object]:
    """Claim that a value, rounded as the figure is, reads as the figure."""

    def claim(value: float, figure: str) -> None:
        decimals = len(figure.partition(".")[2])
        half_unit = 0.5 * 10.0**-decimals
        assert float(value) == pytest.approx(float(figure), abs=half_unit * (1 + 1e-6), rel=0)

    return claim


@dataclass(frozen=True)
class Histories:
    """Weeks and repeat orders of CDNOW's customers; spend is the mean of the repeat orders."""

    x: NDArray
    t_x: NDArray
    T: NDArray
    mean_spend: NDArray
    holdout: NDArray


@pytest.fixture(scope="session")
def cdnow(shared_data: Path) -> Histories:
    """The 1/10 sample, same-day rows merged, calibration to 1997-09-30, time in weeks."""
    orders: dict[str, dict[int, float]] = {}
    for line in (shared_data / "CDNOW_sample.txt").read_text().splitlines():
        customer, _, day, _, dollars = line.split()
        when = date(int(day[:4]), int(day[4:6]), int(day[6:])).toordinal()
        mine = orders.setdefault(customer, {})
        mine[when] = mine.get(when, 0.0) + float(dollars)
    return Histories(*np.array([_history(mine) for mine in orders.values()], dtype=float).T)


def _history(mine: dict[int, float]) -> tuple[float, ...]:
    days = sorted(mine)
    seen = [day for day in days if day <= END_OF_CALIBRATION]
    spend = np.mean([mine[day] for day in seen[1:]]) if len(seen) > 1 else 0.0
    first = days[0]
    return (
        len(seen) - 1,
        (seen[-1] - first) / 7,
        (END_OF_CALIBRATION - first) / 7,
        spend,
        len(days) - len(seen),
    )
