"""The front door: help, unknown commands, exit codes, and sentences instead of tracebacks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import pytest

from cxsim.cli import commands
from cxsim.cli.commands import COMMANDS, Command
from cxsim.cli.main import main
from cxsim.errors import CxsimError


def stopping(error: BaseException):
    """A command whose handler stops with this error."""

    def handler(words: Sequence[str]) -> int:
        raise error

    return handler


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["help"]])
def test_help_names_every_command(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown for name in COMMANDS)


def test_help_imports_nothing_heavy() -> None:
    heavy = (
        "hydra",
        "omegaconf",
        "numba",
        "numpy",
        "scipy",
        "matplotlib",
        "duckdb",
        "pydantic",
        "simpy",
        "rich",
    )
    code = (
        "import sys; from cxsim.cli.main import main; main(['--help']); "
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] == "[]"


def test_unknown_command_is_refused_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["comapre"]) == 2
    assert (
        capsys.readouterr().err == "cxsim: comapre: there is no such command; did you mean cxsim compare?\n"
    )
    assert main(["market=subscription"]) == 2
    assert "the command comes first, as in cxsim compare market=subscription" in capsys.readouterr().err


def test_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("cxsim ")


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (CxsimError("seed=-1: must be at least 0"), 2, "cxsim: seed=-1: must be at least 0\n"),
        (KeyboardInterrupt(), 130, "cxsim: interrupted; "),
        (
            OSError(28, "No space left on device", "runs/a"),
            1,
            "cxsim: runs/a: No space left on device; free space",
        ),
        (PermissionError(13, "Permission denied", "runs"), 1, "hydra.run.dir=FOLDER"),
        (MemoryError(), 1, "cxsim: out of memory; lower n_customers"),
    ],
)
def test_failure_is_one_sentence_and_an_exit_code(
    error: BaseException,
    code: int,
    told: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Command, "handler", lambda self: stopping(error))
    assert main(["run"]) == code
    shown = capsys.readouterr()
    assert told in shown.err and shown.err.count("\n") == 1 and shown.out == ""


def test_every_command_has_a_handler() -> None:
    for command in commands.COMMANDS.values():
        assert callable(command.handler())


def test_bad_configuration_ends_with_2_in_every_command_of_hydras_grammar(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("run", "compare", "sweep", "plan", "calibrate"):
        assert main([name, "loyalty.earnrate=0.1"]) == 2
        assert (
            "loyalty.earnrate=0.1: there is no such key; did you mean loyalty.earn_rate?"
            in capsys.readouterr().err
        )
