"""Levers made from keys: what kind of value a key takes, what it is in the baseline, whether its bounds fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args, get_origin

from cxsim.errors import CxsimError
from cxsim.settings.keys import below, is_group, plain_type, unknown_part
from cxsim.settings.overlay import apply_changes
from cxsim.settings.refusal import unknown_key
from cxsim.settings.schema import Config
from cxsim.settings.values import Effect
from cxsim.whatif.levers import Lever
from cxsim.whatif.optimize_options import LeverBounds

SWITCH = "scenario."
"""Levers of this stem are scenarios that are in or out."""


def make_levers(config: Config, asked: Mapping[str, LeverBounds]) -> tuple[Lever, ...]:
    """Levers from keys and bounds, each tried on the world at both ends before anything runs.

    Raises
    ------
    CxsimError
        When there is no such key, it holds a group of keys, a bound or choice is impossible in this world, or
        it belongs to the world that baseline and scenario share.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> lever, = make_levers(load(), {"channels.phone.extra_employees": LeverBounds(low=0, high=3)})
    >>> lever.is_whole, lever.baseline
    (True, 0)
    """
    return tuple(_lever(config, key, bounds) for key, bounds in asked.items())


def _lever(config: Config, key: str, bounds: LeverBounds) -> Lever:
    parts = key.split(".")
    unknown = unknown_part(Config, parts)
    if unknown is not None:
        told = unknown_key(parts, unknown, Config, config.model_dump())
        raise CxsimError(f"optimize.levers: {told}")
    node: Any = Config
    for part in parts:
        node = plain_type(below(node, part))
    if is_group(node) and node is not Effect or get_origin(node) is dict:
        raise CxsimError(f"optimize.levers.{key}: is a group of keys; name one of them, as in {key}.KEY")
    lever = _made(key, node, bounds, _baseline(config, parts))
    for value in lever.choices or (lever.value(0.0), lever.value(1.0)):
        apply_changes(config, {key: value}, origin=f"optimize.levers.{key}")
    return lever


def _made(key: str, node: Any, bounds: LeverBounds, baseline: Any) -> Lever:
    if bounds.choices is not None:
        return Lever(key, choices=tuple(bounds.choices), baseline=baseline)
    assert bounds.low is not None and bounds.high is not None
    if node is bool or node is str or get_args(node) and all(isinstance(one, str) for one in get_args(node)):
        allowed = [False, True] if node is bool else list(get_args(node)) or ["..."]
        raise CxsimError(f"optimize.levers.{key}: is no number, so it has no bounds; write "
                         f"{{choices: [{', '.join(map(_shown, allowed))}]}}")
    return Lever(key, bounds.low, bounds.high, is_whole=node is int, baseline=baseline)


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _baseline(config: Config, parts: list[str]) -> Any:
    """The value a key has in the world; None where the world does not mention it."""
    value: Any = config
    for part in parts:
        value = value.get(part) if isinstance(value, dict) else getattr(value, part, None)
    return value.value if isinstance(value, Effect) else value
