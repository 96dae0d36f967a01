"""A data file opened: CSV, blank-separated text (CDNOW's layouts) or Parquet, as columns of text."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cxsim.calibrate.columns import find_columns
from cxsim.calibrate.fields import NUMBER, read_day
from cxsim.calibrate.rows import Rejections
from cxsim.errors import CxsimError

LAYOUTS = ("auto", "cdnow", "table")
DELIMITERS = {"\t": "tab", ";": "semicolon", ",": "comma"}
CDNOW_COLUMNS = {5: {"customer": 1, "date": 3, "amount": 5}, 4: {"customer": 1, "date": 2, "amount": 4}}
"""Positions in CDNOW's sample file (master id, sample id, date, CDs, dollars) and master file."""

WANTED = "a transaction file is text in UTF-8 (comma, semicolon, tab or blank separated) or Parquet"


@dataclass(frozen=True, eq=False)
class TextColumns:
    """Three columns of text with the line each row stands on, and how they were found.

    `is_typed_date` says that the file itself declared the dates (Parquet), so that they are ISO.
    """

    customer: list[str]
    date: list[str]
    amount: list[str]
    line: NDArray[np.int64]
    n_rows: int
    layout: str
    is_typed_date: bool = False


def read_bytes(path: Path) -> tuple[bytes, str]:
    """Content and SHA-256 of a file.

    Raises
    ------
    CxsimError
        Missing, a folder, unreadable or empty; each with what to do.

    Examples
    --------
    >>> read_bytes(Path("nowhere.csv"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    cxsim.errors.CxsimError: data=nowhere.csv: there is no such file; check the path (relative paths ...)
    """
    try:
        if path.is_dir():
            raise CxsimError(f"data={path}: that is a folder; name the transaction file in it")
        content = path.read_bytes()
    except FileNotFoundError:
        raise CxsimError(
            f"data={path}: there is no such file; check the path (relative paths start at the current folder)"
        ) from None
    except (OSError, ValueError) as fault:
        raise CxsimError(
            f"data={path}: cannot be read ({fault}); check its permissions and its name"
        ) from None
    if not content.strip():
        raise CxsimError(f"data={path}: the file is empty; {WANTED}")
    return content, hashlib.sha256(content).hexdigest()


def read_columns(
    path: Path, content: bytes, layout: str, columns: Mapping[str, str | int] | None, bad: Rejections
) -> TextColumns:
    """Take customer, date and amount out of a file, whatever its layout.

    Parameters
    ----------
    path, content : the file.
    layout : ``auto``, ``cdnow`` (blank separated, 4 or 5 numbers a row) or ``table``.
    columns : see `columns.find_columns`.
    bad : collects rows with the wrong number of fields.

    Raises
    ------
    CxsimError
        Binary, not UTF-8, broken quotes, no rows, a layout that does not fit.

    Examples
    --------
    >>> content = b"id;date;amount\\n7;2024-01-05;9,90\\n"
    >>> got = read_columns(Path("s.csv"), content, "auto", None, Rejections("s.csv"))
    >>> got.customer, got.date, got.amount, got.line.tolist(), got.layout
    (['7'], ['2024-01-05'], ['9,90'], [2], 'semicolon separated, customer=id, date=date, amount=amount')
    """
    if layout not in LAYOUTS:
        raise CxsimError(f"layout={layout}: unknown; allowed are {', '.join(LAYOUTS)}")
    if content.startswith(b"PAR1"):
        if layout == "cdnow":
            raise CxsimError(f"layout=cdnow: {path.name} is a Parquet file; use layout=auto")
        from cxsim.calibrate.parquet import read_parquet

        return read_parquet(path, columns)
    return _read_text(path.name, _decode(path.name, content), layout, columns, bad)


