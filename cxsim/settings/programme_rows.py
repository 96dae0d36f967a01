"""Parameter rows of the loyalty programme and its tiers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from cxsim.behaviour.parameters import PROGRAMME, TIER
from cxsim.journal.tallies import MONEY
from cxsim.journal.ticks import DAY
from cxsim.settings.loyalty import Loyalty
from cxsim.settings.schema import Config
from cxsim.settings.units import DAYS_PER_YEAR


def make_programme(configs: Sequence[Config], *, effects: bool = True) -> np.ndarray:
    """The loyalty programme of each row, of shape (rows,).

    Parameters
    ----------
    effects : bool
        False cuts what the programme does to rates, leaving and offers (the neutral twin).

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> float(make_programme([load(["loyalty=points"])])["reward_points"][0])
    100.0
    """
    programme = np.zeros(len(configs), PROGRAMME)
    for record, config in zip(programme, configs, strict=True):
        _fill_points(record, config.loyalty)
        _fill_members(record, config.loyalty)
        if not effects:
            for name in ("goal_gradient", "tier_gradient", "exit", "upsell_logit", "lift"):
                record[name] = 0.0
    return programme


def _fill_points(record: np.void, loyalty: Loyalty) -> None:
    record["is_on"], record["p_enrol"], record["p_redeem"] = loyalty.is_on, loyalty.p_enrol, loyalty.p_redeem
    if loyalty.stamps > 0:
        record["points_per_order"] = 1.0
    elif loyalty.earn_rate > 0:
        record["points_per_unit"] = loyalty.points_per_unit
    record["point_value"], record["reward_points"] = loyalty.point_value, loyalty.reward_points
    record["is_cashback"] = loyalty.cashback and loyalty.earn_rate > 0
    record["expiry_days"], record["reward_cost_share"] = loyalty.expiry_days, loyalty.reward_cost_share
    record["endowed_points"] = loyalty.endowed_points if loyalty.earns else 0
    record["goal_gradient"] = loyalty.goal_gradient.value
    heavy = loyalty.heavy_orders_per_year
    record["heavy_rate"] = math.inf if heavy is None else heavy / DAYS_PER_YEAR


def _fill_members(record: np.void, loyalty: Loyalty) -> None:
    record["exit"], record["exit_days"] = loyalty.member_exit.value, loyalty.member_fade_days
    record["upsell_logit"], record["discount"] = loyalty.exclusive_upsell.value, loyalty.exclusive_discount
    record["n_tiers"], record["tier_ticks"] = len(loyalty.tiers), round(loyalty.tier_period_days * DAY)
    record["tier_gradient"] = loyalty.tier_gradient.value
    paid = loyalty.membership
    record["p_join"], record["p_renew"] = paid.p_join, paid.p_renew
    record["fee"], record["fee_days"] = paid.fee, paid.period_days
    record["lift"], record["benefit_cost"] = paid.lift_acting, paid.benefit_cost_per_order


def make_tiers(configs: Sequence[Config], *, effects: bool = True) -> np.ndarray:
    """The tiers of each row from the lowest up, of shape (rows, most tiers, at least 1).

    Parameters
    ----------
    effects : bool
        False cuts what a tier does to leaving (the neutral twin).

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> make_tiers([load()]).shape
    (1, 1)
    """
    n = max(1, *(len(config.loyalty.tiers) for config in configs))
    tiers = np.zeros((len(configs), n), TIER)
    tiers["rel_earn"], tiers["priority"], tiers["from_spend"] = 1.0, -1, np.iinfo(np.int64).max
    for record, config in zip(tiers, configs, strict=True):
        for k, tier in enumerate(config.loyalty.tiers.values()):
            record["from_spend"][k] = round(tier.from_spend * MONEY)
            record["cost_per_order"][k] = round(tier.cost_per_order * MONEY)
            record["priority"][k] = -1 if tier.priority is None else tier.priority
            record["rel_earn"][k], record["delight"][k] = tier.rel_earn, tier.delight.value
            record["exit"][k] = tier.exit.value if effects else 0.0
    return tiers
