"""Scenarios by name: found in their folder, put together, and tried on the market they are meant for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from cxsim.config.compose import composed
from cxsim.config.folders import groups
from cxsim.config.overrides import as_override, no_such_option
from cxsim.errors import CxsimError
from cxsim.settings.overlay import apply_changes, combine
from cxsim.settings.part_checks import check_part
from cxsim.settings.refusal import refusal
from cxsim.settings.schema import Config, ScenarioSpec

Parts = tuple[ScenarioSpec, ...]
"""One scenario as it is named: `a+b` has two parts."""


def load_scenario(name: str, overrides: Sequence[str] = ()) -> list[ScenarioSpec]:
    """The parts of a scenario by name: one, or several joined by ``+``; none for ``none``.

    Parameters
    ----------
    name : str
        An option of the group ``scenario``, or several (``points_program+live_chat``).
    overrides : sequence of str
        Of these, the ones on ``scenario.`` apply to every part (``scenario.start_day=30``).

    Raises
    ------
    CxsimError
        No such scenario (with the nearest name), or a file that is none.

    Examples
    --------
    >>> [part.name for part in load_scenario("points_program+live_chat", ["scenario.start_day=30"])]
    ['points_program', 'live_chat']
    """
    options = groups()["scenario"]
    parts = []
    for one in name.split("+"):
        if one not in options:
            raise CxsimError(no_such_option("scenario", one, options))
        if one != "none":
            own = [text for text in overrides if text.lstrip("+~").startswith("scenario.")]
            parts.append(_part(one, own))
    return parts


def fitting(name: str, config: Config, plain: Sequence[str]) -> Parts:
    """The parts of a scenario, tried on the market before anything runs."""
    parts = tuple(load_scenario(name, plain))
    check_parts(parts, config)
    return parts


def check_parts(parts: Parts, config: Config) -> None:
    """Refuse a scenario that does not fit a world: one that starts too late, or changes what is not there."""
    if not parts:
        return
    together = combine(parts)
    for part in parts:
        check_part(config, part)
    apply_changes(config, together.changes, origin=f"scenario {together.name}")


def scenarios_together(texts: list[str]) -> list[str]:
    """`scenario=a+b` in words Hydra has: the neutral file with the merged changes on it."""
    result = []
    for text in texts:
        name = text.partition("=")[2]
        if text.startswith("scenario=") and "+" in name:
            spec = combine(load_scenario(name)).spec
            result += ["scenario=none", f"++scenario={as_override(spec.model_dump())}"]
        else:
            result.append(text)
    return result


def own_name(given: Any, option: str) -> Any:
    """A scenario that forgets its name, or took over that of the neutral file, is called as its file is."""
    return option if given in (None, "", "baseline") and option != "none" else given


def _part(name: str, overrides: Sequence[str]) -> ScenarioSpec:
    values = composed(overrides, "run", f"scenario/{name}").values
    spec = values.get("scenario")
    if set(values) != {"scenario"} or not isinstance(spec, Mapping):
        stray = sorted(set(values) - {"scenario"})
        raise CxsimError(
            f"scenario {name}: holds {', '.join(stray) or 'nothing'}; changes belong under changes:"
        )
    spec = {**spec, "name": own_name(spec.get("name"), name)}
    try:
        return ScenarioSpec.model_validate(spec)
    except ValidationError as error:
        raise CxsimError(f"scenario {name}: {refusal(error, ScenarioSpec, spec, 'scenario.')}") from None
