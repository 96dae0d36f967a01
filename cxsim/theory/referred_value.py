"""What a referred customer is worth more: lifetime values while the one who brought him stays.

His spend is 1 + margin e^(-t / fade) times as high, t since he entered, and his hazard of leaving is multiplied
throughout. Both values are discounted and include the first payment or order; the customer who brought him
stays for good. Use it to choose the two strengths so that the lifetime value rises by a published share.

Sources: Schmitt, Skiera & Van den Bulte (2011) JM 75:46 (at least +16%); Van den Bulte et al. (2018) JMR 55:132.
"""

from __future__ import annotations

import numpy as np
from scipy.special import betaincinv, expit, gammaincinv

from cxsim.theory import sbg
from cxsim.theory.domain import require_not_negative, require_positive

_FURTHEST = 34.0
_KNOTS = 801


def subscriber_lift(alpha: float, beta: float, discount_rate: float, hazard_multiplier: float) -> float:
    """Relative rise of a subscriber's lifetime value under sBG, his fee being the same.

    Parameters
    ----------
    alpha, beta : parameters of `sbg`, above 0.
    discount_rate : per renewal period, above 0.
    hazard_multiplier : factor on his hazard of cancelling, above 0.

    Source
    ------
    Fader & Hardie (2015), equation 3.8, with S(m t) for S(t).

    Examples
    --------
    >>> f"{subscriber_lift(0.668, 3.806, 0.01155, 0.745):.3f}"
    '0.153'
    """
    plain = sbg.expected_discounted_lifetime(alpha, beta, discount_rate)
    return sbg.expected_discounted_lifetime(alpha, beta, discount_rate, hazard_multiplier) / plain - 1.0


def shopper_value(
    r: float, alpha: float, a: float, b: float, discount_rate: float,
    hazard_multiplier: float = 1.0, margin: float = 0.0, fade: float = 1.0,
) -> float:
    """Discounted orders of a new shopper under BG/NBD, each weighted by what it brings.

    With rate l, chance p of leaving after a repeat order, discounting d: given l and p a shopper is worth
    1 + g + l / (d + p l) + g l / (d + 1/fade + p l); mixed over l ~ Gamma(r, alpha), p ~ Beta(a, b).

    Parameters
    ----------
    r, alpha, a, b : parameters of `bg_nbd`, above 0.
    discount_rate : continuous, per unit of alpha, above 0.
    hazard_multiplier : p' = 1 - (1 - p)^m, above 0.
    margin, fade : relative spend at entry, and the time in which its surplus fades by 1/e.

    Source
    ------
    The exponential life of a shopper given his traits, as in Fader, Hardie & Lee (2005) Marketing Science 24:275.

    Examples
    --------
    >>> cdnow = (0.242595, 4.413602, 0.792922, 2.425906)
    >>> f"{shopper_value(*cdnow, discount_rate=0.00269):.2f}"
    '4.65'
    """
    require_positive(r=r, alpha=alpha, a=a, b=b, discount_rate=discount_rate, fade=fade)
    require_positive(hazard_multiplier=hazard_multiplier)
    x = np.linspace(-_FURTHEST, _FURTHEST, _KNOTS)
    u = expit(x)
    weight = u * expit(-x) * (x[1] - x[0])
    rate = gammaincinv(r, u)[:, None] / alpha
    p = -np.expm1(hazard_multiplier * np.log1p(-betaincinv(a, b, u)))[None, :]
    later = rate / (discount_rate + p * rate) + margin * rate / (discount_rate + 1.0 / fade + p * rate)
    return float(1.0 + margin + weight @ later @ weight)


def shopper_lift(
    r: float, alpha: float, a: float, b: float, discount_rate: float,
    hazard_multiplier: float, margin: float, fade: float,
) -> float:
    """Relative rise of a shopper's lifetime value while the one who brought him stays; as `shopper_value`.

    Examples
    --------
    >>> cdnow = (0.242595, 4.413602, 0.792922, 2.425906)
    >>> shopper_lift(*cdnow, discount_rate=0.00269, hazard_multiplier=1.0, margin=0.0, fade=52.0)
    0.0
    """
    require_not_negative(margin=margin)
    plain = shopper_value(r, alpha, a, b, discount_rate)
    return shopper_value(r, alpha, a, b, discount_rate, hazard_multiplier, margin, fade) / plain - 1.0
