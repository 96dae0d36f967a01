"""The whole of a configuration: every key there is, its range, and what must hold between keys."""

from __future__ import annotations

import datetime
import re
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from cxsim.settings.connected import Automatic, Coaching, Knowledge, Needs
from cxsim.settings.employees import Employees
from cxsim.settings.acquisition import PaidRoute
from cxsim.settings.audience import Audience
from cxsim.settings.experience import Attachment, Choice, Perception, Satisfaction
from cxsim.settings.journeys import Handoff, Journeys, Recovery, Use
from cxsim.settings.leaving import Analytics, Complaints, Payment, SaveOffers, WinBack
from cxsim.settings.loyalty import Loyalty
from cxsim.settings.retention import RetentionSpend
from cxsim.settings.rivals import Competitor, Price, Season
from cxsim.settings.prospects import Prospects
from cxsim.settings.talk import Contagion, Referral, Reputation, Talk
from cxsim.settings.touchpoints import Touchpoint
from cxsim.settings.values import NAME, WEEKDAYS, Count, Positive, Share, Strict, Whole
from cxsim.settings.voice import CloseTheLoop, Survey
from cxsim.settings.world import Channel, Delivery, Market, Order, Population, Segment, Upsell

# More is no population; how many can be simulated is a matter of memory (cxsim.estimate).
MOST_CUSTOMERS = 10**14
RESERVED_NAMES = {"all": "totals", "shared": "totals", "solution": "what is delivered"}


class ScenarioSpec(Strict):
    """A named overlay on the baseline: what it changes, for whom, and when it starts, ramps up and ends.

    `parts` may name its levers, each with the keys (or groups of keys) it holds, so that what it does can be
    shared among them.
    """

    name: str = "baseline"
    description: str = ""
    start_day: Whole = Field(default=0, ge=0)
    ramp_days: Whole = Field(default=0, ge=0)
    end_day: Count | None = None
    who: Audience | None = None
    changes: dict[str, Any] = {}
    parts: dict[str, list[str]] = {}

    @model_validator(mode="after")
    def _ends_after_start(self) -> ScenarioSpec:
        if self.end_day is not None and self.end_day <= self.start_day:
            raise ValueError(f"end_day {self.end_day} must be later than start_day {self.start_day}")
        return self

    @model_validator(mode="after")
    def _names_its_levers(self) -> ScenarioSpec:
        if self.parts:
            from cxsim.settings.levers import check_levers

            check_levers(self)
        return self


class ReferenceSpec(Strict):
    """How the reference experience is found: how many customers, how exact, how long to try."""

    tolerance: Positive = 0.005
    customers: Count = 100_000
    max_passes: Count = 12


class Precision(Strict):
    """Replications until a metric is known well enough, instead of a fixed number."""

    metric: str | None = None
    half_width: Positive | None = None
    max_replications: Whole = Field(default=200, ge=2, le=100_000)

    @model_validator(mode="after")
    def _asks_for_something(self) -> Precision:
        if (self.metric is None) != (self.half_width is None):
            there, missing = ("metric", "half_width") if self.half_width is None else ("half_width", "metric")
            raise ValueError(f"{there} is set but {missing} is not: give both, as in metric=retention_rate "
                             "half_width=0.002, or neither")
        return self


class Output(Strict):
    """What is written, and where finished cells are kept."""

    events: Literal["none", "sample", "all"] = "none"
    states: Literal["none", "month"] = "none"
    sample_share: Share = 0.01
    store: str | None = None


class Parallel(Strict):
    """How replications share the machine; results never depend on it."""

    mode: Literal["threads", "processes", "dask"] = "threads"
    workers: Count | None = None
    scheduler: str | None = None

    @model_validator(mode="after")
    def _has_a_cluster(self) -> Parallel:
        if self.scheduler is not None:
            if self.mode != "dask":
                raise ValueError(f"scheduler {self.scheduler} is for parallel=dask; this is parallel={self.mode}")
            if not re.fullmatch(r"[a-z]+://[^\s/]+:\d+", self.scheduler):
                raise ValueError(f"scheduler {self.scheduler} must be an address as tcp://host:8786, or null")
        return self


