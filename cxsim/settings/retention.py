"""How customers are kept with money: what is spent on everybody who may leave, with a response that saturates."""

from __future__ import annotations

import math

from pydantic import Field, model_validator

from cxsim.settings.values import NotNegative, Positive, Share, Strict


class RetentionSpend(Strict):
    """Money spent on every customer at each occasion to leave (a renewal, an order), and how many it keeps.

    The share kept at one occasion follows from the spend R as
    `rate_without` + (`ceiling` - `rate_without`) (1 - exp(-k R)); one observed point fixes k: `anchor_rate`
    were kept with `anchor_spend`. Of a population whose customers differ the curve says how many *times* the
    hazard of leaving changes: with a spend R in place of the baseline's R0 everybody's is multiplied by
    log rate(R) / log rate(R0). So the baseline keeps those its history says, whatever it spends, and customers
    who are all alike are kept at exactly rate(R). `ceiling` 0 switches the curve off.
    """

    spend_per_occasion: NotNegative = 0.0
    anchor_spend: Positive = 1.0
    anchor_rate: Share = 0.0
    rate_without: Share = 0.0
    ceiling: float = Field(default=0.0, ge=0.0, lt=1.0)

    @property
    def is_on(self) -> bool:
        """Whether there is a curve at all."""
        return self.ceiling > 0.0

    @model_validator(mode="after")
    def _curve(self) -> RetentionSpend:
        if not self.is_on and self.spend_per_occasion == 0.0:
            return self
        if not self.rate_without < self.anchor_rate < self.ceiling:
            raise ValueError(
                f"anchor_rate {self.anchor_rate:g} must lie between rate_without {self.rate_without:g} and "
                f"ceiling {self.ceiling:g}: one observed point says what money keeps")
        if self.rate(self.spend_per_occasion) == 0.0:
            raise ValueError("spend_per_occasion 0 keeps nobody while rate_without is 0; spend something, or say "
                             "in rate_without what share is kept without money")
        return self

    def rate(self, spend: float) -> float:
        """Share kept at one occasion for a spend on everybody who may leave then.

        Source: Blattberg & Deighton (1996) HBR 74(4):136; `rate_without` is ours (theirs is 0).

        Examples
        --------
        >>> curve = RetentionSpend(spend_per_occasion=10, anchor_spend=10, anchor_rate=0.4, ceiling=0.7)
        >>> round(curve.rate(10), 12), round(curve.rate(15.8652), 4)
        (0.4, 0.5175)
        """
        reach = (self.anchor_rate - self.rate_without) / (self.ceiling - self.rate_without)
        k = -math.log1p(-reach) / self.anchor_spend
        return self.rate_without - (self.ceiling - self.rate_without) * math.expm1(-k * spend)

    def log_multiplier(self, baseline_spend: float) -> float:
        """Log of what this spend in place of the baseline's multiplies everybody's hazard of leaving by.

        Raises
        ------
        ValueError
            When one of the two spends keeps nobody, so that no multiplier is finite.

        Examples
        --------
        >>> curve = RetentionSpend(spend_per_occasion=20, anchor_spend=10, anchor_rate=0.9, ceiling=0.99)
        >>> curve.log_multiplier(20.0), curve.log_multiplier(10.0) < 0
        (0.0, True)
        """
        if not self.is_on or self.spend_per_occasion == baseline_spend:
            return 0.0
        rates = [self.rate(spend) for spend in (self.spend_per_occasion, baseline_spend)]
        if min(rates) <= 0.0:
            raise ValueError(
                f"retention.spend_per_occasion={self.spend_per_occasion:g} against a baseline that spends "
                f"{baseline_spend:g}: nobody is kept without money while retention.rate_without=0; set it above "
                "0, or let the baseline spend something")
        hazards = [-math.log(rate) for rate in rates]
        return math.log(hazards[0] / hazards[1])
