"""The pictures of the page: differences, customers, profit over time, and where the money goes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cxsim.measure.comparison import cube_of, mean_interval
from cxsim.measure.metrics import HEADLINES
from cxsim.measure.table import Table, codes
from cxsim.report.numbers import format_difference
from cxsim.report.svg import (
    BASELINE,
    BETTER,
    INK,
    UNCLEAR,
    WORSE,
    colours,
    inline_svg,
    label_axis,
    make_figure,
    short,
    style,
)
from cxsim.report.verdicts import better_of, is_detected, is_in_play, is_worse, title, total_rows

BUCKETS = (("revenue", 1), ("goods_cost", -1), ("service_cost", -1), ("reward_cost", -1),
           ("retention_cost", -1), ("acquisition_cost", -1))
COLUMNS = 3


def by_month(kpis: Table, metric: str, scenario: str) -> np.ndarray:
    """Values of a metric by month and replication, all segments, shape (months, replications).

    Examples
    --------
    >>> rows = Table({"scenario": ["a", "a"], "replication": [0, 0], "segment": ["all", "all"],
    ...               "period": ["1", "2"], "metric": ["profit"] * 2, "value": [3.0, 4.0],
    ...               "unit": ["money"] * 2})
    >>> by_month(rows, "profit", "a").tolist()
    [[3.0], [4.0]]
    """
    here = kpis.select(metric=metric, scenario=scenario, segment="all")
    here = here.take(here["period"] != "total")
    months = sorted(codes(here["period"])[0], key=int)
    replications = sorted(codes(kpis["replication"])[0])
    axes = {"scenario": [scenario], "segment": ["all"], "period": months, "metric": [metric]}
    return cube_of(here, axes, replications)[0, 0, :, 0]


def _colour(row: Mapping[str, Any]) -> str:
    if not is_detected(row) or better_of(row["metric"]) == 0:
        return UNCLEAR
    return WORSE if is_worse(row) else BETTER


def _forest(axes: Axes, rows: Sequence[Mapping[str, Any]], scenarios: Sequence[str]) -> None:
    """One metric: every scenario's difference with its interval, and its number beside it."""
    axes.axvline(0, color="#b6bcc4", lw=1, zorder=0)
    for place, row in enumerate(rows):
        if not row or not math.isfinite(row["difference"]):
            continue
        colour, half = _colour(row), (row["ci_high"] - row["ci_low"]) / 2
        if math.isfinite(half):
            axes.plot([row["ci_low"], row["ci_high"]], [place, place], color=colour, lw=2.2,
                      solid_capstyle="butt")
        axes.plot(row["difference"], place, marker="o", ms=6, color=colour,
                  mfc=colour if is_detected(row) else "white", mew=1.4)
        words = format_difference(row["difference"], row["unit"], half).removesuffix(" pp")
        axes.annotate(words, (1.02, place), xycoords=("axes fraction", "data"), va="center", fontsize=8.5,
                      color=colour if is_detected(row) else BASELINE)
    unit = next((row["unit"] for row in rows if row), "")
    axes.set_ylim(len(scenarios) - 0.45, -0.55)
    axes.margins(x=0.12)
    label_axis(axes, "x", n_ticks=4, is_share=unit == "share")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)


