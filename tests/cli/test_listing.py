"""What there is: options with a line each, and the schema for editors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cxsim.cli.listing import described
from cxsim.cli.main import main
from cxsim.config.folders import groups


def test_every_shipped_option_has_a_line_on_it() -> None:
    for options in groups().values():
        for file in options.values():
            assert len(described(file)) >= 10, file


def test_list_shows_one_group_in_singular_or_plural(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "scenarios"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("scenario\n") and "  points_program" in shown


def test_list_shows_the_users_own_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CXSIM_CONF", str(tmp_path))
    (tmp_path / "scenario").mkdir()
    (tmp_path / "scenario" / "mine.yaml").write_text("# A plan of mine.\nchanges: {}\n")
    assert main(["list", "scenario"]) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if "mine" in line)
    assert line.split(maxsplit=1) == ["mine", "A plan of mine. (yours)"]


def test_list_shows_the_owner_of_every_touchpoint(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "touchpoints"]) == 0
    lines = capsys.readouterr().out.splitlines()[1:]
    assert len(lines) == len(groups()["touchpoints"]) > 15
    assert all("(owner: " in line for line in lines)
    assert next(line for line in lines if "reminder" in line).endswith("(owner: marketing)")


def test_list_refuses_a_group_that_does_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "markt"]) == 2
    assert "did you mean market?" in capsys.readouterr().err


def test_schema_describes_the_keys(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["schema"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["additionalProperties"] is False and "loyalty" in shown["properties"]
    file = tmp_path / "schema.json"
    assert main(["schema", "--output", str(file)]) == 0
    assert json.loads(file.read_text()) == shown
    assert [one.name for one in tmp_path.iterdir()] == ["schema.json"]
