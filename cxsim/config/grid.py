"""The cells of a sweep: every combination its design asks for, validated before the first one runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hydra.core.override_parser.types import Override, OverrideType
from pydantic import ValidationError

from cxsim.config.compose import composed
from cxsim.config.folders import groups, looks_up
from cxsim.config.loading import Request, Swept, load, load_scenario
from cxsim.config.options import Options
from cxsim.config.overrides import LIST_GROUPS, parse
from cxsim.config.scenarios import check_parts
from cxsim.errors import CxsimError
from cxsim.settings.overlay import WORLD_KEYS, apply_changes, combine, leaves, merged, nest
from cxsim.settings.part_checks import check_part
from cxsim.settings.refusal import refusal
from cxsim.settings.schema import Config, ScenarioSpec

Chosen = Sequence[tuple[Swept, int]]
TERMS = "scenario."
"""Of a scenario, what is not changed by it: for whom it is, when it starts, ramps up and ends."""
NAMED_GROUPS = ("acquisition", "segments", "channels")
"""Groups of things under names of their own, of which an option may hold others than the world."""


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
    """Every cell of a sweep, in the order of its design.

    Hydra puts a world's files together in half a second, so it is asked once for each choice of groups; plain
    values are then set on a copy, which is what Hydra would do. Whatever is more than a plain value (a list, a
    deletion, a value that is looked up) goes to Hydra in full.

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
    if not request.rows:
        raise CxsimError(
            "cxsim sweep needs at least one key with several values, as in loyalty.earn_rate=0.01,0.03; "
            "for a single world use cxsim run"
        )
    expander = _Expander(request)
    return tuple(expander.cell(row) for row in request.rows)


def cell_at(request: Request, place: int) -> Cell:
    """One cell of a sweep by its number, without the others.

    Examples
    --------
    >>> from cxsim.config.loading import load_request
    >>> cell_at(load_request("sweep", ["referral.bonus=0,10"]), 1).levers
    {'referral.bonus': 10}
    """
    return _Expander(request).cell(request.rows[place])


