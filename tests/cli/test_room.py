"""What cannot be held is refused on the command line with exit code 2 and one sentence; a long run says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from cxsim.cli.main import main
from cxsim.cli.progress import progress_bar


@pytest.mark.parametrize("words", [
    ["run", "n_customers=1e12"], ["compare", "n_customers=1e12", "scenarios=[points_program]"],
    ["run", "market=telecom", "n_customers=1e12", "output.events=all"]])
def test_a_population_by_a_typo_is_refused_before_anything_is_written(
    words: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    told = capsys.readouterr().err
    assert told.startswith("cxsim: n_customers=1000000000000: needs about ") and told.count("\n") == 1
    assert "what fits: n_customers=" in told
    assert list(tmp_path.iterdir()) == []


def test_an_estimate_is_shown_whole_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("run") as tell:
        tell("expected: 3 million events in 20 runs; about 2 minutes, or so", 0, 0)
        tell("reference experience, pass 1", 0, 0)
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["cxsim run: expected: 3 million events in 20 runs; about 2 minutes, or so",
                     "cxsim run: reference experience"]
