"""Sections in the terminal: heading, words, grids, notes; what is to be done comes last, where the eye rests."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from cxsim.report.section import PLACES, Grid, Section
from cxsim.report.terminal import make_console, make_grid, wording


def print_sections(sections: Sequence[Section], console: Console | None = None) -> None:
    """Print sections, those of the place "decision" after all others and the first of them last.

    Of brief ones only the words are printed; what is left to the page is named.

    Parameters
    ----------
    sections : sequence of Section
        From :func:`cxsim.report.sections.sections_of`.
    console : rich Console, optional
        Where to print; default: the terminal.

    Examples
    --------
    >>> print_sections([Section("What to do", ["Nothing."])])  # doctest: +NORMALIZE_WHITESPACE
    What to do
      Nothing.
    """
    console = make_console(console)
    for place in PLACES[1:]:
        for section in sections:
            if section.place == place:
                _print(section, console)
    left = [one.title for one in sections if one.is_brief]
    if left:
        console.print(Text(wording(console)(f"Tables on the page: {', '.join(left)}."), style="dim"))
    for section in reversed([one for one in sections if one.place == PLACES[0]]):
        _print(section, console)


def _print(section: Section, console: Console) -> None:
    say = wording(console)
    if section.is_brief and not section.words:
        return
    console.print(Text(say(section.title), style="bold"))
    for sentence in section.words:
        console.print(Text(say(f"  {sentence}")))
    if section.is_brief:
        return
    for grid in section.grids:
        _print_grid(grid, console)
    for note in section.notes:
        console.print(Text(say(note), style="dim"))


def _print_grid(grid: Grid, console: Console) -> None:
    say = wording(console)
    made = make_grid(console, say(grid.name), [say(head) for head in grid.heads[1:]])
    for column, one in enumerate(made.columns):
        one.justify = "right" if grid.is_number(column) else "left"
        one.no_wrap, one.overflow = column == 0, "fold"  # A number that does not fit is never cut off.
    made.columns[0].header = say(grid.heads[0])
    for row in grid.rows:
        made.add_row(*(say(cell) for cell in row))
    console.print(made)
