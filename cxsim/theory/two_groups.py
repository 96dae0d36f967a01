"""A test of two groups of different people: how many it needs, and what it can detect."""

from __future__ import annotations

import math

from scipy.special import ndtri


def _z(confidence: float, power: float) -> float:
    """Standard errors between no effect and the one to be detected."""
    return float(ndtri((1 + confidence) / 2) + ndtri(power))


def people_per_group(
    effect: float, variance: float, other_variance: float, *, confidence: float = 0.95, power: float = 0.8,
) -> float:
    """People in each of two equally large groups for a test to detect a difference of means.

    The groups hold different people, so nothing is paired: the variance is that between people.

    Parameters
    ----------
    effect : float
        True difference of the means, in the outcome's unit; its sign does not matter.
    variance, other_variance : float
        Of the outcome between people, in either group; of a share p it is p (1 - p).
    confidence : float
        1 less the probability to find a difference where there is none (two-sided), 0..1.
    power : float
        Probability to find the difference, 0..1.

    Returns
    -------
    float
        Not rounded; infinite without an effect.

    Source
    ------
    Fleiss, Levin & Paik (2003), *Statistical Methods for Rates and Proportions*, 3rd ed., chapter 4 (without
    the correction for continuity); for means the same with their variances.

    Examples
    --------
    >>> round(people_per_group(0.02, 0.10 * 0.90, 0.12 * 0.88))
    3838
    """
    if effect == 0:
        return math.inf
    return _z(confidence, power) ** 2 * (variance + other_variance) / effect**2


def detectable_effect(
    people: float, variance: float, other_variance: float, *, confidence: float = 0.95, power: float = 0.8,
) -> float:
    """The smallest difference of means that two groups of so many people each detect.

    Parameters
    ----------
    people : float
        In each group, above 0.
    variance, other_variance, confidence, power
        As in :func:`people_per_group`.

    Examples
    --------
    >>> round(detectable_effect(3838, 0.10 * 0.90, 0.12 * 0.88), 4)
    0.02
    """
    return _z(confidence, power) * math.sqrt((variance + other_variance) / people)
