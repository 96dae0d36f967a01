"""Acquisition against retention, by closed form: where does the next unit of money earn most?

Two response curves (Blattberg & Deighton 1996), each through one observed point under a ceiling, give
the best split of every budget, the budget that is best of all, and the sentences to say about it.
The budget is money per prospect: acquisition now plus the discounted retention money of those won.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields

import numpy as np
from numpy.typing import NDArray

from cxsim.theory.blattberg_deighton import Economics, best_split, optimum
from cxsim.whatif.plan_inputs import PlanInputs
from cxsim.whatif.plan_words import plan_sentences

_N_CURVE_POINTS = 241


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

    def rows(self) -> list[Split]:
        """The table row by row."""
        return [Split(*map(float, row)) for row in self.table]


def make_plan(inputs: PlanInputs) -> Plan:
    """Plan acquisition against retention: the best split of each budget, and the best of all.

    Parameters
    ----------
    inputs : from :func:`cxsim.whatif.plan_inputs.read_inputs`.

    Raises
    ------
    Nothing: inputs that were read have a plan.

    Source
    ------
    Pfeifer (2005): at the optimum the marginal cost to acquire, the marginal cost to retain and the
    value of a customer are equal.

    Examples
    --------
    >>> from cxsim.whatif.plan_inputs import read_inputs
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
    now = split_at(market, inputs.acquisition.spend, inputs.retention.spend)
    best = split_at(market, *optimum(market))
    same_money = split_at(market, *best_split(market, now.budget))
    reach = [inputs.lowest, inputs.highest] + [
        1.1 * split.budget for split in (now, best) if split.budget > 0
    ]
    table = _table(market, np.linspace(inputs.lowest, inputs.highest, inputs.steps))
    curve = _table(market, np.linspace(min(reach), max(reach), _N_CURVE_POINTS))
    return Plan(inputs, table, curve, now, best, plan_sentences(inputs, now, same_money, best))


def split_at(market: Economics, acquisition_spend: float, retention_spend: float) -> Split:
    """Everything about one way to spend."""
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
    rows = [astuple(split_at(market, *best_split(market, float(budget)))) for budget in budgets]
    return np.array(rows, dtype=[(field.name, np.float64) for field in fields(Split)])
