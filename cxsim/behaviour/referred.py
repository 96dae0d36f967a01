"""What a referred customer is worth more, while the one who brought him stays.

His margin is higher at first and his hazard of leaving lower throughout; both end when the referrer leaves.
Sources: Schmitt, Skiera & Van den Bulte (2011) JM 75:46 (lifetime value at least 16% higher); Van den Bulte et
al. (2018) JMR 55:132 (only while the referrer stays; the margin gap erodes).
"""

from __future__ import annotations

import math

from cxsim.journal.compiling import compiled
from cxsim.journal.ticks import DAY
from cxsim.journal.words import REFERRAL


@compiled
def has_referrer(c, now):
    """Whether somebody brought him who is still a customer, as far as is known since midnight."""
    return c.source == REFERRAL and now < c.referrer_left


@compiled
def referred_exit(talk, c, now):
    """Log multiplier of his hazard of leaving."""
    return talk.referred_exit if talk.referred_exit != 0.0 and has_referrer(c, now) else 0.0


@compiled
def referred_spend(talk, c, now):
    """Log multiplier of what he spends: ln(1 + margin e^(-t / fade)), t since he entered."""
    if talk.referred_margin == 0.0 or not has_referrer(c, now):
        return 0.0
    return math.log1p(talk.referred_margin * math.exp(-(now - c.entry) / (talk.margin_days * DAY)))
