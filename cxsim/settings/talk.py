"""What customers tell others, and what that brings: keys with their evidence."""

from __future__ import annotations

from cxsim.settings.values import Effect, NotNegative, Positive, Share, Strict


class Referral(Strict):
    """Recommendation: invitations, how many become customers, and a bonus for both sides."""

    invitations_per_journey: NotNegative = 0.0
    p_convert: Share = 0.0
    delay_days: Positive = 14.0
    bonus: NotNegative = 0.0
    friend_bonus: NotNegative = 0.0
    bonus_lift: Effect
    bonus_half: Positive = 10.0
