"""Bass: how something new spreads through a market of m, by those who come by themselves and by imitation.

A member who has not adopted does so at the hazard p + q F, F the share that has. Three forms: the closed
form of continuous time; the recursion of a large market whose F is read once a step; and the exact Markov
chain of a small one. A simulation that publishes F every midnight is judged by the last two.

Source: Bass (1969) Management Science 15:215.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binom

from cxsim.theory.domain import Numbers, require_not_negative, require_positive, require_whole


def adopted_share(t: ArrayLike, p: float, q: float) -> Numbers:
    """Share of the market that has adopted by time t, F(t); nobody has at 0.

    Parameters
    ----------
    t : time since the start, at least 0, in the unit of p and q; scalar or array.
    p, q : hazard of those who come by themselves, and of imitation at F = 1; p above 0, q at least 0.

    Source
    ------
    Bass (1969), equation 9: F = (1 - e^-(p+q)t) / (1 + (q/p) e^-(p+q)t).

    Examples
    --------
    >>> f"{adopted_share(5, 0.03, 0.38):.5f}"
    '0.33120'
    """
    require_not_negative(t=t, q=q)
    require_positive(p=p)
    left = np.exp(-(p + q) * np.asarray(t, dtype=float))
    return (1.0 - left) / (1.0 + q / p * left)


def peak_time(p: float, q: float) -> float:
    """When most adopt at once; 0 where imitation is no stronger than coming by oneself.

    Source
    ------
    Bass (1969), equation 11: t* = ln(q/p) / (p + q).

    Examples
    --------
    >>> f"{peak_time(0.03, 0.38):.4f}"
    '6.1926'
    """
    require_positive(p=p)
    require_not_negative(q=q)
    return math.log(q / p) / (p + q) if q > p else 0.0


def adopters_by_step(n_steps: int, size: int, start: int, p: float, q: float) -> NDArray[np.float64]:
    """Expected adopters of a large market after 0, 1, ..., n steps, F read at the start of each step.

    Parameters
    ----------
    n_steps : whole number of steps.
    size, start : members of the market, and adopters at the start.
    p, q : hazards a step, at least 0.

    Source
    ------
    Law of large numbers of the chain below: N' = N + (m - N) (1 - exp(-(p + q N/m))).

    Examples
    --------
    >>> adopters_by_step(2, 1000, 0, 0.1, 0.4).round(1).tolist()
    [0.0, 95.2, 211.8]
    """
    require_whole(n_steps=n_steps, size=size, start=start)
    require_not_negative(p=p, q=q)
    adopters = [float(start)]
    for _ in range(n_steps):
        now = adopters[-1]
        adopters.append(now + (size - now) * -math.expm1(-(p + q * now / size)))
    return np.array(adopters)


def adopters_chain(n_steps: int, size: int, start: int, p: float, q: float) -> NDArray[np.float64]:
    """Distribution of the number of adopters after n steps, shape (size + 1,), exactly.

    In a step each of the m - N who have not adopted does so with chance 1 - exp(-(p + q N/m)), apart
    from the others; so N' - N is binomial.

    Parameters
    ----------
    n_steps : whole number of steps.
    size, start : members of the market, and adopters at the start.
    p, q : hazards a step, at least 0.

    Examples
    --------
    >>> chain = adopters_chain(1, 2, 0, 0.1, 0.4)
    >>> [round(float(x), 4) for x in chain], round(math.exp(-0.2), 4)
    ([0.8187, 0.1722, 0.0091], 0.8187)
    """
    require_whole(n_steps=n_steps, size=size, start=start)
    require_not_negative(p=p, q=q)
    step = np.zeros((size + 1, size + 1))
    for n in range(size + 1):
        step[n, n:] = binom.pmf(np.arange(size - n + 1), size - n, -math.expm1(-(p + q * n / size)))
    here = np.zeros(size + 1)
    here[start] = 1.0
    return here @ np.linalg.matrix_power(step, n_steps)
