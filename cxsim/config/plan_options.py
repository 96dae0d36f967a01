"""Keys of `cxsim plan`: response curves, budgets, a calendar, ranges, and the levers of a simulated plan."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from cxsim.settings.values import Count, Evidence, Names, NotNegative, OpenShare, Positive, Strict


class ResponsePoint(Strict):
    """A response curve by one point on it and its ceiling (shares of prospects or customers).

    With `observations` (each: spend, people it was spent on, those won or kept) the curve is fitted to them
    instead, and `spend` only says where today's plan stands.
    """

    spend: Positive
    observed_rate: OpenShare
    ceiling: Annotated[float, Field(gt=0.0, le=1.0)]
    observations: list[tuple[Positive, Positive, NotNegative]] = []

    @model_validator(mode="after")
    def _below_ceiling(self) -> ResponsePoint:
        if self.observed_rate >= self.ceiling:
            raise ValueError(f"observed_rate {self.observed_rate} must be below ceiling {self.ceiling}")
        return self


class Budgets(Strict):
    """The budgets per prospect that the plan runs through."""

    lowest: Positive
    highest: Positive
    steps: Annotated[Count, Field(ge=2)]

    @model_validator(mode="after")
    def _ascend(self) -> Budgets:
        if self.highest <= self.lowest:
            raise ValueError(f"highest {self.highest} must be above lowest {self.lowest}")
        return self


class KeepingLever(Strict):
    """What a simulated plan turns up to keep customers: a key and its values (null: chosen for the world)."""

    key: str | None = None
    levels: list[float] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _ascend(self) -> KeepingLever:
        if self.levels is not None and sorted(set(self.levels)) != self.levels:
            raise ValueError(f"levels {self.levels} must ascend, each value once")
        return self


class SimulatedPlan(Strict):
    """The levers that a simulated plan turns up and down together; routes that are `fixed` stay as they are."""

    spend_multiples: list[Annotated[float, Field(ge=0.0, le=1000.0)]] = Field(min_length=2)
    fixed: Names = []
    retention: KeepingLever = KeepingLever()

    @model_validator(mode="after")
    def _ascend(self) -> SimulatedPlan:
        if sorted(set(self.spend_multiples)) != self.spend_multiples:
            raise ValueError(f"spend_multiples {self.spend_multiples} must ascend, each value once")
        return self


class Limits(Strict):
    """The least and the most money a period may see in one use; null = no ceiling."""

    floor: NotNegative = 0.0
    ceiling: NotNegative | None = None


class Contract(Strict):
    """Money bound in one use from one period to another (from 1), which cannot be cut."""

    use: Literal["acquisition", "retention"]
    first: Count
    last: Count
    money: Positive


class CalendarOptions(Strict):
    """A budget as a calendar: cash, prospects, floors, ceilings and contracts by period."""

    periods: Annotated[Count, Field(le=120)]
    cash: NotNegative | list[NotNegative]
    prospects: NotNegative | list[NotNegative]
    customers: NotNegative = 0.0
    acquisition: Limits = Limits()
    retention: Limits = Limits()
    contracts: list[Contract] = []
    carries: bool = False


Range = tuple[float, float]


class Ranges(Strict):
    """How far the inputs of a plan may lie from their values: low and high; null = taken as given."""

    margin: Range | None = None
    discount_rate: Range | None = None
    acquisition_rate: Range | None = None
    acquisition_ceiling: Range | None = None
    retention_rate: Range | None = None
    retention_ceiling: Range | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Ranges:
        for name in type(self).model_fields:
            value = getattr(self, name)
            if value is not None and not value[0] <= value[1]:
                raise ValueError(f"{name} {list(value)} must hold the low end first")
        return self


class PlanOptions(Strict):
    """What `cxsim plan` weighs: curves of acquisition and retention, margin, budgets."""

    mode: Literal["analytic", "simulated"] = "analytic"
    evidence: Evidence = "placeholder"
    source: str = ""
    margin: Positive
    discount_rate: Annotated[float, Field(gt=0.0, le=1.0)]
    acquisition: ResponsePoint
    retention: ResponsePoint
    budgets: Budgets
    ranges: Ranges = Ranges()
    draws: Annotated[Count, Field(ge=20, le=100_000)] = 200
    calendar: CalendarOptions | None = None
    simulated: SimulatedPlan
