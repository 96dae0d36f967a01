"""What a page says of its making: assumptions, changes, the reference check, versions."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from cxsim.settings.assumptions import Assumption, find_assumptions, placeholder_share
from cxsim.settings.values import Effect

if TYPE_CHECKING:
    from cxsim.settings.schema import Config

NOT_LEVERS = ("scenario", "seed", "output", "parallel", "engine", "replications", "precision")
ABSENT = "–"
SHORT_CHECK = 12


def _shown(value: Any) -> str:
    if isinstance(value, float | int) and not isinstance(value, bool):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return ", ".join(_shown(one) for one in value)
    return ABSENT if value is None else str(value)


def _leaves(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(node, Effect):
        yield path, node.value
    elif isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from _leaves(getattr(node, name), f"{path}.{name}" if path else name)
    elif isinstance(node, Mapping):
        for name, value in node.items():
            yield from _leaves(value, f"{path}.{name}")
    else:
        yield path, node


def changed_keys(config: Config, scenarios: Mapping[str, Config]) -> list[dict[str, str]]:
    """Every key that a scenario holds otherwise than the baseline.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> changed_keys(load(), {"dearer": load(["loyalty.earn_rate=0.03"])})
    [{'scenario': 'dearer', 'key': 'loyalty.earn_rate', 'before': '0', 'after': '0.03'}]
    """
    before = dict(_leaves(config))
    rows = []
    for name, other in scenarios.items():
        after = dict(_leaves(other))
        for key in dict.fromkeys([*before, *after]):
            if key.partition(".")[0] not in NOT_LEVERS and before.get(key) != after.get(key):
                rows.append({"scenario": name, "key": key, "before": _shown(before.get(key)),
                             "after": _shown(after.get(key))})
    return rows


def assumption_rows(
    config: Config, scenarios: Mapping[str, Config]
) -> tuple[str, list[dict[str, str]], list[str]]:
    """A sentence, the assumptions in play as rows of text, and the keys of those switched off."""
    found = find_assumptions(config, scenarios)
    n_placeholders, n_in_play = placeholder_share(found)
    words = "No assumed effect is in play: the world is the plain model with its calibrated parameters."
    if n_in_play:
        words = (f"{n_placeholders} of {n_in_play} assumed effects in play "
                 f"({100 * n_placeholders / n_in_play:.0f}%) are placeholders: reasonable values nobody has "
                 "measured for this business. A result is as good as the effects it rests on; measure those "
                 "that matter before you spend.")
    order = {"placeholder": 0, "expert": 1, "published": 2, "measured": 3}
    in_play = sorted((one for one in found if one.is_in_play), key=lambda one: order[one.evidence])
    off = [one.key for one in found if not one.is_in_play]
    return words, [_assumption_row(one) for one in in_play], list(dict.fromkeys(off))


def _assumption_row(one: Assumption) -> dict[str, str]:
    span = ABSENT if one.low == one.high else f"{one.low:g} to {one.high:g}"
    return {"key": one.key, "value": f"{one.value:g}", "range": span, "evidence": one.evidence,
            "source": one.source or ABSENT, "where": one.where}


def check_section(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The check that the baseline reproduces its history, as a table of text; None without rows.

    Examples
    --------
    >>> check_section([{"metric": "orders", "gap": 0.001}])["rows"]
    [['orders', '0.001']]
    """
    if not rows:
        return None
    heads = list(dict.fromkeys(name for row in rows for name in row))
    return {
        "words": "With all experience processes on, the baseline must give the orders, customers and spend "
                 "of its calibrated history. Each row compares it, under fresh luck, with a twin whose "
                 "effects are switched off.",
        "heads": [head.replace("_", " ") for head in heads], "is_short": len(rows) <= SHORT_CHECK,
        "rows": [[_cell(row.get(head)) for head in heads] for row in rows]}


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "unknown" if math.isnan(value) else f"{value:.4g}"
    return ABSENT if value is None else str(value)


def made_rows(manifest: Mapping[str, Any], config: Config) -> list[tuple[str, str]]:
    """How the run was made, as pairs of text."""
    versions = manifest.get("versions", {})
    git = manifest.get("git") or {}
    commit = git.get("hash") or "none (not run from a checkout with a commit)"
    rows = [
        ("command", manifest.get("command", ABSENT)),
        ("engine", manifest.get("engine", ABSENT)),
        ("replications", _shown(manifest.get("replications"))),
        *([("precision", manifest["precision"]["told"])] if "precision" in manifest else []),
        ("seed", str(manifest.get("seed", ABSENT))),
        ("configuration", f"digest {manifest.get('config_digest', ABSENT)}"),
        ("versions", ", ".join(f"{name} {number}" for name, number in versions.items()) or ABSENT),
        ("commit", commit + (" with uncommitted changes" if git.get("dirty") else "")),
        ("wall time", f"{manifest.get('wall_seconds', 0):.1f} s"),
    ]
    if config.calibration:
        facts = [f"{key} {_cell(value)}" for key, value in config.calibration.items()
                 if not isinstance(value, Mapping | list)]
        rows.insert(1, ("calibrated", ", ".join(facts)))
    if manifest.get("processes"):
        rows.append(("own processes", manifest.get("replay_note") or ", ".join(manifest["processes"])))
    return rows
