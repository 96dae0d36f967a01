"""Tables to Parquet files and back, through DuckDB, with numpy arrays on both sides."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np

from cxsim.errors import CxsimError
from cxsim.measure.table import Table
from cxsim.measure.whole_file import whole_file

SQL_TYPES = {"O": "VARCHAR", "b": "BOOLEAN"}


def _quoted(text: str, mark: str) -> str:
    return mark + text.replace(mark, mark * 2) + mark


def _expression(name: str, values: np.ndarray) -> str:
    """A column in SQL; DuckDB reads NaN in an array as NULL, and our undefined is NaN."""
    quoted = _quoted(name, '"')
    if values.dtype.kind == "f":
        kind = "FLOAT" if values.dtype.itemsize == 4 else "DOUBLE"
        return f"coalesce({quoted}, 'nan'::{kind})::{kind} AS {quoted}"
    if values.dtype.kind in SQL_TYPES:
        return f"{quoted}::{SQL_TYPES[values.dtype.kind]} AS {quoted}"
    return quoted


def write_parquet(table: Table, path: Path | str) -> None:
    """Write a table as one Parquet file (zstd), whole or not at all.

    Texts become VARCHAR, undefined numbers stay NaN (not NULL).

    Parameters
    ----------
    table : Table
        At least one column; no rows is fine.
    path : path
        The file; its folder must exist. An old file of that name is replaced.

    Raises
    ------
    CxsimError
        If it cannot be written (full disk, read-only folder); nothing half-written remains.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "small.parquet"
    >>> write_parquet(Table({"name": ["a"], "value": [float("nan")]}), path)
    >>> read_parquet(path)["value"].tolist()
    [nan]
    """
    columns = ", ".join(_expression(name, values) for name, values in table.columns.items())
    with whole_file(path) as unfinished, duckdb.connect() as connection:
        connection.register("columns_of_table", dict(table.columns))
        target = _quoted(str(unfinished), "'")
        connection.execute(
            f"COPY (SELECT {columns} FROM columns_of_table) TO {target} (FORMAT parquet, COMPRESSION zstd)")


def read_parquet(path: Path | str) -> Table:
    """Read a Parquet file as a table; what was written by :func:`write_parquet` comes back equal.

    Raises
    ------
    CxsimError
        If the file is absent or is not Parquet; name a file that a run wrote.
    """
    source = Path(path)
    if not source.is_file():
        raise CxsimError(f"{source} does not exist; name a Parquet file of a run folder")
    try:
        with duckdb.connect() as connection:
            query = f"SELECT * FROM read_parquet({_quoted(str(source), chr(39))})"
            found = connection.execute(query).fetchnumpy()
    except duckdb.Error as error:
        raise CxsimError(f"{source} cannot be read as Parquet: {' '.join(str(error).split())}") from error
    return Table({name: _plain(values) for name, values in found.items()})


def _plain(values: np.ndarray) -> np.ndarray:
    if isinstance(values, np.ma.MaskedArray):
        return values.filled(np.nan) if values.dtype.kind == "f" else values.filled()
    return values
