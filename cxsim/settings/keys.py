"""The tree of keys a configuration may hold: walking it, listing it, and finding the nearest name."""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

FREE = object()
"""What stands below a key whose content no schema fixes (``calibration``, ``scenario.changes``)."""


def below(node: Any, name: str) -> Any:
    """What stands below `node` under `name`: a type, `FREE`, or None where there is no such key.

    Parameters
    ----------
    node : type
        A group of keys (a pydantic model), a ``dict[str, ...]`` of named groups, or a plain value.
    name : str
        One part of a dotted key.

    Examples
    --------
    >>> from cxsim.settings.schema import Config
    >>> below(Config, "seed") is not None, below(Config, "sede") is None
    (True, True)
    """
    if node is FREE:
        return FREE
    node = plain_type(node)
    if is_group(node):
        field = node.model_fields.get(name)
        return None if field is None else field.annotation
    if get_origin(node) is dict or node is dict:
        kind = get_args(node)[1] if get_args(node) else Any
        return FREE if kind is Any else kind
    return FREE if node is Any else None


def plain_type(node: Any) -> Any:
    """The type without ``| None`` and without its limits."""
    if get_origin(node) in (Union, types.UnionType):
        kinds = [kind for kind in get_args(node) if kind is not type(None)]
        node = kinds[0] if len(kinds) == 1 else node
    return get_args(node)[0] if get_origin(node) is Annotated else node


def is_group(node: Any) -> bool:
    """Whether the type is a group of keys of its own."""
    return isinstance(node, type) and issubclass(node, BaseModel)


def is_named(node: Any) -> bool:
    """Whether the type holds groups under names the user chooses (channels, segments)."""
    return get_origin(node) is dict and is_group(get_args(node)[1])


def unknown_part(model: Any, parts: Sequence[str]) -> int | None:
    """Position of the first part of a dotted key that the schema does not know, or None.

    Examples
    --------
    >>> from cxsim.settings.schema import Config
    >>> unknown_part(Config, ["loyalty", "earnrate"]), unknown_part(Config, ["channels", "kiosk", "share"])
    (1, None)
    """
    node = model
    for position, part in enumerate(parts):
        node = below(node, part)
        if node is None:
            return position
    return None


def key_paths(model: Any, values: Mapping[str, Any], stem: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every key there is, named groups (channels, segments) by the names found in `values`.

    Examples
    --------
    >>> from cxsim.settings.schema import Config
    >>> ("channels", "web", "share") in key_paths(Config, {"channels": {"web": {}}})
    True
    """
    model = plain_type(model)
    for name in model.model_fields:
        path = (*stem, name)
        yield path
        node = plain_type(below(model, name))
        inner = values.get(name) if isinstance(values, Mapping) else None
        inner = inner if isinstance(inner, Mapping) else {}
        if is_group(node):
            yield from key_paths(node, inner, path)
        elif is_named(node):
            for entry, content in inner.items():
                yield (*path, entry)
                content = content if isinstance(content, Mapping) else {}
                yield from key_paths(get_args(node)[1], content, (*path, entry))


def nearest(word: str, names: Iterable[str], likeness: float = 0.65) -> str | None:
    """The name most like `word`, or None where none is.

    Examples
    --------
    >>> nearest("onlin", ["subscription", "online_retail"]), nearest("fone", ["web", "phone"])
    ('online_retail', 'phone')
    """
    there = list(names)
    found = difflib.get_close_matches(word, there, n=1, cutoff=likeness)
    longer = [name for name in there if len(word) >= 3 and name.startswith(word)]
    return found[0] if found else longer[0] if len(longer) == 1 else None


def nearest_key(
    parts: Sequence[str], position: int, model: Any, values: Mapping[str, Any], others: Iterable[str] = ()
) -> str | None:
    """The dotted key the user may have meant: a sibling of the unknown part, else a like name elsewhere.

    Parameters
    ----------
    parts : sequence of str
        The key; `position` is its first part that does not exist.
    model : type
        The schema; `values` names its channels and segments.
    others : iterable of str
        Further names at the root, such as groups.

    Examples
    --------
    >>> from cxsim.settings.schema import Config
    >>> nearest_key(["loyalty", "earnrate"], 1, Config, {}), nearest_key(["earn_rate"], 0, Config, {})
    ('loyalty.earn_rate', 'loyalty.earn_rate')
    """
    stem, word = tuple(parts[:position]), parts[position]
    paths = [*key_paths(model, values), *((name,) for name in others)]
    siblings = [path[position] for path in paths if len(path) == position + 1 and path[:position] == stem]
    sibling = nearest(word, siblings, 0.75)
    if sibling is None:
        same = [path for path in paths if path[-1] == parts[-1]]
        if same:
            return ".".join(min(same, key=lambda path: sum(part not in parts for part in path)))
        sibling = nearest(word, siblings)
    if sibling is not None:
        return ".".join((*stem, sibling, *parts[position + 1 :]))
    last = nearest(parts[-1], [path[-1] for path in paths], 0.75)
    return next((".".join(path) for path in paths if path[-1] == last), None)
