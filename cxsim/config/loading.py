"""From what the user typed to a validated world and everything a command needs beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from hydra.core.override_parser.types import Override
from pydantic import ValidationError

from cxsim.config.again import composed_again
from cxsim.config.compose import Composed, composed, swept
from cxsim.config.designs import Swept, make_design, overrides_of
from cxsim.config.folders import own_file_with, stamp
from cxsim.config.options import Options
from cxsim.config.overrides import calibrate_keys, check_names, one_value_each, parse
from cxsim.config.ranges import ranges_typed
from cxsim.config.scenarios import Parts, fitting, load_scenario, own_name, scenarios_together
from cxsim.config.several import refuse_unclear
from cxsim.errors import CxsimError
from cxsim.settings.overlay import apply_changes
from cxsim.settings.refusal import no_booleans, refusal
from cxsim.settings.schema import Config
from cxsim.whatif.optimize_options import LeverBounds
from cxsim.whatif.plan_levers import refuse_market


__all__ = ["Request", "Swept", "load", "load_request", "load_scenario"]


@dataclass(frozen=True)
class Request:
    """What a command was asked to do, validated as a whole before anything runs.

    Parameters
    ----------
    command : str
        ``run``, ``compare``, ``sweep``, ``plan``, ``optimize`` or ``calibrate``.
    config : Config
        The world (baseline); its `scenario` is named in it but not applied.
    options : Options
        Keys that only commands read.
    run_dir : Path
        Where results go; it does not exist yet.
    overrides : tuple of str
        As typed.
    plain : tuple of str
        Those with one value, as Hydra takes them: the world without what is swept.
    scenarios : tuple of tuple of ScenarioSpec
        What is compared (``compare``) or run (``run``); each has one part, or several joined by ``+``.
    baseline : tuple of ScenarioSpec
        Parts of the scenario that stands on the other side; empty for the market itself.
    swept : tuple of Swept
        Keys with several values (``sweep``).
    rows : tuple
        The cells of a sweep: for each swept key the place of its value, or None where it stays as it is.
    ranges : dict of str to LeverBounds
        Keys that were given a range (``optimize``).
    """

    command: str
    config: Config
    options: Options
    run_dir: Path
    overrides: tuple[str, ...]
    plain: tuple[str, ...]
    scenarios: tuple[Parts, ...]
    baseline: Parts
    swept: tuple[Swept, ...]
    rows: tuple[tuple[int | None, ...], ...] = ()
    ranges: dict[str, LeverBounds] = field(default_factory=dict)


def load(overrides: Sequence[str] = (), command: str = "run") -> Config:
    """A validated world from the shipped configuration, the user's folder and overrides.

    Parameters
    ----------
    overrides : sequence of str
        Hydra overrides, as on the command line: ``["market=subscription", "n_customers=1e5"]``.
    command : str
        Command for which it is meant; keys of other commands are refused.

    Raises
    ------
    CxsimError
        One sentence that names the key, its value, what is allowed, and the nearest name.

    Examples
    --------
    >>> load(["n_customers=1e5"]).n_customers
    100000
    >>> load(["loyalty.points_per_unit=-1"])
    Traceback (most recent call last):
    ...
    cxsim.errors.CxsimError: loyalty.points_per_unit=-1: must be greater than 0
    """
    return _loaded(tuple(overrides), command, stamp()).model_copy(deep=True)


@lru_cache(maxsize=64)
def _loaded(overrides: tuple[str, ...], command: str, _: tuple[object, ...]) -> Config:
    return _request(command, overrides, composed_again).config


def load_request(
    command: str, overrides: Sequence[str] = (), early: Callable[[Config, int], None] | None = None,
) -> Request:
    """Everything a command needs, or one sentence that says what stands in its way.

    `early` is called with the world and the number of scenarios as soon as they are known: what it refuses need
    not wait for the scenarios to be put together.

    Raises
    ------
    CxsimError
        Unknown groups, options, keys; impossible values; scenarios that contradict each other or do
        not fit the market.

    Examples
    --------
    >>> [parts[0].name for parts in load_request("compare").scenarios]
    ['points_program', 'live_chat', 'referral_bonus']
    """
    return _request(command, overrides, composed, early)


def _request(
    command: str, overrides: Sequence[str], compose: Callable[[Sequence[str], str], Composed],
    early: Callable[[Config, int], None] | None = None,
) -> Request:
    texts = calibrate_keys(overrides) if command == "calibrate" else list(overrides)
    typed = parse(texts)
    check_names(typed, command)
    several = swept(typed) if command in ("sweep", "optimize") else []
    if several:
        refuse_unclear(typed)
    if command not in ("sweep", "optimize"):
        one_value_each(typed, command)
    plain = scenarios_together([text for text, one in zip(texts, typed, strict=True) if one not in several])
    found = compose(plain, command)
    options = _options(found, typed)
    if command == "plan" and options.plan is not None and options.plan.mode == "simulated":
        # Before the world: whatever else is amiss with it, mending it would not help.
        refuse_market(found.values["market"]["kind"])
    config = _world(found, typed)
    if early is not None:
        early(config, len(options.scenarios) if command in ("compare", "sensitivity") else 0)
    scenarios, baseline = _scenarios(command, config, options, plain)
    ranges = ranges_typed(several) if command == "optimize" else {}
    several = several if command == "sweep" else []
    design = make_design([*several, *_of_file(options, several)], options.sweep, config.seed)
    check_names(parse(overrides_of(design)), command, is_swept=True)
    return Request(
        command=command,
        config=config,
        options=options,
        run_dir=_free(found.run_dir, texts),
        overrides=tuple(overrides),
        plain=found.overrides,
        scenarios=scenarios,
        baseline=baseline,
        swept=design.swept,
        rows=design.rows,
        ranges=ranges,
    )


def _options(found: Composed, typed: Sequence[Override]) -> Options:
    values = {key: found.values[key] for key in Options.model_fields if key in found.values}
    try:
        return Options.model_validate(values)
    except ValidationError as error:
        raise CxsimError(refusal(error, Options, values) + _where(error, typed)) from None


def _world(found: Composed, typed: Sequence[Override]) -> Config:
    values = {key: value for key, value in found.values.items() if key not in Options.model_fields}
    scenario = values.get("scenario")
    if isinstance(scenario, dict):
        option = str(found.choices.get("scenario", "none"))
        scenario["name"] = own_name(scenario.get("name"), option)
        if scenario["name"] == "baseline" and scenario.get("changes"):
            scenario["name"] = "custom"
    no_booleans(values, Config)
    try:
        config = Config.model_validate(values)
    except ValidationError as error:
        raise CxsimError(refusal(error, Config, values) + _where(error, typed)) from None
    if config.scenario.changes:
        apply_changes(config, config.scenario.changes, origin=f"scenario {config.scenario.name}")
    return config


def _where(error: ValidationError, typed: Sequence[Override]) -> str:
    """The user's file a bad key stands in, where it was not typed and one file alone mentions it."""
    first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
    key = ".".join(str(part) for part in first["loc"])
    typed_it = any(one.key_or_group.startswith(key) or key.startswith(one.key_or_group) for one in typed)
    file = own_file_with(f"{first['loc'][-1]}:") if key and not typed_it else None
    return f" (in {file})" if file else ""


