"""The tidy table of a sweep: each cell's keys in front of its comparison, its status behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from cxsim.measure.comparison import COLUMNS
from cxsim.measure.table import Table
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.whatif.compare import BASELINE


class SweepCell(Protocol):
    """One combination of swept values: the world it makes and what its scenario side changes."""

    @property
    def world(self) -> dict[str, Any]:
        """Swept keys that change both sides, with this cell's values."""

    @property
    def levers(self) -> dict[str, Any]:
        """Swept keys that change the scenario side alone."""

    @property
    def config(self) -> Config:
        """The baseline's world; cells of one world share the object."""

    @property
    def scenario(self) -> ScenarioSpec | None:
        """What the scenario side changes; None where the cell is the market itself."""


def keys_of(cells: Sequence[SweepCell]) -> tuple[str, ...]:
    """All swept keys, in their order."""
    return tuple(dict.fromkeys(key for cell in cells for key in (*cell.world, *cell.levers)))


def named(rows: Table, name: str) -> Table:
    """The same rows under the name of a side."""
    return Table({**rows.columns, "scenario": np.full(len(rows), name, dtype=object)})


def _column(key: str, cells: Sequence[SweepCell]) -> list[Any]:
    """The values of a key over all cells: numbers where all of them are, else texts; absent is NaN or ''."""
    values = [{**cell.world, **cell.levers}.get(key) for cell in cells]
    there = [value for value in values if value is not None]
    if there and all(isinstance(value, int | float) and not isinstance(value, bool) for value in there):
        return [float("nan") if value is None else float(value) for value in values]
    return ["" if value is None else str(value) for value in values]


def tidy(cells: Sequence[SweepCell], own: Table, places: Sequence[int], reasons: Sequence[str]) -> Table:
    """Rows of a comparison with their cell and its keys in front and its status behind."""
    at = np.array(places)

    def spread(values: Sequence[Any]) -> np.ndarray:
        array = np.array(values, dtype=object if isinstance(values[0], str) else None)
        return array[at]

    columns: dict[str, Any] = {"cell": at}
    columns |= {key: spread(_column(key, cells)) for key in keys_of(cells)}
    columns["world"] = spread([_told(cell.world) for cell in cells])
    columns["lever"] = spread([_told(cell.levers) for cell in cells])
    # A swept scenario is told by its name; which cell it is stands in front.
    columns |= {name: values for name, values in own.columns.items() if name not in columns}
    status = "failed" if reasons else "done"
    columns |= {"status": [status] * len(own), "reason": list(reasons) or [""] * len(own)}
    return Table(columns)


def _told(values: Mapping[str, Any]) -> str:
    return " ".join(f"{key}={value}" for key, value in values.items())


def nothing(places: Iterable[int]) -> Table:
    """One row for each cell that could not be lived."""
    names = [f"cell {place}" for place in places]
    words = {"baseline": BASELINE, "segment": "all", "period": "total", "metric": "profit", "unit": "money"}
    columns: dict[str, Any] = {"scenario": names}
    for name in COLUMNS[1:]:
        columns[name] = [words.get(name, 0 if name == "replications" else float("nan"))] * len(names)
    return Table(columns)
