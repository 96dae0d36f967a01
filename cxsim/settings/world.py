"""Who the customers are and through which channels they meet the brand."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from cxsim.settings.values import Count, NotNegative, OpenShare, Positive, Share, Strict, Whole


class Market(Strict):
    """The kind of business: how customers come, how they leave, how money is discounted."""

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


class Population(Strict):
    """Who is there on day 0: a new cohort, or the base of a going business."""

    start: Literal["new", "base"] = "base"


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
    """A group of customers with laws of its own; membership is for life."""

    share: Share
    purchase: Purchase | None = None
    spend: Spend | None = None
    renewal: Renewal | None = None
    fee_per_period: NotNegative = 0.0
    support_needs_per_year: NotNegative = 0.0


class Channel(Strict):
    """A way to reach the brand. Digital: a session that may fail. Staffed: a desk with a queue.

    `share` is the weight in the channel choice when waits and efforts are alike; 0 = not offered.
    `employees: null` means one for every `customers_per_employee` starting customers, at least one;
    `extra_employees` come on top of either.
    """

    kind: Literal["digital", "staffed"]
    share: NotNegative
    owner: str = "e-commerce"
    session_minutes: Positive = 6.0
    p_failure: Share = 0.0
    cost_per_visit: NotNegative = 0.0
    employees: Whole | None = Field(default=None, ge=0)
    customers_per_employee: Count = 5000
    extra_employees: Whole = Field(default=0, ge=0)
    handle_minutes: Positive = 6.0
    patience_minutes: Positive | None = None
    wage_per_hour: NotNegative = 0.0
    fee_per_contact: NotNegative = 0.0
    open_hour: Whole = Field(default=0, ge=0, le=23)
    close_hour: Whole = Field(default=24, ge=1, le=24)
    open_days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] = [
        "mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    at_close: Literal["send_away", "serve_all"] = "send_away"
    hourly_weights: list[NotNegative] = Field(default=[1.0] * 24, min_length=24, max_length=24)
    weekend_hourly_weights: list[NotNegative] | None = Field(default=None, min_length=24, max_length=24)
    contacts_per_hour: NotNegative = 0.0

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


class Order(Strict):
    """What an order costs to make, and what a lost contact does to it."""

    goods_share: Share = 0.0
    p_lost_after_lost_contact: Share = 0.0


class Delivery(Strict):
    """From order (or contact) to solution: the promised days, lateness, and then use."""

    days: NotNegative = 3.0
    p_late: Share = 0.0
    late_days: Positive = 3.0
    use_days: NotNegative = 1.0
    cost_per_order: NotNegative = 0.0


class Upsell(Strict):
    """An offer beside the order: T a larger basket (share of it), S a dearer plan (fee a period)."""

    p_offer: Share = 0.0
    p_accept: OpenShare = 0.1
    rel_amount: NotNegative = 0.0
    fee_step_per_period: NotNegative = 0.0
