"""How customers are won with money: named paid routes, each with a response that saturates."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import Field, model_validator

from cxsim.settings.values import Effect, NotNegative, Positive, Strict, neutral


class PaidRoute(Strict):
    """One way to win customers with money; spend and entrants are figures for 1,000 starting customers.

    `response` says how newcomers a day follow from the spend s, with c = `ceiling_entrants_per_day`:
    exponential c (1 - exp(-k s)), or hill c s^h / (s^h + K^h) with h = `slope`. One observed point fixes
    the rest: `anchor_entrants_per_day` were won with `anchor_spend_per_day`. A `commission_per_customer`
    and a `welcome_gift` are paid when one it won first buys. Those it wins differ from others by the factors
    `rel_rate` on how often they need something and `rel_exit` on their hazard of leaving.
    """

    spend_per_day: NotNegative = 0.0
    response: Literal["exponential", "hill"] = "exponential"
    slope: Positive = Field(default=2.0, le=10.0)
    anchor_spend_per_day: Positive = 1.0
    anchor_entrants_per_day: NotNegative = 0.0
    ceiling_entrants_per_day: NotNegative = 0.0
    commission_per_customer: NotNegative = 0.0
    welcome_gift: NotNegative = 0.0
    rel_rate: Effect = neutral(1.0)
    rel_exit: Effect = neutral(1.0)

    @model_validator(mode="after")
    def _below_ceiling(self) -> PaidRoute:
        if self.spend_per_day > 0 and not 0 < self.anchor_entrants_per_day < self.ceiling_entrants_per_day:
            raise ValueError(
                f"spend_per_day {self.spend_per_day:g} needs one observed point: anchor_entrants_per_day "
                f"{self.anchor_entrants_per_day:g} must lie between 0 and ceiling_entrants_per_day "
                f"{self.ceiling_entrants_per_day:g}")
        return self

    @model_validator(mode="after")
    def _factors(self) -> PaidRoute:
        for name in ("rel_rate", "rel_exit"):
            value = getattr(self, name).value
            if value <= 0:
                raise ValueError(f"{name} {value:g} must be above 0; 1 leaves those it wins like everybody")
        return self

    def entrants(self, spend: float) -> float:
        """Newcomers a day that a spend wins, for 1,000 starting customers.

        Sources: Blattberg & Deighton (1996) HBR 74(4):136 (exponential); Hill's curve as in
        media-mix models, Jin et al. (2017).

        Examples
        --------
        >>> route = PaidRoute(anchor_spend_per_day=8, anchor_entrants_per_day=0.2, ceiling_entrants_per_day=0.5)
        >>> round(route.entrants(16), 12)
        0.32
        """
        if spend == 0 or self.ceiling_entrants_per_day == 0:
            return 0.0
        if self.response == "hill":
            share = self.anchor_entrants_per_day / self.ceiling_entrants_per_day
            odds = share / (1.0 - share) * (spend / self.anchor_spend_per_day) ** self.slope
            return self.ceiling_entrants_per_day * odds / (1.0 + odds)
        k = -math.log1p(-self.anchor_entrants_per_day / self.ceiling_entrants_per_day)
        k /= self.anchor_spend_per_day
        return self.ceiling_entrants_per_day * -math.expm1(-k * spend)
