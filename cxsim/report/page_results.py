"""What a page says of results: cards, tables, what got worse."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cxsim.measure.metrics import CATALOGUE, HEADLINES
from cxsim.measure.table import Table, codes
from cxsim.report.numbers import format_difference, format_value
from cxsim.report.verdicts import better_of, is_detected, is_in_play, is_worse, title, total_rows, verdict

if TYPE_CHECKING:
    from cxsim.settings.schema import Config

CARD_LINES = (
    "retention_rate", "upsell_revenue", "referrals_converted", "nps", "wait_minutes", "customer_equity")
HIDDEN = ("alive_rate",)
NO_INTERVAL = "no interval"


def tone(row: Mapping[str, Any]) -> str:
    """Class of a number's colour: better, worse or unclear."""
    if not is_detected(row) or better_of(row["metric"]) == 0:
        return "unclear"
    return "worse" if is_worse(row) else "better"


def difference_and_interval(row: Mapping[str, Any]) -> tuple[str, str]:
    """A row's difference and its interval as text, digits by the interval's width.

    Examples
    --------
    >>> difference_and_interval({"unit": "money", "difference": 5.25, "ci_low": 2.0, "ci_high": 8.5})
    ('+5.2', '+2.0 to +8.5')
    """
    half = (row["ci_high"] - row["ci_low"]) / 2
    ends = [format_difference(row[end], row["unit"], half) for end in ("ci_low", "ci_high")]
    interval = " to ".join(ends).replace(" pp to", " to") if math.isfinite(half) else NO_INTERVAL
    return format_difference(row["difference"], row["unit"], half), interval


def has_intervals(comparison: Table) -> bool:
    """Whether there is more than one pair of replications, so that anything can be detected."""
    return bool((comparison["replications"] > 1).any())


def cards(comparison: Table, descriptions: Mapping[str, str]) -> list[dict[str, Any]]:
    """One card for each scenario: profit large, a few headlines in words."""
    made = []
    for name in codes(comparison["scenario"])[0]:
        rows = total_rows(comparison, name)
        difference, interval = difference_and_interval(rows["profit"])
        lines, words = [], verdict(rows["profit"])
        for metric in CARD_LINES:
            if metric in rows and is_in_play(rows[metric]):
                row = rows[metric]
                lines.append({"title": title(metric), "words": _card_words(row), "tone": tone(row)})
        made.append({
            "name": name, "description": descriptions.get(name, ""), "lines": lines,
            "profit": {"difference": difference, "tone": tone(rows["profit"]),
                       "interval": words if interval == NO_INTERVAL else f"{interval}: {words}"}})
    return made


def _card_words(row: Mapping[str, Any]) -> str:
    """A headline in a few words; where there is a difference its sign already says more or less."""
    difference, interval = difference_and_interval(row)
    if interval == NO_INTERVAL:
        return f"{difference}, {NO_INTERVAL}"
    return f"{difference}, {verdict(row).partition(', ')[2]}" if is_detected(row) else verdict(row)


def worse_rows(comparison: Table) -> list[dict[str, Any]]:
    """What got detectably worse over the whole run: headlines, and further metrics, of each scenario."""
    further = tuple(name for name in CATALOGUE if name not in HEADLINES and name not in HIDDEN)
    made = []
    for name in codes(comparison["scenario"])[0]:
        rows = total_rows(comparison, name)
        headlines, others = (
            [_worse_row(rows[metric]) for metric in metrics if metric in rows and is_worse(rows[metric])]
            for metrics in (HEADLINES, further))
        made.append({"name": name, "headlines": headlines, "further": others})
    return made


def _worse_row(row: Mapping[str, Any]) -> dict[str, str]:
    difference, interval = difference_and_interval(row)
    return {"title": title(row["metric"]), "unit": row["unit"], "difference": difference,
            "interval": interval, "baseline": format_value(row["baseline_value"], row["unit"])}


def headline_groups(comparison: Table, config: Config) -> dict[str, Any]:
    """Headline metrics of every scenario as rows of text."""
    groups = []
    for name in codes(comparison["scenario"])[0]:
        found = total_rows(comparison, name)
        rows = []
        for metric in HEADLINES:
            if metric in found and is_in_play(found[metric]):
                row = found[metric]
                difference, interval = difference_and_interval(row)
                levels = [format_value(row[f"{side}_value"], row["unit"])
                          for side in ("baseline", "scenario")]
                rows.append({"cells": [title(metric), *levels, difference, interval, verdict(row)],
                             "tone": tone(row)})
        groups.append({"name": name, "rows": rows})
    heads = ["", "baseline", "scenario", "difference", f"{100 * config.confidence:g}% interval", "in words"]
    return {"heads": heads, "groups": groups}


def level_groups(rows: Mapping[str, Mapping[str, Any]], config: Config) -> dict[str, Any]:
    """Metrics of a single run as rows of text; those that are 0 or undefined are left out."""
    made = []
    for metric, row in rows.items():
        if math.isfinite(row["value"]) and row["value"] != 0:
            ends = [format_value(row[end], row["unit"]) for end in ("ci_low", "ci_high")]
            interval = " to ".join(ends) if math.isfinite(row["ci_low"]) else "no interval"
            made.append({"cells": [title(metric), format_value(row["value"], row["unit"]), interval,
                                   row["unit"]], "tone": ""})
    heads = ["", "mean", f"{100 * config.confidence:g}% interval", "unit"]
    return {"heads": heads, "groups": [{"name": "", "rows": made}]}


def left_out(comparison: Table) -> str:
    """Headline metrics that say nothing in any scenario, as one text."""
    found: Sequence[Mapping[str, Any]] = [
        total_rows(comparison, name) for name in codes(comparison["scenario"])[0]]
    silent = [m for m in HEADLINES if not any(m in rows and is_in_play(rows[m]) for rows in found)]
    return ", ".join(title(metric) for metric in silent)


def pairing_words(gain: Table | None) -> str:
    """What common draws saved, in one sentence for each scenario; empty without figures."""
    if gain is None:
        return ""
    parts = [
        f"{row['scenario']}: paired replications of profit correlate {row['correlation']:.3f}, independent "
        f"runs would need {float(format(row['variance_ratio'], '.2g')):,g} times as many"
        for row in gain.select(metric="profit").rows()
        if math.isfinite(row["correlation"]) and math.isfinite(row["variance_ratio"])]
    return "; ".join(parts) + "." if parts else ""
