"""The event log of one replication in sorted batches: in memory while it is small, beyond that on disk.

A log keeps its memory whatever its length: full pages are sorted and laid aside, and reading merges them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cxsim.journal.events import EVENT

# Records of a page, and how many of them stay in memory (96 bytes each).
PAGE = 1 << 20
MOST_IN_MEMORY = 4 * PAGE


def in_order(events: np.ndarray) -> np.ndarray:
    """Records sorted by (tick, customer, sequence)."""
    return events[np.lexsort((events["sequence"], events["customer"], events["tick"]))]


class EventBatches:
    """Events of one replication, sorted by (tick, customer, sequence) when they are read.

    Parameters
    ----------
    events : structured array, optional
        A first batch, :data:`cxsim.journal.events.EVENT`, sorted already.

    Examples
    --------
    >>> log = EventBatches()
    >>> for tick in (7, 3):
    ...     page = np.zeros(1, EVENT)
    ...     page["tick"] = tick
    ...     log.add(page)
    >>> len(log), [record["tick"].item() for page in log.merged() for record in page]
    (2, [3, 7])
    """

    def __init__(self, events: np.ndarray | None = None) -> None:
        self._batches: list[np.ndarray] = [] if events is None else [events]
        self._n_in_memory = len(self)
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __len__(self) -> int:
        return sum(map(len, self._batches))

    def __getstate__(self) -> dict[str, object]:
        # Another process may not see this one's folder, and it ends with this one.
        batches = [np.array(batch) for batch in self._batches]
        return {"_batches": batches, "_n_in_memory": len(self), "_folder": None}

    def add(self, events: np.ndarray) -> None:
        """Take over a page of records in any order (they are copied); beyond what memory shall hold, on disk."""
        batch = in_order(events)
        if self._n_in_memory + len(batch) > MOST_IN_MEMORY:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="cxsim-events-", ignore_cleanup_errors=True)
            path = Path(self._folder.name) / f"{len(self._batches)}.npy"
            np.save(path, batch)
            batch = np.load(path, mmap_mode="r")
        else:
            self._n_in_memory += len(batch)
        self._batches.append(batch)

    def merged(self, page: int = PAGE) -> Iterator[np.ndarray]:
        """All records in order, page by page; a page has about `page` records, fewer or more."""
        if len(self._batches) == 1:
            yield self._batches[0]
            return
        step = max(1, page // max(1, len(self._batches)))
        marks = [batch["tick"][step::step] for batch in self._batches]
        starts = [0] * len(self._batches)
        cuts = np.unique(np.concatenate([*marks, [np.iinfo(np.int64).max]])) if marks else np.empty(0, np.int64)
        held: list[np.ndarray] = []
        for cut in cuts:
            for k, batch in enumerate(self._batches):
                end = int(np.searchsorted(batch["tick"], cut, side="left"))
                held.append(batch[starts[k] : end])
                starts[k] = end
            if sum(map(len, held)) >= page or cut == cuts[-1]:
                yield in_order(np.concatenate(held))
                held = []

    def whole(self) -> np.ndarray:
        """All records in order, in one array."""
        pages = list(self.merged())
        return pages[0] if len(pages) == 1 else np.concatenate([np.zeros(0, EVENT), *pages])
