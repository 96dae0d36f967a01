"""What is uncertain in a comparison: every assumption in play that has a range, and the worlds that draws make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxsim.errors import CxsimError
from cxsim.settings.assumptions import SWITCHED_OFF, Assumption, find_assumptions
from cxsim.settings.keys import nearest
from cxsim.settings.overlay import apply_changes, combine, leaves, nest
from cxsim.settings.schema import Config, ScenarioSpec

BASELINE = "baseline"
Sides = Mapping[str, tuple[ScenarioSpec, ...]]
"""Parts of every side by name, the baseline's first (often none)."""
NEVER_UNCERTAIN = ("seed", "replications", "precision", "engine", "confidence", "output", "parallel", "scenario",
                   "calibration", "reference", "horizon_days", "start_date")


@dataclass(frozen=True)
class Parameter:
    """An assumption that is not known: where it stands, and the range in which it lies.

    Parameters
    ----------
    key : str
        Of the configuration.
    value, low, high : float
        Where it stands, and its range; low < high.
    evidence, source : str
        As the configuration says.
    sides : tuple of str
        Names of the sides on which it acts; empty where it belongs to the world that all share.
    is_whole : bool
        Whether it takes whole numbers only.
    is_effect : bool
        Whether the key holds a whole effect rather than a number.
    """

    key: str
    value: float
    low: float
    high: float
    evidence: str = "placeholder"
    source: str = ""
    sides: tuple[str, ...] = ()
    is_whole: bool = False
    is_effect: bool = True

    @property
    def name(self) -> str:
        """The key, and the sides on which it acts where these are not all."""
        return f"{self.key} ({', '.join(self.sides)})" if self.sides else self.key

    def at(self, share: float) -> float:
        """The value that lies a share (0 to 1) into the range."""
        return float(self.low + share * (self.high - self.low))

    def setting(self, value: float) -> Any:
        """What the key is set to for a value."""
        if not self.is_effect:
            return round(value) if self.is_whole else float(value)
        return {"value": float(value), "low": min(self.low, value), "high": max(self.high, value),
                "evidence": self.evidence, "source": "" if self.source == SWITCHED_OFF else self.source}


@dataclass(frozen=True)
class Uncertain:
    """A comparison whose assumptions are not known.

    Parameters
    ----------
    config : Config
        The world where every assumption has its value.
    sides : mapping
        Parts of every side, the baseline's first.
    parameters : tuple of Parameter
        In the order of the configuration.
    """

    config: Config
    sides: Sides
    parameters: tuple[Parameter, ...]

    @property
    def middle(self) -> np.ndarray:
        """Where the assumptions stand, shape (parameters,)."""
        return np.array([one.value for one in self.parameters])

    def lived_with(self, values: Sequence[float]) -> tuple[Config, dict[str, tuple[ScenarioSpec, ...]]]:
        """World and sides with every assumption at a given value; the world itself where none of its own moves.

        Raises
        ------
        CxsimError
            When a value is impossible in its world; the message names the key.
        """
        world: dict[str, Any] = {}
        parts = dict(self.sides)
        for one, value in zip(self.parameters, values, strict=True):
            if value == one.value:
                continue
            for name in one.sides:
                parts[name] = _with_setting(parts[name], one.key, one.setting(value))
            if not one.sides:
                world[one.key] = one.setting(value)
        config = self.config
        if world:
            config = apply_changes(config, world, origin="a draw of the assumptions", allow_world=True)
        return config, parts


def _with_setting(parts: tuple[ScenarioSpec, ...], key: str, setting: Any) -> tuple[ScenarioSpec, ...]:
    """Parts with a key at another value: those that set it, or else all that change anything."""
    path = tuple(key.split("."))
    setters = [part for part in parts if _sets(part, path)] or [part for part in parts if part.changes]
    return tuple(_set(part, path, setting) if part in setters else part for part in parts)


