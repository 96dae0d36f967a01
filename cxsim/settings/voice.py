"""The voice of the customer: surveys, and what follows from an answer."""

from __future__ import annotations

from pydantic import Field, model_validator

from cxsim.settings.prospects import PositiveShare
from cxsim.settings.values import (
    Effect, NotNegative, NotNegativeEffect, Positive, Share, ShareEffect, Strict, Whole, neutral)


class Survey(Strict):
    """Read-outs: noise of an answer, the answers a baseline gives (shares of each score), and who answers.

    After a journey a share `share_asked` is asked; of these `p_answer` answer where they are as satisfied as in
    the baseline's mean, more (logit) by `bias` for each s.d. more satisfied and by `extremes` for each
    s.d. further from the mean in either direction. With `p_answer` 1 everybody answers.
    """

    noise_sd: Positive = 0.5
    share_asked: PositiveShare = 1.0
    p_answer: PositiveShare = 1.0
    bias: Effect = neutral()
    extremes: NotNegativeEffect = neutral()
    nps_shares: list[NotNegative] = Field(min_length=11, max_length=11)
    csat_shares: list[NotNegative] = Field(min_length=5, max_length=5)
    ces_shares: list[NotNegative] = Field(min_length=7, max_length=7)

    @model_validator(mode="after")
    def _shares(self) -> Survey:
        for name in ("nps_shares", "csat_shares", "ces_shares"):
            total = sum(getattr(self, name))
            if abs(total - 1.0) > 1e-9:
                raise ValueError(f"{name} sum to {total:.6g}; they must sum to 1")
        return self


class CloseTheLoop(Strict):
    """A call to customers who answered badly: it acts on answers, and costs money.

    Of those who answered at or below `below` (0 to 10) a share `reach` is called `delay_days` later. The call
    gives back a share `gain` of what his satisfaction lacks to the baseline's mean, never more than that.
    """

    reach: Share = 0.0
    below: Whole = Field(default=6, ge=0, le=10)
    delay_days: NotNegative = 2.0
    gain: ShareEffect = neutral()
    cost_per_call: NotNegative = 0.0
