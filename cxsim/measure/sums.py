"""The whole-number sums of one replication by segment and period; every metric starts from these."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import COUNTERS, MONEY
from cxsim.journal.ticks import DAY
from cxsim.journal.words import BUCKETS, CATEGORIES

OWN_TOTAL = ("start", "end", "retained", "repeaters", "alive_end")
COSTS = tuple(bucket for bucket in BUCKETS if bucket != "revenue")


def ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """One sum divided by another; undefined (NaN) where the denominator is 0.

    Examples
    --------
    >>> ratio(np.array([1, 1]), np.array([2, 0])).tolist()
    [0.5, nan]
    """
    top, bottom = np.broadcast_arrays(
        np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float))
    return np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom != 0)


@dataclass(frozen=True)
class Sums:
    """Counters and money of one replication.

    Attributes
    ----------
    counts : array of int64, shape (segments + 1, months + 1, counters)
        Last segment: all, shared included; last month: the whole run.
    amounts : array of int64, shape (segments + 1, months + 1, categories)
        Money in 1/10,000 of the currency, positive in its own bucket.
    month_of_day : array of int64, shape (days,)
        Month (from 0) every day belongs to.
    before : array of int64, shape (segments + 1, counters), optional
        Counts of a warm-up, last all; opening balances of what is held.
    """

    counts: np.ndarray
    amounts: np.ndarray
    month_of_day: np.ndarray
    before: np.ndarray | None = None

    def counter(self, name: str) -> np.ndarray:
        """A counter of :mod:`cxsim.journal.tallies`, as floats (segments + 1, months + 1)."""
        return self.counts[:, :, COUNTERS.index(name)].astype(float)

    def opening(self, name: str) -> np.ndarray:
        """What a counter had come to when counting began, as floats (segments + 1, 1)."""
        if self.before is None:
            return np.zeros((len(self.counts), 1))
        return self.before[:, [COUNTERS.index(name)]].astype(float)

    def units(self, names: Iterable[str]) -> np.ndarray:
        """The sum of some ledger categories, in whole 1/10,000 of the currency."""
        wanted = set(names)
        kept = [i for i, (name, _, _, _) in enumerate(CATEGORIES) if name in wanted]
        return self.amounts[:, :, kept].sum(axis=2)

    def money(self, *categories: str) -> np.ndarray:
        """The sum of some ledger categories in account currency, divided once."""
        return self.units(categories) / MONEY

    def bucket(self, *buckets: str) -> np.ndarray:
        """The sum of some buckets of the ledger in account currency, divided once."""
        return self.units(name for name, bucket, _, _ in CATEGORIES if bucket in buckets) / MONEY

    def profit(self) -> np.ndarray:
        """Revenue less the five cost buckets, subtracted as whole numbers, divided once."""
        effects = profit_effects()
        return (self.amounts * effects).sum(axis=2) / MONEY

    def days(self) -> np.ndarray:
        """Days of every month, and of the run as the last."""
        n_days = np.bincount(self.month_of_day, minlength=self.counts.shape[1] - 1)
        return np.append(n_days, n_days.sum()).astype(float)


def profit_effects() -> np.ndarray:
    """What one unit of each ledger category does to profit: +1 for revenue, -1 for costs.

    Examples
    --------
    >>> profit_effects()[:4].tolist()
    [1, 1, 1, -1]
    """
    return np.array([1 if bucket == "revenue" else -1 for _, bucket, _, _ in CATEGORIES], dtype=np.int64)


def month_of_day(month_starts: np.ndarray) -> np.ndarray:
    """Month (from 0) of every day, from the ticks at which months start (the last: the horizon).

    Examples
    --------
    >>> month_of_day(np.array([0, 2 * DAY, 5 * DAY])).tolist()
    [0, 0, 1, 1, 1]
    """
    starts = np.asarray(month_starts, dtype=np.int64) // DAY
    return np.repeat(np.arange(len(starts) - 1), np.diff(starts))


def by_period(flows: np.ndarray, months: np.ndarray) -> np.ndarray:
    """Sum flows by day (first axis) into months, the whole run last.

    Examples
    --------
    >>> by_period(np.array([1, 2, 4]), np.array([0, 0, 1])).tolist()
    [3, 4, 7]
    """
    n_months = int(months[-1]) + 1 if len(months) else 0
    summed = np.zeros((n_months + 1, *flows.shape[1:]), dtype=flows.dtype)
    np.add.at(summed, months, flows)
    summed[-1] = summed[:-1].sum(axis=0)
    return summed


def _with_all(by_segment: np.ndarray) -> np.ndarray:
    """Put the sum of every segment, shared included, in the place of shared."""
    result = by_segment.copy()
    result[-1] = by_segment.sum(axis=0)
    return result


def make_sums(outcome: Outcome) -> Sums:
    """Sum one replication by segment and period.

    Parameters
    ----------
    outcome : Outcome
        One finished replication.

    Examples
    --------
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> make_sums(make_blank_outcome(months=3)).counter("purchases").shape
    (2, 4)
    """
    counts = _with_all(outcome.tally)
    for i, name in enumerate(COUNTERS):
        if name not in OWN_TOTAL:
            counts[:, -1, i] = counts[:, :-1, i].sum(axis=1)
    months = month_of_day(outcome.month_starts)
    daily = outcome.ledger[..., 1].sum(axis=(2, 3))
    amounts = np.moveaxis(by_period(daily[: len(months)], months), 0, 1)
    before = None if outcome.opening_tally is None else _with_all(outcome.opening_tally)
    return Sums(counts, _with_all(amounts), months, before)
