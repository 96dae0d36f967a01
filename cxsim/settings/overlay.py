"""Scenarios as overlays: put changes on a world, and put several scenarios together."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from cxsim.errors import CxsimError
from cxsim.settings.keys import below, is_named, nearest, plain_type, unknown_part
from cxsim.settings.refusal import no_booleans, refusal, unknown_key
from cxsim.settings.schema import Config, ScenarioSpec

WORLD_KEYS = (
    "seed",
    "replications",
    "precision",
    "n_customers",
    "horizon_days",
    "warmup_days",
    "start_date",
    "engine",
    "confidence",
    "market",
    "population",
    "reference",
    "season",
    "scenario",
    "output",
    "parallel",
    "calibration",
)
"""Keys that a scenario cannot change, because baseline and scenario must share them to be compared."""


OPEN_NAMES = ("acquisition",)
"""Named groups to which a scenario may add a name: nothing else of the world hangs on which there are."""


@dataclass(frozen=True)
class Combination:
    """Several scenarios as one: its name, its parts, and what they change when all are active."""

    name: str
    parts: tuple[ScenarioSpec, ...]
    changes: dict[str, Any]

    @property
    def spec(self) -> ScenarioSpec:
        """One scenario with all the changes; only where the parts start, ramp and end together.

        Raises
        ------
        CxsimError
            If the parts have windows or an audience of their own: give them the same, or compare them.
        """
        windows = {(part.start_day, part.ramp_days, part.end_day) for part in self.parts}
        first = self.parts[0].who if self.parts else None
        if len(windows) > 1 or any(part.who != first for part in self.parts):
            raise CxsimError(
                f"scenario {self.name}: its parts differ in start_day, ramp_days, end_day or who, so they are no "
                f"single scenario; give them the same, or use cxsim compare scenarios=[{self.name}]"
            )
        start, ramp, end = windows.pop() if windows else (0, 0, None)
        described = " + ".join(part.description for part in self.parts if part.description)
        return ScenarioSpec(
            name=self.name,
            description=described,
            start_day=start,
            ramp_days=ramp,
            end_day=end,
            who=first,
            changes=self.changes,
        )


def apply_changes(
    config: Config, changes: Mapping[str, Any], *, origin: str, allow_world: bool = False
) -> Config:
    """The world with some keys changed, validated again.

    Parameters
    ----------
    config : Config
        The world to change; it stays as it is.
    changes : mapping
        Nested (``{"loyalty": {"earn_rate": 0.03}}``) or dotted (``{"loyalty.earn_rate": 0.03}``) keys.
        A number in place of an effect stands for the whole effect.
    origin : str
        Who asks, for the message (``"scenario points_program"``).
    allow_world : bool
        Whether keys of the world itself (seed, horizon, market, new channels) may change too; not in
        scenarios, which must share them with their baseline.

    Raises
    ------
    CxsimError
        An unknown key, an impossible value, or a key of the world; the message names `origin` and key.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> apply_changes(load(), {"loyalty.earn_rate": 0.03}, origin="me").loyalty.earn_rate
    0.03
    >>> apply_changes(load(), {"loyalty": {"earnrate": 1}}, origin="me")
    Traceback (most recent call last):
    ...
    cxsim.errors.CxsimError: me: loyalty.earnrate=1: there is no such key; did you mean loyalty.earn_rate?
    """
    nested = nest(changes, origin)
    values = config.model_dump(include={name for name in nested if isinstance(name, str)})
    for leaf in leaves(nested):
        _check_leaf(leaf, nested, config, origin, allow_world)
    no_booleans(nested, Config, f"{origin}: ")
    together = merged(values, nested)
    # Groups that stay as they are go in as they are: validated once, they are not validated again.
    kept = {name: getattr(config, name) for name in Config.model_fields if name not in together}
    try:
        return Config.model_validate({**kept, **together})
    except ValidationError as error:
        whole = {**config.model_dump(), **together}
        raise CxsimError(f"{origin}: {refusal(error, Config, whole)}") from None


def combine(specs: Sequence[ScenarioSpec]) -> Combination:
    """Put scenarios together; two that set one key to different values are refused.

    Parameters
    ----------
    specs : sequence of ScenarioSpec
        One or more.

    Raises
    ------
    CxsimError
        If two parts contradict each other; both names, the key and the values are in the message.

    Examples
    --------
    >>> a = ScenarioSpec(name="a", changes={"referral": {"bonus": 10}})
    >>> b = ScenarioSpec(name="b", changes={"loyalty.earn_rate": 0.03})
    >>> combine([a, b]).name, combine([a, b]).changes
    ('a+b', {'referral': {'bonus': 10}, 'loyalty': {'earn_rate': 0.03}})
    """
    name = "+".join(spec.name for spec in specs)
    names = [spec.name for spec in specs]
    for twice in sorted({one for one in names if names.count(one) > 1}):
        raise CxsimError(f"scenario {name}: {twice} is named twice; name each part once")
    changes: dict[str, Any] = {}
    setters: dict[tuple[str, ...], tuple[str, Any]] = {}
    for spec in specs:
        nested = nest(spec.changes, f"scenario {spec.name}")
        for path, value in leaves(nested).items():
            for other, (who, theirs) in setters.items():
                shared = min(len(path), len(other))
                if path[:shared] == other[:shared] and (path != other or value != theirs):
                    raise CxsimError(
                        f"scenario {name}: {who} sets {'.'.join(other)}={theirs} and {spec.name} sets "
                        f"{'.'.join(path)}={value}; only one can hold, so leave one "
                        "scenario out, or write a third with the value you want"
                    )
            setters[path] = (spec.name, value)
        changes = merged(changes, nested)
    return Combination(name, tuple(specs), changes)


def nest(changes: Mapping[str, Any], origin: str) -> dict[str, Any]:
    """Dotted keys as nested ones.

    Examples
    --------
    >>> nest({"channels.phone.employees": 2, "channels": {"chat": {"share": 0.2}}}, "me")
    {'channels': {'phone': {'employees': 2}, 'chat': {'share': 0.2}}}
    """
    nested: dict[str, Any] = {}
    for key, value in changes.items():
        if not isinstance(key, str) or not all(key.split(".")):
            raise CxsimError(f"{origin}: {key!r} is no key; write it as in loyalty.earn_rate")
        if isinstance(value, Mapping):
            value = nest(value, origin)
        *stem, last = key.split(".")
        branch: dict[str, Any] = {last: value}
        for part in reversed(stem):
            branch = {part: branch}
        nested = merged(nested, branch)
    return nested


def leaves(nested: Mapping[str, Any], stem: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """Every value that is set, by its path.

    Examples
    --------
    >>> leaves({"loyalty": {"earn_rate": 0.03}})
    {('loyalty', 'earn_rate'): 0.03}
    """
    found: dict[tuple[str, ...], Any] = {}
    for name, value in nested.items():
        if isinstance(value, Mapping) and value:
            found.update(leaves(value, (*stem, name)))
        else:
            found[(*stem, name)] = value
    return found


def merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Nested values with others laid over them; neither is changed.

    Examples
    --------
    >>> merged({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}})
    {'a': {'b': 3, 'c': 2}}
    """
    result = dict(under)
    for name, value in over.items():
        present = result.get(name)
        if isinstance(value, Mapping) and isinstance(present, Mapping):
            result[name] = merged(present, value)
        else:
            result[name] = copy.deepcopy(value)
    return result


