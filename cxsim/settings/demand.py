"""Demand over the calendar: season, prices, and how good a rival is, day by day, tabulated before the run."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence

import numpy as np

from cxsim.behaviour.parameters import OUTSIDE
from cxsim.settings.rivals import Competitor, Price, Season
from cxsim.settings.schema import Config


def make_season(config: Config) -> np.ndarray:
    """Log weight of every day of the run (one more for the horizon), mean weight 1 over a year and a week.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> bool(make_season(load()).any())
    False
    """
    return season_of(config.season, config.start_date, config.horizon_days + 1)


def season_of(season: Season, start: datetime.date, n_days: int) -> np.ndarray:
    """Log weights of `n_days` days from `start`; exactly 0 where a list is flat."""
    days = [start + datetime.timedelta(days=k) for k in range(n_days)]
    months = _scaled(season.months, [31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    weekdays = _scaled(season.weekdays, [1.0] * 7)
    return np.array([months[day.month - 1] + weekdays[day.weekday()] for day in days])


def _scaled(weights: Sequence[float], lengths: Sequence[float]) -> np.ndarray:
    """Logs of weights whose mean over their lengths is 1."""
    if len(set(weights)) == 1:
        return np.zeros(len(weights))
    mean = np.average(weights, weights=lengths)
    return np.log(np.asarray(weights) / mean)


def price_levels(price: Price, n_days: int) -> np.ndarray:
    """Log price level of every day, promotions included."""
    levels = np.full(n_days, math.log(price.level))
    cut = price.promotion
    if cut.days > 0 and cut.discount > 0:
        levels[cut.start_day : cut.start_day + cut.days] += math.log1p(-cut.discount)
    return levels


def price_demand(price: Price, n_days: int) -> np.ndarray:
    """Log multiplier of the rate of purchase needs of every day: -elasticity log level, and the payback.

    What a promotion adds beyond the list price is an excess of operational time; `forward_share` of it is
    taken off, evenly, over the days after it.

    Raises
    ------
    ValueError
        When the days after a promotion cannot pay back what it pulled forward.
    """
    demand = -price.elasticity.value * price_levels(price, n_days)
    cut = price.promotion
    if cut.days == 0 or cut.discount == 0 or cut.forward_share == 0 or price.elasticity.value == 0:
        return demand + 0.0
    lift = math.expm1(-price.elasticity.value * math.log1p(-cut.discount))
    owed = cut.forward_share * lift * cut.days / cut.payback_days
    if owed >= 0.95:
        raise ValueError(
            f"price.promotion.payback_days={cut.payback_days}: too few to pay back what the promotion pulls "
            f"forward ({cut.forward_share * lift * cut.days:.1f} days of demand); set "
            "more, or a lower forward_share")
    first = cut.start_day + cut.days
    demand[first : first + cut.payback_days] += math.log1p(-owed)
    return demand


def rival_quality(rival: Competitor, n_days: int) -> np.ndarray:
    """Quality of the rival on every day, in s.d. around what our baseline delivers.

    Power law of practice over his own needs, as for our own population knowledge; `needs_per_day` and
    `scale` are for 1,000 of our starting customers, so their ratio holds at any size.
    """
    if rival.exponent.value == 0.0 or rival.ceiling is None:
        return np.full(n_days, rival.quality)
    learned = rival.needs_per_day * np.arange(n_days) / rival.scale
    return rival.ceiling - (rival.ceiling - rival.quality) * (1.0 + learned) ** -rival.exponent.value


def make_outside(configs: Sequence[Config], *, effects: bool = True) -> dict[str, np.ndarray]:
    """What acts from outside: `outside` OUTSIDE [row], `season` [day], and `price`, `demand`, `rival` [row, day].

    Parameters
    ----------
    effects : bool
        False cuts prices and rivals (the neutral twin); seasons are the world's and stay.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> made = make_outside([load()])
    >>> made["price"].shape == made["rival"].shape == (1, 731), float(made["outside"]["is_daily"][0])
    (True, 0.0)
    """
    base, n_days = configs[0], configs[0].horizon_days + 1
    shape = (len(configs), n_days)
    made = {name: np.zeros(shape) for name in ("price", "demand", "rival")}
    outside = np.zeros(len(configs), OUTSIDE)
    for r, config in enumerate(configs):
        rival = config.competitor
        made["rival"][r] = rival_quality(rival, n_days)
        fee_moves = config.market.kind == "subscription"
        if effects or fee_moves:
            made["price"][r] = price_levels(config.price, n_days)
        if not effects:
            continue
        if config.market.kind == "transactional":
            made["demand"][r] = price_demand(config.price, n_days)
        record = outside[r]
        record["rival_weight"], record["exit_elasticity"] = rival.weight.value, config.price.exit_elasticity.value
        record["p_need"], record["rival_pull"] = rival.p_need, rival.pull.value
        record["need_logit"] = math.log(rival.p_need / (1.0 - rival.p_need)) if rival.p_need > 0 else 0.0
    made["season"] = make_season(base)
    moves = made["season"].any() or made["demand"].any() or (outside["rival_weight"] > 0).any()
    outside["is_daily"] = 1.0 if moves else 0.0
    # Bounds over all rows: a scenario that starts later may reach him before the need comes.
    outside["highest"] = made["demand"].max(initial=0.0) + made["season"].max(initial=0.0)
    outside["farthest"] = outside["rival_weight"].max() * np.abs(made["rival"]).max(initial=0.0)
    return {**made, "outside": outside}
