"""Digests of content: equal tables have equal digests, whatever file they were stored in."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np

from cxsim.measure.table import Table, codes


def _content(values: np.ndarray) -> bytes:
    if values.dtype == object:
        words, numbers = codes(values)
        return json.dumps(words, ensure_ascii=False).encode() + b"\0" + numbers.astype("<i8").tobytes()
    little = values.astype(values.dtype.newbyteorder("<"))
    if little.dtype.kind == "f":
        little = np.where(np.isnan(little), np.array(np.nan, dtype=little.dtype), little + 0.0)
    return little.tobytes()


def digest(table: Table) -> str:
    """Digest of what a table holds: names, kinds and values of its columns, in their order.

    Every NaN counts as the same, and so do 0.0 and -0.0. Parquet bytes differ between versions
    of the writer; this digest does not.

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
    total = hashlib.blake2b(digest_size=16)
    total.update(str(len(table)).encode())
    for name, values in table.columns.items():
        kind = "text" if values.dtype == object else values.dtype.newbyteorder("<").str
        total.update(f"\0{len(name)}:{name}:{kind}\0".encode())
        total.update(_content(values))
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
