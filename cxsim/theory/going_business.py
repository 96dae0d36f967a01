"""A going business by closed form: who is active and how much is ordered, month by month, starters and newcomers.

Starters became customers at a moment spread evenly over the history before day 0, and have lived neutrally since;
newcomers come at a constant rate from day 0 on. From day 0 constant multipliers may act on the order rate and on
the hazard of leaving. Means over the mixing distributions are exact, or by Gauss quadrature to about ten digits.

Use it to say what a base would do by itself; `sbg` and `bg_nbd` hold for one cohort.

Sources: Fader & Hardie (2007) for subscribers; Fader, Hardie & Lee (2005) for shoppers, mixed here over the age of
the base. That multipliers stretch the clock is in `sbg` and `bg_nbd`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, roots_legendre, roots_sh_jacobi

from cxsim.theory.domain import require_not_negative, require_positive

WEEK = 7.0
# Nodes over the chance of leaving and over the age of the base; twice as many change the tenth digit.
N_CHANCES, N_AGES = 200, 96
AGE_STEP = 0.25


@dataclass(frozen=True)
class Course:
    """What is expected of one person by each of some days.

    Parameters
    ----------
    active : array, shape (days,)
        Probability that he is active then.
    orders : array, shape (days,)
        Orders (of subscribers: payments) he has made from day 0 until then.
    alive : array, shape (days,)
        Probability that he has not left, seen or not; of subscribers the same as `active`.
    """

    active: NDArray[np.float64]
    orders: NDArray[np.float64]
    alive: NDArray[np.float64]


def subscribers(
    days: ArrayLike, alpha: float, beta: float, renewal_days: float, *, history_days: float = 0.0,
    hazard_multiplier: float = 1.0,
) -> Course:
    """A starter of a subscription business, subscribed `history_days` to 0 days before day 0.

    Parameters
    ----------
    days : days from day 0 at which he is looked at, at least 0; shape (days,).
    alpha, beta : parameters of sBG, above 0.
    renewal_days : days between two renewals, above 0.
    history_days : days over which starters had come; 0 for a cohort that starts on day 0.
    hazard_multiplier : factor on the hazard of renewals from day 0 on, at least 0.

    Raises
    ------
    CxsimError
        For a number outside its range.

    Examples
    --------
    >>> f"{subscribers([12 * 365], 0.668, 3.806, 365).active[0]:.3f}"
    '0.378'
    """
    require_positive(alpha=alpha, beta=beta, renewal_days=renewal_days)
    require_not_negative(days=days, history_days=history_days, hazard_multiplier=hazard_multiplier)
    at = np.atleast_1d(np.asarray(days, float))
    ages = _even_ages(history_days)
    before = np.floor(ages / renewal_days)
    passed = np.floor((ages[None] + at[:, None]) / renewal_days) - before[None]
    most = int(passed.max(initial=0.0))
    steps = np.arange(most + 1)
    # Survival of k renewals from day 0 on, for each age: S(before + m k).
    alive = np.exp(betaln(alpha, beta + before[:, None] + hazard_multiplier * steps) - betaln(alpha, beta))
    payments = np.concatenate([np.zeros((len(ages), 1)), np.cumsum(alive[:, 1:], axis=1)], axis=1)
    place = passed.astype(int)
    row = np.arange(len(ages))[None]
    there = alive[row, place].mean(axis=1)
    return Course(there, payments[row, place].mean(axis=1), there)


def shoppers(
    days: ArrayLike, r: float, alpha_weeks: float, a: float, b: float, *, window_days: float,
    history_days: float = 0.0, rate_multiplier: float = 1.0, hazard_multiplier: float = 1.0,
) -> Course:
    """A starter of a shop, whose first order lies `history_days` to 0 days before day 0.

    He is active while his last order is at most `window_days` old. Given his rate and chance of leaving he is
    still there after a time t with probability exp(-rate chance t), whatever he ordered.

    Parameters
    ----------
    days : days from day 0 at which he is looked at, at least 0; shape (days,).
    r, alpha_weeks, a, b : parameters of BG/NBD, above 0; alpha in weeks.
    window_days : how old the last order of an active customer may be, above 0.
    history_days : days over which starters had come; 0 for a cohort whose first order is on day 0.
    rate_multiplier, hazard_multiplier : factors from day 0 on, above 0.

    Raises
    ------
    CxsimError
        For a number outside its range.

    Examples
    --------
    >>> cdnow = (0.242595, 4.413602, 0.792922, 2.425906)
    >>> f"{shoppers([39 * 7], *cdnow, window_days=180).orders[0]:.4f}"
    '1.1950'
    """
    require_positive(r=r, alpha_weeks=alpha_weeks, a=a, b=b, window_days=window_days,
                     rate_multiplier=rate_multiplier, hazard_multiplier=hazard_multiplier)
    require_not_negative(days=days, history_days=history_days)
    at = np.atleast_1d(np.asarray(days, float))
    chance, weight = _chances(a, b)
    changed = -np.expm1(hazard_multiplier * np.log1p(-chance))
    active, orders, alive = np.zeros(len(at)), np.zeros(len(at)), np.zeros(len(at))

    def still(risk: NDArray[np.float64]) -> NDArray[np.float64]:
        """E exp(-rate risk) over rates, risk in days."""
        return np.exp(-r * np.log1p(risk / (WEEK * alpha_weeks)))

    for place, day in enumerate(at):
        ages, share = _ages(history_days, window_days - day)
        here = still(chance * ages[:, None])
        later = still(chance * ages[:, None] + changed * rate_multiplier * day)
        orders[place] = share @ ((here - later) / changed) @ weight
        alive[place] = share @ later @ weight
        active[place] = share @ _active(day, ages, chance, changed, window_days, rate_multiplier, still) @ weight
    return Course(active, orders, alive)


def _active(day, ages, chance, changed, window, faster, still):  # type: ignore[no-untyped-def]
    """Probability of an order in the window before `day`, by age and chance of leaving; shape (ages, chances)."""
    since = day - window
    own = ages[:, None]
    if since >= 0:
        gone_by = chance * own + changed * faster * since
        quiet = np.full_like(gone_by, faster * window)
    else:
        gone_by = chance * np.maximum(own + since, 0.0)
        quiet = np.full_like(gone_by, -since + faster * day)
    # Whose first order lies inside the window is active for sure.
    return np.where(own + day < window, 1.0, still(gone_by) - still(gone_by + quiet))


def arriving(by_age: Course, arrivals: ArrayLike) -> Course:
    """Newcomers, so many on each day: how many are active at the end of each day, and their orders until then.

    Parameters
    ----------
    by_age : what is expected of one newcomer at the ages 0.5, 1.5, 2.5, ... days, first order apart: from
        `shoppers` or `subscribers` without a history.
    arrivals : newcomers of each day, spread evenly over it; shape (days,).

    Examples
    --------
    Before the first renewal everybody who came is there and has paid once:

    >>> course = arriving(subscribers([0.5, 1.5, 2.5], 0.668, 3.806, 30), [2.0, 0.0, 1.0])
    >>> course.active.tolist(), course.orders.tolist()
    ([2.0, 2.0, 3.0], [2.0, 2.0, 3.0])
    """
    came = np.asarray(arrivals, float)
    require_not_negative(arrivals=came)
    n = len(came)
    return Course(*(np.convolve(came, values[:n])[:n] for values in (
        by_age.active, 1.0 + by_age.orders, by_age.alive)))


def _even_ages(span: float) -> NDArray[np.float64]:
    """Middles of even parts of a span of days; renewals make steps, which quadrature would not like."""
    if span == 0.0:
        return np.zeros(1)
    n = int(np.ceil(span / AGE_STEP))
    return (np.arange(n) + 0.5) * span / n


def _ages(span: float, kink: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Nodes and weights of an even age from 0 to a span, apart on either side of a step."""
    if span == 0.0:
        return np.zeros(1), np.ones(1)
    ends = [0.0, kink, span] if 0.0 < kink < span else [0.0, span]
    nodes, weight = roots_legendre(N_AGES)
    parts = [(low + (nodes + 1.0) / 2.0 * (high - low), weight / 2.0 * (high - low) / span)
             for low, high in zip(ends, ends[1:], strict=False)]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _chances(a: float, b: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Nodes and weights of Beta(a, b)."""
    nodes, weight = roots_sh_jacobi(N_CHANCES, a + b - 1.0, a)
    return nodes, weight / weight.sum()
