"""Selection of the best: the paper's constants by hand, the promised probability, a comparison that ends by it."""

from __future__ import annotations

import math

import numpy as np
import pytest

import cxsim
from cxsim.errors import CxsimError
from cxsim.whatif.depth import Depth
from cxsim.whatif.selection import Selection, kim_nelson, selection_of

SMALL = ["market=contact_centre", "horizon_days=2"]
MORE = cxsim.ScenarioSpec(name="more", changes={"channels": {"phone": {"employees": 30}}})
FEWER = cxsim.ScenarioSpec(name="fewer", changes={"channels": {"phone": {"employees": 27}}})


def test_two_sides_part_where_the_papers_bound_says():
    """n0 = 3, k = 2, alpha = .05: eta = ((.1)^-1 - 1)/2 = 4.5, h^2 = 18; differences 0, 2, 4 have S^2 = 4.

    With d = 6 the bound at r is max(0, 6/(2r) (18 4/36 - r)) = max(0, 3 (2 - r)/r) = 0 from r = 3 on."""
    values = np.array([[0.0, 0.0, 0.0, 0.0], [0.0, 2.0, 4.0, 1.0]])
    assert kim_nelson(values, 6.0, 0.95, 3).out == {0: 3}
    # d = 3: the bound is 3/(2r) (8 - r): 2.5 at r = 3 where the means differ by 2; 1.5 at r = 4, by 1.75.
    assert kim_nelson(values, 3.0, 0.95, 3).out == {0: 4}
    assert kim_nelson(values[:, :3], 3.0, 0.95, 3).left == (0, 1)


@pytest.mark.parametrize("alike", [0.0, 0.8])
def test_the_best_by_the_smallest_difference_that_matters_is_found_as_often_as_promised(alike):
    rng, n, right = np.random.default_rng(6), 400, 0
    for _ in range(n):
        common = math.sqrt(alike) * rng.standard_normal(400)
        values = common + math.sqrt(1 - alike) * rng.standard_normal((4, 400))
        values[2] += 0.5
        race = kim_nelson(values, 0.5, 0.9, 10)
        right += race.left == (2,)
    assert right / n > 0.9 - 3 * math.sqrt(0.9 * 0.1 / n)


def test_sides_that_vary_together_are_told_apart_sooner():
    rng = np.random.default_rng(6)
    noise, common = rng.standard_normal((3, 300)), rng.standard_normal(300)
    gain = np.array([[0.0], [0.5], [0.0]])
    apart = kim_nelson(gain + noise, 0.5, 0.9, 10)
    together = kim_nelson(gain + 0.9 * common + math.sqrt(1 - 0.81) * noise, 0.5, 0.9, 10)
    assert together.left == apart.left == (1,) and together.replications < apart.replications


def test_sides_that_are_the_same_end_with_one_of_them():
    race = kim_nelson(np.tile(np.random.default_rng(1).normal(size=12), (3, 1)), 0.1, 0.95, 5)
    assert race.is_over and race.left == (0,)


def test_where_it_is_looked_at_moves_no_decision():
    rng = np.random.default_rng(2)
    values = rng.normal(size=(3, 400)) + np.array([[0.0], [0.4], [0.1]])
    whole = kim_nelson(values, 0.2, 0.9, 10)
    again = kim_nelson(values[:, :whole.replications], 0.2, 0.9, 10)
    assert whole.is_over and again == whole


def test_a_comparison_lives_on_until_the_best_is_known():
    config = cxsim.load([*SMALL, "replications=5", "precision.max_replications=60"])
    made = cxsim.compare(config, [MORE, FEWER], depth=Depth(best="profit", indifference=5.0))
    rule = made.stopping
    assert isinstance(rule, Selection) and rule.is_met and rule.best == "fewer"
    assert made.replications == rule.judged[-1][0] >= rule.race.replications
    assert "fewer is the best of 3" in str(rule) and "probability 95%" in str(rule)
    decision = made.further["decision"].select(metric="profit")
    assert decision["scenario"][np.argmax(decision["p_best"])] == "fewer"
    assert decision["p_best"].sum() == pytest.approx(1.0)


def test_what_the_budget_does_not_decide_is_said():
    rule = Selection("wait_minutes", 1e-6, 0.99, 5, 5)
    config = cxsim.load([*SMALL, "replications=5"])
    same = cxsim.ScenarioSpec(name="as_many", changes={"channels": {"phone": {"employees": 29}}})
    assert not rule.is_enough(cxsim.compare(config, [MORE, same]).kpis)
    assert "not decided within 5 replications" in str(rule) and "precision.max_replications" in str(rule)


@pytest.mark.parametrize(("asked", "further", "words"), [
    ({"best": "profitt", "indifference": 1.0}, [], "did you mean profit"),
    ({"best": "contacts", "indifference": 1.0}, [], "neither better nor worse"),
    ({"best": "profit"}, [], "depth.indifference"),
    ({"indifference": 4.0}, [], "depth.best"),
    ({"best": "profit", "indifference": 1.0, "probability": 0.2}, [], "guessing"),
    ({"best": "profit", "indifference": 1.0}, ["precision.metric=profit", "precision.half_width=3"], "leave one "
                                                                                                     "out"),
    ({"best": "profit", "indifference": 1.0}, ["replications=30", "precision.max_replications=20"], "raise it"),
])
def test_what_cannot_be_selected_by_is_refused(asked, further, words):
    with pytest.raises(CxsimError, match=words):
        selection_of(cxsim.load([*SMALL, *further]), Depth(**asked), 3)
