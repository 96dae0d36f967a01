"""What an analytic plan says, in words: the next unit of money, the same money, the optimum, folklore."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cxsim.theory.blattberg_deighton import Economics
from cxsim.whatif.plan_inputs import PlanInputs

if TYPE_CHECKING:
    from cxsim.whatif.planner import Split

_ALIKE = 1e-6
PLACEHOLDER = "The inputs are placeholders: the answer is worth what they are; put in your own."


def plan_sentences(inputs: PlanInputs, now: Split, same_money: Split, best: Split) -> tuple[str, ...]:
    """The sentences of a plan, the most important first.

    Parameters
    ----------
    inputs : what the plan was made from.
    now, same_money, best : the present split, the best split of the same money, the best of all.
    """
    sentences = (
        _next_unit(inputs.market(), now),
        _same_money(now, same_money),
        *_at_the_optimum(now, best),
        _folklore(best),
        _outside(inputs, best),
        PLACEHOLDER if inputs.evidence == "placeholder" else "",
    )
    return tuple(sentence for sentence in sentences if sentence)


def _next_unit(market: Economics, now: Split) -> str:
    costs = {"acquisition": now.marginal_cost_acquire, "retention": now.marginal_cost_retain}
    cheap, dear = sorted(costs, key=costs.__getitem__)
    n_paying = sum(cost < now.customer_value * (1 - _ALIKE) for cost in costs.values())
    gain = {use: return_on_a_unit(market, now, cost) for use, cost in costs.items()}
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


def return_on_a_unit(market: Economics, split: Split, marginal_cost: float) -> float:
    """What a further unit of money adds to customer equity in the use with this marginal cost."""
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
