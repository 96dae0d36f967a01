"""What ``cxsim sensitivity`` asks: keys of the group ``sensitivity``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from cxsim.settings.keys import nearest
from cxsim.settings.values import Names, Ranges, Strict, Whole


class SensitivityOptions(Strict):
    """What `cxsim sensitivity` asks.

    Parameters
    ----------
    metric : str, optional
        What the tornado, the flip points and the Sobol indices are of; default customer equity (in a contact
        centre: profit), in which the value of information always is.
    pairs : int
        Pairs of draws behind the Sobol indices and the value of information; a power of two, or 0 for none.
    indices : int
        How many assumptions get Sobol indices: those with the widest bars of the tornado.
    draw_replications : int
        Replications of every side in every draw; tornado and flip points take `replications`.
    digits : int
        Digits of its range to which a flip point is found.
    reference_customers, parameters, only
        As of :class:`cxsim.whatif.depth.Depth`.
    """

    metric: str | None = None
    pairs: Annotated[Whole, Field(ge=0, le=65536)] = 32
    indices: Annotated[Whole, Field(ge=1, le=100)] = 5
    draw_replications: Annotated[Whole, Field(ge=2, le=1000)] = 4
    digits: Annotated[Whole, Field(ge=2, le=9)] = 4
    reference_customers: Annotated[Whole, Field(ge=1000)] = 5_000
    parameters: Ranges = {}
    only: Names = []

    @field_validator("pairs")
    @classmethod
    def _even(cls, value: int) -> int:
        if value & (value - 1) or value in (1, 2, 4):
            raise ValueError(f"{value} must be 0 or a power of two from 8 on, as in 32 or 64")
        return value

    @field_validator("metric")
    @classmethod
    def _exists(cls, value: str | None) -> str | None:
        if value is None:
            return None
        from cxsim.measure.metrics import CATALOGUE

        if value not in CATALOGUE:
            near = nearest(value, CATALOGUE)
            raise ValueError(f"{value} is no metric; " + (
                f"did you mean {near}?" if near else "docs/metrics.md names all"))
        if CATALOGUE[value].better == 0:
            raise ValueError(
                f"{value} is neither better nor worse when it grows; choose a metric that is, as profit")
        return value
