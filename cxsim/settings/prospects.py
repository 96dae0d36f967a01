"""Prospects: newcomers who walk the buyer's journey and are convinced by it, or not."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cxsim.settings.values import BelowOne, Effect, Positive, Strict, neutral

PositiveShare = Annotated[float, Field(gt=0.0, le=1.0)]


class Prospects(Strict):
    """How many of those who come are convinced by one buyer's journey, and what becomes of the others.

    `p_convert` is the baseline's chance at the end of a buyer's journey (1: everybody who comes buys); with
    less, more come, so that as many are won as history says. `loyalty_pull` (logit) is what a programme
    on offer adds, in or out of the baseline. One who is not convinced comes back once more with chance
    `p_return`, after `return_days` in the mean.
    """

    p_convert: PositiveShare = 1.0
    loyalty_pull: Effect = neutral()
    p_return: BelowOne = 0.0
    return_days: Positive = 30.0

    @property
    def eventual(self) -> float:
        """Share of those who come who are won some day: p / (1 - (1 - p) r) with r coming back each time.

        Examples
        --------
        >>> Prospects().eventual, Prospects(p_convert=0.4, p_return=0.5).eventual
        (1.0, 0.5714285714285715)
        """
        if self.p_convert >= 1.0:
            return 1.0
        return self.p_convert / (1.0 - (1.0 - self.p_convert) * self.p_return)
