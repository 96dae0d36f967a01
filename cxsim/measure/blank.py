"""A replication in which nothing happened: the right shapes, every number 0."""

from __future__ import annotations

import numpy as np

from cxsim.behaviour.state import CAUSES, CUSTOMER_RECORD, FELT, JOURNEYS, LINKS, MOMENTS, ROUTES
from cxsim.engines.event_batches import EventBatches
from cxsim.engines.outcome import Outcome
from cxsim.journal.events import EVENT
from cxsim.journal.tallies import COUNTERS
from cxsim.journal.ticks import DAY
from cxsim.journal.words import CATEGORIES, SOURCES


def make_blank_outcome(
    segments: tuple[str, ...] = ("everyone",),
    channels: tuple[str, ...] = ("web",),
    touchpoints: tuple[str, ...] = (),
    months: int = 2,
    days_per_month: int = 30,
    n_customers: int = 0,
    n_events: int = 0,
    replication: int = 0,
) -> Outcome:
    """An outcome of zeros in the shapes the measures expect, to be filled by hand in examples and tests.

    Parameters
    ----------
    segments, channels, touchpoints : tuple of str
        Names of segments, channels and touchpoints.
    months, days_per_month : int
        Length of the run; every month is equally long.
    n_customers, n_events : int
        Rows of the customer and event arrays.
    replication : int
        Number of the replication, from 0.

    Examples
    --------
    >>> make_blank_outcome(months=2, days_per_month=30).ledger.shape[0]
    60
    """
    n_days, n_segments, n_touchpoints = months * days_per_month, len(segments), len(touchpoints)
    n_places = len(channels) + 1 + n_touchpoints
    return Outcome(
        replication=replication,
        segments=segments,
        channels=channels,
        month_starts=np.arange(months + 1, dtype=np.int64) * days_per_month * DAY,
        tally=np.zeros((n_segments + 1, months + 1, len(COUNTERS)), dtype=np.int64),
        ledger=np.zeros(
            (n_days, n_segments + 1, len(SOURCES), len(channels) + 1, len(CATEGORIES), 2), dtype=np.int64),
        points=np.zeros((n_days, n_segments, 4), dtype=np.int64),
        active=np.zeros((n_segments, len(SOURCES)), dtype=np.int64),
        routes=(*ROUTES, "media"),
        ages=np.zeros((len(ROUTES) + 1, n_segments, n_days + 1), dtype=np.int64),
        route_costs=np.zeros((n_days, len(ROUTES) + 1, len(CATEGORIES)), dtype=np.int64),
        customers=np.zeros(n_customers, dtype=CUSTOMER_RECORD),
        log=EventBatches(np.zeros(n_events, dtype=EVENT)),
        recent=np.zeros((n_segments, 7), dtype=np.int64),
        moments=np.zeros((n_segments, len(JOURNEYS), len(MOMENTS), 3), dtype=np.int64),
        exposures=np.zeros((len(LINKS), n_segments, 2, 1, 2), dtype=np.int64),
        wait_sums=np.zeros((len(channels), 24, 4), dtype=np.int64),
        contacts=np.zeros((0, len(channels), 24), dtype=np.int64),
        n_events=n_events,
        pulls=np.ones(n_days),
        touchpoints=touchpoints,
        felt=np.zeros((months, n_places, len(FELT)), dtype=np.int64),
        pains=np.zeros((months, n_places, len(CAUSES), 2), dtype=np.int64),
        touch_costs=np.zeros((n_days, n_segments + 1, len(SOURCES), n_touchpoints, 2), dtype=np.int64),
        touch_fixed=np.zeros((n_days, n_touchpoints), dtype=np.int64),
    )
