"""The kinds of value a key may hold: whole numbers as people write them, and effects with their evidence."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from cxsim.journal.words import OWNERS

Evidence = Literal["measured", "published", "expert", "placeholder"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Departments that own a channel or a touchpoint.
if TYPE_CHECKING:
    Owner = str
else:
    Owner = Literal[tuple(OWNERS)]
# What a name the user chooses (of a channel, segment, touchpoint, shift) is made of.
NAME = re.compile(r"[a-z][a-z0-9_]*")


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
BelowOne = Annotated[float, Field(ge=0.0, lt=1.0)]
Positive = Annotated[float, Field(gt=0.0)]
NotNegative = Annotated[float, Field(ge=0.0)]
MOST_A_YEAR = 91
"""Streams of needs, prompts and shocks hold at most one in four days."""
YearlyRate = Annotated[float, Field(ge=0.0, le=MOST_A_YEAR)]


def _one_name(value: Any) -> Any:
    """One name may stand for a list of one."""
    return [value] if isinstance(value, str) else value


def _flat(value: Any) -> Any:
    """Nested keys as dotted ones, so that both may be written."""
    if not isinstance(value, Mapping):
        return value
    flat: dict[str, Any] = {}
    for key, inner in value.items():
        if isinstance(inner, Mapping):
            flat |= {f"{key}.{below}": one for below, one in _flat(inner).items()}
        else:
            flat[str(key)] = inner
    return flat


Names = Annotated[list[str], BeforeValidator(_one_name)]
def _ranges(value: Any) -> Any:
    """Dotted keys, each of which must have two ends."""
    flat = _flat(value)
    for key, ends in flat.items() if isinstance(flat, dict) else ():
        if not isinstance(ends, list | tuple) or len(ends) != 2:
            raise ValueError(f"{key} needs a range of two numbers, not {ends}; write {{{key}: [low, high]}}")
    return flat


Ranges = Annotated[dict[str, tuple[float, float]], BeforeValidator(_ranges)]
"""Keys of the configuration with a low and a high end of each."""


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


def neutral(value: float = 0.0) -> Effect:
    """An effect that changes nothing: what a key holds until somebody sets it.

    Examples
    --------
    >>> neutral().value, neutral(1.0).source
    (0.0, 'switched off')
    """
    return Effect(value=value, low=value, high=value, source="switched off")


def _within(
    low: float, high: float = math.inf, *, above: bool = False, below: bool = False,
) -> AfterValidator:
    """Hold the value of an effect inside the range in which its formula means something."""

    def check(effect: Effect) -> Effect:
        is_low = effect.value < low or (above and effect.value == low)
        if not is_low and (effect.value < high if below else effect.value <= high):
            return effect
        if high == math.inf:
            raise ValueError(f"{effect.value:g} must be at least {low:g}")
        if below:
            raise ValueError(f"{effect.value:g} must be at least {low:g} and less than {high:g}")
        least = f"be greater than {low:g} and at most" if above else f"lie between {low:g} and"
        raise ValueError(f"{effect.value:g} must {least} {high:g}")

    return AfterValidator(check)


NotNegativeEffect = Annotated[Effect, _within(0.0)]
ShareEffect = Annotated[Effect, _within(0.0, 1.0)]
SavingEffect = Annotated[Effect, _within(0.0, 0.9)]
BelowOneEffect = Annotated[Effect, _within(0.0, 1.0, below=True)]
AttentionEffect = Annotated[Effect, _within(0.0, 1.0, above=True)]
MultiplierEffect = Annotated[Effect, _within(0.0, 10.0, above=True)]
SurplusEffect = Annotated[Effect, _within(-0.9, 10.0)]
