"""Tables in the terminal beyond a comparison: sweeps, experiments."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from rich.console import Console
from rich.table import Table as Grid

from cxsim.measure.table import Table
from cxsim.report.numbers import format_difference, format_width
from cxsim.report.terminal import make_console
from cxsim.report.verdicts import title

MOST_CELLS = 30
SWEPT = ("retention_rate", "purchases", "referrals_converted", "profit", "customer_equity")


def print_grid(
    heading: str, names: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "",
    console: Console | None = None,
) -> None:
    """Print a plain table: the first column to the left, numbers to the right."""
    console = make_console(console)
    grid = Grid(title=heading, title_justify="left", caption=caption or None, caption_justify="left")
    for k, name in enumerate(names):
        grid.add_column(name, justify="left" if k == 0 else "right", overflow="fold")
    for row in rows:
        grid.add_row(*row)
    console.print(grid)


def print_sweep(table: Table, keys: Sequence[str], caption: str, console: Console | None = None) -> None:
    """Print one line a cell: its keys, and the paired difference of a few headline metrics."""
    rows = []
    totals = table.select(segment="all", period="total")
    cells = sorted(set(table["cell"].tolist()))
    shown = _first_by_profit(totals, cells)
    if len(shown) < len(cells):
        caption = f"the {len(shown)} first of {len(cells)} cells by profit, all in sweep.parquet; {caption}"
    for cell in shown:
        here = totals.select(cell=cell)
        first = next(here.rows())
        keys_of = [_short(first[key]) for key in keys]
        if first["status"] == "failed":
            rows.append([str(cell), *keys_of, f"failed: {first['reason']}", *[""] * (len(SWEPT) - 1)])
            continue
        found = {row["metric"]: row for row in here.rows()}
        rows.append([str(cell), *keys_of, *(_difference(found.get(metric)) for metric in SWEPT)])
    print_grid("difference to the baseline (± half of its interval)", ["cell", *keys, *map(title, SWEPT)],
               rows, caption, console)


def _short(value: object) -> str:
    """A swept value as text, a number without the last digits of its fraction.

    Examples
    --------
    >>> _short("0.03000000000000002"), _short("points_program"), _short(2.0)
    ('0.03', 'points_program', '2')
    """
    try:
        return f"{float(str(value)):.6g}"
    except ValueError:
        return str(value)


def _first_by_profit(totals: Table, cells: Sequence[int]) -> Sequence[int]:
    """All cells where they are few; else those with most profit, the first ones first."""
    if len(cells) <= MOST_CELLS:
        return cells
    profit = totals.select(metric="profit", status="done")
    profit = profit.take(np.argsort(-profit["difference"], kind="stable"))
    chosen: list[int] = profit["cell"].tolist()
    return chosen[:MOST_CELLS]


def _difference(row: dict | None) -> str:
    if row is None or not math.isfinite(row["difference"]):
        return "-"
    half = (row["ci_high"] - row["ci_low"]) / 2
    text = format_difference(row["difference"], row["unit"], half)
    return f"{text} ± {format_width(half, row['unit'])}" if math.isfinite(half) else text


def print_findings(table: Table, console: Console | None = None) -> None:
    """Print what an experiment found beside what was recorded."""
    rows = [[row["answer"], f"{row['simulated']:.5g}", f"{row['standard_error']:.2g}", f"{row['recorded']:.5g}",
             *(f"{row[name]:.5g}" if math.isfinite(row[name]) else "-" for name in ("theory", "actual")),
             row["verdict"]] for row in table.rows()]
    print_grid(str(table["experiment"][0]),
               ["answer", "simulated", "s.e.", "recorded", "theory", "real world", "verdict"], rows,
               console=console)
