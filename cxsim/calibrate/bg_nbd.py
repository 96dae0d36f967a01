"""BG/NBD by maximum likelihood: how often customers buy, and how they silently leave.

Fader, Hardie and Lee (2005), "Counting Your Customers the Easy Way", Marketing Science 24(2):275-284.

Assumptions, in order:
1. while active, a customer buys as a Poisson process with rate lambda;
2. lambda varies over customers as Gamma(shape r, rate alpha);
3. after each purchase he leaves for good with probability p;
4. p varies over customers as Beta(a, b);
5. lambda and p are independent.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammaln, psi

from cxsim.calibrate.likelihood import Fitted, maximise
from cxsim.calibrate.summary import Summary
from cxsim.errors import CxsimError

Floats = NDArray[np.float64]

NAMES = ("r", "alpha", "a", "b")


def fit_bg_nbd(summary: Summary) -> Fitted:
    """Fit r, alpha (weeks), a and b to the calibration period.

    Parameters
    ----------
    summary : one line per customer, times in weeks (see `summary.summarise`).

    Returns
    -------
    Fitted
        parameters r, alpha, a, b; alpha is in weeks, so r / alpha is the mean number of purchases
        a week of a new customer while he is active.

    Raises
    ------
    CxsimError
        Fewer than two customers, or none who came back: there is nothing to estimate; give a file
        with more customers, or a later until=.

    Notes
    -----
    Source: Fader, Hardie and Lee (2005), the likelihood of one history, summed over customers.

    Examples
    --------
    >>> from cxsim.calibrate.summary import Summary
    >>> x = np.repeat([0, 1, 2, 3, 5], [50, 20, 10, 5, 5])
    >>> recency = np.repeat([0.0, 9.0, 14.0, 20.0, 24.0], [50, 20, 10, 5, 5])
    >>> fit = fit_bg_nbd(Summary.of_arrays(x, recency, np.full(90, 26.0)))
    >>> fit.n, sorted(fit.parameters)
    (90, ['a', 'alpha', 'b', 'r'])
    """
    if summary.n_customers < 2:
        raise CxsimError(
            f"{summary.n_customers} customer in the calibration period: differences between customers "
            "cannot be estimated; give a file with more customers"
        )
    if not summary.x.any():
        raise CxsimError(
            f"none of {summary.n_customers:,} customers came back in the calibration period, so neither the "
            "purchase rate nor leaving can be estimated; take a later cut-off (until=end) or a longer file"
        )
    x, t_x, horizon, weight = _distinct_histories(summary)

    def log_likelihood(v: Floats) -> tuple[float, Floats]:
        return bg_nbd_log_likelihood(v, x, t_x, horizon, weight)

    rate = float(summary.x.sum() / max(summary.T.sum(), 1e-9))
    shapes = [(1.0, 1.0, 1.0), (0.3, 0.5, 2.0), (3.0, 0.2, 2.0), (0.5, 2.0, 5.0)]
    starts = [(r, r / rate, a, b) for r, a, b in shapes]
    return maximise(log_likelihood, NAMES, starts, summary.n_customers)


def bg_nbd_log_likelihood(
    v: Floats, x: Floats, t_x: Floats, horizon: Floats, weight: Floats
) -> tuple[float, Floats]:
    """Log-likelihood of purchase histories and its gradient in (r, alpha, a, b).

    Parameters
    ----------
    v : (r, alpha, a, b), each above 0; alpha in the unit of the times.
    x : number of repeat purchases, shape (n,), 0 or more.
    t_x : time of the last repeat purchase since the first purchase, shape (n,), 0 where x is 0.
    horizon : time observed since the first purchase, T, shape (n,).
    weight : how many customers share the history, shape (n,).

    Notes
    -----
    Source: Fader, Hardie and Lee (2005), the likelihood of one history. The two ways a history can
    end (still active, or gone after the last purchase) are added on the log scale, so that long
    histories do not underflow.

    Examples
    --------
    >>> v = np.array([0.242595, 4.413602, 0.792922, 2.425906])
    >>> one = np.ones(1)
    >>> value, _ = bg_nbd_log_likelihood(v, 2 * one, (30 + 3 / 7) * one, (38 + 6 / 7) * one, one)
    >>> round(value, 4)
    -9.4596
    """
    r, alpha, a, b = v
    n = r + x
    repeated = x > 0
    # With no repeat purchase, leaving is impossible (a customer leaves only after one): weight 0.
    b_x = np.where(repeated, b + x - 1, 1.0)
    log_alive, log_left = np.log(alpha + horizon), np.log(alpha + t_x)
    still = -n * log_alive
    gone = np.where(repeated, np.log(a) - np.log(b_x) - n * log_left, -np.inf)
    either = np.logaddexp(still, gone)
    p_gone = np.exp(gone - either)
    p_still = 1 - p_gone
    value = (
        gammaln(n) - gammaln(r) + r * np.log(alpha)
        + gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x) + either
    )  # fmt: skip
    shared = psi(a + b) - psi(a + b + x)
    gradient = (
        psi(n) - psi(r) + np.log(alpha) - p_still * log_alive - p_gone * log_left,
        r / alpha - n * (p_still / (alpha + horizon) + p_gone / (alpha + t_x)),
        shared + p_gone / a,
        shared + psi(b + x) - psi(b) - np.where(repeated, p_gone / b_x, 0.0),
    )
    # Plain sums: a threaded dot product would change the last digit from run to run.
    return float((weight * value).sum()), np.array([(weight * part).sum() for part in gradient])


def expected_purchases(
    parameters: Mapping[str, float], x: Floats, t_x: Floats, horizon: Floats, t: Floats | float
) -> Floats:
    """Expected number of purchases in the next `t` weeks of customers with known histories.

    With x = t_x = T = 0 it is the expectation of a customer who has just bought for the first time.

    Parameters
    ----------
    parameters : r, alpha (weeks), a, b.
    x, t_x, horizon : number of repeat purchases, recency and time observed (weeks), shape (n,).
    t : weeks to look ahead, scalar or shape (n,), 0 or more.

    Returns
    -------
    array, shape (n,)

    Notes
    -----
    The conditional expectation of Fader, Hardie and Lee (2005), summed another way: a customer who is
    still active would make K purchases if he never left, K negative binomial, and the (j+1)-th
    happens if he survived j chances to leave, so E = P(alive) * sum over j of P(K > j) * E[(1-p)^j].
    All terms are positive, which stays exact where the printed form divides by a - 1 near a = 1.

    Examples
    --------
    >>> cdnow = {"r": 0.242595, "alpha": 4.413602, "a": 0.792922, "b": 2.425906}
    >>> x, t_x, horizon = np.array([[2.0], [30 + 3 / 7], [38 + 6 / 7]])
    >>> expected_purchases(cdnow, x, t_x, horizon, 39).round(4)
    array([1.226])
    >>> expected_purchases(cdnow, np.zeros(2), np.zeros(2), np.zeros(2), np.array([39.0, 78.0])).round(3)
    array([1.195, 1.858])
    """
    x, t_x, horizon = (np.asarray(part, dtype=np.float64) for part in (x, t_x, horizon))
    ahead = np.broadcast_to(np.asarray(t, dtype=np.float64), x.shape)
    r, alpha, a, b = (parameters[name] for name in NAMES)
    n, reach = r + x, ahead / (alpha + horizon + ahead)
    total = np.zeros(x.shape)
    survived = np.ones(x.shape)
    open_ = np.flatnonzero(reach > 0)
    j = 0
    while open_.size:
        term = survived[open_] * betainc(j + 1.0, n[open_], reach[open_])
        total[open_] += term
        open_ = open_[term > 1e-13 * total[open_]]
        survived[open_] *= (b + x[open_] + j) / (a + b + x[open_] + j)
        j += 1
    return total * p_alive(parameters, x, t_x, horizon)


def p_alive(parameters: Mapping[str, float], x: Floats, t_x: Floats, horizon: Floats) -> Floats:
    """Probability that a customer with this history has not left yet.

    Parameters
    ----------
    parameters : r, alpha (weeks), a, b.
    x, t_x, horizon : number of repeat purchases, recency and time observed (weeks), shape (n,).

    Notes
    -----
    Source: Fader, Hardie and Lee (2008), "Computing P(alive) Using the BG/NBD Model".

    Examples
    --------
    >>> cdnow = {"r": 0.242595, "alpha": 4.413602, "a": 0.792922, "b": 2.425906}
    >>> x, t_x, horizon = np.array([[2.0, 0.0], [30 + 3 / 7, 0.0], [38 + 6 / 7, 38.0]])
    >>> p_alive(cdnow, x, t_x, horizon).round(4)
    array([0.7266, 1.    ])
    """
    r, alpha, a, b = (parameters[name] for name in NAMES)
    repeated = np.asarray(x) > 0
    log_odds_gone = (
        np.log(a) - np.log(np.where(repeated, b + x - 1, 1.0))
        + (r + x) * (np.log(alpha + horizon) - np.log(alpha + t_x))
    )  # fmt: skip
    return np.where(repeated, np.exp(-np.logaddexp(0.0, log_odds_gone)), 1.0)


def _distinct_histories(summary: Summary) -> tuple[Floats, Floats, Floats, Floats]:
    """Equal histories once, with their number: the likelihood of a million customers stays quick."""
    histories = np.column_stack([summary.x, summary.t_x, summary.T]).astype(np.float64)
    distinct, weight = np.unique(histories, axis=0, return_counts=True)
    x, t_x, horizon = np.ascontiguousarray(distinct.T)
    return x, t_x, horizon, weight.astype(np.float64)