@dataclass
class _Expander:
    """What the cells of one request share: worlds, scenarios and groups that were put together before."""

    request: Request
    plain: list[str] = field(init=False)
    groups: dict[str, Any] = field(init=False)
    may_set: bool = field(init=False)
    worlds: dict[tuple[str, ...], Config] = field(default_factory=dict)
    scenarios: dict[tuple[str, ...], list[ScenarioSpec]] = field(default_factory=dict)
    options: dict[tuple[str, ...], dict[str, Any]] = field(default_factory=dict)
    read: dict[str, Override] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.plain = [text for text in self.request.plain if not text.lstrip("+").startswith(("sweep.", "sweep="))]
        self.groups = groups()
        self.may_set = not looks_up() and not any("$" in text for text in self.plain)

    def cell(self, row: Sequence[int | None]) -> Cell:
        """One row of the design."""
        chosen = [(one, i) for one, i in zip(self.request.swept, row, strict=True) if i is not None]
        world = [(one, i) for one, i in chosen if one.is_world]
        levers = [(one, i) for one, i in chosen if not one.is_world]
        config = self._world(world)
        return Cell(
            world={one.key: one.values[i] for one, i in world},
            levers={one.key: one.values[i] for one, i in levers},
            config=config,
            scenario=self._scenario(config, levers, tuple(one.overrides[i] for one, i in world)),
        )

    def _world(self, chosen: Chosen) -> Config:
        """The baseline's world with some world keys set."""
        texts = tuple(one.overrides[i] for one, i in chosen)
        if not texts:
            return self.request.config
        if texts not in self.worlds:
            choices = [text for text in texts if not self._is_plain(text)]
            config = load([*self.plain, *choices], "sweep") if choices else self.request.config
            plain = [self.read[text] for text in texts if text not in choices]
            values = {str(one.key_or_group): one.value() for one in plain}
            if values:
                config = apply_changes(config, values, origin="sweep", allow_world=True)
            check_parts(self.request.baseline, config)
            self.worlds[texts] = config
        return self.worlds[texts]

    def _is_plain(self, text: str) -> bool:
        """Whether an override sets one key of the world to a plain value, so that nothing else follows from it."""
        one = self.read.setdefault(text, parse([text])[0])
        key = str(one.key_or_group)
        if not self.may_set or one.type is not OverrideType.CHANGE or one.package is not None:
            return False
        if key in self.groups or key.split(".")[0] in ("scenario", *Options.model_fields):
            return False
        value = one.value()
        return isinstance(value, bool | int | float) or isinstance(value, str) and "$" not in value

    def _scenario(self, config: Config, levers: Chosen, world: tuple[str, ...]) -> ScenarioSpec | None:
        """What this cell changes, checked on its world: its scenario's changes, and its levers on top."""
        spec = ScenarioSpec(
            name="baseline",
            start_day=config.scenario.start_day,
            ramp_days=config.scenario.ramp_days,
            end_day=config.scenario.end_day,
            who=config.scenario.who,
        )
        changes: dict[str, Any] = leaves_by_key(config.scenario.changes)
        terms: dict[str, Any] = {}
        for one, i in levers:
            text, value = one.overrides[i], one.values[i]
            if one.key == "scenario":
                parts = self._parts(str(value), world)
                spec = combine(parts).spec if parts else spec
                changes = {**leaves_by_key(spec.changes), **changes}
            elif one.key.startswith(TERMS):
                terms[one.key.removeprefix(TERMS)] = value
            elif one.key in LIST_GROUPS:
                raise CxsimError(
                    f"{text}: which {one.key} there are belongs to the world; sweep "
                    f"{one.key}.NAME.reach=0,0.5, or name it in sweep.world=[{one.key}]"
                )
            elif one.key in self.groups and one.key in WORLD_KEYS:
                raise CxsimError(f"{text}: the {one.key} belongs to the world, which baseline and scenario share; "
                                 f"name it in sweep.world=[{one.key}]")
            elif one.key in self.groups:
                changes.update(self._of_group(config, text, world))
            else:
                changes.update(leaves_by_key({one.key: value}))
        if not changes:
            return None
        name = " ".join(one.overrides[i] for one, i in levers)
        spec = _on_terms(spec, terms).model_copy(update={"name": name, "changes": nest(changes, "sweep")})
        if spec.start_day >= config.horizon_days:
            raise CxsimError(
                f"sweep: scenario.start_day={spec.start_day} is at or after the horizon "
                f"(horizon_days={config.horizon_days}); start earlier or lengthen the horizon"
            )
        check_part(config, spec)
        apply_changes(config, spec.changes, origin="sweep")
        return spec

    def _parts(self, name: str, world: tuple[str, ...]) -> list[ScenarioSpec]:
        own = (name, *(text for text in world if "scenario." in text))
        if own not in self.scenarios:
            self.scenarios[own] = load_scenario(name, [*self.plain, *world])
        return self.scenarios[own]

    def _of_group(self, config: Config, text: str, world: tuple[str, ...]) -> dict[str, Any]:
        """What choosing another option of a group changes, key by key; its files are read once."""
        if (text, *world) not in self.options:
            self.options[text, *world] = _option_changes(config, [*self.plain, *world, text])
        return self.options[text, *world]


def _on_terms(spec: ScenarioSpec, terms: dict[str, Any]) -> ScenarioSpec:
    """The scenario for other customers, or at another time."""
    if not terms:
        return spec
    values = merged(spec.model_dump(), nest(terms, "sweep"))
    try:
        return ScenarioSpec.model_validate(values)
    except ValidationError as error:
        raise CxsimError(f"sweep: {refusal(error, ScenarioSpec, values, TERMS)}") from None


def leaves_by_key(changes: dict[str, Any]) -> dict[str, Any]:
    """Nested or dotted changes as dotted keys.

    Examples
    --------
    >>> leaves_by_key({"loyalty": {"earn_rate": 0.03}})
    {'loyalty.earn_rate': 0.03}
    """
    return {".".join(path): value for path, value in leaves(nest(changes, "sweep")).items()}


def _option_changes(config: Config, texts: Sequence[str]) -> dict[str, Any]:
    """What another option of a group changes.

    Raises
    ------
    CxsimError
        When it takes a name away: a lever changes what is there.
    """
    group = parse(texts[-1:])[0].key_or_group
    values = composed(texts, "sweep").values.get(group) or {}
    there = config.model_dump(include={group})[group]
    lost = [name for name in there if name not in values] if group in NAMED_GROUPS else []
    if lost:
        raise CxsimError(
            f"{texts[-1]}: takes {', '.join(lost)} away, and a lever changes what is there; set its share, reach "
            f"or spending to 0 instead, or name it in sweep.world=[{group}]"
        )
    before, after = leaves_by_key({group: there}), leaves_by_key({group: values})
    return {key: value for key, value in after.items() if key not in before or before[key] != value}
