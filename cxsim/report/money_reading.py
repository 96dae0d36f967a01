"""What the money tells, in sentences and rows: leakage, saved customers, return on spend, points, sources."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxsim.measure.comparison import mean_interval
from cxsim.measure.levels import levels
from cxsim.measure.returns import INVESTED, NO_SPEND, SAVES
from cxsim.measure.table import Table, codes
from cxsim.report.numbers import format_difference, format_value

ANYWAY = {"subscription": "stayed", "transactional": "bought"}
PAIRING = ("Saved and lost: active at the end in one life only, among customers of both; under the comonotone "
           "pairing, the smallest split that fits.")
RETURN = ("Return on spend: further customer equity for each unit of further spend (acquisition, retention, "
          "rewards, service, discounted); 0 = the spend just comes back. Fieller's interval.")
SOURCE_HEADS = ("customers", "spend", "to acquire one", "worth", "worth : cost", "pays back in days")


@dataclass(frozen=True)
class MoneyReading:
    """What the sentences are made of.

    Parameters
    ----------
    kpis : Table
        Of all sides.
    sources : Table
        From :func:`cxsim.measure.sources.sources_table`, all sides.
    kind : str
        Kind of market.
    confidence : float
        Of every interval.
    baseline : str
        The baseline's name (of a single run: the run's).
    redemption_shares : mapping of str to float
        The share of points each side expects to be redeemed.
    twins, returns : Table, optional
        Of a comparison.
    """

    kpis: Table
    sources: Table
    kind: str
    confidence: float
    baseline: str
    redemption_shares: Mapping[str, float]
    twins: Table | None = None
    returns: Table | None = None

    @property
    def scenarios(self) -> list[str]:
        """Names of the scenarios compared; of a single run, its own name."""
        names = codes(self.kpis["scenario"])[0]
        return [name for name in names if name != self.baseline] or names


def money_words(reading: MoneyReading, scenario: str) -> list[str]:
    """All there is to say of one scenario's money, a sentence each; empty where there is nothing."""
    found = [leakage_words(reading, scenario), saved_words(reading, scenario), return_words(reading, scenario),
             points_words(reading, scenario), breakage_words(reading, scenario)]
    return [sentence for sentence in found if sentence]


def _of_both(reading: MoneyReading, scenario: str) -> dict[str, dict[str, Any]]:
    """Means and intervals over replications of what became of the customers of both lives."""
    if reading.twins is None or not len(reading.twins):
        return {}
    here = reading.twins.select(scenario=scenario, segment="all")
    whole_run = np.full(len(here), "total", dtype=object)
    rows = levels(Table({**here.columns, "period": whole_run}), reading.confidence)
    return {row["metric"]: row for row in rows.rows()}


def _interval(row: Mapping[str, Any], is_difference: bool = False) -> str:
    """The interval of a row in brackets; empty where there is none."""
    if not math.isfinite(row["ci_low"]):
        return ""
    half = (row["ci_high"] - row["ci_low"]) / 2
    low, high = (
        format_difference(row[end], row["unit"], half) if is_difference else format_value(row[end], row["unit"])
        for end in ("ci_low", "ci_high"))
    return f" ({low} to {high})"


def leakage_words(reading: MoneyReading, scenario: str) -> str:
    """Which share of subsidies went to what would have happened anyway.

    Examples
    --------
    >>> nan = float("nan")
    >>> rows = Table({"scenario": ["a"] * 6, "replication": [0, 1] * 3, "segment": ["all"] * 6,
    ...               "metric": ["subsidy"] * 2 + ["leakage"] * 2 + ["spent_on_leavers"] * 2,
    ...               "value": [100.0, 300.0, 0.5, 0.5, nan, nan], "unit": ["money"] * 2 + ["share"] * 4})
    >>> reading = MoneyReading(rows, rows, "transactional", .95, "baseline", {}, twins=rows)
    >>> leakage_words(reading, "a").partition(", ")[2]
    '50.0% (50.0% to 50.0%) went to customers who would have bought anyway.'
    """
    rows = _of_both(reading, scenario)
    if not rows or not rows["subsidy"]["value"] > 0:
        return ""
    share, leavers = rows["leakage"], rows["spent_on_leavers"]["value"]
    is_known = math.isfinite(leavers)
    left = f", {format_value(leavers, 'share')} to customers who left all the same" if is_known else ""
    return (f"Of the {format_value(rows['subsidy']['value'], 'money')} spent on rewards and bonuses, "
            f"{format_value(share['value'], 'share')}{_interval(share)} went to customers who would have "
            f"{ANYWAY[reading.kind]} anyway{left}.")


