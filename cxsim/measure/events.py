"""The event log as a table: one row an event, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cxsim.engines.event_batches import EventBatches, in_order
from cxsim.engines.outcome import Outcome
from cxsim.journal.events import EVENT
from cxsim.journal.tallies import MONEY
from cxsim.journal.ticks import DAY, MINUTE
from cxsim.journal.words import EVENT_WORDS
from cxsim.measure.table import Table


@dataclass(frozen=True)
class _Words:
    """A log, and the names behind its numbers."""

    replication: int
    channels: tuple[str, ...]
    touchpoints: tuple[str, ...]
    log: EventBatches
    first_day: int = 0


def _words(position: int, numbers: np.ndarray) -> np.ndarray:
    return np.array([word[position] for word in EVENT_WORDS], dtype=object)[numbers]


def _names(names: tuple[str, ...], numbers: np.ndarray) -> np.ndarray:
    """Names behind numbers; '' for a number that names nothing (-1)."""
    known = (numbers >= 0) & (numbers < len(names))
    return np.array([*names, ""], dtype=object)[np.where(known, numbers, -1)]


def events_table(outcome: Outcome, scenario: str) -> Table:
    """The logged events of one replication in one table, sorted by time, customer and sequence.

    Parameters
    ----------
    outcome : Outcome
        One finished replication.
    scenario : str
        Name for the column `scenario`.

    Returns
    -------
    Table
        Columns scenario, replication, day (ticks / 86.4e9), customer, sequence, journey, stage,
        channel and touchpoint ('' where there is none), event, outcome, wait_minutes, quality (NaN
        where nothing is perceived), satisfaction (after the event), amount, day_of_need.

    Examples
    --------
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> outcome = make_blank_outcome(n_events=1)
    >>> outcome.events["tick"] = DAY // 2
    >>> row = next(events_table(outcome, "baseline").rows())
    >>> row["day"], row["event"], row["channel"]
    (0.5, 'need', 'web')
    """
    return _in_words(outcome, scenario, in_order(outcome.events))


def _in_words(cell: Outcome | _Words, scenario: str, log: np.ndarray) -> Table:
    return Table({
        "scenario": np.full(len(log), scenario, dtype=object),
        "replication": np.full(len(log), cell.replication, dtype=np.int64),
        "day": (log["tick"] - cell.first_day * DAY) / DAY,
        "customer": log["customer"].astype(np.int64),
        "sequence": log["sequence"].astype(np.int64),
        "journey": log["journey"].astype(np.int64),
        "stage": _words(0, log["word"]),
        "channel": _names(cell.channels, log["channel"]),
        "touchpoint": _names(cell.touchpoints, log["touchpoint"]),
        "event": _words(1, log["word"]),
        "outcome": _words(2, log["word"]),
        "wait_minutes": log["wait_ticks"] / MINUTE,
        "quality": log["quality"].astype(float),
        "satisfaction": log["satisfaction"].astype(float),
        "amount": log["amount"] / MONEY,
        "day_of_need": (log["need_tick"] - cell.first_day * DAY) / DAY,
    })


class EventLog:
    """The event logs of some cells, one below the other, read page by page: they may be longer than memory.

    Parameters
    ----------
    cells : sequence of (Outcome, str)
        Finished replications, each with the name of its scenario. Only the log and the names behind its
        numbers are kept.

    Examples
    --------
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> log = EventLog([(make_blank_outcome(n_events=2), "baseline")])
    >>> len(log), [len(page) for page in log.pages()], log.table().names[:2]
    (2, [0, 2], ('scenario', 'replication'))
    """

    def __init__(self, cells: Sequence[tuple[Outcome, str]] = ()) -> None:
        self._cells = [
            (_Words(o.replication, o.channels, o.touchpoints, o.log, o.first_day), scenario)
            for o, scenario in cells]

    @classmethod
    def concat(cls, logs: Iterable[EventLog]) -> EventLog:
        """The logs one below the other."""
        together = cls()
        together._cells = [cell for log in logs for cell in log._cells]
        return together

    def __len__(self) -> int:
        return sum(len(words.log) for words, _ in self._cells)

    def pages(self) -> Iterator[Table]:
        """Tables of :func:`events_table`'s columns, to be read one after the other; at least one."""
        yield _in_words(_Words(0, (), (), EventBatches()), "", np.zeros(0, EVENT))
        for words, scenario in self._cells:
            for page in words.log.merged():
                if len(page):
                    yield _in_words(words, scenario, page)

    def table(self) -> Table:
        """The whole log in one table."""
        return Table.concat(self.pages())
