"""The cells of a sweep: levers on the scenario side, world keys on both."""

from __future__ import annotations

import pytest

from cxsim.config.grid import cells
from cxsim.config.loading import load_request
from cxsim.errors import CxsimError


def grid(*overrides: str):
    return cells(load_request("sweep", overrides))


def test_grid_holds_every_combination_with_the_last_key_fastest() -> None:
    found = grid("loyalty.earn_rate=0.01,0.03,0.05", "referral.bonus=0,10")
    assert [tuple(cell.levers.values()) for cell in found] == [
        (0.01, 0), (0.01, 10), (0.03, 0), (0.03, 10), (0.05, 0), (0.05, 10)]  # fmt: skip
    assert all(cell.config is found[0].config for cell in found)
    assert found[0].config.loyalty.earn_rate == 0
    assert found[3].scenario is not None
    assert found[3].scenario.changes == {"loyalty": {"earn_rate": 0.03}, "referral": {"bonus": 10}}


def test_world_keys_give_each_value_its_own_baseline() -> None:
    found = grid("market=online_retail,subscription", "referral.bonus=0,10", "sweep.world=[market]")
    assert [cell.config.market.name for cell in found] == ["online_retail"] * 2 + ["subscription"] * 2
    assert found[0].config is found[1].config
    assert found[0].world == {"market": "online_retail"} and found[0].levers == {"referral.bonus": 0}


def test_scenarios_may_be_swept_and_levers_stand_on_top_of_them() -> None:
    found = grid("scenario=points_program,none", "loyalty.earn_rate=0.05,0.01", "scenario.start_day=40")
    first = found[0].scenario
    assert first is not None and first.start_day == 40
    assert first.changes["loyalty"]["earn_rate"] == 0.05 and first.changes["loyalty"]["p_enrol"] == 0.6
    assert found[2].scenario is not None and found[2].scenario.changes == {"loyalty": {"earn_rate": 0.05}}


def test_order_of_scenario_and_lever_does_not_matter() -> None:
    found = grid("loyalty.earn_rate=0.05,0.01", "scenario=points_program,none")
    assert found[0].scenario is not None and found[0].scenario.changes["loyalty"]["earn_rate"] == 0.05


def test_for_whom_and_when_may_be_swept_for_one_scenario() -> None:
    found = grid("scenario=points_program", "scenario.who.share=0.25,0.5", "scenario.start_day=0,30")
    parts = [cell.scenario for cell in found]
    assert [(part.who.share, part.start_day) for part in parts if part is not None and part.who is not None] == [
        (0.25, 0), (0.25, 30), (0.5, 0), (0.5, 30)]
    assert all(part is not None and part.changes["loyalty"]["earn_rate"] == 0.03 for part in parts)
    assert found[1].levers == {"scenario.who.share": 0.25, "scenario.start_day": 30}
    several = grid("scenario=points_program,referral_bonus", "scenario.who.segments=[shoppers],[]")
    assert [cell.scenario.who.segments for cell in several if cell.scenario] == [["shoppers"], []] * 2


def test_no_scenario_at_all_is_the_baseline_itself() -> None:
    assert [cell.scenario is None for cell in grid("scenario=none,live_chat")] == [True, False]


def test_option_of_a_group_is_a_lever_too() -> None:
    found = grid("loyalty=none,points")
    assert found[0].scenario is None
    assert found[1].scenario is not None
    assert found[1].scenario.changes == {"loyalty": {"earn_rate": 0.03, "fixed_cost_per_day": 1.0}}


def test_a_glob_stands_for_the_options_that_match() -> None:
    found = grid("scenario=glob(referr*,exclude=referred*)", "referral.bonus=0,10")
    assert [cell.levers["scenario"] for cell in found][::2] == ["referral_bonus", "referral_one_sided"]


def test_quoted_options_are_options() -> None:
    found = grid("scenario='points_program','none'")
    assert [cell.levers["scenario"] for cell in found] == ["points_program", "none"]
    assert found[0].scenario is not None and found[0].scenario.changes["loyalty"]["p_enrol"] == 0.6
    assert found[1].scenario is None


def test_ranges_of_hydras_grammar_work() -> None:
    assert [cell.levers["referral.bonus"] for cell in grid("referral.bonus=range(0,30,10)")] == [0, 10, 20]


@pytest.mark.parametrize(
    ("overrides", "told"),
    [
        (["seed=3"], "needs at least one key with several values"),
        (["loyalty.earn_rate=0.01,7"], r"sweep: loyalty.earn_rate=7: must be between 0 and 1"),
        (["loyalty.earnrate=0.01,0.03"], "did you mean loyalty.earn_rate"),
        (["horizon_days=365,730"], r"name it in sweep.world=\[horizon_days\]"),
        (["market=online_retail,subscription"], r"name it in sweep.world=\[market\]"),
        (["referral.bonus=0,10", "sweep.world=[market]"], "this key is not swept; swept are referral.bonus"),
        (["loyalty.earn_rate=glob(*)"], "loyalty.earn_rate is no group"),
        (["scenario=glob(zzz*)"], "matches no option of scenario; there are"),
        (["market=glob(*,exclude=telecom)"], r"sweep.world=\[market\]"),
        (["sweep=grid,lhs", "referral.bonus=0,10"], "sweep=grid,lhs: sweep says what the command does"),
        (["loyalty.earn_rate=choice(0.01,0.02),0.03"], "several values within several"),
        (["referral.bonus=0,9", "referral.bonus=3,4"], "referral.bonus=0,9 and referral.bonus=3,4: the same key"),
        (["referral.bonus=3", "referral.bonus=0,9"], "referral.bonus=3 and referral.bonus=0,9: the same key"),
        (["scenario=live_chat"], "in a sweep a scenario is what varies"),
        (["referral.bonus=0,10", "scenario.start_day=900"], "is at or after the horizon"),
        (["scenario=points_program", "scenario.start_day=0,900"], "is at or after the horizon"),
        (["scenario=points_program", "scenario.who.share=0.5,2"], "scenario.who.share=2: must be"),
        (["scenario=more_staff", "scenario.who.share=0.5,1"], "is shared by all customers"),
        (["scenario=points_program", "scenario.who.segment=[a],[b]"], "did you mean scenario.who.segments"),
    ],
)
def test_impossible_sweep_is_refused_before_anything_runs(overrides: list[str], told: str) -> None:
    with pytest.raises(CxsimError, match=told):
        grid(*overrides)
