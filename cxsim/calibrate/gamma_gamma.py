"""Gamma-Gamma by maximum likelihood: how much customers spend per purchase.

Fader, Hardie and Lee (2005), "RFM and CLV", Journal of Marketing Research 42(4):415-430; density
of the mean as in Fader and Hardie (2013), "The Gamma-Gamma Model of Monetary Value".

Assumptions, in order:
1. a customer's purchases vary around his own mean as Gamma(shape p, rate nu);
2. nu varies over customers as Gamma(shape q, rate gamma);
3. how much a customer spends does not depend on how often he buys (`spend_frequency_correlation`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, psi

from cxsim.calibrate.likelihood import Fitted, maximise
from cxsim.calibrate.summary import Summary
from cxsim.errors import CxsimError

Floats = NDArray[np.float64]

NAMES = ("p", "q", "gamma")


def fit_gamma_gamma(summary: Summary) -> Fitted:
    """Fit p, q and gamma to the mean repeat spend of the calibration period.

    Parameters
    ----------
    summary : `n_spend` positive repeat purchases and `mean_spend` (account currency) per customer.

    Returns
    -------
    Fitted
        parameters p, q, gamma; the mean purchase over all customers is gamma p / (q - 1).

    Raises
    ------
    CxsimError
        Fewer than two customers with positive repeat spend, or all of them spend the same: the
        spread cannot be estimated; give a longer file or a later until=.

    Examples
    --------
    >>> from cxsim.calibrate.summary import Summary
    >>> spend = np.array([10.0, 12.0, 30.0, 25.0, 18.0, 50.0, 22.0, 41.0])
    >>> count = np.array([1, 2, 3, 1, 4, 2, 1, 2])
    >>> s = Summary.of_arrays(count, np.ones(8), np.ones(8), n_spend=count, mean_spend=spend)
    >>> fit_gamma_gamma(s).n
    8
    """
    buyers = summary.n_spend > 0
    x, mean = summary.n_spend[buyers].astype(np.float64), summary.mean_spend[buyers]
    if x.size < 2:
        raise CxsimError(
            f"{x.size} customers have a repeat purchase with a positive amount in the calibration period; "
            "the spread of spend needs at least 2 (better some hundreds): take a later cut-off (until=end) "
            "or a longer file"
        )
    if np.ptp(mean) <= 1e-9 * mean.max():
        raise CxsimError(
            f"every customer's mean repeat spend is {mean[0]:g}: without any spread Gamma-Gamma has "
            "nothing to estimate; check that columns.amount is the amount paid, not a price code or a count"
        )

    def log_likelihood(v: Floats) -> tuple[float, Floats]:
        return gamma_gamma_log_likelihood(v, x, mean)

    level = float(mean.mean())
    starts = [(p, q, level * (q - 1) / p) for p, q in ((2.0, 2.0), (6.0, 4.0), (1.0, 8.0), (20.0, 3.0))]
    return maximise(log_likelihood, NAMES, starts, x.size)


def gamma_gamma_log_likelihood(v: Floats, x: Floats, mean: Floats) -> tuple[float, Floats]:
    """Log-likelihood of mean spends and its gradient in (p, q, gamma).

    Parameters
    ----------
    v : (p, q, gamma), each above 0; gamma in account currency.
    x : number of purchases behind each mean, shape (n,), 1 or more.
    mean : mean amount of those purchases, shape (n,), above 0.

    Notes
    -----
    Source: Fader and Hardie (2013), the density of a customer's mean spend.

    Examples
    --------
    >>> value, gradient = gamma_gamma_log_likelihood(np.array([2.0, 2.0, 5.0]), np.ones(1), np.array([5.0]))
    >>> round(float(np.exp(value)), 6)  # 6 * 5**2 * 5 / 10**4
    0.075
    """
    p, q, gamma = v
    shape = p * x
    log_sum = np.log(gamma + mean * x)
    value = (
        gammaln(shape + q) - gammaln(shape) - gammaln(q) + q * np.log(gamma)
        + (shape - 1) * np.log(mean) + shape * np.log(x) - (shape + q) * log_sum
    )  # fmt: skip
    gradient = (
        x * (psi(shape + q) - psi(shape) + np.log(mean) + np.log(x) - log_sum),
        psi(shape + q) - psi(q) + np.log(gamma) - log_sum,
        q / gamma - (shape + q) / (gamma + mean * x),
    )
    return float(value.sum()), np.array([part.sum() for part in gradient])


def expected_spend(parameters: Mapping[str, float]) -> float:
    """Mean amount of a purchase over all customers, gamma p / (q - 1).

    Returns
    -------
    float
        Account currency; infinite when q is at most 1.

    Examples
    --------
    >>> round(expected_spend({"p": 6.24957, "q": 3.74422, "gamma": 15.44352}), 3)
    35.17
    """
    p, q, gamma = (parameters[name] for name in NAMES)
    return gamma * p / (q - 1) if q > 1 else float("inf")


def spend_frequency_correlation(summary: Summary) -> float:
    """Correlation of a customer's number of repeat purchases with his mean spend.

    Gamma-Gamma assumes none. NaN when fewer than three repeat buyers or no spread.

    Examples
    --------
    >>> from cxsim.calibrate.summary import Summary
    >>> x, mean = np.array([1, 2, 3, 4]), np.array([10.0, 20.0, 20.0, 10.0])
    >>> s = Summary.of_arrays(x, np.ones(4), np.ones(4), n_spend=x, mean_spend=mean)
    >>> abs(round(spend_frequency_correlation(s), 6))
    0.0
    """
    buyers = summary.n_spend > 0
    x, mean = summary.x[buyers], summary.mean_spend[buyers]
    if x.size < 3 or np.ptp(x) == 0 or np.ptp(mean) == 0:
        return float("nan")
    return float(np.corrcoef(x, mean)[0, 1])
