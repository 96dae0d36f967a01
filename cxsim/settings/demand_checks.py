"""Checks of prices against the horizon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxsim.settings.demand import price_demand

if TYPE_CHECKING:
    from cxsim.settings.schema import Config


def check_demand(config: Config) -> None:
    """Refuse a promotion that this horizon has no place for.

    Raises
    ------
    ValueError
        Names the key and the cure.
    """
    cut = config.price.promotion
    if cut.days > 0 and cut.discount > 0 and cut.start_day >= config.horizon_days:
        raise ValueError(
            f"price.promotion.start_day={cut.start_day}: starts at or after the horizon "
            f"(horizon_days={config.horizon_days}); start earlier or lengthen the horizon")
    price_demand(config.price, config.horizon_days)
