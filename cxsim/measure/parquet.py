"""Tables to Parquet files and back, through DuckDB, with numpy arrays on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from cxsim.errors import CxsimError
from cxsim.measure.digests import Paged
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


def write_parquet(table: Table | Paged, path: Path | str) -> None:
    """Write a table as one Parquet file (zstd), whole or not at all.

    Texts become VARCHAR, undefined numbers stay NaN (not NULL).

    Parameters
    ----------
    table : Table, or one that is read page by page
        At least one column; no rows is fine. Pages never stand in memory together.
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
    with whole_file(path) as unfinished, _connected(table, unfinished) as connection:
        source = _quoted("table", '"')
        if isinstance(table, Table):
            connection.register("page", dict(table.columns))
            source = f"(SELECT {_expressions(table)} FROM page)"
        else:
            for number, page in enumerate(table.pages()):
                connection.register("page", dict(page.columns))
                start = f"CREATE TABLE {source} AS" if number == 0 else f"INSERT INTO {source}"
                connection.execute(f"{start} SELECT {_expressions(page)} FROM page")
        target = _quoted(str(unfinished), "'")
        connection.execute(f"COPY (SELECT * FROM {source}) TO {target} (FORMAT parquet, COMPRESSION zstd)")


@contextmanager
def _connected(table: Table | Paged, unfinished: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database: in memory for one table; for pages in a file beside the target, gone at the end."""
    if isinstance(table, Table):
        with duckdb.connect() as connection:
            yield connection
        return
    beside = unfinished.with_suffix(".pages")
    try:
        with duckdb.connect(str(beside)) as connection:
            yield connection
    finally:
        for left in (beside, beside.with_name(beside.name + ".wal")):
            left.unlink(missing_ok=True)


def _expressions(table: Table) -> str:
    return ", ".join(_expression(name, values) for name, values in table.columns.items())


def read_parquet(path: Path | str) -> Table:
    """Read a Parquet file as a table; what was written by :func:`write_parquet` comes back equal.

    Raises
    ------
    CxsimError
        If the file is absent or is not Parquet; name a file that a run wrote.
    """
    source = Path(path)
    return _fetched(source, f"SELECT * FROM read_parquet({_quoted(str(source), chr(39))})")


def _fetched(source: Path, query: str) -> Table:
    if not source.is_file():
        raise CxsimError(f"{source} does not exist; name a Parquet file of a run folder")
    try:
        with duckdb.connect() as connection:
            found = connection.execute(query).fetchnumpy()
    except duckdb.Error as error:
        raise CxsimError(f"{source} cannot be read as Parquet: {' '.join(str(error).split())}") from error
    return Table({name: _plain(values) for name, values in found.items()})


@dataclass(frozen=True)
class ParquetFile:
    """A Parquet file read page by page, for one that is longer than memory.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "small.parquet"
    >>> write_parquet(Table({"value": [1, 2, 3]}), path)
    >>> [page["value"].tolist() for page in ParquetFile(path, page=2).pages()]
    [[1, 2], [3]]
    """

    path: Path
    page: int = 1 << 20

    def __len__(self) -> int:
        return int(self._query("SELECT count(*) AS n FROM read_parquet({file})")["n"][0])

    def pages(self) -> Iterator[Table]:
        """Tables of the file's rows in their order; one without rows where there are none."""
        for start in range(0, max(1, len(self)), self.page):
            yield self._query(
                "SELECT * EXCLUDE (file_row_number) FROM read_parquet({file}, file_row_number = true) "
                f"WHERE file_row_number >= {start} AND file_row_number < {start + self.page}")

    def _query(self, query: str) -> Table:
        return _fetched(self.path, query.format(file=_quoted(str(self.path), "'")))


def _plain(values: np.ndarray) -> np.ndarray:
    if isinstance(values, np.ma.MaskedArray):
        return values.filled(np.nan) if values.dtype.kind == "f" else values.filled()
    return values
