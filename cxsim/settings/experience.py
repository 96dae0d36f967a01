"""What a customer feels, remembers, and does about it: keys with their evidence."""

from __future__ import annotations

from pydantic import model_validator

from cxsim.settings.values import (
    BelowOne, Effect, NotNegative, NotNegativeEffect, OpenShare, Positive, Share, ShareEffect, Strict, neutral)


class Choice(Strict):
    """Channel choice: utility lost per minute of published wait and of effort (logit units).

    `habit_weight` is the pull of his own smoothed past choices (Guadagni & Little 1983), of which each
    choice keeps `habit_memory`; `lost_contact_weight` is what a channel loses that just lost his contact.
    """

    wait_weight_per_minute: Effect
    effort_weight_per_minute: Effect
    habit_weight: Effect = neutral()
    habit_memory: BelowOne = 0.7
    lost_contact_weight: Effect = neutral()


class Weights(Strict):
    """How much each part of an experience counts in perceived quality (s.d. units)."""

    effort: Effect
    wait: Effect
    failure: Effect
    fit: Effect
    use: Effect = neutral()


class Perception(Strict):
    """Perceived quality of a journey's episodes, the gap to what was expected, and what is remembered.

    A journey is remembered by its mean (`mean_weight`) and, for the rest, by its peak and its end. A
    failure weighs 1 - spread + spread Exp(1), with `severity_spread` as the spread. Customers differ
    for life in how kindly they judge (`leniency_sd`, s.d. of quality) and in what counts for them
    (`weight_spread`, log s.d. of each weight). `weights.use` is the weight of his first evaluation
    after use, an episode of its own.
    """

    weights: Weights
    effort_half_minutes: Positive = 10.0
    wait_half_minutes: Positive = 1.0
    noise_sd: NotNegative = 0.0
    fit_mean: OpenShare = 0.7
    fit_spread: NotNegative = 0.0
    quality_weight: Effect
    loss_aversion: Effect
    sensitivity: Effect
    expectation_n0: Positive = 4.0
    expectation_floor: Share = 0.05
    mean_weight: ShareEffect = neutral(1.0)
    severity_spread: Share = 0.0
    leniency_sd: NotNegativeEffect = neutral()
    weight_spread: NotNegativeEffect = neutral()


class Attachment(Strict):
    """What he has used for long becomes his own: n / (n + n0) of n orders (or renewals).

    At full attachment the hazard of leaving is multiplied by exp(-exit), spend by exp(price). Retention
    that rises because weak customers left first is in the segments' laws and needs no attachment.
    """

    orders_n0: Positive = 10.0
    exit: Effect = neutral()
    price: Effect = neutral()


class SatisfactionShare(Strict):
    """How the one budget of satisfaction is shared over its links; the shares sum to 1."""

    rate: Share = 0.0
    exit: Share = 0.0
    spend: Share = 0.0
    upsell: Share = 0.0
    invitation: Share = 0.0
    conversion: Share = 0.0

    @model_validator(mode="after")
    def _whole_budget(self) -> SatisfactionShare:
        total = self.rate + self.exit + self.spend + self.upsell + self.invitation + self.conversion
        if abs(total - 1.0) > 1e-9:
            raise ValueError(f"the shares sum to {total:.6g}; they must sum to 1 (one budget for all links)")
        return self


class Satisfaction(Strict):
    """Memory of satisfaction and the one budget of what it does."""

    total_effect: Effect
    share: SatisfactionShare
    memory_weeks: Positive = 52.0
    memory_n0: Positive = 4.0

    @model_validator(mode="after")
    def _in_range(self) -> Satisfaction:
        if not 0.0 <= self.total_effect.value <= 0.9:
            raise ValueError(f"total_effect {self.total_effect.value} must lie between 0 and 0.9 per s.d.")
        return self
