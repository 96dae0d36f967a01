"""Sentences of a decision, each from one table: how much, how surely, from which effect on, when, and who pays."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from cxsim.measure.cash import Course
from cxsim.measure.metrics import CATALOGUE
from cxsim.report.numbers import format_difference, format_value, format_width
from cxsim.report.verdicts import title

VOLUME_WORDS = {"purchases": "orders", "active_customer_days": "active customers"}
OUTCOME_WORDS = {"orders": "orders per customer", "stays": "share of customers still active",
                 "margin": "margin per customer"}


def interval_words(low: float, high: float, unit: str, half: float | None = None) -> str:
    """An interval of a difference in brackets; empty where there is none. Digits follow `half`, or its own width.

    Examples
    --------
    >>> interval_words(-0.0123, 0.0256, "share"), interval_words(float("nan"), 1.0, "money")
    ('(-1.2 to +2.6 pp)', '')
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    ends = [format_difference(end, unit, half or (high - low) / 2) for end in (low, high)]
    return f"({ends[0].removesuffix(' pp')} to {ends[1]})"


def difference_words(row: Mapping[str, Any], together: bool = False) -> str:
    """A row's difference with its interval: its own, or that which holds for all scenarios together."""
    end = "_together" if together else ""
    low, high = row[f"ci_low{end}"], row[f"ci_high{end}"]
    unit = CATALOGUE[row["metric"]].unit
    text = format_difference(row["difference"], unit, (high - low) / 2)
    return f"{text} {interval_words(low, high, unit)}".rstrip()


def probability_words(p: float) -> str:
    """A probability without false certainty.

    Examples
    --------
    >>> [probability_words(p) for p in (0.99995, 0.873, 0.0002)]
    ['over 99.9%', '87%', 'under 0.1%']
    """
    if not math.isfinite(p):
        return "–"
    if p > 0.999 or p < 0.001:
        return "over 99.9%" if p > 0.5 else "under 0.1%"
    return f"{100 * p:.1f}%" if p > 0.99 or p < 0.01 else f"{100 * p:.0f}%"


def change_words(share: float, half: float, what: str) -> str:
    """A relative change: 3.4% more orders.

    Examples
    --------
    >>> change_words(0.0341, 0.002, "orders"), change_words(-0.01, 0.0005, "orders")
    ('3.41% more orders', '1.00% fewer orders')
    """
    digits = format_width(half, "share").removesuffix(" pp") if math.isfinite(half) and half > 0 else "0.00"
    decimals = min(2, len(digits.partition(".")[2]))
    return f"{100 * abs(share):.{decimals}f}% {'more' if share >= 0 else 'fewer'} {what}"


def break_even_words(row: Mapping[str, Any], days: int) -> str:
    """From which volume on a scenario pays, and which was found.

    Parameters
    ----------
    row : mapping
        Of :func:`cxsim.measure.break_even.break_even_table`.
    days : int
        The horizon.
    """
    what = VOLUME_WORDS[row["volume"]]
    if not math.isfinite(row["needed"]):
        return f"It pays at no volume: each further order would lose money (within {days:,} days)."
    half = (row["needed_high"] - row["needed_low"]) / 2
    found_half = (row["found_high"] - row["found_low"]) / 2
    needed, found = change_words(row["needed"], half, what), change_words(row["found"], found_half, what)
    counted = ""
    if row["volume"] == "active_customer_days":
        level = row["baseline_volume"] / days
        counted = (f" (in the mean {level * row['needed']:+,.1f} customers needed, {level * row['found']:+,.1f} "
                   "found)")
    if row["needed"] >= 0:
        return (f"It pays within {days:,} days from {needed} on; found: {found}{counted}. "
                + _against(row, "It has reached that.", "It falls short of that."))
    return (f"It pays within {days:,} days as long as there are no more than {needed}; found: {found}{counted}. "
            + _against(row, "It stays within that.", "It does not stay within that."))


def _against(row: Mapping[str, Any], reached: str, missed: str) -> str:
    """Whether the volume found is the one needed, as far as their intervals part them."""
    if row["found_low"] <= row["needed_high"] and row["needed_low"] <= row["found_high"]:
        return "The two are not told apart."
    return reached if row["found"] >= row["needed"] else missed


def cash_words(course: Course, n_months: int) -> str:
    """Trough and turning point of profit added up month by month."""
    if not math.isfinite(course.end):
        return ""
    end = (f"{format_difference(course.end, 'money', (course.end_high - course.end_low) / 2)} "
           f"{interval_words(course.end_low, course.end_high, 'money')}").rstrip()
    if course.trough_month == 0:
        start = "Added up, profit is above the baseline's from the first month on"
    else:
        depth = (f"{format_difference(course.trough, 'money', (course.high - course.low) / 2)} "
                 f"{interval_words(course.low, course.high, 'money')}").rstrip()
        start = f"Added up, profit is lowest at the end of month {course.trough_month}: {depth}"
        if course.turns:
            start += f"; it has paid back from month {course.turns} on"
            start += (f", surely from month {course.surely} on" if course.surely
                      else ", though within its interval perhaps not at all")
        else:
            start += f"; it does not pay back within the {n_months} months"
    return f"{start}. At the end it stands at {end}."


def pilot_words(row: Mapping[str, Any], is_feasible: bool) -> str:
    """The test to run, or why none would show anything."""
    what, unit = OUTCOME_WORDS[row["outcome"]], "share" if row["outcome"] == "stays" else "orders"
    effect = format_difference(row["effect"], unit)
    if row["effect"] == 0:
        return "A test has nothing to find: customers active on day 0 do not do anything else."
    base = format_value(row["baseline_mean"], unit)
    all_there = format_value(row["customers"], "customers")
    per_group = math.ceil(row["per_group"])
    sure = f"{100 * row['power']:g}% probability, {100 * (1 - row['confidence']):g}% false alarms"
    if is_feasible:
        return (f"Two groups of {per_group:,} customers each, drawn by lot from the {all_there} active ones, for "
                f"{row['weeks']:.0f} weeks: that shows the projected effect on {what} ({base} {effect}) with "
                f"{sure}. If it is half as large, {4 * per_group:,} each.")
    return (f"No test among the {all_there} active customers would show the projected effect on {what} ({base} "
            f"{effect}): after {row['weeks']:.0f} weeks it takes {per_group:,} in each group ({sure}); the "
            f"smallest effect that all of them would show is "
            f"{format_difference(math.copysign(row['detectable'], row['effect']), unit)}.")


def aim(metric: str) -> str:
    """A metric and its unit as a heading."""
    unit = CATALOGUE[metric].unit
    return title(metric) if unit == "money" else f"{title(metric)} ({unit})"
