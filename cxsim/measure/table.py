"""A table: named columns of equal length, made of numpy arrays and nothing else."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxsim.errors import CxsimError

KINDS = "ifbO"
# What `codes` found of columns that are still there.
_coded: dict[int, tuple[weakref.ref[np.ndarray], tuple[Any, ...], np.ndarray]] = {}


def _column(name: str, values: Any, n_rows: int | None) -> np.ndarray:
    array = np.asarray(values)
    if array.dtype.kind in "US":
        array = array.astype(object)
    if array.dtype.kind not in KINDS or array.ndim != 1:
        raise ValueError(f"column {name!r} must be one row of whole numbers, numbers, booleans or texts; "
                         f"it is {array.dtype} of {array.ndim} dimensions")
    if n_rows is not None and len(array) != n_rows:
        raise ValueError(f"column {name!r} has {len(array)} rows where the others have {n_rows}")
    array = array.view()
    array.flags.writeable = False
    return array


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of equal length, in a fixed order; values cannot be changed.

    Numbers are int or float columns, undefined is NaN; texts are object columns of `str`.

    Parameters
    ----------
    columns : mapping of str to array
        Name and values of every column, one dimension each.

    Raises
    ------
    ValueError
        Where columns differ in length or hold something else than numbers, booleans or texts.

    Examples
    --------
    >>> table = Table({"metric": ["profit", "nps"], "value": [12.5, float("nan")]})
    >>> len(table), table.names
    (2, ('metric', 'value'))
    >>> table.select(metric="profit")["value"].tolist()
    [12.5]
    """

    columns: Mapping[str, np.ndarray]

    def __post_init__(self) -> None:
        kept: dict[str, np.ndarray] = {}
        n_rows = None
        for name, values in self.columns.items():
            kept[name] = _column(name, values, n_rows)
            n_rows = len(kept[name])
        object.__setattr__(self, "columns", kept)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns in their order."""
        return tuple(self.columns)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self.columns:
            raise KeyError(f"no column {name!r}; there are {', '.join(self.columns)}")
        return self.columns[name]

    def __repr__(self) -> str:
        return f"Table({len(self)} rows: {', '.join(self.columns)})"

    def take(self, rows: np.ndarray) -> Table:
        """The rows named by a mask or by their numbers."""
        return Table({name: values[rows] for name, values in self.columns.items()})

    def select(self, **wanted: Any) -> Table:
        """The rows in which each named column equals the given value (or one of a list of values).

        Examples
        --------
        >>> Table({"day": [1, 2, 3]}).select(day=[1, 3])["day"].tolist()
        [1, 3]
        """
        mask = np.ones(len(self), dtype=bool)
        for name, value in wanted.items():
            one_of = value if isinstance(value, list | tuple | set | frozenset) else [value]
            here = np.zeros(len(self), dtype=bool)
            for choice in one_of:
                here |= np.asarray(self[name] == choice, dtype=bool)
            mask &= here
        return self.take(mask)

    def sort(self, *names: str) -> Table:
        """The same rows ordered by the named columns; rows that tie keep their order.

        Examples
        --------
        >>> Table({"name": ["b", "a"], "value": [1, 2]}).sort("name")["value"].tolist()
        [2, 1]
        """
        keys = [_sortable(self[name]) for name in reversed(names)]
        return self.take(np.lexsort(keys)) if keys and len(self) else self

    def rows(self) -> Iterator[dict[str, Any]]:
        """Rows one by one, as plain Python values."""
        lists = [values.tolist() for values in self.columns.values()]
        for row in zip(*lists, strict=True):
            yield dict(zip(self.columns, row, strict=True))

    @classmethod
    def concat(cls, tables: Iterable[Table]) -> Table:
        """Tables of the same columns, one below the other.

        Examples
        --------
        >>> one = Table({"day": [1]})
        >>> Table.concat([one, one])["day"].tolist()
        [1, 1]
        """
        parts = list(tables)
        if not parts:
            raise ValueError("no tables to put together; give at least one")
        for part in parts[1:]:
            if part.names != parts[0].names:
                raise ValueError(f"columns differ: {parts[0].names} and {part.names}")
        return cls({name: np.concatenate([part[name] for part in parts]) for name in parts[0].names})

    def to_pandas(self) -> Any:
        """The table as a pandas DataFrame.

        Raises
        ------
        CxsimError
            If pandas is not installed; install it, or use the numpy columns as they are.
        """
        return _installed("pandas").DataFrame({name: values.copy() for name, values in self.columns.items()})

    def to_arrow(self) -> Any:
        """The table as a pyarrow Table.

        Raises
        ------
        CxsimError
            If pyarrow is not installed; install it, or use the numpy columns as they are.
        """
        arrow = _installed("pyarrow")
        arrays = {name: arrow.array(values.tolist(), arrow.string()) if values.dtype == object
                  else arrow.array(values) for name, values in self.columns.items()}
        return arrow.table(arrays)


def codes(values: np.ndarray) -> tuple[list[Any], np.ndarray]:
    """Distinct values in the order they first appear, and for every row the number of its value.

    Examples
    --------
    >>> words, numbers = codes(np.array(["b", "a", "b"], dtype=object))
    >>> words, numbers.tolist()
    (['b', 'a'], [0, 1, 0])
    """
    known = _coded.get(id(values))
    if known is not None and known[0]() is values:
        return [*known[1]], known[2]
    listed = values.tolist()
    words = list(dict.fromkeys(listed))
    number = {word: i for i, word in enumerate(words)}
    numbers = np.fromiter(map(number.__getitem__, listed), dtype=np.int64, count=len(listed))
    if not values.flags.writeable:
        # Columns never change, and those of a ledger are read again and again.
        numbers.flags.writeable = False
        place = id(values)
        _coded[place] = (weakref.ref(values, lambda _: _coded.pop(place, None)), tuple(words), numbers)
    return words, numbers


def _sortable(values: np.ndarray) -> np.ndarray:
    if values.dtype != object:
        return values
    words, numbers = codes(values)
    rank = np.empty(len(words), dtype=np.int64)
    rank[sorted(range(len(words)), key=words.__getitem__)] = np.arange(len(words))
    return rank[numbers]


def _installed(package: str) -> Any:
    try:
        return __import__(package)
    except ImportError as error:
        raise CxsimError(
            f"{package} is not installed, and cxsim does not need it; to have tables as {package} objects "
            f"run `pip install {package}`, or use table['column'], which is a numpy array"
        ) from error
