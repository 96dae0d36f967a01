"""What is said of the money: leakage, saved customers, returns, points, sources."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
from rich.console import Console

from cxsim.measure.returns import returns_table
from cxsim.measure.table import Table
from cxsim.report.figures_money import draw_liability
from cxsim.report.money_reading import (
    MoneyReading, breakage_words, leakage_words, points_words, return_words, saved_words, source_rows)
from cxsim.report.page import Report, render_page
from cxsim.report.terminal_money import print_money


def _kpis(values: dict[str, tuple[float, float]], noise: float = 0.0) -> Table:
    """Rows of baseline and scenario, three replications, whole run and two months of a third each."""
    rows = []
    for metric, pair in values.items():
        for side, value in zip(("baseline", "points"), pair, strict=True):
            for k in range(3):
                moved = value + noise * (k - 1) * (side == "points")
                rows += [(side, k, "all", period, metric, moved, "money") for period in ("total", "1", "2")]
    names = ("scenario", "replication", "segment", "period", "metric", "value", "unit")
    return Table({name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)})


POINTS = {
    "profit": (100.0, 130.0), "expired_value": (0.0, 50.0), "points_issued": (0.0, 900.0), "breakage": (0.0, 0.4),
    "reward_liability": (0.0, 80.0), "points_value": (0.0, 100.0), "redeemed_value": (0.0, 30.0),
    "discounted_spend": (50.0, 90.0), "customer_equity": (500.0, 520.0)}


def _twins(saved: float = 12.0, lost: float = 4.0, leakage: float = 0.7, leavers: float = math.nan) -> Table:
    values = {"subsidy": (1234.0, "money"), "leakage": (leakage, "share"), "spent_on_leavers": (leavers, "share"),
              "customers_in_both": (300.0, "customers"), "saved": (saved, "customers"),
              "lost": (lost, "customers"), "net_saved": (saved - lost, "customers")}
    rows = [("points", k, "all", metric, value * (1 + 0.01 * (k - 1)), unit)
            for metric, (value, unit) in values.items() for k in range(3)]
    names = ("scenario", "replication", "segment", "metric", "value", "unit")
    return Table({name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)})


def _sources() -> Table:
    n = 2
    return Table({
        "scenario": ["points"] * n, "replication": [0, 1], "source": ["search_ads"] * n,
        "customers_acquired": [10, 20], "spend": [100.0, 300.0], "cac": [10.0, 15.0], "clv": [30.0, 30.0],
        "clv_to_cac": [3.0, 2.0], "payback_days": [np.nan, 40.0]})


def _reading(values: dict[str, tuple[float, float]] = POINTS, kind: str = "transactional", **twins: float):
    kpis = _kpis(values)
    return MoneyReading(kpis, _sources(), kind, 0.95, "baseline", {"baseline": 0.8, "points": 0.8},
                        _twins(**twins), returns_table(kpis, "baseline"))


@pytest.mark.parametrize(("kind", "did"), [("transactional", "bought"), ("subscription", "stayed")])
def test_leakage_is_said_in_money_and_share_with_its_interval(kind: str, did: str) -> None:
    words = leakage_words(_reading(kind=kind), "points")
    assert words.startswith("Of the 1,234 spent on rewards and bonuses, 70.0% (68.3% to 71.7%) went to")
    assert words.endswith(f"would have {did} anyway.")
    words = leakage_words(_reading(kind=kind, leavers=0.2), "points")
    assert words.endswith(f"would have {did} anyway, 20.0% to customers who left all the same.")


def test_saved_and_lost_are_said_beside_the_net() -> None:
    words = saved_words(_reading(), "points")
    assert "net +8" in words and words.endswith("saved: 12.0 saved, 4.00 lost.")
    assert "nobody was saved and nobody lost" in saved_words(_reading(saved=0.0, lost=0.0), "points")


def test_return_is_said_for_each_unit_of_spend() -> None:
    assert return_words(_reading(), "points") == (
        "Return on the 40.0 of further spend: +0.50 (+0.50 to +0.50) of customer equity for each unit.")
    less = {**POINTS, "discounted_spend": (90.0, 50.0)}
    assert return_words(_reading(less), "points").startswith("It spends 40.0 less, for +20.0 of customer equity")
    same = {**POINTS, "discounted_spend": (50.0, 50.0)}
    assert return_words(_reading(same), "points").startswith("No return on spend")


def test_expired_points_stand_beside_what_was_expected_to_expire() -> None:
    words = points_words(_reading(), "points")
    assert "points worth 100 at the end, 80.0 of it owed" in words
    assert "40.0% of the points issued have expired" in words and "20.0% are expected never" in words
    assert points_words(_reading(), "baseline") == ""


@pytest.mark.parametrize(("profit", "expired", "is_flagged"), [
    (130.0, 50.0, True), (130.0, 20.0, False), (90.0, 50.0, False)])
def test_a_programme_that_lives_on_breakage_is_named(profit: float, expired: float, is_flagged: bool) -> None:
    reading = _reading({**POINTS, "profit": (100.0, profit), "expired_value": (0.0, expired)})
    words = breakage_words(reading, "points")
    assert bool(words) == is_flagged
    if is_flagged:
        assert words == ("It is profitable only because points expire: profit changes by +30.0, and would by "
                         "-20.0 had they been redeemed.")


def test_sources_are_means_over_replications_and_worth_to_cost_is_the_ratio_of_its_neighbours() -> None:
    assert source_rows(_reading(), "points") == [["search ads", "15.0", "200", "12.5", "30.0", "2.40", "40.0"]]
    assert source_rows(_reading(), "baseline") == []


def test_terminal_prints_sentences_and_sources_in_plain_signs() -> None:
    file = io.StringIO()
    kpis = _kpis(POINTS).select(scenario="points")
    print_money(MoneyReading(kpis, _sources(), "transactional", 0.95, "points", {"points": 0.8}), "USD",
                console=Console(file=file, width=100))
    text = file.getvalue()
    assert "Sources of new customers: points, in USD" in text and "search ads" in text and text.isascii()


def test_page_shows_the_money_and_the_curve_of_points(config, make_kpis) -> None:
    kpis = make_kpis(config, "baseline", 1.0)
    reading = MoneyReading(kpis, _sources(), "transactional", 0.95, "baseline", {"baseline": 0.8})
    page = render_page(Report(config, kpis, {"engine": "compiled"}, money=reading))
    assert "<h2>What the money did</h2>" in page and "<h2>Where new customers come from</h2>" in page
    picture = draw_liability(_kpis(POINTS), ["points"], 0.95)
    assert picture.startswith("<svg") and picture == draw_liability(_kpis(POINTS), ["points"], 0.95)
