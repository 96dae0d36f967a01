"""A budget as a calendar: cash by period, what must be spent and what may be, and the best use of every unit.

Money is spent on prospects (winning) and on customers who may leave (keeping); each period has its own cash.
The customers of a period are those kept and those won before, so what is won early is kept, or not, later.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import LinearConstraint, minimize

from cxsim.errors import CxsimError
from cxsim.theory.blattberg_deighton import Economics, optimum

WINNING, KEEPING = "acquisition", "retention"
TOLERANCE = 1e-11


@dataclass(frozen=True)
class Calendar:
    """What a budget allows in each period.

    Parameters
    ----------
    cash : array, shape (periods,)
        Money there is.
    prospects : array, shape (periods,)
        Prospects there are to win.
    customers : float
        Customers who may leave at the first period's end.
    floors, ceilings : arrays, shape (2, periods)
        Least and most money for winning (first row) and keeping (second row).
    contracts : array, shape (2, periods)
        Money bound by contracts: floors that cannot be cut, told apart to say what they cost.
    carries : bool
        Whether cash left over may be spent later.
    """

    cash: np.ndarray
    prospects: np.ndarray
    customers: float
    floors: np.ndarray
    ceilings: np.ndarray
    contracts: np.ndarray
    carries: bool = False

    @property
    def least(self) -> np.ndarray:
        """What must be spent by use and period."""
        return np.maximum(self.floors, self.contracts)

    def check(self) -> None:
        """Refuse what cannot be kept.

        Raises
        ------
        CxsimError
            With the period and the figures that contradict each other.
        """
        for row, use in enumerate((WINNING, KEEPING)):
            for period in np.flatnonzero(self.least[row] > self.ceilings[row]):
                raise CxsimError(
                    f"plan.calendar.{use}: in period {period + 1} the floor and contracts come to "
                    f"{self.least[row][period]:,.2f}, above the ceiling of {self.ceilings[row][period]:,.2f}; "
                    "raise the ceiling or lower them")
        bound, cash = self.least.sum(axis=0), self.cash
        if self.carries:
            bound, cash = np.cumsum(bound), np.cumsum(cash)
        for period in np.flatnonzero(bound > cash * (1 + 1e-12)):
            so_far = "up to" if self.carries else "in"
            raise CxsimError(
                f"plan.calendar.cash: floors and contracts {so_far} period {period + 1} come to "
                f"{bound[period]:,.2f}, but there is only {cash[period]:,.2f}; raise the cash or cut contracts")


@dataclass(frozen=True)
class CalendarPlan:
    """The best use of a calendar's cash.

    Attributes
    ----------
    winning, keeping : arrays, shape (periods,)
        Money by use.
    customers : array, shape (periods + 1,)
        Customers who may leave in each period; those after the last are kept at the best spend from then on.
    equity : float
        Discounted, with what the customers after the last period are worth.
    """

    market: Economics
    calendar: Calendar
    winning: np.ndarray
    keeping: np.ndarray
    customers: np.ndarray
    equity: float

    @cached_property
    def slopes(self) -> np.ndarray:
        """What one more unit of money adds to equity, by use and period, shape (2, periods)."""
        return -_Problem(self.market, self.calendar).gradient(
            np.concatenate([self.winning, self.keeping])).reshape(2, -1)

    @property
    def next_unit(self) -> np.ndarray:
        """What one more unit of cash in each period adds to equity, in the best use that may take it."""
        free = np.array([self.winning, self.keeping]) < self.calendar.ceilings * (1 - 1e-9)
        worth = np.where(free, self.slopes, -np.inf).max(axis=0)
        if self.calendar.carries:
            worth = np.maximum.accumulate(worth[::-1])[::-1]
        return np.maximum(worth, 0.0)


def plan_calendar(market: Economics, calendar: Calendar) -> CalendarPlan:
    """Spread the cash of every period over winning and keeping so that customer equity is highest.

    Customers follow n' = n r(R) + N a(A), with R and A the money for each customer and prospect: a concave
    problem in the money, so the best found is the best there is.

    Parameters
    ----------
    market : Economics
        Margin, discount rate and response curves, all by period.
    calendar : Calendar
        Cash, prospects, floors, ceilings, contracts.

    Raises
    ------
    CxsimError
        When floors and contracts exceed ceilings or cash.

    Source
    ------
    Blattberg & Deighton (1996) for the curves; with cash to spare every period is their optimum.

    Examples
    --------
    >>> from cxsim.theory.blattberg_deighton import ResponseCurve
    >>> curves = [ResponseCurve.through(*point) for point in ((5, 0.2, 0.4), (10, 0.4, 0.7))]
    >>> plenty = make_calendar(periods=3, cash=1e6, prospects=100.0, customers=50.0)
    >>> plan = plan_calendar(Economics(50, 0.2, *curves), plenty)
    >>> [f"{money / 100:.4f}" for money in plan.winning], f"{plan.keeping[0] / 50:.4f}"
    (['9.2115', '9.2115', '9.2115'], '15.8652')
    """
    calendar.check()
    problem = _Problem(market, calendar)
    scale = problem.scale
    n = len(calendar.cash)
    lower, upper = calendar.least.ravel(), np.minimum(calendar.ceilings, problem.most).ravel()
    sums = np.hstack([np.tril(np.ones((n, n))) if calendar.carries else np.eye(n)] * 2)
    cash = np.cumsum(calendar.cash) if calendar.carries else calendar.cash
    start = _start(calendar, lower, np.maximum(upper, lower))
    found = minimize(
        lambda x: problem.loss(x * scale) / scale, start / scale, jac=lambda x: problem.gradient(x * scale),
        bounds=list(zip(lower / scale, np.maximum(upper, lower) / scale, strict=True)), method="SLSQP",
        constraints=[LinearConstraint(sums, -np.inf, cash / scale)], options={"maxiter": 2000, "ftol": TOLERANCE})
    if not found.success and found.status != 8:
        raise CxsimError(f"plan.calendar: no best plan was found ({found.message}); shorten plan.calendar.periods")
    money = np.clip(found.x * scale, lower, np.maximum(upper, lower))
    customers, _ = problem.walk(money)
    return CalendarPlan(market, calendar, money[:n], money[n:], customers, -problem.loss(money))


def _start(calendar: Calendar, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Floors, and half of what is left in either use."""
    spare = np.maximum(calendar.cash - calendar.least.sum(axis=0), 0.0)
    return np.clip(lower + 0.4 * np.concatenate([spare, spare]), lower, upper)


