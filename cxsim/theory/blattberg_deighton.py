"""Blattberg-Deighton: what to spend on winning customers, and what on keeping them.

A prospect on whom A is spent becomes a customer at rate a(A); a customer on whom R is spent per
period stays at rate r(R). Both rates rise towards a ceiling, ever more slowly. A customer brings the
margin M per period, the first one at once; R is spent in each later period on those still there and
counts, like their margin, at that period's end. Money a period later is divided by 1+d.

Source: Blattberg & Deighton (1996), Manage Marketing by the Customer Equity Test, Harvard Business
Review 74(4):136-144, in the form used by Pfeifer (2005), The Optimal Ratio of Acquisition and
Retention Costs, Journal of Targeting, Measurement and Analysis for Marketing 13.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.optimize import brentq

from cxsim.errors import CxsimError
from cxsim.theory.domain import require_not_negative, require_positive

_OVERFLOW = 700.0


@dataclass(frozen=True)
class ResponseCurve:
    """Rate bought by spend: ceiling (1 - exp(-steepness spend)).

    Parameters
    ----------
    ceiling : rate that no spend can exceed, above 0, at most 1.
    steepness : 1/money, above 0: how fast the gap to the ceiling closes.

    Examples
    --------
    >>> curve = ResponseCurve.through(spend=5, rate=0.2, ceiling=0.4)
    >>> f"{curve.steepness:.6f} {curve.rate(5):.2f} {curve.marginal_cost(5):.2f}"
    '0.138629 0.20 36.07'
    """

    ceiling: float
    steepness: float

    def __post_init__(self) -> None:
        require_positive(ceiling=self.ceiling, steepness=self.steepness)
        if self.ceiling > 1:
            raise CxsimError(f"ceiling={self.ceiling:g}: must be a share of at most 1; write 40% as 0.4")

    @classmethod
    def through(cls, spend: float, rate: float, ceiling: float) -> ResponseCurve:
        """The curve with this ceiling through one observed point (rate strictly below the ceiling)."""
        require_positive(spend=spend, rate=rate)
        if not rate < ceiling:
            raise CxsimError(f"rate={rate:g}: must lie below the ceiling ({ceiling:g}); raise the ceiling")
        return cls(ceiling, -math.log1p(-rate / ceiling) / spend)

    def rate(self, spend: float) -> float:
        """Share won, or kept, at this spend (money, at least 0)."""
        require_not_negative(spend=spend)
        return -self.ceiling * math.expm1(-self.steepness * spend)

    def marginal_cost(self, spend: float) -> float:
        """Money for one more customer won, or kept, at this spend: 1/rate'(spend)."""
        require_not_negative(spend=spend)
        exponent = self.steepness * spend
        growth = math.exp(exponent) if exponent < _OVERFLOW else math.inf
        return growth / (self.ceiling * self.steepness)

    def spend_at_log_cost(self, log_cost: float) -> float:
        """Spend up to which one more customer costs at most exp(log_cost); 0 if even the first costs more."""
        return max(0.0, (log_cost - math.log(self.marginal_cost(0.0))) / self.steepness)

    def average_cost(self, spend: float) -> float:
        """Spend per customer won, or kept; at no spend the cost of the first one."""
        rate = self.rate(spend)
        return spend / rate if rate > 0 else self.marginal_cost(0.0)


@dataclass(frozen=True)
class Economics:
    """A market in Blattberg and Deighton's sense: margin, discount rate and the two curves.

    Parameters
    ----------
    margin : M, money a customer brings per period before retention spend, above 0.
    discount_rate : d per period, above 0 (20% is 0.2).
    acquisition, retention : curves over spend per prospect and over spend per customer and period.

    Examples
    --------
    >>> market = Economics(
    ...     margin=50,
    ...     discount_rate=0.2,
    ...     acquisition=ResponseCurve.through(spend=5, rate=0.2, ceiling=0.4),
    ...     retention=ResponseCurve.through(spend=10, rate=0.4, ceiling=0.7),
    ... )
    >>> f"{market.customer_value(10):.4f} {market.equity_per_prospect(5, 10):.4f}"
    '62.5000 7.5000'
    """

    margin: float
    discount_rate: float
    acquisition: ResponseCurve
    retention: ResponseCurve

    def __post_init__(self) -> None:
        require_positive(margin=self.margin, discount_rate=self.discount_rate)

    def discounted_periods(self, retention_spend: float) -> float:
        """Discounted number of periods in which retention money goes to a customer: 1/(1+d-r)."""
        return 1.0 / (1.0 + self.discount_rate - self.retention.rate(retention_spend))

    def customer_value(self, retention_spend: float) -> float:
        """Value of a customer just won, retention money deducted: M + (M - R/r) r/(1+d-r)."""
        earned = self.margin * (1.0 + self.discount_rate) - retention_spend
        return earned * self.discounted_periods(retention_spend)

    def equity_per_prospect(self, acquisition_spend: float, retention_spend: float) -> float:
        """Customer equity that a prospect is worth: a(A) times the value of a customer, minus A."""
        won = self.acquisition.rate(acquisition_spend)
        return won * self.customer_value(retention_spend) - acquisition_spend

    def budget_per_prospect(self, acquisition_spend: float, retention_spend: float) -> float:
        """Money a prospect costs: A now, and discounted, the R of all periods if he is won."""
        won = self.acquisition.rate(acquisition_spend)
        return acquisition_spend + won * retention_spend * self.discounted_periods(retention_spend)