def draw_headlines(comparison: Table) -> str:
    """Every headline metric as a small forest plot, in its own unit."""
    scenarios = codes(comparison["scenario"])[0]
    found = {name: total_rows(comparison, name) for name in scenarios}
    shown = [m for m in HEADLINES
             if any(is_in_play(found[name][m]) for name in scenarios if m in found[name])]
    n_rows = max(1, -(-len(shown) // COLUMNS))
    with style():
        figure = make_figure(9.6, 0.3 + n_rows * (0.72 + 0.25 * len(scenarios)))
        panels = figure.subplots(n_rows, COLUMNS, squeeze=False).ravel()
        for number, axes in enumerate(panels):
            if number >= len(shown):
                axes.set_axis_off()
                continue
            metric = shown[number]
            _forest(axes, [found[name].get(metric, {}) for name in scenarios], scenarios)
            is_share = any(row.get(metric, {}).get("unit") == "share" for row in found.values())
            axes.set_title(title(metric) + (" (pp)" if is_share else ""))
            names = [wrapped(name) for name in scenarios]
            axes.set_yticks(range(len(names)), names if number % COLUMNS == 0 else [])
        return inline_svg(figure)


def draw_bands(
    axes: Axes, values: np.ndarray, confidence: float, colour: str, label: str, dashes: Any,
) -> None:
    """A line of means by month with the interval of the mean over replications as a band."""
    mean, low, high, _ = mean_interval(values, confidence)
    months = np.arange(1, len(mean) + 1)
    axes.plot(months, mean, color=colour, lw=1.8, ls=dashes, label=label)
    if np.isfinite(low).any():
        axes.fill_between(months, low, high, color=colour, alpha=0.18, lw=0)


def label_months(axes: Axes, n_months: int) -> None:
    """Months on the axis below, short numbers beside."""
    axes.set_xlabel("month")
    axes.set_xlim(0.5, n_months + 0.5)
    label_axis(axes, "x", n_ticks=8, is_whole=True)
    label_axis(axes, "y")


def wrapped(name: str) -> str:
    """A long name of several scenarios, one a line."""
    return name.replace("+", "+\n") if len(name) > 24 else name


def make_panels(n: int, height: float) -> tuple[Figure, Sequence[Axes]]:
    """A figure of n panels, at most three in a row."""
    columns = min(COLUMNS, max(1, n))
    n_rows = max(1, -(-n // columns))
    figure = make_figure(9.6, height * n_rows)
    panels = figure.subplots(n_rows, columns, squeeze=False).ravel()
    for spare in panels[n:]:
        spare.set_axis_off()
    return figure, panels


def draw_customers(kpis: Table, scenarios: Sequence[str], baseline: str, confidence: float) -> str:
    """Active customers at month ends: their number, and how far scenarios lie from the baseline."""
    base = by_month(kpis, "customers_end", baseline)
    lines = {name: by_month(kpis, "customers_end", name) for name in scenarios}
    with style():
        figure = make_figure(9.6, 3.4)
        panels = figure.subplots(1, 2 if scenarios else 1, squeeze=False)[0]
        draw_bands(panels[0], base, confidence, BASELINE, baseline, "-")
        for name, colour in colours(scenarios).items():
            draw_bands(panels[0], lines[name], confidence, colour, name, (0, (5, 2)))
        panels[0].set_title("active customers, end of month")
        if scenarios:
            panels[1].axhline(0, color=BASELINE, lw=1.2)
            for name, colour in colours(scenarios).items():
                draw_bands(panels[1], lines[name] - base, confidence, colour, name, "-")
            panels[1].set_title("difference from the baseline")
        for axes in panels:
            label_months(axes, len(base))
        panels[0].legend(frameon=False, loc="best")
        return inline_svg(figure)


def draw_profit(kpis: Table, scenarios: Sequence[str], baseline: str, confidence: float) -> str:
    """Profit added up over the months: differences from the baseline, or the level without scenarios."""
    base = by_month(kpis, "profit", baseline)
    shown = colours(scenarios) or {baseline: BASELINE}
    with style():
        figure, panels = make_panels(len(shown), 2.7)
        for axes, (name, colour) in zip(panels, shown.items(), strict=False):
            values = by_month(kpis, "profit", name) - (base if scenarios else 0.0)
            axes.axhline(0, color=BASELINE, lw=1)
            draw_bands(axes, np.cumsum(values, axis=0), confidence, colour, name, "-")
            label_months(axes, len(base))
            axes.set_title(wrapped(name))
        return inline_svg(figure)


def _waterfall(axes: Axes, steps: Sequence[tuple[str, float]], total: float) -> None:
    """Steps of money from nothing to the total, downwards."""
    reached = 0.0
    spread = max([abs(total), 1e-9, *(abs(s) for s in np.cumsum([v for _, v in steps]))])
    for place, (_, value) in enumerate([*steps, ("profit", total)]):
        start = 0.0 if place == len(steps) else reached
        colour = UNCLEAR if value == 0 else BETTER if value > 0 else WORSE
        axes.barh(place, value, left=start, color=INK if place == len(steps) else colour, height=0.62)
        end = max(start, start + value)
        axes.annotate("0" if value == 0 else f"{value:+,.{0 if abs(value) >= 10 else 2}f}", (end, place),
                      xytext=(4, 0), textcoords="offset points", va="center", fontsize=8.5)
        if place < len(steps):
            reached += value
            axes.plot([reached, reached], [place + 0.31, place + 0.69], color="#b6bcc4", lw=1)
    axes.axvline(0, color=BASELINE, lw=1)
    low, high = axes.get_xlim()
    axes.set_xlim(low - 0.02 * spread, high + 0.34 * (high - low))
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter(lambda value, _: short(value))
    label_axis(axes, "x", n_ticks=4)


def draw_money(rows_of: Mapping[str, Mapping[str, Mapping[str, Any]]], field: str = "difference") -> str:
    """Where the money comes from and goes: a waterfall by bucket for each scenario.

    Parameters
    ----------
    rows_of : mapping
        By scenario and metric, rows that hold `field` in account currency.
    field : str
        "difference" of a comparison, or "value" of a single run.
    """
    names = list(rows_of)
    labels = [title(bucket) for bucket, _ in BUCKETS] + ["profit"]
    with style():
        figure, panels = make_panels(len(names), 2.7)
        for number, (axes, rows) in enumerate(zip(panels, rows_of.values(), strict=False)):
            steps = [(bucket, sign * rows[bucket][field]) for bucket, sign in BUCKETS]
            _waterfall(axes, steps, rows["profit"][field])
            axes.set_title(wrapped(names[number]))
            axes.set_yticks(range(len(labels)), labels if number % COLUMNS == 0 else [""] * len(labels))
            axes.tick_params(axis="y", length=0)
        return inline_svg(figure)