def make_calendar(
    *, periods: int, cash: float | Sequence[float], prospects: float | Sequence[float], customers: float = 0.0,
    acquisition: tuple[float, float] = (0.0, math.inf), retention: tuple[float, float] = (0.0, math.inf),
    contracts: Sequence[tuple[str, int, int, float]] = (), carries: bool = False,
) -> Calendar:
    """A calendar from a few figures: one number stands for every period.

    Parameters
    ----------
    periods : int
        How many.
    cash, prospects : float or sequence
        By period.
    customers : float
        Who may leave at the first period's end.
    acquisition, retention : (floor, ceiling)
        Money by period.
    contracts : sequence of (use, first period, last period, money)
        Periods from 1; money by period.
    carries : bool
        Whether cash left over may be spent later.

    Raises
    ------
    CxsimError
        When a list is not as long as there are periods, or a contract lies outside them.
    """
    bound = np.zeros((2, periods))
    for use, first, last, money in contracts:
        if not 1 <= first <= last <= periods:
            raise CxsimError(f"plan.calendar.contracts: {use} from period {first} to {last}: must lie within "
                             f"periods 1 to {periods}, the first not after the last")
        bound[(WINNING, KEEPING).index(use), first - 1 : last] += money
    limits = np.array([acquisition, retention], dtype=float)
    return Calendar(
        _by_period("cash", cash, periods), _by_period("prospects", prospects, periods), customers,
        np.repeat(limits[:, :1], periods, axis=1), np.repeat(limits[:, 1:], periods, axis=1), bound, carries)


