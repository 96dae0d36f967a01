"""How sure an analytic plan is: the same plan under many inputs that are possible, drawn together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm, qmc

from cxsim.errors import CxsimError
from cxsim.theory.blattberg_deighton import Economics, ResponseCurve, best_split, optimum
from cxsim.theory.response_fit import FittedCurve
from cxsim.whatif.plan_inputs import PlanInputs

SEED_OF_BANDS = 606
SHARES = tuple(k / 20 for k in range(1, 21))
NAMES = (
    "margin", "discount_rate", "acquisition_rate", "acquisition_ceiling", "retention_rate", "retention_ceiling")


@dataclass(frozen=True)
class Bands:
    """What possible inputs leave of a plan's answers; every pair is a low and a high end.

    Attributes
    ----------
    draws : int
        How many possible markets.
    equity : array, shape (budgets, 2)
        Customer equity at the best split of each budget.
    best_acquisition, best_retention, best_equity, value : tuple of float
        Spends, equity and value of a customer at the best plan of all.
    p_acquisition_next : float
        Share of draws in which the next unit of money earns more in acquisition than in retention.
    p_acquisition_pays, p_retention_pays : float
        Share of draws in which a further unit pays there.
    regret : float
        Mean loss of equity per prospect from spending what is best for the central inputs instead of what would
        have been best.
    splits : array, shape (shares, 3)
        Equity of today's budget when this share (:data:`SHARES`) of it goes to acquisition: value, low, high.
    """

    draws: int
    confidence: float
    equity: np.ndarray
    best_acquisition: tuple[float, float]
    best_retention: tuple[float, float]
    best_equity: tuple[float, float]
    value: tuple[float, float]
    p_acquisition_next: float
    p_acquisition_pays: float
    p_retention_pays: float
    regret: float
    splits: np.ndarray


def find_bands(
    inputs: PlanInputs, ranges: Mapping[str, tuple[float, float] | None], fits: Mapping[str, FittedCurve],
    draws: int, seed: int, confidence: float,
) -> Bands:
    """Plan again under many possible inputs.

    Parameters
    ----------
    inputs : PlanInputs
        The central ones.
    ranges : mapping
        Low and high of :data:`NAMES`; None takes the input as given.
    fits : mapping
        Curves fitted to observations, by "acquisition" and "retention": drawn from what these leave possible.
    draws : int
        How many.
    seed : int
        Of the draws.
    confidence : float
        Share of the draws that a band holds.

    Raises
    ------
    CxsimError
        When a range does not hold its input, or allows a rate at or above its ceiling.

    Source
    ------
    McKay, Beckman & Conover (1979) Technometrics 21:239, Latin hypercube sampling.
    """
    _check(inputs, ranges)
    markets = [_drawn(inputs, ranges, fits, row) for row in _uniforms(draws, seed)]
    central = optimum(inputs.market())
    bests = [optimum(market) for market in markets]
    equities = np.array([market.equity_per_prospect(*best) for market, best in zip(markets, bests, strict=True)])
    held = np.array([market.equity_per_prospect(*central) for market in markets])
    costs = np.array([(market.acquisition.marginal_cost(inputs.acquisition.spend),
                       market.retention.marginal_cost(inputs.retention.spend),
                       market.customer_value(inputs.retention.spend)) for market in markets])
    budgets = np.linspace(inputs.lowest, inputs.highest, inputs.steps)
    frontier = np.array([[market.equity_per_prospect(*best_split(market, float(budget))) for budget in budgets]
                         for market in markets])
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]

    def ends(values: np.ndarray | list[float]) -> tuple[float, float]:
        low, high = np.quantile(np.asarray(values), tails)
        return float(low), float(high)

    values = [market.customer_value(best[1]) for market, best in zip(markets, bests, strict=True)]
    return Bands(
        draws, confidence, np.quantile(frontier, tails, axis=0).T, ends([best[0] for best in bests]),
        ends([best[1] for best in bests]), ends(equities), ends(values), float((costs[:, 0] < costs[:, 1]).mean()),
        float((costs[:, 0] < costs[:, 2]).mean()), float((costs[:, 1] < costs[:, 2]).mean()),
        float((equities - held).mean()), _splits(inputs, markets, tails))


def _uniforms(draws: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(np.random.SeedSequence([seed, SEED_OF_BANDS]))
    return qmc.LatinHypercube(len(NAMES), rng=rng).random(draws)


def _check(inputs: PlanInputs, ranges: Mapping[str, tuple[float, float] | None]) -> None:
    centres = dict(zip(NAMES, (
        inputs.margin, inputs.discount_rate, inputs.acquisition.observed_rate, inputs.acquisition.ceiling,
        inputs.retention.observed_rate, inputs.retention.ceiling), strict=True))
    ends = {}
    for name, centre in centres.items():
        low, high = ends[name] = ranges.get(name) or (centre, centre)
        if not low <= centre <= high or low <= 0 or (name != "margin" and high > 1):
            raise CxsimError(f"plan.ranges.{name}=[{low:g},{high:g}]: must hold the input itself ({centre:g})"
                             + ("" if name == "margin" else ", above 0 and at most 1"))
    for use in ("acquisition", "retention"):
        if ends[f"{use}_rate"][1] >= ends[f"{use}_ceiling"][0]:
            raise CxsimError(
                f"plan.ranges.{use}_rate reaches {ends[f'{use}_rate'][1]:g}, but plan.ranges.{use}_ceiling begins "
                f"at {ends[f'{use}_ceiling'][0]:g}: a rate must lie below its ceiling in every draw; narrow one")


def _drawn(
    inputs: PlanInputs, ranges: Mapping[str, tuple[float, float] | None], fits: Mapping[str, FittedCurve],
    row: np.ndarray,
) -> Economics:
    """One possible market from uniform numbers."""
    u = dict(zip(NAMES, row, strict=True))

    def between(name: str, centre: float) -> float:
        low, high = ranges.get(name) or (centre, centre)
        return low + u[name] * (high - low)

    curves = []
    for use, point in (("acquisition", inputs.acquisition), ("retention", inputs.retention)):
        if use in fits:
            curves.append(fits[use].draw(norm.ppf([u[f"{use}_rate"], u[f"{use}_ceiling"]])))
            continue
        rate, ceiling = (between(f"{use}_{name}", value) for name, value in (
            ("rate", point.observed_rate), ("ceiling", point.ceiling)))
        curves.append(ResponseCurve.through(point.spend, rate, ceiling))
    return Economics(between("margin", inputs.margin), between("discount_rate", inputs.discount_rate), *curves)


def split_of_share(market: Economics, budget: float, share: float) -> tuple[float, float]:
    """Spends when this share of a budget per prospect goes to acquisition and the rest to those it wins.

    Examples
    --------
    >>> market = Economics(50, 0.2, ResponseCurve.through(5, 0.2, 0.4), ResponseCurve.through(10, 0.4, 0.7))
    >>> [round(spend, 4) for spend in split_of_share(market, 7.5, 5 / 7.5)]
    [5.0, 10.0]
    """
    acquisition = share * budget
    each = (budget - acquisition) / market.acquisition.rate(acquisition)
    if each <= 0:
        return acquisition, 0.0
    most = each * (1 + market.discount_rate)
    spend = brentq(lambda r: r * market.discounted_periods(r) - each, 0.0, most, xtol=1e-12)
    return acquisition, float(spend)


def _splits(inputs: PlanInputs, markets: list[Economics], tails: list[float]) -> np.ndarray:
    """Equity of today's budget by the share that goes to acquisition."""
    market = inputs.market()
    budget = market.budget_per_prospect(inputs.acquisition.spend, inputs.retention.spend)
    rows = []
    for share in SHARES:
        own = market.equity_per_prospect(*split_of_share(market, budget, share))
        drawn = [one.equity_per_prospect(*split_of_share(one, budget, share)) for one in markets]
        rows.append((own, *np.quantile(drawn, tails)))
    return np.array(rows)


def with_fits(inputs: PlanInputs, fits: Mapping[str, FittedCurve]) -> PlanInputs:
    """The inputs with points on the fitted curves, at today's spends."""
    changed = {}
    for use, fitted in fits.items():
        point = getattr(inputs, use)
        rate = fitted.curve.rate(point.spend)
        if not math.isfinite(rate):
            raise CxsimError(f"plan.{use}.observations: the fitted curve has no rate at plan.{use}.spend="
                             f"{point.spend:g}")
        changed[use] = replace(point, observed_rate=rate, ceiling=fitted.curve.ceiling)
    return replace(inputs, **changed)
