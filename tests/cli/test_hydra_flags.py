"""What Hydra users expect: --cfg, --help, -m, completion; and a parser that every Python can build."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from cxsim.cli.main import main
from cxsim.config.hydra_app import answer, asked, flags_parser
from cxsim.config.loading import Request
from cxsim.errors import CxsimError


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of one's own to stand in."""
    monkeypatch.chdir(tmp_path)


def test_cfg_job_shows_the_composed_configuration(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["run", "--cfg", "job", "market=subscription", "loyalty.earn_rate=0.02"]) == 0
    shown = yaml.safe_load(capsys.readouterr().out)
    assert shown["market"]["name"] == "subscription" and shown["loyalty"]["earn_rate"] == 0.02
    assert "hydra" not in shown
    assert list(tmp_path.iterdir()) == []


def test_cfg_shows_a_part_and_keys_that_files_leave_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "channels.web.wage_per_hour=3", "--cfg", "job", "--package", "channels.web"]) == 0
    assert yaml.safe_load(capsys.readouterr().out)["wage_per_hour"] == 3


def test_cfg_of_joined_scenarios_shows_their_changes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--cfg", "job", "-p", "scenario", "scenario=points_program+live_chat"]) == 0
    assert set(yaml.safe_load(capsys.readouterr().out)["changes"]) == {"loyalty", "channels"}


def test_help_of_a_command_shows_groups_and_flags(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--help"]) == 0
    shown = capsys.readouterr().out
    assert "market: contact_centre, online_retail, subscription" in shown and "--multirun" in shown


def test_flags_parser_has_plain_text_helps_as_python_3_14_demands() -> None:
    assert all(isinstance(action.help, str) for action in flags_parser()._actions)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--cfgg", "job"], "--cfgg: there is no such flag; did you mean --cfg?"),
        (["--cfg", "jb"], "invalid choice: 'jb'"),
        (["--config-dir", "x"], "--config-dir: not offered; put files into ./cxconf"),
        (["--cfg", "job", "market=nope"], "there is no such market"),
    ],
)
def test_bad_flag_is_told_in_a_sentence(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", *words]) == 2
    assert told in capsys.readouterr().err


def collecting(found: list[tuple[Request, Path]], broken: str = ""):
    """A job that notes what it was asked, and fails for one engine."""

    def job(request: Request, folder: Path) -> None:
        if request.config.engine == broken:
            raise CxsimError(f"engine={broken}: broken")
        found.append((request, folder))

    return job


def test_multirun_runs_every_combination_in_folders_of_hydras_sweep(tmp_path: Path) -> None:
    found: list[tuple[Request, Path]] = []
    words = ["-m", "engine=simpy,compiled", "channels.web.wage_per_hour=1,2", "hydra.sweep.dir=swept"]
    answer("run", asked(words), collecting(found))
    seen = [(request.config.engine, request.config.channels["web"].wage_per_hour) for request, _ in found]
    assert seen == [("simpy", 1), ("simpy", 2), ("compiled", 1), ("compiled", 2)]
    assert [folder for _, folder in found] == [tmp_path / "swept" / str(number) for number in range(4)]


def test_multirun_refuses_a_bad_value_before_the_first_job() -> None:
    found: list[tuple[Request, Path]] = []
    with pytest.raises(CxsimError, match=r"loyalty.earn_rate=7: must be between 0 and 1"):
        answer("run", asked(["-m", "loyalty.earn_rate=0.01,7"]), collecting(found))
    assert found == []


def test_multirun_does_the_other_jobs_when_one_fails_and_then_tells() -> None:
    found: list[tuple[Request, Path]] = []
    with pytest.raises(CxsimError, match="engine=simpy: broken"):
        answer("run", asked(["-m", "engine=simpy,compiled"]), collecting(found, broken="simpy"))
    assert [request.config.engine for request, _ in found] == ["compiled"]


def test_multirun_is_for_run_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "-m", "seed=1,2"]) == 2
    assert "cxsim compare takes none; give several values to cxsim sweep" in capsys.readouterr().err


def test_completion_offers_commands_then_groups(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMP_LINE", "cxsim com")
    assert main(["-sc", "query=bash"]) == 0
    assert capsys.readouterr().out.split() == ["compare"]
    monkeypatch.setenv("COMP_LINE", "cxsim run market=")
    assert main(["-sc", "query=bash"]) == 0
    assert "market=subscription" in capsys.readouterr().out.split()
