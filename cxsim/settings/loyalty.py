"""Loyalty programmes: keys with their evidence."""

from __future__ import annotations

from pydantic import Field

from cxsim.settings.values import Effect, NotNegative, Positive, Share, Strict


class Loyalty(Strict):
    """A points programme. `earn_rate` is the value returned per unit spent; 0 = no programme.

    `points_per_unit` only denominates it: a point is worth earn_rate / points_per_unit, and a
    reward of `reward_value` takes as many points as that makes.
    """

    earn_rate: float = Field(default=0.0, ge=0.0, le=1.0)
    points_per_unit: Positive = 1.0
    reward_value: Positive = 3.0
    p_enrol: Share = 0.0
    p_redeem: Share = 1.0
    expiry_days: Positive = 365.0
    goal_gradient: Effect
    reward_cost_share: Share = 1.0
    fixed_cost_per_day: NotNegative = 0.0
    expected_redemption_share: Share = 0.8
