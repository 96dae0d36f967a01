"""Columns whose texts are known by number: the same rows, selections and digests as columns of plain texts."""

from __future__ import annotations

import gc

import numpy as np
import pytest

from cxsim.measure import table as tables
from cxsim.measure.digests import digest
from cxsim.measure.table import Table, codes, text_column

WORDS = ["profit", "nps", "never", "revenue"]
NUMBERS = np.random.default_rng(3).choice([3, 0, 1], 5000)


def known() -> Table:
    return Table({"metric": text_column(WORDS, NUMBERS), "value": np.arange(5000)})


def plain() -> Table:
    return Table({"metric": np.array([WORDS[k] for k in NUMBERS]), "value": np.arange(5000)})


@pytest.mark.parametrize("change", [
    lambda one: one,
    lambda one: one.take(np.arange(4000, 100, -3)),
    lambda one: one.take(one["value"] % 7 == 0),
    lambda one: one.select(metric=["nps", "revenue"]),
    lambda one: one.select(metric="never"),
    lambda one: one.select(metric="nowhere"),
    lambda one: Table.concat([one.select(metric="nps"), one, one.select(metric="never")]),
    lambda one: one.sort("metric"),
    lambda one: Table({**one.columns, "more": one["value"] * 2}),
])
def test_texts_known_by_number_are_the_texts_themselves(change):
    one, other = change(known()), change(plain())
    for name in one.names:
        assert one[name].tolist() == other[name].tolist()
    (words, numbers), (plain_words, plain_numbers) = codes(one["metric"]), codes(other["metric"])
    assert words == plain_words and numbers.tolist() == plain_numbers.tolist()
    assert digest(one) == digest(other)


def test_known_and_plain_columns_go_together():
    assert digest(Table.concat([known(), plain()])) == digest(Table.concat([plain(), plain()]))


def test_nothing_is_remembered_of_columns_that_are_gone():
    gc.collect()
    before = len(tables._known), len(tables._coded)
    one = known().select(metric="nps")
    codes(one["metric"])
    assert len(tables._known) > before[0]
    del one
    gc.collect()
    assert (len(tables._known), len(tables._coded)) == before
