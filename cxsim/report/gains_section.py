"""Who gains from a scenario, and what of each kind of reward went to what would have happened anyway."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cxsim.measure.comparison import mean_interval
from cxsim.measure.table import Table, codes
from cxsim.measure.who_gains import NO_JOURNEY, NOT_REACHED
from cxsim.report.numbers import format_difference, format_value
from cxsim.report.section import Grid, Section

if TYPE_CHECKING:
    from cxsim.whatif.compare import Comparison

KIND_TITLES = {
    "reward_redeemed": "rewards redeemed", "exclusive_offer": "exclusive offers",
    "member_benefit": "member benefits", "save_offer": "save offers", "win_back": "offers for coming back",
    "referral_bonus": "bonuses for recommending, both sides", "welcome_gift": "welcome gifts",
}
NOTES = (
    "Customers of both lives, in groups of the baseline's life: thirds by satisfaction at its end, thirds by how "
    "long they have been customers. Net kept: more of them active at the end; margin: undiscounted, a customer.",
    "A difference holds what was done to a customer and what the others then did to him: longer queues, talk. Of "
    "those whom the scenario does not reach, whatever they do, it holds the second alone.",
)
LEAKS_NOTE = ("Leakage of a kind: the share that went to what its customers did in the baseline too (orders "
              "placed anyway; in a subscription, whoever is active at the end of both lives).")


def gains_section(comparison: Comparison) -> Section | None:
    """The section of a comparison; None where nobody lived both lives."""
    gains, leaks, level = comparison.tables.gains, comparison.tables.leaks, comparison.config.confidence
    if not len(gains) or comparison.config.market.kind == "contact_centre":
        return None
    grids = [made for name in comparison.names if (made := _gains_grid(gains, name, level)) is not None]
    words = [sentence for name in comparison.names for sentence in gain_words(gains, name, level)]
    notes = list(NOTES)
    words += [sentence for name in comparison.names for sentence in leak_words(leaks, name)]
    if len(leaks):
        grids.append(_leaks_grid(leaks, comparison.names, level))
        notes.append(LEAKS_NOTE)
    return Section("Which customers gain", words, grids, notes=notes, is_brief=True) if grids else None


def gain_words(gains: Table, name: str, level: float) -> list[str]:
    """Which groups gain most and least a customer, where they are told apart, and what those not reached have.

    Examples
    --------
    >>> rows = [("tenure", "newest third", 10.0), ("tenure", "oldest third", 1.0)]
    >>> table = Table({"scenario": ["a"] * 4, "replication": [0, 0, 1, 1],
    ...                "grouping": [row[0] for row in rows] * 2, "group": [row[1] for row in rows] * 2,
    ...                "customers": [10.0] * 4, "margin": [10.0, 1.0, 11.0, 1.5]})
    >>> gain_words(table, "a", 0.95)
    ['a: by tenure, the newest third gains most (+1.05 margin a customer), the oldest third least (+0.12).']
    """
    rows, words = gains.select(scenario=name), []
    for grouping in codes(rows["grouping"])[0]:
        each = _each(rows.select(grouping=grouping), "margin")
        if grouping == "treatment":
            words += _untreated(name, each.get(NOT_REACHED), level)
            continue
        means = {group: float(values.mean()) for group, values in each.items() if group != NO_JOURNEY}
        if len(means) < 2:
            continue
        best, least = max(means, key=lambda group: means[group]), min(means, key=lambda group: means[group])
        _, low, high, _ = mean_interval(each[best] - each[least], level)
        if low > 0:
            texts = [format_difference(means[group], "money", float(high - low) / 2) for group in (best, least)]
            first = "gains most" if means[best] > 0 else "loses least"
            last = "least" if means[best] > 0 and means[least] > 0 else "loses most"
            words.append(f"{name}: by {grouping}, the {best} {first} ({texts[0]} margin a customer), "
                         f"the {least} {last} ({texts[1]}).")
    return words


def leak_words(leaks: Table, name: str) -> list[str]:
    """What of each kind of reward and bonus leaked, where a scenario gives more than one.

    Examples
    --------
    >>> table = Table({"scenario": ["a", "a"], "kind": ["reward_redeemed", "welcome_gift"],
    ...                "subsidy": [100.0, 50.0], "leakage": [0.8, 0.25]})
    >>> leak_words(table, "a")
    ['a: leaked of rewards redeemed (100) 80.0%, of welcome gifts (50.0) 25.0%.']
    """
    rows, parts = leaks.select(scenario=name), []
    for kind in codes(rows["kind"])[0]:
        own = rows.select(kind=kind)
        money, share = float(own["subsidy"].mean()), float(own["leakage"].mean())
        parts.append(f"of {KIND_TITLES[kind]} ({format_value(money, 'money')}) {format_value(share, 'share')}")
    return [f"{name}: leaked {', '.join(parts)}."] if len(parts) > 1 else []


def _untreated(name: str, each: np.ndarray | None, level: float) -> list[str]:
    """What customers have whom the scenario did not reach."""
    if each is None:
        return []
    mean, low, high, _ = mean_interval(each, level)
    half = float(high - low) / 2
    ends = f" ({_ends(low, high, half)})" if math.isfinite(half) else ""
    return [f"{name}: whom it did not reach has {format_difference(float(mean), 'money', half)}{ends} margin a "
            "customer through what the others did."]


def _each(rows: Table, figure: str) -> dict[str, np.ndarray]:
    """A figure a customer by group, in every replication that has the group everywhere."""
    found = {}
    for group in codes(rows["group"])[0]:
        own = rows.select(group=group).sort("replication")
        found[group] = np.divide(own[figure], own["customers"], out=np.full(len(own), np.nan),
                                 where=own["customers"] > 0)
    longest = max((len(values) for values in found.values()), default=0)
    return {group: values for group, values in found.items() if len(values) == longest}


def _ends(low: float, high: float, half: float) -> str:
    return " to ".join(format_difference(float(end), "money", half) for end in (low, high))


def _cells(values: np.ndarray, level: float, digits: int) -> list[str]:
    """A mean difference and its interval as text."""
    mean, low, high, _ = (float(one) for one in mean_interval(values, level))
    interval = f"{_signed(low, digits)} to {_signed(high, digits)}" if high > low else "–"
    return [_signed(mean, digits), interval]


def _signed(value: float, digits: int) -> str:
    return f"{value:+,.{digits}f}" if round(value, digits) else "0"


def _gains_grid(gains: Table, name: str, level: float) -> Grid | None:
    """Groups of customers with what the scenario does to them; None where there is but one group."""
    rows, lines = gains.select(scenario=name), []
    for grouping in codes(rows["grouping"])[0]:
        here = rows.select(grouping=grouping)
        each = _each(here, "margin")
        if len(each) < 2 or not (here["margin"].any() or here["net_saved"].any()):
            continue
        for group, margin in each.items():
            own = here.select(group=group)
            title = f"{grouping}: {group}" if grouping in ("segment", "treatment") else _title(grouping, group)
            lines.append([title, format_value(float(own["customers"].mean()), "customers"),
                          *_cells(own["net_saved"], level, 1), *_cells(margin, level, 2)])
    interval = f"{100 * level:g}% interval"
    heads = ["group", "customers", "net kept", interval, "margin each", interval]
    return Grid(heads, lines, f"Who gains from {name}") if lines else None


def _title(grouping: str, group: str) -> str:
    return f"{group} by {grouping}" if group.startswith("middle") else group


def _leaks_grid(leaks: Table, names: Sequence[str], level: float) -> Grid:
    """Every kind of reward and bonus, what it cost and what of it leaked."""
    lines = []
    for name in names:
        rows = leaks.select(scenario=name)
        for kind in codes(rows["kind"])[0]:
            own = rows.select(kind=kind)
            mean, low, high, _ = mean_interval(own["leakage"], level)
            ends = (f"{format_value(float(low), 'share')} to {format_value(float(high), 'share')}"
                    if math.isfinite(low) else "–")
            lines.append([name, KIND_TITLES[kind], format_value(float(own["subsidy"].mean()), "money"),
                          format_value(float(mean), "share"), ends])
    heads = ["scenario", "reward or bonus", "money", "leaked", f"{100 * level:g}% interval"]
    return Grid(heads, lines, "Leakage by kind of reward and bonus")
