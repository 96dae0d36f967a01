"""What cannot be used is refused in one message with place, value and cure, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cxsim.calibrate import calibrate
from cxsim.errors import CxsimError

HEAD = "id,date,amount\n"
GOOD = "1,2024-01-01,5\n1,2024-01-09,6\n2,2024-01-03,7\n2,2024-02-20,8\n"


def refusal(folder: Path, content: str | bytes, **options: object) -> str:
    data = folder / "sales.csv"
    data.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(CxsimError) as caught:
        calibrate(data, folder=folder / "conf", **options)
    assert not (folder / "conf").exists()
    return str(caught.value)


BAD_FILES = {
    "empty": (b"", ["sales.csv", "empty", "UTF-8"]),
    "blank": (b"\n \n", ["the file is empty"]),
    "header only": (HEAD, ["header line but no row"]),
    "binary": (bytes(range(256)) * 20, ["sales.csv", "binary", "Parquet"]),
    "excel": (b"PK\x03\x04" + b"x" * 50, ["Excel workbook", "save it as CSV"]),
    "gzip": (b"\x1f\x8b" + b"x" * 50, ["compressed"]),
    "utf-16": (("\ufeff" + HEAD).encode("utf-16-le"), ["UTF-16", "UTF-8"]),
    "latin-1": ((HEAD + "1,2024-01-01,5\nMü,2024-01-01,5\n").encode("latin-1"), [":3", "0xfc", "UTF-8"]),
    "false parquet": (b"PAR1" + b"x" * 50, ["Parquet file cannot be read", "export it again"]),
    "open quote": (HEAD + '1,2024-01-01,5\n"2,2024-01-01,5\n', ["sales.csv:3", "quotation marks"]),
    "no header": (GOOD, ["no header line", "columns.customer=1"]),
    "no such columns": ("who,when,paid\na,2024-01-01,5\n", ["customer", "1 'who', 2 'when', 3 'paid'"]),
    "one customer": (HEAD + "1,2024-01-01,5\n1,2024-01-03,6\n", ["1 customer", "more customers"]),
    "no repeat": (HEAD + "1,2024-01-01,5\n2,2024-01-03,6\n3,2024-01-09,6\n", ["came back", "until=end"]),
    "one day": (HEAD + "1,2024-01-01,5\n2,2024-01-01,6\n", ["all 2 rows", "2024-01-01", "columns.date"]),
    "no spend": (HEAD + GOOD.replace(",6\n", ",0\n"), ["0 customers", "positive amount", "until=end"]),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_is_refused(tmp_path: Path, case: str) -> None:
    content, pieces = BAD_FILES[case]
    message = refusal(tmp_path, content)
    for piece in pieces:
        assert piece in message


BAD_ROWS = {
    "2024-02-30,5": ["sales.csv:6: impossible date '2024-02-30'", "no such day"],
    "19970231,5": ["sales.csv:6: impossible date '19970231'"],
    "01/02/2024,5": ["sales.csv:6: unreadable date '01/02/2024'", "date_format=%d/%m/%Y"],
    ",5": ["sales.csv:6: unreadable date ''"],
    "2999-01-01,5": ["sales.csv:6: future date '2999-01-01'", "after today"],
    "1899-12-31,5": ["sales.csv:6: date before 1900 '1899-12-31'"],
    "2024-01-01,$5": ["sales.csv:6: unreadable amount '$5'", "currency sign"],
    "2024-01-01,": ["sales.csv:6: missing amount ''"],
    "2024-01-01,nan": ["sales.csv:6: unreadable amount 'nan'"],
    "2024-01-01,inf": ["sales.csv:6: unreadable amount 'inf'"],
    "2024-01-01,1e999": ["sales.csv:6: unreadable amount '1e999'"],
    "2024-01-01,1_000": ["sales.csv:6: unreadable amount '1_000'"],
    '2024-01-01,"1,000.50"': ["sales.csv:6: unreadable amount '1,000.50'", "thousands"],
    "2024-01-01,5,9": ["sales.csv:6: 4 fields instead of 3 in '1 | 2024-01-01 | 5 | 9'"],
    "2024-01-01,-5": ["sales.csv:6: negative amount -5", "negative=net", "negative=drop"],
}


@pytest.mark.parametrize("row", BAD_ROWS)
def test_a_bad_row_is_refused_with_its_line_and_value(tmp_path: Path, row: str) -> None:
    message = refusal(tmp_path, HEAD + GOOD + f"1,{row}\n")
    for piece in BAD_ROWS[row]:
        assert piece in message


def test_a_date_outside_the_given_format_is_refused(tmp_path: Path) -> None:
    message = refusal(tmp_path, HEAD + GOOD, date_format="%d/%m/%Y")
    assert "sales.csv:2: date not in date_format=%d/%m/%Y '2024-01-01'" in message


def test_a_negative_amount_is_refused_whatever_share_of_bad_rows_is_allowed(tmp_path: Path) -> None:
    assert "negative=net" in refusal(tmp_path, HEAD + GOOD + "1,2024-01-10,-1\n", max_bad_share=0.9)


def test_a_refund_without_a_purchase_is_refused(tmp_path: Path) -> None:
    message = refusal(tmp_path, HEAD + GOOD + "3,2024-01-10,-1\n", negative="net")
    assert "sales.csv:6: refund above all earlier spend of its customer '-1'" in message
    assert "negative=drop" in message


def test_many_bad_rows_are_counted_and_the_first_shown(tmp_path: Path) -> None:
    message = refusal(tmp_path, HEAD + GOOD + "1,never,5\n" * 8)
    assert "8 of 12 rows cannot be used (8 unreadable date)" in message
    assert message.count("unreadable date 'never'") == 5 and "and 3 more" in message


BAD_OPTIONS = {
    "layout": ("wide", ["layout=wide", "auto, cdnow, table"]),
    "negative": ("keep", ["negative=keep", "refuse, net, drop"]),
    "max_bad_share": (1.0, ["max_bad_share=1.0", "below 1"]),
    "until": ("soon", ["until=soon", "2024-01-01 and 2024-02-20", "until=end"]),
    "name": ("My Shop", ["name=My Shop", "name=my_shop"]),
}


@pytest.mark.parametrize("option", BAD_OPTIONS)
def test_a_bad_option_is_refused_with_what_is_allowed(tmp_path: Path, option: str) -> None:
    value, pieces = BAD_OPTIONS[option]
    message = refusal(tmp_path, HEAD + GOOD, **{option: value})
    for piece in pieces:
        assert piece in message


@pytest.mark.parametrize(
    ("columns", "pieces"),
    [
        ({"custmer": "id"}, ["columns.custmer", "did you mean columns.customer?"]),
        (
            {"amount": "amont"},
            ["columns.amount=amont", "did you mean 'amount'?", "1 'id', 2 'date', 3 'amount'"],
        ),
        ({"amount": 4}, ["columns.amount=4", "columns 1 to 3"]),
        ({"amount": 0}, ["columns.amount=0", "columns 1 to 3"]),
        ({"customer": "date"}, ["columns.customer and columns.date are both column 2"]),
    ],
)
def test_a_wrong_column_is_refused_with_the_columns_found(
    tmp_path: Path, columns: dict, pieces: list
) -> None:
    message = refusal(tmp_path, HEAD + GOOD, columns=columns)
    for piece in pieces:
        assert piece in message


def test_a_cut_off_outside_the_data_is_refused_with_both_ends(tmp_path: Path) -> None:
    message = refusal(tmp_path, HEAD + GOOD, until="2025-01-01")
    assert "until=2025-01-01: outside the observed days 2024-01-01 to 2024-02-20" in message


def test_a_table_is_not_taken_for_cdnow(tmp_path: Path) -> None:
    assert "layout=cdnow: sales.csv does not look like it" in refusal(tmp_path, HEAD + GOOD, layout="cdnow")


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CxsimError, match="that is a folder"):
        calibrate(tmp_path)
    with pytest.raises(CxsimError, match=r"nothing\.csv: there is no such file"):
        calibrate(tmp_path / "nothing.csv")


def test_amounts_without_a_mean_are_refused(tmp_path: Path) -> None:
    draw = np.random.default_rng(3)
    rows = [
        f"{customer},2024-{month:02d}-{1 + customer % 28:02d},{level * draw.uniform(0.9, 1.1):.2f}"
        for customer, level in enumerate(draw.pareto(0.4, 300) + 1)
        for month in range(1, 2 + customer % 4)
    ]
    message = refusal(tmp_path, HEAD + "\n".join(rows) + "\n")
    assert "q = 0." in message and "infinite" in message and "columns.amount" in message
