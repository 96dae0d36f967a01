"""The cells of a sweep: every combination of the swept values, validated before the first one runs."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cxsim.config.compose import composed
from cxsim.config.folders import groups
from cxsim.config.loading import Request, Swept, load, load_scenario
from cxsim.config.overrides import LIST_GROUPS, parse
from cxsim.errors import CxsimError
from cxsim.settings.overlay import apply_changes, combine, leaves, nest
from cxsim.settings.schema import Config, ScenarioSpec


@dataclass(frozen=True)
class Cell:
    """One combination of swept values.

    Parameters
    ----------
    world, levers : dict
        Swept keys with this cell's values: those that change both sides, and the scenario side only.
    config : Config
        The baseline world of this cell; cells with the same `world` share one object.
    scenario : ScenarioSpec or None
        What the scenario side changes; None where this cell is the baseline itself.
    """

    world: dict[str, Any]
    levers: dict[str, Any]
    config: Config
    scenario: ScenarioSpec | None


def cells(request: Request) -> tuple[Cell, ...]:
    """Every cell of a sweep, in the order of the command line, the last key fastest.

    Raises
    ------
    CxsimError
        Nothing is swept, or a cell does not fit its world; the message names key and value.

    Examples
    --------
    >>> from cxsim.config.loading import load_request
    >>> grid = cells(load_request("sweep", ["loyalty.earn_rate=0.01,0.03", "referral.bonus=0,10"]))
    >>> len(grid), grid[1].levers, grid[1].scenario.name
    (4, {'loyalty.earn_rate': 0.01, 'referral.bonus': 10}, 'loyalty.earn_rate=0.01 referral.bonus=10')
    """
    if not request.swept:
        raise CxsimError(
            "cxsim sweep needs at least one key with several values, as in loyalty.earn_rate=0.01,0.03; "
            "for a single world use cxsim run"
        )
    worlds: dict[tuple[str, ...], Config] = {}
    found = []
    for choice in itertools.product(*(range(len(one.values)) for one in request.swept)):
        chosen = list(zip(request.swept, choice, strict=True))
        world = tuple(one.overrides[i] for one, i in chosen if one.is_world)
        if world not in worlds:
            plain = [text for text in request.plain if not text.lstrip("+").startswith("sweep.")]
            worlds[world] = load([*plain, *world], "sweep") if world else request.config
        levers = [(one, i) for one, i in chosen if not one.is_world]
        found.append(
            Cell(
                world={one.key: one.values[i] for one, i in chosen if one.is_world},
                levers={one.key: one.values[i] for one, i in levers},
                config=worlds[world],
                scenario=_scenario(worlds[world], levers, [*request.plain, *world]),
            )
        )
    return tuple(found)


def _scenario(
    config: Config, levers: Sequence[tuple[Swept, int]], plain: Sequence[str]
) -> ScenarioSpec | None:
    """What this cell changes, checked on its world: its scenario's changes, and its levers on top of them."""
    names = [one.overrides[i] for one, i in levers]
    spec = ScenarioSpec(
        name="baseline",
        start_day=config.scenario.start_day,
        ramp_days=config.scenario.ramp_days,
        end_day=config.scenario.end_day,
    )
    changes: dict[str, Any] = {}
    for one, i in levers:
        value = one.values[i]
        if one.key == "scenario":
            parts = load_scenario(str(value), plain)
            spec = combine(parts).spec if parts else spec
            changes = {**leaves_by_key(spec.changes), **changes}
        elif one.key in LIST_GROUPS:
            raise CxsimError(
                f"{one.overrides[i]}: which {one.key} there are belongs to the world; sweep "
                f"{one.key}.NAME.reach=0,0.5, or name it in sweep.world=[{one.key}]"
            )
        elif one.key in groups():
            changes.update(_of_group(config, [*plain, one.overrides[i]]))
        else:
            changes.update(leaves_by_key({one.key: value}))
    if not changes:
        return None
    spec = spec.model_copy(update={"name": " ".join(names), "changes": nest(changes, "sweep")})
    if spec.start_day >= config.horizon_days:
        raise CxsimError(
            f"sweep: scenario.start_day={spec.start_day} is at or after the horizon "
            f"(horizon_days={config.horizon_days}); start earlier or lengthen the horizon"
        )
    apply_changes(config, spec.changes, origin="sweep")
    return spec


def leaves_by_key(changes: dict[str, Any]) -> dict[str, Any]:
    """Nested or dotted changes as dotted keys.

    Examples
    --------
    >>> leaves_by_key({"loyalty": {"earn_rate": 0.03}})
    {'loyalty.earn_rate': 0.03}
    """
    return {".".join(path): value for path, value in leaves(nest(changes, "sweep")).items()}


def _of_group(config: Config, texts: Sequence[str]) -> dict[str, Any]:
    """What choosing another option of a group changes, key by key."""
    group = parse(texts[-1:])[0].key_or_group
    values = composed(texts, "sweep").values.get(group)
    before = leaves_by_key({group: config.model_dump()[group]})
    after = leaves_by_key({group: values})
    return {key: value for key, value in after.items() if key not in before or before[key] != value}