def saved_words(reading: MoneyReading, scenario: str) -> str:
    """How many of the customers of both lives the scenario saved and lost."""
    rows = _of_both(reading, scenario)
    if not rows or not rows["customers_in_both"]["value"] > 0:
        return ""
    n = format_value(rows["customers_in_both"]["value"], "customers")
    saved, lost = (rows[name]["value"] for name in ("saved", "lost"))
    if saved == lost == 0:
        return f"Of the {n} customers of both lives nobody was saved and nobody lost."
    net = rows["net_saved"]
    half = (net["ci_high"] - net["ci_low"]) / 2
    return (f"Of the {n} customers of both lives, net {format_difference(net['value'], 'customers', half)}"
            f"{_interval(net, True)} saved: {format_value(saved, 'customers')} saved, "
            f"{format_value(lost, 'customers')} lost.")


def return_words(reading: MoneyReading, scenario: str) -> str:
    """What the scenario returned on what it spent further."""
    if reading.returns is None:
        return ""
    row = next(reading.returns.select(scenario=scenario).rows(), None)
    if row is None:
        return ""
    spend = format_value(abs(row["spend"]), "money")
    if row["status"] == INVESTED:
        rate, low, high = (_rate(row[name]) for name in ("return_on_spend", "ci_low", "ci_high"))
        return (f"Return on the {spend} of further spend: {rate} ({low} to {high}) of customer equity for each "
                "unit.")
    if row["status"] == SAVES:
        return (f"It spends {spend} less, for {format_difference(row['equity'], 'money')} of customer equity; so "
                "there is no return on spend.")
    return "No return on spend: it spends detectably neither more nor less." if row["status"] == NO_SPEND else ""


def _rate(value: float) -> str:
    """A return with its sign: two decimals, none where it is large."""
    return f"{value:+,.0f}" if abs(value) >= 100 else f"{value:+.2f}"


def _total(reading: MoneyReading, scenario: str, metric: str) -> np.ndarray:
    """Values of a metric of the whole run by replication, finite ones."""
    values = reading.kpis.select(scenario=scenario, segment="all", period="total", metric=metric)["value"]
    return values[np.isfinite(values)]


def has_points(reading: MoneyReading, scenario: str) -> bool:
    """Whether the side ever issued a point."""
    return bool((_total(reading, scenario, "points_issued") > 0).any())


def points_words(reading: MoneyReading, scenario: str) -> str:
    """What was owed in points at the end, and how much of what was issued expired, beside the estimate."""
    if not has_points(reading, scenario):
        return ""
    owed, held = (float(_total(reading, scenario, name).mean()) for name in ("reward_liability", "points_value"))
    breakage = _total(reading, scenario, "breakage")
    expired = float(breakage.mean()) if len(breakage) else math.nan
    expected = 1.0 - reading.redemption_shares.get(scenario, math.nan)
    held_words, owed_words = format_value(held, "money"), format_value(owed, "money")
    return (f"Customers hold points worth {held_words} at the end, {owed_words} of it owed by estimate; "
            f"{format_value(expired, 'share')} of the points issued have expired so far, "
            f"{format_value(expected, 'share')} are expected never to be redeemed.")


def breakage_words(reading: MoneyReading, scenario: str) -> str:
    """A warning where a programme adds to profit only because points expire; empty otherwise.

    Profit rises against the baseline, but would have fallen if the points that expired beyond the
    baseline's had been redeemed at their cost.
    """
    if reading.returns is None or not has_points(reading, scenario):
        return ""
    gain, expired = (
        _total(reading, scenario, metric).mean() - _total(reading, reading.baseline, metric).mean()
        for metric in ("profit", "expired_value"))
    if not gain > 0 > gain - expired:
        return ""
    return (f"It is profitable only because points expire: profit changes by {format_difference(gain, 'money')}, "
            f"and would by {format_difference(gain - expired, 'money')} had they been redeemed.")


def source_rows(reading: MoneyReading, scenario: str) -> list[list[str]]:
    """Sources of new customers as text, empty ones left out; the cells are those of :data:`SOURCE_HEADS`."""
    rows = []
    table = reading.sources.select(scenario=scenario)
    for source in codes(table["source"])[0]:
        own = table.select(source=source)
        if not own["customers_acquired"].any() and not own["spend"].any():
            continue
        means = {name: _mean(own[name], reading.confidence) for name in (
            "customers_acquired", "spend", "cac", "clv", "payback_days")}
        cells = [format_value(means["customers_acquired"], "customers"),
                 *(format_value(means[name], "money") for name in ("spend", "cac", "clv"))]
        worth_to_cost = means["clv"] / means["cac"] if means["cac"] > 0 else math.nan
        cells += [format_value(worth_to_cost, ""), format_value(means["payback_days"], "days")]
        rows.append([str(source).replace("_", " "), *cells])
    return rows


def _mean(values: np.ndarray, confidence: float) -> float:
    kept = values[np.isfinite(values)].astype(float)
    return float(mean_interval(kept, confidence)[0]) if len(kept) else math.nan

