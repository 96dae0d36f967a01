"""How customers are won: keys with their evidence."""

from __future__ import annotations

from pydantic import model_validator

from cxsim.settings.values import NotNegative, Positive, Strict


class Media(Strict):
    """Paid acquisition: entrants = ceiling (1 - exp(-k spend)); figures for 1,000 starting customers.

    k follows from one anchor: `anchor_entrants_per_day` were won with `anchor_spend_per_day`.
    """

    spend_per_day: NotNegative = 0.0
    anchor_spend_per_day: Positive = 1.0
    anchor_entrants_per_day: NotNegative = 0.0
    ceiling_entrants_per_day: NotNegative = 0.0

    @model_validator(mode="after")
    def _below_ceiling(self) -> Media:
        if self.spend_per_day > 0 and not 0 < self.anchor_entrants_per_day < self.ceiling_entrants_per_day:
            raise ValueError(
                f"anchor_entrants_per_day {self.anchor_entrants_per_day} must lie between 0 and "
                f"ceiling_entrants_per_day {self.ceiling_entrants_per_day}")
        return self


class Acquisition(Strict):
    """Where new customers come from, beside recommendation and those who come by themselves."""

    media: Media = Media()
