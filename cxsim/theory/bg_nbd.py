"""BG/NBD: customers who buy at random and may leave, silently, after any order.

While alive, a customer orders as a Poisson process with rate lambda; after each repeat order he
leaves with probability p. Over customers lambda ~ Gamma(shape r, rate alpha), p ~ Beta(a, b).
Time is counted from his first order, which is not counted as a purchase and carries no risk of
leaving. Parameters everywhere below: r, alpha (a time), a, b, all above 0.

Use it where customers leave without telling (a shop); use `sbg` where they cancel (a subscription),
and `bg_nbd_effects` where an effect changes the chance of leaving.

Source: Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24:275-284.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, betaln, expit, gammaln, hyp2f1

from cxsim.theory.domain import (
    Numbers,
    require_not_negative,
    require_positive,
    require_recency,
    require_whole,
)

_NEAR_POLE = 1e-5
_STEP_OFF_POLE = 1e-4


def expected_purchases(
    t: ArrayLike, r: ArrayLike, alpha: ArrayLike, a: float, b: ArrayLike, rate_multiplier: float = 1.0
) -> Numbers:
    """Repeat orders E[X(t)] a new customer makes in a time t after his first order.

    Parameters
    ----------
    t : time since the first order, at least 0, unit of alpha; scalar or array.
    r, alpha, a, b : parameters of the model, above 0.
    rate_multiplier : factor m on every customer's order rate, above 0. It replaces alpha by
        alpha/m, so that E_m[X(t)] = E[X(m t)] exactly.

    Raises
    ------
    CxsimError
        For a parameter that is not above 0 or a time below 0.

    Source
    ------
    Fader, Hardie & Lee (2005), equation 9.

    Examples
    --------
    >>> cdnow = (0.242595, 4.413602, 0.792922, 2.425906)
    >>> f"{expected_purchases(39, *cdnow):.4f}"
    '1.1950'
    >>> f"{expected_purchases(78, *cdnow, rate_multiplier=1.1):.5f}"
    '1.96664'
    """
    require_not_negative(t=t)
    require_positive(r=r, alpha=alpha, a=a, b=b, rate_multiplier=rate_multiplier)
    return _expected(rate_multiplier * np.asarray(t, dtype=float), r, alpha, a, b)


def _expected(t: Numbers, r: ArrayLike, alpha: ArrayLike, a: float, b: ArrayLike) -> Numbers:
    # The formula divides by a-1 and its hypergeometric by a+b-1; both are removable, so step aside.
    near = min(abs(a - 1.0), float(np.min(np.abs(a + np.asarray(b) - 1.0)))) < _NEAR_POLE
    if near:
        below = _expected(t, r, alpha, a - _STEP_OFF_POLE, b)
        return (below + _expected(t, r, alpha, a + _STEP_OFF_POLE, b)) / 2
    z = -t / np.asarray(alpha, dtype=float)
    # Pfaff's form of the published one: (alpha/(alpha+t))^r 2F1(r, b; a+b-1; t/(alpha+t)).
    return (a + b - 1) / (a - 1) * (1 - hyp2f1(r, a - 1, a + b - 1, z))


def p_no_purchase(t: ArrayLike, r: float, alpha: float, rate_multiplier: float = 1.0) -> Numbers:
    """Share of new customers without a single repeat order by time t, P(X(t) = 0).

    Nobody can leave before his first repeat order, so a and b play no part.

    Parameters
    ----------
    t : time since the first order, at least 0, unit of alpha; scalar or array.
    r, alpha : parameters of the order rate, above 0.
    rate_multiplier : factor on every customer's order rate, above 0.

    Raises
    ------
    CxsimError
        For a parameter that is not above 0 or a time below 0.

    Source
    ------
    Fader, Hardie & Lee (2005), equation 8 at x = 0: (alpha/(alpha+t))^r.

    Examples
    --------
    >>> f"{p_no_purchase(39, r=0.242595, alpha=4.413602):.5f}"
    '0.57431'
    """
    require_not_negative(t=t)
    require_positive(r=r, alpha=alpha, rate_multiplier=rate_multiplier)
    return np.exp(-r * np.log1p(rate_multiplier * np.asarray(t, dtype=float) / alpha))


def p_purchases(x: ArrayLike, t: ArrayLike, r: float, alpha: float, a: float, b: float) -> Numbers:
    """Share of new customers with exactly x repeat orders by time t, P(X(t) = x).

    Parameters
    ----------
    x : number of repeat orders, whole, at least 0; scalar or array.
    t : time since the first order, at least 0, unit of alpha; scalar or array.
    r, alpha, a, b : parameters of the model, above 0.

    Raises
    ------
    CxsimError
        For a parameter that is not above 0, a time below 0, or a count that is not whole.

    Source
    ------
    Fader, Hardie & Lee (2005), equation 8.

    Examples
    --------
    >>> cdnow = (0.242595, 4.413602, 0.792922, 2.425906)
    >>> [f"{p:.4f}" for p in p_purchases([0, 1, 2], 39, *cdnow)]
    ['0.5743', '0.1992', '0.0853']
    """
    require_whole(x=x)
    require_not_negative(t=t)
    require_positive(r=r, alpha=alpha, a=a, b=b)
    x, t = np.asarray(x, dtype=float), np.asarray(t, dtype=float)
    p = t / (alpha + t)
    log_poisson = gammaln(r + x) - gammaln(r) - gammaln(x + 1) - r * np.log1p(t / alpha)
    stayed = np.exp(betaln(a, b + x) - betaln(a, b) + log_poisson) * p**x
    counted = np.maximum(x, 1)
    left = np.exp(betaln(a + 1, b + counted - 1) - betaln(a, b)) * betainc(counted, r, p)
    return stayed + np.where(x > 0, left, 0.0)


def p_alive(
    x: ArrayLike, t_x: ArrayLike, T: ArrayLike, r: float, alpha: float, a: float, b: float
) -> Numbers:
    """Probability that a customer with this history has not left yet.

    A customer without a repeat order is alive for sure: he had no occasion to leave.

    Parameters
    ----------
    x : repeat orders; t_x : time of the last (0 where x = 0); T : time observed. All counted from
        the first order, t_x <= T, unit of alpha; scalars or arrays.
    r, alpha, a, b : parameters of the model, above 0.

    Raises
    ------
    CxsimError
        For a parameter that is not above 0 or an impossible history (t_x > T).

    Source
    ------
    Fader, Hardie & Lee (2005), the denominator of equation 10.

    Examples
    --------
    >>> cdnow = (0.242595, 4.413602, 0.792922, 2.425906)
    >>> f"{p_alive(2, 213 / 7, 272 / 7, *cdnow):.4f}"
    '0.7266'
    """
    require_recency(x, t_x, T)
    require_positive(r=r, alpha=alpha, a=a, b=b)
    x, t_x, T = (np.asarray(v, dtype=float) for v in (x, t_x, T))
    log_odds_of_gone = _log_left_after_last(x, a, b) + (r + x) * np.log((alpha + T) / (alpha + t_x))
    return expit(-log_odds_of_gone)


def expected_purchases_conditional(
    t: ArrayLike, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, r: float, alpha: float, a: float, b: float
) -> Numbers:
    """Orders E[Y(t)] in the next t of a customer with this history.

    Parameters
    ----------
    t : length of the future period, at least 0, unit of alpha.
    x, t_x, T : history as in `p_alive`; scalars or arrays.
    r, alpha, a, b : parameters of the model, above 0.

    Raises
    ------
    CxsimError
        For a parameter that is not above 0 or an impossible history (t_x > T).

    Source
    ------
    Fader, Hardie & Lee (2005), equation 10, read as p_alive times the expectation of a new
    customer with the updated parameters (r+x, alpha+T, a, b+x).

    Examples
    --------
    >>> cdnow = (0.242595, 4.413602, 0.792922, 2.425906)
    >>> f"{expected_purchases_conditional(39, 2, 213 / 7, 272 / 7, *cdnow):.4f}"
    '1.2260'
    """
    require_not_negative(t=t)
    alive = p_alive(x, t_x, T, r, alpha, a, b)
    x, T = np.asarray(x, dtype=float), np.asarray(T, dtype=float)
    return alive * _expected(np.asarray(t, dtype=float), r + x, alpha + T, a, b + x)


def log_likelihood(
    x: ArrayLike, t_x: ArrayLike, T: ArrayLike, r: float, alpha: float, a: float, b: float
) -> Numbers:
    """Log-likelihood of one customer's history (of each, for arrays; sum them for a sample).

    Parameters
    ----------
    x, t_x, T : history as in `p_alive`; scalars or arrays.
    r, alpha, a, b : parameters of the model, above 0.

    Raises
    ------
    CxsimError
        For a parameter that is not above 0 or an impossible history (t_x > T).

    Source
    ------
    Fader, Hardie & Lee (2005), equation 6 and its form in four factors (section 5).

    Examples
    --------
    >>> cdnow = (0.242595, 4.413602, 0.792922, 2.425906)
    >>> f"{log_likelihood(2, 213 / 7, 272 / 7, *cdnow):.4f}"
    '-9.4596'
    """
    require_recency(x, t_x, T)
    require_positive(r=r, alpha=alpha, a=a, b=b)
    x, t_x, T = (np.asarray(v, dtype=float) for v in (x, t_x, T))
    orders = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    stayed = betaln(a, b + x) - betaln(a, b)
    still_here = -(r + x) * np.log(alpha + T)
    gone = _log_left_after_last(x, a, b) - (r + x) * np.log(alpha + t_x)
    return orders + stayed + np.logaddexp(still_here, gone)


def _log_left_after_last(x: Numbers, a: float, b: float) -> Numbers:
    return np.where(x > 0, np.log(a / (b + np.maximum(x, 1) - 1)), -np.inf)
