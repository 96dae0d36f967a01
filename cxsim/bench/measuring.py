"""Measurements in turn, each in a process of its own, within a budget of seconds."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from cxsim.bench.subjects import Subject, environment

Progress = Callable[[str, int, int], None]
# Whoever takes a larger share of the budget than this is not run again.
SHARE_TO_REPEAT = 0.1
SLOWER_THAN_LINEAR = 1.3


@dataclass(frozen=True)
class Cell:
    """A subject at a size: its measurements, or why there are none."""

    subject: Subject
    customers: int
    runs: list[dict[str, Any]] = field(default_factory=list)
    reason: str = ""


class Budget:
    """Seconds that may be spent.

    Examples
    --------
    >>> Budget(0.0).left, Budget(60.0).left > 59
    (0.0, True)
    """

    def __init__(self, seconds: float) -> None:
        self.seconds, self.start = seconds, time.monotonic()
        self.is_interrupted = False

    @property
    def left(self) -> float:
        """What is left of it, never below 0; nothing once somebody interrupted."""
        return 0.0 if self.is_interrupted else max(0.0, self.seconds - (time.monotonic() - self.start))


def measure_all(
    subjects: Sequence[Subject], sizes: Sequence[int], *, days: int, seed: int, rounds: int, budget: Budget,
    progress: Progress = lambda text, done, total: None,
) -> list[Cell]:
    """Every subject at every size, in turn, `rounds` times; small sizes first.

    A cell is left out where what the same subject took at the size before it says that it would not end
    within what is left of the budget, and stopped where it does not. Who takes more than a tenth of the
    budget is run once.
    """
    cells, done = [], 0
    total = len(subjects) * len(sizes) * rounds
    for size in sorted(sizes):
        reasons: dict[Subject, str] = {}
        taken: dict[Subject, list[float]] = {subject: [] for subject in subjects}
        runs: dict[Subject, list[dict[str, Any]]] = {subject: [] for subject in subjects}
        for round_ in range(rounds):
            for subject in subjects:
                progress(f"{subject.model}, {subject.title}, {size:,} customers", done, total)
                done += 1
                before = _last_taken(cells, subject) if round_ == 0 else None
                reason = reasons.get(subject) or _too_long(taken[subject], before, size, budget)
                if not reason:
                    start = time.monotonic()
                    found = _measure(subject.command(size, days, seed), budget)
                    taken[subject].append(time.monotonic() - start)
                    reason = found if isinstance(found, str) else ""
                    if isinstance(found, dict):
                        runs[subject].append({**found, "round": round_, "elapsed": taken[subject][-1]})
                if reason:
                    reasons[subject] = reason
        cells += [Cell(subject, size, runs[subject], "" if runs[subject] else reasons.get(subject, ""))
                  for subject in subjects]
    return cells


def _measure(command: Sequence[str], budget: Budget) -> dict[str, Any] | str:
    """One measurement; whoever interrupts it keeps what was measured before."""
    try:
        return run_one(command, budget.left)
    except KeyboardInterrupt:
        budget.is_interrupted = True
        return "left out: interrupted"


def run_one(command: Sequence[str], seconds: float) -> dict[str, Any] | str:
    """What one measurement printed, or why it has no result."""
    try:
        done = subprocess.run(
            list(command), capture_output=True, text=True, timeout=max(1.0, seconds), env=environment(),
            check=False)
    except subprocess.TimeoutExpired:
        return f"stopped after {seconds:,.0f} s, when the budget was used up"
    except OSError as error:
        return f"cannot be started: {error.strerror}"
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        return "left out: " + (said[-1] if said else f"it ended with code {done.returncode}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _last_taken(cells: Iterable[Cell], subject: Subject) -> tuple[int, float, float] | None:
    """The largest size the subject was measured at so far, how long that took, and what came beside it."""
    found = []
    for cell in cells:
        if cell.subject == subject and cell.runs:
            seconds = min(run["seconds"] for run in cell.runs)
            found.append((cell.customers, seconds, min(run["elapsed"] for run in cell.runs) - seconds))
    return max(found, default=None)


def _too_long(
    taken: Sequence[float], before: tuple[int, float, float] | None, size: int, budget: Budget,
) -> str:
    """Why a measurement is not begun; '' where it is.

    Examples
    --------
    >>> _too_long([], (10_000, 2.0, 0.1), 1_000_000, Budget(100.0))
    'left out: at 10,000 customers it took 2.0 s; 100 s of the budget are left'
    >>> _too_long([], None, 10_000, Budget(100.0))
    ''
    """
    if taken:
        expected = min(taken)
        if expected > SHARE_TO_REPEAT * budget.seconds:
            return "not repeated: it took more than a tenth of the budget"
        return "not repeated: the budget was used up" if expected > budget.left else ""
    if budget.is_interrupted:
        return "left out: interrupted"
    if before is None:
        return "" if budget.left > 0 else "left out: the budget was used up"
    known, seconds, beside = before
    if beside + SLOWER_THAN_LINEAR * seconds * size / known > budget.left:
        return (f"left out: at {known:,} customers it took {seconds:.1f} s; "
                f"{budget.left:,.0f} s of the budget are left")
    return ""
