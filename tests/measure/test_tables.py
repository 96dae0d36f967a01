"""Tables, their digests and their files."""

from __future__ import annotations

import os
import sys

import duckdb
import numpy as np
import pytest

from cxsim.errors import CxsimError
from cxsim.measure.digests import digest
from cxsim.measure.parquet import read_parquet, write_parquet
from cxsim.measure.table import Table


def _table() -> Table:
    return Table({
        "name": ["a", "", "it's \"quoted\" ü"], "day": np.array([1, -2, 3]),
        "value": [0.5, float("nan"), -1e300], "is_kept": [True, False, True],
    })


def test_table_refuses_columns_of_unequal_length():
    with pytest.raises(ValueError, match="'value' has 1 rows where the others have 2"):
        Table({"name": ["a", "b"], "value": [1.0]})


def test_table_values_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        _table()["value"][0] = 2.0


def test_table_without_pandas_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(CxsimError, match="pip install pandas"):
        _table().to_pandas()


def test_parquet_brings_everything_back(tmp_path):
    path = tmp_path / "odd ' name.parquet"
    write_parquet(_table(), path)
    assert digest(read_parquet(path)) == digest(_table())
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    with duckdb.connect() as connection:
        found = connection.execute("select count(*) from read_parquet(?) where isnan(value)", [str(path)])
        assert found.fetchone() == (1,)


def test_parquet_keeps_the_types_of_an_empty_table(tmp_path):
    empty = _table().take(np.zeros(3, dtype=bool))
    write_parquet(empty, tmp_path / "empty.parquet")
    back = read_parquet(tmp_path / "empty.parquet")
    assert len(back) == 0 and digest(back) == digest(empty)


def test_parquet_into_an_absent_folder_is_one_sentence(tmp_path):
    with pytest.raises(CxsimError, match="cannot write .*nowhere"):
        write_parquet(_table(), tmp_path / "nowhere" / "t.parquet")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs the device that is always full")
def test_full_disk_keeps_the_old_file_and_leaves_no_rest(tmp_path, monkeypatch):
    path = tmp_path / "t.parquet"
    write_parquet(_table(), path)
    before = path.read_bytes()
    (tmp_path / f".t.parquet.{os.getpid()}.partial").symlink_to("/dev/full")
    with pytest.raises(CxsimError, match="cannot write"):
        write_parquet(_table(), path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["t.parquet"]


def test_digest_sees_names_types_order_and_values():
    base = _table()
    changed = [
        Table({**base.columns, "value": [0.5, float("nan"), -2e300]}),
        Table({**base.columns, "name": ["a", "b", "it's \"quoted\" ü"]}),
        Table({"nom" if k == "name" else k: v for k, v in base.columns.items()}),
        Table(dict(reversed(base.columns.items()))),
        Table({**base.columns, "day": base["day"].astype(np.int32)}),
        base.take(np.array([1, 0, 2])),
        base.take(np.array([0, 1])),
    ]
    digests = {digest(table) for table in [base, *changed]}
    assert len(digests) == 1 + len(changed)


def test_digest_of_texts_does_not_depend_on_how_they_are_shared():
    one, other = {"a": ["x", "y"], "b": ["z", "z"]}, {"a": ["x", "x"], "b": ["y", "z"]}
    assert digest(Table(one)) != digest(Table(other))
    fixed, free = np.array(["x", "yy"]), np.array(["x", "yy"], dtype=object)
    assert digest(Table({"a": fixed})) == digest(Table({"a": free}))


def test_sort_is_stable_and_by_meaning_of_words():
    table = Table({"name": ["b", "a", "b", "a"], "day": [1, 2, 0, 1]})
    assert table.sort("name")["day"].tolist() == [2, 1, 1, 0]
    assert table.sort("name", "day")["day"].tolist() == [1, 2, 0, 1]
