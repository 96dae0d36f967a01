"""What customers tell others, and what that brings: keys with their evidence."""

from __future__ import annotations

from pydantic import Field

from cxsim.settings.values import (
    Effect, MultiplierEffect, NotNegative, NotNegativeEffect, Positive, Share, Strict, SurplusEffect, Whole,
    neutral)


class Referral(Strict):
    """Recommendation: invitations, how many become customers, a bonus for both sides, and who comes.

    While the customer who brought him stays, a referred one spends `referred_margin` more as he enters (a
    share that fades with `margin_fade_days`) and his hazard of leaving is multiplied by `referred_exit`.
    """

    invitations_per_journey: NotNegative = 0.0
    p_convert: Share = 0.0
    delay_days: Positive = 14.0
    bonus: NotNegative = 0.0
    friend_bonus: NotNegative = 0.0
    bonus_lift: Effect
    bonus_half: Positive = 10.0
    friend_lift: NotNegativeEffect = neutral()
    referred_margin: SurplusEffect = neutral()
    margin_fade_days: Positive = 365.0
    referred_exit: MultiplierEffect = neutral(1.0)


class Talk(Strict):
    """Negative word of mouth: who is disappointed tells others, and fewer come.

    A journey judged more than `negative_below` standard deviations under the reference is told with chance
    `p_negative`. Each telling per 1,000 starting customers still in mind (it fades with `fade_days`) takes
    `effect` off the log rate of organic arrivals and off the logit of an invitation's conversion.
    """

    p_negative: Share = 0.0
    negative_below: NotNegative = 1.0
    fade_days: Positive = 60.0
    effect: NotNegativeEffect = neutral()


class Contagion(Strict):
    """Leaving that spreads along ties: to those he brought, to who brought him, to acquaintances.

    A hazard is multiplied by `multiplier` to the power of the exposure: the number of ties who left, each
    fading with `fade_days`, together at most 1.
    """

    multiplier: MultiplierEffect = neutral(1.0)
    fade_days: Positive = 30.0
    acquaintances: Whole = Field(default=4, ge=0, le=50)


class Reputation(Strict):
    """Ratings in public, and what their mean does to arrivals and to prospects.

    A judged journey is rated with chance `p_rating`, in standard deviations around the reference, at most 3
    either way. The mean fades with `fade_days`; `ratings_n0` neutral ratings stand beside it, and one below
    the reference counts `negative_weight` times.
    """

    p_rating: Share = 0.0
    fade_days: Positive = 180.0
    ratings_n0: NotNegative = 20.0
    negative_weight: NotNegative = 1.0
    arrivals: NotNegativeEffect = neutral()
    conversion: NotNegativeEffect = neutral()


class Bass(Strict):
    """Diffusion in a finite market: hazard p + q F a year of each member who is not yet a customer.

    F is the share of the market that has entered; `satisfaction` is what each standard deviation of mean
    satisfaction with journeys adds to the log of the second part.
    """

    p: NotNegative = 0.0
    q: NotNegative = 0.0
    satisfaction: NotNegativeEffect = neutral()
