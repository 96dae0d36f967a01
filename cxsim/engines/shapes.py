"""The arrays that a running world writes: one table of shapes, to make them and to know their size before."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cxsim.behaviour.analytics import N_RANKS
from cxsim.behaviour.effects import N_GROUPS
from cxsim.behaviour.pool import N_ROUTES
from cxsim.behaviour.state import (
    BRAND, CAUSES, CROWD, CUSTOMER_RECORD, EMPLOYEE, FELT, JOURNEYS, LINKS, MOMENTS, TEAM)
from cxsim.journal.events import CURSOR_SIZE, EVENT
from cxsim.journal.tallies import COUNTERS
from cxsim.journal.words import CATEGORIES, SOURCES

Shapes = dict[str, tuple[tuple[int, ...], np.dtype]]
WHOLE, NUMBER, FLAG = np.dtype(np.int64), np.dtype(np.float64), np.dtype(np.int8)


@dataclass(frozen=True)
class Sizes:
    """How many there are of what arrays are indexed by.

    Attributes
    ----------
    customers, events : int
        Room for records of customers, and of the log.
    employees : int
        Most employees at one time at one channel.
    members, diffused : int
        People of a finite market, and of them those whom diffusion reaches.
    crowds, measured_days : int
        Channels with ghosts (0 where everybody is simulated), days on which contacts are measured.
    """

    customers: int
    events: int
    days: int
    months: int
    bins: int
    segments: int
    channels: int
    touchpoints: int
    routes: int
    employees: int
    members: int = 0
    diffused: int = 0
    crowds: int = 0
    measured_days: int = 0

    @property
    def places(self) -> int:
        """Where customers meet the brand: channels, the solution, touchpoints."""
        return self.channels + 1 + self.touchpoints


def world_shapes(n: Sizes) -> Shapes:
    """Shape and type of every array that one replication writes, all zeros when it begins.

    Examples
    --------
    >>> sizes = Sizes(100, 0, days=10, months=1, bins=1, segments=2, channels=3, touchpoints=0, routes=3,
    ...               employees=1)
    >>> world_shapes(sizes)["felt"][0]
    (1, 4, 7)
    """
    return {
        "customers": ((n.customers,), CUSTOMER_RECORD),
        "members": ((n.members,), FLAG),
        "pool_budgets": ((N_ROUTES, n.diffused), NUMBER),
        "pool_order": ((N_ROUTES, n.diffused), WHOLE),
        "contacts": ((n.measured_days, n.channels, 24), WHOLE),
        "ghosts": ((n.crowds, 24), NUMBER),
        "crowd": ((n.crowds,), CROWD),
        "wait_sums": ((n.channels, 24, 4), WHOLE),
        "cursor": ((CURSOR_SIZE,), WHOLE),
        "events": ((n.events,), EVENT),
        "tally": ((n.segments + 1, n.months + 1, len(COUNTERS)), WHOLE),
        "ledger": ((n.days, n.segments + 1, len(SOURCES), n.channels + 1, len(CATEGORIES), 2), WHOLE),
        "points": ((n.days, n.segments, 4), WHOLE),
        "active": ((n.segments, len(SOURCES)), WHOLE),
        "ages": ((n.routes, n.segments, n.days + 1), WHOLE),
        "route_costs": ((n.days, n.routes, len(CATEGORIES)), WHOLE),
        "teams": ((n.channels,), TEAM),
        "employees": ((n.channels, max(1, n.employees)), EMPLOYEE),
        "brand": ((len(BRAND),), NUMBER),
        "pulls": ((n.days,), NUMBER),
        "risks": ((2, N_RANKS + 1), WHOLE),
        "today": ((len(BRAND),), WHOLE),
        "felt": ((n.months, n.places, len(FELT)), WHOLE),
        "pains": ((n.months, n.places, len(CAUSES), 2), WHOLE),
        "touch_costs": ((n.days, n.segments + 1, len(SOURCES), n.touchpoints, 2), WHOLE),
        "moments": ((n.segments, len(JOURNEYS), len(MOMENTS), 3), WHOLE),
        "exposures": ((len(LINKS), n.segments, N_GROUPS, n.bins, 3), WHOLE),
        "recent": ((n.segments, 7), WHOLE),
    }


def n_bytes(shapes: Shapes) -> int:
    """Bytes of arrays of these shapes.

    Examples
    --------
    >>> n_bytes({"a": ((10, 2), NUMBER)})
    160
    """
    return sum(math.prod(shape) * kind.itemsize for shape, kind in shapes.values())
