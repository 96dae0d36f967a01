"""One line per customer: how often he came back, when last, how long he was watched, what he spent.

Times are in weeks (days / 7) since the customer's own first purchase. The first purchase makes the
customer; only the purchases after it are counted, in x and in the spend mean alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from cxsim.calibrate.transactions import Transactions
from cxsim.errors import CxsimError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DAYS_PER_WEEK = 7.0


@dataclass(frozen=True, eq=False)
class Summary:
    """Purchase histories up to a cut-off day, and what the same customers did afterwards.

    Parameters
    ----------
    x : repeat purchases (days with a purchase after the first) up to the cut-off, shape (n,).
    t_x : weeks from first to last purchase up to the cut-off, shape (n,); 0 where x is 0.
    T : weeks from first purchase to the cut-off, shape (n,).
    n_spend : repeat purchases with a positive amount, shape (n,).
    mean_spend : their mean amount in account currency, shape (n,); 0 where n_spend is 0.
    n_holdout : purchases of the same customers after the cut-off, shape (n,).
    until, last_day : the cut-off, and the last day of the file.
    n_later_customers, n_later_transactions : customers first seen after the cut-off, who take no
        part in the fit or in the holdout, and their transactions.
    """

    x: Ints
    t_x: Floats
    T: Floats
    n_spend: Ints
    mean_spend: Floats
    n_holdout: Ints
    until: date
    last_day: date
    n_later_customers: int = 0
    n_later_transactions: int = 0

    @property
    def n_customers(self) -> int:
        """Customers whose first purchase is on or before the cut-off."""
        return int(self.x.size)

    @property
    def holdout_weeks(self) -> float:
        """Weeks between the cut-off and the last day of the file."""
        return (self.last_day - self.until).days / DAYS_PER_WEEK

    @classmethod
    def of_arrays(
        cls, x: Ints, t_x: Floats, T: Floats, n_spend: Ints | None = None, mean_spend: Floats | None = None
    ) -> Summary:
        """A summary of histories already in weeks, with no holdout.

        Examples
        --------
        >>> Summary.of_arrays(np.array([0, 2]), np.array([0.0, 5.0]), np.array([9.0, 9.0])).n_customers
        2
        """
        n = len(x)
        nothing = np.zeros(n, dtype=np.int64)
        spend = nothing if n_spend is None else np.asarray(n_spend, dtype=np.int64)
        mean = np.zeros(n) if mean_spend is None else np.asarray(mean_spend, dtype=np.float64)
        day = date(1970, 1, 1)
        return cls(np.asarray(x), np.asarray(t_x), np.asarray(T), spend, mean, nothing, day, day)


def cut_off(first_day: date, last_day: date, until: str | date | None = None) -> date:
    """The last day of the calibration period.

    Parameters
    ----------
    first_day, last_day : first and last day with a transaction in the file.
    until : nothing (or ``middle``): the day in the middle of the observed days, that is the first
        day plus half the days to the last one, rounded down; ``end``: the last day; or a date as
        YYYY-MM-DD between the two. The cut-off day itself still belongs to the calibration period.

    Raises
    ------
    CxsimError
        Not a date, or outside the observed days; the message gives both ends.

    Examples
    --------
    CDNOW runs from 1997-01-01 to 1998-06-30:

    >>> cut_off(date(1997, 1, 1), date(1998, 6, 30))
    datetime.date(1997, 9, 30)
    >>> cut_off(date(1997, 1, 1), date(1998, 6, 30), "end")
    datetime.date(1998, 6, 30)
    """
    if until is None or until == "middle":
        return first_day + (last_day - first_day) // 2
    if until == "end":
        return last_day
    try:
        day = until if isinstance(until, date) else date.fromisoformat(str(until))
    except ValueError:
        raise CxsimError(
            f"until={until}: not a date; write YYYY-MM-DD between {first_day} and {last_day}, "
            "until=middle or until=end"
        ) from None
    if not first_day <= day <= last_day:
        raise CxsimError(
            f"until={day}: outside the observed days {first_day} to {last_day}; give a date between them, "
            "until=middle or until=end"
        )
    return day


def summarise(transactions: Transactions, until: str | date | None = None) -> Summary:
    """Reduce transactions to one purchase history per customer.

    Parameters
    ----------
    transactions : sorted by customer and day, one per customer and day.
    until : see `cut_off`.

    Raises
    ------
    CxsimError
        All transactions on one day, or a cut-off that is no day of the file.

    Examples
    --------
    >>> from cxsim.calibrate.transactions import make_transactions
    >>> t = make_transactions(["a", "a", "a", "b"], ["2024-01-01", "2024-01-15", "2024-02-20", "2024-01-08"],
    ...                       [10.0, 30.0, 5.0, 7.0])
    >>> s = summarise(t, "2024-01-29")
    >>> s.x.tolist(), s.t_x.tolist(), s.T.tolist(), s.mean_spend.tolist(), s.n_holdout.tolist()
    ([1, 0], [2.0, 0.0], [4.0, 3.0], [30.0, 0.0], [1, 0])
    """
    day, customer = transactions.day, transactions.customer
    first_day, last_day = transactions.first_day, transactions.last_day
    if first_day == last_day:
        raise CxsimError(
            f"{transactions.source}: all {transactions.n_rows:,} rows are on one day ({first_day}); "
            "timing needs at least two days: check that columns.date names the day of purchase"
        )
    end = cut_off(first_day, last_day, until)
    end_day = int(np.datetime64(end, "D").astype(np.int64))
    starts = np.flatnonzero(np.r_[True, customer[1:] != customer[:-1]])
    first = day[starts]
    kept = first <= end_day
    before = day <= end_day
    opening = np.zeros(day.size, dtype=bool)
    opening[starts] = True
    repeat = before & ~opening
    paid = repeat & (transactions.amount > 0)
    n = starts.size
    last_before = np.maximum.reduceat(np.where(before, day, np.iinfo(np.int64).min), starts)
    n_spend = np.bincount(customer[paid], minlength=n)
    total = np.bincount(customer[paid], weights=transactions.amount[paid], minlength=n)
    n_after = np.bincount(customer[~before], minlength=n)
    return Summary(
        x=np.bincount(customer[repeat], minlength=n)[kept],
        t_x=(last_before - first)[kept] / DAYS_PER_WEEK,
        T=(end_day - first)[kept] / DAYS_PER_WEEK,
        n_spend=n_spend[kept],
        mean_spend=(total / np.maximum(n_spend, 1))[kept],
        n_holdout=n_after[kept],
        until=end,
        last_day=last_day,
        n_later_customers=int((~kept).sum()),
        n_later_transactions=int(n_after[~kept].sum()),
    )
