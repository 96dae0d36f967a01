"""Pending events at desks, of the compiled engine: a binary heap of records, in order of tick, rank and key."""

from __future__ import annotations

import numpy as np

from cxsim.journal.compiling import compiled

PENDING = np.dtype([("tick", "i8"), ("key", "i8"), ("rank", "i8"), ("who", "i8"), ("stamp", "i8")], align=True)

# Places in the engine's own whole numbers.
PENDING_EVENTS, NEXT_PLAN, WAITING, TODAY, IS_DAY_OPEN, NEXT_STREAM, STOP = range(7)
N_NUMBERS = 7


@compiled
def _is_before(a, b):
    if a.tick != b.tick:
        return a.tick < b.tick
    if a.rank != b.rank:
        return a.rank < b.rank
    return a.key < b.key


@compiled
def _copy(heap, to, source):
    heap[to].tick = source.tick
    heap[to].key = source.key
    heap[to].rank = source.rank
    heap[to].who = source.who
    heap[to].stamp = source.stamp


@compiled
def schedule(heap, size, horizon, tick, rank, key, who, stamp):
    """Put an event into the heap; one at or past the horizon never happens and is left out."""
    if tick >= horizon:
        return
    k = size[PENDING_EVENTS]
    size[PENDING_EVENTS] = k + 1
    spare = heap[heap.shape[0] - 1]
    spare.tick, spare.key, spare.rank, spare.who, spare.stamp = tick, key, rank, who, stamp
    while k > 0:
        parent = (k - 1) >> 1
        if not _is_before(spare, heap[parent]):
            break
        _copy(heap, k, heap[parent])
        k = parent
    _copy(heap, k, spare)


@compiled
def drop_first(heap, size):
    """Take the first event out of the heap."""
    n = size[PENDING_EVENTS] - 1
    size[PENDING_EVENTS] = n
    if n == 0:
        return
    moved = heap[n]
    k = 0
    while True:
        child = 2 * k + 1
        if child >= n:
            break
        if child + 1 < n and _is_before(heap[child + 1], heap[child]):
            child += 1
        if not _is_before(heap[child], moved):
            break
        _copy(heap, k, heap[child])
        k = child
    _copy(heap, k, moved)
