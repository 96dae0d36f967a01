"""Where tables differ: the very rows, the very columns, and how far."""

from __future__ import annotations

import numpy as np
import pytest

from cxsim.measure.digests import digest
from cxsim.measure.table import Table
from cxsim.measure.table_difference import difference, is_within


def table(values: list[float], metrics: list[str] | None = None) -> Table:
    n = len(values)
    return Table({"scenario": ["a"] * n, "replication": list(range(n)), "segment": ["all"] * n,
                  "period": ["total"] * n, "metric": metrics or ["profit"] * n, "value": values})


def test_equal_digests_and_no_difference_are_the_same_thing() -> None:
    one, same = table([1.0, float("nan"), -0.0]), table([1.0, float("nan"), 0.0])
    assert digest(one) == digest(same) and difference(one, same) is None


@pytest.mark.parametrize(("made", "n", "largest", "told"), [
    (table([1.0, 2.0, 3.3]), 1, 0.3 / 3.3, "replication=2 segment=all period=total metric=profit: value 3.0"),
    (table([1.0, float("nan"), 3.0]), 1, np.inf, "value 2.0 was recorded, nan came out"),
    (table([1.0, 2.0, 3.0], ["profit", "nps", "profit"]), 1, np.inf, "metric 'profit' was recorded, 'nps'"),
])
def test_rows_that_differ_are_named_with_both_values(made: Table, n: int, largest: float, told: str) -> None:
    found = difference(table([1.0, 2.0, 3.0]), made)
    assert found is not None and found.n_different == n and found.largest == pytest.approx(largest)
    assert told in found.examples[0] and str(found).startswith("1 of 3 rows")


def test_lost_rows_and_columns_are_told() -> None:
    found = difference(table([1.0, 2.0]), table([1.0]))
    assert found is not None and "there are 1 rows now" in str(found) and found.n_different == 0
    found = difference(table([1.0]), Table({"value": [1.0]}))
    assert found is not None and "columns differ: recorded alone scenario, rep" in str(found)


def test_another_platform_may_differ_in_last_digits_or_within_noise_but_no_further() -> None:
    values = np.random.default_rng(5).normal(100.0, 4.0, 20)
    flipped = values.copy()
    flipped[3] += 8.0  # One replication took another branch: the mean moves by .4, its error is .9.
    assert is_within(table(values.tolist()), table((values * (1 + 1e-12)).tolist()), 1e-9, 3.0)
    assert is_within(table(values.tolist()), table(flipped.tolist()), 1e-9, 3.0)
    assert not is_within(table(values.tolist()), table((values + 4.0).tolist()), 1e-9, 3.0)
    assert not is_within(table(values.tolist()), table(values[:-1].tolist()), 1e-9, 3.0)
