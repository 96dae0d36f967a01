"""Checks of paid routes against the market, and of their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cxsim.settings.schema import Config


def check_acquisition(config: Config) -> None:
    """Refuse paid routes where there is nobody to win, and names that stand for something else.

    Raises
    ------
    ValueError
        Names the route and the cure.
    """
    for name, route in config.acquisition.items():
        if name in ("organic", "referral"):
            raise ValueError(
                f"acquisition.{name}: this name is kept for those who come by themselves or are brought; "
                "choose another")
        if route.spend_per_day > 0 and config.market.kind == "contact_centre":
            raise ValueError(
                f"acquisition.{name}.spend_per_day={route.spend_per_day:g}: a contact centre has anonymous "
                "contacts and nobody to win; set it to 0")
