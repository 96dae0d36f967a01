"""Which combinations a sweep tries: a grid, a list, a Latin hypercube or a Sobol sequence."""

from __future__ import annotations

import csv
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hydra.core.override_parser.types import IntervalSweep, Override

from cxsim.config.options import SweepOptions
from cxsim.config.overrides import parse
from cxsim.errors import CxsimError
from cxsim.settings.keys import below, nearest, plain_type
from cxsim.settings.schema import Config

if TYPE_CHECKING:
    import numpy as np

# A stream of luck of its own: no design shares draws with anything else of a seed.
DESIGN_STREAM = 0x5EED_DE51
DIGITS = 6


@dataclass(frozen=True)
class Swept:
    """A key that takes several values in a sweep, and whether it changes the baseline too."""

    key: str
    overrides: tuple[str, ...]
    values: tuple[Any, ...]
    is_world: bool


@dataclass(frozen=True)
class Design:
    """What is swept, and the cells: for each key the place of its value, or None where it stays as it is."""

    swept: tuple[Swept, ...] = ()
    rows: tuple[tuple[int | None, ...], ...] = ()


def make_design(several: Sequence[Override], options: SweepOptions, seed: int) -> Design:
    """The cells of a sweep.

    Parameters
    ----------
    several : sequence of Override
        Keys with several values: ``0.01,0.03``, ``range(0,30,10)``, ``choice(a,b)``, and in drawn designs
        ``interval(0.01,0.06)`` or ``tag(log,interval(1,100))``.
    options : SweepOptions
        ``sweep.design``, ``sweep.n``, ``sweep.file``, ``sweep.world``.
    seed : int
        Of the world; the draws of a design follow from it.

    Raises
    ------
    CxsimError
        When a key and the design do not fit together; the message names both and what to write.

    Examples
    --------
    >>> keys = parse(["loyalty.earn_rate=interval(0.01,0.06)", "loyalty=none,points"])
    >>> found = make_design(keys, SweepOptions(design="sobol", n=8), 1)
    >>> len(found.rows), found.swept[0].key, sorted(found.swept[1].values)[::4]
    (8, 'loyalty.earn_rate', ['none', 'points'])
    """
    keys = [str(one.key_or_group) for one in several]
    if options.file is not None:
        found = _from_file(Path(options.file).expanduser(), several)
    elif options.design in ("lhs", "sobol"):
        found = _drawn(several, options, seed)
    else:
        swept = tuple(Swept(key, tuple(_texts(one)), tuple(_values(one)), False)
                      for key, one in zip(keys, several, strict=True))
        found = Design(swept, _listed(swept) if options.design == "list" else _grid(swept))
    return Design(_with_world(found.swept, options.world), found.rows)


def _with_world(swept: Sequence[Swept], world: Sequence[str]) -> tuple[Swept, ...]:
    keys = [one.key for one in swept]
    for key in world:
        if key not in keys:
            near = nearest(key, keys)
            hint = f"; did you mean {near}?" if near else ""
            there = ", ".join(keys) or "none"
            raise CxsimError(f"sweep.world=[{key}]: this key is not swept; swept are {there}{hint}")
    return tuple(Swept(one.key, one.overrides, one.values, one.key in world) for one in swept)


def _grid(swept: Sequence[Swept]) -> tuple[tuple[int, ...], ...]:
    """Every combination, the last key fastest; none without a key."""
    return tuple(itertools.product(*(range(len(one.values)) for one in swept))) if swept else ()


def _listed(swept: Sequence[Swept]) -> tuple[tuple[int, ...], ...]:
    """The first values together, the second ones together, and so on."""
    lengths = {len(one.values) for one in swept}
    if len(lengths) > 1:
        told = ", ".join(f"{one.key} has {len(one.values)}" for one in swept)
        raise CxsimError(f"sweep=list: every key needs as many values as the others; {told}")
    return tuple((k,) * len(swept) for k in range(lengths.pop())) if swept else ()


def _values(one: Override) -> list[Any]:
    """The values of a key that gives them one by one."""
    if one.is_interval_sweep():
        raise CxsimError(
            f"{one.input_line}: an interval has no end of values; draw from it with sweep=lhs sweep.n=100 (or "
            f"sweep=sobol), or give steps: {one.get_key_element()}=range(start,stop,step)")
    if isinstance(one.value(), dict):
        raise CxsimError(f"{one.input_line}: name the values one by one, as in {one.get_key_element()}=a,b")
    return [Override._convert_value(value) for value in one.sweep_iterator()]


def _texts(one: Override) -> list[str]:
    _values(one)
    before = str(one.input_line).partition("=")[0]
    return [f"{before}={text}" for text in one.sweep_string_iterator()]


