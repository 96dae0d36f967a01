"""Durations become whole ticks once: rounded up, at least one, and NEVER stays NEVER."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsim.journal.tallies import FRACTION, fraction, money
from cxsim.journal.ticks import DAY, HOUR, MINUTE, NEVER, after, day_of, ticks


def test_a_day_is_86400_million_microseconds() -> None:
    assert DAY == 86_400 * 10**6
    assert HOUR * 24 == DAY and MINUTE * 60 == HOUR


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.floats(min_value=0.0, max_value=9e6))
def test_ticks_round_up_and_are_at_least_one(days: float) -> None:
    n = ticks(days)
    assert n >= 1
    assert n == max(1, math.ceil(days * DAY))


@pytest.mark.parametrize(("days", "expected"), [
    (0.0, 1), (1e-300, 1), (1.0 / DAY, 1), (1.0, DAY), (0.5, DAY // 2), (1.0 + 1e-12, DAY + 1)])
def test_ticks_of_known_durations(days: float, expected: int) -> None:
    assert ticks(days) == expected


@pytest.mark.parametrize("days", [1e7, 1e30, math.inf, math.nan])
def test_a_duration_no_horizon_can_hold_is_never(days: float) -> None:
    assert ticks(days) == NEVER
    assert after(123, days) == NEVER


def test_after_adds_whole_ticks() -> None:
    assert after(10 * DAY, 0.25) == 10 * DAY + DAY // 4
    assert after(10 * DAY, 0.0) == 10 * DAY + 1


def test_day_of_ticks_before_the_run_is_negative() -> None:
    assert (day_of(-1), day_of(0), day_of(DAY - 1), day_of(DAY)) == (-1, 0, 0, 1)


def test_money_rounds_half_to_even_as_a_whole_number() -> None:
    assert money(12.34565) == round(12.34565 * 10_000)
    half = 2.0**-5  # 312.5 units, exactly
    assert [money(half), money(3 * half), money(-half)] == [312, 938, -312]


def test_fraction_is_exact_for_multiples_of_its_unit() -> None:
    for value in np.arange(-5, 6) / FRACTION:
        assert fraction(value) == round(value * FRACTION)
