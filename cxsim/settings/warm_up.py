"""Warm-up: days that are lived before day 0 and not counted.

On the first day nothing is remembered, queues are empty and nothing is known, which is no business as it runs.
With ``warmup_days`` the world begins so many days earlier; day 0, months, the horizon and the start of a scenario
are counted from where the warm-up ends.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from cxsim.settings.schema import Config, ScenarioSpec


def lived(config: Config) -> Config:
    """The world as it is lived: what is counted, and the warm-up before it; itself where there is none.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> world = lived(load(["warmup_days=90", "horizon_days=365"]))
    >>> world.horizon_days, world.start_date.isoformat(), world.warmup_days
    (455, '2025-10-03', 0)
    """
    days = config.warmup_days
    if days == 0:
        return config
    market, price = config.market, config.price
    until = market.entrants_until_day
    promotion = price.promotion.model_copy(update={"start_day": price.promotion.start_day + days})
    return config.model_copy(update={
        "warmup_days": 0,
        "horizon_days": config.horizon_days + days,
        "start_date": config.start_date - datetime.timedelta(days=days),
        "market": market.model_copy(update={
            "active_window_days": config.active_window_days,
            "entrants_until_day": None if until is None else until + days}),
        "price": price.model_copy(update={"promotion": promotion}),
    })


def after_warm_up(specs: Sequence[ScenarioSpec], days: int) -> list[ScenarioSpec]:
    """Scenario parts by the days of the world as it is lived."""
    return [spec.model_copy(update={
        "start_day": spec.start_day + days, "end_day": None if spec.end_day is None else spec.end_day + days})
        for spec in specs]
