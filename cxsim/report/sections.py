"""The sections of a comparison, in the order of the page: each made by one function from what was found."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from cxsim.report.section import PLACES, Section

if TYPE_CHECKING:
    from cxsim.whatif.compare import Comparison

SECTIONS: tuple[str, ...] = (
    "cxsim.report.recommendation:recommendation",
    "cxsim.report.drivers_section:drivers_section",
    "cxsim.report.levers_section:levers_section",
    "cxsim.report.levers_section:without_section",
    "cxsim.report.interaction_section:interaction_section",
    "cxsim.report.congestion_section:congestion_section",
    "cxsim.report.gains_section:gains_section",
    "cxsim.report.uncertainty:uncertainty_section",
    "cxsim.report.decision_sections:paying_section",
    "cxsim.report.decision_sections:pilot_section",
    "cxsim.report.decision_sections:future_section",
    "cxsim.report.decision_sections:payers_section",
    "cxsim.report.ladder_section:ladder_section",
    "cxsim.report.convergence_section:convergence_section",
    "cxsim.report.holds_for:holds_for",
)
"""``module:function``, imported when a page is made; each takes a comparison and gives a section or None."""


def sections_of(comparison: Comparison) -> list[Section]:
    """Every section there is something to say in, by place.

    Parameters
    ----------
    comparison : Comparison
        From :func:`cxsim.compare`.

    Examples
    --------
    >>> import cxsim
    >>> config = cxsim.load(["market=contact_centre", "horizon_days=2", "replications=2"])
    >>> spec = cxsim.ScenarioSpec(name="one_more", changes={"channels": {"phone": {"employees": 29}}})
    >>> all(section.title for section in sections_of(cxsim.compare(config, [spec])))
    True
    """
    made = [_function(name)(comparison) for name in SECTIONS]
    return sorted((one for one in made if one is not None), key=lambda one: PLACES.index(one.place))


def _function(place: str) -> Callable[[Comparison], Section | None]:
    module, _, name = place.partition(":")
    found: Callable[[Comparison], Section | None] = getattr(import_module(module), name)
    return found
