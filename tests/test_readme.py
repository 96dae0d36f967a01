"""The README's Python blocks run as they stand, one after another."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

README = Path(__file__).resolve().parents[1] / "README.md"


def test_python_blocks_of_the_readme_run(capsys: pytest.CaptureFixture[str]) -> None:
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(), flags=re.DOTALL)
    assert len(blocks) == 2
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, str(README), "exec"), names)  # noqa: S102
    printed = capsys.readouterr().out
    assert "points_program: +" in printed
    assert "simpy ('outage',)" in printed


def test_shell_commands_are_marked_for_those_who_run_them() -> None:
    text = README.read_text()
    for mark in ("<!-- run command -->", "<!-- test command -->"):
        assert text.count(mark) == 1
    assert len(re.findall(r"```sh\n", text)) == 2
