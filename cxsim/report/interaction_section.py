"""Whether composed scenarios add up, in words and a grid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.measure.table import codes
from cxsim.report.numbers import format_difference
from cxsim.report.section import Grid, Section
from cxsim.report.verdicts import better_of, is_detected, title

if TYPE_CHECKING:
    from cxsim.whatif.compare import Comparison

ALWAYS = ("profit", "customer_equity")
NOTE = ("Together: what the composed scenario changes. Apart: the sum of what each of its parts changes alone. "
        "Interaction: the rest, paired in every replication, with its interval. Metrics where it is not told from "
        "0 are left out, but for profit and customer equity.")


def interaction_section(comparison: Comparison) -> Section | None:
    """The section of a comparison; None where no composed scenario stands beside its parts."""
    table = comparison.further.get("interaction")
    if table is None:
        return None
    words, grids, level = [], [], comparison.config.confidence
    for name in codes(table["scenario"])[0]:
        rows = {row["metric"]: row for row in table.select(scenario=name).rows()}
        words.append(interaction_words(name, rows["profit"]))
        shown = [row for metric, row in rows.items()
                 if metric in ALWAYS or (is_detected(row) and row["interaction"] != 0)]
        grids.append(Grid(
            ["metric", "together", "apart", "interaction", f"{100 * level:g}% interval"],
            [_cells(row) for row in shown], f"Interaction of {name}"))
    return Section("Do the parts add up?", words, grids, notes=(NOTE,))


def interaction_words(name: str, row: Mapping[str, Any]) -> str:
    """What is more than the sum of the parts, of one metric.

    Examples
    --------
    >>> row = {"metric": "profit", "unit": "money", "together": 50.0, "apart": 80.0, "interaction": -30.0,
    ...        "ci_low": -40.0, "ci_high": -20.0}
    >>> interaction_words("a+b", row)
    "a+b: profit +50.0 together, +80.0 apart; the parts get in each other's way: -30 (-40 to -20)."
    """
    together, apart = (format_difference(row[side], row["unit"]) for side in ("together", "apart"))
    half = (row["ci_high"] - row["ci_low"]) / 2
    value = format_difference(row["interaction"], row["unit"], half)
    if not np.isfinite(half):
        return f"{name}: {title(row['metric'])} {together} together, {apart} apart; one pair tells no more."
    ends = f"({_ends(row, half)})"
    judged = row["interaction"] * better_of(row["metric"])
    if not is_detected(row):
        verdict = f"they add up as far as can be told: {value} {ends}"
    else:
        way = "help each other" if judged > 0 else "get in each other's way"
        verdict = f"the parts {way}: {value} {ends}"
    return f"{name}: {title(row['metric'])} {together} together, {apart} apart; {verdict}."


def _ends(row: Mapping[str, Any], half: float) -> str:
    return " to ".join(format_difference(row[end], row["unit"], half) for end in ("ci_low", "ci_high"))


def _cells(row: Mapping[str, Any]) -> list[str]:
    half = (row["ci_high"] - row["ci_low"]) / 2
    fine = half if half > 0 else None
    return [title(row["metric"]), format_difference(row["together"], row["unit"], fine),
            format_difference(row["apart"], row["unit"], fine),
            format_difference(row["interaction"], row["unit"], fine),
            _ends(row, half).replace(" pp to", " to") if half > 0 else "–"]
