"""An analytic plan as a whole: curves from points or observations, the plan, its bands, a calendar of budgets."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxsim.measure.table import Table
from cxsim.theory.response_fit import FittedCurve, fit_response
from cxsim.whatif.plan_bands import SHARES, Bands, find_bands, with_fits
from cxsim.whatif.plan_calendar import KEEPING, WINNING, Calendar, CalendarPlan, make_calendar, plan_calendar
from cxsim.whatif.plan_inputs import read_inputs
from cxsim.whatif.planner import Plan, make_plan


@dataclass(frozen=True)
class AnalyticPlan:
    """Everything the closed form says.

    Attributes
    ----------
    plan : Plan
        Best split of each budget, the present, the best of all, and the sentences.
    bands : Bands
        The same under possible inputs.
    fits : dict of str to FittedCurve
        Curves fitted to observations, by use.
    calendar, unbound : CalendarPlan or None
        The best use of a calendar's cash, and what it would be without contracts.
    """

    plan: Plan
    bands: Bands
    fits: dict[str, FittedCurve]
    calendar: CalendarPlan | None
    unbound: CalendarPlan | None

    def tables(self) -> dict[str, Table]:
        """The tables it leaves behind, by file name."""
        names = self.plan.table.dtype.names or ()
        found = {"plan": Table({
            **{name: self.plan.table[name] for name in names},
            "equity_low": self.bands.equity[:, 0], "equity_high": self.bands.equity[:, 1]})}
        found["splits"] = Table({
            "acquisition_share": np.array(SHARES), "customer_equity": self.bands.splits[:, 0],
            "equity_low": self.bands.splits[:, 1], "equity_high": self.bands.splits[:, 2]})
        if self.calendar is not None:
            found["calendar"] = calendar_table(self.calendar)
        return found


def calendar_table(plan: CalendarPlan) -> Table:
    """One row a period: cash, money by use, per prospect and customer, customers, what one more unit adds."""
    n = len(plan.winning)
    prospects, customers = plan.calendar.prospects, plan.customers[:-1]

    def each(money: np.ndarray, people: np.ndarray) -> np.ndarray:
        return np.divide(money, people, out=np.full(n, np.nan), where=people > 0)

    return Table({
        "period": np.arange(1, n + 1), "cash": plan.calendar.cash, "acquisition": plan.winning,
        "retention": plan.keeping, "unspent": plan.calendar.cash - plan.winning - plan.keeping,
        "spend_per_prospect": each(plan.winning, prospects), "spend_per_customer": each(plan.keeping, customers),
        "customers_at_risk": customers, "customers_after": plan.customers[1:],
        "acquisition_adds": plan.slopes[0], "retention_adds": plan.slopes[1], "next_unit_adds": plan.next_unit})


def plan_analytically(settings: Mapping[str, Any], *, seed: int, confidence: float) -> AnalyticPlan:
    """Plan from the keys `plan.*` of a configuration.

    Parameters
    ----------
    settings : mapping
        As :func:`cxsim.whatif.plan_inputs.read_inputs`, and optionally `ranges`, `draws`, `calendar`, and
        `observations` of either curve.
    seed : int
        Of the draws behind the bands.
    confidence : float
        Share of the draws that a band holds.

    Raises
    ------
    CxsimError
        For keys out of range, observations that tell no curve, a calendar that cannot be kept.

    Examples
    --------
    >>> point = {"spend": 5, "observed_rate": 0.2, "ceiling": 0.4}
    >>> kept = {"spend": 10, "observed_rate": 0.4, "ceiling": 0.7}
    >>> keys = {"margin": 50, "discount_rate": 0.2, "acquisition": point, "retention": kept,
    ...         "budgets": {"lowest": 5, "highest": 25, "steps": 3}, "draws": 50}
    >>> made = plan_analytically(keys | {"ranges": {"margin": (45.0, 55.0)}}, seed=1, confidence=0.9)
    >>> low, high = made.bands.best_equity
    >>> bool(low < made.plan.best.customer_equity < high)
    True
    """
    inputs = read_inputs(settings)
    fits = {use: fit_response(settings[use]["observations"], f"plan.{use}.observations")
            for use in ("acquisition", "retention") if settings[use].get("observations")}
    inputs = with_fits(inputs, fits)
    draws = int(settings.get("draws", 200))
    bands = find_bands(inputs, settings.get("ranges") or {}, fits, draws, seed, confidence)
    asked = settings.get("calendar")
    calendar = unbound = None
    if asked:
        calendar = plan_calendar(inputs.market(), _calendar(asked, asked["contracts"]))
        if asked["contracts"]:
            unbound = plan_calendar(inputs.market(), _calendar(asked, []))
    return AnalyticPlan(make_plan(inputs), bands, fits, calendar, unbound)


def _calendar(asked: Mapping[str, Any], contracts: Sequence[Mapping[str, Any]]) -> Calendar:
    limits = {use: (asked[use]["floor"], math.inf if asked[use]["ceiling"] is None else asked[use]["ceiling"])
              for use in (WINNING, KEEPING)}
    return make_calendar(
        periods=asked["periods"], cash=asked["cash"], prospects=asked["prospects"], customers=asked["customers"],
        **limits, contracts=[(one["use"], one["first"], one["last"], one["money"]) for one in contracts],
        carries=asked["carries"])
