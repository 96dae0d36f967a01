"""Pictures of a sweep: points of its table, a map over two, and the front of two metrics."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cxsim.measure.metrics import CATALOGUE
from cxsim.measure.table import Table
from cxsim.report.svg import BASELINE, BETTER, INK, UNCLEAR, WORSE, label_axis, make_figure, short, style
from cxsim.report.verdicts import title

MOST_PANELS = 3
MOST_TICKS = 12
FEW_MARKS = 60


@dataclass(frozen=True)
class Points:
    """One metric of every cell that was lived: its keys, its difference to the baseline and the interval."""

    metric: str
    cells: np.ndarray
    keys: Mapping[str, np.ndarray]
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    unit: str

    @property
    def numbers(self) -> list[str]:
        """Keys that take at least two numbers."""
        return [key for key, values in self.keys.items()
                if values.dtype.kind == "f" and len(np.unique(values[np.isfinite(values)])) > 1]

    @property
    def is_share(self) -> bool:
        """Whether the metric is a share, shown in percentage points."""
        return self.unit == "share"

    @property
    def words(self) -> str:
        """The metric as an axis tells it."""
        return f"{title(self.metric)}: difference to the baseline" + (" (pp)" if self.is_share else "")


def points_of(table: Table, keys: Sequence[str], metric: str) -> Points | None:
    """The whole run's rows of one metric; None where no cell has it."""
    own = table.select(segment="all", period="total", metric=metric, status="done")
    own = own.take(np.isfinite(own["difference"]))
    if not len(own):
        return None
    return Points(metric, own["cell"], {key: own[key] for key in keys}, own["difference"], own["ci_low"],
                  own["ci_high"], str(own["unit"][0]))


def is_seen(points: Points) -> np.ndarray:
    """Which differences lie beyond their noise."""
    return np.asarray((points.low > 0) | (points.high < 0))


def end(key: str) -> str:
    """The last part of a dotted key."""
    return key.rsplit(".", 1)[-1]


