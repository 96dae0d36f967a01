"""A table: named columns of equal length, made of numpy arrays and nothing else."""

from __future__ import annotations

import weakref
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxsim.errors import CxsimError

KINDS = "ifbO"
# What is known of text columns that are still there: words, and for every row the number of its word. Words that
# no row holds may be among them, and their order is any.
_known: dict[int, tuple[weakref.ref[np.ndarray], tuple[Any, ...], np.ndarray]] = {}
# The same as `codes` gives it: no word without a row, in the order they first appear.
_coded: dict[int, tuple[weakref.ref[np.ndarray], tuple[Any, ...], np.ndarray]] = {}
# From so many rows on, looking texts up by number is worth numbering them.
LONG = 2_000


def _remember(
    store: dict[int, tuple[weakref.ref[np.ndarray], tuple[Any, ...], np.ndarray]], values: np.ndarray,
    words: tuple[Any, ...], numbers: np.ndarray,
) -> None:
    place = id(values)
    store[place] = (weakref.ref(values, lambda _: store.pop(place, None)), words, numbers)


def _recall(values: np.ndarray) -> tuple[tuple[Any, ...], np.ndarray] | None:
    """Words and numbers of a text column, where they are known."""
    for store in (_known, _coded):
        found = store.get(id(values))
        if found is not None and found[0]() is values:
            return found[1], found[2]
    return None


def text_column(words: Sequence[str], numbers: np.ndarray) -> np.ndarray:
    """A column of texts from a few words and, for every row, the number of its word.

    Tables of such columns are read, selected from and put together by number, which is much faster than by text.

    Parameters
    ----------
    words : sequence of str
        Each once; not every one need have a row.
    numbers : array of int, shape (rows,)
        From 0.

    Examples
    --------
    >>> text_column(["a", "b"], np.array([1, 0, 1])).tolist()
    ['b', 'a', 'b']
    """
    values = np.array(words, dtype=object)[numbers]
    values.flags.writeable = False
    _remember(_known, values, tuple(words), np.asarray(numbers, dtype=np.int32))
    return values


def _column(name: str, values: Any, n_rows: int | None) -> np.ndarray:
    array = np.asarray(values)
    if array.dtype.kind in "US":
        array = array.astype(object)
    if array.dtype.kind not in KINDS or array.ndim != 1:
        raise ValueError(f"column {name!r} must be one row of whole numbers, numbers, booleans or texts; "
                         f"it is {array.dtype} of {array.ndim} dimensions")
    if n_rows is not None and len(array) != n_rows:
        raise ValueError(f"column {name!r} has {len(array)} rows where the others have {n_rows}")
    view = array.view()
    view.flags.writeable = False
    found = _recall(array) if array.dtype == object and not array.flags.writeable else None
    if found is not None:
        _remember(_known, view, *found)
    return view


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
        return Table({name: _taken(values, rows) for name, values in self.columns.items()})

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
            mask &= _is_one_of(self[name], one_of)
        return self.take(np.flatnonzero(mask))

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
        return cls({name: _joined([part[name] for part in parts]) for name in parts[0].names})

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
    recalled = _recall(values)
    words, numbers = _numbered(values.tolist()) if recalled is None else _tidied(*recalled)
    if not values.flags.writeable:
        # Columns never change, and those of a ledger are read again and again.
        numbers.flags.writeable = False
        _remember(_coded, values, tuple(words), numbers)
    return words, numbers


def _numbered(listed: list[Any]) -> tuple[list[Any], np.ndarray]:
    words = list(dict.fromkeys(listed))
    number = {word: i for i, word in enumerate(words)}
    return words, np.fromiter(map(number.__getitem__, listed), dtype=np.int64, count=len(listed))


def _tidied(words: tuple[Any, ...], numbers: np.ndarray) -> tuple[list[Any], np.ndarray]:
    """Words that have a row, in the order they first appear, and the numbers that go with it."""
    n = len(numbers)
    first = np.full(len(words), n, dtype=np.int64)
    first[numbers[::-1]] = np.arange(n - 1, -1, -1)  # The last to be written is the first row.
    order = np.argsort(first, kind="stable")[: int((first < n).sum())]
    rank = np.zeros(len(words), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return [words[place] for place in order], rank[numbers]


def _taken(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    taken = values[rows]
    found = _recall(values) if values.dtype == object else None
    if found is not None and taken is not values:
        taken.flags.writeable = False
        _remember(_known, taken, found[0], found[1][rows])
    return taken


def _is_one_of(values: np.ndarray, one_of: Collection[Any]) -> np.ndarray:
    """Which rows hold one of some values."""
    if values.dtype == object and len(values) >= LONG:
        if _recall(values) is None:
            codes(values)
        found = _recall(values)
        if found is not None:
            return np.array([word in one_of for word in found[0]], dtype=bool)[found[1]]
    mask = np.zeros(len(values), dtype=bool)
    for choice in one_of:
        mask |= np.asarray(values == choice, dtype=bool)
    return mask


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    """Columns one below the other; texts by number where all of them are known."""
    found = [_recall(part) if part.dtype == object else None for part in parts]
    if any(one is None for one in found):
        return np.concatenate(parts)
    number: dict[Any, int] = {}
    numbers = [np.array([number.setdefault(word, len(number)) for word in words], dtype=np.int32)[own]
               if words else own for words, own in (one for one in found if one is not None)]
    return text_column(list(number), np.concatenate(numbers))


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
