"""A section of a report: words, grids of text and a picture, told alike by the page and the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Place = Literal["decision", "why", "sure", "further"]
PLACES: tuple[Place, ...] = ("decision", "why", "sure", "further")
"""What to do; why it comes out so; how sure it is; what else there is to know. In this order."""


@dataclass(frozen=True)
class Grid:
    """A table of texts: names in the first column, then numbers, then words in the last `words` columns.

    Parameters
    ----------
    heads : sequence of str
        One for each column.
    rows : sequence of sequences of str
        Cells, as many as there are heads.
    name : str
        What it shows, above it; may be empty.
    words : int
        How many of the last columns hold words rather than numbers.
    """

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    name: str = ""
    words: int = 0

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.heads):
                raise ValueError(
                    f"a row of {self.name or 'a grid'} has {len(row)} cells for {len(self.heads)} heads: {row}")

    def is_number(self, column: int) -> bool:
        """Whether a column (from 0) holds numbers.

        Examples
        --------
        >>> grid = Grid(["", "profit", "in words"], [], words=1)
        >>> [grid.is_number(k) for k in range(3)]
        [False, True, False]
        """
        return 0 < column < len(self.heads) - self.words


@dataclass(frozen=True)
class Section:
    """One heading with all that stands under it.

    Parameters
    ----------
    title : str
        The heading.
    words : sequence of str
        Paragraphs, the most important first.
    grids : sequence of Grid
        Tables below them.
    svg, caption : str
        A picture for the page, and what it shows; the terminal leaves it out.
    notes : sequence of str
        What has to be known to read it rightly; in small print.
    place : str
        One of :data:`PLACES`.
    is_brief : bool
        Whether the terminal shows its words only, because the page has room for the rest.
    """

    title: str
    words: Sequence[str] = ()
    grids: Sequence[Grid] = ()
    svg: str = ""
    caption: str = ""
    notes: Sequence[str] = ()
    place: Place = "why"
    is_brief: bool = False

    def __post_init__(self) -> None:
        if self.place not in PLACES:
            raise ValueError(f"section {self.title}: place {self.place!r} must be one of {', '.join(PLACES)}")
