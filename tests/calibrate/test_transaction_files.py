"""Files that can be read, in every layout, and what is done with odd rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pytest

from cxsim.calibrate.summary import cut_off, summarise
from cxsim.calibrate.transactions import Transactions, make_transactions, read_transactions
from cxsim.errors import CxsimError

PLAIN = "customer_id,date,amount\nb,2024-01-08,7\na,2024-01-01,10\na,2024-02-01,2.5\nb,2024-03-01,4\n"


def write(folder: Path, text: str | bytes, name: str = "sales.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def rows(t: Transactions) -> list[tuple[int, int, float]]:
    return list(zip(t.customer.tolist(), t.day.tolist(), t.amount.tolist(), strict=True))


@pytest.mark.parametrize(
    ("text", "options"),
    [
        (PLAIN, {}),
        (PLAIN.replace("\n", "\r\n"), {}),
        (PLAIN.replace("\n", "\r"), {}),
        ("\ufeff" + PLAIN, {}),
        (PLAIN.replace(",", ";"), {}),
        (PLAIN.replace(",", ";").replace(".5", ",5"), {}),
        (PLAIN.replace(",", "\t"), {}),
        (PLAIN.replace(",", " "), {}),
        (PLAIN.replace(",", " , "), {}),
        (PLAIN.replace("-0", "0").replace("-", ""), {}),
        (PLAIN.replace("01,", "01T23:59:59Z,"), {}),
        ("\n\n" + PLAIN + "\n,,\n", {}),
        (PLAIN.replace("customer_id", '"Customer ID"').replace("date", "Order Date"), {}),
        (
            PLAIN.replace("customer_id,date,amount", "who,when,paid"),
            {"columns": {"customer": "who", "date": "WHEN", "amount": 3}},
        ),
        (PLAIN.split("\n", 1)[1], {"columns": {"customer": 1, "date": "2", "amount": 3}}),
        (PLAIN, {"columns": {"customer": None, "date": None, "amount": None}}),
    ],
)  # fmt: skip
def test_text_is_read_alike_in_every_layout(tmp_path: Path, text: str, options: dict) -> None:
    t = read_transactions(write(tmp_path, text), **options)
    expected = read_transactions(write(tmp_path, PLAIN, "plain.csv"))
    assert rows(t) == rows(expected)
    assert [amount for _, _, amount in rows(t)] == [10.0, 2.5, 7.0, 4.0]
    assert (t.n_rows, t.n_merged, str(t.first_day)) == (4, 0, "2024-01-01")


def test_own_date_format_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, "id;date;amount\n1;31/01/2024;5\n")
    t = read_transactions(path, date_format="%d/%m/%Y")
    assert str(t.first_day) == "2024-01-31"


@pytest.mark.parametrize("kind", ["DATE", "TIMESTAMP", "TIMESTAMPTZ", "VARCHAR"])
def test_parquet_equals_csv(tmp_path: Path, kind: str) -> None:
    path = write(tmp_path, PLAIN)
    parquet = tmp_path / "odd [1] name.parquet"
    duckdb.sql("SET TimeZone = 'UTC'")
    query = f"SELECT customer_id, CAST(date AS {kind}) AS date, amount FROM read_csv('{path}')"
    duckdb.sql(f"COPY ({query}) TO '{parquet}' (FORMAT parquet)")
    got, expected = read_transactions(parquet), read_transactions(path)
    assert rows(got) == rows(expected)
    assert got.layout == "Parquet, customer=customer_id, date=date, amount=amount"


def test_parquet_rows_are_judged_like_lines(tmp_path: Path) -> None:
    parquet = tmp_path / "sales.parquet"
    duckdb.sql(f"COPY (SELECT 1 AS id, DATE '2999-01-01' AS date, 5 AS amount) TO '{parquet}'")
    with pytest.raises(CxsimError, match=r"sales\.parquet:1: future date '2999-01-01'"):
        read_transactions(parquet)


def test_same_day_rows_are_merged_and_counted(tmp_path: Path) -> None:
    t = read_transactions(write(tmp_path, PLAIN + "a,2024-01-01,0.5\na,2024-01-01,0\n"))
    assert (t.n_merged, t.n_transactions, t.amount[0]) == (2, 4, 10.5)


def test_zero_amounts_count_for_timing_and_not_for_spend() -> None:
    days = ["2024-01-01", "2024-01-08", "2024-01-15", "2024-02-01"]
    t = make_transactions(["a"] * 4, days, [10.0, 0.0, 6.0, 9.0])
    s = summarise(t, "2024-01-15")
    assert t.n_zero == 1
    assert (s.x[0], s.t_x[0], s.T[0]) == (2, 2.0, 2.0)
    assert (s.n_spend[0], s.mean_spend[0], s.n_holdout[0]) == (1, 6.0, 1)


REFUNDS = (
    "id,date,amount\n"
    "a,2024-01-01,20\na,2024-01-10,30\na,2024-01-12,-35\n"  # all of the 30, then 5 of the 20
    "b,2024-01-05,-4\nb,2024-01-05,9\n"  # same day, in any order
    "c,2024-01-02,8\nc,2024-01-03,-8\nc,2024-01-20,5\n"  # refunded in full: stays as a purchase of 0
)


def test_refunds_are_netted_against_the_purchase_they_follow(tmp_path: Path) -> None:
    t = read_transactions(write(tmp_path, REFUNDS), negative="net")
    assert t.amount.tolist() == [15.0, 0.0, 5.0, 0.0, 5.0]
    assert (t.n_refunds_netted, t.n_refunds_dropped, t.n_zero, t.n_merged) == (3, 0, 2, 0)


def test_refunds_are_dropped_and_counted(tmp_path: Path) -> None:
    t = read_transactions(write(tmp_path, REFUNDS), negative="drop")
    assert t.amount.tolist() == [20.0, 30.0, 9.0, 8.0, 5.0]
    assert (t.n_refunds_netted, t.n_refunds_dropped) == (0, 3)


def test_rounding_never_leaves_a_crumb_of_a_refunded_purchase() -> None:
    from cxsim.calibrate.refunds import net_refunds
    from cxsim.calibrate.rows import Rejections

    bad, same = Rejections("f"), np.zeros(3, dtype=np.int64)
    netted, n = net_refunds(same, np.arange(3), np.array([0.1 + 0.2, -0.1, -0.2]), same, bad)
    assert netted.tolist() == [0.0, 0.0, 0.0] and n == 2 and bad.rows == []


def test_tolerated_rows_are_left_out_counted_and_shown(tmp_path: Path) -> None:
    text = PLAIN + "a,2024-02-30,5\n,2024-02-03,5\na,2024-02-03,five\na,2024-02-03\n"
    t = read_transactions(write(tmp_path, text), max_bad_share=0.5)
    assert (t.n_rows, t.n_transactions) == (8, 4)
    assert [str(row) for row in t.bad] == [
        "6: impossible date '2024-02-30'",
        "7: missing customer ''",
        "8: unreadable amount 'five'",
        "9: 2 fields instead of 3 in 'a | 2024-02-03'",
    ]


def test_the_share_a_message_names_is_enough(tmp_path: Path) -> None:
    path = write(tmp_path, PLAIN * 1 + "a,2024-02-30,5\n" + "c,2024-01-01,5\n" * 2)
    with pytest.raises(CxsimError, match=r"max_bad_share=0\.142858"):
        read_transactions(path)
    assert len(read_transactions(path, max_bad_share=0.142858).bad) == 1


def test_a_line_number_survives_fields_of_several_lines(tmp_path: Path) -> None:
    text = 'id,date,amount,remark\n1,2024-01-01,5,"two\nlines"\n1,2024-13-01,5,x\n'
    with pytest.raises(CxsimError, match=r"sales\.csv:4: impossible date '2024-13-01'"):
        read_transactions(write(tmp_path, text))


def test_today_is_not_the_future(tmp_path: Path) -> None:
    path = write(tmp_path, "id,date,amount\n1,2024-05-05,5\n1,2024-05-06,5\n")
    assert read_transactions(path, today=date(2024, 5, 6)).n_transactions == 2
    with pytest.raises(
        CxsimError, match=r"sales\.csv:3: future date '2024-05-06'; it lies after today \(2024-05-05\)"
    ):
        read_transactions(path, today=date(2024, 5, 5))


def test_cut_off_is_the_middle_of_the_observed_days() -> None:
    assert cut_off(date(1997, 1, 1), date(1998, 6, 30)) == date(1997, 9, 30)
    assert cut_off(date(2024, 1, 1), date(2024, 1, 2)) == date(2024, 1, 1)
    assert cut_off(date(2024, 1, 1), date(2024, 1, 3), "middle") == date(2024, 1, 2)
    assert cut_off(date(2024, 1, 1), date(2024, 1, 3), "2024-01-03") == date(2024, 1, 3)


def test_customers_after_the_cut_off_take_no_part() -> None:
    days = ["2024-01-01", "2024-01-05", "2024-01-20", "2024-01-25", "2024-01-31"]
    s = summarise(make_transactions(["a", "a", "b", "b", "a"], days, [5.0] * 5))
    assert (s.n_customers, s.n_later_customers, s.n_later_transactions) == (1, 1, 2)
    assert s.n_holdout.tolist() == [1]
