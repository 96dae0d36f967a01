"""Flip points: roots that are known, found to the digits asked for, nearest first."""

import math

import pytest

from cxsim.errors import CxsimError
from cxsim.whatif.flip import find_flip


def test_flip_of_a_known_polynomial_to_the_digits_asked():
    flip = find_flip(lambda x: x**3 - 2.0, 0.0, 4.0, digits=9)
    assert flip.value == pytest.approx(2.0 ** (1 / 3), abs=4.0 * 1e-9)
    assert flip.is_exact


def test_flip_nearest_to_the_start_is_found_of_several():
    roots = (0.1, 0.4, 0.9)

    def gain(x):
        return math.prod(x - root for root in roots)

    assert find_flip(gain, 0.0, 1.0, start=0.05, n_looks=10).value == pytest.approx(0.1, abs=1e-5)
    assert find_flip(gain, 0.0, 1.0, start=0.52, n_looks=10).value == pytest.approx(0.4, abs=1e-5)
    assert find_flip(gain, 0.0, 1.0, start=0.8, n_looks=10).value == pytest.approx(0.9, abs=1e-5)


def test_flip_below_and_above_the_start():
    assert find_flip(lambda x: x - 0.3, 0.0, 1.0, start=0.8).value == pytest.approx(0.3, abs=1e-5)
    assert find_flip(lambda x: x - 0.9, 0.0, 1.0, start=0.1).value == pytest.approx(0.9, abs=1e-5)


def test_flip_at_the_end_and_at_the_start_of_the_range():
    assert find_flip(lambda x: 1.0 - x, 0.0, 1.0, start=0.2).value == 1.0
    assert find_flip(lambda x: x - 0.2, 0.0, 1.0, start=0.2).value == 0.2


def test_flip_absent_where_the_sign_holds():
    flip = find_flip(lambda x: 1.0 + x, 0.0, 1.0)
    assert not flip.is_found and math.isnan(flip.value) and math.isnan(flip.slope)
    assert len(flip.looks) == 5


def test_flip_over_a_jump_is_the_place_of_the_jump_and_says_so():
    flip = find_flip(lambda x: 1.0 if x < 1 / 3 else -1.0, 0.0, 1.0)
    assert flip.value == pytest.approx(1 / 3, abs=2e-5)
    assert not flip.is_exact


def test_flip_evaluates_no_value_twice_and_few_in_all():
    asked = []

    def gain(x):
        asked.append(x)
        return math.exp(x) - 2.0

    flip = find_flip(gain, 0.0, 1.0, start=0.5)
    assert flip.value == pytest.approx(math.log(2.0), abs=1e-5)
    assert len(asked) == len(set(asked)) <= 10


def test_flip_slope_is_that_of_the_gain():
    assert find_flip(lambda x: 6.0 - 3.0 * x, 0.0, 5.0).slope == pytest.approx(-3.0)


@pytest.mark.parametrize(("low", "high", "start", "words"), [
    (1.0, 0.0, 0.5, "must ascend"), (0.0, 1.0, 2.0, "must lie between"), (0.0, math.inf, 0.5, "must ascend")])
def test_flip_refuses_impossible_ranges(low, high, start, words):
    with pytest.raises(CxsimError, match=words):
        find_flip(lambda x: x, low, high, start=start)


def test_flip_refuses_a_gain_that_is_no_number():
    with pytest.raises(CxsimError, match="no number"):
        find_flip(lambda x: math.nan, 0.0, 1.0)
