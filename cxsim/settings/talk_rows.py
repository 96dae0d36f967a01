"""Parameter rows of word of mouth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxsim.behaviour.parameters import TALK
from cxsim.settings.schema import Config


def make_talk(configs: Sequence[Config]) -> np.ndarray:
    """What customers tell others in each row, of shape (rows,).

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> float(make_talk([load()])["p_convert"][0])
    0.42
    """
    talk = np.zeros(len(configs), TALK)
    for record, config in zip(talk, configs, strict=True):
        referral = config.referral
        lift = referral.bonus_lift.value * referral.bonus / (referral.bonus + referral.bonus_half)
        record["invitations"] = referral.invitations_per_journey * (1.0 + lift)
        record["p_convert"], record["delay_days"] = referral.p_convert, referral.delay_days
        record["bonus"], record["friend_bonus"] = referral.bonus, referral.friend_bonus
    return talk
