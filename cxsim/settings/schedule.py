"""The calendar of a run: months, doors and shifts, paid hours, which scenario parts reach whom."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import numpy as np

from cxsim.journal.tallies import MONEY
from cxsim.journal.ticks import DAY, HOUR
from cxsim.settings.names import channel_names, touchpoint_names
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.settings.staffing import at_desk_by_hour, paid_by_hour
from cxsim.settings.units import DAYS_PER_YEAR
from cxsim.settings.values import WEEKDAYS
from cxsim.settings.world import Channel



def month_starts(config: Config, first_day: int = 0) -> np.ndarray:
    """Ticks at which calendar months start, from day 0 to the horizon (the last may be partial).

    Days before `first_day` count as one month of their own, before the others.
    """
    starts, day = [0], config.start_date + datetime.timedelta(days=first_day)
    if first_day > 0:
        starts.append(first_day)
    end = config.start_date + datetime.timedelta(days=config.horizon_days)
    while True:
        year, month = (day.year, day.month + 1) if day.month < 12 else (day.year + 1, 1)
        day = datetime.date(year, month, 1)
        if day >= end:
            break
        starts.append((day - config.start_date).days)
    return np.array([*starts, config.horizon_days], np.int64) * DAY


def month_of_day(config: Config, first_day: int = 0) -> np.ndarray:
    """Index of the month of every day, with one day more for things dated at the horizon."""
    starts = month_starts(config, first_day) // DAY
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


def make_plan(configs: Sequence[Config], day_row: np.ndarray) -> np.ndarray:
    """Doors and people of the staffed channels over the run, in order of (tick, channel).

    Parameters
    ----------
    configs : sequence of Config
        One for each set of active scenario parts.
    day_row : array of int
        The row that shared things follow on each day.

    Returns
    -------
    array of int64, shape (moments, 4)
        Columns tick, channel, is open (0 or 1), employees at the desk. One row for each channel and
        moment at which either of the last two changes, and one at tick 0; both are 0 outside opening hours.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> make_plan([load(["market=contact_centre"])], np.zeros(30, int)).tolist()
    [[0, 0, 1, 28]]
    """
    first = configs[0].start_date.weekday()
    steps: list[tuple[int, int, int, int]] = []
    for k, name in enumerate(channel_names(configs)):
        if not any(name in c.channels and c.channels[name].kind == "staffed" for c in configs):
            continue
        changes = {(row, weekday): _day_changes(configs[row], name, weekday)
                   for row in np.unique(day_row).tolist() for weekday in range(7)}
        now = None
        for day, row in enumerate(day_row.tolist()):
            for hour, is_open, n in changes[row, (first + day) % 7]:
                if (is_open, n) != now:
                    now = (is_open, n)
                    steps.append((day * DAY + hour * HOUR, k, *now))
    return np.array(sorted(steps), np.int64).reshape(-1, 4)


def _day_changes(config: Config, name: str, weekday: int) -> list[tuple[int, int, int]]:
    """Hours of a weekday at which doors or people change: hour (0 first), is open, at the desk."""
    spec = config.channels.get(name)
    if spec is None:
        return [(0, 0, 0)]
    changes: list[tuple[int, int, int]] = []
    for hour, n in enumerate(at_desk_by_hour(config, name, weekday)):
        state = (int(spec.is_open(WEEKDAYS[weekday], hour)), n)
        if not changes or changes[-1][1:] != state:
            changes.append((hour, *state))
    return changes


def _paid_week(configs: Sequence[Config]) -> np.ndarray:
    """Paid employees, before shrinkage, of shape (rows, weekdays, channels, hours)."""
    names = channel_names(configs)
    week = np.zeros((len(configs), 7, len(names), 24), np.int64)
    for r, config in enumerate(configs):
        for k, name in enumerate(names):
            for weekday in range(7) if name in config.channels else ():
                week[r, weekday, k] = paid_by_hour(config, name, weekday)
    return week


def _paid(week: np.ndarray, configs: Sequence[Config], day_row: np.ndarray) -> np.ndarray:
    """A week's paid employees laid over the run, of shape (days, channels, hours)."""
    first = configs[0].start_date.weekday()
    return week[day_row, (first + np.arange(len(day_row))) % 7]


def _wages(configs: Sequence[Config], day_row: np.ndarray) -> np.ndarray:
    """Wage of an hour, of shape (days, channels)."""
    names = channel_names(configs)
    wages = [[c.channels[name].wage_per_hour if name in c.channels else 0.0 for name in names] for c in configs]
    return np.array(wages).reshape(len(configs), len(names))[day_row]


def make_staff(configs: Sequence[Config], day_row: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Paid time in ticks and what it costs (1/10,000), each of shape (days, channels).

    Everybody on a shift, or every employee while the channel is open, is paid, shrinkage included.
    """
    hours = _paid(_paid_week(configs), configs, day_row).sum(axis=2)
    cost = np.rint(hours * _wages(configs, day_row) * MONEY).astype(np.int64)
    return hours * HOUR, cost


def make_training_cost(configs: Sequence[Config], day_row: np.ndarray) -> np.ndarray:
    """Cost of training (1/10,000), of shape (days, channels).

    On a day of work, the most employees paid at one time each cost their part of the yearly hours, at
    the wage plus the cost of an hour of training.
    """
    week = _paid_week(configs)
    people = _paid(week, configs, day_row).max(axis=2, initial=0)
    specs = [c.employees.training for c in configs]
    hours = np.array([spec.hours_per_year / DAYS_PER_YEAR for spec in specs])[day_row]
    per_hour = _wages(configs, day_row) + np.array([spec.cost_per_hour for spec in specs])[day_row, None]
    workdays = week.any(axis=3).sum(axis=1)[day_row]
    return np.rint(people * hours[:, None] * per_hour * MONEY * 7.0 / np.maximum(workdays, 1)).astype(np.int64)


def make_integration_cost(configs: Sequence[Config], day_row: np.ndarray) -> np.ndarray:
    """Running cost of integrated channels (1/10,000), of shape (days, channels).

    The integrated share of what full integration would cost, in equal parts for the channels offered.
    """
    names = channel_names(configs)
    cost = np.zeros((len(configs), len(names)), np.int64)
    for r, config in enumerate(configs):
        spec, there = config.handoff, config.channels
        offered = [k for k, name in enumerate(names) if name in there and there[name].share > 0]
        whole = spec.integration * spec.cost_per_day * config.n_customers / 1000.0
        cost[r, offered] = round(whole * MONEY / max(1, len(offered)))
    return cost[day_row]


def make_touch_fixed(configs: Sequence[Config], day_row: np.ndarray) -> np.ndarray:
    """Running cost of touchpoints that reach anybody (1/10,000), of shape (days, touchpoints)."""
    names = touchpoint_names(configs)
    cost = np.zeros((len(configs), len(names)), np.int64)
    for r, config in enumerate(configs):
        for t, name in enumerate(names):
            spec = config.touchpoints.get(name)
            if spec is not None and spec.reach > 0:
                cost[r, t] = round(spec.cost_per_day * MONEY)
    return cost[day_row]


def make_programme_cost(configs: Sequence[Config], day_row: np.ndarray) -> np.ndarray:
    """Running cost of the loyalty programme of every day (1/10,000)."""
    cost = [c.loyalty.fixed_cost_per_day if c.loyalty.has_members else 0.0 for c in configs]
    return np.array([round(cost[row] * MONEY) for row in day_row], np.int64)
