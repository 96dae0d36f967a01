"""From a failed validation to one sentence: the key as the user types it, its value, what is allowed."""

from __future__ import annotations

import re
import types
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Union, get_origin

from pydantic import BaseModel, ValidationError

from cxsim.errors import CxsimError
from cxsim.settings.keys import below, is_group, nearest, nearest_key, plain_type
from cxsim.settings.values import Effect

FEW = 5
BOUNDS = {"gt": "greater than", "ge": "at least", "lt": "less than", "le": "at most"}


def refusal(error: ValidationError, model: type[BaseModel], values: Mapping[str, Any], stem: str = "") -> str:
    """The sentence a user reads when his keys do not describe a world.

    Parameters
    ----------
    error : ValidationError
        What pydantic found.
    model : type
        The model that was validated.
    values : mapping
        What was validated, for the names a user gave to channels and segments.
    stem : str
        Dotted key under which the model stands, with its dot (``"scenario."``).

    Examples
    --------
    >>> from cxsim.settings.schema import Output
    >>> try:
    ...     Output.model_validate({"events": "al"})
    ... except ValidationError as error:
    ...     print(refusal(error, Output, {}, "output."))
    output.events=al: must be none, sample or all; did you mean all?
    """
    found = sorted(_one_a_key(error.errors(), model), key=lambda one: one["type"] != "extra_forbidden")
    sentence = _sentence(found[0], model, values, stem)
    more = len(found) - 1
    return sentence + (f" (and {more} more to mend after it)" if more else "")


def unknown_key(
    parts: Sequence[str],
    position: int,
    model: Any,
    values: Mapping[str, Any],
    stem: str = "",
    shown: str = "",
    others: Iterable[str] = (),
) -> str:
    """The sentence for a key that does not exist, with the nearest one or those there are."""
    told = f"{stem}{'.'.join(parts)}{shown}: there is no such key"
    node = model
    for part in parts[:position]:
        node = below(node, part)
    node = plain_type(node)
    near = nearest_key(parts, position, model, values, others)
    # Of a few keys all are named sooner than one that is merely like it elsewhere.
    is_elsewhere = near is not None and near.split(".")[:position] != list(parts[:position])
    is_like = near is not None and near.split(".")[-1] != parts[-1]
    is_small = is_group(node) and len(node.model_fields) <= FEW
    if near is not None and not (is_small and is_elsewhere and is_like):
        return f"{told}; did you mean {stem}{near}?"
    where = f"{stem}{'.'.join(parts[:position])}".rstrip(".") or "the configuration"
    if is_group(node):
        return f"{told}; {where} has {', '.join(node.model_fields)}"
    return f"{told}; {where} is a single value"


def no_booleans(values: Mapping[str, Any], model: Any, stem: str = "") -> None:
    """Refuse true and false where a number belongs; they would silently count as 1 and 0.

    Examples
    --------
    >>> from cxsim.settings.schema import Config
    >>> no_booleans({"loyalty": {"earn_rate": True}}, Config)
    Traceback (most recent call last):
    ...
    cxsim.errors.CxsimError: loyalty.earn_rate=true: must be a number, not true or false
    """
    for name, value in values.items():
        node = plain_type(below(model, str(name)))
        if isinstance(value, Mapping):
            no_booleans(value, node, f"{stem}{name}.")
        elif isinstance(value, bool) and (node in (int, float) or node is Effect):
            raise CxsimError(f"{stem}{name}={str(value).lower()}: must be a number, not true or false")


def show(value: Any) -> str:
    """`=value` as the user would type it; nothing for a group of keys.

    Examples
    --------
    >>> show(-1), show(None), show({"a": 1}), show([0.5, 0.6])
    ('=-1', '=null', '', '=[0.5, 0.6]')
    """
    if isinstance(value, Mapping | BaseModel):
        return ""
    if value is None:
        return "=null"
    if isinstance(value, bool):
        return f"={str(value).lower()}"
    if isinstance(value, list | tuple):
        text = ", ".join(show(part)[1:] for part in value)
        return f"=[{text}]" if len(text) <= 60 else ""
    text = f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)
    return f"={text if len(text) <= 60 else text[:57] + '...'}"


def _sentence(one: Any, model: type[BaseModel], values: Mapping[str, Any], stem: str) -> str:
    parts = [str(part) for part in one["loc"]]
    key = stem + ".".join(parts)
    kind, given, context = one["type"], one["input"], one.get("ctx", {})
    if kind == "value_error":
        message = str(context["error"])
        if not parts and not stem:
            return message
        told = f"{key.rstrip('.')}: {message}"
        widen = "must lie between low" in message
        return told + (f"; choose such a value or widen {key}.low and {key}.high" if widen else "")
    if kind == "extra_forbidden":
        return unknown_key(parts, len(parts) - 1, model, values, stem, show(given))
    if kind == "missing":
        return f"{key} is missing; set {key}={_example(model, parts)}"
    other = ", or a list of such" if one.get("may_be_list") else ""
    return f"{key}{show(given)}: {_allowed(kind, given, context, model, parts)}{other}"


