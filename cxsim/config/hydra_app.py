"""What Hydra does better than we could: -m, --cfg, --info, --help, completion, by its own machinery."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from hydra import version
from hydra._internal.utils import _run_hydra
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException

from cxsim.config.compose import VERSION_BASE, composed, sentence
from cxsim.config.folders import conf_folder
from cxsim.config.loading import Request, load_request
from cxsim.config.overrides import calibrate_keys, check_names, one_value_each, parse, with_own_presets
from cxsim.config.searchpath import register
from cxsim.config.several import refuse_unclear
from cxsim.errors import CxsimError
from cxsim.settings.keys import nearest

Job = Callable[[Request, Path], Any]
"""Does one job of a multirun: its request, and the folder Hydra made for it."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise CxsimError(message)


@dataclass(frozen=True)
class Asked:
    """A command line of Hydra's grammar, read: overrides, and whether Hydra itself shall answer."""

    flags: argparse.Namespace
    overrides: tuple[str, ...]

    @property
    def is_for_hydra(self) -> bool:
        """Whether a flag asks for something else than an ordinary run."""
        flags = self.flags
        return bool(
            flags.help
            or flags.hydra_help
            or flags.cfg
            or flags.multirun
            or flags.shell_completion
            or flags.info
            or flags.experimental_rerun
        )


def flags_parser() -> argparse.ArgumentParser:
    """Hydra's flags. Hydra 1.3's own parser cannot be built on Python 3.14, so they are repeated here.

    Examples
    --------
    >>> flags_parser().parse_intermixed_args(["--cfg", "job", "seed=7"]).cfg
    'job'
    """
    parser = _Parser(add_help=False, prog="cxsim", description="Hydra", allow_abbrev=False)
    parser.add_argument("--help", "-h", action="store_true", help="groups, keys and their values")
    parser.add_argument("--hydra-help", action="store_true", help="Hydra's own help")
    parser.add_argument("overrides", nargs="*", help="KEY=VALUE, use dots for nested keys")
    parser.add_argument("--cfg", "-c", choices=["job", "hydra", "all"], help="show the configuration only")
    parser.add_argument("--resolve", action="store_true", help="with --cfg: resolve interpolations")
    parser.add_argument("--package", "-p", help="with --cfg: the part to show")
    parser.add_argument("--run", "-r", action="store_true", help="run one job (the default)")
    parser.add_argument("--multirun", "-m", action="store_true", help="run every combination of values")
    parser.add_argument("--shell-completion", "-sc", action="store_true", help="install=bash, zsh, fish")
    parser.add_argument("--config-path", "-cp", help=argparse.SUPPRESS)
    parser.add_argument("--config-name", "-cn", help=argparse.SUPPRESS)
    parser.add_argument("--config-dir", "-cd", help="a further folder of groups, behind the shipped one")
    parser.add_argument("--experimental-rerun", help=argparse.SUPPRESS)
    parser.add_argument(
        "--info",
        "-i",
        const="all",
        nargs="?",
        help="how the configuration came about",
        choices=["all", "config", "defaults", "defaults-tree", "plugins", "searchpath"],
    )
    return parser


def asked(words: Sequence[str]) -> Asked:
    """Read flags and overrides, in any order.

    Raises
    ------
    CxsimError
        An unknown flag (with the nearest one), or one that cxsim does not offer.

    Examples
    --------
    >>> asked(["seed=7", "-m", "engine=simpy,compiled"]).overrides
    ('seed=7', 'engine=simpy,compiled')
    """
    parser = flags_parser()
    known = [option for action in parser._actions for option in action.option_strings]
    for word in words:
        if word.startswith("-") and word.partition("=")[0] not in known:
            near = nearest(word, known)
            raise CxsimError(
                f"{word}: there is no such flag"
                + (
                    f"; did you mean {near}?"
                    if near
                    else f"; there are {', '.join(one for one in known if one.startswith('--'))}"
                )
            )
    flags = parser.parse_intermixed_args(list(words))
    for name in ("config_path", "config_name", "config_dir", "experimental_rerun"):
        if getattr(flags, name):
            raise CxsimError(
                f"--{name.replace('_', '-')}: not offered; put files into ./cxconf or the folder named "
                "by CXSIM_CONF, which stand before the shipped ones"
            )
    return Asked(flags, tuple(flags.overrides))


