"""Who is paid and who is at the desk, hour by hour: employees, shifts, shrinkage."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cxsim.settings.values import WEEKDAYS

if TYPE_CHECKING:
    from cxsim.settings.schema import Config


def paid_by_hour(config: Config, channel: str, weekday: int) -> list[int]:
    """Paid employees of a channel in each hour of a weekday, before shrinkage; 0 while it is shut.

    Parameters
    ----------
    channel : str
        A channel of the configuration; a digital one has no employees.
    weekday : int
        0 is Monday.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> paid_by_hour(load(["channels.phone.employees=2"]), "phone", 0)[9:17]
    [0, 2, 2, 2, 2, 2, 2, 0]
    """
    spec, day = config.channels[channel], WEEKDAYS[weekday]
    if spec.kind == "digital":
        return [0] * 24
    if spec.shifts:
        return [spec.on_shift(day, hour) if spec.is_open(day, hour) else 0 for hour in range(24)]
    n_employees = config.n_employees(channel)
    return [n_employees if spec.is_open(day, hour) else 0 for hour in range(24)]


def at_desk_by_hour(config: Config, channel: str, weekday: int) -> list[int]:
    """Employees at the desk in each hour of a weekday: of those paid, all but the shrinkage.

    The share rarely is a whole number of employees. What one hour rounds off is carried to the next,
    from Monday's first hour on, so that over a week (1 - shrinkage) of the paid hours is worked, to
    half an hour. At least one of any stays: nobody leaves an open desk alone.

    Parameters
    ----------
    channel : str
        A channel of the configuration; a digital one has nobody at a desk.
    weekday : int
        0 is Monday.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> two = load(["channels.phone.employees=2", "channels.phone.shrinkage=0.3"])
    >>> at_desk_by_hour(two, "phone", 0)[10:16], at_desk_by_hour(two, "phone", 1)[10:16]
    ([1, 2, 1, 2, 1, 1], [2, 1, 2, 1, 1, 2])
    """
    share, carried = 1.0 - config.channels[channel].shrinkage, 0.0
    at_desk: list[int] = []
    for day in range(weekday + 1):
        at_desk = []
        for paid in paid_by_hour(config, channel, day):
            due = share * paid
            if due <= 1.0:
                at_desk.append(min(paid, 1))
                continue
            # The small sum lets a half that floating point missed by its last digit still count as one.
            at_desk.append(math.floor(due + carried + 0.5 + 1e-9))
            carried += due - at_desk[-1]
    return at_desk


def unstaffed_hours(config: Config, channel: str) -> dict[str, list[int]]:
    """Opening hours in which shifts bring nobody, by weekday; empty where every hour is staffed."""
    spec = config.channels[channel]
    gaps: dict[str, list[int]] = {}
    for weekday, day in enumerate(WEEKDAYS):
        paid = paid_by_hour(config, channel, weekday)
        empty = [hour for hour in range(24) if spec.is_open(day, hour) and paid[hour] == 0]
        if empty:
            gaps[day] = empty
    return gaps


def told_hours(hours: list[int]) -> str:
    """Hours of a day as spans.

    Examples
    --------
    >>> told_hours([9, 10, 11, 16]), told_hours([23])
    ('9-12 and 16-17', '23-24')
    """
    spans: list[list[int]] = []
    for hour in hours:
        if spans and spans[-1][1] == hour:
            spans[-1][1] = hour + 1
        else:
            spans.append([hour, hour + 1])
    return " and ".join(f"{start}-{stop}" for start, stop in spans)