def optimum(market: Economics) -> tuple[float, float]:
    """The spends (A*, R*) with the highest customer equity per prospect.

    R* maximises the value of a customer, whatever A; A* is then bought up to that value. Inside the
    range both marginal costs equal the value of a customer (Pfeifer's identity); where even the
    first unit of money costs more than it brings, the spend is 0.

    Parameters
    ----------
    market : margin, discount rate and response curves.

    Raises
    ------
    Nothing: every valid market has one optimum.

    Source
    ------
    Pfeifer (2005): 1/a'(A*) = 1/r'(R*) = (M(1+d) - R*)/(1+d-r*), the value of a customer.

    Examples
    --------
    >>> won, kept = (0.2, 0.4, 5), (0.4, 0.7, 10)
    >>> curves = [ResponseCurve.through(spend, rate, ceiling) for rate, ceiling, spend in (won, kept)]
    >>> [f"{spend:.4f}" for spend in optimum(Economics(50, 0.2, *curves))]
    ['9.2115', '15.8652']
    """

    def gain(spend: float) -> float:
        return market.customer_value(spend) - market.retention.marginal_cost(spend)

    earned = market.margin * (1.0 + market.discount_rate)
    highest_value = earned / (1.0 + market.discount_rate - market.retention.ceiling)
    most = min(earned, market.retention.spend_at_log_cost(math.log(highest_value)))
    retention_spend = float(brentq(gain, 0.0, most, xtol=1e-13)) if gain(0.0) > 0 else 0.0
    value = market.customer_value(retention_spend)
    return market.acquisition.spend_at_log_cost(math.log(value)), retention_spend


def best_split(market: Economics, budget: float) -> tuple[float, float]:
    """The spends (A, R) that make the most of a given budget per prospect.

    The budget is the money a prospect costs, `Economics.budget_per_prospect`. Both marginal costs
    are equal at the best split of every budget, unless the first retained customer costs more than
    the last acquired one; then R is 0. At the optimum's budget the split is the optimum.

    Parameters
    ----------
    market : margin, discount rate and response curves.
    budget : money per prospect, acquisition plus discounted retention, above 0.

    Raises
    ------
    CxsimError
        For a budget that is not above 0.

    Source
    ------
    Lagrange's condition on Blattberg and Deighton's customer equity. A unit of money returns
    V/(marginal cost + P) in either use, V the discounted margin and P the discounted retention
    money of a customer, so the split is best where the marginal costs are the same.

    Examples
    --------
    >>> won, kept = (0.2, 0.4, 5), (0.4, 0.7, 10)
    >>> curves = [ResponseCurve.through(spend, rate, ceiling) for rate, ceiling, spend in (won, kept)]
    >>> [f"{spend:.4f}" for spend in best_split(Economics(50, 0.2, *curves), 7.5)]
    ['5.1806', '9.2702']
    """
    require_positive(budget=budget)

    def split_at(log_cost: float) -> tuple[float, float]:
        acquisition_spend = market.acquisition.spend_at_log_cost(log_cost)
        return acquisition_spend, market.retention.spend_at_log_cost(log_cost)

    cheapest = math.log(market.acquisition.marginal_cost(0.0))
    # A little more than all the budget spent on acquisition, so that rounding cannot lose the root.
    dearest = cheapest + market.acquisition.steepness * budget * (1 + 1e-9) + 1e-9
    log_cost = brentq(lambda cost: market.budget_per_prospect(*split_at(cost)) - budget, cheapest, dearest)
    return split_at(float(log_cost))
