"""The command that fits a market to a user's own transactions."""

from __future__ import annotations

from collections.abc import Sequence

from cxsim.cli.asking import ask
from cxsim.errors import CxsimError


def calibrate(words: Sequence[str]) -> int:
    """``cxsim calibrate data=FILE``: estimates, their errors, the holdout, and a market to use."""
    request = ask("calibrate", words)
    if request is None:
        return 0
    options = request.options.calibrate.model_dump()
    data = options.pop("data")
    if not data:
        raise CxsimError("data: no file is named; name one with customer, date, amount, as in data=sales.csv")
    from cxsim.calibrate.calibration import calibrate as calibrated

    found = calibrated(data, **options)
    for title, names, rows in found.tables():
        _print_table(title, names, rows)
    for note in found.notes():
        print(note)
    return 0


def _print_table(title: str, names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for position, name in enumerate(names):
        table.add_column(name, justify="left" if position == 0 else "right")
    for row in rows:
        table.add_row(*row)
    Console().print(table)
