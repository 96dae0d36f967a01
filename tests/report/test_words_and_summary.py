"""Numbers and verdicts in words, assumptions, and the summary file."""

from __future__ import annotations

import csv
import math

import numpy as np
import pytest

from cxsim.config.loading import load
from cxsim.measure.comparison import compare_kpis
from cxsim.measure.table import Table
from cxsim.report.behind import behind_it
from cxsim.settings.assumptions import find_assumptions, placeholder_share
from cxsim.report.numbers import format_difference, format_value
from cxsim.report.summary import write_summary
from cxsim.report.verdicts import verdict
from cxsim.settings.values import Effect


def _row(metric, difference, low, high, p_all=0.001, unit="money"):
    return {"metric": metric, "unit": unit, "difference": difference, "ci_low": low, "ci_high": high,
            "p_all": p_all, "confidence": 0.95}


@pytest.mark.parametrize(("row", "words"), [
    (_row("profit", 5, 2, 8), "more, better"),
    (_row("profit", -5, -8, -2), "less, worse"),
    (_row("service_cost", 5, 2, 8), "more, worse"),
    (_row("service_cost", -5, -8, -2, p_all=0.06), "less, likely better"),
    (_row("contacts", 5, 2, 8), "more"),
    (_row("profit", 5, 0, 10), "no detectable difference (±5.0)"),
    (_row("profit", 0, 0, 0), "no detectable difference (±0)"),
    (_row("retention_rate", 0.001, -0.002, 0.004, unit="share"), "no detectable difference (±0.30 pp)"),
    (_row("profit", 5, math.nan, math.nan), "one pair: no interval"),
    (_row("profit", math.nan, math.nan, math.nan), "not defined on both sides"),
])
def test_verdict_follows_the_interval(row, words):
    assert verdict(row) == words


@pytest.mark.parametrize(("value", "unit", "words"), [
    (0.0, "money", "0"), (1234567.8, "money", "1,234,568"), (0.5, "share", "50.0%"),
    (0.00012, "share", "0.0120%"),
    (math.inf, "ratio", "–"), (-3.14159, "points", "-3.14"), (99.96, "money", "100.0"),
])
def test_values_have_about_three_digits(value, unit, words):
    assert format_value(value, unit) == words


def test_differences_show_no_digits_below_the_noise():
    assert format_difference(12.3456, "money", half=0.5) == "+12.35"
    assert format_difference(12.3456, "money", half=44.0) == "+12"
    assert format_difference(-0.0001, "money", half=44.0) == "0"


def test_assumptions_find_every_effect_and_what_scenarios_set_otherwise():
    base = load()
    other = load(["satisfaction.total_effect=0.4"])
    found = find_assumptions(base, {"stronger": other})
    totals = {one.where: one for one in found if one.key == "satisfaction.total_effect"}
    assert set(totals) == {"baseline", "stronger"}
    assert totals["stronger"].value == 0.4 and totals["stronger"].evidence == "placeholder"
    keys = {one.key for one in found}
    assert {"perception.weights.wait", "loyalty.goal_gradient", "referral.bonus_lift"} <= keys


def test_an_effect_is_in_play_only_where_its_mechanism_is_on():
    found = find_assumptions(load(), {"points": load(["loyalty.earn_rate=0.03"])})
    where = {one.key: one.where for one in found}
    assert where["loyalty.goal_gradient"] == "points" and where["satisfaction.total_effect"] == "all"
    assert {one.key: one.where for one in find_assumptions(load())}["loyalty.goal_gradient"] == ""


def test_placeholders_are_counted_among_effects_in_play_only():
    found = find_assumptions(load(["perception=none", "satisfaction=none", "choice=fixed_shares"]))
    n_placeholders, n_in_play = placeholder_share(found)
    assert n_placeholders <= n_in_play < len(found)


def test_summary_keeps_numbers_and_disarms_formulas(tmp_path):
    def rows(name, values):
        return Table({
            "scenario": [name] * 2, "replication": [0, 1], "segment": ["@home"] * 2, "period": ["total"] * 2,
            "metric": ["profit"] * 2, "value": values, "unit": ["money"] * 2})

    table = compare_kpis(rows("baseline", [3.0, 5.0]), rows('=HYPERLINK("x")', [1.0, 2.5]))
    write_summary(tmp_path / "summary.csv", table)
    (row,) = csv.DictReader((tmp_path / "summary.csv").open(encoding="utf-8", newline=""))
    assert row["scenario"] == "'=HYPERLINK(\"x\")" and row["segment"] == "'@home"
    assert float(row["difference"]) == -2.25 and "period" not in row


def test_summary_of_kpis_averages_replications_and_leaves_undefined_empty(tmp_path):
    table = Table({"scenario": ["a"] * 3, "replication": np.arange(3), "segment": ["all"] * 3,
                   "period": ["total", "total", "1"], "metric": ["nps"] * 3, "value": [1.0, 3.0, 9.0],
                   "unit": ["points"] * 3})
    write_summary(tmp_path / "summary.csv", table.take(np.array([0, 1, 2])))
    (row,) = csv.DictReader((tmp_path / "summary.csv").open(encoding="utf-8", newline=""))
    assert float(row["value"]) == 2.0 and row["replications"] == "2"
    write_summary(tmp_path / "one.csv", table.select(replication=0))
    (row,) = csv.DictReader((tmp_path / "one.csv").open(encoding="utf-8", newline=""))
    assert row["ci_low"] == ""


def test_a_touchpoint_that_reaches_nobody_assumes_nothing():
    base = load()
    (name, spec), *_ = [(name, one) for name, one in base.touchpoints.items() if one.prompts_per_year > 0]
    reached = base.model_copy(update={"touchpoints": {name: spec.model_copy(update={"reach": 1.0})}})
    assert not any(one.key.startswith("touchpoints.") for one in find_assumptions(base))
    found = find_assumptions(base, {"reached": reached})
    assert {one.key.split(".")[1] for one in found if one.key.startswith("touchpoints.")} == {name}
    set_by_hand = base.coaching.model_copy(update={"recall": Effect.model_validate(0.5)})
    worlds = {"unprompted": base.model_copy(update={"coaching": set_by_hand}),
              "prompted": reached.model_copy(update={"coaching": set_by_hand})}
    where = {one.where for one in find_assumptions(base, worlds) if one.key == "coaching.recall"}
    assert where == {"", "prompted"}


def test_behind_a_difference_stands_only_what_holds_for_all_figures_together() -> None:
    turnover = {**_row("employee_turnover", 0.0625, 0.015, 0.11, p_all=0.06, unit="share"),
                "baseline_value": 0.22, "scenario_value": 0.28}
    pressure = {**_row("work_pressure", -0.18, -0.182, -0.178), "baseline_value": 1.04, "scenario_value": 0.86}
    assert behind_it({row["metric"]: row for row in (turnover, pressure)}) == "work pressure 1.04 to 0.860"
