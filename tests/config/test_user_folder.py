"""The user's own folder shadows and adds groups, by ./cxconf or $CXSIM_CONF."""

from __future__ import annotations

from pathlib import Path

import pytest

from cxsim.config.folders import groups
from cxsim.config.loading import load, load_request, load_scenario
from cxsim.errors import CxsimError


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty ./cxconf."""
    monkeypatch.delenv("CXSIM_CONF", raising=False)
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "cxconf"
    folder.mkdir()
    return folder


def write(folder: Path, name: str, text: str) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


MINE = """# @package _global_
# My shop.
defaults:
  - online_retail
  - override /upsell: none
  - _self_
market:
  name: mine
segments:
  shoppers:
    purchase: {r: 0.5}
calibration:
  standard_errors: {r: 0.01}
"""


def test_own_market_builds_on_a_shipped_one_and_overrides_its_groups(own: Path) -> None:
    write(own, "market/mine.yaml", MINE)
    config = load(["market=mine"])
    assert config.market.name == "mine" and config.market.kind == "transactional"
    assert config.segments["shoppers"].purchase is not None
    assert (config.segments["shoppers"].purchase.r, config.segments["shoppers"].purchase.b) == (0.5, 2.426)
    assert config.upsell.p_offer == 0
    assert load(["market=mine", "upsell=larger_basket"]).upsell.p_offer == 0.6


def test_own_file_shadows_the_shipped_one(own: Path) -> None:
    write(
        own,
        "scenario/live_chat.yaml",
        "# Mine.\nname: live_chat\nchanges: {channels.chat: {share: 0.4, employees: 3}}\n",
    )
    assert load(["scenario=live_chat"]).scenario.changes == {"channels.chat": {"share": 0.4, "employees": 3}}
    assert groups()["scenario"]["live_chat"].is_relative_to(own)


def test_environment_variable_names_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "elsewhere", "market/mine.yaml", MINE)
    monkeypatch.setenv("CXSIM_CONF", str(tmp_path / "elsewhere"))
    assert load(["market=mine"]).market.name == "mine"


def test_environment_variable_may_name_a_folder_to_come_but_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXSIM_CONF", str(tmp_path / "later"))
    assert load().market.name == "online_retail"
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CXSIM_CONF", str(tmp_path / "file"))
    with pytest.raises(CxsimError, match="this is a file; name a folder"):
        load()


def test_scenario_without_a_name_is_called_as_its_file_is(own: Path) -> None:
    write(own, "scenario/dear.yaml", "changes: {referral: {bonus: 20}}\n")
    assert load(["scenario=dear"]).scenario.name == "dear"
    assert load_request("compare", ["scenarios=[dear]"]).scenarios[0][0].name == "dear"


def test_scenario_may_build_on_another(own: Path) -> None:
    text = "defaults: [referral_bonus, _self_]\nname: dearer\nchanges: {referral: {bonus: 20.0}}\n"
    write(own, "scenario/dearer.yaml", text)
    (part,) = load_scenario("dearer")
    assert part.changes == {"referral": {"bonus": 20.0, "friend_bonus": 5.0}}


@pytest.mark.parametrize(
    ("name", "text", "override", "told"),
    [
        ("market/mine.yaml", MINE + "loyalty: {earnrate: 0.1}\n", "market=mine",
         r"loyalty.earnrate=0.1: .*did you mean loyalty.earn_rate\? \(in .*mine.yaml\)"),
        ("market/mine.yaml", MINE.replace("upsell: none", "upsell: larger_baskt"), "market=mine",
         r"upsell=larger_baskt: .*did you mean larger_basket\? \(in .*cxconf/market/mine.yaml\)"),
        ("market/mine.yaml", "# @package _global_\nmarket: [\n", "market=mine", r"mine.yaml, line \d+: "),
        ("market/mine.yaml", "a: 1\n", "market=mine", r"market\.a=1: there is no such key"),
        ("scenario/s.yaml", "chnges: {a: 1}\n", "scenario=s", r"did you mean scenario.changes\?"),
        ("scenario/s.yaml", "changes: {referal: {bonus: 1}}\n", "scenario=s",
         r"scenario s: referal.bonus=1: .*did you mean referral.bonus\?"),
        ("scenario/s.yaml", "changes: {seed: 7}\n", "scenario=s", r"scenario s: seed belongs to the world"),
        ("scenario/s.yaml", "changes: {referral: {bonus: -1}}\n", "scenario=s",
         r"scenario s: referral.bonus=-1: must be at least 0"),
    ],
)  # fmt: skip
def test_mistake_in_an_own_file_is_told_in_one_sentence(
    own: Path, name: str, text: str, override: str, told: str
) -> None:
    write(own, name, text)
    with pytest.raises(CxsimError, match=told) as refused:
        load([override])
    assert "\n" not in str(refused.value)
    if name.startswith("scenario"):
        with pytest.raises(CxsimError):
            load_request("compare", ["scenarios=[s]"])


def test_folder_of_another_program_is_left_alone(own: Path, tmp_path: Path) -> None:
    from hydra import compose, initialize_config_dir

    write(own, "other.yaml", "a: mine\n")
    write(tmp_path / "theirs", "other.yaml", "a: theirs\n")
    load()
    with initialize_config_dir(str(tmp_path / "theirs"), version_base="1.3"):
        assert compose("other").a == "theirs"
