"""The levers of a scenario: its groups of keys, each of which could be pulled without the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cxsim.settings.overlay import leaves, nest
from cxsim.settings.schema import ScenarioSpec

Path = tuple[str, ...]


@dataclass(frozen=True)
class Lever:
    """One group of keys of a scenario part: its name, which part it belongs to, and what it changes."""

    name: str
    part: int
    changes: dict[Path, Any]


def levers_of(parts: Sequence[ScenarioSpec]) -> list[Lever]:
    """The levers of a scenario, in their order.

    Those that its YAML names under ``parts:``; without it one for each group at the root of its changes
    (``loyalty``, ``channels``), and of a composed scenario one for each scenario in it.

    Parameters
    ----------
    parts : sequence of ScenarioSpec
        The scenario; composed ones have several.

    Examples
    --------
    >>> spec = ScenarioSpec(name="a", changes={"loyalty.earn_rate": 0.03, "referral.bonus": 10},
    ...                     parts={"points": ["loyalty"], "bonus": ["referral.bonus"]})
    >>> [lever.name for lever in levers_of([spec])]
    ['points', 'bonus']
    >>> [lever.name for lever in levers_of([spec.model_copy(update={"parts": {}})])]
    ['loyalty', 'referral']
    """
    found = []
    for number, spec in enumerate(parts):
        own = leaves(nest(spec.changes, f"scenario {spec.name}"))
        for name, chosen in _groups(spec, own, is_composed=len(parts) > 1).items():
            title = f"{spec.name}: {name}" if len(parts) > 1 and name != spec.name else name
            found.append(Lever(title, number, chosen))
    return found


def pulled(parts: Sequence[ScenarioSpec], levers: Sequence[Lever]) -> tuple[ScenarioSpec, ...]:
    """The scenario with some of its levers alone; parts keep their names, so that they reach the same customers.

    Examples
    --------
    >>> spec = ScenarioSpec(name="a", changes={"loyalty.earn_rate": 0.03, "referral.bonus": 10})
    >>> pulled([spec], levers_of([spec])[:1])[0].changes
    {'loyalty': {'earn_rate': 0.03}}
    """
    made = []
    for number, spec in enumerate(parts):
        changes = {".".join(path): value for lever in levers if lever.part == number
                   for path, value in lever.changes.items()}
        if changes:
            made.append(spec.model_copy(update={"changes": nest(changes, f"scenario {spec.name}"), "parts": {}}))
    return tuple(made)


def _groups(spec: ScenarioSpec, own: Mapping[Path, Any], is_composed: bool) -> dict[str, dict[Path, Any]]:
    """Changes by the name of their lever."""
    if spec.parts:
        return {name: {path: value for path, value in own.items() if any(_is_under(path, key) for key in keys)}
                for name, keys in spec.parts.items()}
    if is_composed:
        return {spec.name: dict(own)} if own else {}
    groups: dict[str, dict[Path, Any]] = {}
    for path, value in own.items():
        groups.setdefault(path[0], {})[path] = value
    return groups


def _is_under(path: Path, key: str) -> bool:
    stem = tuple(key.split("."))
    return path[: len(stem)] == stem


def check_levers(spec: ScenarioSpec) -> None:
    """Every key a scenario changes belongs to one of its named levers, and to one alone.

    Raises
    ------
    ValueError
        Where a key of ``parts`` is not changed, stands twice or is left out; the message names it.
    """
    if not spec.parts:
        return
    own = leaves(nest(spec.changes, f"scenario {spec.name}"))
    for name, keys in spec.parts.items():
        for key in keys:
            if not any(_is_under(path, key) for path in own):
                raise ValueError(f"parts.{name}: {key} is not among the changes ({_listed(own)}); name keys or "
                                 "groups of keys that the scenario changes")
    for path in own:
        holders = [name for name, keys in spec.parts.items() if any(_is_under(path, key) for key in keys)]
        if len(holders) != 1:
            told = f"is in parts {' and '.join(holders)}; keep one" if holders else "is in no part; add it to one"
            raise ValueError(f"parts: {'.'.join(path)} {told}")


def _listed(own: Mapping[Path, Any]) -> str:
    return ", ".join(".".join(path) for path in own)
