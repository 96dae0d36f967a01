"""Keys that commands read and the world does not: scenarios to compare, what is swept, data to fit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from cxsim.whatif.depth import Depth
from cxsim.whatif.optimize_options import OptimizeOptions
from cxsim.settings.values import Count, Evidence, Names, OpenShare, Positive, Share, Strict


def _text(value: Any) -> Any:
    """A file or market may be called 1997; a name is text all the same."""
    return str(value) if isinstance(value, int | float | Path) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_text)]


class SweepOptions(Strict):
    """Which cells a sweep has, which keys change both sides (every other one acts on the scenario side only)."""

    design: Literal["grid", "list", "lhs", "sobol"] = "grid"
    n: Annotated[Count, Field(le=1_000_000)] | None = None
    file: Text | None = None
    over: dict[str, Text] = {}
    world: Names = []
    months: bool = False
    picture: Annotated[Names, Field(min_length=1, max_length=2)] = ["profit", "retention_rate"]

    @model_validator(mode="after")
    def _fits_its_design(self) -> SweepOptions:
        if self.n is not None and self.design in ("grid", "list"):
            raise ValueError(f"n {self.n} is for drawn designs; choose sweep=lhs or sweep=sobol, or leave n out")
        if self.file is not None and self.design != "list":
            raise ValueError(f"file {self.file} holds cells one by one: choose sweep=list with it")
        return self


class Columns(Strict):
    """Which column (name, or position from 1) holds what; null = found by its name."""

    customer: Text | None = None
    date: Text | None = None
    amount: Text | None = None


class CalibrateOptions(Strict):
    """What `cxsim calibrate` reads; also typed without ``calibrate.`` in front."""

    data: Text | None = None
    name: Text | None = None
    until: Text | None = None
    overwrite: bool = False
    layout: Literal["auto", "cdnow", "table"] = "auto"
    columns: Columns = Columns()
    date_format: Text | None = None
    negative: Literal["refuse", "net", "drop"] = "refuse"
    max_bad_share: Share = 0.0


class ResponsePoint(Strict):
    """A response curve by one point on it and its ceiling (shares of prospects or customers)."""

    spend: Positive
    observed_rate: OpenShare
    ceiling: Annotated[float, Field(gt=0.0, le=1.0)]

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
    """The levers that a simulated plan turns up and down together."""

    spend_multiples: list[Annotated[float, Field(ge=0.0, le=1000.0)]] = Field(min_length=2)
    retention: KeepingLever = KeepingLever()

    @model_validator(mode="after")
    def _ascend(self) -> SimulatedPlan:
        if sorted(set(self.spend_multiples)) != self.spend_multiples:
            raise ValueError(f"spend_multiples {self.spend_multiples} must ascend, each value once")
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
    simulated: SimulatedPlan


class Options(Strict):
    """All keys at the root that only commands read."""

    scenarios: Names = Field(default=[])
    baseline: str = "none"
    sweep: SweepOptions = SweepOptions()
    calibrate: CalibrateOptions = CalibrateOptions()
    plan: PlanOptions | None = None
    depth: Depth = Depth()
    optimize: OptimizeOptions = OptimizeOptions()


READERS = {
    "scenarios": ("compare",),
    "baseline": ("compare", "sweep"),
    "sweep": ("sweep",),
    "calibrate": ("calibrate",),
    "plan": ("plan",),
    "depth": ("compare",),
    "optimize": ("optimize",),
}
"""Which commands read each of these keys; set for another command it would silently do nothing."""
