"""Hydra's -m with its launchers ends in the very table of a plain sweep."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cxsim.cli.main import main

WORDS = ["n_customers=150", "horizon_days=60", "replications=2", "reference.customers=1500",
         "loyalty.earn_rate=0,0.03", "scenario=none,live_chat"]


def digests(folder: Path) -> dict[str, str]:
    tables = json.loads((folder / "manifest.json").read_text())["tables"]
    return {name: entry["digest"] for name, entry in tables.items()}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("plain")
    assert main(["sweep", *WORDS, f"output.store={folder}/store", f"hydra.run.dir={folder}/out"]) == 0
    return digests(folder / "out")


@pytest.mark.slow
@pytest.mark.parametrize(("launcher", "package"), [
    ("basic", None), ("joblib", "hydra_plugins.hydra_joblib_launcher"),
    ("submitit_local", "hydra_plugins.hydra_submitit_launcher")])
def test_every_launcher_ends_in_the_table_of_a_plain_sweep(
    plain: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, launcher: str, package: str | None,
) -> None:
    if package is not None:
        pytest.importorskip(package)
    monkeypatch.chdir(tmp_path)
    assert main(["sweep", "-m", *WORDS, "output.store=store", f"hydra/launcher={launcher}",
                 "hydra.sweep.dir=out"]) == 0
    assert digests(tmp_path / "out") == plain
    assert sorted(path.name for path in (tmp_path / "out").iterdir() if path.name.isdigit()) == list("0123")


def test_a_launcher_that_is_not_installed_is_told_with_its_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    from cxsim.config import several

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(several, "is_installed", lambda launcher: False)
    for command in ("sweep", "run"):
        assert main([command, "-m", "referral.bonus=1,2", "hydra/launcher=joblib"]) == 2
        assert "pip install 'cxsim[launchers]'" in capsys.readouterr().err


@pytest.mark.parametrize(("words", "told"), [
    (["sweep=lhs", "sweep.n=3", "referral.bonus=interval(0,1)"], "sweep=lhs is for cxsim sweep without -m"),
    (["referral.bonus=1,2", "hydra/launcher=joblob"], "launcher"),
    (["loyalty.earnrate=1,2"], "did you mean loyalty.earn_rate"),
])
def test_what_hydra_cannot_launch_is_refused_before_the_first_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str],
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["sweep", "-m", *words, "output.store=store", "hydra.sweep.dir=out"]) == 2
    assert told in capsys.readouterr().err and not (tmp_path / "out").exists()
