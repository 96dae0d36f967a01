"""`cxsim calibrate`: from a file to a market that loads, or one sentence and nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest

from cxsim.cli.main import main
from cxsim.config.loading import load


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to stand in, without a ./cxconf."""
    monkeypatch.delenv("CXSIM_CONF", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_cdnow_becomes_a_market_that_loads_at_once(
    here: Path, shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calibrate", f"data={shared_data / 'CDNOW_sample.txt'}", "name=cdnow"]) == 0
    shown = capsys.readouterr().out
    assert "1997-09-30" in shown and "cxsim compare market=cdnow" in shown
    config = load(["market=cdnow"])
    purchase = config.segments["shoppers"].purchase
    assert purchase is not None and config.market.name == "cdnow" and config.calibration is not None
    assert purchase.r == pytest.approx(0.2426, abs=5e-5)
    assert config.channels == load().channels
    assert main(["calibrate", f"data={shared_data / 'CDNOW_sample.txt'}", "name=cdnow"]) == 2
    assert "overwrite=true" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "data: no file is named"),
        (["data=absent.csv"], "absent.csv"),
        (["data=empty.csv"], "empty.csv"),
        (["datum=x.csv"], "did you mean data?"),
        (["data=empty.csv", "negative=drp"], "must be refuse, net or drop; did you mean drop?"),
        (["data=empty.csv", "market=subscription"], "cxsim calibrate reads only data"),
    ],
)
def test_calibration_that_cannot_be_is_refused_and_leaves_nothing(
    here: Path, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "empty.csv").write_text("")
    assert main(["calibrate", *words]) == 2
    assert told in capsys.readouterr().err
    assert [one.name for one in here.iterdir()] == ["empty.csv"]