def _scenarios(
    command: str, config: Config, options: Options, plain: Sequence[str]
) -> tuple[tuple[Parts, ...], Parts]:
    if command == "run":
        return ((config.scenario,),) if config.scenario.changes else (), ()
    if command not in ("compare", "sweep", "sensitivity"):
        return (), ()
    baseline = fitting(options.baseline, config, plain)
    if command == "sweep":
        return (), baseline
    named = [(name, fitting(name, config, plain)) for name in options.scenarios]
    if not named:
        raise CxsimError("scenarios=[]: nothing to compare; name one at least, as in scenarios=[live_chat]")
    for name, parts in named:
        if parts == baseline or [one for one, _ in named].count(name) > 1:
            listed = ", ".join(options.scenarios)
            raise CxsimError(f"scenarios=[{listed}]: {name} is the baseline or named twice; leave it out")
    return tuple(parts for _, parts in named), baseline


def _of_file(options: Options, several: Sequence[Override]) -> list[Override]:
    """Keys swept by the option of the group `sweep`; what is typed stands before them."""
    typed = {one.key_or_group for one in several}
    found = parse([f"{key}={text}" for key, text in options.sweep.over.items() if key not in typed])
    for one in found:
        if not one.is_sweep_override():
            raise CxsimError(f"sweep.over: {one.input_line}: needs several values, as in 0.01,0.03")
    return found


def _free(folder: Path, texts: Sequence[str]) -> Path:
    """A folder of one's own also for the second run of one second, unless the user named it."""
    if any(text.startswith("hydra.run.dir=") for text in texts):
        return folder
    number, free = 1, folder
    while free.exists():
        number += 1
        free = folder.with_name(f"{folder.name}-{number}")
    return free
