"""Transactions from a Parquet file, read by DuckDB as text so that they meet the rules of a CSV file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import numpy as np

from cxsim.calibrate.columns import ROLES, find_columns
from cxsim.calibrate.datafile import TextColumns
from cxsim.errors import CxsimError


def read_parquet(path: Path, columns: Mapping[str, str | int] | None) -> TextColumns:
    """Customer, date and amount of a Parquet file; a row's line is its number from 1.

    Parameters
    ----------
    path : the file.
    columns : see `columns.find_columns`.

    Raises
    ------
    CxsimError
        Damaged or without rows; export it again.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "sales.parquet"
    >>> query = "COPY (SELECT 7 AS id, DATE '2024-01-05' AS date, 9.9 AS amount) TO '{}'"
    >>> _ = duckdb.sql(query.format(path))
    >>> got = read_parquet(path, None)
    >>> got.customer, got.date, got.amount, got.is_typed_date
    (['7'], ['2024-01-05'], ['9.9'], True)
    """
    with duckdb.connect() as connection:
        try:
            connection.execute("SET TimeZone = 'UTC'")
            # A name with * ? or [ would be taken for a pattern: each stands in brackets of its own.
            name = "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path))
            table = connection.read_parquet(name)
            names, types = list(table.columns), [str(kind) for kind in table.types]
            place = find_columns(columns, names, len(names), path.name)
            chosen = [names[place[role]].replace('"', '""') for role in ROLES]
            fields = ", ".join(f"coalesce(trim(CAST(\"{column}\" AS VARCHAR)), '')" for column in chosen)
            rows = table.project(fields).fetchall()
        except duckdb.Error as fault:
            first = str(fault).splitlines()[0]
            raise CxsimError(
                f"{path.name}: the Parquet file cannot be read ({first}); export it again, or save it as CSV"
            ) from None
    if not rows:
        raise CxsimError(f"{path.name}: the Parquet file has no rows; export it again")
    customer, day, amount = (list(column) for column in zip(*rows, strict=True))
    says = ", ".join(f"{role}={names[place[role]]}" for role in ROLES)
    is_typed_date = types[place["date"]].startswith(("DATE", "TIMESTAMP"))
    line = np.arange(1, len(rows) + 1)
    return TextColumns(customer, day, amount, line, len(rows), f"Parquet, {says}", is_typed_date)
