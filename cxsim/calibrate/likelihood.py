"""Maximum likelihood on positive parameters: several starts, Newton polish, standard errors, words.

Every model here has only positive parameters, so the search runs on their logarithms, where no
bound is needed and one step size fits all. The model supplies its log-likelihood with its gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
LogLikelihood = Callable[[Floats], tuple[float, Floats]]

LOG_REACH = 10.0
"""How far (in logarithms) a parameter may travel from the starts: a factor of 22,000."""

FLAT_GAIN = 0.5
"""A likelihood that gains less than this for an e-fold beyond the search range is flat there."""

WEAK_RELATIVE_ERROR = 0.5
"""A standard error above this share of its estimate is called weakly identified."""


@dataclass(frozen=True)
class Fitted:
    """What maximum likelihood found, and how far to trust it.

    Parameters
    ----------
    parameters : mapping of name to estimate, each above 0.
    standard_errors : mapping of name to standard error on the natural scale, from the observed
        information by the delta method; NaN where the data do not identify the parameter.
    log_likelihood : log-likelihood of all customers at the estimate.
    n : number of customers the likelihood was taken over.
    converged : whether the likelihood is flat at the estimate: a maximum inside the search range,
        or an end of the range beyond which nothing is gained (then a note says so).
    notes : sentences for the reader: weak identification, failed convergence, what to try.

    Examples
    --------
    >>> fit = Fitted({"r": 0.24}, {"r": 0.0126}, -9582.4, 2357, True, ())
    >>> fit.parameters["r"], fit.converged
    (0.24, True)
    """

    parameters: Mapping[str, float]
    standard_errors: Mapping[str, float]
    log_likelihood: float
    n: int
    converged: bool
    notes: tuple[str, ...] = ()


def maximise(
    log_likelihood: LogLikelihood, names: Sequence[str], starts: Sequence[Sequence[float]], n: int
) -> Fitted:
    """Find the parameters that make the data most likely, from several starts.

    Parameters
    ----------
    log_likelihood : takes the parameters (natural scale, shape (k,)), gives the log-likelihood and
        its gradient with respect to them (shape (k,)).
    names : the k parameter names, in order.
    starts : first guesses, each k values above 0.
    n : number of customers, for scaling and for the record.

    Returns
    -------
    Fitted
        The best of all starts. Failure to converge is a flag and a note, never an exception: the
        caller decides what to do without an estimate.

    Examples
    --------
    An exponential lifetime, 4 customers who lived 8 years together: the rate is 4/8 and its
    standard error is rate / sqrt(4).

    >>> def exponential(v):
    ...     return 4 * np.log(v[0]) - 8 * v[0], np.array([4 / v[0] - 8])
    >>> fit = maximise(exponential, ["rate"], [[0.01], [10.0]], n=4)
    >>> round(fit.parameters["rate"], 6), round(fit.standard_errors["rate"], 5), fit.converged
    (0.5, 0.25, True)
    """

    def mean_loss(log_v: Floats) -> tuple[float, Floats]:
        v = np.exp(log_v)
        value, gradient = log_likelihood(v)
        return -value / n, -gradient * v / n

    logs = [np.log(np.asarray(start, dtype=np.float64)) for start in starts]
    low, high = np.min(logs, axis=0) - LOG_REACH, np.max(logs, axis=0) + LOG_REACH
    ends = [_descend(mean_loss, first, low, high) for first in logs]
    ends = [end for end in ends if np.isfinite(mean_loss(end)[0])]
    if not ends:
        nothing = {name: float("nan") for name in names}
        return Fitted(nothing, nothing, float("nan"), n, False, ("the likelihood was never finite",))
    best = _polish(mean_loss, min(ends, key=lambda end: mean_loss(end)[0]), low, high)
    return _judge(mean_loss, names, best, _at_edge(best, low, high), n)


def _judge(
    mean_loss: LogLikelihood, names: Sequence[str], best: Floats, at_edge: NDArray[np.bool_], n: int
) -> Fitted:
    """The estimate with its errors, and whether it is one."""
    loss, gradient = mean_loss(best)
    steepness = np.where(at_edge, np.abs(gradient) * n / FLAT_GAIN, np.abs(gradient) / 1e-6)
    converged = bool(np.max(steepness) < 1)
    errors = _log_standard_errors(mean_loss, best, n, ~at_edge)
    estimate = np.exp(best)
    notes = _identification_notes(names, estimate, errors, at_edge, converged)
    return Fitted(
        dict(zip(names, estimate.tolist(), strict=True)),
        dict(zip(names, (errors * estimate).tolist(), strict=True)),
        float(-loss * n),
        n,
        converged,
        notes,
    )


def _descend(mean_loss: LogLikelihood, first: Floats, low: Floats, high: Floats) -> Floats:
    # TNC, not L-BFGS-B: the latter's tiny matrices wait for linear-algebra threads, 5 times slower.
    found = minimize(
        mean_loss,
        first,
        jac=True,
        method="TNC",
        bounds=list(zip(low, high, strict=True)),
        options={"maxfun": 2000, "ftol": 1e-15, "gtol": 1e-9},
    )
    return np.asarray(found.x, dtype=np.float64)


def _polish(mean_loss: LogLikelihood, point: Floats, low: Floats, high: Floats) -> Floats:
    """Newton steps, so that the last digits do not depend on where the search started."""
    gradient = mean_loss(point)[1]
    for _ in range(8):
        curvature = _curvature(mean_loss, point)
        free = ~_at_edge(point, low, high) & (np.diag(curvature) > 0)
        part = curvature[np.ix_(free, free)]
        if not free.any() or np.max(np.abs(gradient[free])) < 1e-13 or not np.isfinite(part).all():
            break
        if np.linalg.eigvalsh(part)[0] <= 0:
            break
        tried = point.copy()
        tried[free] -= np.linalg.solve(part, gradient[free])
        if np.any(tried < low) or np.any(tried > high):
            break
        tried_gradient = mean_loss(tried)[1]
        if not np.max(np.abs(tried_gradient[free])) < np.max(np.abs(gradient[free])):
            break
        point, gradient = tried, tried_gradient
    return point


def _at_edge(point: Floats, low: Floats, high: Floats) -> NDArray[np.bool_]:
    return (point - low < 0.5) | (high - point < 0.5)


def _curvature(mean_loss: LogLikelihood, point: Floats, step: float = 1e-4) -> Floats:
    """Second derivatives by central differences of the exact gradient, made symmetric."""
    rows = [
        (mean_loss(point + shift)[1] - mean_loss(point - shift)[1]) / (2 * step)
        for shift in np.eye(point.size) * step
    ]
    matrix = np.array(rows)
    return (matrix + matrix.T) / 2


def _log_standard_errors(
    mean_loss: LogLikelihood, point: Floats, n: int, is_free: NDArray[np.bool_]
) -> Floats:
    """Standard errors of the logarithms; NaN at the edge, and where the information has no inverse."""
    errors = np.full(point.size, np.nan)
    information = _curvature(mean_loss, point) * n
    if not np.isfinite(information).all():
        return errors
    # A parameter the data say nothing about must not take the others' errors with it.
    is_free = is_free & (np.diag(information) > 0.01)
    information = information[np.ix_(is_free, is_free)]
    if not information.size:
        return errors
    strengths = np.linalg.eigvalsh(information)
    if strengths[0] > 0 and strengths[0] > 1e-12 * strengths[-1]:
        errors[is_free] = np.sqrt(np.diag(np.linalg.inv(information)))
    return errors


def _identification_notes(
    names: Sequence[str], estimate: Floats, log_errors: Floats, at_edge: NDArray[np.bool_], converged: bool
) -> tuple[str, ...]:
    notes = []
    told = list(zip(names, estimate, log_errors, at_edge, strict=True))
    if at_edge.any():
        runaway = ", ".join(f"{name} = {value:.3g}" for name, value, _, edge in told if edge)
        state = (
            "is flat there: predictions hold, these values mean nothing"
            if converged
            else "keeps rising there"
        )
        notes.append(
            f"{runaway} ran to the end of the search range and the likelihood {state}. The data do not fix "
            "them; try a longer period (until=end) or more customers, and look for extreme customers"
        )
    elif not converged:
        notes.append(
            "the search stopped before the likelihood was flat: try a longer period (until=end) or more "
            "customers, or leave out a few extreme customers (resellers, test accounts)"
        )
    weak = [
        f"{name} = {value:.4g} "
        f"({f'standard error {value * error:.3g}' if error > 0 else 'no standard error'})"
        for name, value, error, edge in told
        if not edge and not error <= WEAK_RELATIVE_ERROR
    ]
    if weak:
        notes.append(
            f"weakly identified: {'; '.join(weak)}. Predictions may still be good, because errors of "
            "several parameters cancel, but do not read these alone; a longer period (until=end) or more "
            "customers would narrow them"
        )
    return tuple(notes)
