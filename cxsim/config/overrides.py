"""What the user typed, override by override: read, checked by name, and put into Hydra's words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException

from cxsim.config.folders import conf_folder, groups
from cxsim.config.options import READERS, CalibrateOptions, Options
from cxsim.config.several import listed, refuse_absent_launcher
from cxsim.errors import CxsimError
from cxsim.settings.keys import below, is_named, nearest, unknown_part
from cxsim.settings.refusal import unknown_key
from cxsim.settings.schema import Config

CALIBRATE_KEY = re.compile(rf"(calibrate\.)?({'|'.join(CalibrateOptions.model_fields)})(\.\w+)?=(.*)", re.S)
PLURALS = {"segments": "segment", "channels": "channel", "touchpoints": "touchpoint"}
LIST_GROUPS = ("touchpoints",)
"""Groups of which a world takes several options at once, as in touchpoints=[reminder,courier]."""


def parse(texts: Iterable[str]) -> list[Override]:
    """Read overrides one by one, so that a mistake is told with the words it stands in.

    Raises
    ------
    CxsimError
        If one is no override: write ``key=value``, and quote a value with special signs.

    Examples
    --------
    >>> parse(["points_program"])
    Traceback (most recent call last):
    ...
    cxsim.errors.CxsimError: points_program: write key=value; did you mean scenario=points_program?
    """
    parser = OverridesParser.create()
    return [_parse_one(parser, text) for text in texts]


def _parse_one(parser: OverridesParser, text: str) -> Override:
    if "=" not in text and not text.startswith("~"):
        owners = [group for group, options in groups().items() if text in options]
        guess = f"; did you mean {owners[0]}={text}?" if owners else ", as in seed=7"
        raise CxsimError(f"{text}: write key=value{guess}")
    key, _, value = text.partition("=")
    if not key.strip("+~ "):
        raise CxsimError(f"{text}: there is no key before the =; write key=value, as in seed=7")
    try:
        return listed(parser.parse_override(text))
    except HydraException as error:
        quoted = value.replace("'", "\\'")
        where = " ".join(str(error).split("See https")[0].split())
        raise CxsimError(
            f"{text}: the value cannot be read ({where}); put a value with special signs in quotes: "
            f"\"{key}='{quoted}'\""
        ) from None


def check_names(overrides: Sequence[Override], command: str, *, is_swept: bool = False) -> None:
    """Refuse groups, options and keys that do not exist, with the nearest one that does.

    `is_swept`: these are single values of swept keys, among which a scenario may be.

    Raises
    ------
    CxsimError
        Names the override as typed, what there is, and what may have been meant.

    Examples
    --------
    >>> check_names(parse(["market=onlin_retail"]), "run")
    Traceback (most recent call last):
    ...
    cxsim.errors.CxsimError: market=onlin_retail: there is no such market; there are contact_centre, \
