"""A folder that cannot be written is found before anything is lived; the rate of an instant is not told."""

from __future__ import annotations

from pathlib import Path

import pytest

from cxsim.cli.main import main
from cxsim.cli.sweep_progress import Rate
from cxsim.errors import MachineError
from cxsim.measure.whole_file import must_be_writable, write_text

TINY = ["n_customers=60", "horizon_days=20", "replications=2", "reference.customers=500"]


@pytest.mark.parametrize("words", [
    ["run"], ["compare", "scenarios=[referral_bonus]"], ["sweep", "referral.bonus=0,5"]])
def test_a_folder_that_cannot_be_written_is_found_before_anything_is_lived(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str],
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert main([*words, *TINY, f"output.store={tmp_path}/store", f"hydra.run.dir={blocked}/out"]) == 1
    told = capsys.readouterr().err
    assert f"hydra.run.dir={blocked}/out: cannot be written" in told and "nothing was run" in told
    assert not list((tmp_path / "store").rglob("*.cell"))


def test_the_trial_of_a_folder_leaves_nothing_behind(tmp_path: Path) -> None:
    must_be_writable(tmp_path / "a" / "b")
    assert not list(tmp_path.iterdir())
    (tmp_path / "kept").mkdir()
    must_be_writable(tmp_path / "kept")
    assert not list((tmp_path / "kept").iterdir())


def test_a_file_that_cannot_be_written_is_the_machines_fault(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match="nothing of this file was kept, files finished before it are whole"):
        write_text(tmp_path / "absent" / "file", "text")


def test_a_rate_is_told_after_a_second() -> None:
    seconds = iter([0.0, 0.01, 2.0])
    rate = Rate(lambda: next(seconds))
    rate.note(1)
    rate.note(9)
    assert rate.told(9, 100, "") == ""
    rate.note(21)
    assert rate.told(21, 100, "") == "10 runs/s, 8 seconds left"
