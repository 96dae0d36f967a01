"""What a comparison is asked beyond the differences: further analyses, each a step that adds tables by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from cxsim.measure.table import Table
from cxsim.settings.values import Strict
from cxsim.whatif.cell import Progress

if TYPE_CHECKING:
    from cxsim.whatif.compare import Comparison


class Depth(Strict):
    """Which analyses that take further runs a comparison shall make; by default none."""


STEPS: tuple[str, ...] = (
    "cxsim.whatif.decompose_drivers:drivers",
)
"""``module:function``, in order; each takes a comparison with the tables so far and progress, and gives further
tables by name. Steps without runs always act; others do where the comparison's `depth` asks for them."""


def deepen(comparison: Comparison, progress: Progress) -> Comparison:
    """The comparison with what all steps found."""
    for name in STEPS:
        comparison = replace(comparison, further={**comparison.further, **_step(name)(comparison, progress)})
    return comparison


def _step(place: str) -> Callable[[Comparison, Progress], dict[str, Table]]:
    module, _, name = place.partition(":")
    found: Callable[[Comparison, Progress], dict[str, Table]] = getattr(import_module(module), name)
    return found
