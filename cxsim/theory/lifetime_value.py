"""Customer lifetime value when margin and retention never change: three conventions, one formula each.

The conventions differ in which payments count and when they fall due, and therefore in use:

- first_payment_now: not yet a customer; his first payment comes at once, the next after each
  renewal. The bound on what an acquisition may cost.
- residual: already a customer, has just paid; the next payment follows the next renewal.
- end_of_period: every payment falls due at the end of its period, the first one for sure.

A constant retention rate understates a base of mixed customers; `sbg` values those.

Source: Fader & Hardie (2012), "Reconciling and Clarifying CLV Formulas", note 024; Gupta & Lehmann
(2003), Journal of Interactive Marketing 17:9-24, for the margin multiple (the residual convention).
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from cxsim.errors import CxsimError
from cxsim.theory.domain import Numbers, require_not_negative, require_share

Convention = Literal["first_payment_now", "residual", "end_of_period"]


def expected_lifetime_value(
    margin: ArrayLike,
    p_retained: ArrayLike,
    discount_rate: ArrayLike,
    convention: Convention = "first_payment_now",
) -> Numbers:
    """Discounted margin of a customer whose margin and chance to renew never change.

    Parameters
    ----------
    margin : money per period while he is a customer; scalar or array.
    p_retained : chance to renew, 0 to 1, per period.
    discount_rate : per period, at least 0 (10% is 0.1); above 0 where p_retained is 1.
    convention : which payments count, see the module.

    Raises
    ------
    CxsimError
        For a share outside 0 to 1, a value without bound, or an unknown convention.

    Source
    ------
    Fader & Hardie (2012), note 024: m(1+d)/(1+d-r), m r/(1+d-r), m/(1+d-r).

    Examples
    --------
    >>> [f"{expected_lifetime_value(100, 0.8, 0.1, name):.2f}" for name in get_args(Convention)]
    ['366.67', '266.67', '333.33']
    """
    if convention not in get_args(Convention):
        raise CxsimError(f"convention={convention}: must be one of {', '.join(get_args(Convention))}")
    stay, rate = _checked(p_retained, discount_rate, 0.0)
    first = {"first_payment_now": 1 + rate, "residual": stay, "end_of_period": np.ones_like(rate)}[convention]
    return np.asarray(margin, dtype=float) * first / (1 + rate - stay)


def margin_multiple(p_retained: ArrayLike, discount_rate: ArrayLike, growth: float = 0.0) -> Numbers:
    """How many times this period's margin a present customer is worth (residual convention).

    Parameters
    ----------
    p_retained : chance to renew, 0 to 1, per period; scalar or array.
    discount_rate : per period, at least 0 (12% is 0.12).
    growth : growth of the margin per period while he stays, above -1 (5% is 0.05).

    Raises
    ------
    CxsimError
        For a share outside 0 to 1, or p_retained (1+growth) not below 1+discount_rate.

    Source
    ------
    Gupta & Lehmann (2003): r/(1+i-r(1+g)).

    Examples
    --------
    >>> f"{margin_multiple(0.8, 0.12):.3f} {margin_multiple(0.8, 0.12, growth=0.05):.3f}"
    '2.500 2.857'
    """
    stay, rate = _checked(p_retained, discount_rate, growth)
    return stay / (1 + rate - stay * (1 + growth))


def retention_elasticity(p_retained: ArrayLike, discount_rate: ArrayLike) -> Numbers:
    """Percent by which a customer's residual value rises when retention rises by one percent.

    Parameters
    ----------
    p_retained : chance to renew, 0 to 1, per period; scalar or array.
    discount_rate : per period, at least 0 (12% is 0.12).

    Raises
    ------
    CxsimError
        For a share outside 0 to 1 or a value without bound.

    Source
    ------
    The derivative of Gupta & Lehmann's (2003) margin multiple: (1+i)/(1+i-r).

    Examples
    --------
    >>> f"{retention_elasticity(0.9, 0.12):.2f}"
    '5.09'
    """
    stay, rate = _checked(p_retained, discount_rate, 0.0)
    return (1 + rate) / (1 + rate - stay)


def _checked(p_retained: ArrayLike, discount_rate: ArrayLike, growth: float) -> tuple[Numbers, Numbers]:
    require_share(p_retained=p_retained)
    require_not_negative(discount_rate=discount_rate)
    if not growth > -1:
        raise CxsimError(f"growth={growth:g}: must be above -1; write 5% as 0.05")
    stay, rate = np.asarray(p_retained, dtype=float), np.asarray(discount_rate, dtype=float)
    if np.any(stay * (1 + growth) >= 1 + rate):
        raise CxsimError(
            f"p_retained={np.max(stay):g}: with growth={growth:g} the value has no bound; "
            "p_retained (1 + growth) must stay below 1 + discount_rate"
        )
    return stay, rate
