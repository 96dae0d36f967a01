"""Progress on stderr, and only where somebody watches; a plain line otherwise."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cxsim.settings.schema import Config

# How an estimate begins, so that it is shown whole.
ESTIMATE = "expected:"


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


def refuse_early(config: Config, n_scenarios: int) -> None:
    """Refuse what memory cannot hold before anything else is even imported.

    Raises
    ------
    CxsimError
        With what it would take, what there is, and what would fit.
    """
    from cxsim.engines.memory import refuse_what_cannot_fit

    refuse_what_cannot_fit(config, 1 + n_scenarios)


def say_log(config: Config, n_scenarios: int, folder: Path) -> None:
    """Say on stderr how large an event log will be, where it will be large.

    Raises
    ------
    CxsimError
        When it is larger than what is free on the disk.
    """
    from cxsim.engines.estimate import estimate, is_worth_estimating
    from cxsim.engines.log_room import refuse_log_beyond_disk

    if config.output.events == "none" or not is_worth_estimating(config, n_scenarios):
        return
    told = refuse_log_beyond_disk(estimate(config, n_scenarios=n_scenarios), folder)
    if told:
        print(f"cxsim: {told}", file=sys.stderr)


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
            if text.startswith(ESTIMATE):  # It stays on the screen.
                bar.console.print(f"cxsim {title}: {text}", markup=False, highlight=False)
                return
            bar.update(task, description=f"{title}: {text}", completed=done, total=total or None)

        yield tell


def _quiet(title: str) -> Callable[[str, int, int], None]:
    """Nothing but the start of long stages, for logs."""
    said: set[str] = set()

    def tell(text: str, done: int, total: int) -> None:
        is_estimate = text.startswith(ESTIMATE)
        stage = text if is_estimate else text.partition(",")[0] if total == 0 else f"{total} runs"
        if stage not in said:
            said.add(stage)
            print(f"cxsim {title}: {stage}", file=sys.stderr)

    return tell
