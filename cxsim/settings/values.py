"""The kinds of value a key may hold: whole numbers as people write them, and effects with their evidence."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Evidence = Literal["measured", "published", "expert", "placeholder"]


class Strict(BaseModel):
    """A group of keys in which an unknown key is an error and a loaded value never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def _whole(value: Any) -> Any:
    """Let ``1e5`` stand for 100000, as people write it; any other fraction stays refused."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


Whole = Annotated[int, BeforeValidator(_whole)]
Count = Annotated[int, BeforeValidator(_whole), Field(ge=1)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
OpenShare = Annotated[float, Field(gt=0.0, lt=1.0)]
Positive = Annotated[float, Field(gt=0.0)]
NotNegative = Annotated[float, Field(ge=0.0)]


class Effect(Strict):
    """An assumed strength: its value, the range it may lie in, and how well it is known.

    A plain number may stand for the whole: its range is then the number itself and its
    evidence ``placeholder``, because nobody has said where it comes from.

    Examples
    --------
    >>> Effect.model_validate(0.3).evidence
    'placeholder'
    >>> Effect.model_validate({"value": 2, "low": 1, "high": 2.25, "evidence": "published"}).high
    2.25
    """

    value: float
    low: float
    high: float
    evidence: Evidence = "placeholder"
    source: str = ""

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, data: Any) -> Any:
        if isinstance(data, int | float) and not isinstance(data, bool):
            return {"value": data, "low": data, "high": data, "source": "set by hand"}
        if isinstance(data, dict) and "value" in data:
            return {"low": data["value"], "high": data["value"], **data}
        return data

    @model_validator(mode="after")
    def _ordered(self) -> Effect:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"value {self.value} must lie between low {self.low} and high {self.high}")
        return self
