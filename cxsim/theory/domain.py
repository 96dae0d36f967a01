"""The domain of a closed form: which numbers it accepts, and the sentence that refuses the others."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxsim.errors import CxsimError

Numbers = np.float64 | NDArray[np.float64]


def require_positive(**values: ArrayLike) -> None:
    """Refuse, by name, whatever is not a finite number above 0.

    Raises
    ------
    CxsimError
        Names the argument and the offending value; the cure is a value above 0.

    Examples
    --------
    >>> require_positive(alpha=4.4, r=0.24)
    >>> require_positive(alpha=-1.0)
    Traceback (most recent call last):
    ...
    cxsim.errors.CxsimError: alpha=-1: must be a finite number above 0; give a positive value
    """
    for name, value in values.items():
        numbers = np.asarray(value, dtype=float)
        allowed = np.isfinite(numbers) & (numbers > 0)
        _refuse(name, numbers, allowed, "a finite number above 0", "give a positive value")


def require_not_negative(**values: ArrayLike) -> None:
    """Refuse, by name, whatever is not a finite number of at least 0.

    Raises
    ------
    CxsimError
        Names the argument and the offending value; the cure is a value of 0 or more.

    Examples
    --------
    >>> require_not_negative(t=[0, 39])
    >>> require_not_negative(t=[0, -39])
    Traceback (most recent call last):
    ...
    cxsim.errors.CxsimError: t=-39: must be a finite number of at least 0; give 0 or more
    """
    for name, value in values.items():
        numbers = np.asarray(value, dtype=float)
        allowed = np.isfinite(numbers) & (numbers >= 0)
        _refuse(name, numbers, allowed, "a finite number of at least 0", "give 0 or more")


def require_whole(**values: ArrayLike) -> None:
    """Refuse, by name, whatever is not a whole number of at least 0 (a count).

    Raises
    ------
    CxsimError
        Names the argument and the offending value; the cure is a count.

    Examples
    --------
    >>> require_whole(x=[0, 3])
    >>> require_whole(x=2.5)
    Traceback (most recent call last):
    ...
    cxsim.errors.CxsimError: x=2.5: must be a whole number of at least 0; count events
    """
    for name, value in values.items():
        numbers = np.asarray(value, dtype=float)
        whole = np.isfinite(numbers) & (numbers >= 0) & (numbers == np.floor(numbers))
        _refuse(name, numbers, whole, "a whole number of at least 0", "count events")


def require_share(**values: ArrayLike) -> None:
    """Refuse, by name, whatever does not lie between 0 and 1.

    Raises
    ------
    CxsimError
        Names the argument and the offending value; the cure is a share (20% is 0.2).

    Examples
    --------
    >>> require_share(p_retained=0.8)
    >>> require_share(p_retained=80)
    Traceback (most recent call last):
    ...
    cxsim.errors.CxsimError: p_retained=80: must be a share between 0 and 1; write 20% as 0.2
    """
    for name, value in values.items():
        numbers = np.asarray(value, dtype=float)
        _refuse(name, numbers, (numbers >= 0) & (numbers <= 1), "a share between 0 and 1", "write 20% as 0.2")


def require_recency(x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> None:
    """Refuse an impossible customer history: x repeat orders, the last at t_x, observed until T.

    Parameters
    ----------
    x : repeat orders, whole, at least 0.
    t_x : time of the last of them since the first order, 0 where x = 0, at most T.
    T : time observed since the first order, at least 0, unit of t_x.

    Raises
    ------
    CxsimError
        Names the quantity; the cure is to count both times from the customer's first order.

    Examples
    --------
    >>> require_recency(2, 30.43, 38.86)
    >>> require_recency(2, 40, 38.86)
    Traceback (most recent call last):
    ...
    cxsim.errors.CxsimError: t_x=40: must be a time not after T; count both from the customer's first order
    """
    require_whole(x=x)
    require_not_negative(t_x=t_x, T=T)
    times = np.asarray(t_x, dtype=float)
    cure = "count both from the customer's first order"
    _refuse("t_x", times, times <= np.asarray(T, dtype=float), "a time not after T", cure)
    _refuse("t_x", times, (np.asarray(x) > 0) | (times == 0), "0 where x=0", cure)


def _refuse(name: str, numbers: NDArray, allowed: NDArray, words: str, cure: str) -> None:
    if not np.all(allowed):
        numbers, allowed = np.broadcast_arrays(numbers, allowed)
        raise CxsimError(f"{name}={numbers[~allowed].flat[0]:g}: must be {words}; {cure}")
