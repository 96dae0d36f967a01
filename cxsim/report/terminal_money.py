"""What the terminal says of money beyond the table: leakage, saved customers, returns, points, sources."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from cxsim.measure.table import Table
from cxsim.report.money_reading import PAIRING, RETURN, SOURCE_HEADS, MoneyReading, money_words, source_rows
from cxsim.report.page_results import worse_rows
from cxsim.report.terminal import make_console, make_grid, wording
from cxsim.report.verdicts import is_detected, total_rows


def print_money(
    reading: MoneyReading, currency: str, comparison: Table | None = None, console: Console | None = None,
) -> None:
    """Print each scenario's money in sentences, and where its customers come from.

    Sources are shown for a run, and in a comparison for scenarios that change the cost to acquire.

    Parameters
    ----------
    reading : MoneyReading
        Of a run or a comparison.
    currency : str
        Of the market.
    comparison : Table, optional
        From :func:`cxsim.measure.comparison.compare_kpis`.
    console : rich Console, optional
        Where to print; default: the terminal.
    """
    if reading.kind == "contact_centre":
        return
    console = make_console(console)
    say = wording(console)
    said = {name: money_words(reading, name) for name in reading.scenarios}
    for name, sentences in said.items():
        if sentences:
            console.print(Text(say(f"Money of {name}:")))
        for sentence in sentences:
            console.print(Text(say(f"  {sentence}")))
    if comparison is not None and any(said.values()):
        console.print(Text(say(PAIRING), style="dim"))
        console.print(Text(say(RETURN), style="dim"))
    for name in _with_sources(reading, comparison):
        _print_sources(console, reading, name, currency)


def _with_sources(reading: MoneyReading, comparison: Table | None) -> Sequence[str]:
    if comparison is None:
        return reading.scenarios
    changed = [name for name in reading.scenarios if is_detected(total_rows(comparison, name)["acquisition_cost"])]
    return [reading.baseline, *changed] if changed else []


def _print_sources(console: Console, reading: MoneyReading, name: str, currency: str) -> None:
    rows = source_rows(reading, name)
    if not rows:
        return
    say = wording(console)
    grid = make_grid(console, say(f"Sources of new customers: {name}, in {currency}"), SOURCE_HEADS)
    for cells in rows:
        grid.add_row(*map(say, cells))
    console.print(grid)


def print_worse(comparison: Table, console: Console | None = None) -> None:
    """Print for each scenario which headline metrics got detectably worse."""
    console = make_console(console)
    say = wording(console)
    for group in worse_rows(comparison):
        if group["headlines"]:
            listed = ", ".join(f"{row['title']} {row['difference']}" for row in group["headlines"])
            console.print(Text(say(f"Worse with {group['name']}: {listed}.")))
