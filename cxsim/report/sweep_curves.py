"""The curves of a sweep: a metric over every key with numbers, panels and legends each with room of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cxsim.report.svg import BETTER, UNCLEAR, colours, label_axis, make_figure, style
from cxsim.report.sweep_figures import MOST_PANELS, Points, end, is_seen, told_value

MOST_LINES = 7
FEW_VALUES = 3
# Of the curves, in inches: margins, a panel's height, its axis labels, and those with a legend's rows and letters.
LEFT, GAP, TOP, PANEL, LABELS, AXIS = 0.75, 0.3, 0.4, 2.3, 0.54, 0.7
LEGEND_ROW, LEGEND_LINE, LETTER = 0.165, 0.45, 0.06


def draw_curves(points: Points) -> Figure | None:
    """The metric over every key with numbers, a line for each combination of the others, with bands.

    Of many lines a few evenly spaced ones are drawn. Where cells form no lines (drawn designs) each stands by
    itself with its interval. None where no key takes numbers.
    """
    shown = points.numbers[:MOST_PANELS]
    if not shown:
        return None
    lines = [_chosen(_lines(points, key)) for key in shown]
    with style():
        figure, panels = _panels(lines)
        for number, (axes, key) in enumerate(zip(panels, shown, strict=True)):
            axes.axhline(0, color="#b6bcc4", lw=1, zorder=0)
            _curve(axes, points, key, lines[number])
            axes.set_xlabel(key)
            _own_ticks(axes, points.keys[key])
            label_axis(axes, "y", is_share=points.is_share)
        panels[0].set_title(points.words)
        return figure


def _panels(lines: Sequence[Mapping[str, np.ndarray]]) -> tuple[Figure, list[Axes]]:
    """A panel for each key, with room for its legend: two side by side, more below each other; in inches."""
    n_beside = len(lines) if len(lines) < MOST_PANELS else 1
    width = (7.4 - LEFT - GAP) if n_beside == 1 else 4.0
    below = [AXIS + LEGEND_ROW * -(-len(one) // _legend_columns(one, width)) for one in lines]
    rows = [max(below[k:k + n_beside]) for k in range(0, len(lines), n_beside)]
    whole = LEFT + n_beside * (width + GAP), TOP + sum(PANEL + room for room in rows)
    figure = make_figure(*whole)
    figure.set_layout_engine("none")
    panels: list[Axes] = []
    for number in range(len(lines)):
        row, column = divmod(number, n_beside)
        bottom = whole[1] - TOP - sum(rows[:row]) - (row + 1) * PANEL
        place = ((LEFT + column * (width + GAP)) / whole[0], bottom / whole[1], width / whole[0], PANEL / whole[1])
        panels.append(figure.add_axes(place, sharey=panels[0] if panels else None))
        panels[-1].tick_params(labelleft=column == 0)
    return figure, panels


def _legend_columns(names: Mapping[str, np.ndarray], width: float) -> int:
    """So many columns of a legend are not wider than its panel."""
    longest = max(map(len, names), default=0)
    return max(1, min(len(names), int(width / (LEGEND_LINE + LETTER * longest))))


def _own_ticks(axes: Axes, values: np.ndarray) -> None:
    """The values themselves where they are few, whole numbers where all are whole."""
    distinct = np.unique(values[np.isfinite(values)])
    if len(distinct) <= FEW_VALUES:
        axes.set_xticks(distinct, labels=[told_value(value) for value in distinct.tolist()])
    else:
        label_axis(axes, "x", n_ticks=6, is_whole=bool(np.all(distinct == np.round(distinct))))


def _chosen(lines: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Of many lines a few evenly spaced ones; none where cells form no lines."""
    if any(len(rows) < 2 for rows in lines.values()) and (
            len(lines) > MOST_LINES or all(len(rows) < 2 for rows in lines.values())):
        return {}
    places = np.unique(np.linspace(0, len(lines) - 1, min(len(lines), MOST_LINES)).round().astype(int)).tolist()
    return {name: rows for k, (name, rows) in enumerate(lines.items()) if k in places}


def _curve(axes: Axes, points: Points, key: str, lines: Mapping[str, np.ndarray]) -> None:
    if not lines:
        seen = is_seen(points)
        errors = np.abs(np.array([points.value - points.low, points.high - points.value]))
        x = points.keys[key]
        axes.errorbar(x, points.value, yerr=np.nan_to_num(errors), fmt="none", ecolor="#c9ced6", elinewidth=0.8)
        for mask, colour in ((seen, BETTER), (~seen, UNCLEAR)):
            axes.plot(x[mask], points.value[mask], "o", ms=3.2, color=colour)
        return
    for name, colour in colours(list(lines)).items():
        rows = lines[name]
        x = points.keys[key][rows]
        axes.fill_between(x, points.low[rows], points.high[rows], color=colour, alpha=0.16, lw=0)
        axes.plot(x, points.value[rows], "-o", ms=3.5, lw=1.6, color=colour, label=name or None)
    if any(lines):
        width = axes.get_position().width * axes.get_figure().get_figwidth()
        axes.legend(frameon=False, fontsize=7.5, loc="upper center", bbox_to_anchor=(0.5, -LABELS / PANEL),
                    ncols=_legend_columns(lines, width), handlelength=1.4, columnspacing=1.2,
                    borderaxespad=0, borderpad=0)


def _lines(points: Points, key: str) -> dict[str, np.ndarray]:
    """Cells that differ in this key alone, in its order, by what they have in common."""
    others = [name for name in points.keys if name != key and len(set(points.keys[name].tolist())) > 1]
    found: dict[str, list[int]] = {}
    for row in range(len(points.value)):
        common = ", ".join(f"{end(name)} {told_value(points.keys[name][row])}" for name in others)
        found.setdefault(common, []).append(row)
    x = points.keys[key]
    return {name: np.array(sorted(rows, key=lambda row: x[row])) for name, rows in found.items()}
