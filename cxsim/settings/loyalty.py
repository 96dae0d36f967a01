"""Loyalty programmes: keys with their evidence."""

from __future__ import annotations

from pydantic import Field, field_validator

from cxsim.settings.values import (
    NAME, Effect, NotNegative, NotNegativeEffect, Positive, Share, Strict, Whole, neutral)

MOST_TIERS = 4


class Tier(Strict):
    """A status reached by spend within a member's own year, kept to the end of the next one.

    `rel_earn` multiplies the points of an order (stamps stay whole: 1.25 gives one); `exit` is added to the
    log hazard of leaving; `delight` is how he is treated after a journey (satisfaction); `cost_per_order` is
    what that costs; `priority` at a desk counts where it comes before that of his segment.
    """

    from_spend: Positive
    rel_earn: Positive = 1.0
    exit: Effect = neutral()
    delight: Effect = neutral()
    cost_per_order: NotNegative = 0.0
    priority: Whole | None = Field(default=None, ge=0, le=9)


class Membership(Strict):
    """A membership that is paid for; `p_join` 0 = none is sold.

    `p_join` of the customers join, each at his next order; `p_renew` pay again when a period ends. `lift` is
    the log of the purchase rate of members (subscription: their log hazard of leaving is lower by it), of
    which `economic_share` acts even without a fee. `benefit_cost_per_order` is what members' free delivery
    and the like cost at every order.
    """

    fee: NotNegative = 0.0
    period_days: Positive = 365.0
    p_join: Share = 0.0
    p_renew: Share = 0.8
    lift: NotNegativeEffect = neutral()
    economic_share: Share = 1.0 / 3.0
    benefit_cost_per_order: NotNegative = 0.0

    @property
    def lift_acting(self) -> float:
        """The part of the lift that acts: the non-economic one comes with having paid."""
        if self.p_join == 0:
            return 0.0
        return self.lift.value * (1.0 if self.fee > 0 else self.economic_share)


class Loyalty(Strict):
    """A programme for customers who enrol (`p_enrol` of them, each at an order); neutral: nothing is offered.

    `earn_rate` is the value returned per unit spent; `points_per_unit` only denominates it: a point is worth
    earn_rate / points_per_unit, and a reward of `reward_value` takes as many points as that makes. With
    `stamps` above 0 it is a stamp card instead: one point an order, `stamps` of them for a reward. With
    `cashback`, what an order earned is credited at the next one, whatever the amount. `endowed_points` are
    given on enrolment. The goal gradient moves those who by themselves buy less often than
    `heavy_orders_per_year` (null = everybody). `exclusive_upsell` is a logit, `exclusive_discount` a share of
    the offer's amount (subscription: of one period's step); `member_exit` is a log hazard that fades with
    `member_fade_days` after joining.
    """

    earn_rate: float = Field(default=0.0, ge=0.0, le=1.0)
    points_per_unit: Positive = 1.0
    stamps: Whole = Field(default=0, ge=0)
    cashback: bool = False
    reward_value: Positive = 3.0
    endowed_points: Whole = Field(default=0, ge=0)
    p_enrol: Share = 0.0
    p_redeem: Share = 1.0
    expiry_days: Positive = 365.0
    goal_gradient: Effect
    heavy_orders_per_year: Positive | None = None
    reward_cost_share: Share = 1.0
    fixed_cost_per_day: NotNegative = 0.0
    expected_redemption_share: Share = 0.8
    tiers: dict[str, Tier] = {}
    tier_period_days: Positive = 365.0
    tier_gradient: Effect = neutral()
    member_exit: Effect = neutral()
    member_fade_days: Positive = 225.0
    exclusive_upsell: Effect = neutral()
    exclusive_discount: Share = 0.0
    membership: Membership = Membership()

    @field_validator("tiers")
    @classmethod
    def _tier_names(cls, value: dict[str, Tier]) -> dict[str, Tier]:
        for name in value:
            if not NAME.fullmatch(name):
                raise ValueError(f"name {name!r} must be lower-case letters, digits and _")
        if len(value) > MOST_TIERS:
            raise ValueError(f"there are {len(value)} tiers, at most {MOST_TIERS} are possible; leave some out")
        return value

    @property
    def earns(self) -> bool:
        """Whether orders earn points or stamps."""
        return self.earn_rate > 0 or self.stamps > 0

    @property
    def is_on(self) -> bool:
        """Whether there is a programme to enrol in: anything that it offers is above neutral."""
        offers = self.exclusive_upsell.value != 0 or self.exclusive_discount > 0
        return self.earns or bool(self.tiers) or offers or self.member_exit.value != 0

    @property
    def has_members(self) -> bool:
        """Whether anybody can belong to it, enrolled or paying."""
        return self.is_on or self.membership.p_join > 0

    @property
    def has_threshold(self) -> bool:
        """Whether members work towards a reward; cashback comes whatever the amount."""
        return self.earns and not self.cashback

    @property
    def point_value(self) -> float:
        """What one point (or stamp) is worth to a customer, in account currency."""
        return self.reward_value / self.stamps if self.stamps > 0 else self.earn_rate / self.points_per_unit

    @property
    def reward_points(self) -> int:
        """Points one reward takes; 0 where there is no threshold."""
        if not self.has_threshold:
            return 0
        return self.stamps or max(1, round(self.reward_value * self.points_per_unit / self.earn_rate))

    @property
    def moves_rate(self) -> bool:
        """Whether it moves how often (transactional) members buy."""
        goal = self.has_threshold and self.goal_gradient.value != 0
        return goal or (bool(self.tiers) and self.tier_gradient.value != 0) or self.membership.lift_acting != 0

    def moves_exit(self, is_subscription: bool) -> bool:
        """Whether it moves members' hazard of leaving."""
        moved = self.member_exit.value != 0 or any(tier.exit.value != 0 for tier in self.tiers.values())
        return moved or (is_subscription and self.membership.lift_acting != 0)
