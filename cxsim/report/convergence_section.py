"""The page of convergence: how the figures settle with replications and customers, and that engines agree."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes

from cxsim.measure.table import Table
from cxsim.report.numbers import UNDEFINED, format_difference, format_value
from cxsim.report.section import Grid, Section
from cxsim.report.svg import INK, UNCLEAR, colours, inline_svg, make_figure, style
from cxsim.report.verdicts import title

if TYPE_CHECKING:
    from cxsim.whatif.compare import Comparison

AXES = {"replications": "replications", "n_customers": "customers on day 0"}
MOST_SCENARIOS = 3
OF_A_CUSTOMER = " by customer"


def convergence_section(comparison: Comparison) -> Section | None:
    """The section of a comparison; None where ``depth.convergence`` did not ask for it."""
    table = comparison.further.get("convergence")
    if table is None:
        return None
    level = f"{100 * comparison.config.confidence:g}%"
    words = [*_size_words(table, level), *_engine_words(table)]
    notes = [
        "Baseline: its own value; scenarios: paired differences from it. Amounts are by starting customer. Each "
        "size has the reference experience of its size; desks, newcomers and market grow with it. So sizes differ "
        "not by luck alone: where employees are few, waits are longer at the same load.",
        "Gap: paired with the largest size, replication by replication.",
    ]
    grids = [grid for grid in (_size_grid(table, level),) if grid.rows]
    return Section("How the figures settle", words, grids, draw_convergence(table), _caption(level), notes,
                   place="sure")


def _caption(level: str) -> str:
    return (f"Mean and its {level} interval over the first replications (left), and at several sizes of the "
            "business (right). A figure has settled where the line is level and the band narrow.")


def _size_words(table: Table, level: str) -> list[str]:
    """Which figures are still told apart between the size of the run and the largest."""
    rows = table.select(axis="n_customers")
    if not len(rows):
        return []
    sizes = sorted(set(rows["level"].tolist()))
    told = [_figure(row) for row in rows.rows()
            if row["level"] == sizes[-2:][0] and (row["gap_low"] > 0 or row["gap_high"] < 0)]
    here = f"from {sizes[-2:][0]:,.0f} to {sizes[-1]:,.0f} customers"
    if not told:
        return [f"From one size to the next, {here}, no figure moves by more than luck ({level})."]
    return [f"From one size to the next, {here}, these still move by more than luck: {'; '.join(told)}. Run it at "
            "the size of the business the question is about."]


def _engine_words(table: Table) -> list[str]:
    rows = table.select(axis="engine")
    if not len(rows):
        return []
    gap = float(np.max(rows["gap"]))
    n, sides = int(rows["value"][0]), len(rows)
    if gap == 0:
        return [f"The compiled and the SimPy engine give the same {n:,} figures in each of {sides} worlds that "
                "both lived, to the last digit."]
    return [f"The engines differ by up to {gap:g} in a world both lived. This is an error of the program: please "
            "report it with the configuration."]


def _size_grid(table: Table, level: str) -> Grid:
    """Every figure at every size, with its gap to the largest."""
    found = table.select(axis="n_customers")
    largest, rows = float(np.max(found["level"], initial=0.0)), []
    for row in found.rows():
        unit, is_base = str(row["unit"]).removesuffix(OF_A_CUSTOMER), row["scenario"] == "baseline"
        told = format_value if is_base else format_difference
        gap = "largest" if row["level"] == largest else _interval(row["gap_low"], row["gap_high"], unit)
        rows.append((row["scenario"], row["metric"], row["level"], [
            _figure(row), f"{row['level']:,.0f}", told(row["value"], unit),
            _interval(row["low"], row["high"], unit, told), gap]))
    order = list(dict.fromkeys(found["scenario"].tolist()))
    rows.sort(key=lambda one: (order.index(one[0]), one[1], one[2]))
    return Grid(["figure", "customers", "value", f"{level} interval", "gap to the largest"],
                [cells for *_, cells in rows], "The same business at several sizes")


def _figure(row: dict[str, Any]) -> str:
    """What a row is of."""
    by_customer = " a customer" if str(row["unit"]).endswith(OF_A_CUSTOMER) else ""
    return f"{row['scenario']}: {title(row['metric'])}{by_customer}"


def _interval(low: float, high: float, unit: str, told: Callable[[float, str], str] = format_difference) -> str:
    return f"{told(low, unit)} to {told(high, unit)}" if math.isfinite(low) else UNDEFINED


def draw_convergence(table: Table) -> str:
    """Draw every metric in a row: over replications on the left, over sizes on the right.

    Examples
    --------
    >>> row = {"axis": "replications", "level": 2.0, "scenario": "baseline", "metric": "profit", "value": 1.0,
    ...        "low": 0.5, "high": 1.5, "unit": "money"}
    >>> draw_convergence(Table({name: [value, value] for name, value in row.items()}))[:4]
    '<svg'
    """
    shown = table.take(np.isin(table["axis"], list(AXES)))
    metrics = list(dict.fromkeys(shown["metric"].tolist()))
    names = list(dict.fromkeys(shown["scenario"].tolist()))[: 1 + MOST_SCENARIOS]
    axes_there = [axis for axis in AXES if len(shown.select(axis=axis))]
    paint = {"baseline": UNCLEAR, **colours([name for name in names if name != "baseline"])}
    with style():
        figure = make_figure(4.4 * len(axes_there), 2.0 * len(metrics) * min(2, len(names)) + 0.3)
        kinds = ["baseline"] + (["difference"] if len(names) > 1 else [])
        panels = figure.subplots(len(metrics) * len(kinds), len(axes_there), squeeze=False)
        for line, (metric, kind) in enumerate((metric, kind) for metric in metrics for kind in kinds):
            for column, axis in enumerate(axes_there):
                here = shown.select(axis=axis, metric=metric)
                own = [name for name in names if (name == "baseline") == (kind == "baseline")]
                _panel(panels[line][column], here, own, paint, axis)
                if column == 0:
                    unit = str(here["unit"][0]) if len(here) else ""
                    panels[line][column].set_title(f"{title(metric)}, {kind} ({unit})")
        return inline_svg(figure)


def _panel(axes: Axes, rows: Table, names: list[str], paint: dict[str, str], axis: str) -> None:
    for name in names:
        own = rows.select(scenario=name).sort("level")
        axes.fill_between(own["level"], own["low"], own["high"], color=paint[name], alpha=0.18, linewidth=0)
        axes.plot(own["level"], own["value"], color=paint[name], linewidth=1.4, markersize=3.5, label=name,
                  marker="" if axis == "replications" else "o")
    if axis == "n_customers":
        axes.set_xscale("log")
        levels = sorted(set(rows["level"].tolist()))
        axes.set_xticks(levels, [f"{level:,.0f}" for level in levels])
        axes.set_xticks([], minor=True)
    axes.set_xlabel(AXES[axis])
    if names and names != ["baseline"]:
        axes.axhline(0.0, color=INK, linewidth=0.6)
        if axis == "replications":
            axes.legend(frameon=False, fontsize=8)
