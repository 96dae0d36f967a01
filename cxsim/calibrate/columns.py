"""Which column of a data file holds the customer, the date and the amount."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence

from cxsim.errors import CxsimError

ROLES = ("customer", "date", "amount")

GUESSES = {
    "customer": (
        "customerid", "customer", "custid", "customerno", "customernumber", "clientid", "client", "userid",
        "user", "memberid", "member", "accountid", "account", "buyerid", "buyer", "masterid", "email", "id",
    ),
    "date": (
        "date", "orderdate", "transactiondate", "purchasedate", "invoicedate", "saledate", "bookingdate",
        "datetime", "timestamp", "orderedat", "createdat", "day", "time",
    ),
    "amount": (
        "amount", "dollarvalue", "dollars", "totalamount", "orderamount", "ordervalue", "ordertotal", "total",
        "revenue", "sales", "spend", "netamount", "value",
    ),
}  # fmt: skip
"""Names recognised without being told, best first, compared without case, blanks and signs."""


def find_columns(
    columns: Mapping[str, str | int] | None, names: Sequence[str] | None, n_columns: int, source: str
) -> dict[str, int]:
    """Position (from 0) of customer, date and amount.

    Parameters
    ----------
    columns : what the user said, role to column name or position from 1; roles left out are
        guessed from common names.
    names : the header, or nothing where the file has none.
    n_columns : number of columns.
    source : file name for the messages.

    Raises
    ------
    CxsimError
        Unknown role, name or position, a role that cannot be guessed, one column for two roles;
        the message lists the columns found.

    Examples
    --------
    >>> find_columns(None, ["Order Date", "Customer ID", "Total"], 3, "sales.csv")
    {'customer': 1, 'date': 0, 'amount': 2}
    >>> find_columns({"customer": 1, "date": 3, "amount": 5}, None, 5, "sales.txt")
    {'customer': 0, 'date': 2, 'amount': 4}
    """
    given = {role: value for role, value in dict(columns or {}).items() if value is not None}
    for role in given:
        if role not in ROLES:
            near = difflib.get_close_matches(role, ROLES, n=1)
            hint = f"did you mean columns.{near[0]}? " if near else ""
            raise CxsimError(
                f"columns.{role}: unknown; {hint}allowed are {', '.join('columns.' + r for r in ROLES)}"
            )
    found = {}
    for role in ROLES:
        if role in given:
            found[role] = _column_given(role, given[role], names, n_columns, source)
        else:
            found[role] = _column_guessed(role, names, n_columns, source)
    for role, other in (("customer", "date"), ("customer", "amount"), ("date", "amount")):
        if found[role] == found[other]:
            raise CxsimError(
                f"{source}: columns.{role} and columns.{other} are both column {found[role] + 1}; "
                f"{_listing(names, n_columns)}"
            )
    return found


def _column_given(
    role: str, value: str | int, names: Sequence[str] | None, n_columns: int, source: str
) -> int:
    text = str(value).strip()
    if names is not None and text in names:
        return list(names).index(text)
    if re.fullmatch(r"[+-]?\d+", text):
        position = int(text)
        if 1 <= position <= n_columns:
            return position - 1
        raise CxsimError(
            f"columns.{role}={value}: {source} has columns 1 to {n_columns}; {_listing(names, n_columns)}"
        )
    if names is None:
        raise CxsimError(
            f"columns.{role}={value}: {source} has no header line, so give the position, "
            f"for example columns.{role}=1; {_listing(names, n_columns)}"
        )
    same = [i for i, name in enumerate(names) if name.lower() == text.lower()]
    if len(same) == 1:
        return same[0]
    near = difflib.get_close_matches(text, names, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise CxsimError(
        f"columns.{role}={value}: {source} has no such column; {hint}{_listing(names, n_columns)}"
    )


def _column_guessed(role: str, names: Sequence[str] | None, n_columns: int, source: str) -> int:
    if names is None:
        raise CxsimError(
            f"{source}: there is no header line, so say which column is which, for example "
            f"columns.customer=1 columns.date=2 columns.amount=3; {_listing(names, n_columns)}"
        )
    plain = [re.sub(r"[^a-z]", "", name.lower()) for name in names]
    for guess in GUESSES[role]:
        if guess in plain:
            return plain.index(guess)
    raise CxsimError(
        f"{source}: no column looks like the {role}; name it, for example columns.{role}={names[0] or 1}; "
        f"{_listing(names, n_columns)}"
    )


def _listing(names: Sequence[str] | None, n_columns: int) -> str:
    if names is None:
        return f"it has {n_columns} columns without names"
    return "columns found: " + ", ".join(f"{i} {name!r}" for i, name in enumerate(names, 1))
