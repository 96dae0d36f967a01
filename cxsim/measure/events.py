"""The event log as a table: one row an event, in words."""

from __future__ import annotations

import numpy as np

from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import MONEY
from cxsim.journal.ticks import DAY, MINUTE
from cxsim.journal.words import EVENT_WORDS
from cxsim.measure.table import Table


def _words(position: int, numbers: np.ndarray) -> np.ndarray:
    return np.array([word[position] for word in EVENT_WORDS], dtype=object)[numbers]


def _names(names: tuple[str, ...], numbers: np.ndarray) -> np.ndarray:
    """Names behind numbers; '' for a number that names nothing (-1)."""
    known = (numbers >= 0) & (numbers < len(names))
    return np.array([*names, ""], dtype=object)[np.where(known, numbers, -1)]


def events_table(outcome: Outcome, scenario: str) -> Table:
    """The logged events of one replication, sorted by time, customer and sequence.

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
    log = outcome.events[np.lexsort(
        (outcome.events["sequence"], outcome.events["customer"], outcome.events["tick"]))]
    return Table({
        "scenario": np.full(len(log), scenario, dtype=object),
        "replication": np.full(len(log), outcome.replication, dtype=np.int64),
        "day": log["tick"] / DAY,
        "customer": log["customer"].astype(np.int64),
        "sequence": log["sequence"].astype(np.int64),
        "journey": log["journey"].astype(np.int64),
        "stage": _words(0, log["word"]),
        "channel": _names(outcome.channels, log["channel"]),
        "touchpoint": _names(outcome.touchpoints, log["touchpoint"]),
        "event": _words(1, log["word"]),
        "outcome": _words(2, log["word"]),
        "wait_minutes": log["wait_ticks"] / MINUTE,
        "quality": log["quality"].astype(float),
        "satisfaction": log["satisfaction"].astype(float),
        "amount": log["amount"] / MONEY,
        "day_of_need": log["need_tick"] / DAY,
    })
