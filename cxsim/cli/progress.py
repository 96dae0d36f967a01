"""Progress on stderr, and only where somebody watches; a plain line otherwise."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[str, int, int], None]]:
    """A function (text, done, total) that shows how far a command has come; total 0 = not known yet.

    Examples
    --------
    >>> with progress_bar("compare") as tell:
    ...     tell("baseline", 1, 2)
    """
    if sys.stderr.isatty():
        with _bar(title) as tell:
            yield tell
    else:
        yield _quiet(title)


def first_use_notice() -> None:
    """Say once, on stderr, that a first run compiles the simulator."""
    from cxsim.journal.compiling import is_first_use

    if is_first_use():
        print("cxsim: compiling the simulator, once; later runs start at once", file=sys.stderr)


def say_cautions(found: Sequence[str]) -> None:
    """Say on stderr, before a run, what may mislead in its results."""
    for sentence in found:
        print(f"cxsim: caution: {sentence}", file=sys.stderr)


@contextmanager
def _bar(title: str) -> Iterator[Callable[[str, int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)

        def tell(text: str, done: int, total: int) -> None:
            bar.update(task, description=f"{title}: {text}", completed=done, total=total or None)

        yield tell


def _quiet(title: str) -> Callable[[str, int, int], None]:
    """Nothing but the start of long stages, for logs."""
    said: set[str] = set()

    def tell(text: str, done: int, total: int) -> None:
        stage = text.partition(",")[0] if total == 0 else f"{total} runs"
        if stage not in said:
            said.add(stage)
            print(f"cxsim {title}: {stage}", file=sys.stderr)

    return tell
