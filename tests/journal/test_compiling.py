"""Compiled functions are what they are written as, made once, and old machine code does not pile up."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from cxsim.journal.compiling import compiled, drop_old_code
from cxsim.journal.linking import Part

DAY = 86_400.0


@compiled
def _squared(x):
    return x * x


@compiled
def _shifted(x, by):
    return _squared(x) + by


@compiled
def _twice_shifted(x):
    return _shifted(x, 1) + _shifted(x, 2)


@pytest.mark.parametrize("x", [0, 3, -7, 1.5])
def test_a_compiled_function_gives_what_its_python_gives(x: float) -> None:
    expected = (x * x + 1) + (x * x + 2)
    assert _twice_shifted(x) == expected
    assert type(_twice_shifted(x)) is type(expected)


def test_a_function_that_python_calls_too_is_the_same_in_both_roles() -> None:
    assert _squared(4) == 16
    assert _shifted(4, 1) == 17
    assert _twice_shifted(4) == 35


def test_what_only_compiled_code_calls_is_not_made_into_machine_code() -> None:
    @compiled
    def inner(x):
        return x - 1

    @compiled
    def outer(x):
        return inner(x) + inner(x + 1)

    assert outer(5) == 9
    assert not inner.signatures
    whole = outer.overloads[outer.signatures[0]].library
    assert sum(isinstance(part, Part) for part in whole._linking_libraries) == 1


def _folder(home: Path, name: str, days_unused: float) -> Path:
    folder = home / name
    (folder / "behaviour").mkdir(parents=True)
    (folder / "behaviour" / "code.nbc").write_bytes(b"code")
    then = time.time() - days_unused * DAY
    os.utime(folder, (then, then))
    return folder


def test_the_newest_four_versions_are_kept_and_none_in_use_is_dropped(tmp_path: Path) -> None:
    in_use = [_folder(tmp_path, f"now{k}", 0.01 * k) for k in range(5)]
    older = [_folder(tmp_path, f"week{k}", 7.0 + k) for k in range(3)]
    drop_old_code(tmp_path)
    assert all(folder.exists() for folder in in_use)
    assert not any(folder.exists() for folder in older)


def test_a_version_unused_for_a_month_goes(tmp_path: Path) -> None:
    kept, gone = _folder(tmp_path, "kept", 29.0), _folder(tmp_path, "gone", 31.0)
    drop_old_code(tmp_path)
    assert kept.exists() and not gone.exists()
