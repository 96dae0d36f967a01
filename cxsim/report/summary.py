"""The summary file: the whole run in one small CSV that opens in any spreadsheet."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import Any

from cxsim.measure.levels import levels
from cxsim.measure.table import Table
from cxsim.measure.whole_file import write_text

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: Any) -> Any:
    """A cell no spreadsheet takes for a formula; numbers stay numbers, undefined is empty.

    Examples
    --------
    >>> safe_cell("=1+1"), safe_cell(-2.5), safe_cell(float("nan")), safe_cell("points_program")
    ("'=1+1", -2.5, '', 'points_program')
    """
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA_STARTS) else value
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    return value


def write_summary(path: Path | str, table: Table, confidence: float = 0.95) -> None:
    """Write the whole-run rows of a comparison (or of KPIs, averaged over replications) as CSV.

    Parameters
    ----------
    path : path
        The file; its folder must exist.
    table : Table
        From :func:`cxsim.measure.comparison.compare_kpis` or :func:`cxsim.measure.kpis.kpis`.
    confidence : float
        For the intervals of KPIs; a comparison brings its own.

    Raises
    ------
    CxsimError
        If it cannot be written; nothing half-written remains.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "summary.csv"
    >>> write_summary(path, Table({
    ...     "scenario": ["=a"], "replication": [0], "segment": ["all"], "period": ["total"],
    ...     "metric": ["profit"], "value": [-1.5], "unit": ["money"]}))
    >>> path.read_text().splitlines()[1]
    "'=a,all,profit,-1.5,,,0.95,1,money"
    """
    total = table.select(period="total")
    if "difference" not in total.names:
        total = levels(total, confidence)
    names = [name for name in total.names if name != "period"]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    for row in total.rows():
        writer.writerow([safe_cell(row[name]) for name in names])
    write_text(path, text.getvalue())