def _by_period(name: str, value: float | Sequence[float], periods: int) -> np.ndarray:
    values = np.atleast_1d(np.asarray(value, dtype=float))
    if len(values) not in (1, periods):
        raise CxsimError(f"plan.calendar.{name}: has {len(values)} values for {periods} periods; give one number, "
                         f"or {periods} of them")
    return np.resize(values, periods)


class _Problem:
    """Equity of a use of money, and its slope, by walking the periods forwards and back."""

    def __init__(self, market: Economics, calendar: Calendar) -> None:
        self.market, self.calendar = market, calendar
        self.n = len(calendar.cash)
        self.discount = (1.0 + market.discount_rate) ** -np.arange(self.n + 1.0)
        best_retention = optimum(market)[1]
        kept = market.retention.rate(best_retention)
        self.after = kept * market.customer_value(best_retention) - best_retention

    @property
    def scale(self) -> float:
        """Money of about the size of a period's cash."""
        finite = self.calendar.cash[np.isfinite(self.calendar.cash)]
        money = float(min(finite.max(initial=1.0), max(self.most.max(), 1.0)))
        return money if money > 0 else 1.0

    @property
    def most(self) -> np.ndarray:
        """More than this earns less than nothing in any period: a bound that keeps the search near."""
        highest = self.market.margin * (1 + self.market.discount_rate) / (
            1 + self.market.discount_rate - self.market.retention.ceiling)
        per_prospect = self.market.acquisition.spend_at_log_cost(math.log(2 * highest))
        per_customer = self.market.retention.spend_at_log_cost(math.log(2 * highest))
        customers = self.calendar.customers + np.cumsum(self.calendar.prospects)
        return np.maximum(np.array([per_prospect * self.calendar.prospects, per_customer * customers]),
                          self.calendar.least)

    def walk(self, money: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Customers before and after each period, and those won and kept in it."""
        customers, flows = np.zeros(self.n + 1), np.zeros((2, self.n))
        customers[0] = self.calendar.customers
        for t in range(self.n):
            prospects = self.calendar.prospects[t]
            if prospects > 0:
                flows[0, t] = prospects * self.market.acquisition.rate(money[t] / prospects)
            if customers[t] > 0:
                flows[1, t] = customers[t] * self.market.retention.rate(money[self.n + t] / customers[t])
            customers[t + 1] = flows.sum(axis=0)[t]
        return customers, flows

    def loss(self, money: np.ndarray) -> float:
        """Minus the equity."""
        customers, _ = self.walk(np.maximum(money, 0.0))
        spent = money[: self.n] + money[self.n :]
        earned = self.discount[:-1] @ (self.market.margin * customers[1:] - spent)
        return -float(earned + self.discount[-1] * self.after * customers[-1])

    def gradient(self, money: np.ndarray) -> np.ndarray:
        """Slope of the loss, by what one more customer after each period would be worth."""
        money = np.maximum(money, 0.0)
        customers, _ = self.walk(money)
        slopes = np.zeros((2, self.n))
        worth = self.discount[-1] * self.after
        for t in range(self.n - 1, -1, -1):
            worth += self.discount[t] * self.market.margin
            prospects = self.calendar.prospects[t]
            if prospects > 0:
                slopes[0, t] = worth / self.market.acquisition.marginal_cost(money[t] / prospects)
            each = money[self.n + t] / customers[t] if customers[t] > 0 else 0.0
            if customers[t] > 0:
                slopes[1, t] = worth / self.market.retention.marginal_cost(each)
            worth *= self.market.retention.rate(each) - each / self.market.retention.marginal_cost(each)
        return (self.discount[:-1] - slopes).ravel()
