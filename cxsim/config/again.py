"""Composing once for each choice of groups: plain values are then set on a copy, which is what Hydra would do."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from hydra.core.override_parser.types import Override, OverrideType

from cxsim.config.compose import Composed, composed
from cxsim.config.folders import groups, looks_up, stamp
from cxsim.config.overrides import parse


def composed_again(overrides: Sequence[str], command: str) -> Composed:
    """As :func:`cxsim.config.compose.composed`, but files are read once for each choice of groups.

    Hydra needs half a second to put a world's files together. Where the overrides choose groups and set
    plain values of keys that are there, only the choice of groups needs it; anything else (lists, new keys,
    deletions, looked-up values) is composed in full. The run folder is that of the first time.

    Examples
    --------
    >>> composed_again(["market=telecom", "n_customers=7"], "run").values["n_customers"]
    7
    """
    if command not in ("run", "sweep") or looks_up():
        return composed(overrides, command)
    chosen, plain = [], {}
    for text, one in zip(overrides, parse(overrides), strict=True):
        if _is_choice(one):
            chosen.append(text)
        elif _is_plain(one):
            plain[one.key_or_group] = one.value()
        else:
            return composed(overrides, command)
    first = _composed_first(tuple(chosen), command, stamp())
    values = copy.deepcopy(first.values)
    if not all(_was_set(values, key.split("."), value) for key, value in plain.items()):
        return composed(overrides, command)
    return Composed(values, first.run_dir, dict(first.choices), tuple(overrides))


@lru_cache(maxsize=32)
def _composed_first(chosen: tuple[str, ...], command: str, _: tuple[object, ...]) -> Composed:
    return composed(chosen, command)


def _is_choice(one: Override) -> bool:
    """Whether an override chooses one option of a group."""
    return one.type is OverrideType.CHANGE and one.package is None and one.key_or_group in groups()


def _is_plain(one: Override) -> bool:
    """Whether an override changes one key to a plain value, with nothing in it to be looked up."""
    if one.type is not OverrideType.CHANGE or one.package is not None or one.is_sweep_override():
        return False
    value = one.value()
    is_written_out = isinstance(value, (bool, int, float)) or isinstance(value, str) and "$" not in value
    return is_written_out and "@" not in one.key_or_group and not one.key_or_group.startswith("hydra")


def _was_set(values: dict[str, Any], path: Sequence[str], value: Any) -> bool:
    """Set a leaf that is there; False where the path leads elsewhere."""
    *stem, last = path
    place: Any = values
    for name in stem:
        place = place.get(name) if isinstance(place, dict) else None
    if not isinstance(place, dict) or last not in place or isinstance(place[last], (dict, list)):
        return False
    place[last] = value
    return True
