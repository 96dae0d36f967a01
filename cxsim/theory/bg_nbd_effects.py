"""BG/NBD under effects on leaving: a judge for simulations whose effects are switched on.

An effect on the order rate has a closed form (`bg_nbd.expected_purchases`); an effect on the chance
of leaving after an order has none, but takes only one integral. Parameters as in `bg_nbd`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.integrate import quad
from scipy.special import beta as beta_function

from cxsim.theory.domain import require_not_negative, require_positive


def expected_purchases_under_effects(
    t: float,
    r: float,
    alpha: float,
    a: float,
    b: float,
    rate_multiplier: float = 1.0,
    hazard_multiplier: float = 1.0,
) -> float:
    """Repeat orders of a new customer when an effect changes both his order rate and his leaving.

    The chance of leaving after an order becomes p' = 1-(1-p)^m, m the hazard multiplier
    (proportional hazards). With m = 1 use `bg_nbd.expected_purchases`, which takes arrays.

    Parameters
    ----------
    t : time since the first order, at least 0, unit of alpha.
    r, alpha, a, b : parameters of the model, above 0.
    rate_multiplier, hazard_multiplier : constant factors from entry on, above 0.

    Raises
    ------
    CxsimError
        For a parameter or multiplier that is not above 0 or a time below 0.

    Source
    ------
    Fader, Hardie & Lee (2005), section 4.2, E[X(t)|lambda,p] = (1-exp(-lambda p t))/p, mixed
    over lambda in closed form and over p by quadrature.

    Examples
    --------
    >>> cdnow = (0.242595, 4.413602, 0.792922, 2.425906)
    >>> f"{expected_purchases_under_effects(78, *cdnow, hazard_multiplier=0.9):.4f}"
    '1.9263'
    """
    require_not_negative(t=t)
    require_positive(r=r, alpha=alpha, a=a, b=b)
    require_positive(rate_multiplier=rate_multiplier, hazard_multiplier=hazard_multiplier)
    exposed = rate_multiplier * t / alpha

    def orders_given(p: float) -> float:
        p_leave = -np.expm1(hazard_multiplier * np.log1p(-p)) if p < 1 else 1.0
        return -np.expm1(-r * np.log1p(p_leave * exposed)) / p_leave if p_leave > 0 else r * exposed

    mean = _mixed_over_half(orders_given, a, b) + _mixed_over_half(lambda q: orders_given(1 - q), b, a)
    return mean / float(beta_function(a, b))


def _mixed_over_half(f: Callable[[float], float], near: float, far: float) -> float:
    # quad's algebraic weight takes the spike p^(near-1) at 0; the half range keeps the other away.
    value, _ = quad(lambda p: f(p) * (1 - p) ** (far - 1), 0, 0.5, weight="alg", wvar=(near - 1, 0))
    return float(value)
