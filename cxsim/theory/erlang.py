"""Erlang-B, Erlang-C and Erlang-A: how long callers wait for c employees, and how many give up.

Callers arrive as a Poisson process, are served in order of arrival by c equal employees with
exponential service times, and, in Erlang-A, leave after an exponential patience. All rates are per
one and the same unit of time, chosen by the caller of the function; waits come out in that unit.

B: nobody waits, who finds all employees busy is turned away. C: everybody waits, nobody leaves.
A: everybody waits, at most as long as his patience lasts; nearest to a real contact centre.

Source: Erlang (1917); Palm (1957); Garnett, Mandelbaum & Reiman (2002), Designing a Call Center with
Impatient Customers, Manufacturing & Service Operations Management 4:208-227.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from scipy.integrate import quad
from scipy.optimize import brentq

from cxsim.errors import CxsimError
from cxsim.theory.domain import require_not_negative, require_positive, require_whole

# exp(-50) is below a double's last digit: beyond that the density of the wait no longer counts.
_FADED = 50.0


def erlang_b(offered_load: float, n_employees: int) -> float:
    """Share of callers who find all employees busy and are turned away (Erlang-B).

    Parameters
    ----------
    offered_load : arrival rate times mean service time, erlangs, above 0.
    n_employees : employees, whole, at least 0.

    Raises
    ------
    CxsimError
        For a load that is not above 0 or a count that is not whole.

    Source
    ------
    Erlang (1917), by the recursion B(n) = a B(n-1)/(n + a B(n-1)), which never overflows.

    Examples
    --------
    >>> f"{erlang_b(8, 10):.6f}"
    '0.121661'
    """
    require_positive(offered_load=offered_load)
    require_whole(n_employees=n_employees)
    p_blocked = 1.0
    for n in range(1, int(n_employees) + 1):
        p_blocked = offered_load * p_blocked / (n + offered_load * p_blocked)
    return p_blocked


@dataclass(frozen=True)
class ErlangC:
    """What M/M/c says of a channel where nobody gives up; made by `erlang_c`.

    p_wait: share of callers who wait. expected_wait: mean wait of all callers. expected_queue_length:
    mean number waiting. utilisation: share of their time the employees work. wait_decay: rate at
    which P(W > t) falls in t, 1/time.
    """

    p_wait: float
    expected_wait: float
    expected_queue_length: float
    utilisation: float
    wait_decay: float

    def p_wait_longer(self, t: float) -> float:
        """Share of callers who wait longer than t (at least 0)."""
        require_not_negative(t=t)
        return self.p_wait * math.exp(-self.wait_decay * t)

    def wait_quantile(self, share: float) -> float:
        """Wait that this share of callers (0 up to, not with, 1) does not exceed; 0 if served at once."""
        _require_quantile(share)
        return max(0.0, math.log(self.p_wait / (1 - share)) / self.wait_decay)


def erlang_c(arrival_rate: float, service_rate: float, n_employees: int) -> ErlangC:
    """Waiting at a channel whose callers never give up (M/M/c, Erlang-C).

    Use `erlang_a` where callers have limited patience: near full load Erlang-C's waits have no bound.

    Parameters
    ----------
    arrival_rate, service_rate : callers per unit of time; callers one employee serves in it; above 0.
    n_employees : employees, whole, more than arrival_rate/service_rate.

    Raises
    ------
    CxsimError
        When the employees cannot keep up; the cure is more of them, or `erlang_a`.

    Source
    ------
    Erlang (1917): C = B/(1 - u(1-B)), u the utilisation; P(W > t) = C exp(-(c mu - lambda) t).

    Examples
    --------
    >>> centre = erlang_c(arrival_rate=48, service_rate=1, n_employees=50)
    >>> f"{centre.p_wait:.6f} {60 * centre.expected_wait:.2f} {60 * centre.wait_quantile(0.9):.2f}"
    '0.694456 20.83 58.14'
    """
    require_positive(arrival_rate=arrival_rate, service_rate=service_rate, n_employees=n_employees)
    require_whole(n_employees=n_employees)
    load = arrival_rate / service_rate
    if load >= n_employees:
        raise CxsimError(
            f"n_employees={n_employees:g}: cannot serve an offered load of {load:g}, the queue has no end; "
            f"take at least {math.floor(load) + 1} employees, or erlang_a, where callers give up"
        )
    utilisation = load / n_employees
    p_blocked = erlang_b(load, n_employees)
    p_wait = p_blocked / (1 - utilisation * (1 - p_blocked))
    wait_decay = n_employees * service_rate - arrival_rate
    expected_wait = p_wait / wait_decay
    return ErlangC(p_wait, expected_wait, arrival_rate * expected_wait, utilisation, wait_decay)


@dataclass(frozen=True)
class ErlangA:
    """What M/M/c+M says of a channel where callers give up; made by `erlang_a`.

    p_wait: share of callers who wait. p_abandon: share who give up. expected_wait: mean wait of all
    callers, however it ends. expected_queue_length: mean number waiting. utilisation: share of their
    time the employees work. The last four fields are the rates it was made of.
    """

    p_wait: float
    p_abandon: float
    expected_wait: float
    expected_queue_length: float
    utilisation: float
    arrival_rate: float
    service_rate: float
    abandonment_rate: float
    n_employees: int

    def p_wait_longer(self, t: float) -> float:
        """Share of callers who wait longer than t (at least 0), whether served or lost in the end."""
        require_not_negative(t=t)
        offered = _OfferedWait(self.arrival_rate, self.n_employees * self.service_rate, self.abandonment_rate)
        if t >= offered.end:
            return 0.0
        beyond = offered.integral(start=t) / offered.integral()
        return self.p_wait * beyond * math.exp(-self.abandonment_rate * t)

    def wait_quantile(self, share: float) -> float:
        """Wait that this share of callers (0 up to, not with, 1) does not exceed; 0 if served at once."""
        _require_quantile(share)
        if share <= 1 - self.p_wait:
            return 0.0
        end = _OfferedWait(self.arrival_rate, self.n_employees * self.service_rate, self.abandonment_rate).end
        return float(brentq(lambda t: self.p_wait_longer(t) - (1 - share), 0.0, end, rtol=1e-13))


def erlang_a(arrival_rate: float, service_rate: float, abandonment_rate: float, n_employees: int) -> ErlangA:
    """Waiting and giving up at a channel with exponential patience (M/M/c+M, Erlang-A).

    Parameters
    ----------
    arrival_rate, service_rate : callers per unit of time; callers one employee serves in it; above 0.
    abandonment_rate : 1/mean patience, at least 0; 0 is Erlang-C.
    n_employees : employees, whole, at least 1; without patience limit more than the offered load.

    Raises
    ------
    CxsimError
        For a rate out of range, or when nobody gives up and the employees cannot keep up.

    Source
    ------
    Garnett, Mandelbaum & Reiman (2002): P(W > 0) = A B/(1 + (A-1) B), with B Erlang-B and A = c mu
    times the integral of exp(lambda H(x) - c mu x), H(x) = (1-exp(-theta x))/theta; E[W] weighs the
    same integral by H; P(Ab) = theta E[W]; Little's law gives the queue.

    Examples
    --------
    >>> centre = erlang_a(arrival_rate=48, service_rate=1, abandonment_rate=0.5, n_employees=50)
    >>> f"{centre.p_wait:.6f} {centre.p_abandon:.6f} {60 * centre.expected_wait:.2f}"
    '0.467774 0.030912 3.71'
    """
    require_not_negative(abandonment_rate=abandonment_rate)
    require_positive(arrival_rate=arrival_rate, service_rate=service_rate, n_employees=n_employees)
    require_whole(n_employees=n_employees)
    if abandonment_rate == 0:
        erlang_c(arrival_rate, service_rate, n_employees)
    capacity = n_employees * service_rate
    offered = _OfferedWait(arrival_rate, capacity, abandonment_rate)
    area = offered.integral()
    p_blocked = erlang_b(arrival_rate / service_rate, n_employees)
    # 1/A, so that an overload whose A exceeds every double still has an answer.
    inverse_a = math.exp(-offered.peak_height) / (capacity * area)
    p_wait = p_blocked / (p_blocked + inverse_a * (1 - p_blocked))
    expected_wait = p_wait * offered.integral(weight=offered.time_in_queue) / area
    p_abandon = abandonment_rate * expected_wait
    utilisation = min(1.0, arrival_rate * (1 - p_abandon) / capacity)
    return ErlangA(
        p_wait,
        p_abandon,
        expected_wait,
        arrival_rate * expected_wait,
        utilisation,
        arrival_rate,
        service_rate,
        abandonment_rate,
        n_employees,
    )


class _OfferedWait:
    """Density, up to a factor, of the wait a caller of endless patience would meet if he waits at all."""

    def __init__(self, arrival_rate: float, capacity: float, abandonment_rate: float) -> None:
        self.arrival_rate = arrival_rate
        self.capacity = capacity
        self.abandonment_rate = abandonment_rate
        overloaded = arrival_rate > capacity and abandonment_rate > 0
        self.peak = math.log(arrival_rate / capacity) / abandonment_rate if overloaded else 0.0
        self.peak_height = self._log_density(self.peak)
        self.end = self._faded_after_peak()
        self.start = self._faded_before_peak()

    def time_in_queue(self, x: float) -> float:
        """Mean time in the queue of a caller who would have to wait x: min(x, patience)."""
        if self.abandonment_rate == 0:
            return x
        return -math.expm1(-self.abandonment_rate * x) / self.abandonment_rate

    def integral(self, weight: Callable[[float], float] | None = None, start: float = 0.0) -> float:
        """Integral of the density, scaled to 1 at its peak, from start on, optionally weighted."""
        lower = max(start, self.start)

        def scaled(x: float) -> float:
            density = math.exp(self._log_density(x) - self.peak_height)
            return density if weight is None else density * weight(x)

        inside = lower < self.peak < self.end
        pieces = [(lower, self.peak), (self.peak, self.end)] if inside else [(lower, self.end)]
        # full_output keeps quad silent about the last digit, which rounding takes under tiny rates.
        exact = {"epsabs": 0, "epsrel": 1e-12, "limit": 400, "full_output": 1}
        return float(sum(quad(scaled, *piece, **exact)[0] for piece in pieces))

    def _log_density(self, x: float) -> float:
        return self.arrival_rate * self.time_in_queue(x) - self.capacity * x

    def _has_faded(self, x: float) -> float:
        return self.peak_height - self._log_density(x) - _FADED

    def _faded_after_peak(self) -> float:
        step = 1.0 / self.capacity
        while self._has_faded(self.peak + step) < 0:
            step *= 2
        return float(brentq(self._has_faded, self.peak, self.peak + step))

    def _faded_before_peak(self) -> float:
        if self._has_faded(0.0) <= 0:
            return 0.0
        return float(brentq(self._has_faded, 0.0, self.peak))


def _require_quantile(share: float) -> None:
    if not 0 <= share < 1:
        raise CxsimError(f"share={share:g}: must be at least 0 and below 1; write the 90th percentile as 0.9")