def _drawn(several: Sequence[Override], options: SweepOptions, seed: int) -> Design:
    """Points spread evenly over all keys at once: a dimension each."""
    if not several:
        return Design()
    import numpy as np
    from scipy.stats import qmc

    name, n = options.design, options.n
    if n is None:
        raise CxsimError(f"sweep={name}: how many cells? add sweep.n=100")
    rng = np.random.default_rng(np.random.SeedSequence([seed, DESIGN_STREAM]))
    if name == "lhs":
        points = qmc.LatinHypercube(len(several), rng=rng).random(n)
    else:
        whole = 1 << max(0, math.ceil(math.log2(n)))  # Its balance holds for powers of two: the first n of them.
        points = qmc.Sobol(len(several), rng=rng).random(whole)[:n]
    swept = []
    for one, column in zip(several, points.T, strict=True):
        before = str(one.input_line).partition("=")[0]
        if one.is_interval_sweep():
            values = _between(one, column)
            texts = [f"{before}={value}" for value in values]
        else:
            listed, told = _values(one), _texts(one)
            places = np.minimum((column * len(listed)).astype(int), len(listed) - 1).tolist()
            values, texts = [listed[k] for k in places], [told[k] for k in places]
        swept.append(Swept(str(one.key_or_group), tuple(texts), tuple(values), False))
    return Design(tuple(swept), tuple((k,) * len(swept) for k in range(n)))


def _between(one: Override, column: np.ndarray) -> list[Any]:
    """Values of an interval at shares of it, of a few digits, so that what is typed is what is meant."""
    import numpy as np

    interval = one._value
    assert isinstance(interval, IntervalSweep)
    low, high = interval.start, interval.end
    if low is None or high is None or not low < high:
        raise CxsimError(f"{one.input_line}: the interval must ascend, as in interval(0.01,0.06)")
    if "log" in interval.tags:
        if low <= 0:
            raise CxsimError(f"{one.input_line}: on a log scale an interval starts above 0")
        found = np.exp(np.log(low) + column * (np.log(high) - np.log(low)))
    elif _is_whole(str(one.key_or_group)):
        steps = int(high) - int(low) + 1
        return [min(int(low) + int(share * steps), int(high)) for share in column.tolist()]
    else:
        found = low + column * (high - low)
    if _is_whole(str(one.key_or_group)):
        return [min(max(round(value), int(low)), int(high)) for value in found.tolist()]
    return [float(f"{value:.{DIGITS}g}") for value in found.tolist()]


def _is_whole(key: str) -> bool:
    """Whether a key holds a whole number."""
    node: Any = Config
    for part in key.split("."):
        node = below(node, part)
        if node is None:
            return False
    return plain_type(node) is int


def _from_file(path: Path, several: Sequence[Override]) -> Design:
    """Cells from a table: a column for each key, a row for each cell, values in the grammar of overrides."""
    if several:
        raise CxsimError(
            f"{several[0].input_line}: the cells of this sweep stand in sweep.file={path}; put this key into a "
            "column of it, or leave one of the two out")
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            header, *lines = [row for row in csv.reader(file) if any(text.strip() for text in row)] or [[]]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CxsimError(
            f"sweep.file={path}: cannot be read ({error}); name a CSV file whose first line holds keys") from None
    keys = [key.strip() for key in header]
    if not lines or len(set(keys)) < len(keys) or not all(keys):
        raise CxsimError(
            f"sweep.file={path}: needs a first line of different keys, as in loyalty.earn_rate,referral.bonus, "
            "and a line for each cell below it")
    texts: list[list[str]] = [[] for _ in keys]
    values: list[list[Any]] = [[] for _ in keys]
    rows = []
    for number, line in enumerate(lines, start=2):
        if len(line) != len(keys):
            raise CxsimError(f"sweep.file={path}, line {number}: has {len(line)} values for {len(keys)} keys")
        row: list[int | None] = []
        for column, text in enumerate(line):
            if not text.strip():
                row.append(None)
                continue
            one = parse([f"{keys[column]}={text.strip()}"])[0]
            if one.is_sweep_override():
                raise CxsimError(f"sweep.file={path}, line {number}: {one.input_line}: one value for each cell")
            row.append(len(values[column]))
            texts[column].append(f"{keys[column]}={text.strip()}")
            values[column].append(one.value())
        rows.append(tuple(row))
    swept = tuple(Swept(key, tuple(t), tuple(v), False) for key, t, v in zip(keys, texts, values, strict=True))
    return Design(swept, tuple(rows))


def overrides_of(design: Design) -> list[str]:
    """Every override that occurs in a design, once, for the check of their names."""
    return list(dict.fromkeys(text for one in design.swept for text in one.overrides))

