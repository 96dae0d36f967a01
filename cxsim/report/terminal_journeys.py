"""What the terminal says of places and journeys: what to mend first, who owns it, and gaps."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from cxsim.report.page_journeys import (
    FIRST_ORDER, GAP, PAIN_UNIT, JourneyReading, fix_rows, has_gap, owner_rows, view_words)
from cxsim.report.terminal import make_console, make_grid, wording


def print_journeys(reading: JourneyReading | None, currency: str, console: Console | None = None) -> None:
    """Print for each scenario what to fix first and pain, delight and cost by owner.

    Parameters
    ----------
    reading : JourneyReading or None
        From :func:`cxsim.report.page_journeys.read_journeys`; with None nothing is printed.
    currency : str
        Of the market.
    console : rich Console, optional
        Where to print; default: the terminal.
    """
    if reading is None:
        return
    console = make_console(console)
    say = wording(console)
    for scenario in reading.scenarios:
        fixes = fix_rows(reading, scenario)
        if not fixes:
            continue
        grid = make_grid(console, say(f"Fix this first: {scenario}"),
                         ("pain", f"{currency} a year", "cause, owner (P)"))
        for place, cause, owner, p, pain, money in fixes:
            grid.add_row(say(place), pain, say(money), say(f"{cause}, {owner} ({p})"))
        console.print(grid)
        grid = make_grid(console, say(f"Who owns it: {scenario}"), ("pain", "delight", "cost", "P"))
        for owner, p, pain, delight, cost in owner_rows(reading, scenario):
            grid.add_row(say(owner), pain, delight, say(cost), say(p))
        console.print(grid)
        console.print(Text(say(view_words(reading, scenario) or "Nobody was asked about a journey.")))
    console.print(Text(say(f"Pain and delight: {PAIN_UNIT}. Cost: {currency}, of a run, without goods. "
                           f"{FIRST_ORDER}")))


def print_gaps(reading: JourneyReading | None, console: Console | None = None) -> None:
    """Print a line for each scenario in which some touchpoint pleases and the journey does not."""
    if reading is None:
        return
    console = make_console(console)
    say = wording(console)
    found = [scenario for scenario in reading.scenarios if has_gap(reading, scenario)]
    for scenario in found:
        console.print(Text(say(f"{scenario}: {view_words(reading, scenario)}")))
    if found:
        console.print(Text(say(GAP)))
