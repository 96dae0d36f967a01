"""Rows a file could not give, each with its place and its reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from cxsim.errors import CxsimError

N_SHOWN = 5


@dataclass(frozen=True)
class BadRow:
    """One row that cannot be used.

    Parameters
    ----------
    line : line of the file (row of a Parquet file), from 1.
    reason : what kind of fault, the same words for every row with it.
    value : the text found there.

    Examples
    --------
    >>> str(BadRow(7, "impossible date", "2024-02-30"))
    "7: impossible date '2024-02-30'"
    """

    line: int
    reason: str
    value: str

    def __str__(self) -> str:
        shown = self.value if len(self.value) <= 60 else self.value[:57] + "..."
        return f"{self.line}: {self.reason} {shown!r}"


@dataclass
class Rejections:
    """The bad rows of one file, collected while it is read.

    Examples
    --------
    >>> bad = Rejections("sales.csv")
    >>> bad.add(7, "impossible date", "2024-02-30", cure="correct the day")
    >>> bad.judge(n_rows=100, max_bad_share=0.05)
    >>> bad.judge(n_rows=100, max_bad_share=0.0)
    Traceback (most recent call last):
    ...
    cxsim.errors.CxsimError: sales.csv: 1 of 100 rows cannot be used (1 impossible date):
      sales.csv:7: impossible date '2024-02-30'; correct the day
    Correct the file, or set max_bad_share=0.01 to leave such rows out
    """

    source: str
    rows: list[BadRow] = field(default_factory=list)
    cures: dict[str, str] = field(default_factory=dict)
    lines: set[int] = field(default_factory=set)

    def add(self, line: int, reason: str, value: str, cure: str) -> None:
        """Note one bad row; `cure` says what to do about it. A row is bad once, for its first reason."""
        if line in self.lines:
            return
        self.lines.add(line)
        self.rows.append(BadRow(line, reason, value))
        self.cures.setdefault(reason, cure)

    def judge(self, n_rows: int, max_bad_share: float) -> None:
        """Refuse the file when the share of bad rows is above `max_bad_share`.

        Raises
        ------
        CxsimError
            Names the first rows with file, line, value and cure.
        """
        if not self.rows or len(self.rows) <= max_bad_share * n_rows:
            return
        self.rows.sort(key=lambda row: row.line)
        counts = ", ".join(f"{n:,} {reason}" for reason, n in self.counts().items())
        lines = [f"{self.source}: {len(self.rows):,} of {n_rows:,} rows cannot be used ({counts}):"]
        lines += [f"  {self.source}:{row}; {self.cures[row.reason]}" for row in self.rows[:N_SHOWN]]
        if len(self.rows) > N_SHOWN:
            lines.append(f"  and {len(self.rows) - N_SHOWN:,} more")
        if len(self.rows) < n_rows:
            share = _round_up(len(self.rows) / n_rows)
            lines.append(f"Correct the file, or set max_bad_share={share} to leave such rows out")
        raise CxsimError("\n".join(lines))

    def counts(self) -> dict[str, int]:
        """Number of bad rows by reason, most frequent first."""
        return dict(Counter(row.reason for row in self.rows).most_common())


def _round_up(share: float) -> str:
    """Smallest share with at most 6 decimals that is not below `share`."""
    rounded = round(share, 6)
    return f"{rounded if rounded >= share else rounded + 1e-6:.6f}".rstrip("0").rstrip(".")
