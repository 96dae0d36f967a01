"""Texts of a data file turned into day numbers and amounts, with every refusal explained."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from cxsim.calibrate.rows import Rejections

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\.0)?")
DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d{1,2}")
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
EARLIEST = date(1900, 1, 1)
EPOCH = date(1970, 1, 1)

DATE_CURE = "write YYYY-MM-DD or yyyymmdd, or name the layout, for example date_format=%d/%m/%Y"
AMOUNT_CURE = "write a plain number with a decimal point, without currency sign or thousands separator"


def read_day(text: str, date_format: str | None = None) -> date | str:
    """The day a text names, or the reason why it names none.

    Parameters
    ----------
    text : YYYY-MM-DD (a time of day after it is ignored) or yyyymmdd, unless `date_format` is given.
    date_format : a layout in strptime's letters, for example ``%d/%m/%Y``.

    Examples
    --------
    >>> read_day("1997-09-30"), read_day("19970930"), read_day("30.9.1997", "%d.%m.%Y")
    (datetime.date(1997, 9, 30), datetime.date(1997, 9, 30), datetime.date(1997, 9, 30))
    >>> read_day("1997-02-30"), read_day("soon")
    ('impossible date', 'unreadable date')
    """
    if date_format is not None:
        try:
            return datetime.strptime(text, date_format).date()
        except ValueError:
            return f"date not in date_format={date_format}"
    shape = ISO_DAY.fullmatch(text) or COMPACT_DAY.fullmatch(text)
    if shape is None:
        return "unreadable date"
    try:
        return date(*(int(part) for part in shape.groups()))
    except ValueError:
        return "impossible date"


def read_days(
    texts: Sequence[str], lines: Ints, bad: Rejections, date_format: str | None, today: date
) -> Ints:
    """Days since 1970-01-01 of every text, shape (n,); rows in `bad` keep an unspecified value.

    Each distinct text is read once: a file of millions of rows holds only hundreds of days.

    Examples
    --------
    >>> bad = Rejections("f.csv")
    >>> read_days(["1970-01-02", "2999-01-01"], np.array([2, 3]), bad, None, date(2024, 1, 1)).tolist()
    [1, 0]
    >>> [str(row) for row in bad.rows]
    ["3: future date '2999-01-01'"]
    """
    known = {text: _usable_day(text, date_format, today) for text in set(texts)}
    numbers = {text: (day - EPOCH).days if isinstance(day, date) else 0 for text, day in known.items()}
    faults = {text: day for text, day in known.items() if isinstance(day, str)}
    if faults:
        cures = {
            "impossible date": "the calendar has no such day: correct it",
            "future date": f"it lies after today ({today}): correct it",
            "date before 1900": "correct it, or leave the column out of the export where it is unknown",
        }
        for line, text in zip(lines, texts, strict=True):
            if text in faults:
                bad.add(int(line), faults[text], text, cures.get(faults[text], DATE_CURE))
    return np.fromiter((numbers[text] for text in texts), dtype=np.int64, count=len(texts))


def _usable_day(text: str, date_format: str | None, today: date) -> date | str:
    day = read_day(text, date_format)
    if isinstance(day, str):
        return day
    if day > today:
        return "future date"
    return day if day >= EARLIEST else "date before 1900"


def read_amounts(texts: Sequence[str], lines: Ints, bad: Rejections) -> Floats:
    """Amounts, shape (n,); rows in `bad` are 0.

    A decimal comma (``12,50``) is read as such when no amount of the file has a decimal point, and
    every comma is followed by one or two last digits; otherwise a comma is a fault.

    Examples
    --------
    >>> bad = Rejections("f.csv")
    >>> read_amounts(["12,50", "8"], np.array([2, 3]), bad).tolist()
    [12.5, 8.0]
    >>> read_amounts(["12.50", "$8"], np.array([2, 3]), bad).tolist(), str(bad.rows[0])
    ([12.5, 0.0], "3: unreadable amount '$8'")
    """
    if any("," in text for text in texts) and not any("." in text for text in texts):
        texts = [text.replace(",", ".") if DECIMAL_COMMA.fullmatch(text) else text for text in texts]
    try:
        amounts = np.array(texts, dtype=np.str_).astype(np.float64)
        if np.isfinite(amounts).all() and not any("_" in text for text in texts):
            return amounts
    except ValueError:
        pass
    amounts = np.zeros(len(texts))
    for i, text in enumerate(texts):
        if NUMBER.fullmatch(text) and np.isfinite(float(text)):
            amounts[i] = float(text)
        else:
            bad.add(int(lines[i]), "unreadable amount" if text else "missing amount", text, AMOUNT_CURE)
    return amounts
