"""The quick expansion of a sweep gives the worlds that Hydra composes; designs hold what they promise."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxsim.config.compose import composed
from cxsim.config.grid import cells
from cxsim.config.loading import load_request
from cxsim.errors import CxsimError
from cxsim.settings.overlay import apply_changes
from cxsim.settings.schema import Config

# Values of every kind a line may hold: numbers as people write them, effects, texts, options of groups.
WORLD = {
    "seed": ("1", "2", "0x11"), "n_customers": ("500", "1e3"), "horizon_days": ("90", "365"),
    "start_date": ("2026-03-01", "'2026-07-01'"), "population": ("new", "base"), "engine": ("simpy", "auto"),
    "survey.noise_sd": ("0.4", "1"), "satisfaction": ("none", "rate_and_exit"), "talk": ("warnings", "none"),
    "market.discount_rate": ("0.1", "0"), "++channels.web.wage_per_hour": ("3", "4")}
LEVERS = {
    "loyalty.earn_rate": ("0.01", "1e-2", "0.05"), "referral.bonus": ("10", "2.5"), "loyalty": ("points", "tiers"),
    "channels.phone.extra_employees": ("1", "2"), "touchpoints.reminder.reach": ("0.5", "1"),
    "upsell": ("none", "larger_basket"), "referral.p_convert": ("0.2", "0.3")}


def _composed_by_hydra(words: list[str]) -> Config:
    values = composed(words, "run").values
    return Config.model_validate({key: value for key, value in values.items() if key in Config.model_fields})


def _is_hydras(world: list[str], levers: list[str]) -> None:
    words = [f"{key}={','.join({**WORLD, **LEVERS}[key])}" for key in (*world, *levers)]
    names = ",".join(key.lstrip("+") for key in world)
    found = cells(load_request("sweep", [*words, f"sweep.world=[{names}]"]))
    for cell in (found[0], found[-1]):
        own = [f"{key}={value}" for key, value in zip(
            (*world, *levers), _texts(found.index(cell), world, levers), strict=True)]
        expected = _composed_by_hydra(own[:len(world)])
        assert cell.config.model_dump() == expected.model_dump()
        if levers:
            whole = _composed_by_hydra(own)
            changes = cell.scenario.changes if cell.scenario is not None else {}
            assert apply_changes(cell.config, changes, origin="test").model_dump() == whole.model_dump()


def _texts(place: int, world: list[str], levers: list[str]) -> list[str]:
    texts = []
    for key in reversed((*world, *levers)):
        values = {**WORLD, **LEVERS}[key]
        place, at = divmod(place, len(values))
        texts.append(values[at])
    return texts[::-1]


@settings(max_examples=2, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(sorted(WORLD)), max_size=2, unique=True),
       st.lists(st.sampled_from(sorted(LEVERS)), min_size=1, max_size=2, unique=True))
def test_cells_are_the_worlds_that_hydra_composes(world: list[str], levers: list[str]) -> None:
    _is_hydras(world, levers)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(sorted(WORLD)), max_size=3, unique=True),
       st.lists(st.sampled_from(sorted(LEVERS)), min_size=1, max_size=3, unique=True))
def test_many_cells_are_the_worlds_that_hydra_composes(world: list[str], levers: list[str]) -> None:
    _is_hydras(world, levers)


def test_four_hundred_cells_stand_in_well_under_a_second() -> None:
    request = load_request("sweep", [
        "loyalty.earn_rate=range(0.01,0.06,0.01)", "referral.bonus=range(0,16)", "seed=1,2,3,4,5",
        "sweep.world=[seed]"])
    start = time.process_time()
    found = cells(request)
    assert len(found) == 400 and len({id(cell.config) for cell in found}) == 5
    assert time.process_time() - start < 0.6


def test_an_option_that_takes_names_away_is_no_lever() -> None:
    with pytest.raises(CxsimError, match="acquisition=search_social_affiliates: takes media away.*sweep.world"):
        cells(load_request("sweep", ["acquisition=media,search_social_affiliates"]))


def test_latin_hypercube_visits_every_part_of_every_interval_once() -> None:
    request = load_request("sweep", [
        "sweep=lhs", "sweep.n=40", "loyalty.earn_rate=interval(0.01,0.05)",
        "n_customers=tag(log,interval(100,10000))", "channels.phone.extra_employees=interval(0,3)",
        "scenario=live_chat,none", "sweep.world=[n_customers]"])
    found = cells(request)
    rates = np.array([cell.levers["loyalty.earn_rate"] for cell in found])
    assert sorted(np.floor((rates - 0.01) / 0.04 * 40).astype(int)) == list(range(40))
    sizes = np.array([cell.config.n_customers for cell in found])
    assert sorted(np.floor(np.log(sizes / 100) / np.log(100) * 4).astype(int)) == sorted([0, 1, 2, 3] * 10)
    extra = [cell.levers["channels.phone.extra_employees"] for cell in found]
    assert sorted(extra) == sorted([0, 1, 2, 3] * 10)
    assert [cell.levers["scenario"] for cell in found].count("live_chat") == 20
    again = load_request("sweep", [*request.overrides])
    assert again.rows == request.rows and again.swept == request.swept
    other = load_request("sweep", [*request.overrides, "seed=2"])
    assert other.swept != request.swept


def test_sobol_is_as_even_as_its_theory_says() -> None:
    found = load_request("sweep", ["sweep=sobol", "sweep.n=64", "loyalty.earn_rate=interval(0,1)",
                                   "referral.bonus=interval(0.0,8.0)"]).swept
    points = np.array([found[0].values, np.array(found[1].values) / 8]).T
    # A (0, 6, 2)-net in base 2: every elementary interval of area 1/64 holds exactly one point.
    for k in range(7):
        boxes = np.floor(points * [2**k, 2 ** (6 - k)]).astype(int)
        assert len({tuple(box) for box in boxes}) == 64


def test_list_takes_values_together_and_a_file_holds_cells_line_by_line(tmp_path: Path) -> None:
    found = cells(load_request("sweep", ["sweep=list", "loyalty.earn_rate=0.01,0.03", "referral.bonus=0,10"]))
    assert [tuple(cell.levers.values()) for cell in found] == [(0.01, 0), (0.03, 10)]
    file = tmp_path / "cells.csv"
    file.write_text("loyalty.earn_rate,seed\n0.01,1\n,2\n0.05,\n")
    found = cells(load_request("sweep", ["sweep=list", f"sweep.file={file}", "sweep.world=[seed]"]))
    assert [cell.levers for cell in found] == [{"loyalty.earn_rate": 0.01}, {}, {"loyalty.earn_rate": 0.05}]
    assert [cell.config.seed for cell in found] == [1, 2, 1] and found[1].scenario is None


def test_a_design_of_ones_own_names_its_keys_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "cxconf" / "sweep"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text(
        "defaults: [lhs, _self_]\nn: 5\nover:\n  loyalty.earn_rate: interval(0.01,0.06)\n  referral.bonus: 0,10\n")
    monkeypatch.delenv("CXSIM_CONF", raising=False)
    monkeypatch.chdir(tmp_path)
    found = load_request("sweep", ["sweep=mine"])
    assert [one.key for one in found.swept] == ["loyalty.earn_rate", "referral.bonus"] and len(found.rows) == 5
    typed = load_request("sweep", ["sweep=mine", "referral.bonus=3,4"])
    assert set(typed.swept[0].values) == {3, 4}


@pytest.mark.parametrize(("words", "told"), [
    (["loyalty.earn_rate=interval(0,1)"], "draw from it with sweep=lhs sweep.n=100"),
    (["sweep=lhs", "loyalty.earn_rate=interval(0,1)"], r"how many cells\? add sweep.n=100"),
    (["sweep.n=3", "referral.bonus=1,2"], "n 3 is for drawn designs"),
    (["sweep=lhs", "sweep.n=3", "loyalty.earn_rate=interval(1,0)"], "the interval must ascend"),
    (["sweep=lhs", "sweep.n=3", "referral.bonus=tag(log,interval(0,1))"], "starts above 0"),
    (["sweep=lhs", "sweep.n=3", "loyalty=interval(0,1)"], "a group has options, not an interval"),
    (["sweep=list", "loyalty.earn_rate=0.01,0.03", "referral.bonus=0,10,20"], "rate has 2, referral.bonus has 3"),
    (["sweep=list", "sweep.file=nowhere.csv"], "sweep.file=nowhere.csv: cannot be read"),
    (["sweep.file=a.csv"], "choose sweep=list with it"),
    (["loyalty.earn_rate=glob(*)"], "name the values one by one"),
    (["sweep.over={loyalty.earnrate: '1,2'}"], "did you mean loyalty.earn_rate"),
    (["sweep=latin", "referral.bonus=1,2"], "there is no such sweep; there are grid, lhs, list, sobol"),
])
def test_designs_that_do_not_fit_are_refused(words: list[str], told: str) -> None:
    with pytest.raises(CxsimError, match=told):
        cells(load_request("sweep", words))


WRONG_FILES = {
    "loyalty.earnrate\n1\n": "did you mean loyalty.earn_rate", "scenario\nlive_chta\n": "live_chat",
    "referral.bonus\n1,2\n": "has 2 values for 1 keys", "loyalty.earn_rate\n7\n": "between 0 and 1",
    "referral.bonus\n\"1,2\"\n": "one value for each cell", "seed,seed\n1,2\n": "different keys"}


def test_a_wrong_key_or_value_in_a_file_of_cells_is_refused_before_the_first(tmp_path: Path) -> None:
    file = tmp_path / "cells.csv"
    for text, told in WRONG_FILES.items():
        file.write_text(text)
        with pytest.raises(CxsimError, match=told):
            cells(load_request("sweep", ["sweep=list", f"sweep.file={file}"]))
