"""sBG: customers of a subscription, each with his own chance to cancel at every renewal.

A customer cancels at each renewal with probability theta; over customers theta ~ Beta(alpha,
beta). Retention rises with tenure because the weak leave first, not because anyone grows loyal.
Parameters everywhere below: alpha, beta, above 0; t counts renewals.

A proportional-hazards effect turns theta into 1-(1-theta)^m, m the hazard multiplier, and the
survival curve into S(m t) exactly.

Use it where customers cancel (a subscription); use `bg_nbd` where they leave silently (a shop).

Source: Fader & Hardie (2007), How to Project Customer Retention, J. Interactive Marketing 21:76-90.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln

from cxsim.errors import CxsimError
from cxsim.theory.domain import Numbers, require_not_negative, require_positive, require_whole

_NEGLIGIBLE = 1e-17
_LONGEST_SUM = 20_000_000


def survival(t: ArrayLike, alpha: float, beta: float, hazard_multiplier: float = 1.0) -> Numbers:
    """Share of a cohort still subscribed after t renewals, S(t).

    Parameters
    ----------
    t : renewals passed, at least 0; scalar or array.
    alpha, beta : parameters of the model, above 0.
    hazard_multiplier : factor m on every customer's hazard, at least 0; S_m(t) = S(m t).

    Raises
    ------
    CxsimError
        For a parameter that is not above 0 or a time below 0.

    Source
    ------
    Fader & Hardie (2007), the survivor function: B(alpha, beta+t)/B(alpha, beta).

    Examples
    --------
    >>> f"{survival(12, 0.668, 3.806):.3f}"
    '0.378'
    >>> f"{survival(12, 0.668, 3.806, hazard_multiplier=0.9):.3f}"
    '0.399'
    """
    require_not_negative(t=t, hazard_multiplier=hazard_multiplier)
    require_positive(alpha=alpha, beta=beta)
    t = np.asarray(t, dtype=float)
    return np.exp(betaln(alpha, beta + hazard_multiplier * t) - betaln(alpha, beta))


def retention_rate(t: ArrayLike, alpha: float, beta: float, hazard_multiplier: float = 1.0) -> Numbers:
    """Share of those subscribed before renewal t who renew, r_t = S(t)/S(t-1).

    Parameters
    ----------
    t : number of the renewal, at least 1; scalar or array.
    alpha, beta, hazard_multiplier : as in `survival`.

    Raises
    ------
    CxsimError
        For a parameter that is not above 0 or a renewal before the first.

    Source
    ------
    Fader & Hardie (2007), the retention rate: (beta+t-1)/(alpha+beta+t-1) at m = 1.

    Examples
    --------
    >>> [f"{rate:.2f}" for rate in retention_rate([1, 2, 3], 0.704, 1.182)]
    ['0.63', '0.76', '0.82']
    """
    renewal = np.asarray(t, dtype=float)
    _require_renewal("t", renewal)
    before = survival(renewal - 1, alpha, beta, hazard_multiplier)
    return survival(renewal, alpha, beta, hazard_multiplier) / before


def expected_discounted_lifetime(
    alpha: float, beta: float, discount_rate: float, hazard_multiplier: float = 1.0
) -> float:
    """Discounted number of payments of a customer just acquired, his first one included (DEL).

    Parameters
    ----------
    alpha, beta, hazard_multiplier : as in `survival`.
    discount_rate : per renewal period, above 0 (10% is 0.1).

    Raises
    ------
    CxsimError
        For a parameter or rate that is not above 0, or a rate so small that the sum has no end.

    Source
    ------
    Fader & Hardie (2015), Handbook of Research on Customer Equity, chapter 3, equation 3.8; summed
    as sum of S(t)/(1+d)^t, which also holds under a hazard multiplier.

    Examples
    --------
    >>> f"{expected_discounted_lifetime(0.6681, 3.8061, 0.1):.3f}"
    '5.922'
    """
    return 1.0 + expected_discounted_residual_lifetime(1, alpha, beta, discount_rate, hazard_multiplier) / (
        1.0 + discount_rate
    )


def expected_discounted_residual_lifetime(
    n: int, alpha: float, beta: float, discount_rate: float, hazard_multiplier: float = 1.0
) -> float:
    """Discounted number of payments still to come from a customer about to make renewal n (DERL).

    He may cancel at that renewal; if he renews, the payment is due now and not discounted. Times
    the payment it is his residual lifetime value, which rises with n in a base of mixed customers.

    Parameters
    ----------
    n : number of the renewal he faces, whole, at least 1 (1 = the first after his first payment).
    alpha, beta, hazard_multiplier : as in `survival`.
    discount_rate : per renewal period, above 0 (10% is 0.1).

    Raises
    ------
    CxsimError
        For a parameter or rate that is not above 0, or a rate so small that the sum has no end.

    Source
    ------
    Fader & Hardie (2015), Handbook of Research on Customer Equity, chapter 3, equation 3.9; summed
    as sum over k of S(n+k)/S(n-1)/(1+d)^k, which also holds under a hazard multiplier.

    Examples
    --------
    >>> f"{expected_discounted_residual_lifetime(8, 0.6681, 3.8061, 0.1):.3f}"
    '7.530'
    >>> f"{100 * expected_discounted_residual_lifetime(5, 0.764, 1.296, 0.1):.0f}"
    '568'
    """
    require_whole(n=n)
    _require_renewal("n", np.asarray(n, dtype=float))
    require_positive(alpha=alpha, beta=beta, discount_rate=discount_rate)
    n_terms = int(np.ceil(-np.log(_NEGLIGIBLE) / np.log1p(discount_rate))) + 1
    if n_terms > _LONGEST_SUM:
        raise CxsimError(
            f"discount_rate={discount_rate:g}: too small to sum a lifetime over; give the rate per renewal "
            "period as a share, such as 0.1 for 10% a year"
        )
    k = np.arange(n_terms)
    payments = survival(n + k, alpha, beta, hazard_multiplier) * np.exp(-k * np.log1p(discount_rate))
    return float(payments.sum() / survival(n - 1, alpha, beta, hazard_multiplier))


def log_likelihood(n_active: ArrayLike, alpha: float, beta: float) -> float:
    """Log-likelihood of one cohort's curve; add the cohorts of a base.

    Parameters
    ----------
    n_active : customers (or the share of them) active at the start and after renewal 1, 2, ...;
        shape (renewals + 1,), never rising.
    alpha, beta : parameters of the model, above 0.

    Raises
    ------
    CxsimError
        For a parameter that is not above 0 or a curve that rises; the cure is to count a returning
        customer as a new one.

    Source
    ------
    Fader & Hardie (2007), appendix: lost customers count with log P(T = t), the others with log S(t).

    Examples
    --------
    >>> f"{log_likelihood([1000, 869, 743, 653, 593, 551, 517, 491], 0.668, 3.806) / 1000:.3f}"
    '-1.611'
    """
    active = np.asarray(n_active, dtype=float)
    require_not_negative(n_active=active)
    n_lost = -np.diff(active)
    if active.ndim != 1 or np.any(n_lost < 0):
        raise CxsimError(
            f"n_active={active.tolist()}: must be one list that never rises; "
            "count a returning customer as a new one"
        )
    remaining = survival(np.arange(active.size), alpha, beta)
    with np.errstate(divide="ignore", invalid="ignore"):
        lost = np.where(n_lost > 0, n_lost * np.log(-np.diff(remaining)), 0.0)
    return float(lost.sum() + active[-1] * np.log(remaining[-1]))


def _require_renewal(name: str, number: Numbers) -> None:
    if not np.all(number >= 1):
        first = np.ravel(number)[np.ravel(~(number >= 1))][0]
        raise CxsimError(f"{name}={first:g}: must be at least 1; renewals are counted from 1")
