"""Many differences at once: against Holm's own example, Dunnett's table, and the error rate that is promised."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from cxsim.measure.comparison import mean_interval
from cxsim.measure.family import dunnett, holm, largest_t, p_best


def equally_alike(n: int, rho: float) -> np.ndarray:
    return np.full((n, n), rho) + (1 - rho) * np.eye(n)


def test_holm_corrects_step_by_step_and_never_lets_a_larger_p_overtake():
    # By hand: 4 * .005, 3 * .01, 2 * .03, then .04 is lifted to .06.
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_holm_leaves_out_what_is_no_test():
    corrected = holm(np.array([math.nan, 0.02, 0.9]))
    assert math.isnan(corrected[0]) and corrected[1:].tolist() == pytest.approx([0.04, 0.9])


@pytest.mark.parametrize(("scenarios", "table"), [(2, 2.212), (4, 2.442)])
def test_critical_value_is_that_of_dunnetts_table_for_many_replications(scenarios, table):
    """Dunnett (1964), Biometrics 20:482, two-sided, 95%, infinite degrees of freedom: correlation 1/2."""
    drawn = largest_t(equally_alike(scenarios, 0.5), 400, np.random.default_rng(5))
    held = float(np.mean(drawn <= table))
    # 400 replications instead of infinitely many: at most .002 of probability.
    assert abs(held - 0.95) < 4 * math.sqrt(0.95 * 0.05 / len(drawn)) + 0.002


def test_critical_value_lies_between_one_test_and_independent_ones():
    n = 12
    alone = stats.t.ppf(0.975, n - 1)
    apart = stats.t.ppf((1 + 0.95 ** (1 / 3)) / 2, n - 1)
    draws = [np.quantile(largest_t(equally_alike(3, rho), n, np.random.default_rng(2)), 0.95)
             for rho in (1.0, 0.0)]
    assert draws[0] == pytest.approx(alone, abs=0.05) and draws[1] == pytest.approx(apart, abs=0.06)


def test_all_intervals_hold_together_as_often_as_promised():
    rng, held, n = np.random.default_rng(11), 0, 120
    noise_root = np.linalg.cholesky(equally_alike(4, 0.7))
    truth = np.array([0.0, 1.0, -2.0, 0.3])
    for _ in range(n):
        found = truth[:, None] + noise_root @ rng.standard_normal((4, 10)) * np.array([[1.0], [5.0], [0.1], [2.0]])
        low, high, p = dunnett(found, 0.9, rng)
        held += bool(((low <= truth) & (truth <= high)).all())
        assert ((p <= 0.1) == ((low > 0) | (high < 0))).all()
    assert abs(held / n - 0.9) < 4 * math.sqrt(0.9 * 0.1 / n)


def test_one_scenario_needs_no_correction():
    differences = np.array([[0.4, 1.0, 0.2, 0.9]])
    low, high, p = dunnett(differences, 0.95, np.random.default_rng(1))
    _, plain_low, plain_high, _ = mean_interval(differences, 0.95)
    assert (low[0], high[0]) == pytest.approx((plain_low[0], plain_high[0]))
    assert p[0] == pytest.approx(stats.ttest_1samp(differences[0], 0.0).pvalue)


def test_a_copy_of_a_scenario_and_one_that_changes_nothing_do_no_harm():
    one = np.random.default_rng(1).normal(1.0, 1.0, 15)
    low, high, p = dunnett(np.array([one, one, np.zeros(15)]), 0.95, np.random.default_rng(1))
    assert low[0] == low[1] and (low[2], high[2], p[2]) == (0.0, 0.0, 1.0)
    assert high[0] == pytest.approx(mean_interval(one[None], 0.95)[2][0], abs=0.05)


def test_best_of_two_is_the_probability_to_be_better():
    rng = np.random.default_rng(3)
    base, better = rng.normal(size=8), rng.normal(0.3, 1.0, 8)
    gap = better - base
    expected = stats.t.cdf(gap.mean() / (gap.std(ddof=1) / math.sqrt(8)), 7)
    for sign, truth in ((1, expected), (-1, 1 - expected)):
        found = p_best(np.array([base, better]), sign, np.random.default_rng(4))
        assert found.sum() == pytest.approx(1.0)
        assert abs(found[1] - truth) < 4 * math.sqrt(truth * (1 - truth) / 20_000)


def test_sides_that_are_one_and_the_same_share():
    same = np.array([[1.0, 4.0, 2.0]] * 3)
    assert p_best(same, 1, np.random.default_rng(1)).tolist() == pytest.approx([1 / 3] * 3)
