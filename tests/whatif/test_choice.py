"""What is decided among scenarios, on standings with known answers."""

from __future__ import annotations

import math

import pytest

from cxsim.whatif.choice import choose


def row(difference, half, gap_low=0.0):
    return {"difference": difference, "ci_low_together": difference - half, "ci_high_together": difference + half,
            "gap_low": gap_low}


ONE = {"a": 1, "b": 1, "a+b": 2}


def test_the_best_of_those_that_gain_is_taken():
    found = choose({"a": row(5, 1, gap_low=2), "b": row(9, 2), "a+b": row(-4, 1, 8)}, ONE, 1)
    assert (found.kind, found.name, found.as_good) == ("take", "b", ())
    assert found.gaining == ("b", "a") and found.losing == ("a+b",) and found.open == ()


def test_of_two_that_are_not_told_apart_the_simpler_is_taken():
    found = choose({"a": row(8, 1, gap_low=-1), "a+b": row(9, 2)}, ONE, 1)
    assert (found.name, found.simpler_than, found.as_good) == ("a", "a+b", ("a+b",))


def test_the_dearer_combination_is_taken_where_it_is_detectably_better():
    found = choose({"a": row(8, 1, gap_low=0.2), "a+b": row(9, 2)}, ONE, 1)
    assert (found.name, found.simpler_than) == ("a+b", "")


@pytest.mark.parametrize(("rows", "kind", "name"), [
    ({"a": row(-5, 1), "b": row(-9, 2)}, "none", ""),
    ({"a": row(-5, 1), "b": row(1, 2)}, "open", "b"),
    ({"a": row(0, 0), "b": row(-1, 2)}, "open", "a"),
    ({"a": row(5, math.nan)}, "one pair", ""),
])
def test_without_a_gain_nothing_is_recommended(rows, kind, name):
    found = choose(rows, ONE, 1)
    assert (found.kind, found.name) == (kind, name)


def test_where_less_is_better_the_signs_turn():
    found = choose({"a": row(-5, 1), "b": row(4, 1, 3)}, ONE, -1)
    assert (found.kind, found.name, found.losing) == ("take", "a", ("b",))
