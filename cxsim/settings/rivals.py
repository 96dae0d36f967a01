"""Rivals, prices and seasons: what moves demand from outside an experience."""

from __future__ import annotations

from pydantic import Field, field_validator, model_validator

from cxsim.settings.values import (
    BelowOne, Count, NotNegative, NotNegativeEffect, Positive, Share, Strict, Whole, neutral)


class Competitor(Strict):
    """A rival: how good he is, how he learns, and what that takes from us.

    His quality is in s.d. of satisfaction; 0 is what our baseline delivers. It grows with what he learns
    from his own customers, A(N) = ceiling - (ceiling - quality) (1 + N / scale)^-exponent, where N is
    `needs_per_day` times the days gone by (both for 1,000 starting customers of ours). What counts is the
    distance: with `weight` 1 every link of satisfaction reads our standing less his. Of shoppers' own needs
    `p_need` go to him while both are equally good; `pull` moves that share (logit per s.d. of distance).
    Subscribers have one supplier: there only `weight` acts.
    """

    quality: float = Field(default=0.0, ge=-5.0, le=5.0)
    ceiling: float | None = Field(default=None, ge=-5.0, le=5.0)
    needs_per_day: NotNegative = 10.0
    scale: Positive = 5000.0
    exponent: NotNegativeEffect = neutral()
    weight: NotNegativeEffect = neutral()
    p_need: BelowOne = 0.0
    pull: NotNegativeEffect = neutral()

    @field_validator("p_need")
    @classmethod
    def _leaves_something(cls, value: float) -> float:
        if value > 0.9:
            raise ValueError(
                f"{value:g} of all needs would go to the rival while both are equally good; set at most 0.9")
        return value

    @model_validator(mode="after")
    def _learns_upwards(self) -> Competitor:
        if self.ceiling is not None and self.ceiling < self.quality:
            raise ValueError(
                f"ceiling {self.ceiling:g} lies below quality {self.quality:g}; he learns towards it, so raise it")
        if self.exponent.value > 0 and self.ceiling is None:
            raise ValueError("exponent is above 0 but ceiling is null; set the quality to which he learns")
        return self


class Promotion(Strict):
    """A price cut for some days. `forward_share` of the orders it adds are only pulled forward.

    They are missing, evenly, in the `payback_days` after it.
    """

    start_day: Whole = Field(default=0, ge=0)
    days: Whole = Field(default=0, ge=0)
    discount: BelowOne = 0.0
    forward_share: Share = 0.0
    payback_days: Count = 30


class Price(Strict):
    """List prices against those of the baseline's history (1), and what customers make of them.

    The rate of purchase needs (shoppers) is multiplied by level^-elasticity, the hazard of leaving by
    level^exit_elasticity, what an order or a period brings by the level; unit costs stay.
    """

    level: float = Field(default=1.0, gt=0.0, le=10.0)
    elasticity: NotNegativeEffect = neutral()
    exit_elasticity: NotNegativeEffect = neutral()
    promotion: Promotion = Promotion()


class Season(Strict):
    """How own needs (and those who come by themselves) rise and fall over the year and the week.

    Weights are relative; each list is scaled to a mean of 1, so a year's demand stays what it was.
    """

    months: list[Positive] = Field(default=[1.0] * 12, min_length=12, max_length=12)
    weekdays: list[Positive] = Field(default=[1.0] * 7, min_length=7, max_length=7)
    arrivals: bool = True
