"""Pareto/NBD: customers who buy at random and may leave, silently, at any moment.

While alive, a customer orders as a Poisson process with rate lambda; he leaves at rate mu,
ordering or not. Over customers lambda ~ Gamma(shape r, rate alpha), mu ~ Gamma(shape s, rate
beta). Time is counted from his first order. Parameters everywhere below: r, alpha (a time), s,
beta (a time), all above 0.

Use `bg_nbd` where leaving follows an order; this one where silence itself is the danger.

Source: Schmittlein, Morrison & Colombo (1987), Management Science 33:1-24, in the notation of
Fader, Hardie & Lee (2005), Marketing Science 24:275-284 and Journal of Marketing Research 42:415-430.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, exprel, gammaln, hyp2f1, hyperu

from cxsim.theory.domain import Numbers, require_not_negative, require_positive, require_recency


def expected_purchases(
    t: ArrayLike, r: float, alpha: float, s: float, beta: float, rate_multiplier: float = 1.0
) -> Numbers:
    """Repeat orders E[X(t)] a new customer makes in a time t after his first order.

    Parameters
    ----------
    t : time since the first order, at least 0, unit of alpha and beta; scalar or array.
    r, alpha, s, beta : parameters of the model, above 0.
    rate_multiplier : factor m on every customer's order rate, above 0; since leaving does not
        depend on orders, E_m[X(t)] = m E[X(t)] exactly. For a factor on the leaving rate divide
        beta by it.

    Raises
    ------
    CxsimError
        For a parameter that is not above 0 or a time below 0.

    Source
    ------
    Schmittlein, Morrison & Colombo (1987): r beta/(alpha (s-1)) (1 - (beta/(beta+t))^(s-1)), in a form
    that is finite at s = 1 too.

    Examples
    --------
    >>> cdnow = (0.553277, 10.577685, 0.606240, 11.668728)
    >>> f"{expected_purchases(52, *cdnow):.4f}"
    '1.4734'
    """
    require_not_negative(t=t)
    require_positive(r=r, alpha=alpha, s=s, beta=beta, rate_multiplier=rate_multiplier)
    return rate_multiplier * _expected(np.asarray(t, dtype=float), r, alpha, s, beta)


def _expected(t: Numbers, r: ArrayLike, alpha: ArrayLike, s: float, beta: ArrayLike) -> Numbers:
    ageing = np.log1p(t / np.asarray(beta, dtype=float))
    return np.asarray(r) * beta / alpha * ageing * exprel((1 - s) * ageing)


def p_alive(
    x: ArrayLike, t_x: ArrayLike, T: ArrayLike, r: float, alpha: float, s: float, beta: float
) -> Numbers:
    """Probability that a customer with this history has not left yet.

    Parameters
    ----------
    x : repeat orders; t_x : time of the last (0 where x = 0); T : time observed. All counted from
        the first order, t_x <= T, unit of alpha and beta; scalars or arrays.
    r, alpha, s, beta : parameters of the model, above 0.

    Raises
    ------
    CxsimError
        For a parameter that is not above 0 or an impossible history (t_x > T).

    Source
    ------
    Schmittlein, Morrison & Colombo (1987); Fader & Hardie (2005), "A Note on Deriving the
    Pareto/NBD Model and Related Expressions".

    Examples
    --------
    >>> cdnow = (0.553277, 10.577685, 0.606240, 11.668728)
    >>> f"{p_alive(2, 213 / 7, 272 / 7, *cdnow):.4f}"
    '0.8691'
    """
    require_recency(x, t_x, T)
    require_positive(r=r, alpha=alpha, s=s, beta=beta)
    here, gone = _log_here_and_gone(*_as_floats(x, t_x, T), r, alpha, s, beta)
    return expit(here - gone)


def expected_purchases_conditional(
    t: ArrayLike, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, r: float, alpha: float, s: float, beta: float
) -> Numbers:
    """Orders E[Y(t)] in the next t of a customer with this history.

    Parameters
    ----------
    t : length of the future period, at least 0, unit of alpha and beta.
    x, t_x, T : history as in `p_alive`; scalars or arrays.
    r, alpha, s, beta : parameters of the model, above 0.

    Raises
    ------
    CxsimError
        For a parameter that is not above 0 or an impossible history (t_x > T).

    Source
    ------
    Schmittlein, Morrison & Colombo (1987), read as p_alive times the expectation of a
    new customer with the updated parameters (r+x, alpha+T, s, beta+T).

    Examples
    --------
    >>> cdnow = (0.553277, 10.577685, 0.606240, 11.668728)
    >>> f"{expected_purchases_conditional(39, 2, 213 / 7, 272 / 7, *cdnow):.4f}"
    '1.4552'
    """
    require_not_negative(t=t)
    alive = p_alive(x, t_x, T, r, alpha, s, beta)
    x, T = _as_floats(x, T)
    return alive * _expected(np.asarray(t, dtype=float), r + x, alpha + T, s, beta + T)


def expected_discounted_transactions(
    x: ArrayLike,
    t_x: ArrayLike,
    T: ArrayLike,
    discount_rate: float,
    r: float,
    alpha: float,
    s: float,
    beta: float,
) -> Numbers:
    """Discounted number of all orders still to come from a customer with this history (DET).

    Times the margin of an order it is his residual lifetime value. A just-acquired customer is
    x = t_x = T = 0; his first order itself is not counted.

    Parameters
    ----------
    x, t_x, T : history as in `p_alive`; scalars or arrays.
    discount_rate : continuously compounded rate per unit of time, above 0; for a yearly rate d and
        weeks it is ln(1+d)/52.
    r, alpha, s, beta : parameters of the model, above 0.

    Raises
    ------
    CxsimError
        For a parameter or rate that is not above 0 or an impossible history (t_x > T).

    Source
    ------
    Fader, Hardie & Lee (2005), Journal of Marketing Research 42, equation 2.

    Examples
    --------
    >>> cdnow = (0.553277, 10.577685, 0.606240, 11.668728)
    >>> f"{expected_discounted_transactions(7, 35, 545 / 7, 0.0026877, *cdnow):.4f}"
    '0.8948'
    """
    require_positive(discount_rate=discount_rate)
    alive = p_alive(x, t_x, T, r, alpha, s, beta)
    x, T = _as_floats(x, T)
    z = discount_rate * (beta + T)
    lifetime = z**s * hyperu(s, s, z) / discount_rate
    return alive * (r + x) / (alpha + T) * lifetime


def log_likelihood(
    x: ArrayLike, t_x: ArrayLike, T: ArrayLike, r: float, alpha: float, s: float, beta: float
) -> Numbers:
    """Log-likelihood of one customer's history (of each, for arrays; sum them for a sample).

    Parameters
    ----------
    x, t_x, T : history as in `p_alive`; scalars or arrays.
    r, alpha, s, beta : parameters of the model, above 0.

    Raises
    ------
    CxsimError
        For a parameter that is not above 0 or an impossible history (t_x > T).

    Source
    ------
    Fader & Hardie (2005), "A Note on Deriving the Pareto/NBD Model", the likelihood function.

    Examples
    --------
    >>> cdnow = (0.553277, 10.577685, 0.606240, 11.668728)
    >>> f"{log_likelihood(0, 0, 38.86, *cdnow):.4f}"
    '-0.5212'
    """
    require_recency(x, t_x, T)
    require_positive(r=r, alpha=alpha, s=s, beta=beta)
    x, t_x, T = _as_floats(x, t_x, T)
    here, gone = _log_here_and_gone(x, t_x, T, r, alpha, s, beta)
    return gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + np.logaddexp(here, gone)


def _log_here_and_gone(
    x: Numbers, t_x: Numbers, T: Numbers, r: float, alpha: float, s: float, beta: float
) -> tuple[Numbers, Numbers]:
    here = -(r + x) * np.log(alpha + T) - s * np.log(beta + T)
    after_last = _log_tail(t_x, x, r, alpha, s, beta)
    after_end = _log_tail(T, x, r, alpha, s, beta)
    with np.errstate(divide="ignore"):
        lost_between = np.log(-np.expm1(np.minimum(after_end - after_last, 0.0)))
    gone = np.log(s / (r + s + x)) + after_last + lost_between
    return here, gone


def _log_tail(t: Numbers, x: Numbers, r: float, alpha: float, s: float, beta: float) -> Numbers:
    # The argument of 2F1 must lie in [0, 1), so the larger of alpha and beta leads.
    order, far, near = (s + 1, alpha, beta) if alpha >= beta else (r + x, beta, alpha)
    total = r + s + x
    return np.log(hyp2f1(total, order, total + 1, (far - near) / (far + t))) - total * np.log(far + t)


def _as_floats(*values: ArrayLike) -> tuple[Numbers, ...]:
    return tuple(np.asarray(value, dtype=float) for value in values)
