"""What `cxsim optimize` is asked: levers and their bounds, what to make large, what must hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from cxsim.settings.values import Count, Names, Strict, Whole


class LeverBounds(Strict):
    """The bounds of a lever, or the choices it has; ``[0, 0.06]`` stands for low 0 and high 0.06."""

    low: float | None = None
    high: float | None = None
    choices: list[Any] | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, data: Any) -> Any:
        if not isinstance(data, list | tuple):
            return data
        if len(data) != 2 or any(isinstance(one, bool) or not isinstance(one, int | float) for one in data):
            raise ValueError(f"{list(data)} must be two numbers [low, high]; for single values write "
                             "{choices: [...]}")
        return {"low": data[0], "high": data[1]}

    @model_validator(mode="after")
    def _is_whole_thought(self) -> LeverBounds:
        if self.choices is None and (self.low is None or self.high is None):
            raise ValueError("has no range; write [low, high], or {choices: [...]}")
        if self.choices is not None and (self.low is not None or self.high is not None):
            raise ValueError("has bounds and choices; write one of them")
        return self


class LimitAsked(Strict):
    """What a metric must keep to: its value under the scenario, or its change from the baseline."""

    at_least: float | None = None
    at_most: float | None = None
    change_at_least: float | None = None
    change_at_most: float | None = None

    @model_validator(mode="after")
    def _can_be_met(self) -> LimitAsked:
        for low, high in (("at_least", "at_most"), ("change_at_least", "change_at_most")):
            least, most = getattr(self, low), getattr(self, high)
            if least is not None and most is not None and least > most:
                raise ValueError(f"{low} {least:g} is above {high} {most:g}, so nothing meets both; lower {low} "
                                 f"or raise {high}")
        if not self.model_dump(exclude_none=True):
            raise ValueError("limits nothing; set at_least, at_most, change_at_least or change_at_most")
        return self


SPENT = ("acquisition_cost", "retention_cost", "reward_cost", "service_cost")


class OptimizeOptions(Strict):
    """Levers and bounds, the goal, what must hold, and how long to search.

    `budget` is money over the horizon beyond what the baseline spends on the metrics of `spends`.
    """

    objective: str = "customer_equity"
    levers: dict[str, LeverBounds] = {}
    scenarios: Names = []
    budget: float | None = Field(default=None, ge=0.0)
    spends: Names = Field(default=list(SPENT), min_length=1)
    limits: dict[str, LimitAsked] = {}
    search: Literal["scipy", "optuna"] = "scipy"
    evaluations: Whole = Field(default=40, ge=4, le=5000)
    batch: Count = 4
    first_replications: Whole = Field(default=4, ge=2)
    finalists: Whole = Field(default=6, ge=1, le=50)
    near: float = Field(default=0.1, ge=0.0, lt=1.0)

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> OptimizeOptions:
        """Options from plain keys, as Python users write them."""
        return cls.model_validate(dict(asked))