def answer(command: str, question: Asked, job: Job | None = None) -> None:
    """Let Hydra answer: show the configuration, its help, or run a job for every combination (``-m``).

    Parameters
    ----------
    command : str
        The command asked.
    question : Asked
        Its flags and overrides.
    job : callable
        What one job of a multirun does; without it ``-m`` is refused.

    Raises
    ------
    CxsimError
        Whatever does not compose, and a job that failed (the others are done nevertheless).
    """
    if question.flags.multirun and job is None:
        raise CxsimError(
            f"-m: cxsim {command} takes none; give several values to cxsim sweep, or use cxsim run -m"
        )
    texts = list(question.overrides)
    if not question.flags.shell_completion:
        texts = [*with_own_presets(_ready(command, texts, question.flags.multirun)), f"hydra.job.name={command}"]

    def task(_: DictConfig) -> Any:
        hydra = HydraConfig.get()
        assert job is not None
        return job(load_request(command, list(hydra.overrides.task)), Path(hydra.runtime.output_dir))

    hand_over(command, question, texts, task)


def hand_over(command: str, question: Asked, texts: Sequence[str], task: Callable[[DictConfig], Any]) -> None:
    """Let Hydra run a task with its own machinery, once or for every combination, by the launcher that is set.

    Parameters
    ----------
    command : str
        The command asked, for messages.
    question : Asked
        Its flags.
    texts : sequence of str
        Overrides as Hydra takes them.
    task : callable
        What each job does; sent to other processes by some launchers.

    Raises
    ------
    CxsimError
        Whatever Hydra refuses, and a job that failed.
    """
    flags = argparse.Namespace(**vars(question.flags))
    flags.overrides = list(texts)
    register()
    version.setbase(VERSION_BASE)
    try:
        with _plain_errors():
            _run_hydra(
                args=flags,
                args_parser=flags_parser(),
                task_function=task,
                config_path=str(conf_folder()),
                config_name="config",
            )
    except (HydraException, OmegaConfBaseException) as error:
        raise CxsimError(sentence(error)) from None
    except SystemExit as stop:
        if stop.code not in (0, None):
            raise CxsimError(f"cxsim {command}: Hydra could not answer; see above") from None


def _ready(command: str, typed: list[str], is_multirun: bool) -> list[str]:
    """Overrides as Hydra takes them: names checked, every job of a multirun tried before the first runs."""
    texts = calibrate_keys(typed) if command == "calibrate" else typed
    read = parse(texts)
    check_names(read, command)
    if not is_multirun and command != "sweep":
        one_value_each(read, command)
    if is_multirun:
        refuse_unclear(read)
    firsts, several = [], []
    for text, one in zip(texts, read, strict=True):
        values = list(one.sweep_string_iterator()) if one.is_sweep_override() else []
        key = text.partition("=")[0]
        firsts.append(f"{key}={values[0]}" if values else text)
        several.append(text if values and is_multirun else None)
        if is_multirun:
            _try_each(command, texts, len(firsts) - 1, [f"{key}={value}" for value in values])
    if any(text.startswith("scenario=") and "+" in text for text in firsts):
        if is_multirun:
            raise CxsimError("scenario=a+b: not with -m; use cxsim compare scenarios=[a+b,c]")
        return list(load_request(command, firsts).plain)
    found = composed(firsts, command).overrides
    return [_with_prefix(text, whole) if whole else text for text, whole in zip(found, several, strict=True)]


def _try_each(command: str, texts: list[str], position: int, values: list[str]) -> None:
    """Every value of one key, with the first values of the others."""
    others = [parse([text])[0] for text in texts]
    for value in values:
        trial = [
            value
            if i == position
            else f"{text.partition('=')[0]}={next(iter(one.sweep_string_iterator()))}"
            if one.is_sweep_override()
            else text
            for i, (text, one) in enumerate(zip(texts, others, strict=True))
        ]
        load_request(command, trial)


def _with_prefix(prepared: str, whole: str) -> str:
    return f"++{whole}" if prepared.startswith("++") and not whole.startswith("+") else whole


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Hydra hands errors on instead of printing them with a traceback."""
    before = os.environ.get("HYDRA_FULL_ERROR")
    os.environ["HYDRA_FULL_ERROR"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["HYDRA_FULL_ERROR"]
        else:
            os.environ["HYDRA_FULL_ERROR"] = before