class Config(Strict):
    """A validated world. Get one with :func:`cxsim.load`; it never changes afterwards."""

    seed: Whole = Field(default=1, ge=0, lt=2**63)
    replications: Count = 20
    n_customers: Whole = Field(default=5000, ge=0, le=MOST_CUSTOMERS)
    horizon_days: Count = 730
    warmup_days: Whole = Field(default=0, ge=0, le=36_500)
    start_date: datetime.date = datetime.date(2026, 1, 1)
    engine: Literal["auto", "simpy", "compiled"] = "auto"
    confidence: float = Field(default=0.95, gt=0.5, lt=1.0)
    market: Market
    population: Population = Population()
    segments: dict[str, Segment]
    needs: Needs = Needs()
    coaching: Coaching = Coaching()
    automatic: Automatic = Automatic()
    journeys: Journeys = Journeys()
    channels: dict[str, Channel]
    choice: Choice
    handoff: Handoff = Handoff()
    employees: Employees = Employees()
    touchpoints: dict[str, Touchpoint] = {}
    order: Order = Order()
    upsell: Upsell = Upsell()
    delivery: Delivery = Delivery()
    use: Use = Use()
    recovery: Recovery = Recovery()
    attachment: Attachment = Attachment()
    perception: Perception
    satisfaction: Satisfaction
    knowledge: Knowledge = Knowledge()
    loyalty: Loyalty
    referral: Referral
    talk: Talk = Talk()
    contagion: Contagion = Contagion()
    reputation: Reputation = Reputation()
    competitor: Competitor = Competitor()
    price: Price = Price()
    season: Season = Season()
    payment: Payment = Payment()
    complaints: Complaints = Complaints()
    analytics: Analytics = Analytics()
    save_offers: SaveOffers = SaveOffers()
    win_back: WinBack = WinBack()
    retention: RetentionSpend = RetentionSpend()
    acquisition: dict[str, PaidRoute] = {}
    prospects: Prospects = Prospects()
    survey: Survey
    close_the_loop: CloseTheLoop = CloseTheLoop()
    reference: ReferenceSpec = ReferenceSpec()
    precision: Precision = Precision()
    scenario: ScenarioSpec = ScenarioSpec()
    output: Output = Output()
    parallel: Parallel = Parallel()
    calibration: dict[str, Any] | None = None

    @property
    def most_replications(self) -> int:
        """How many replications a run may take: as many as set, or the budget of ``precision``."""
        return self.replications if self.precision.metric is None else self.precision.max_replications

    @field_validator("segments", "channels", "touchpoints", "acquisition")
    @classmethod
    def _names(cls, value: dict[str, Any]) -> dict[str, Any]:
        for name in value:
            if not NAME.fullmatch(name):
                raise ValueError(f"name {name!r} must be lower-case letters, digits and _")
            if name in RESERVED_NAMES:
                raise ValueError(f"name {name!r} is reserved for {RESERVED_NAMES[name]}; choose another")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Config:
        from cxsim.settings.checks import cross_check

        cross_check(self)
        return self

    @property
    def active_window_days(self) -> int:
        """Days after the last order in which a transactional customer counts as active."""
        return self.market.active_window_days or max(1, min(180, self.horizon_days // 2))

    @property
    def n_simulated(self) -> int:
        """Customers of day 0 who are simulated: `population.fraction` of them, and one at least.

        Examples
        --------
        >>> from cxsim.config.loading import load
        >>> load(["n_customers=5000", "population.fraction=0.1"]).n_simulated
        500
        """
        if self.n_customers == 0 or self.population.fraction == 1.0:
            return self.n_customers
        return max(1, round(self.population.fraction * self.n_customers))

    @property
    def simulated_share(self) -> float:
        """The share of the population that is simulated, whole customers considered."""
        if self.n_customers == 0 or self.population.fraction == 1.0:
            return self.population.fraction
        return self.n_simulated / self.n_customers

    @property
    def simulated_size(self) -> int | None:
        """How many of a finite market are simulated; None where the market is endless."""
        if self.market.size is None or self.simulated_share == 1.0:
            return self.market.size
        return max(self.n_simulated, round(self.simulated_share * self.market.size))

    def n_employees(self, channel: str) -> int:
        """Paid employees of a staffed channel while it is open: with shifts, the most at one time.

        0 where nobody is offered. Who of them is at the desk: :func:`cxsim.settings.staffing.at_desk_by_hour`.
        """
        spec = self.channels[channel]
        if spec.kind == "digital":
            return 0
        if spec.shifts:
            return max(spec.on_shift(day, hour) for day in WEEKDAYS for hour in range(24)
                       if spec.is_open(day, hour))
        if spec.employees is not None:
            return spec.employees + spec.extra_employees
        if spec.share == 0:
            return spec.extra_employees
        return max(1, round(self.n_customers / spec.customers_per_employee)) + spec.extra_employees
