"""Digests of content: equal tables have equal digests, whatever file they were stored in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np

from cxsim.measure.table import Table, codes


class Paged(Protocol):
    """A table that is read page by page, each of the same columns; at least one page."""

    def pages(self) -> Iterator[Table]:
        """The pages in their order."""

    def __len__(self) -> int:
        """Rows of all pages."""


class _Column:
    """The running digest of a column: its values, and texts by the order in which they first appear."""

    def __init__(self, name: str, values: np.ndarray) -> None:
        self._total = hashlib.blake2b(digest_size=16)
        self._words: dict[str, int] = {}
        kind = "text" if values.dtype == object else values.dtype.newbyteorder("<").str
        self._total.update(f"{len(name)}:{name}:{kind}\0".encode())

    def add(self, values: np.ndarray) -> None:
        if values.dtype == object:
            words, numbers = codes(values)
            known = np.array([self._words.setdefault(word, len(self._words)) for word in words], "<i8")
            self._total.update(known[numbers].tobytes() if words else b"")
            return
        little = values.astype(values.dtype.newbyteorder("<"))
        if little.dtype.kind == "f":
            little = np.where(np.isnan(little), np.array(np.nan, dtype=little.dtype), little + 0.0)
        self._total.update(little.tobytes())

    def result(self) -> bytes:
        self._total.update(json.dumps(list(self._words), ensure_ascii=False).encode())
        return self._total.digest()


def digest(table: Table | Paged) -> str:
    """Digest of what a table holds: names, kinds and values of its columns, in their order.

    Every NaN counts as the same, and so do 0.0 and -0.0. Parquet bytes differ between versions
    of the writer; this digest does not. A table that is read page by page has the digest it would have
    in one piece.

    Returns
    -------
    str
        32 hexadecimal digits (BLAKE2b of 16 bytes).

    Examples
    --------
    >>> one, same = Table({"value": [1.0, float("nan")]}), Table({"value": [1.0, -float("nan")]})
    >>> digest(one) == digest(same)
    True
    >>> digest(one) == digest(Table({"value": [2.0, float("nan")]}))
    False
    """
    columns: dict[str, _Column] = {}
    n_rows = 0
    for page in [table] if isinstance(table, Table) else table.pages():
        n_rows += len(page)
        for name, values in page.columns.items():
            if name not in columns:
                columns[name] = _Column(name, values)
            columns[name].add(values)
    total = hashlib.blake2b(str(n_rows).encode(), digest_size=16)
    for column in columns.values():
        total.update(column.result())
    return total.hexdigest()


def digest_of_data(data: Any) -> str:
    """Digest of plain data (dicts, lists, numbers, texts), whatever the order of its keys.

    Examples
    --------
    >>> digest_of_data({"a": 1, "b": 2}) == digest_of_data({"b": 2, "a": 1})
    True
    """
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