def _check_leaf(
    path: tuple[str, ...],
    nested: Mapping[str, Any],
    config: Config,
    origin: str,
    allow_world: bool,
) -> None:
    unknown = unknown_part(Config, path)
    if unknown is not None:
        values = config.model_dump()
        shown = "" if isinstance(leaves(nested)[path], Mapping) else f"={leaves(nested)[path]}"
        raise CxsimError(f"{origin}: {unknown_key(path, unknown, Config, values, shown=shown)}")
    if allow_world:
        return
    key = ".".join(path)
    if path[0] in WORLD_KEYS:
        raise CxsimError(
            f"{origin}: {key} belongs to the world, which baseline and scenario share; set it as a plain "
            f"override ({key}=...) or, in a sweep, name it in sweep.world=[{key}]"
        )
    node = plain_type(below(Config, path[0]))
    if path[0] in OPEN_NAMES:
        return
    if is_named(node) and len(path) > 1 and path[1] not in getattr(config, path[0]):
        names = list(getattr(config, path[0]))
        there = ", ".join(names) or "none"
        near = nearest(path[1], names)
        unused = "reach: 0" if path[0] == "touchpoints" else "share: 0"
        raise CxsimError(
            f"{origin}: {path[0]}.{path[1]}: the market has no such {path[0][:-1]} (there are: {there})"
            + (
                f"; did you mean {path[0]}.{near}?"
                if near
                else f"; add it to the market first, unused, with +{path[0]}.{path[1]}={{..., {unused}}}"
            )
        )
