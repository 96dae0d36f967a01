"""Checks of shifts against opening hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxsim.settings.staffing import told_hours, unstaffed_hours

if TYPE_CHECKING:
    from cxsim.settings.schema import Config
    from cxsim.settings.world import Channel


def check_shifts(config: Config) -> None:
    """Refuse shifts at digital channels, shifts behind closed doors, and open doors without anybody.

    Raises
    ------
    ValueError
        Names the channel, the shift or the hours and days, and the cure.
    """
    for name, channel in config.channels.items():
        if not channel.shifts:
            continue
        if channel.kind == "digital":
            raise ValueError(
                f"channels.{name}.shifts: a digital channel has no employees; leave the shifts out, or set "
                f"channels.{name}.kind=staffed")
        _inside_opening_hours(name, channel)
        if channel.share > 0 or channel.contacts_per_hour > 0:
            _every_hour_staffed(config, name, channel)


def _inside_opening_hours(name: str, channel: Channel) -> None:
    for shift_name, shift in channel.shifts.items():
        hours = range(shift.from_hour, shift.to_hour)
        if not any(channel.is_open(day, hour) for day in shift.days for hour in hours):
            raise ValueError(
                f"channels.{name}.shifts.{shift_name}: {shift.from_hour}-{shift.to_hour} on "
                f"{', '.join(shift.days)} lies wholly outside the opening hours ({channel.open_hour}-"
                f"{channel.close_hour} on {', '.join(channel.open_days)}); move the shift, or widen "
                f"channels.{name}.open_hour, close_hour or open_days")


def _every_hour_staffed(config: Config, name: str, channel: Channel) -> None:
    by_hours: dict[str, list[str]] = {}
    for day, hours in unstaffed_hours(config, name).items():
        by_hours.setdefault(told_hours(hours), []).append(day)
    if by_hours:
        told = "; ".join(f"{hours} on {', '.join(days)}" for hours, days in by_hours.items())
        raise ValueError(
            f"channels.{name}.shifts: nobody is on duty {told}, while the channel is open "
            f"({channel.open_hour}-{channel.close_hour}); let a shift with employees cover these hours, or "
            f"narrow channels.{name}.open_hour, close_hour or open_days")
