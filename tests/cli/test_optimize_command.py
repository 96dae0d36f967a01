"""``cxsim optimize`` as typed: folder, page, the best as a scenario, verification, refusals."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import yaml

from cxsim.cli.main import main
from cxsim.measure.parquet import read_parquet
from cxsim.whatif.replay import replay

DESK = ["market=contact_centre", "horizon_days=2", "replications=4", "optimize.objective=wait_minutes",
        "optimize.evaluations=4", "optimize.first_replications=2", "optimize.finalists=2"]


@pytest.fixture()
def store(tmp_path: Path) -> str:
    return f"output.store={tmp_path / 'cells'}"


def test_search_leaves_a_folder_that_can_be_verified_and_a_scenario(
    tmp_path: Path, store: str, capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "run"
    words = ["optimize", *DESK, store, "channels.phone.employees=range(27,31)", "optimize.budget=4000",
             f"hydra.run.dir={folder}"]
    assert main(words) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Set channels.phone.employees=30: wait (minutes) falls by" in told
    points = read_parquet(folder / "optimize.parquet")
    assert sorted(points["channels.phone.employees"].tolist()) == [27, 28, 29, 30]
    best = yaml.safe_load((folder / "best.yaml").read_text())
    assert best["changes"] == {"channels": {"phone": {"employees": 30}}}
    page = (folder / "report.html").read_text()
    assert "What each lever earns" in page and page.count("<svg") == 1
    assert (folder / "optimize.png").stat().st_size > 5000 and (folder / "optimize.svg").exists()
    assert json.loads((folder / "manifest.json").read_text())["holds"] == "optimize"
    assert replay(folder).is_same


@pytest.mark.parametrize(("words", "told"), [
    (["channels.phone.employees=interval(30,27)"], "they are reversed"),
    (["channels.phone.employees=interval(27.5,30)"], "must be whole"),
    (["channels.phone.employes=interval(27,30)"], "did you mean channels.phone.employees?"),
    (["optimize.objective=profitt"], "is no metric; did you mean profit?"),
    (["optimize.evaluations=1"], "optimize.evaluations=1"),
    (["optimize.levers={channels.phone.employees: [3]}"], "must be two numbers"),
    (["optimize.scenarios=[more_staf]"], "did you mean more_staff?"),
    (["optimize.scenarios=[points_programme]"], "no scenario points_programme; did you mean points_program?"),
    (["optimize=staffing", "optimize.scenarios=[more_staff]"],
     "more_staff sets channels.phone.extra_employees, which is a lever too"),
    (["optimize.limits={wait_minutes: {below: 2}}"],
     "has at_least, at_most, change_at_least, change_at_most"),
    (["+optimize.limits.wait_minutes.below=2"], "has at_least, at_most, change_at_least, change_at_most"),
    (["optimize.budget=-5"], "optimize.budget=-5: must be at least 0"),
    (["scenario=more_staff"], "takes optimize.scenarios"),
    (["channels=call_centre,call_centre"], "a lever is a single key"),
    (["optimize.search=optuna", "channels.phone.employees=range(27,31)"], "pip install 'cxsim[opt]'"),
    (["replications=1"], "set replications=10"),
    (["market=online_retail", "horizon_days=100", "optimize.objective=profit", "optimize.budget=500",
      "acquisition.media.spend_per_day=interval(10,20)"], "the levers already spend 1,000 more on acquisition"),
    (["optimize=growth"], "a contact centre has no customers"),
])
def test_what_cannot_be_searched_is_refused_in_a_sentence(
    words: list[str], told: str, tmp_path: Path, store: str, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)  # As where it is not installed.
    folder = tmp_path / "run"
    assert main(["optimize", *DESK, store, f"hydra.run.dir={folder}", *words]) == 2
    error = capsys.readouterr().err
    assert told in error and "Traceback" not in error and not folder.exists()
