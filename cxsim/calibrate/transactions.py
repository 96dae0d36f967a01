"""Who bought when for how much: a transaction file checked, sorted and merged to one purchase a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxsim.calibrate.datafile import TextColumns, read_bytes, read_columns
from cxsim.calibrate.fields import EPOCH, read_amounts, read_days
from cxsim.calibrate.refunds import net_refunds
from cxsim.calibrate.rows import N_SHOWN, BadRow, Rejections
from cxsim.errors import CxsimError

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NEGATIVE = ("refuse", "net", "drop")


@dataclass(frozen=True, eq=False)
class Transactions:
    """Purchases sorted by customer and day, at most one per customer and day.

    Parameters
    ----------
    customer : number of the customer, 0 to n_customers - 1, shape (n,).
    day : days since 1970-01-01, shape (n,).
    amount : account currency, 0 or more, shape (n,).
    source, sha256, layout : file name, digest of its bytes, how its columns were found.
    n_rows : rows of the file, header and empty lines apart.
    n_merged : rows merged into another of the same customer and day.
    n_zero : purchases with amount 0, kept for timing and left out of spend.
    n_refunds_netted, n_refunds_dropped : rows with a negative amount, by what was done with them.
    bad : rows left out, with line and reason.
    """

    customer: Ints
    day: Ints
    amount: Floats
    source: str
    sha256: str
    layout: str
    n_rows: int
    n_merged: int
    n_zero: int
    n_refunds_netted: int
    n_refunds_dropped: int
    bad: tuple[BadRow, ...]

    @property
    def n_customers(self) -> int:
        """Customers with at least one purchase."""
        return int(self.customer[-1]) + 1

    @property
    def n_transactions(self) -> int:
        """Purchases after merging."""
        return int(self.day.size)

    @property
    def first_day(self) -> date:
        """Day of the first purchase in the file."""
        return EPOCH + timedelta(days=int(self.day.min()))

    @property
    def last_day(self) -> date:
        """Day of the last purchase in the file."""
        return EPOCH + timedelta(days=int(self.day.max()))


@dataclass(frozen=True)
class _Rules:
    date_format: str | None
    negative: str
    max_bad_share: float
    today: date


class _Rows(NamedTuple):
    customer: Ints
    day: Ints
    amount: Floats
    line: Ints


def read_transactions(
    data: str | Path,
    *,
    layout: str = "auto",
    columns: Mapping[str, str | int] | None = None,
    date_format: str | None = None,
    negative: str = "refuse",
    max_bad_share: float = 0.0,
    today: date | None = None,
) -> Transactions:
    """Read a transaction file.

    Parameters
    ----------
    data : CSV (comma, semicolon or tab, with header), blank-separated text such as CDNOW's two
        files, or Parquet. Rows may be in any order.
    layout : ``auto``, ``cdnow`` or ``table``.
    columns : ``{"customer": …, "date": …, "amount": …}``, names or positions from 1.
    date_format : strptime layout; without it YYYY-MM-DD and yyyymmdd are understood.
    negative : negative amounts: ``refuse``, ``net`` (lower the purchases they follow) or ``drop``.
    max_bad_share : share of unusable rows, from 0 to below 1, that are left out (counted and
        shown) instead of refusing the file.
    today : days after it are refused as future; default the current day.

    Raises
    ------
    CxsimError
        Names file, line, value and cure of what cannot be used.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "sales.csv"
    >>> _ = path.write_text("id,date,amount\\nb,2024-01-08,7\\na,2024-01-01,10\\na,2024-01-01,2.5\\n")
    >>> t = read_transactions(path)
    >>> t.n_rows, t.n_merged, t.n_customers, t.amount.tolist(), str(t.first_day)
    (3, 1, 2, [12.5, 7.0], '2024-01-01')
    """
    path = Path(data).expanduser()
    if negative not in NEGATIVE:
        raise CxsimError(f"negative={negative}: unknown; allowed are {', '.join(NEGATIVE)}")
    if not 0 <= max_bad_share < 1:
        raise CxsimError(f"max_bad_share={max_bad_share}: must be at least 0 and below 1")
    content, sha256 = read_bytes(path)
    bad = Rejections(path.name)
    table = read_columns(path, content, layout, columns, bad)
    return _assemble(table, bad, sha256, _Rules(date_format, negative, max_bad_share, today or date.today()))


def make_transactions(
    customers: Sequence[str],
    dates: Sequence[str],
    amounts: Sequence[float],
    *,
    source: str = "data in memory",
) -> Transactions:
    """Transactions from three sequences of equal length, under the same rules as a file.

    Parameters
    ----------
    customers, dates, amounts : names, days as YYYY-MM-DD, account currency (0 or more).
    source : what messages call the data.

    Examples
    --------
    >>> days = ["2024-01-08", "2024-01-01", "2024-01-02"]
    >>> make_transactions(["b", "a", "b"], days, [1.0, 2.0, 3.0]).amount.tolist()
    [2.0, 3.0, 1.0]
    """
    texts = [repr(float(amount)) for amount in amounts]
    line = np.arange(1, len(texts) + 1)
    names = [str(customer) for customer in customers]
    table = TextColumns(names, list(dates), texts, line, len(texts), "in memory")
    return _assemble(table, Rejections(source), "", _Rules(None, "refuse", 0.0, date.today()))


def _assemble(table: TextColumns, bad: Rejections, sha256: str, rules: _Rules) -> Transactions:
    rows = _usable_rows(table, bad, rules)
    rows, n_netted, n_dropped = _without_refunds(rows, table.n_rows, bad, rules)
    if not rows.day.size:
        raise CxsimError(
            f"{bad.source}: no usable row is left of {table.n_rows:,}; nothing can be calibrated"
        )
    is_new = np.r_[True, (rows.customer[1:] != rows.customer[:-1]) | (rows.day[1:] != rows.day[:-1])]
    starts = np.flatnonzero(is_new)
    total = np.add.reduceat(rows.amount, starts)
    return Transactions(
        customer=np.unique(rows.customer[starts], return_inverse=True)[1].astype(np.int64),
        day=rows.day[starts],
        amount=total,
        source=bad.source,
        sha256=sha256,
        layout=table.layout,
        n_rows=table.n_rows,
        n_merged=int(rows.day.size - starts.size),
        n_zero=int((total == 0).sum()),
        n_refunds_netted=n_netted,
        n_refunds_dropped=n_dropped,
        bad=tuple(sorted(bad.rows, key=lambda row: row.line)),
    )


def _usable_rows(table: TextColumns, bad: Rejections, rules: _Rules) -> _Rows:
    """Rows with a customer, a day and an amount, sorted; purchases of one day before its refunds."""
    date_format = None if table.is_typed_date else rules.date_format
    day = read_days(table.date, table.line, bad, date_format, rules.today)
    amount = read_amounts(table.amount, table.line, bad)
    for line, name in zip(table.line, table.customer, strict=True):
        if not name:
            bad.add(int(line), "missing customer", name, "fill in the customer's number or name")
    bad.judge(table.n_rows, rules.max_bad_share)
    numbers = {name: i for i, name in enumerate(sorted(set(table.customer)))}
    customer = np.fromiter((numbers[name] for name in table.customer), dtype=np.int64, count=day.size)
    good = ~np.isin(table.line, list(bad.lines))
    order = np.lexsort((-amount, day, customer))
    order = order[good[order]]
    return _Rows(customer[order], day[order], amount[order], table.line[order])


def _without_refunds(rows: _Rows, n_rows: int, bad: Rejections, rules: _Rules) -> tuple[_Rows, int, int]:
    """Purchases only, with the number of refunds netted and dropped."""
    is_purchase = rows.amount >= 0
    n_refunds = int((~is_purchase).sum())
    if not n_refunds:
        return rows, 0, 0
    if rules.negative == "refuse":
        _refuse_negative(bad.source, rows.line[~is_purchase], rows.amount[~is_purchase])
    amount, n_netted = rows.amount, 0
    if rules.negative == "net":
        amount, n_netted = net_refunds(rows.customer, rows.day, rows.amount, rows.line, bad)
        bad.judge(n_rows, rules.max_bad_share)
    kept = (part[is_purchase] for part in (rows.customer, rows.day, amount, rows.line))
    return _Rows(*kept), n_netted, n_refunds if rules.negative == "drop" else 0


def _refuse_negative(source: str, line: Ints, amount: Floats) -> None:
    first = np.argsort(line)[:N_SHOWN]
    shown = "\n".join(f"  {source}:{line[i]}: negative amount {amount[i]:g}" for i in first)
    more = f"\n  and {line.size - N_SHOWN:,} more" if line.size > N_SHOWN else ""
    raise CxsimError(
        f"{source}: {line.size:,} rows have a negative amount:\n{shown}{more}\n"
        "Set negative=net to net each refund against the purchase it follows, negative=drop to leave such "
        "rows out, or correct the file"
    )