online_retail, subscription, telecom; did you mean online_retail?
    """
    known = groups()
    varies = command == "sweep" and any(
        one.is_sweep_override() and one.key_or_group.startswith("scenario.") for one in overrides)
    for override in overrides:
        key = override.key_or_group
        if key == "hydra" or key.startswith(("hydra.", "hydra/")):
            refuse_absent_launcher(override)
            continue
        if not is_swept:
            _check_reader(override, command, is_varied=varies)
        if key in known and override.package is None:
            _check_group(override, known[key])
        elif "/" in key or override.package is not None:
            near = nearest(key.partition("@")[0], known)
            hint = f"; did you mean {near}?" if near else ""
            there = ", ".join(sorted(known))
            raise CxsimError(f"{override.input_line}: there is no such group; there are {there}{hint}")
        else:
            own = CalibrateOptions.model_fields if command == "calibrate" else ()
            _check_key(override, [*own, *known])


def values_of(override: Override) -> list[Any]:
    """The values an override stands for: one, or those of its sweep."""
    if override.is_interval_sweep():
        group = override.key_or_group
        raise CxsimError(f"{override.input_line}: a group has options, not an interval; write {group}=a,b")
    if override.is_sweep_override():
        return [Override._convert_value(value) for value in override.sweep_iterator()]
    return [override.value()]


def one_value_each(overrides: Sequence[Override], command: str) -> None:
    """Refuse several values for one key where the command takes one.

    Raises
    ------
    CxsimError
        Names ``cxsim sweep`` and, for lists, the brackets.
    """
    for override in overrides:
        if override.is_sweep_override():
            key, _, value = str(override.input_line).partition("=")
            if key == "scenarios" or key in LIST_GROUPS:
                raise CxsimError(f"{override.input_line}: write a list in brackets: {key}=[{value}]")
            extra = ", or -m" if command == "run" else ""
            raise CxsimError(
                f"{override.input_line}: cxsim {command} takes one value for {key}; for several use "
                f"cxsim sweep {override.input_line}{extra}"
            )


def with_own_presets(texts: Sequence[str]) -> list[str]:
    """The same overrides; where a list group is not chosen, the user's own files stand in it as well.

    Examples
    --------
    >>> with_own_presets(["seed=7", "touchpoints=[reminder]"])
    ['seed=7', 'touchpoints=[reminder]']
    """
    result = list(texts)
    for group in LIST_GROUPS:
        shipped = {file.stem for file in (conf_folder() / group).glob("*.yaml")}
        own = sorted(set(groups().get(group, {})) - shipped)
        if own and not any(text.startswith(f"{group}=") for text in texts):
            result.append(f"{group}=[{','.join([*sorted(shipped), *own])}]")
    return result


def calibrate_keys(texts: Iterable[str]) -> list[str]:
    """The keys of ``cxsim calibrate`` may be typed without ``calibrate.``, and its values are taken as typed.

    Examples
    --------
    >>> calibrate_keys(["data=my sales (2).csv", "until=1997-09-30", "overwrite=true"])
    ["calibrate.data='my sales (2).csv'", "calibrate.until='1997-09-30'", 'calibrate.overwrite=true']
    """
    return [_calibrate_key(text) for text in texts]


def _calibrate_key(text: str) -> str:
    found = CALIBRATE_KEY.fullmatch(text)
    if not found:
        return text
    _, name, inner, value = found.groups()
    key = f"calibrate.{name}{inner or ''}"
    as_typed = name in ("data", "name", "until", "date_format") or inner
    plain = value in ("", "null") or value[:1] in "'\"{["
    return f"{key}={value}" if plain or not as_typed else f"{key}={quoted(value)}"


def quoted(text: str) -> str:
    r"""Text in Hydra's quotes, with nothing in it looked up.

    Examples
    --------
    >>> quoted("it's ${HOME}")
    "'it\\'s \\${HOME}'"
    """
    escaped = re.sub(r"(\\+)(?=['$]|$)", r"\1\1", text).replace("'", "\\'").replace("${", "\\${")
    return f"'{escaped}'"


def as_override(value: Any) -> str:
    """A value in Hydra's override grammar.

    Examples
    --------
    >>> as_override({"a": [1, None, True], "b": "x y"})
    "{a: [1, null, true], b: 'x y'}"
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {as_override(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(as_override(inner) for inner in value) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return repr(value) if isinstance(value, int | float) else quoted(str(value))


def _check_reader(override: Override, command: str, *, is_varied: bool = False) -> None:
    key = override.key_or_group
    readers = READERS.get(key.split(".")[0])
    if key == "scenario" and command in ("compare", "sensitivity", "plan", "optimize", "calibrate"):
        what = {"compare": "takes scenarios=[...]", "sensitivity": "takes scenarios=[...]",
                "optimize": "takes optimize.scenarios=[...]"}.get(
            command, "takes no scenario")
        raise CxsimError(
            f"{override.input_line}: cxsim {command} {what}; "
            f"for one scenario use cxsim run {override.input_line}"
        )
    if key == "scenario" and command == "sweep" and not (override.is_sweep_override() or is_varied):
        raise CxsimError(
            f"{override.input_line}: in a sweep a scenario is what varies; give several "
            f"({override.input_line},none), or vary for whom or when (scenario.who.share=0.5,1), or put it on the "
            f"other side with baseline={override.value()}"
        )
    if command == "calibrate" and readers is None and unknown_part(Config, key.split(".")) is None:
        own = ", ".join(CalibrateOptions.model_fields)
        raise CxsimError(f"{override.input_line}: cxsim calibrate reads only {own}; leave this key out")
    if readers is not None and command not in readers:
        hint = "; did you mean scenario=NAME?" if key == "scenarios" and command == "run" else ""
        names = " and ".join(f"cxsim {reader}" for reader in readers)
        raise CxsimError(
            f"{override.input_line}: this key is for {names}, not for cxsim {command}; leave it out{hint}"
        )


def _check_group(override: Override, options: Mapping[str, Any]) -> None:
    group = override.key_or_group
    if override.is_delete():
        raise CxsimError(
            f"{override.input_line}: a group is always there; choose another option, "
            f"there are {', '.join(sorted(options))}"
        )
    for value in values_of(override):
        if isinstance(value, dict) and override.is_force_add():
            return
        if isinstance(value, dict):
            there = ", ".join(sorted(options))
            raise CxsimError(
                f"{override.input_line}: {group} takes an option ({there}); "
                f"set its keys one by one, as in {group}.{next(iter(value), 'key')}=..."
            )
        for name in value if isinstance(value, list) else [value]:
            parts = str(name).split("+") if group == "scenario" else [name]
            for part in parts:
                if str(part) not in options:
                    raise CxsimError(no_such_option(group, part, options))


def no_such_option(group: str, name: Any, options: Iterable[str]) -> str:
    """The sentence for an option that a group does not have."""
    there = sorted(options)
    near = nearest(str(name), there)
    shown = "null" if name is None else name
    told = f"{group}={shown}: there is no such {PLURALS.get(group, group)}; there are {', '.join(there)}"
    return told + (f"; did you mean {near}?" if near else "")


def _check_key(override: Override, others: Iterable[str]) -> None:
    parts = override.key_or_group.split(".")
    root = Options if parts[0] in Options.model_fields else Config
    unknown = unknown_part(root, parts)
    if unknown is None:
        return
    line = str(override.input_line).lstrip("+~")
    shown = f"={line.partition('=')[2]}" if "=" in line else ""
    named = len(parts) > 1 and is_named(below(root, parts[0]))
    names = {parts[0]: {parts[1]: {}}} if named else {}
    others = [*Options.model_fields, *others]
    raise CxsimError(unknown_key(parts, unknown, root, names, shown=shown, others=others))
