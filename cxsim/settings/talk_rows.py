"""Parameter rows of word of mouth."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from cxsim.behaviour.parameters import TALK
from cxsim.settings.schema import Config
from cxsim.settings.talk import Referral
from cxsim.settings.units import DAYS_PER_YEAR


def make_talk(configs: Sequence[Config], *, effects: bool = True) -> np.ndarray:
    """What customers tell others in each row, of shape (rows,).

    Parameters
    ----------
    effects : bool
        False cuts what being referred, ties who left, talk and ratings do (the neutral twin).

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> float(make_talk([load()])["p_convert"][0])
    0.42
    """
    talk = np.zeros(len(configs), TALK)
    on = 1.0 if effects else 0.0
    for record, config in zip(talk, configs, strict=True):
        _fill_referral(record, config, on)
        _fill_talk(record, config, on)
        # Friends who come are convinced like other prospects; so many come that as many become customers.
        record["p_convert"] = min(1.0, record["p_convert"] / configs[0].prospects.eventual)
    return talk


def invitations(referral: Referral) -> float:
    """Mean invitations after a journey at the reference: base (1 + lift bonus / (bonus + half)).

    Examples
    --------
    >>> from cxsim.settings.values import neutral
    >>> invitations(Referral(invitations_per_journey=0.2, bonus=10, bonus_half=10, bonus_lift=neutral(0.5)))
    0.25
    """
    lift = referral.bonus_lift.value * referral.bonus / (referral.bonus + referral.bonus_half)
    return referral.invitations_per_journey * (1.0 + lift)


def p_convert(referral: Referral) -> float:
    """Chance that an invitation converts: logit p + lift bonus / (bonus + half), of the friend's bonus.

    Examples
    --------
    >>> from cxsim.settings.values import neutral
    >>> two_sided = Referral(p_convert=0.5, friend_bonus=10, bonus_lift=neutral(), friend_lift=neutral(1.0))
    >>> round(p_convert(two_sided), 4)
    0.6225
    """
    p, bonus = referral.p_convert, referral.friend_bonus
    lift = referral.friend_lift.value * bonus / (bonus + referral.bonus_half)
    if lift == 0.0 or p in (0.0, 1.0):
        return p
    return 1.0 / (1.0 + (1.0 - p) / p * math.exp(-lift))


def _fill_referral(record: np.void, config: Config, on: float) -> None:
    referral = config.referral
    record["invitations"], record["p_convert"] = invitations(referral), p_convert(referral)
    record["delay_days"] = referral.delay_days
    record["bonus"], record["friend_bonus"] = referral.bonus, referral.friend_bonus
    record["referred_margin"] = on * referral.referred_margin.value
    record["margin_days"] = referral.margin_fade_days
    record["referred_exit"] = on * math.log(referral.referred_exit.value)


def _fill_talk(record: np.void, config: Config, on: float) -> None:
    talk, contagion, reputation, bass = config.talk, config.contagion, config.reputation, config.market.bass
    record["p_negative"], record["negative_below"] = talk.p_negative, talk.negative_below
    record["talk_days"] = talk.fade_days
    record["talk_effect"] = on * talk.effect.value * 1000.0 / max(1, config.n_customers)
    record["contagion"] = on * math.log(contagion.multiplier.value)
    record["contagion_days"], record["acquaintances"] = contagion.fade_days, contagion.acquaintances
    record["p_rating"], record["rating_days"] = reputation.p_rating, reputation.fade_days
    record["ratings_n0"], record["negative_weight"] = reputation.ratings_n0, reputation.negative_weight
    record["rated_arrivals"] = on * reputation.arrivals.value
    record["rated_conversion"] = on * reputation.conversion.value
    record["bass_p"], record["bass_q"] = bass.p / DAYS_PER_YEAR, bass.q / DAYS_PER_YEAR
    record["bass_satisfaction"] = bass.satisfaction.value
