"""Acquisition against retention, by closed form: where does the next unit of money earn most?

Two response curves (Blattberg & Deighton 1996), each through one observed point under a ceiling, give
the best split of every budget, the budget that is best of all, and the sentences to say about it.
The budget is money per prospect: acquisition now plus the discounted retention money of those won.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from cxsim.errors import CxsimError
from cxsim.theory.blattberg_deighton import Economics, ResponseCurve, best_split, optimum

_ANCHOR_KEYS = ("spend", "observed_rate", "ceiling")
_KEYS = {
    "": ("mode", "evidence", "source", "margin", "discount_rate", "acquisition", "retention", "budgets",
         "simulated"),
    "acquisition": _ANCHOR_KEYS,
    "retention": _ANCHOR_KEYS,
    "budgets": ("lowest", "highest", "steps"),
}
_OPTIONAL = ("mode", "evidence", "source", "simulated")
_MOST_STEPS = 10_000
_N_CURVE_POINTS = 241
_ALIKE = 1e-6
_SHARE = "above 0 and below 1; write 20% as 0.2"
_PLACEHOLDER = "The inputs are placeholders: the answer is worth what they are; put in your own."


@dataclass(frozen=True)
class Anchor:
    """One observed point of a response curve, money and shares, and the ceiling of the curve."""

    spend: float
    observed_rate: float
    ceiling: float


@dataclass(frozen=True)
class PlanInputs:
    """What the analytic planner needs to know; made from a config by `read_inputs`.

    Parameters
    ----------
    margin : money a customer brings per period, before retention spend.
    discount_rate : share per period.
    acquisition, retention : observed points and ceilings; spend per prospect, and per customer and
        period; what is spent now is the plan's present point.
    lowest, highest, steps : the budgets of the table, money per prospect, evenly spaced.
    evidence, source : label of the figures and where they come from.
    """

    margin: float
    discount_rate: float
    acquisition: Anchor
    retention: Anchor
    lowest: float
    highest: float
    steps: int
    evidence: str = "placeholder"
    source: str = ""

    def market(self) -> Economics:
        """The same as economics with response curves."""
        curves = [ResponseCurve.through(*astuple(point)) for point in (self.acquisition, self.retention)]
        return Economics(self.margin, self.discount_rate, *curves)


@dataclass(frozen=True)
class Split:
    """One way to spend: its cost, what it wins, what one more customer costs and is worth.

    budget, customer_equity: money per prospect. acquisition_spend: money per prospect.
    retention_spend: money per customer and period. Rates: shares. Costs and value: money per customer.
    cost_ratio: average cost to acquire over average cost to retain.
    """

    budget: float
    acquisition_spend: float
    retention_spend: float
    acquisition_rate: float
    retention_rate: float
    marginal_cost_acquire: float
    marginal_cost_retain: float
    average_cost_acquire: float
    average_cost_retain: float
    cost_ratio: float
    customer_value: float
    customer_equity: float


@dataclass(frozen=True)
class Plan:
    """The answer: table and curve over budgets, the present and the best split, sentences.

    table, curve: structured arrays whose fields are those of `Split`; the table has the budgets
    asked for, the curve is fine and reaches at least as far as the present and the best budget.
    """

    inputs: PlanInputs
    table: NDArray
    curve: NDArray
    now: Split
    best: Split
    sentences: tuple[str, ...]


def read_inputs(settings: Mapping[str, object]) -> PlanInputs:
    """Check a plain mapping (the `plan` group of the config) and make it the planner's inputs.

    Parameters
    ----------
    settings : keys margin, discount_rate, acquisition, retention (each spend, observed_rate,
        ceiling), budgets (lowest, highest, steps); optional mode, evidence, source.

    Raises
    ------
    CxsimError
        For an unknown or missing key, or a value out of range; the message names the key, the
        value and what is allowed.

    Source
    ------
    Blattberg & Deighton (1996) for the one-point calibration of the curves.

    Examples
    --------
    >>> read_inputs({"margn": 50})
    Traceback (most recent call last):
    ...
    cxsim.errors.CxsimError: plan.margn: unknown key; did you mean plan.margin?
    """
    _check_keys("", settings)
    mode = settings.get("mode", "analytic")
    if mode != "analytic":
        raise CxsimError(f"plan.mode={mode}: must be analytic for response curves; set plan.mode=analytic")
    lowest = _number(settings, "budgets.lowest")
    beyond = f"above budgets.lowest ({lowest:g})"
    steps = _number(settings, "budgets.steps", 1, _MOST_STEPS + 1, f"from 2 to {_MOST_STEPS} rows")
    if steps != int(steps):
        raise CxsimError(f"plan.budgets.steps={steps:g}: must be a whole number of rows")
    return PlanInputs(
        margin=_number(settings, "margin"),
        discount_rate=_number(settings, "discount_rate", 0, 1, _SHARE),
        acquisition=_anchor(settings, "acquisition"),
        retention=_anchor(settings, "retention"),
        lowest=lowest,
        highest=_number(settings, "budgets.highest", lowest, words=beyond),
        steps=int(steps),
        evidence=str(settings.get("evidence", "placeholder")),
        source=str(settings.get("source", "")),
    )


def make_plan(inputs: PlanInputs) -> Plan:
    """Plan acquisition against retention: the best split of each budget, and the best of all.

    Parameters
    ----------
    inputs : from `read_inputs`.

    Raises
    ------
    Nothing: inputs that were read have a plan.

    Source
    ------
    Pfeifer (2005): at the optimum the marginal cost to acquire, the marginal cost to retain and the
    value of a customer are equal.

    Examples
    --------
    >>> point = {"spend": 5, "observed_rate": 0.2, "ceiling": 0.4}
    >>> kept = {"spend": 10, "observed_rate": 0.4, "ceiling": 0.7}
    >>> budgets = {"lowest": 5, "highest": 25, "steps": 3}
    >>> market = {"margin": 50, "discount_rate": 0.2, "acquisition": point, "retention": kept}
    >>> plan = make_plan(read_inputs({**market, "budgets": budgets}))
    >>> [f"{equity:.2f}" for equity in plan.table["customer_equity"]]
    ['5.92', '9.42', '7.88']
    >>> f"{plan.best.acquisition_spend:.4f} {plan.best.retention_spend:.4f} {plan.best.cost_ratio:.2f}"
    '9.2115 15.8652 1.04'
    """
    market = inputs.market()
    now = _split(market, inputs.acquisition.spend, inputs.retention.spend)
    best = _split(market, *optimum(market))
    same_money = _split(market, *best_split(market, now.budget))
    reach = [inputs.lowest, inputs.highest] + [
        1.1 * split.budget for split in (now, best) if split.budget > 0
    ]
    table = _table(market, np.linspace(inputs.lowest, inputs.highest, inputs.steps))
    curve = _table(market, np.linspace(min(reach), max(reach), _N_CURVE_POINTS))
    sentences = (
        _next_unit(market, now),
        _same_money(now, same_money),
        *_at_the_optimum(now, best),
        _folklore(best),
        _outside(inputs, best),
        _PLACEHOLDER if inputs.evidence == "placeholder" else "",
    )
    return Plan(inputs, table, curve, now, best, tuple(sentence for sentence in sentences if sentence))


def _split(market: Economics, acquisition_spend: float, retention_spend: float) -> Split:
    average_acquire = market.acquisition.average_cost(acquisition_spend)
    average_retain = market.retention.average_cost(retention_spend)
    return Split(
        budget=market.budget_per_prospect(acquisition_spend, retention_spend),
        acquisition_spend=acquisition_spend,
        retention_spend=retention_spend,
        acquisition_rate=market.acquisition.rate(acquisition_spend),
        retention_rate=market.retention.rate(retention_spend),
        marginal_cost_acquire=market.acquisition.marginal_cost(acquisition_spend),
        marginal_cost_retain=market.retention.marginal_cost(retention_spend),
        average_cost_acquire=average_acquire,
        average_cost_retain=average_retain,
        cost_ratio=average_acquire / average_retain,
        customer_value=market.customer_value(retention_spend),
        customer_equity=market.equity_per_prospect(acquisition_spend, retention_spend),
    )


def _table(market: Economics, budgets: NDArray) -> NDArray:
    rows = [astuple(_split(market, *best_split(market, float(budget)))) for budget in budgets]
    return np.array(rows, dtype=[(field.name, np.float64) for field in fields(Split)])


def _next_unit(market: Economics, now: Split) -> str:
    costs = {"acquisition": now.marginal_cost_acquire, "retention": now.marginal_cost_retain}
    cheap, dear = sorted(costs, key=costs.__getitem__)
    n_paying = sum(cost < now.customer_value * (1 - _ALIKE) for cost in costs.values())
    gain = {use: _return_on_a_unit(market, now, cost) for use, cost in costs.items()}
    if n_paying == 0:
        verdict = f"no further unit of money pays in either use; the first to save is in {dear}"
    elif n_paying == 1:
        verdict = f"the next unit of money goes to {cheap}; in {dear} the last one did not pay"
    elif math.isclose(costs[cheap], costs[dear], rel_tol=_ALIKE):
        verdict = "both pay, and the next unit of money earns the same in either"
    else:
        verdict = (
            f"both pay, and the next unit of money goes to {cheap}, where it adds {gain[cheap]:.2f} of "
            f"customer equity (in {dear} {gain[dear]:.2f})"
        )
    return (
        f"Now, with {now.acquisition_spend:,.2f} spent per prospect and {now.retention_spend:,.2f} per "
        f"customer and period, one more customer costs {costs['acquisition']:,.2f} to acquire and "
        f"{costs['retention']:,.2f} to retain, and is worth {now.customer_value:,.2f}: {verdict}."
    )


def _return_on_a_unit(market: Economics, split: Split, marginal_cost: float) -> float:
    retention_money = split.retention_spend * market.discounted_periods(split.retention_spend)
    return (split.customer_value + retention_money) / (marginal_cost + retention_money) - 1


def _same_money(now: Split, same: Split) -> str:
    money = f"The same money ({now.budget:,.2f} per prospect)"
    if same.customer_equity - now.customer_equity < 0.01 * abs(now.customer_equity):
        return f"{money} could hardly be split better."
    return (
        f"{money}, split as {same.acquisition_spend:,.2f} per prospect and {same.retention_spend:,.2f} per "
        f"customer and period, would bring a customer equity of {same.customer_equity:,.2f} per prospect "
        f"instead of {now.customer_equity:,.2f}."
    )


def _at_the_optimum(now: Split, best: Split) -> tuple[str, ...]:
    costs = (best.marginal_cost_acquire, best.marginal_cost_retain)
    if all(math.isclose(cost, best.customer_value, rel_tol=_ALIKE) for cost in costs):
        verdict = "all three are equal, as they must be at the optimum (Pfeifer 2005)"
    else:
        verdict = "they differ, because where nothing is spent even the first customer costs too much"
    return (
        f"The best plan spends {best.acquisition_spend:,.2f} per prospect and {best.retention_spend:,.2f} "
        f"per customer and period ({best.budget:,.2f} per prospect in all): {best.acquisition_rate:.1%} of "
        f"prospects are won, {best.retention_rate:.1%} of customers stay each period, and customer equity "
        f"is {best.customer_equity:,.2f} per prospect (now {now.customer_equity:,.2f}).",
        f"There one more customer costs {costs[0]:,.2f} to acquire and {costs[1]:,.2f} to retain, and is "
        f"worth {best.customer_value:,.2f}: {verdict}.",
    )


def _folklore(best: Split) -> str:
    if best.acquisition_spend == 0 or best.retention_spend == 0:
        return ""
    return (
        f"On average an acquired customer costs {best.average_cost_acquire:,.2f} there and a retained one "
        f"{best.average_cost_retain:,.2f}, a ratio of {best.cost_ratio:.2f} (folklore says 5): average costs "
        "do not say where the next unit of money should go, marginal costs do."
    )


def _outside(inputs: PlanInputs, best: Split) -> str:
    if inputs.lowest <= best.budget <= inputs.highest:
        return ""
    table = f"the table ({inputs.lowest:g} to {inputs.highest:g})"
    return f"The best budget, {best.budget:,.2f}, lies outside {table}; change plan.budgets."


def _check_keys(section: str, settings: object) -> None:
    path = f"plan.{section}." if section else "plan."
    if not isinstance(settings, Mapping):
        raise CxsimError(f"{path[:-1]}={settings}: must hold the keys {', '.join(_KEYS[section])}")
    for key in settings:
        if key not in _KEYS[section]:
            near = get_close_matches(str(key), _KEYS[section], n=1)
            cure = f"did you mean {path}{near[0]}?" if near else f"allowed are {', '.join(_KEYS[section])}"
            raise CxsimError(f"{path}{key}: unknown key; {cure}")
    for key in _KEYS[section]:
        if key not in settings and key not in _OPTIONAL:
            raise CxsimError(f"{path}{key}: missing; the analytic planner needs it")
        if key in _KEYS:
            _check_keys(key, settings[key])


def _anchor(settings: Mapping[str, object], section: str) -> Anchor:
    spend = _number(settings, f"{section}.spend")
    rate = _number(settings, f"{section}.observed_rate", 0, 1, _SHARE)
    ceiling = _number(settings, f"{section}.ceiling", -math.inf)
    if not rate < ceiling <= 1:
        raise CxsimError(
            f"plan.{section}.ceiling={ceiling:g}: must lie between {section}.observed_rate ({rate:g}) and 1; "
            "it is the share that no spend could exceed"
        )
    return Anchor(spend, rate, ceiling)


def _number(
    settings: Mapping[str, object], path: str, above: float = 0.0, below: float = math.inf, words: str = ""
) -> float:
    value: object = settings
    for key in path.split("."):
        value = value[key]  # type: ignore[index]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise CxsimError(f"plan.{path}={value}: must be a finite number, without a unit or a % sign")
    if not above < value < below:
        raise CxsimError(f"plan.{path}={value:g}: must be {words or f'above {above:g}'}")
    return float(value)