def _one_a_key(errors: Sequence[Any], model: type[BaseModel]) -> list[dict[str, Any]]:
    """What is wrong with each key; of a key of several kinds (a number or a list), with the one that was meant."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in errors:
        place, key = _as_typed(model, one["loc"])
        kept = found.get(key)
        may_be_list = one["type"] == "list_type" or (kept is not None and kept["may_be_list"])
        if kept is None or (kept["type"].endswith("_type") and not one["type"].endswith("_type")):
            kept = {**one, "loc": place}
        found[key] = {**kept, "may_be_list": may_be_list and key == kept["loc"] and kept["type"] != "list_type"}
    return list(found.values())


def _as_typed(model: type[BaseModel], loc: Sequence[Any]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """A place without pydantic's names of kinds, and the key of several kinds that it belongs to (or itself)."""
    node: Any = model
    place: list[Any] = []
    several: tuple[Any, ...] | None = None
    for part in loc:
        if several is None and get_origin(plain_type(node)) in (Union, types.UnionType):
            several, node = tuple(place), None
            continue
        place.append(part)
        node = below(node, str(part))
    return tuple(place), tuple(place) if several is None else several


def _allowed(
    kind: str, given: Any, context: Mapping[str, Any], model: type[BaseModel], parts: Sequence[str]
) -> str:
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", context["expected"])
        near = nearest(str(given), choices)
        told = "must be " + ", ".join(choices[:-1]) + (" or " if len(choices) > 1 else "") + choices[-1]
        return told + (f"; did you mean {near}?" if near else "")
    if kind in context or kind in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
        stated = " and ".join(f"{BOUNDS[name]} {_plain(context[name])}" for name in BOUNDS if name in context)
        return "must be " + (_range(model, parts) or stated)
    if kind in ("too_short", "too_long"):
        return f"must hold {_length(model, parts)} values, not {context['actual_length']}"
    if kind == "model_type" or kind == "model_attributes_type":
        if _node(model, parts) is Effect:
            return "must be a number, or {value: ..., low: ..., high: ..., evidence: ..., source: ...}"
        return "must be a group of keys, as in {key: value}"
    for sign, words in (
        ("finite", "must be a finite number"),
        ("int", "must be a whole number"),
        ("float", "must be a number"),
        ("bool", "must be true or false"),
        ("string", "must be text"),
        ("date", "must be a date, as in 2026-01-31"),
        ("list", "must be a list, as in [a, b]"),
        ("dict", "must be a group of keys, as in {key: value}"),
    ):
        if kind.startswith(sign):
            limits = _range(model, parts)
            return words + (f", {limits}" if limits else "")
    return "is not allowed here"


def _node(model: Any, parts: Sequence[str]) -> Any:
    node = model
    for part in parts:
        node = below(node, part)
    return plain_type(node)


def _metadata(model: Any, parts: Sequence[str]) -> dict[str, Any]:
    """Limits a field states: gt, ge, lt, le, min_length, max_length."""
    if not parts:
        return {}
    parent = _node(model, parts[:-1]) if len(parts) > 1 else model
    if not is_group(parent) or parts[-1] not in parent.model_fields:
        return {}
    field = parent.model_fields[parts[-1]]
    found: dict[str, Any] = {}
    inner = [
        part
        for kind in getattr(field.annotation, "__args__", ())
        for part in getattr(kind, "__metadata__", ())
    ]
    for mark in [*field.metadata, *inner]:
        for name in ("gt", "ge", "lt", "le", "min_length", "max_length"):
            for holder in (mark, *getattr(mark, "metadata", ())):
                limit = getattr(holder, name, None)
                if limit is not None:
                    found[name] = limit
    return found


def _range(model: Any, parts: Sequence[str]) -> str:
    marks = _metadata(model, parts)
    limits = {name: _plain(marks[name]) for name in BOUNDS if name in marks and abs(marks[name]) < 1e15}
    if "ge" in limits and "le" in limits:
        return f"between {limits['ge']} and {limits['le']}"
    return " and ".join(f"{BOUNDS[name]} {limit}" for name, limit in limits.items())


def _plain(limit: float) -> str:
    return str(int(limit)) if float(limit).is_integer() else f"{limit:g}"


def _length(model: Any, parts: Sequence[str]) -> str:
    marks = _metadata(model, parts)
    low, high = marks.get("min_length"), marks.get("max_length")
    return f"{low}" if low == high else f"{low or 0} to {high or 'any number of'}"


def _example(model: Any, parts: Sequence[str]) -> str:
    node = _node(model, parts)
    choices = getattr(node, "__args__", ())
    return str(choices[0]) if choices and isinstance(choices[0], str) else "..."
