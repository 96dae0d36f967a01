"""What one replication leaves behind: whole-number sums, the customers as they ended, the event log."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cxsim.engines.event_batches import EventBatches


@dataclass(frozen=True)
class Outcome:
    """One finished replication.

    Attributes
    ----------
    replication : int
        Number of the replication, from 0.
    segments, channels : tuple of str
        Names behind the indices of the arrays.
    month_starts : array of int64, shape (months + 1,)
        Ticks (microseconds since day 0) at which calendar months start; the last is the horizon.
    tally : array of int64, shape (segments + 1, months + 1, counters)
        Counters of :mod:`cxsim.journal.tallies`; last segment: shared; last month: the whole
        run, filled only for counters that are not the sum of their months (start, end,
        retained, repeaters).
    ledger : array of int64, shape (days, segments + 1, sources, channels + 1, categories, 2)
        Count and amount (1/10,000 of the currency, positive in its own bucket); last segment:
        shared; last channel: none. Words: :mod:`cxsim.journal.words`.
    points : array of int64, shape (days, segments, 4)
        Points issued, redeemed, expired, cancelled by day.
    active : array of int64, shape (segments, sources)
        Ticks in which customers were active.
    routes : tuple of str
        Routes by which newcomers come: organic, referral, then paid ones by name; field `route` of a customer
        numbers them (-1: he was there on day 0).
    ages : array of int64, shape (routes, segments, days + 1)
        Margin (1/10,000) of acquired customers by route and days since they entered.
    route_costs : array of int64, shape (days, routes, categories)
        Amounts (1/10,000) of bucket acquisition by route; bonuses count under referral.
    customers : structured array
        :data:`cxsim.behaviour.state.CUSTOMER_RECORD`, trimmed to those who entered.
    log : EventBatches
        The event log, to be read page by page; `events` holds all of it in one array of
        :data:`cxsim.journal.events.EVENT`, sorted by (tick, customer, sequence).
    moments, exposures : arrays of int64
        Sums behind the reference experience; moments are by segment, kind of journey, read-out.
    wait_sums : array of int64, shape (channels, 24, 4)
        Contacts and ticks waited by hour of joining: the last day's, then all earlier days'.
    contacts : array of int64, shape (days, channels, 24)
        Contacts at desks by day and hour of joining; no days where they were not measured.
    n_events : int
        Behavioural events that happened, logged or not.
    touchpoints : tuple of str
        Names of the touchpoints behind the indices below; none in a world without.
    felt : array of int64, shape (months, places, figures)
        What was felt at each place: channels in their order, the solution, then touchpoints.
        Figures: :data:`cxsim.behaviour.state.FELT`; satisfaction and quality in 2**-32.
    pains : array of int64, shape (months, places, causes, 2)
        Quality lost and quality gained by cause (:data:`cxsim.behaviour.state.CAUSES`), in 2**-32.
    touch_costs : array of int64, shape (days, segments + 1, sources, touchpoints, 2)
        Count and amount (1/10,000) of ledger category ``touchpoint`` by touchpoint.
    touch_fixed : array of int64, shape (days, touchpoints)
        Amounts (1/10,000) of ledger category ``touchpoint_fixed`` by touchpoint.
    recent : array of int64, shape (segments, 7)
        Sums of the last 90 days behind residual values (:mod:`cxsim.behaviour.money`).
    pulls : array of float, shape (days,)
        What talk and ratings multiplied organic arrivals by.
    first_day : int
        Days of warm-up before day 0; ticks of the event log are counted from where it began.
    opening_tally, opening_points : arrays of int64, shapes (segments + 1, counters) and (segments, 4)
        What was counted in the warm-up: opening balances of what is held. None where there was none.
    states : structured array
        Hidden states by customer and month (:mod:`cxsim.engines.snapshots`); empty unless asked for.
    """

    replication: int
    segments: tuple[str, ...]
    channels: tuple[str, ...]
    month_starts: np.ndarray
    tally: np.ndarray
    ledger: np.ndarray
    points: np.ndarray
    active: np.ndarray
    routes: tuple[str, ...]
    ages: np.ndarray
    route_costs: np.ndarray
    customers: np.ndarray
    log: EventBatches
    moments: np.ndarray
    exposures: np.ndarray
    wait_sums: np.ndarray
    contacts: np.ndarray
    n_events: int
    touchpoints: tuple[str, ...]
    felt: np.ndarray
    pains: np.ndarray
    touch_costs: np.ndarray
    touch_fixed: np.ndarray
    recent: np.ndarray
    pulls: np.ndarray
    first_day: int = 0
    opening_tally: np.ndarray | None = None
    opening_points: np.ndarray | None = None
    states: np.ndarray | None = None

    @cached_property
    def events(self) -> np.ndarray:
        """The whole event log in one array."""
        return self.log.whole()
