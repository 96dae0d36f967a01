"""Where two tables that should be one differ: which rows, which columns, by how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxsim.measure.table import Table

KEYS = ("cell", "scenario", "replication", "segment", "period", "metric", "day", "customer", "sequence")
MOST_SHOWN = 5


@dataclass(frozen=True)
class Difference:
    """How a table that was made again differs from the recorded one.

    Attributes
    ----------
    rows : tuple of int
        Rows recorded, and made again.
    n_different : int
        Rows in which any column differs (of those that both have); -1 where columns differ.
    examples : tuple of str
        The first such rows: what they are about, and each value recorded and made again.
    largest : float
        Largest relative difference of a number; infinite where texts or what is defined differ.
    """

    rows: tuple[int, int]
    n_different: int
    examples: tuple[str, ...]
    largest: float

    def __str__(self) -> str:
        if self.n_different < 0:
            return self.examples[0]
        counts = f"{self.n_different:,} of {self.rows[0]:,} rows"
        if self.rows[0] != self.rows[1]:
            counts += f", and there are {self.rows[1]:,} rows now"
        size = f", at most by {self.largest:.2g} of the value" if 0 < self.largest < np.inf else ""
        return f"{counts}{size}"


def difference(recorded: Table, made: Table) -> Difference | None:
    """Compare two tables row by row; None where they are the same.

    Parameters
    ----------
    recorded, made : Table
        The same kind of table; NaN equals NaN, and -0.0 equals 0.0.

    Examples
    --------
    >>> one = Table({"metric": ["profit", "nps"], "value": [1.0, 2.0]})
    >>> print(difference(one, Table({"metric": ["profit", "nps"], "value": [1.0, 2.5]})).examples[0])
    metric=nps: value 2.0 was recorded, 2.5 came out
    >>> difference(one, one) is None
    True
    """
    rows = len(recorded), len(made)
    if recorded.names != made.names:
        lost = [name for name in recorded.names if name not in made.names]
        new = [name for name in made.names if name not in recorded.names]
        told = f"columns differ: recorded alone {', '.join(lost) or 'none'}; new {', '.join(new) or 'none'}"
        return Difference(rows, -1, (told if lost or new else "columns stand in another order",), np.inf)
    n = min(rows)
    unlike = {name: _unlike(recorded[name][:n], made[name][:n]) for name in recorded.names}
    anywhere = np.logical_or.reduce(list(unlike.values())) if unlike and n else np.zeros(n, dtype=bool)
    places = np.flatnonzero(anywhere)
    if not len(places) and rows[0] == rows[1]:
        return None
    largest = max((_largest(recorded[name][:n][mask], made[name][:n][mask]) for name, mask in unlike.items()
                   if mask.any()), default=np.inf)
    examples = tuple(_told(recorded, made, unlike, int(place)) for place in places[:MOST_SHOWN])
    return Difference(rows, len(places), examples, largest if rows[0] == rows[1] else np.inf)


def _unlike(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    if one.dtype.kind == "f" and other.dtype.kind == "f":
        return np.asarray(~((one == other) | (np.isnan(one) & np.isnan(other))))
    return np.asarray(one != other, dtype=bool)


def _largest(one: np.ndarray, other: np.ndarray) -> float:
    """The largest relative difference; infinite where there is no saying."""
    if "O" in (one.dtype.kind, other.dtype.kind) or "b" in (one.dtype.kind, other.dtype.kind):
        return float("inf")
    a, b = one.astype(float), other.astype(float)
    size = np.maximum(np.abs(a), np.abs(b))
    relative = np.abs(a - b) / size
    return float("inf") if not np.isfinite(relative).all() else float(relative.max())


def _told(recorded: Table, made: Table, unlike: dict[str, np.ndarray], place: int) -> str:
    about = [f"{name}={recorded[name][place]}" for name in KEYS
             if name in recorded.names and not unlike[name][place]]
    values = [f"{name} {_value(recorded[name][place])} was recorded, {_value(made[name][place])} came out"
              for name, mask in unlike.items() if mask[place]]
    return f"{' '.join(about) or f'row {place}'}: {'; '.join(values)}"


def _value(value: Any) -> str:
    return repr(value.item() if isinstance(value, np.generic) else value)


def is_within(recorded: Table, made: Table, relative: float, standard_errors: float) -> bool:
    """Whether every metric agrees as far as two platforms whose elementary functions differ can.

    Each mean over replications must agree within `relative` of its size, or, where a last digit let a branch
    flip, within so many standard errors of the recorded replications.

    Parameters
    ----------
    recorded, made : Table
        Rows of :func:`cxsim.measure.kpis.kpis`.

    Examples
    --------
    >>> def rows(values):
    ...     return Table({"scenario": ["a"] * 3, "replication": [0, 1, 2], "segment": ["all"] * 3,
    ...                   "period": ["total"] * 3, "metric": ["profit"] * 3, "value": values})
    >>> is_within(rows([1.0, 2.0, 3.0]), rows([1.0, 2.0, 3.0 + 1e-12]), 1e-9, 3.0)
    True
    >>> is_within(rows([1.0, 1.001, 1.0]), rows([1.0, 1.0, 2.0]), 1e-9, 3.0)
    False
    """
    names = ("scenario", "segment", "period", "metric")
    one, other = (_by(table, names) for table in (recorded, made))
    if set(one) != set(other):
        return False
    for key, values in one.items():
        again = other[key]
        if len(again) != len(values) or np.any(np.isnan(again) != np.isnan(values)):
            return False
        there = values[~np.isnan(values)]
        if not len(there):
            continue
        gap = abs(float(there.mean()) - float(again[~np.isnan(again)].mean()))
        error = float(there.std(ddof=1)) / np.sqrt(len(there)) if len(there) > 1 else 0.0
        if gap > max(relative * abs(float(there.mean())), standard_errors * error):
            return False
    return True


def _by(table: Table, names: Sequence[str]) -> dict[tuple[Any, ...], np.ndarray]:
    found: dict[tuple[Any, ...], list[float]] = {}
    keys = zip(*(table[name].tolist() for name in names), strict=True)
    for key, value in zip(keys, table["value"].tolist(), strict=True):
        found.setdefault(key, []).append(value)
    return {key: np.array(values) for key, values in found.items()}