def _decode(source: str, content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise CxsimError(f"{source}: the text is in UTF-16; save it as UTF-8 (in Excel: 'CSV UTF-8')")
    if content.startswith((b"PK\x03\x04", b"\x1f\x8b")):
        kind = "an Excel workbook or zip archive" if content.startswith(b"PK") else "compressed (gzip)"
        raise CxsimError(f"{source}: the file is {kind}; save it as CSV first; {WANTED}")
    head = np.frombuffer(content[:65536], dtype=np.uint8)
    n_control = int(((head < 32) & ~np.isin(head, (9, 10, 12, 13))).sum())
    if (head == 0).any() or n_control > 0.02 * head.size:
        raise CxsimError(f"{source}: the file is binary, not text; {WANTED}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        raise CxsimError(
            f"{source}:{line}: byte 0x{content[fault.start]:02x} is not UTF-8 text; save the file as UTF-8 "
            "(in Excel: 'CSV UTF-8')"
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read_text(
    source: str, text: str, layout: str, columns: Mapping[str, str | int] | None, bad: Rejections
) -> TextColumns:
    first_line = next(line for line in text.split("\n") if line.strip())
    counts = {sign: first_line.count(sign) for sign in DELIMITERS}
    delimiter = max(counts, key=lambda sign: counts[sign]) if any(counts.values()) else None
    rows = _rows(source, text, delimiter)
    line, first = next(rows)
    header = first if _is_header(first) else None
    is_cdnow = _is_cdnow(text, delimiter)
    given = {role: value for role, value in dict(columns or {}).items() if value is not None}
    if layout == "cdnow" and not is_cdnow:
        raise CxsimError(
            f"layout=cdnow: {source} does not look like it; its rows are 4 or 5 numbers separated by blanks, "
            "with the date as yyyymmdd before the last two; use layout=auto or layout=table"
        )
    if is_cdnow and layout != "table":
        named, kind = {**CDNOW_COLUMNS[len(first)], **given}, "CDNOW layout"
    else:
        named, kind = given, f"{DELIMITERS[delimiter] if delimiter else 'blank'} separated"
    place = find_columns(named, header, len(first), source)
    got = _collect(rows if header else _again(line, first, rows), place, len(first), bad)
    if not got.n_rows:
        raise CxsimError(f"{source}: there is a header line but no row after it; {WANTED}")
    says = ", ".join(f"{role}={header[i] if header else i + 1}" for role, i in place.items())
    return TextColumns(got.customer, got.date, got.amount, got.line, got.n_rows, f"{kind}, {says}")


def _rows(source: str, text: str, delimiter: str | None) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line they start on; lines without any content are no rows."""
    if delimiter is None:
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                yield number, line.split()
        return
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True, skipinitialspace=True)
    start = 1
    try:
        for row in reader:
            fields = [field.strip() for field in row]
            if any(fields):
                yield start, fields
            start = reader.line_num + 1
    except csv.Error as fault:
        raise CxsimError(
            f"{source}:{start}: the row cannot be split into columns ({fault}); check its quotation marks"
        ) from None


def _again(
    line: int, first: list[str], rest: Iterator[tuple[int, list[str]]]
) -> Iterator[tuple[int, list[str]]]:
    yield line, first
    yield from rest


def _is_header(fields: list[str]) -> bool:
    return not any(NUMBER.fullmatch(field) or not isinstance(read_day(field), str) for field in fields)


def _is_cdnow(text: str, delimiter: str | None) -> bool:
    """Rows of 4 or 5 numbers with yyyymmdd before the last two (the first line may be a header)."""
    if delimiter is not None:
        return False
    lines = [line.split() for line in text[:4096].split("\n") if line.strip()][:2]
    row = lines[-1]
    is_row = len(row) in CDNOW_COLUMNS and all(NUMBER.fullmatch(field) for field in row)
    return is_row and len(lines[0]) == len(row) and re.fullmatch(r"\d{8}", row[-3]) is not None


def _collect(
    rows: Iterator[tuple[int, list[str]]], place: Mapping[str, int], n_columns: int, bad: Rejections
) -> TextColumns:
    c, d, a = place["customer"], place["date"], place["amount"]
    customer: list[str] = []
    day: list[str] = []
    amount: list[str] = []
    lines: list[int] = []
    n_rows = 0
    for line, row in rows:
        n_rows += 1
        if len(row) != n_columns and (len(row) < n_columns or any(row[n_columns:])):
            bad.add(
                line,
                f"{len(row)} fields instead of {n_columns} in",
                " | ".join(row),
                "complete or correct the row",
            )
            continue
        customer.append(row[c])
        day.append(row[d])
        amount.append(row[a])
        lines.append(line)
    return TextColumns(customer, day, amount, np.array(lines, dtype=np.int64), n_rows, "")