def told_value(value: Any) -> str:
    """A swept value as text, a number short."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def draw_map(points: Points) -> Figure | None:
    """The metric over two keys as a coloured field; what lies within its noise is marked by a dot.

    The two keys are the first ones with several values. Further keys make panels. None unless cells fill a grid.
    """
    several = [key for key, values in points.keys.items() if len(set(values.tolist())) > 1]
    if len(several) < 2:
        return None
    across, up, *others = several
    xs, ys = _sorted(points.keys[across]), _sorted(points.keys[up])
    rest = list(itertools.product(*(_sorted(points.keys[key]) for key in others)))
    if len(xs) * len(ys) * len(rest) != len(points.value) or len(rest) > MOST_PANELS or min(len(xs), len(ys)) < 2:
        return None
    most = float(np.abs(points.value).max()) or 1.0
    with style():
        height = 1.6 + 0.32 * min(len(ys), 12)
        figure = make_figure(min(9.6, 2.4 + len(rest) * (1.0 + 0.62 * min(len(xs), 12))), max(2.6, height))
        panels = figure.subplots(1, len(rest), squeeze=False, sharey=True)[0]
        for axes, fixed in zip(panels, rest, strict=True):
            image = _field(axes, points, (across, xs), (up, ys), dict(zip(others, fixed, strict=True)), most)
            axes.set_xlabel(across)
            told = [f"{end(key)} {told_value(value)}" for key, value in zip(others, fixed, strict=True)]
            axes.set_title(", ".join(told))
        panels[0].set_ylabel(up)
        if not others:
            panels[0].set_title(points.words)
        bar = figure.colorbar(image, ax=list(panels), shrink=0.9)
        label_axis(bar.ax, "y", is_share=points.is_share)
        bar.outline.set_visible(False)
        return figure


def _sorted(values: np.ndarray) -> list[Any]:
    """Distinct values: numbers by size, texts as they come."""
    found = list(dict.fromkeys(values.tolist()))
    return sorted(found) if values.dtype.kind == "f" else found


def _field(
    axes: Axes, points: Points, across: tuple[str, list[Any]], up: tuple[str, list[Any]], fixed: dict[str, Any],
    most: float,
) -> Any:
    from matplotlib.colors import LinearSegmentedColormap

    scale = LinearSegmentedColormap.from_list("gain", [WORSE, "#f4f5f7", BETTER])
    field = np.full((len(up[1]), len(across[1])), np.nan)
    noise = np.zeros(field.shape, dtype=bool)
    seen = is_seen(points)
    for row in range(len(points.value)):
        if any(points.keys[key][row] != value for key, value in fixed.items()):
            continue
        spot = up[1].index(points.keys[up[0]][row]), across[1].index(points.keys[across[0]][row])
        field[spot], noise[spot] = points.value[row], not seen[row]
    image = axes.imshow(field, origin="lower", aspect="auto", cmap=scale, vmin=-most, vmax=most)
    marked = np.argwhere(noise)
    axes.plot(marked[:, 1], marked[:, 0], "o", ms=2.5, color=INK, alpha=0.55, lw=0)
    for which, values in (("x", across[1]), ("y", up[1])):
        step = max(1, -(-len(values) // MOST_TICKS))
        getattr(axes, f"set_{which}ticks")(range(0, len(values), step), [told_value(v) for v in values[::step]])
    axes.tick_params(length=0)
    if field.size <= FEW_MARKS:
        _write_values(axes, field, most, points.is_share)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return image


def _write_values(axes: Axes, field: np.ndarray, most: float, is_share: bool) -> None:
    for (row, column), value in np.ndenumerate(field):
        if np.isfinite(value):
            told = f"{100 * value:+.2g}" if is_share else ("+" if value > 0 else "") + short(float(f"{value:.3g}"))
            axes.annotate(told, (column, row), xytext=(0, 5), textcoords="offset points", ha="center", va="center",
                          fontsize=6.8, color="white" if abs(value) > 0.7 * most else INK)


def front(first: Points, second: Points) -> np.ndarray:
    """Which cells no other beats in both metrics (more is better, or less, as each metric's catalogue says).

    Parameters
    ----------
    first, second : Points
        Of the same cells.

    Returns
    -------
    array of bool
        By cell, on the mean differences; cells apart by less than their noise may change places.
    """
    both = np.array([points.value * (CATALOGUE[points.metric].better or 1) for points in (first, second)]).T
    return np.array([not np.any(np.all(both >= one, axis=1) & np.any(both > one, axis=1)) for one in both])


def common(first: Points, second: Points) -> tuple[Points, Points]:
    """The two metrics at the cells that have both."""
    cells = np.intersect1d(first.cells, second.cells)
    return tuple(_at(points, np.isin(points.cells, cells)) for points in (first, second))  # type: ignore[return-value]


def _at(points: Points, rows: np.ndarray) -> Points:
    return Points(points.metric, points.cells[rows], {key: values[rows] for key, values in points.keys.items()},
                  points.value[rows], points.low[rows], points.high[rows], points.unit)


def draw_front(first: Points, second: Points) -> Figure:
    """Every cell by two metrics, the baseline at the crossing, and the front of those that no other beats."""
    first, second = common(first, second)
    on = front(first, second)
    with style():
        figure = make_figure(6.4, 4.2)
        axes = figure.subplots()
        axes.axhline(0, color="#b6bcc4", lw=1, zorder=0)
        axes.axvline(0, color="#b6bcc4", lw=1, zorder=0)
        axes.plot(0, 0, marker="s", ms=5, color=BASELINE, lw=0, label="baseline")
        axes.plot(first.value[~on], second.value[~on], "o", ms=3.5, color=UNCLEAR, label="cells")
        order = np.argsort(first.value[on])
        x, y = first.value[on][order], second.value[on][order]
        axes.errorbar(x, y, xerr=_half(first, on, order), yerr=_half(second, on, order), fmt="none",
                      ecolor="#9fc5e0", elinewidth=0.9, zorder=1)
        axes.plot(x, y, "-o", ms=5, lw=1.2, color=BETTER, label="no other is better in both")
        for cell, at_x, at_y in list(zip(first.cells[on][order].tolist(), x, y, strict=True))[:FEW_MARKS // 3]:
            axes.annotate(str(cell), (at_x, at_y), xytext=(4, 4), textcoords="offset points", fontsize=7.5)
        axes.set_xlabel(first.words)
        axes.set_ylabel(second.words)
        label_axis(axes, "x", is_share=first.is_share)
        label_axis(axes, "y", is_share=second.is_share)
        axes.legend(frameon=False, fontsize=8, loc="best")
        return figure


def _half(points: Points, rows: np.ndarray, order: np.ndarray) -> np.ndarray:
    errors = np.array([points.value - points.low, points.high - points.value])[:, rows][:, order]
    return np.abs(np.nan_to_num(errors))