def _sets(part: ScenarioSpec, path: tuple[str, ...]) -> bool:
    return any(one[:len(path)] == path for one in leaves(nest(part.changes, f"scenario {part.name}")))


def _set(part: ScenarioSpec, path: tuple[str, ...], setting: Any) -> ScenarioSpec:
    changes = {".".join(one): value for one, value in leaves(nest(part.changes, f"scenario {part.name}")).items()
               if one[:len(path)] != path}
    return part.model_copy(update={"changes": nest({**changes, ".".join(path): setting}, f"scenario {part.name}")})


def find_uncertain(
    config: Config, sides: Sides, given: Mapping[str, Sequence[float]] | None = None,
    only: Sequence[str] = (), *, asked_by: str = "depth",
) -> Uncertain:
    """The assumptions of a comparison that have a range and move anything on any side.

    An assumption that a scenario sets itself, or that is in play in scenarios alone, acts on their side; any
    other belongs to the world, so that each of its values has a reference experience of its own.

    Parameters
    ----------
    config : Config
        The world.
    sides : mapping
        Parts of every side by name, "baseline" first.
    given : mapping of str to (low, high), optional
        Ranges of the user's own, for any key that holds a number; they stand before shipped ones.
    only : sequence of str
        Keys to which the analysis is confined; default all.
    asked_by : str
        Group of keys in which the user asked, for messages.

    Raises
    ------
    CxsimError
        When a key does not exist, holds no number, has no range or an impossible one, or nothing is uncertain.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> found = find_uncertain(load(), {"baseline": ()})
    >>> "satisfaction.total_effect" in [one.key for one in found.parameters]
    True
    """
    worlds = {name: _world(config, parts) for name, parts in sides.items()}
    found = [*_of_assumptions(config, sides, worlds)]
    for key, bounds in (given or {}).items():
        own = _of_key(config, sides, worlds, key, bounds, asked_by)
        found = [one for one in found if one.key != key] + own
    _check_only(tuple(worlds.values()), only, found, asked_by)
    parameters = tuple(one for one in found if not only or one.key in only)
    if not parameters:
        raise CxsimError(
            f"{asked_by}: no assumption in play has a range, so nothing is uncertain; give ranges, as in "
            f"{asked_by}.parameters={{satisfaction.total_effect: [0.1, 0.4]}}")
    uncertain = Uncertain(config, sides, parameters)
    for place, one in enumerate(parameters):  # Each end of each range, before anything is lived.
        for value in (one.low, one.high):
            _try(uncertain, place, value, asked_by)
    return uncertain


def _try(uncertain: Uncertain, place: int, value: float, asked_by: str) -> None:
    values = uncertain.middle
    values[place] = value
    try:
        world, sides = uncertain.lived_with(values)
        for parts in sides.values():
            _world(world, parts)
    except CxsimError as error:
        key = uncertain.parameters[place].key
        raise CxsimError(
            f"{asked_by}.parameters: {key}={value:g} is impossible ({error}); give another range, as in "
            f"{asked_by}.parameters={{{key}: [LOW, HIGH]}}") from None


def _world(config: Config, parts: Iterable[ScenarioSpec]) -> Config:
    together = combine(list(parts))
    if not together.changes:
        return config
    return apply_changes(config, together.changes, origin=f"scenario {together.name}")


def _of_assumptions(
    config: Config, sides: Sides, worlds: Mapping[str, Config],
) -> Iterable[Parameter]:
    shipped = {one.key: one for one in find_assumptions(config)}
    scenarios = {name: world for name, world in worlds.items() if name != BASELINE}
    for one in find_assumptions(worlds[BASELINE], scenarios):
        if not one.is_in_play or one.low >= one.high:
            continue
        where = tuple(worlds) if one.where == "all" else tuple(one.where.split(", "))
        is_own = any(_sets(part, tuple(one.key.split("."))) for part in sides[BASELINE])
        is_world = BASELINE in where and _alike(one, shipped.get(one.key)) and not is_own
        yield Parameter(one.key, one.value, one.low, one.high, one.evidence, one.source, () if is_world else where)


