"""Who the customers are and through which channels they meet the brand."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from cxsim.settings.talk import Bass
from cxsim.settings.values import (
    NAME, WEEKDAYS, BelowOne, Count, Effect, NotNegative, NotNegativeEffect, OpenShare, Owner, Positive, Share,
    Strict, Weekday, Whole, neutral)


class Market(Strict):
    """The kind of business: how customers come, how they leave, how money is discounted.

    `size` is how many people there are to win, those who are customers already included (null = endless).
    """

    name: str
    description: str = ""
    kind: Literal["transactional", "subscription", "contact_centre"]
    currency: str = "USD"
    active_window_days: Count | None = None
    history_days: Count = 1095
    renewal_days: Count = 30
    entrants_per_day: NotNegative | None = None
    entrants_until_day: Count | None = None
    layer_rate_per_day: Positive = 5.0
    discount_rate_per_year: Share = 0.15
    size: Annotated[Count, Field(le=50_000_000)] | None = None
    bass: Bass = Bass()


class Population(Strict):
    """Who is there on day 0: a new cohort, or the base of a going business; and how many of them are simulated.

    `fraction` is the share of the population that is simulated. Staffing stays whole: contacts of those
    who are left out reach the desks as ghosts, and counts and money are reported for the whole population.
    `resample`: whether every replication draws other people for day 0 (intervals hold for any such base), or lets
    the same people, with the same past, live through other luck (intervals hold for this base).
    """

    start: Literal["new", "base"] = "base"
    fraction: float = Field(default=1.0, gt=0.0, le=1.0)
    resample: bool = True


class Purchase(Strict):
    """BG/NBD: rate ~ Gamma(r, alpha) per week, drop-out after an order ~ Beta(a, b)."""

    r: Positive
    alpha_weeks: Positive
    a: Positive
    b: Positive


class Spend(Strict):
    """Gamma-Gamma: an order ~ Gamma(p, nu), nu ~ Gamma(q, gamma); gamma in account currency."""

    p: Positive
    q: float = Field(gt=1.0)
    gamma: Positive


class Renewal(Strict):
    """Shifted beta-geometric: the chance not to renew ~ Beta(alpha, beta) for each customer."""

    alpha: Positive
    beta: Positive


class Segment(Strict):
    """A group of customers with laws of its own; membership is for life.

    `priority` orders waiting customers at a desk: 0 is served first, equal ones in order of arrival.
    """

    share: Share
    purchase: Purchase | None = None
    spend: Spend | None = None
    renewal: Renewal | None = None
    fee_per_period: NotNegative = 0.0
    support_needs_per_year: NotNegative = 0.0
    priority: Whole = Field(default=0, ge=0, le=9)


class Shift(Strict):
    """Hours on some weekdays during which a number of employees is at a desk."""

    from_hour: Whole = Field(ge=0, le=23)
    to_hour: Whole = Field(ge=1, le=24)
    employees: Whole = Field(ge=0)
    days: list[Weekday] = list(WEEKDAYS)

    @model_validator(mode="after")
    def _has_hours(self) -> Shift:
        if self.to_hour <= self.from_hour:
            raise ValueError(
                f"to_hour {self.to_hour} must be later than from_hour {self.from_hour}; write a night shift "
                "as two, one to 24 and one from 0")
        if not self.days:
            raise ValueError("days is empty, so nobody ever comes; name at least one weekday")
        if len(set(self.days)) < len(self.days):
            raise ValueError(f"days {self.days} names a day twice")
        return self

    def covers(self, day: str, hour: int) -> bool:
        """Whether the shift runs in the hour that begins at `hour` of a weekday."""
        return day in self.days and self.from_hour <= hour < self.to_hour


class Channel(Strict):
    """A way to reach the brand. Digital: a session that may fail. Staffed: a desk with a queue.

    `share` is the weight in the channel choice when waits and efforts are alike; 0 = not offered.
    `employees: null` means one for every `customers_per_employee` starting customers, at least one;
    `extra_employees` come on top of either. `shifts` replace `employees`: those of all shifts that
    cover an hour are there, and the extra ones in every covered hour. Wages are paid for all of them;
    `shrinkage` of them is paid but not at the desk.

    `handle_cv: null` makes handling times exponential; a number makes them lognormal with that
    coefficient of variation (0 = constant). Shares of contacts: `p_resolved` settle the matter, the
    others come back after `return_days`; `p_retry` of those who give up in the queue call again
    after `retry_hours`. `call_back_minutes` is the expected wait above which a call-back is offered,
    where a touchpoint offers one.
    """

    kind: Literal["digital", "staffed"]
    share: NotNegative
    owner: Owner = "e-commerce"
    partner: bool = False
    session_minutes: Positive = 6.0
    p_failure: Share = 0.0
    cost_per_visit: NotNegative = 0.0
    employees: Whole | None = Field(default=None, ge=0)
    customers_per_employee: Count = 5000
    extra_employees: Whole = Field(default=0, ge=0)
    shifts: dict[str, Shift] = {}
    shrinkage: BelowOne = 0.0
    handle_minutes: Positive = 6.0
    handle_cv: NotNegative | None = None
    patience_minutes: Positive | None = None
    p_resolved: Share = 1.0
    return_days: Positive = 1.0
    p_retry: Share = 0.0
    retry_hours: Positive = 24.0
    call_back_minutes: Positive | None = None
    wage_per_hour: NotNegative = 0.0
    fee_per_contact: NotNegative = 0.0
    open_hour: Whole = Field(default=0, ge=0, le=23)
    close_hour: Whole = Field(default=24, ge=1, le=24)
    open_days: list[Weekday] = list(WEEKDAYS)
    at_close: Literal["send_away", "serve_all"] = "send_away"
    hourly_weights: list[NotNegative] = Field(default=[1.0] * 24, min_length=24, max_length=24)
    weekend_hourly_weights: list[NotNegative] | None = Field(default=None, min_length=24, max_length=24)
    contacts_per_hour: NotNegative = 0.0

    @field_validator("p_retry")
    @classmethod
    def _gives_up_some_day(cls, value: float) -> float:
        if value >= 1.0:
            raise ValueError("at 1 who gives up in the queue would call again for ever; set a share below 1")
        return value

    @field_validator("p_resolved")
    @classmethod
    def _settles_something(cls, value: float) -> float:
        if value <= 0.0:
            raise ValueError("at 0 no contact would settle anything and he would come back for ever; "
                             "set a share above 0")
        return value

    @field_validator("shifts")
    @classmethod
    def _shift_names(cls, value: dict[str, Shift]) -> dict[str, Shift]:
        for name in value:
            if not NAME.fullmatch(name):
                raise ValueError(f"name {name!r} must be lower-case letters, digits and _")
        return value

    @model_validator(mode="after")
    def _opens(self) -> Channel:
        if self.close_hour <= self.open_hour:
            raise ValueError(f"close_hour {self.close_hour} must be later than open_hour {self.open_hour}")
        if not self.open_days:
            raise ValueError("open_days is empty, so the channel never opens; name at least one weekday")
        if len(set(self.open_days)) < len(self.open_days):
            raise ValueError(f"open_days {self.open_days} names a day twice")
        for weights in (self.hourly_weights, self.weekend_hourly_weights or self.hourly_weights):
            if sum(weights[self.open_hour : self.close_hour]) <= 0:
                raise ValueError(
                    f"no contact falls between open_hour {self.open_hour} and close_hour {self.close_hour}: "
                    "the hourly weights are all 0 there")
        return self

    def is_open(self, day: str, hour: int) -> bool:
        """Whether the doors are open in the hour that begins at `hour` of a weekday."""
        return day in self.open_days and self.open_hour <= hour < self.close_hour

    def on_shift(self, day: str, hour: int) -> int:
        """Employees whom shifts bring in an hour of a weekday; the extra ones come where any shift runs."""
        running = [shift for shift in self.shifts.values() if shift.covers(day, hour)]
        return sum(shift.employees for shift in running) + (self.extra_employees if running else 0)


class Order(Strict):
    """What an order costs to make, and what a lost contact does to it."""

    goods_share: Share = 0.0
    p_lost_after_lost_contact: Share = 0.0


class Delivery(Strict):
    """From order (or contact) to solution: the promised days, lateness, errors, and then use.

    `p_wrong` brings the wrong thing or quantity; `p_return` of those who bought it send it back.
    """

    days: NotNegative = 3.0
    p_late: Share = 0.0
    late_days: Positive = 3.0
    p_wrong: Share = 0.0
    p_return: Share = 1.0
    use_days: NotNegative = 1.0
    cost_per_order: NotNegative = 0.0


class Upsell(Strict):
    """An offer beside the order: T a larger basket (share of it), S a dearer plan (fee a period).

    `wear_out` is what each offer still in mind takes off acceptance (logit); it fades with `wear_days`.
    `ladder` is how many products or plans there are to take (S: each adds the fee step once). Acceptance moves
    (logit) with `maturity` times how far he has come, n / (n + `maturity_n0`) of n orders or renewals, less the
    share of the ladder he has climbed; and with `fit_weight` times how much better than usual it fits. An offer
    at a desk takes `minutes_per_offer` of talk; every offer costs `cost_per_offer`.
    """

    p_offer: Share = 0.0
    p_accept: OpenShare = 0.1
    rel_amount: NotNegative = 0.0
    fee_step_per_period: NotNegative = 0.0
    wear_out: NotNegativeEffect = neutral()
    wear_days: Positive = 60.0
    ladder: Count = 1
    maturity: Effect = neutral()
    maturity_n0: Positive = 10.0
    fit_weight: Effect = neutral()
    minutes_per_offer: NotNegative = 0.0
    cost_per_offer: NotNegative = 0.0
