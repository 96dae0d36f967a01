"""How sure, where assumptions are not known: the section and the fans of ``depth.draws``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cxsim.measure.table import Table, codes
from cxsim.report.figures import wrapped
from cxsim.report.numbers import format_difference, format_value
from cxsim.report.section import Grid, Section
from cxsim.report.svg import INK, SCENARIO_COLOURS, inline_svg, label_axis, make_figure, style
from cxsim.report.verdicts import title

if TYPE_CHECKING:
    from cxsim.whatif.compare import Comparison

SHOWN_MONTHS = 6
NOTHING, AS_IT_IS = "leaving things as they are", "as it is"
FAN_TITLES = {"profit": "profit added up", "customers_end": "active customers"}


def uncertainty_section(comparison: Comparison) -> Section | None:
    """What draws of the assumptions say of every scenario; None where none were asked for."""
    found = comparison.further.get("uncertainty")
    if found is None:
        return None
    drawn = comparison.further["assumptions_drawn"]
    confidence = comparison.config.confidence
    weighed = str(found.take(np.isfinite(found["p_best"]))["metric"][0])
    rows = [row for row in found.rows() if row["metric"] == weighed]
    n_asked = len(set(comparison.further["draws"]["draw"].tolist()))
    words = [_best_words(rows, len(drawn), comparison.config.market.currency), *_share_words(rows, weighed)]
    if rows[0]["draws"] < n_asked:
        words.append(f"{n_asked - rows[0]['draws']} of {n_asked} draws could not be lived and are left out.")
    return Section(
        "How sure, where assumptions are not known", words, [_options_grid(rows, confidence, weighed)],
        draw_fans(comparison.further["fan"]), _caption(confidence), _notes(comparison, len(drawn)), place="sure")


def _best_words(rows: Sequence[dict[str, Any]], n_assumptions: int, currency: str) -> str:
    """Which option is best how often, and what choosing it may cost."""
    best = max(rows, key=lambda row: row["p_best"])
    safest = min(rows, key=lambda row: row["expected_regret"])
    text = (f"Over {best['draws']} draws of {n_assumptions} uncertain assumptions, {_named(best)} is best in "
            f"{best['p_best']:.0%} of them.")
    if best is not safest:
        text += f" On average, though, {_named(safest)} loses least against the best choice of each draw:"
    else:
        text += " Chosen now, it loses on average"
    return (f"{text} {format_value(safest['expected_regret'], 'money')} {currency}"
            f"{'' if best is not safest else ' against the best choice of each draw'}"
            ", which is what knowing every assumption would be worth.")


def _named(row: dict[str, Any]) -> str:
    return NOTHING if row["scenario"] == "baseline" else str(row["scenario"])


def _share_words(rows: Sequence[dict[str, Any]], weighed: str) -> list[str]:
    told = [f"{row['scenario']} {_share(row['share_parameters'])}" for row in rows
            if row["scenario"] != "baseline" and math.isfinite(row["share_parameters"])]
    if not told:
        return []
    return [f"So much of the variance of the difference in {title(weighed)} comes from not knowing the "
            f"assumptions: {', '.join(told)}; the rest is luck, which no study removes."]


def _options_grid(rows: Sequence[dict[str, Any]], confidence: float, weighed: str) -> Grid:
    lines = []
    for row in rows:
        unit = row["unit"]
        is_nothing = row["scenario"] == "baseline"
        own = ["-"] * 4 if is_nothing else [
            format_difference(row["mean"], unit), _range(row, "low", "high"), _share(row["share_parameters"]),
            f"{row['p_better']:.0%}"]
        lines.append([AS_IT_IS if is_nothing else row["scenario"], *own, f"{row['p_best']:.0%}",
                      format_value(row["expected_regret"], unit)])
    return Grid(["", "mean", f"{confidence:.0%} of lives", "ignorance", "better", "best", "regret"], lines,
                f"difference in {title(weighed)} over all draws")


def _share(value: float) -> str:
    return f"{value:.0%}" if math.isfinite(value) else "-"


def _range(row: dict[str, Any], low: str, high: str) -> str:
    return f"{format_difference(row[low], row['unit'])} to {format_difference(row[high], row['unit'])}"


def _caption(confidence: float) -> str:
    return (f"Difference from the baseline. Dark band: half of all lives of all draws; light band: "
            f"{confidence:.0%} of them, ignorance and luck together. Dashed: {confidence:.0%} of the means of "
            "draws, ignorance alone.")


def _notes(comparison: Comparison, n_assumptions: int) -> list[str]:
    depth = comparison.depth
    how = "a Latin hypercube" if depth.sampling == "lhs" else "a Sobol sequence"
    drawn = comparison.further["assumptions_drawn"]
    guessed = int((drawn["evidence"] == "placeholder").sum())
    return [
        f"Every assumption is drawn evenly from its range by {how}, each apart from the others; {guessed} of the "
        f"{n_assumptions} are placeholders, whose ranges nobody has measured. {depth.draw_replications} "
        "replications of every side in every draw, all draws with the same customers and the same luck.",
        "Each draw of the world's own assumptions has a reference experience of its own, found from "
        f"{depth.reference_customers:,} customers.",
        "Ignorance: its share of the variance, the rest being luck. Better: in how many lives it beats the "
        "baseline; best: in how many draws it beats every other option, by the means of their replications. "
        "Regret: what it loses on average against the best option of each draw; luck within draws makes it a "
        "little too large."]


def draw_fans(fan: Table) -> str:
    """The difference of every scenario month by month, as fans: a row for each metric.

    Parameters
    ----------
    fan : Table
        From :func:`cxsim.whatif.uncertainty.fan`.
    """
    with style():
        return inline_svg(figure_of_fans(fan))


def figure_of_fans(fan: Table) -> Figure:
    """The picture of :func:`draw_fans`, before it is text."""
    scenarios, metrics = codes(fan["scenario"])[0], codes(fan["metric"])[0]
    across, down = min(len(scenarios), 3), -(-len(scenarios) // 3)
    lines = max(wrapped(name).count("\n") for name in scenarios) + 1
    figure = make_figure(2.9 * across + 0.6, (2.3 + 0.17 * lines) * len(metrics) * down)
    panels = figure.subplots(down * len(metrics), across, squeeze=False)
    for k, metric in enumerate(metrics):
        for place, name in enumerate(scenarios):
            axes = panels[k * down + place // across, place % across]
            _draw_fan(axes, fan.select(scenario=name, metric=metric), SCENARIO_COLOURS[place % 7])
            axes.set_title(f"{wrapped(name)}\n{FAN_TITLES.get(metric, title(metric))}")
        for empty in range(len(scenarios), down * across):
            panels[k * down + empty // across, empty % across].set_axis_off()
    for axes in panels[-1]:
        axes.set_xlabel("month")
    return figure


def _draw_fan(axes: Axes, rows: Table, colour: str) -> None:
    months = rows["month"]
    axes.fill_between(months, rows["low"], rows["high"], color=colour, alpha=0.15, linewidth=0)
    axes.fill_between(months, rows["inner_low"], rows["inner_high"], color=colour, alpha=0.3, linewidth=0)
    for end in ("known_low", "known_high"):
        axes.plot(months, rows[end], color=colour, linewidth=1.0, linestyle=(0, (4, 2)))
    axes.plot(months, rows["middle"], color=colour, linewidth=1.8)
    axes.axhline(0.0, color=INK, linewidth=0.7)
    label_axis(axes, "y")
    label_axis(axes, "x", SHOWN_MONTHS, is_whole=True)
