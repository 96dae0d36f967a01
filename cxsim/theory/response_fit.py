"""A response curve fitted to what was observed: spend, people it was spent on, those who were won or kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from cxsim.errors import CxsimError
from cxsim.theory.blattberg_deighton import ResponseCurve

LEAST_POINTS = 2
STEP = 1e-4


@dataclass(frozen=True)
class FittedCurve:
    """A fitted curve and how well it is known.

    Attributes
    ----------
    curve : ResponseCurve
        Ceiling and steepness of the highest likelihood.
    covariance : array, shape (2, 2)
        Of (logit of the ceiling, log of the steepness), from the curvature of the likelihood.
    log_likelihood : float
        Of the observed counts, without the binomial coefficients.
    """

    curve: ResponseCurve
    covariance: np.ndarray
    log_likelihood: float

    def draw(self, z: np.ndarray) -> ResponseCurve:
        """A curve that the observations leave possible, from two standard normal numbers."""
        centre = np.array([_logit(self.curve.ceiling), math.log(self.curve.steepness)])
        ceiling, steepness = centre + np.linalg.cholesky(self.covariance) @ z
        return ResponseCurve(_share(float(ceiling)), math.exp(min(max(float(steepness), -60.0), 60.0)))


def fit_response(observations: Sequence[tuple[float, float, float]], key: str = "observations") -> FittedCurve:
    """Fit ceiling (1 - exp(-steepness spend)) to binomial counts by maximum likelihood.

    Parameters
    ----------
    observations : sequence of (spend, people, won)
        Money for each, how many it was spent on, how many were won (or kept); two different spends at least.
    key : str
        What to call it in a refusal.

    Raises
    ------
    CxsimError
        For fewer than two spends, more won than there were people, or counts that do not tell a curve: nobody (or
        everybody) won, or shares that fall, or do not level off, as spend grows.

    Source
    ------
    Blattberg & Deighton (1996) for the form; the binomial likelihood is the ordinary one.

    Examples
    --------
    >>> fitted = fit_response([(2, 1e6, 96_856), (5, 1e6, 200_000), (10, 1e6, 300_000)])
    >>> f"{fitted.curve.ceiling:.3f} {fitted.curve.steepness:.4f}"
    '0.400 0.1386'
    """
    spend, people, won = (np.array(column, dtype=float) for column in zip(*observations, strict=True))
    _check(spend, people, won, key)

    def loss(x: np.ndarray) -> float:
        rate = _share(float(x[0])) * -np.expm1(-np.exp(np.clip(x[1], -60, 60)) * spend)
        rate = np.clip(rate, 1e-300, 1 - 1e-15)
        return -float((won * np.log(rate) + (people - won) * np.log1p(-rate)).sum())

    highest = float((won / people).max())
    starts = [(min(0.999, highest * times), part) for times in (1.05, 1.5, 3.0) for part in (0.3, 1.0, 3.0)]
    tried = [minimize(loss, [_logit(ceiling), math.log(part / spend.mean())], method="Nelder-Mead",
                      options={"xatol": 1e-9, "fatol": 1e-9, "maxiter": 4000}) for ceiling, part in starts]
    best = min(tried, key=lambda one: float(one.fun))
    curvature = _curvature(loss, best.x)
    if np.any(np.linalg.eigvalsh(curvature) <= 0) or _share(best.x[0]) > 0.9999:
        raise CxsimError(f"{key}: the shares do not level off as spend grows, so no ceiling can be told; add "
                         "observations at higher spends, or state the ceiling and one point instead")
    return FittedCurve(ResponseCurve(_share(best.x[0]), math.exp(best.x[1])), np.linalg.inv(curvature),
                       -float(best.fun))


def _check(spend: np.ndarray, people: np.ndarray, won: np.ndarray, key: str) -> None:
    for s, n, k in zip(spend, people, won, strict=True):
        if k > n:
            raise CxsimError(f"{key}: at a spend of {s:g} more were won ({k:g}) than asked ({n:g}); write each as "
                             "[spend, people asked, people won]")
    if len(np.unique(spend)) < LEAST_POINTS:
        raise CxsimError(f"{key}: holds {len(np.unique(spend))} different spend; a curve needs two at least")
    if won.sum() == 0 or (won == people).all():
        raise CxsimError(f"{key}: nobody or everybody responded, which tells no curve; add observations")
    middle = np.average(spend, weights=people)
    if float(((spend - middle) * won).sum()) < 0:
        first, last = int(np.argmin(spend)), int(np.argmax(spend))
        raise CxsimError(
            f"{key}: the curve falls, from {won[first] / people[first]:.4g} at a spend of {spend[first]:g} to "
            f"{won[last] / people[last]:.4g} at {spend[last]:g}; more money must win more, so check the counts, "
            "add observations, or state one point and a ceiling instead")


def _curvature(loss, x: np.ndarray) -> np.ndarray:
    """Second derivatives of the loss, by central differences."""
    found = np.zeros((2, 2))
    steps = np.eye(2) * STEP
    for i in range(2):
        for j in range(2):
            found[i, j] = (loss(x + steps[i] + steps[j]) - loss(x + steps[i] - steps[j])
                           - loss(x - steps[i] + steps[j]) + loss(x - steps[i] - steps[j])) / (4 * STEP**2)
    return found


def _logit(share: float) -> float:
    return math.log(share / (1 - share))


def _share(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-min(max(logit, -60.0), 36.0)))
