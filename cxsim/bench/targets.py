"""What was aimed at, and what was found in the same run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cxsim.bench.measuring import Cell
from cxsim.bench.tables import ratio
from cxsim.measure.table import Table

SMALL, MIDDLE, LARGE = 10_000, 100_000, 1_000_000


@dataclass(frozen=True)
class Target:
    """A figure, where it should lie, and where it does (NaN: not measured)."""

    figure: str
    bound: float
    is_least: bool
    found: float
    unit: str = "x"

    @property
    def verdict(self) -> str:
        """Met, missed, or not measured.

        Examples
        --------
        >>> Target("two threads against one", 1.8, True, 1.9).verdict
        'met'
        """
        if math.isnan(self.found):
            return "not measured"
        return "met" if (self.found >= self.bound if self.is_least else self.found <= self.bound) else "missed"

    @property
    def aim(self) -> str:
        """The bound in words."""
        return f"{'at least' if self.is_least else 'at most'} {self.bound:g} {self.unit}"


def make_targets(cells: Sequence[Cell], table: Table, commands: Mapping[str, float]) -> list[Target]:
    """Every target with what this run found for it; those of sizes not asked for are not measured."""
    found = {(cell.subject.model, cell.subject.name, cell.customers): cell.runs for cell in cells
             if cell.subject.threads == 1}

    def against(model: str, above: str, below: str, customers: int) -> float:
        return ratio(found.get((model, above, customers), []), found.get((model, below, customers), []),
                     "cpu_seconds")

    def figure(model: str, name: str, customers: int) -> float:
        rows = list(table.select(model=model, subject="compiled", threads=1, customers=customers).rows())
        return float(rows[0][name]) if rows and rows[0]["runs"] else math.nan

    def growth(model: str) -> float:
        return figure(model, "cpu_seconds", LARGE) / figure(model, "cpu_seconds", SMALL) * SMALL / LARGE

    sub, full = "sub_model", "online_retail"
    return [
        Target("sub-model, 100,000: plain SimPy against compiled", 80, True,
               against(sub, "plain_simpy", "compiled", MIDDLE)),
        Target("sub-model, 1,000,000: plain SimPy against compiled", 100, True,
               against(sub, "plain_simpy", "compiled", LARGE)),
        Target("sub-model, 1,000,000: compiled against C++ calendar", 1.25, False,
               against(sub, "compiled", "cpp_calendar", LARGE)),
        Target("sub-model, 1,000,000: compiled against C++ priority_queue", 1, False,
               against(sub, "compiled", "cpp_heap", LARGE)),
        Target("full model, 100,000: SimPy engine against compiled", 20, True,
               against(full, "simpy", "compiled", MIDDLE)),
        Target("full model, 100,000: events a second of one core", 2.0, True,
               figure(full, "events_per_cpu_second", MIDDLE) / 1e6, "million"),
        Target("full model, 1,000,000: a year", 60, False, figure(full, "seconds", LARGE), "s"),
        Target("full model, 1,000,000: memory a customer", 1, False,
               figure(full, "bytes_per_customer", LARGE) / 1000, "kB"),
        Target("full model: per customer, 1,000,000 against 10,000", 1.3, False, growth(full)),
        Target("full model: two threads against one", 1.8, True, speed_up(cells, full)),
        Target("cxsim --help", 0.5, False, commands.get("help", math.nan), "s"),
        Target("demo comparison, first run after installation", 90, False, commands.get("cold", math.nan), "s"),
        Target("demo comparison, warm", 20, False, commands.get("warm", math.nan), "s"),
    ]


def speed_up(cells: Sequence[Cell], model: str) -> float:
    """Replications a second in threads against one after the other, at the largest size that has both."""
    both = {cell.customers: cell for cell in cells
            if cell.subject.model == model and cell.subject.threads > 1 and cell.runs}
    for customers in sorted(both, reverse=True):
        for cell in cells:
            subject = cell.subject
            if (subject.model, subject.name, subject.threads, cell.customers) == (model, "compiled", 1, customers):
                threads = both[customers].subject.threads
                return threads * ratio(cell.runs, both[customers].runs, "seconds")
    return math.nan
