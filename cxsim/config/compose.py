"""Hydra puts groups and overrides together; its answer becomes plain values, its errors sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from cxsim.config.folders import conf_folder, groups, own_file_with
from cxsim.config.overrides import PLURALS, no_such_option, parse, with_own_presets
from cxsim.config.searchpath import register
from cxsim.errors import CxsimError
from cxsim.settings.keys import nearest

VERSION_BASE = "1.3"


@dataclass(frozen=True)
class Composed:
    """Plain values of a world and of the commands' own keys, and where the run shall go."""

    values: dict[str, Any]
    run_dir: Path
    choices: dict[str, Any]
    overrides: tuple[str, ...]


def composed(overrides: Sequence[str], command: str, config_name: str = "config") -> Composed:
    """Compose the configuration from the shipped and the user's folders and these overrides.

    Parameters
    ----------
    overrides : sequence of str
        Checked overrides in Hydra's grammar, one value each.
    command : str
        Command in whose name the run folder is called.
    config_name : str
        ``config``, or one option of a group (``scenario/points_program``) by itself.

    Raises
    ------
    CxsimError
        Whatever Hydra, OmegaConf or YAML refuse, as one sentence.

    Examples
    --------
    >>> composed(["loyalty=points"], "run").values["loyalty"]["earn_rate"]
    0.03
    """
    texts = list(overrides)
    for _ in range(len(texts) + 1):
        try:
            return _composed(texts, command, config_name)
        except _NotThere as fault:
            texts = _added(texts, fault.key, command, config_name)
    raise CxsimError("the configuration cannot be put together; run cxsim run --cfg job to look at it")


class _NotThere(Exception):
    """An override names a key that the files do not mention."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _composed(texts: list[str], command: str, config_name: str) -> Composed:
    named = any(text.startswith("hydra.job.name=") for text in texts)
    given = with_own_presets(texts) if config_name == "config" else [*texts]
    given += [] if named else [f"hydra.job.name={command}"]
    try:
        with hydra_ready():
            config = compose(config_name, overrides=given, return_hydra_config=True)
            run_dir = Path(str(config.hydra.run.dir))
            choices = dict(config.hydra.runtime.choices)
            values = _plain(config)
    except (HydraException, OmegaConfBaseException, yaml.YAMLError, ValueError, OSError) as error:
        missing = re.match(r"Could not override '([^']+)'\.\nTo append", str(error))
        if missing and not missing[1].startswith("hydra"):
            raise _NotThere(missing[1]) from None
        raise CxsimError(sentence(error)) from None
    return Composed(values, run_dir, choices, tuple(texts))


def _plain(config: DictConfig) -> dict[str, Any]:
    """The world's values without Hydra's own, every interpolation resolved."""
    values: dict[str, Any] = {}
    for name in config:
        if name == "hydra":
            continue
        if OmegaConf.is_missing(config, name):
            raise CxsimError(f"{name} is missing; set it")
        node = config[name]
        if OmegaConf.is_config(node):
            node = OmegaConf.to_container(node, resolve=True, throw_on_missing=True)
        values[str(name)] = node
    return values


@contextmanager
def hydra_ready() -> Iterator[None]:
    """Hydra initialised on our folders, whatever it was initialised for before and is again afterwards."""
    register()
    hub = GlobalHydra.instance()
    before, hub.hydra = hub.hydra, None
    try:
        with initialize_config_dir(str(conf_folder()), version_base=VERSION_BASE):
            yield
    finally:
        GlobalHydra.instance().hydra = before


def _added(texts: list[str], key: str, command: str, config_name: str) -> list[str]:
    """The same overrides, this one adding its key: the schema has it, only the files leave it out."""
    parts = key.split(".")
    position = next(i for i, one in enumerate(parse(texts)) if one.key_or_group == key)
    if parts[0] in PLURALS and len(parts) > 1:
        others = [text for text in texts if not _is_plain(text)]
        there = _composed(others, command, config_name).values.get(parts[0]) or {}
        if parts[1] not in there and not any(_adds(text, parts[:2]) for text in texts[:position]):
            near = nearest(parts[1], there)
            hint = (
                f"did you mean {parts[0]}.{near}?" if near else f"add one with +{parts[0]}.{parts[1]}={{...}}"
            )
            told = f"{texts[position]}: there is no such {PLURALS[parts[0]]}"
            raise CxsimError(f"{told}; there are {', '.join(there) or 'none'}; {hint}")
    return [f"++{text}" if i == position else text for i, text in enumerate(texts)]


def _is_plain(text: str) -> bool:
    """Whether an override sets a key within a group: what a group holds does not depend on it."""
    return not text.startswith(("+", "~")) and "." in text.split("=")[0]


def _adds(text: str, stem: list[str]) -> bool:
    return text.startswith("+") and text.lstrip("+").split("=")[0].split(".")[:2] == stem


def sentence(error: Exception) -> str:
    """One sentence for what Hydra, OmegaConf or YAML could not do."""
    cause: BaseException = error
    if isinstance(error, HydraException) and isinstance(error.__cause__, OmegaConfBaseException):
        cause = error.__cause__
    mark = getattr(error, "problem_mark", None)
    if isinstance(error, yaml.YAMLError) and mark is not None:
        problem = getattr(error, "problem", None) or "it is no YAML"
        return f"{mark.name}, line {mark.line + 1}: {problem}; correct the file"
    text = re.split(r"\nConfig search path:|\nSee https", str(cause))[0]
    option = re.match(r"In '([^']+)': Could not find '([^'/]+)/([^']+)'", text)
    if option:
        file = own_file_with(option[3])
        where = f" (in {file})" if file else ""
        return no_such_option(option[2], option[3], groups().get(option[2], {})) + where
    already = re.match(r"Could not append to config. An item is already at '([^']+)'", text)
    if already:
        return f"{already[1]} exists already; write it without the + before it"
    key = getattr(cause, "full_key", None)
    words = " ".join(re.split(r"\n\s*full_key:", text)[0].split())
    return f"{key}: {words}; correct the value" if key else f"{words}; correct the override or the file"


def swept(overrides: Sequence[Override]) -> list[Override]:
    """Those overrides that give several values."""
    return [one for one in overrides if one.is_sweep_override()]
