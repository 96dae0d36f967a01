"""When a scenario has paid back: its profit against the baseline, added up month by month."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cxsim.measure.comparison import cube_of, mean_interval
from cxsim.measure.table import Table, codes


def cash_table(kpis: Table, baseline: str, confidence: float) -> Table:
    """Paired differences in profit by month, and added up to its end.

    Profit counts rewards when they are redeemed, so it is cash but for stocks and payment terms.

    Parameters
    ----------
    kpis : Table
        Of all sides, with months.
    baseline : str
        The baseline's name.
    confidence : float
        Of each month's interval (Student's t over replications).

    Returns
    -------
    Table
        Columns scenario, month (from 1), difference, cumulative, ci_low, ci_high (of the cumulative one),
        replications, confidence.
    """
    here = kpis.select(segment="all", metric="profit")
    here = here.take(here["period"] != "total")
    names = [name for name in codes(kpis["scenario"])[0] if name != baseline]
    months = sorted(codes(here["period"])[0], key=int)
    replications = sorted(codes(kpis["replication"])[0])
    cube = cube_of(here, {"scenario": [baseline, *names], "period": months}, replications)
    differences = cube[1:] - cube[:1]
    summed, low, high, _ = mean_interval(np.cumsum(differences, axis=1), confidence)
    n = summed.size
    return Table({
        "scenario": np.repeat(np.array(names, dtype=object), len(months)),
        "month": np.tile(np.array([int(month) for month in months], dtype=np.int64), len(names)),
        "difference": differences.mean(axis=-1).ravel(), "cumulative": summed.ravel(), "ci_low": low.ravel(),
        "ci_high": high.ravel(), "replications": np.full(n, len(replications)),
        "confidence": np.full(n, float(confidence))})


@dataclass(frozen=True)
class Course:
    """The course of a scenario's cash.

    Attributes
    ----------
    trough, low, high : float
        The lowest it ever stands, at most 0, with its interval.
    trough_month : int
        At the end of which month; 0 where it is never below 0.
    turns, surely : int
        From the end of which month on it stays above 0: in the mean, and with the whole interval; 0 where it does
        not within the run.
    end, end_low, end_high : float
        Where it stands at the end of the run.
    """

    trough: float
    low: float
    high: float
    trough_month: int
    turns: int
    surely: int
    end: float
    end_low: float
    end_high: float


def _stays_above(values: np.ndarray) -> int:
    """The month (from 1) from which on all values are above 0; 0 if the last one is not."""
    if not len(values) or not values[-1] > 0:
        return 0
    below = np.flatnonzero(~(values > 0))
    return int(below[-1]) + 2 if len(below) else 1


def course_of(cash: Table, scenario: str) -> Course:
    """Trough and turning point of one scenario.

    Parameters
    ----------
    cash : Table
        From :func:`cash_table`.
    scenario : str
        Its name.

    Examples
    --------
    >>> cash = Table({"scenario": ["a"] * 3, "month": [1, 2, 3], "cumulative": [-5.0, -8.0, 1.0],
    ...               "ci_low": [-6.0, -9.0, -1.0], "ci_high": [-4.0, -7.0, 3.0]})
    >>> found = course_of(cash, "a")
    >>> found.trough, found.trough_month, found.turns, found.surely
    (-8.0, 2, 3, 0)
    """
    here = cash.select(scenario=scenario)
    values, low, high = here["cumulative"], here["ci_low"], here["ci_high"]
    if not len(values):
        return Course(0.0, 0.0, 0.0, 0, 0, 0, math.nan, math.nan, math.nan)
    at = int(np.argmin(values))
    ends = float(values[-1]), float(low[-1]), float(high[-1])
    turns, surely = _stays_above(values), _stays_above(low)
    if not values[at] < 0:
        return Course(0.0, 0.0, 0.0, 0, turns, surely, *ends)
    return Course(float(values[at]), float(low[at]), float(high[at]), at + 1, turns, surely, *ends)
