"""Checks of touchpoints against the market's channels, and of how often they prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxsim.settings.journey_checks import no_channel
from cxsim.settings.values import MOST_A_YEAR

if TYPE_CHECKING:
    from cxsim.settings.schema import Config


def check_touchpoints(config: Config) -> None:
    """Refuse touchpoints offered on channels the market does not have, and too many prompts.

    A touchpoint offered to nobody (reach 0) may name any channel: presets do.

    Raises
    ------
    ValueError
        Names the touchpoint, the channel and those there are.
    """
    active = {name: touchpoint for name, touchpoint in config.touchpoints.items() if touchpoint.reach > 0}
    for name, touchpoint in active.items():
        key = f"touchpoints.{name}"
        named = touchpoint.channels or []
        known = ", ".join(channel for channel in named if channel in config.channels)
        for channel in named:
            if channel not in config.channels:
                told = f"{key}.channels=[{known}], or null for any" if known else f"{key}.channels=null for any"
                cure = f"set {told}, or {key}.reach=0"
                raise ValueError(f"{key}.channels: {channel}: {no_channel(channel, config.channels, cure)}")
    prompts = sum(touchpoint.prompts_per_year for touchpoint in active.values())
    if prompts > MOST_A_YEAR:
        names = ", ".join(name for name, touchpoint in active.items() if touchpoint.prompts_per_year > 0)
        raise ValueError(
            f"touchpoints: {names} together send {prompts:g} prompts a year to a customer they all reach; "
            f"at most {MOST_A_YEAR} are possible, so lower their prompts_per_year")
