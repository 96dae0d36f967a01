"""What a comparison is asked beyond the differences: further analyses, each a step that adds tables by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, model_validator

from cxsim.settings.values import Names, OpenShare, Positive, Ranges, Strict, Whole

if TYPE_CHECKING:
    from cxsim.settings.schema import Config, ScenarioSpec
    from cxsim.whatif.cell import Progress
    from cxsim.whatif.compare import Comparison


class Depth(Strict):
    """Which analyses that take further runs a comparison shall make; by default none.

    Parameters
    ----------
    draws : int, optional
        How many draws of all uncertain assumptions are lived; default none.
    sampling : {"lhs", "sobol"}
        How they are spread: a Latin hypercube, or Sobol's sequence (then a power of two).
    draw_replications : int
        Replications of every side in every draw.
    reference_customers : int
        Pilots of the reference experience of each draw, in customers.
    parameters : dict of str to (low, high)
        Ranges of the user's own, for any key that holds a number.
    only : list of str
        Assumptions to which draws are confined; default all in play that have a range.
    interaction : bool
        Live the parts of composed scenarios that are not compared themselves, to tell whether they add up.
    levers : bool
        Live coalitions of each scenario's levers (`parts:` in its YAML), to share what it does among them.
    lever_orders : int
        Orders of joining that are sampled where a scenario has more than six levers.
    without : list of str
        Links from satisfaction that are cut, one by one: rate, exit, spend, upsell, invitation, conversion.
    congestion : bool
        Split every difference into the direct effect (waits as in the baseline) and congestion.
    best : str, optional
        Metric by which the best side is selected, with as many replications as that takes.
    indifference : float, optional
        Of that metric, the smallest difference that matters.
    probability : float
        With which the best is found if it is better by that much.
    power : float
        Probability with which a real test shall detect the projected effect.
    ladder : bool
        The same by closed form and as a cohort, beside the agents; needs no further runs.
    ladder_months : int
        Months by whose figures the lower rungs of the ladder are set.
    convergence : bool
        Whether to show how figures settle with replications, customers and engine.
    """

    draws: Annotated[Whole, Field(ge=8, le=100_000)] | None = None
    sampling: Literal["lhs", "sobol"] = "lhs"
    draw_replications: Annotated[Whole, Field(ge=2, le=1000)] = 4
    reference_customers: Annotated[Whole, Field(ge=1000)] = 5_000
    parameters: Ranges = {}
    only: Names = []
    interaction: bool = False
    levers: bool = False
    lever_orders: Whole = Field(default=20, ge=2, le=10_000)
    without: list[Literal["rate", "exit", "spend", "upsell", "invitation", "conversion"]] = []
    congestion: bool = False
    best: str | None = None
    indifference: Positive | None = None
    probability: OpenShare = 0.95
    power: OpenShare = 0.8
    ladder: bool = False
    ladder_months: Whole = Field(default=3, ge=1, le=120)
    convergence: bool = False

    @model_validator(mode="after")
    def _sobol_is_even(self) -> Depth:
        n = self.draws
        if n is not None and self.sampling == "sobol" and n & (n - 1):
            below = 1 << (n.bit_length() - 1)
            raise ValueError(f"draws {n} must be a power of two with sampling=sobol, which is even only then: "
                             f"{below} or {2 * below}, or sampling=lhs")
        return self


STEPS: tuple[str, ...] = (
    "cxsim.whatif.decompose_drivers:drivers",
    "cxsim.whatif.interaction:interaction",
    "cxsim.whatif.decompose_levers:levers",
    "cxsim.whatif.without_link:without_links",
    "cxsim.whatif.ladder:ladder",
    "cxsim.whatif.congestion:congestion",
    "cxsim.whatif.uncertainty:uncertainty",
    "cxsim.whatif.decide:decide",
    "cxsim.whatif.convergence:convergence",
)
"""``module:function``, in order; each takes a comparison with the tables so far and progress, and gives further
tables by name. Steps without runs always act; others do where the comparison's `depth` asks for them."""


CHECKS: tuple[str, ...] = (
    "cxsim.whatif.decompose_levers:check_levers",
    "cxsim.whatif.without_link:check_without",
    "cxsim.whatif.ladder:check_ladder",
    "cxsim.whatif.congestion:check_congestion",
)
"""``module:function`` of what must hold before anything is lived; each takes the depth asked for, the world and
the parts of every side by name, and raises what cannot be done."""


def check_depth(depth: Depth, config: Config, sides: Mapping[str, tuple[ScenarioSpec, ...]]) -> None:
    """Refuse what no analysis could do, before anything is lived.

    Parameters
    ----------
    depth : Depth
        What is asked.
    config : Config
        The world.
    sides : mapping
        Parts of every side by name, "baseline" first.

    Raises
    ------
    CxsimError
        With key, value and cure.
    """
    if depth.draws is not None:
        from cxsim.whatif.uncertain import find_uncertain

        find_uncertain(config, sides, depth.parameters, depth.only)
    for name in CHECKS:
        _function(name)(depth, config, sides)


def deepen(comparison: Comparison, progress: Progress) -> Comparison:
    """The comparison with what all steps found."""
    for name in STEPS:
        comparison = replace(comparison, further={**comparison.further, **_function(name)(comparison, progress)})
    return comparison


def _function(place: str) -> Callable[..., Any]:
    module, _, name = place.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found