def _alike(one: Assumption, other: Assumption | None) -> bool:
    return other is not None and (one.value, one.low, one.high) == (other.value, other.low, other.high)


def _of_key(
    config: Config, sides: Sides, worlds: Mapping[str, Config], key: str, bounds: Sequence[float], asked_by: str,
) -> list[Parameter]:
    """What a range of the user's own makes uncertain: one parameter for the world, or one for each own value."""
    told = f"{asked_by}.parameters={{{key}: {list(bounds)}}}"
    if key.split(".")[0] in NEVER_UNCERTAIN:
        raise CxsimError(f"{told}: {key} says how a world is lived, not what is assumed of it; leave it out")
    low, high = bounds
    if not low < high:
        raise CxsimError(f"{told}: low {low:g} must be below high {high:g}; write [LOW, HIGH]")
    setters = tuple(name for name, parts in sides.items()
                    if any(_sets(part, tuple(key.split("."))) for part in parts))
    values: dict[Any, list[str]] = {}
    for name in setters:
        values.setdefault(str(_held(worlds[name], key, told)), []).append(name)
    groups: list[tuple[str, ...]] = [tuple(names) for names in values.values()] or [()]
    return [_given(worlds[names[0]] if names else config, key, low, high, names, told) for names in groups]


def _given(
    world: Config, key: str, low: float, high: float, sides: tuple[str, ...], told: str,
) -> Parameter:
    held = _held(world, key, told)
    is_effect = isinstance(held, dict)
    value = held["value"] if is_effect else held
    if not low <= value <= high:
        raise CxsimError(
            f"{told}: the value {value:g} lies outside; give a range that holds it, or set {key} first")
    evidence, source = (held["evidence"], held["source"]) if is_effect else ("placeholder", "range set by hand")
    return Parameter(key, float(value), float(low), float(high), evidence, source, sides,
                     isinstance(held, int) and not is_effect, is_effect)


def _held(world: Config, key: str, told: str) -> Any:
    """The number or effect that a key holds in a world."""
    node: Any = world.model_dump()
    path = key.split(".")
    for place, part in enumerate(path):
        if not isinstance(node, Mapping) or part not in node:
            near = nearest(part, node) if isinstance(node, Mapping) else None
            meant = ".".join([*path[:place], near]) if near else ""
            hint = f"did you mean {meant}?" if near else "cxsim schema names all keys"
            raise CxsimError(f"{told}: there is no key {key}; {hint}")
        node = node[part]
    is_effect = isinstance(node, Mapping) and {"value", "low", "high", "evidence"} <= set(node)
    if not is_effect and (isinstance(node, bool) or not isinstance(node, int | float)):
        raise CxsimError(f"{told}: {key} holds no number, so it has no range; name a key that does")
    return node


def _check_only(
    worlds: Sequence[Config], only: Sequence[str], found: Sequence[Parameter], asked_by: str,
) -> None:
    keys = [one.key for one in found]
    for key in only:
        if key not in keys:
            told = f"{asked_by}.only=[{key}]"
            _check_exists(worlds, key, told)
            raise CxsimError(
                f"{told}: {key} has no range here, or moves nothing on any side; give it a range, as in "
                f"{asked_by}.parameters={{{key}: [low, high]}}, or name one of {', '.join(keys) or 'none'}")


def _check_exists(worlds: Sequence[Config], key: str, told: str) -> None:
    """Refuse a key that holds no number in any world; some exist where a scenario adds a channel alone."""
    errors = []
    for world in worlds:
        try:
            _held(world, key, told)
        except CxsimError as error:
            errors.append(error)
    if len(errors) == len(worlds):
        raise errors[0]
