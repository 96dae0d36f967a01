"""Paired statistics against textbook values and their edge cases."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from measured_worlds import make_rows

from cxsim.measure.comparison import compare_kpis, pairing_gain
from cxsim.measure.metrics import HEADLINES
from cxsim.measure.table import Table

NAN = float("nan")


def _row(baseline: dict, scenario: dict, confidence: float = 0.95) -> dict:
    table = compare_kpis(make_rows("baseline", baseline), make_rows("more", scenario), confidence)
    return next(table.rows())


def test_comparison_has_the_columns_of_the_contract():
    table = compare_kpis(make_rows("baseline", {"profit": [1, 2]}), make_rows("more", {"profit": [2, 4]}))
    assert table.names == (
        "scenario", "baseline", "segment", "period", "metric", "baseline_value", "scenario_value",
        "difference", "ci_low", "ci_high", "confidence", "replications", "p_better", "unit", "ci_low_all",
        "ci_high_all", "p_all")


def test_interval_is_student_t_of_the_paired_differences():
    # Differences 1, 2, 3: mean 2, standard error 1/sqrt(3), t(.975, 2) = 4.30265.
    row = _row({"profit": [10, 20, 30]}, {"profit": [11, 22, 33]})
    assert row["difference"] == pytest.approx(2)
    assert row["ci_high"] - 2 == pytest.approx(4.30265 / math.sqrt(3), rel=1e-5)
    assert 2 - row["ci_low"] == pytest.approx(4.30265 / math.sqrt(3), rel=1e-5)
    assert row["replications"] == 3 and row["confidence"] == 0.95
    # P(t_2 <= x) = 1/2 + x / (2 sqrt(2 + x^2)) at x = 2 sqrt(3).
    assert row["p_better"] == pytest.approx(0.5 + math.sqrt(12) / (2 * math.sqrt(14)), rel=1e-9)


def test_less_is_better_turns_the_probability_round():
    row = _row({"service_cost": [10, 20, 30]}, {"service_cost": [11, 22, 33]})
    assert row["p_better"] == pytest.approx(0.5 - math.sqrt(12) / (2 * math.sqrt(14)), rel=1e-9)


def test_no_op_is_exactly_zero_with_even_chances():
    row = _row({"profit": [0.1, 0.2, 0.7]}, {"profit": [0.1, 0.2, 0.7]})
    assert (row["difference"], row["ci_low"], row["ci_high"], row["p_better"]) == (0.0, 0.0, 0.0, 0.5)


def test_metric_without_direction_has_no_better():
    assert math.isnan(_row({"contacts": [1, 2]}, {"contacts": [1, 2]})["p_better"])


def test_one_replication_has_no_interval():
    row = _row({"profit": [1.0]}, {"profit": [3.0]})
    assert row["difference"] == 2.0 and row["replications"] == 1
    assert math.isnan(row["ci_low"]) and math.isnan(row["ci_high_all"]) and math.isnan(row["p_better"])


def test_no_variance_gives_the_difference_itself():
    row = _row({"profit": [1.0, 2.0]}, {"profit": [1.5, 2.5]})
    assert (row["ci_low"], row["difference"], row["ci_high"], row["p_better"]) == (0.5, 0.5, 0.5, 1.0)


def test_only_replications_finite_on_both_sides_count():
    row = _row({"cac": [5.0, NAN, 7.0, 100.0]}, {"cac": [6.0, 50.0, 9.0, NAN]})
    assert row["replications"] == 2
    assert row["baseline_value"] == 6.0 and row["scenario_value"] == 7.5 and row["difference"] == 1.5
    nothing = _row({"cac": [NAN, NAN]}, {"cac": [NAN, 1.0]})
    assert nothing["replications"] == 0
    assert math.isnan(nothing["difference"]) and math.isnan(nothing["p_better"])


def test_simultaneous_interval_is_bonferroni_over_headlines_and_scenarios():
    baseline = make_rows("baseline", {"profit": [10, 20, 30]})
    both = Table.concat([make_rows(name, {"profit": [11, 22, 33]}) for name in ("one", "two")])
    row = next(compare_kpis(baseline, both, 0.95).rows())
    alone = next(compare_kpis(baseline, both, 1 - 0.05 / (2 * len(HEADLINES))).rows())
    assert row["ci_high_all"] == pytest.approx(alone["ci_high"], rel=1e-12)
    assert row["ci_high_all"] > row["ci_high"]


def test_p_values_are_corrected_over_headlines_and_scenarios_step_by_step():
    """Three tests in the family: each p against paired t-tests, by hand times 3, 2, 1."""
    rng = np.random.default_rng(2)
    base = {"profit": rng.normal(size=8), "nps": rng.normal(size=8)}
    more = {name: values + rng.normal(0.8, 1.0, 8) for name, values in base.items()}
    also = {"profit": base["profit"] + rng.normal(2.0, 1.0, 8), "nps": base["nps"]}
    table = compare_kpis(make_rows("baseline", base), Table.concat([
        make_rows("more", more), make_rows("also", also)]))
    pairs = [(name, metric, stats.ttest_rel(side[metric], base[metric]).pvalue)
             for name, side, metric in (("more", more, "profit"), ("more", more, "nps"), ("also", also, "profit"))]
    lowest = 0.0
    for place, (name, metric, p) in enumerate(sorted(pairs, key=lambda one: one[2])):
        lowest = max(lowest, min(1.0, p * (3 - place)))
        found = next(table.select(scenario=name, metric=metric).rows())
        assert found["p_all"] == pytest.approx(lowest, rel=1e-9)
    assert next(table.select(scenario="also", metric="nps").rows())["p_all"] == 1.0


def test_a_metric_beside_the_headlines_is_corrected_for_all_of_them():
    base, more = np.arange(6.0), np.arange(6.0) + [0.1, 0.2, 0.3, 0.2, 0.1, 0.2]
    row = _row({"fit": base}, {"fit": more})
    assert row["p_all"] == pytest.approx(min(1.0, stats.ttest_rel(more, base).pvalue * len(HEADLINES)))


def test_order_of_rows_and_scenarios_does_not_matter():
    rng = np.random.default_rng(1)
    base = make_rows("baseline", {"profit": rng.normal(size=9).tolist(), "nps": rng.normal(size=9).tolist()})
    more = make_rows("more", {"profit": rng.normal(size=9).tolist(), "nps": rng.normal(size=9).tolist()})
    mixed = compare_kpis(base.take(rng.permutation(len(base))), more.take(rng.permutation(len(more))))
    for metric in ("profit", "nps"):
        one = next(compare_kpis(base, more).select(metric=metric).rows())
        two = next(mixed.select(metric=metric).rows())
        assert one["difference"] == pytest.approx(two["difference"], rel=1e-12)


def test_a_metric_given_twice_is_refused():
    rows = make_rows("baseline", {"profit": [1, 2]})
    with pytest.raises(ValueError, match="twice"):
        compare_kpis(rows, Table.concat([rows, rows]))


def test_interval_holds_the_truth_as_often_as_promised():
    rng = np.random.default_rng(7)
    n_trials, n = 2000, 5
    metrics = [f"m{i}" for i in range(n_trials)]
    base = make_rows("baseline", {m: rng.normal(size=n).tolist() for m in metrics})
    more = make_rows("more", {m: (0.3 + rng.normal(size=n)).tolist() for m in metrics})
    table = compare_kpis(base, more, 0.9)
    covered = np.mean((table["ci_low"] <= 0.3) & (0.3 <= table["ci_high"]))
    assert abs(covered - 0.9) < 4 * math.sqrt(0.9 * 0.1 / n_trials)


def test_pairing_gain_counts_what_common_draws_save():
    # Independent: var 1 + 1; paired: differences .5, -.5, 0 have variance .25.
    gain = next(pairing_gain(
        make_rows("baseline", {"profit": [1, 2, 3]}), make_rows("more", {"profit": [1.5, 1.5, 3]})).rows())
    var_more = np.var([1.5, 1.5, 3], ddof=1)
    assert gain["variance_ratio"] == pytest.approx((1 + var_more) / 0.25)
    assert gain["correlation"] == pytest.approx(np.corrcoef([1, 2, 3], [1.5, 1.5, 3])[0, 1])
