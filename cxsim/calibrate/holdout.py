"""The second half of the data as judge of what was fitted on the first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxsim.calibrate.bg_nbd import expected_purchases
from cxsim.calibrate.summary import Summary

Floats = NDArray[np.float64]

TOP_FREQUENCY = 7
"""Customers with this many repeat purchases or more share one row, as in the published table."""


@dataclass(frozen=True)
class HoldoutRow:
    """Customers with equal calibration frequency: purchases a customer, actual and expected."""

    frequency: str
    n_customers: int
    actual: float
    expected: float


@dataclass(frozen=True)
class Holdout:
    """What the customers did after the cut-off, against what the fit expected of each of them.

    Parameters
    ----------
    weeks : length of the holdout.
    rows : by number of repeat purchases in the calibration period, 0 to 7+.
    n_actual, expected : purchases in the holdout, all customers.
    correlation : over customers, actual with expected; NaN when either does not vary.
    mean_absolute_error : purchases a customer.
    cumulative_until, cumulative_end : repeat purchases since the first purchase of each customer, up
        to the cut-off and to the end of the holdout, as (actual, expected of a new customer).
    """

    weeks: float
    rows: tuple[HoldoutRow, ...]
    n_actual: int
    expected: float
    correlation: float
    mean_absolute_error: float
    cumulative_until: tuple[int, float]
    cumulative_end: tuple[int, float]

    def sentences(self) -> list[str]:
        """The verdict in words.

        Examples
        --------
        >>> made = Holdout(39.0, (), 1882, 1653.4, 0.6256, 0.7855, (2457, 2494.0), (4339, 4160.6))
        >>> for sentence in made.sentences():
        ...     print(sentence)  # doctest: +NORMALIZE_WHITESPACE
        Holdout of 39.0 weeks: 1,882 purchases, 1,653.4 expected from each customer's history (-12.1%).
        Correlation over customers 0.626; mean absolute error 0.785 purchases a customer.
        Repeat purchases since the first one: 2,457 at the cut-off (2,494.0 expected, +1.5%),
        4,339 at the end (4,160.6 expected, -4.1%).
        """
        told = "no correlation (one side does not vary)"
        if np.isfinite(self.correlation):
            told = f"correlation over customers {self.correlation:.3f}"
        (before, model_before), (end, model_end) = self.cumulative_until, self.cumulative_end
        total = (
            f"Holdout of {self.weeks:.1f} weeks: {self.n_actual:,} purchases, {self.expected:,.1f} expected "
            f"from each customer's history ({_gap(self.expected, self.n_actual)})."
        )
        error = f"mean absolute error {self.mean_absolute_error:.3f} purchases a customer."
        since = (
            f"Repeat purchases since the first one: {before:,} at the cut-off ({model_before:,.1f} expected, "
            f"{_gap(model_before, before)}), {end:,} at the end ({model_end:,.1f} expected, "
            f"{_gap(model_end, end)})."
        )
        return [total, f"{told[0].upper()}{told[1:]}; {error}", since]


def judge_holdout(summary: Summary, parameters: Mapping[str, float]) -> Holdout | None:
    """Compare expected and actual purchases after the cut-off.

    Parameters
    ----------
    summary : histories with holdout counts.
    parameters : BG/NBD r, alpha (weeks), a, b fitted on the calibration period.

    Returns
    -------
    Holdout, or nothing when the cut-off is the last day of the file.

    Examples
    --------
    >>> s = Summary.of_arrays(np.array([0, 2]), np.array([0.0, 5.0]), np.array([9.0, 9.0]))
    >>> judge_holdout(s, {"r": 1.0, "alpha": 4.0, "a": 1.0, "b": 2.0}) is None
    True
    """
    weeks = summary.holdout_weeks
    if weeks == 0:
        return None
    actual = summary.n_holdout
    expected = expected_purchases(parameters, summary.x, summary.t_x, summary.T, weeks)
    group = np.minimum(summary.x, TOP_FREQUENCY)
    rows = []
    for frequency in range(TOP_FREQUENCY + 1):
        members = group == frequency
        if members.any():
            label = f"{frequency}+" if frequency == TOP_FREQUENCY else str(frequency)
            means = float(actual[members].mean()), float(expected[members].mean())
            rows.append(HoldoutRow(label, int(members.sum()), *means))
    varies = np.ptp(actual) > 0 and np.ptp(expected) > 0
    n_before = int(summary.x.sum())
    return Holdout(
        weeks=weeks,
        rows=tuple(rows),
        n_actual=int(actual.sum()),
        expected=float(expected.sum()),
        correlation=float(np.corrcoef(actual, expected)[0, 1]) if varies else float("nan"),
        mean_absolute_error=float(np.abs(actual - expected).mean()),
        cumulative_until=(n_before, _expected_since_first(parameters, summary.T)),
        cumulative_end=(n_before + int(actual.sum()), _expected_since_first(parameters, summary.T + weeks)),
    )


def _expected_since_first(parameters: Mapping[str, float], weeks: Floats) -> float:
    """Expected repeat purchases of customers first seen `weeks` ago, knowing nothing else of them."""
    ages, n = np.unique(weeks, return_counts=True)
    new = np.zeros(ages.size)
    return float((n * expected_purchases(parameters, new, new, new, ages)).sum())


def _gap(expected: float, actual: float) -> str:
    return f"{expected / actual - 1:+.1%}" if actual else "none happened"
