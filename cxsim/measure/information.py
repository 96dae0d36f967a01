"""What it is worth to know more before deciding: of everything (EVPI), and of one assumption (EVPPI), in money."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

HIGHEST_DEGREE = 4
ROUNDING = 1e-9


@dataclass(frozen=True)
class Information:
    """The value of knowing something before deciding, with the interval that few draws leave.

    Attributes
    ----------
    value, low, high : float
        In the unit of the net benefit.
    least : float
        Of everything: what remains when luck within the draws is taken out; for one assumption, the value itself.
    """

    value: float
    low: float
    high: float
    least: float


def value_of_everything(net: np.ndarray, rng: np.random.Generator, confidence: float, n_again: int) -> Information:
    """EVPI: how much better one would do if all assumptions were known before deciding.

    Parameters
    ----------
    net : array, shape (draws, options, replications)
        Net benefit of each option, more being better; draws with NaN are left out.
    rng : numpy Generator
        For the bootstrap over draws.
    confidence : float
        Of the interval, between 0 and 1.
    n_again : int
        Bootstrap samples.

    Returns
    -------
    Information
        `value` takes the mean of each draw as if it were known exactly, so luck within draws enlarges it; `least`
        chooses by all replications but one and reads the choice off that one, so luck lessens it.

    Source
    ------
    Raiffa & Schlaifer (1961), *Applied Statistical Decision Theory*: E max - max E.

    Examples
    --------
    >>> net = np.array([[[0.0], [1.0]], [[0.0], [-1.0]]])
    >>> value_of_everything(net, np.random.default_rng(1), 0.9, 10).value
    0.5
    """
    net = net[np.isfinite(net).all(axis=(1, 2))]
    means, read = net.mean(axis=2), _chosen_by_the_others(net)

    def value(rows: np.ndarray) -> float:
        return _at_least_nothing(means[rows].max(axis=1), means[rows])

    every = np.arange(len(net))
    again = [value(rng.integers(0, len(net), len(net))) for _ in range(n_again)]
    return Information(value(every), *_interval(again, confidence), _at_least_nothing(read, means))


def _at_least_nothing(informed: np.ndarray, net: np.ndarray) -> float:
    """What informed choices yield beyond the one best choice; a rounding error is nothing."""
    value = float(informed.mean() - net.mean(axis=0).max())
    return value if value > ROUNDING * float(np.abs(net).max(initial=0.0)) or np.isnan(value) else 0.0


def _chosen_by_the_others(net: np.ndarray) -> np.ndarray:
    """For each draw, what the option yields that the other replications recommend, shape (draws,)."""
    n_lives = net.shape[2]
    if n_lives < 2:
        return np.full(len(net), np.nan)
    others = (net.sum(axis=2, keepdims=True) - net) / (n_lives - 1)
    chosen = others.argmax(axis=1)
    return np.take_along_axis(net, chosen[:, None, :], axis=1)[:, 0, :].mean(axis=1)


def value_of_one(
    values: np.ndarray, net: np.ndarray, rng: np.random.Generator, confidence: float, n_again: int,
) -> Information:
    """EVPPI: how much better one would do if one assumption were known before deciding.

    What each option yields beyond the first is fitted as a polynomial of the assumption, its degree chosen by
    leaving out each draw in turn; where degree 0 predicts best, knowing it is worth nothing.

    Parameters
    ----------
    values : array, shape (draws,)
        The assumption in each draw.
    net : array, shape (draws, options)
        Net benefit of each option, more being better; draws with NaN are left out.
    rng, confidence, n_again
        As for :func:`value_of_everything`.

    Source
    ------
    Strong, Oakley & Brennan (2014), Medical Decision Making 34:311: EVPPI by regression on the draws.

    Examples
    --------
    >>> x = np.linspace(-1.0, 1.0, 201)
    >>> found = value_of_one(x, np.stack([0.0 * x, x], axis=1), np.random.default_rng(1), 0.9, 50)
    >>> round(found.value, 3)
    0.251
    """
    keep = np.isfinite(net).all(axis=1) & np.isfinite(values)
    values, net = values[keep], net[keep]
    gains = net - net[:, :1]
    degrees = [best_degree(values, gains[:, k]) for k in range(net.shape[1])]

    def value(rows: np.ndarray) -> float:
        fitted = np.stack(
            [_fit(values[rows], gains[rows, k], degree)[0] for k, degree in enumerate(degrees)], axis=1)
        return _at_least_nothing(fitted.max(axis=1), fitted)

    again = [value(rng.integers(0, len(net), len(net))) for _ in range(n_again)]
    found = value(np.arange(len(net)))
    return Information(found, *_interval(again, confidence), found)


def best_degree(x: np.ndarray, y: np.ndarray) -> int:
    """The degree of a polynomial, 0 to 4, that predicts draws left out of its fit best.

    Examples
    --------
    >>> x = np.linspace(-1.0, 1.0, 30)
    >>> best_degree(x, 2.0 + 0.0 * x), best_degree(x, x**3 - x)
    (0, 3)
    """
    scale = float(np.abs(y).max())
    if scale == 0.0:
        return 0
    errors = []
    for degree in range(HIGHEST_DEGREE + 1):
        fitted, leverage = _fit(x, y, degree)
        errors.append(float((((y - fitted) / (1.0 - np.minimum(leverage, 0.999))) ** 2).mean()) / scale**2)
    good_enough = min(errors) * 1.02 + 1e-24  # A further degree that gains next to nothing follows luck.
    return next(degree for degree, error in enumerate(errors) if error <= good_enough)


def _fit(x: np.ndarray, y: np.ndarray, degree: int) -> tuple[np.ndarray, np.ndarray]:
    """Fitted values of a polynomial of orthogonal terms, and the leverage of each row."""
    low, high = x.min(), x.max()
    unit = 2.0 * (x - low) / (high - low) - 1.0 if high > low else np.zeros(len(x))
    q, _ = np.linalg.qr(np.polynomial.legendre.legvander(unit, degree))
    return q @ (q.T @ y), (q**2).sum(axis=1)


def _interval(again: list[float], confidence: float) -> tuple[float, float]:
    low, high = np.quantile(again, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)
