"""Keys that commands read and the world does not: scenarios to compare, what is swept, data to fit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from cxsim.config.plan_options import PlanOptions
from cxsim.whatif.depth import Depth
from cxsim.whatif.optimize_options import OptimizeOptions
from cxsim.whatif.sensitivity_options import SensitivityOptions
from cxsim.settings.values import Count, Names, Share, Strict


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


class Options(Strict):
    """All keys at the root that only commands read."""

    scenarios: Names = Field(default=[])
    baseline: str = "none"
    sweep: SweepOptions = SweepOptions()
    calibrate: CalibrateOptions = CalibrateOptions()
    plan: PlanOptions | None = None
    depth: Depth = Depth()
    optimize: OptimizeOptions = OptimizeOptions()
    sensitivity: SensitivityOptions = SensitivityOptions()


READERS = {
    "scenarios": ("compare", "sensitivity"),
    "baseline": ("compare", "sweep", "sensitivity"),
    "sweep": ("sweep",),
    "calibrate": ("calibrate",),
    "plan": ("plan",),
    "depth": ("compare",),
    "optimize": ("optimize",),
    "sensitivity": ("sensitivity",),
}
"""Which commands read each of these keys; set for another command it would silently do nothing."""
