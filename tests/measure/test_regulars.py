"""Customers active on day 0: their figures by hand, and the sizes of tests by textbook."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from cxsim.journal.tallies import MONEY
from cxsim.measure.twins import BRIEF, twins_table
from cxsim.theory.two_groups import detectable_effect, people_per_group


def _lives(orders, margins, active, there):
    lives = np.zeros(len(orders), BRIEF)
    lives["id"], lives["orders"], lives["active"] = np.arange(len(orders)), orders, active
    lives["margin"], lives["was_there"] = np.round(np.array(margins) * MONEY), there
    return lives


def _figures(before, after):
    table = twins_table(before, after, name="a", replication=0, kind="transactional", segments=("one",))
    return {row["metric"]: row["value"] for row in table.select(segment="all").rows()}


def test_figures_are_those_of_customers_active_on_day_0_alone():
    there = [True, True, True, False]
    found = _figures(_lives([1, 2, 6, 50], [10, 20, 60, 900], [1, 0, 1, 1], there),
                     _lives([2, 2, 8, 99], [15, 20, 70, 0], [1, 1, 1, 0], there))
    assert found["regulars"] == 3
    assert found["regulars_orders"] == pytest.approx(3) and found["regulars_orders_gain"] == pytest.approx(1)
    assert found["regulars_orders_deviation"] == pytest.approx(np.std([1, 2, 6]))
    assert found["regulars_orders_deviation_after"] == pytest.approx(np.std([2, 2, 8]))
    assert found["regulars_stays"] == pytest.approx(2 / 3)
    assert found["regulars_stays_gain"] == pytest.approx(1 / 3) and found["regulars_stays_deviation_after"] == 0
    assert found["regulars_margin_gain"] == pytest.approx(5)
    assert found["regulars_margin_deviation"] == pytest.approx(np.std([10, 20, 60]))


def test_nobody_there_leaves_everything_undefined():
    nobody = _lives([1], [1], [1], [False])
    found = _figures(nobody, nobody)
    assert found["regulars"] == 0 and math.isnan(found["regulars_orders"])


def test_people_per_group_are_those_of_the_textbook():
    """Cohen (1988), table 2.4.1: d = .5 and power 80% take 64 a group with Student's t, one less with z; d = .2
    takes 393 (392.4 with z)."""
    assert math.ceil(people_per_group(0.5, 1.0, 1.0)) == 63
    assert people_per_group(0.2, 1.0, 1.0) == pytest.approx(392.4, abs=0.1)


def test_a_test_of_that_size_finds_the_effect_as_often_as_promised():
    n = math.ceil(people_per_group(0.3, 1.0, 2.25, confidence=0.9, power=0.7))
    rng, repeats = np.random.default_rng(4), 2000
    one, other = rng.normal(0, 1, (repeats, n)), rng.normal(0.3, 1.5, (repeats, n))
    found = np.mean(stats.ttest_ind(one, other, axis=1, equal_var=False).pvalue < 0.1)
    assert abs(found - 0.7) < 4 * math.sqrt(0.7 * 0.3 / repeats) + 0.005
    assert detectable_effect(n, 1.0, 2.25, confidence=0.9, power=0.7) == pytest.approx(0.3, rel=0.01)
