"""Monotone quantile tables: every trait and every basket is read from one, in both engines."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy import special

from cxsim.behaviour.draws import LOGIT_END, N_KNOTS
from cxsim.behaviour.state import TABLES_PER_SEGMENT
from cxsim.settings.names import segment_names
from cxsim.settings.schema import Config
from cxsim.settings.world import Segment

KNOTS = np.linspace(-LOGIT_END, LOGIT_END, N_KNOTS)
_LOWER, _UPPER = special.expit(KNOTS), special.expit(-KNOTS)
_LOG_DENSITY_OF_U = np.log(_LOWER) + np.log(_UPPER)
# Worlds that differ in an effect share their tables, and each takes a twentieth of a second to make.
MOST_KEPT = 64


def normal_table() -> np.ndarray:
    """Standard normal quantiles over logit(u): value and slope at each knot, shape (knots, 2)."""
    x = np.where(KNOTS < 0, special.ndtri(_LOWER), -special.ndtri(_UPPER))
    slope = np.exp(_LOG_DENSITY_OF_U + 0.5 * x * x + 0.5 * np.log(2 * np.pi))
    return np.stack([x, slope], axis=1)


@lru_cache(maxsize=MOST_KEPT)
def log_gamma_table(shape: float, scale: float) -> np.ndarray:
    """Logarithm of Gamma(shape) * scale quantiles over logit(u), shape (knots, 2)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        x = np.where(KNOTS < 0, special.gammaincinv(shape, _LOWER), special.gammainccinv(shape, _UPPER))
        log_x = np.log(x)
    # Far down the lower tail the quantile underflows; there P(shape, x) = x^shape / Gamma(shape + 1).
    tail = (np.log(_LOWER) + special.gammaln(shape + 1.0)) / shape
    is_tail = ~(x > 1e-280)
    log_x = np.where(is_tail, tail, log_x)
    x = np.where(is_tail, 0.0, x)
    log_slope = _LOG_DENSITY_OF_U - (shape * log_x - x - special.gammaln(shape))
    return _kept(log_x + np.log(scale), np.exp(log_slope))


@lru_cache(maxsize=MOST_KEPT)
def log_hazard_table(a: float, b: float) -> np.ndarray:
    """Logarithm of h = -log(1 - theta), theta ~ Beta(a, b), over logit(u), shape (knots, 2)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        # Each side of the law from the side of u that holds all its digits.
        is_low = KNOTS < 0
        theta = np.where(is_low, special.betaincinv(a, b, _LOWER), special.betainccinv(a, b, _UPPER))
        rest = np.where(is_low, special.betainccinv(b, a, _LOWER), special.betaincinv(b, a, _UPPER))
        h = np.where(theta < 0.5, -np.log1p(-theta), -np.log(rest))
        log_h = np.log(h)
        log_theta = np.log(theta)
    log_beta = special.betaln(a, b)
    # Beyond double precision: theta^a / (a B) below, (1 - theta)^b / (b B) above.
    tail = (np.log(_LOWER) + np.log(a) + log_beta) / a
    is_tail = ~(theta > 1e-280)
    log_theta = np.where(is_tail, tail, log_theta)
    log_h = np.where(is_tail, tail, log_h)
    log_rest = np.where(theta < 0.5, np.log1p(-np.minimum(theta, 0.5)), np.log(np.maximum(rest, 1e-300)))
    head = (np.log(_UPPER) + np.log(b) + log_beta) / b
    is_head = ~(rest > 1e-280)
    log_rest = np.where(is_head, head, log_rest)
    log_h = np.where(is_head, np.log(-np.minimum(head, -1e-300)), log_h)
    # d log h / d logit u = u (1 - u) / (density (1 - theta) h)
    log_density = (a - 1.0) * log_theta + (b - 1.0) * log_rest - log_beta
    slope = np.exp(_LOG_DENSITY_OF_U - log_density - log_rest - log_h)
    return _kept(log_h, slope)


def _kept(values: np.ndarray, slopes: np.ndarray) -> np.ndarray:
    """A table that several worlds may share: nobody writes to it."""
    table = np.stack([values, slopes], axis=1)
    table.flags.writeable = False
    return table


def _segment_tables(segment: Segment) -> list[np.ndarray]:
    flat = np.zeros((N_KNOTS, 2))
    rate, scale, basket = flat, flat, flat
    if segment.purchase is not None:
        purchase = segment.purchase
        rate = log_gamma_table(purchase.r, 1.0 / (purchase.alpha_weeks * 7.0))
        leave = log_hazard_table(purchase.a, purchase.b)
    if segment.spend is not None:
        scale = log_gamma_table(segment.spend.q, 1.0 / segment.spend.gamma)
        basket = log_gamma_table(segment.spend.p, 1.0)
    if segment.renewal is not None:
        leave = log_hazard_table(segment.renewal.alpha, segment.renewal.beta)
    return [rate, leave, scale, basket]


def make_quantiles(config: Config) -> np.ndarray:
    """All tables of a world: the normal, then four for each segment, shape (tables, knots, 2)."""
    tables = [normal_table()]
    for name in segment_names(config):
        if name in config.segments:
            tables += _segment_tables(config.segments[name])
        else:
            tables += [np.zeros((N_KNOTS, 2))] * TABLES_PER_SEGMENT
    return np.ascontiguousarray(np.stack(tables))
