"""Gamma-Gamma: how much an order is worth, customer by customer.

An order of a customer is Gamma(shape p, rate nu); over customers nu ~ Gamma(shape q, rate gamma).
What a customer spends does not depend on how often he orders. Parameters everywhere below: p, q,
gamma (money), above 0.

Source: Fader, Hardie & Lee (2005), Journal of Marketing Research 42:415-430; Fader & Hardie (2013),
"The Gamma-Gamma Model of Monetary Value".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln, xlogy

from cxsim.errors import CxsimError
from cxsim.theory.domain import Numbers, require_positive


def expected_spend(p: float, q: float, gamma: float) -> float:
    """Mean value of an order over all customers, each counted once: gamma p/(q-1).

    Parameters
    ----------
    p, q, gamma : parameters of the model, above 0; q above 1.

    Raises
    ------
    CxsimError
        For a parameter that is not above 0, or q of 1 or less, where the mean has no bound.

    Source
    ------
    Fader, Hardie & Lee (2005), Journal of Marketing Research 42, section on monetary value.

    Examples
    --------
    >>> f"{expected_spend(6.24957, 3.74422, 15.44352):.3f}"
    '35.170'
    """
    require_positive(p=p, q=q, gamma=gamma)
    _require_mean(q)
    return gamma * p / (q - 1)


def expected_spend_conditional(
    x: ArrayLike, mean_spend: ArrayLike, p: float, q: float, gamma: float
) -> Numbers:
    """Mean value of the future orders of a customer who has made x of them at this mean value.

    His own mean is shrunk to the population's, the more the fewer orders stand behind it.

    Parameters
    ----------
    x : orders observed, at least 0; scalar or array.
    mean_spend : their mean value, money, at least 0 (any number where x = 0).
    p, q, gamma : parameters of the model, above 0; p x + q must exceed 1.

    Raises
    ------
    CxsimError
        For a parameter that is not above 0, or no orders together with q of 1 or less.

    Source
    ------
    Fader, Hardie & Lee (2005): (gamma + m x) p/(p x + q - 1).

    Examples
    --------
    >>> f"{expected_spend_conditional(1, 100, 6.24957, 3.74422, 15.44352):.2f}"
    '80.22'
    """
    require_positive(p=p, q=q, gamma=gamma)
    x, mean_spend = np.asarray(x, dtype=float), np.asarray(mean_spend, dtype=float)
    _require_mean(float(np.min(p * x + q)))
    return (gamma + mean_spend * x) * p / (p * x + q - 1)


def log_likelihood(x: ArrayLike, mean_spend: ArrayLike, p: float, q: float, gamma: float) -> Numbers:
    """Log-density of one customer's mean order value (of each, for arrays; sum them for a sample).

    Parameters
    ----------
    x : orders behind the mean, at least 1; scalar or array.
    mean_spend : their mean value, money, above 0.
    p, q, gamma : parameters of the model, above 0.

    Raises
    ------
    CxsimError
        For a parameter, a count or a mean that is not above 0; leave such customers out.

    Source
    ------
    Fader & Hardie (2013), "The Gamma-Gamma Model of Monetary Value", equation 1a.

    Examples
    --------
    >>> f"{log_likelihood(2, 30.0, 6.24957, 3.74422, 15.44352):.4f}"
    '-3.8470'
    """
    require_positive(x=x, mean_spend=mean_spend, p=p, q=q, gamma=gamma)
    x, m = np.asarray(x, dtype=float), np.asarray(mean_spend, dtype=float)
    share = m * x / (gamma + m * x)
    return -betaln(p * x, q) + xlogy(q, 1 - share) + xlogy(p * x, share) - np.log(m)


def _require_mean(shape: float) -> None:
    if shape <= 1:
        raise CxsimError(
            f"q={shape:g}: must exceed 1 for a mean order value to exist; fit again with more customers, "
            "or look for a few huge orders"
        )
