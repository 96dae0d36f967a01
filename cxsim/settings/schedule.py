"""The calendar of a run: months, doors, staff, media, and which scenario parts reach whom on a day."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import numpy as np

from cxsim.journal.tallies import MONEY
from cxsim.journal.ticks import DAY, HOUR
from cxsim.settings.rows import channel_names, media_rate
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.settings.world import Channel

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def month_starts(config: Config) -> np.ndarray:
    """Ticks at which calendar months start, from day 0 to the horizon (the last may be partial)."""
    starts, day = [0], config.start_date
    end = config.start_date + datetime.timedelta(days=config.horizon_days)
    while True:
        year, month = (day.year, day.month + 1) if day.month < 12 else (day.year + 1, 1)
        day = datetime.date(year, month, 1)
        if day >= end:
            break
        starts.append((day - config.start_date).days)
    return np.array([*starts, config.horizon_days], np.int64) * DAY


def month_of_day(config: Config) -> np.ndarray:
    """Index of the month of every day, with one day more for things dated at the horizon."""
    starts = month_starts(config) // DAY
    days = np.arange(config.horizon_days + 1)
    return np.minimum(np.searchsorted(starts, days, side="right") - 1, len(starts) - 2).astype(np.int64)


def ramps(specs: Sequence[ScenarioSpec], horizon_days: int) -> np.ndarray:
    """Share of customers each scenario part reaches on each day, of shape (parts, days)."""
    days = np.arange(horizon_days)
    shares = np.zeros((len(specs), horizon_days))
    for k, spec in enumerate(specs):
        reached = (days - spec.start_day + 1) / spec.ramp_days if spec.ramp_days else np.ones(horizon_days)
        within = (days >= spec.start_day) & (days < (spec.end_day or horizon_days))
        shares[k] = np.where(within, np.clip(reached, 0.0, 1.0), 0.0)
    return shares


def day_rows(ramp: np.ndarray) -> np.ndarray:
    """The row that shared things follow each day: all parts that reach anybody on it."""
    parts = np.arange(ramp.shape[0]).reshape(-1, 1)
    return ((ramp > 0) << parts).sum(axis=0).astype(np.int64)


def _day_weights(spec: Channel, weekday: int) -> np.ndarray:
    """Relative contacts of each hour of a weekday; all 0 when the doors stay shut."""
    weights = np.zeros(24)
    if WEEKDAYS[weekday] in spec.open_days:
        weekend = weekday >= 5 and spec.weekend_hourly_weights is not None
        profile = spec.weekend_hourly_weights if weekend else spec.hourly_weights
        weights[spec.open_hour : spec.close_hour] = profile[spec.open_hour : spec.close_hour]
    return weights


def make_hours(configs: Sequence[Config]) -> np.ndarray:
    """Cumulative share of contacts by hour, of shape (rows, channels, weekdays, 25)."""
    names = channel_names(configs)
    hours = np.zeros((len(configs), len(names), 7, 25))
    for r, config in enumerate(configs):
        for k, name in enumerate(names):
            for weekday in range(7) if name in config.channels else ():
                weights = _day_weights(config.channels[name], weekday)
                if weights.sum() > 0:
                    hours[r, k, weekday, 1:] = np.cumsum(weights) / weights.sum()
                    hours[r, k, weekday, 24] = 1.0
    return hours


def _spans(configs: Sequence[Config], day_row: np.ndarray, name: str) -> list[tuple[int, int]]:
    """Ticks between which a channel's doors are open, days without a night between them joined."""
    first = configs[0].start_date.weekday()
    spans: list[tuple[int, int]] = []
    for day, row in enumerate(day_row):
        spec = configs[row].channels.get(name)
        if spec is None or WEEKDAYS[(first + day) % 7] not in spec.open_days:
            continue
        start, stop = day * DAY + spec.open_hour * HOUR, day * DAY + spec.close_hour * HOUR
        if spans and spans[-1][1] == start:
            spans[-1] = (spans[-1][0], stop)
        else:
            spans.append((start, stop))
    return spans


def make_doors(configs: Sequence[Config], day_row: np.ndarray) -> np.ndarray:
    """Openings and closings of staffed channels in order of time: columns tick, channel, opens."""
    rows = []
    for k, name in enumerate(channel_names(configs)):
        if any(name in c.channels and c.channels[name].kind == "staffed" for c in configs):
            for start, stop in _spans(configs, day_row, name):
                rows += [(start, k, 1), (stop, k, 0)]
    return np.array(sorted(rows), np.int64).reshape(-1, 3)


def make_staff(configs: Sequence[Config], day_row: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Employees on duty and what their paid hours cost (1/10,000), of shape (days, channels)."""
    names = channel_names(configs)
    first = configs[0].start_date.weekday()
    staff = np.zeros((len(day_row), len(names)), np.int64)
    cost = np.zeros_like(staff)
    for k, name in enumerate(names):
        for day, row in enumerate(day_row):
            spec = configs[row].channels.get(name)
            if spec is None:
                continue
            staff[day, k] = configs[row].n_employees(name)
            if WEEKDAYS[(first + day) % 7] in spec.open_days:
                paid = staff[day, k] * (spec.close_hour - spec.open_hour) * spec.wage_per_hour
                cost[day, k] = round(paid * MONEY)
    return staff, cost


def make_media_cost(configs: Sequence[Config], day_row: np.ndarray) -> np.ndarray:
    """Media spend of every day (1/10,000)."""
    spend = [c.acquisition.media.spend_per_day * c.n_customers / 1000.0 for c in configs]
    return np.array([round(spend[row] * MONEY) for row in day_row], np.int64)


def make_programme_cost(configs: Sequence[Config], day_row: np.ndarray) -> np.ndarray:
    """Running cost of the loyalty programme of every day (1/10,000)."""
    cost = [c.loyalty.fixed_cost_per_day if c.loyalty.earn_rate > 0 else 0.0 for c in configs]
    return np.array([round(cost[row] * MONEY) for row in day_row], np.int64)


def paid_per_day(configs: Sequence[Config], day_row: np.ndarray) -> np.ndarray:
    """Paid newcomers a day."""
    rates = np.array([media_rate(c) for c in configs])
    return rates[day_row]
