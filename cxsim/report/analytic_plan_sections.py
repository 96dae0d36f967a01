"""The sections of an analytic plan: what to do, the best split of each budget, how sure it is, the calendar."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from cxsim.report.plan_figure import calendar_svg, plan_svg
from cxsim.report.section import Grid, Section
from cxsim.whatif.plan_bands import SHARES

if TYPE_CHECKING:
    from cxsim.whatif.analytic_plan import AnalyticPlan


def analytic_sections(answer: AnalyticPlan) -> list[Section]:
    """All there is to say of an analytic plan, for page and terminal."""
    found = [
        Section("Where the next unit of money goes", answer.plan.sentences, place="decision"),
        Section("The best split of each budget", (), [_budgets(answer)],
                svg=plan_svg(answer.plan, answer.bands), place="why", caption="Each budget split best: what one "
                "more customer costs and is worth, and customer equity with its band.",
                notes=["All money is per prospect or per customer."]),
        Section("How sure it is", _sureness(answer), [_splits(answer)], place="sure", notes=[
            f"{answer.bands.draws} possible markets (a Latin hypercube over plan.ranges, and what "
            f"observations leave open); bands hold {answer.bands.confidence:.0%} of them."]),
    ]
    if answer.calendar is not None:
        found.append(Section(
            "The calendar", _calendar_words(answer), [_calendar(answer)], svg=calendar_svg(answer.calendar),
            caption="Money by use and period, and what one more unit of cash would add to customer equity.",
            place="why"))
    return found


def _budgets(answer: AnalyticPlan) -> Grid:
    rows = [[f"{row.budget:,.2f}", f"{row.acquisition_spend:,.2f}", f"{row.retention_spend:,.2f}",
             f"{row.marginal_cost_acquire:,.2f}", f"{row.customer_value:,.2f}", f"{row.customer_equity:,.2f}",
             f"{low:,.2f} to {high:,.2f}", f"{row.cost_ratio:.2f}"]
            for row, (low, high) in zip(answer.plan.rows(), answer.bands.equity, strict=True)]
    return Grid(["budget", "to win", "to keep", "next costs", "is worth", "equity", "band", "cost ratio"], rows)


def _sureness(answer: AnalyticPlan) -> list[str]:
    bands, best = answer.bands, answer.plan.best
    said = [
        f"The best plan spends {_with(best.acquisition_spend, bands.best_acquisition)} per prospect and "
        f"{_with(best.retention_spend, bands.best_retention)} per customer and period; customer equity is "
        f"{_with(best.customer_equity, bands.best_equity)} per prospect and a customer is worth "
        f"{_with(best.customer_value, bands.value)}.",
        f"A further unit of money pays in acquisition in {bands.p_acquisition_pays:.0%} of possible markets and "
        f"in retention in {bands.p_retention_pays:.0%}; it earns more in acquisition in "
        f"{bands.p_acquisition_next:.0%}.",
        f"Spending what is best for the inputs as stated loses {bands.regret:,.2f} per prospect on average "
        "against knowing better.",
    ]
    for use, fit in answer.fits.items():
        said.append(f"The curve of {use} was fitted: ceiling {fit.curve.ceiling:.3f}, steepness "
                    f"{fit.curve.steepness:.4g} per unit of money.")
    return said


def _with(value: float, band: tuple[float, float]) -> str:
    return f"{value:,.2f} ({band[0]:,.2f} to {band[1]:,.2f})"


def _splits(answer: AnalyticPlan) -> Grid:
    rows = [[f"{share:.0%}", f"{row[0]:,.2f}", f"{row[1]:,.2f} to {row[2]:,.2f}"]
            for share, row in zip(SHARES, answer.bands.splits, strict=True) if round(share * 20) % 2 == 0]
    return Grid(["share of today's budget to acquisition", "equity", "band"], rows)


def _calendar(answer: AnalyticPlan) -> Grid:
    from cxsim.whatif.analytic_plan import calendar_table

    assert answer.calendar is not None
    money = ("cash", "acquisition", "retention", "unspent")
    rows = [[str(row["period"]), *(f"{max(row[name], 0.0):,.0f}" for name in money),
             _number(row["spend_per_prospect"]), _number(row["spend_per_customer"]),
             f"{row['customers_after']:,.0f}", f"{row['next_unit_adds']:.2f}"]
            for row in calendar_table(answer.calendar).rows()]
    return Grid(["period", "cash", "to win", "to keep", "unspent", "a prospect", "a customer", "customers",
                 "a unit adds"], rows)


def _number(value: float) -> str:
    return f"{value:,.2f}" if math.isfinite(value) else "-"


def _calendar_words(answer: AnalyticPlan) -> list[str]:
    plan = answer.calendar
    assert plan is not None
    best = int(np.argmax(plan.next_unit))
    said = [f"The best use of the calendar's cash gives a customer equity of {plan.equity:,.0f}, what the "
            "customers after the last period are worth included."]
    if plan.next_unit[best] > 1e-3:
        said.append(f"One more unit of cash adds most in period {best + 1}: {plan.next_unit[best]:.2f}.")
    else:
        said.append("There is cash enough in every period: no further unit would add anything.")
    cut = [f"{use} in {_periods(np.flatnonzero(row < -1e-3))}" for use, row in zip(
        ("acquisition", "retention"), plan.slopes, strict=True) if (row < -1e-3).any()]
    if cut:
        said.append(f"Floors or contracts make spend more than it earns: {' and '.join(cut)}.")
    if answer.unbound is not None:
        cost = max(answer.unbound.equity - plan.equity, 0.0)
        said.append(f"Contracts cost {cost:,.0f} of customer equity against the same cash without them.")
    return said


def _periods(numbers: np.ndarray) -> str:
    """Periods as ranges, counted from 1.

    Examples
    --------
    >>> _periods(np.array([0, 1, 2, 5]))
    'periods 1-3, 6'
    """
    runs = np.split(numbers, np.flatnonzero(np.diff(numbers) != 1) + 1)
    told = [f"{run[0] + 1}-{run[-1] + 1}" if len(run) > 1 else f"{run[0] + 1}" for run in runs]
    return f"period{'s' if len(numbers) > 1 else ''} {', '.join(told)}"
