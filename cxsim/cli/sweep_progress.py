"""How far a sweep has come: runs done, rate, time left, failures; a bar where somebody watches, lines in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Tell = Callable[[str, int, int], None]
SECONDS_A_LINE = 30.0
LINES = 10
LEAST_SECONDS = 1.0


@contextmanager
def sweep_progress(n_cells: int, clock: Callable[[], float] = time.monotonic) -> Iterator[Tell]:
    """A function (words, done, total) that shows how far a sweep has come, on stderr.

    On a terminal a bar; otherwise a line now and then. Words beside a total tell of failures; words without one
    (total 0) tell of what happens before the first cell.

    Examples
    --------
    >>> with sweep_progress(4) as tell:
    ...     tell("", 0, 0)
    """
    rate = Rate(clock)
    if not sys.stderr.isatty():
        lines = _Lines(n_cells, rate, clock)
        yield lines.tell
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("sweep"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def tell(words: str, done: int, total: int) -> None:
            if total == 0:
                bar.update(task, description=words)
                return
            rate.note(done)
            bar.update(task, description=rate.told(done, total, words), completed=done, total=total)

        yield tell


class Rate:
    """Runs a second since the first that was lived, and what that makes of those left.

    Examples
    --------
    >>> seconds = iter([0.0, 10.0])
    >>> rate = Rate(lambda: next(seconds))
    >>> rate.note(100); rate.note(120)
    >>> rate.told(120, 200, "1 failed")
    '2 runs/s, 40 seconds left, 1 failed'
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._first: tuple[float, int] | None = None
        self._last = (0.0, 0)

    def note(self, done: int) -> None:
        """So many are done now; those done before the first call were kept ones."""
        self._last = (self._clock(), done)
        if self._first is None:
            self._first = self._last

    def told(self, done: int, total: int, words: str) -> str:
        """Rate, time left, and words."""
        from cxsim.engines.estimate import told_seconds

        assert self._first is not None
        seconds, lived = self._last[0] - self._first[0], self._last[1] - self._first[1]
        parts = []
        if seconds >= LEAST_SECONDS and lived > 0:
            speed = lived / seconds
            parts = [f"{speed:.3g} runs/s", f"{told_seconds((total - done) / speed)} left"]
        return ", ".join([*parts, *([words] if words else [])])


class _Lines:
    """A line for each tenth, and at least every half minute."""

    def __init__(self, n_cells: int, rate: Rate, clock: Callable[[], float]) -> None:
        self._n_cells, self._rate, self._clock = n_cells, rate, clock
        self._said: set[str] = set()
        self._tenth, self._at = -1, clock()

    def tell(self, words: str, done: int, total: int) -> None:
        """As the bar, in lines."""
        if total == 0:
            stage = words.partition(",")[0]
            if stage and stage not in self._said:
                self._said.add(stage)
                self._print(stage)
            return
        self._rate.note(done)
        tenth, now = done * LINES // total, self._clock()
        if tenth > self._tenth or now - self._at >= SECONDS_A_LINE:
            self._tenth, self._at = tenth, now
            told = self._rate.told(done, total, words)
            self._print(f"{done} of {total} runs ({self._n_cells} cells){f', {told}' if told else ''}")

    @staticmethod
    def _print(text: str) -> None:
        print(f"cxsim sweep: {text}", file=sys.stderr, flush=True)
