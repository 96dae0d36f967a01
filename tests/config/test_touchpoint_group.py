"""Touchpoints are a group of which a world takes many files: shipped presets, chosen ones, the user's own."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from cxsim.cli.main import main
from cxsim.config.folders import conf_folder, groups
from cxsim.config.grid import cells
from cxsim.config.loading import load, load_request
from cxsim.config.overrides import with_own_presets
from cxsim.errors import CxsimError

SHIPPED = sorted(file.stem for file in (conf_folder() / "touchpoints").glob("*.yaml"))
MARKETS = sorted(groups()["market"])
VAN = "# Mine.\nvan:\n  description: a van of my own\n  owner: logistics\n  stage: respond\n  cost_per_use: 2.0\n"


@pytest.fixture
def van(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """./cxconf with a preset of the user's own."""
    monkeypatch.delenv("CXSIM_CONF", raising=False)
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "cxconf" / "touchpoints" / "van.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(VAN)
    return file


@pytest.mark.parametrize("market", MARKETS)
def test_every_market_knows_every_shipped_preset_and_offers_none(market: str) -> None:
    known = load([f"market={market}"]).touchpoints
    assert list(known) == SHIPPED
    assert [name for name, one in known.items() if one.reach > 0] == []


@pytest.mark.parametrize("name", SHIPPED)
def test_preset_holds_its_own_name_tells_what_it_does_and_changes_something(name: str) -> None:
    (key,) = yaml.safe_load((conf_folder() / "touchpoints" / f"{name}.yaml").read_text())
    assert key == name
    preset = load([f"touchpoints=[{name}]"]).touchpoints[name]
    assert preset.description
    neutral = type(preset)(owner=preset.owner, stage=preset.stage)
    told = {"description", "channels", "journeys", "cost_per_use", "cost_per_day", "owner", "stage"}
    told |= {"by_knowledge", "needs_known", "first_only", "after_failure"}
    moved = [key for key in type(preset).model_fields if getattr(preset, key) != getattr(neutral, key)]
    assert set(moved) - told, "a preset that changes nothing but money"


def test_chosen_presets_are_the_only_ones_and_keep_their_order() -> None:
    assert list(load(["touchpoints=[reminder,courier]"]).touchpoints) == ["reminder", "courier"]
    assert list(load(["touchpoints=courier"]).touchpoints) == ["courier"]
    assert load(["touchpoints=[]"]).touchpoints == {}


def test_a_key_of_a_preset_is_set_like_any_other() -> None:
    known = load(["touchpoints.courier.reach=0.4", "touchpoints.courier.fit=0.2"]).touchpoints
    assert (known["courier"].reach, known["courier"].fit.value) == (0.4, 0.2)
    assert known["courier"].rel_response == 0.35, "the rest of the preset stays"


def test_preset_of_the_users_own_stands_beside_the_shipped_ones(van: Path) -> None:
    config = load(["touchpoints.van.reach=0.5"])
    assert list(config.touchpoints) == [*SHIPPED, "van"]
    assert config.touchpoints["van"].reach == 0.5
    assert list(load(["touchpoints=[van,reminder]"]).touchpoints) == ["van", "reminder"]
    (van.parent.parent / "scenario").mkdir()
    (van.parent.parent / "scenario" / "by_van.yaml").write_text("changes: {touchpoints.van.reach: 0.3}\n")
    (parts,) = load_request("compare", ["scenarios=[by_van]"]).scenarios
    assert parts[0].changes == {"touchpoints.van.reach": 0.3}


def test_preset_of_the_users_own_shadows_a_shipped_one(van: Path) -> None:
    van.with_name("courier.yaml").write_text(VAN.replace("van:", "courier:"))
    assert load().touchpoints["courier"].description == "a van of my own"
    assert len(load().touchpoints) == len(SHIPPED) + 1


def test_hydra_shows_the_users_own_preset_and_chosen_ones(
    van: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--cfg", "job", "-p", "touchpoints.van"]) == 0
    assert yaml.safe_load(capsys.readouterr().out)["owner"] == "logistics"
    assert main(["run", "--cfg", "job", "-p", "touchpoints", "touchpoints=[van]"]) == 0
    assert list(yaml.safe_load(capsys.readouterr().out)) == ["van"]


def test_no_file_of_ones_own_no_change_to_what_was_typed() -> None:
    assert with_own_presets(["seed=3"]) == ["seed=3"]


def test_list_shows_presets_in_singular_and_plural(van: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for word in ("touchpoint", "touchpoints"):
        assert main(["list", word]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0] == "touchpoints" and len(lines) == len(SHIPPED) + 2
        (line,) = [line for line in lines if line.split()[0] == "van"]
        assert line.split(maxsplit=1)[1] == "a van of my own (owner: logistics) (yours)"


def test_preset_may_be_added_by_hand() -> None:
    config = load(["+touchpoints.kiosk={owner: retail, stage: request, minutes: 2}", "touchpoints.kiosk.reach=1"])
    assert config.touchpoints["kiosk"].minutes == 2 and config.touchpoints["kiosk"].reach == 1


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("touchpoints=[remindr]", r"touchpoints=remindr: there is no such touchpoint; .*mean reminder\?"),
        ("touchpoints=reminder,courier", r"write a list in brackets: touchpoints=\[reminder,courier\]"),
        ("touchpoints.remindr.reach=1", r"no such touchpoint; .*did you mean touchpoints.reminder\?"),
        ("touchpoints.reminder.rech=1", r"did you mean touchpoints.reminder.reach\?"),
        ("touchpoints.reminder.reach=2", "touchpoints.reminder.reach=2: must be between 0 and 1"),
        ("~touchpoints", "a group is always there"),
    ],
)
def test_mistake_is_told_in_one_sentence(override: str, told: str) -> None:
    with pytest.raises(CxsimError, match=told) as refused:
        load([override])
    assert "\n" not in str(refused.value)


def test_reach_is_a_lever_of_a_sweep_and_the_choice_of_files_is_not() -> None:
    first, second = cells(load_request("sweep", ["touchpoints.courier.reach=0,0.5"]))
    assert second.scenario is not None
    assert second.scenario.changes == {"touchpoints": {"courier": {"reach": 0.5}}}
    assert first.scenario is not None and first.config is second.config
    with pytest.raises(CxsimError, match=r"sweep touchpoints.NAME.reach=0,0.5, or name it in sweep.world"):
        cells(load_request("sweep", ["touchpoints=[courier],[courier,reminder]"]))
    worlds = cells(
        load_request("sweep", ["touchpoints=[courier],[courier,reminder]", "sweep.world=[touchpoints]"])
    )
    assert [len(cell.config.touchpoints) for cell in worlds] == [1, 2]
