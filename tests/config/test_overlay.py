"""Scenarios on a world: deep changes, refusals, and several scenarios as one."""

from __future__ import annotations

import pytest

from cxsim.config.loading import load
from cxsim.errors import CxsimError
from cxsim.settings.overlay import apply_changes, combine
from cxsim.settings.schema import Config, ScenarioSpec


@pytest.fixture(scope="module")
def world() -> Config:
    return load()


def test_changes_may_be_nested_or_dotted_and_leave_the_rest_alone(world: Config) -> None:
    nested = apply_changes(world, {"channels": {"chat": {"share": 0.2, "employees": 1}}}, origin="me")
    dotted = apply_changes(
        world, {"channels.chat.share": 0.2, "channels.chat": {"employees": 1}}, origin="me"
    )
    assert nested == dotted
    assert nested.channels["phone"] == world.channels["phone"]
    assert world.channels["chat"].share == 0


def test_no_change_gives_an_equal_world(world: Config) -> None:
    assert apply_changes(world, {}, origin="me") == world


def test_number_stands_for_an_effect_and_value_keeps_its_range(world: Config) -> None:
    assert (
        apply_changes(world, {"satisfaction.total_effect": 0.5}, origin="me").satisfaction.total_effect.high
        == 0.5
    )
    kept = apply_changes(
        world, {"satisfaction.total_effect.value": 0.5}, origin="me"
    ).satisfaction.total_effect
    assert (kept.value, kept.high) == (0.5, 0.9)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"loyalty": {"earnrate": 0.1}}, r"me: loyalty.earnrate=0.1: .*did you mean loyalty.earn_rate\?"),
        ({"loyalty.points_per_unit": -1}, "me: loyalty.points_per_unit=-1: must be greater than 0"),
        ({"loyalty.earn_rate": True}, "me: loyalty.earn_rate=true: must be a number"),
        ({"channels.fone.share": 1}, r"me: channels.fone: .*no such channel.*did you mean channels.phone\?"),
        ({"horizon_days": 10}, "me: horizon_days belongs to the world"),
        ({f"channels.{name}.share": 0 for name in ("web", "app", "phone")}, "me: channels: every share is 0"),
        ({"": 1}, "is no key"),
        ({7: 1}, "is no key"),
    ],
)  # fmt: skip
def test_impossible_change_is_refused_with_origin_and_key(world: Config, changes: dict, told: str) -> None:
    with pytest.raises(CxsimError, match=told):
        apply_changes(world, changes, origin="me")


def test_world_keys_change_where_the_caller_says_so(world: Config) -> None:
    assert apply_changes(world, {"horizon_days": 400}, origin="me", allow_world=True).horizon_days == 400


def test_combined_scenarios_join_names_and_changes() -> None:
    a = ScenarioSpec(name="a", changes={"referral": {"bonus": 10}}, start_day=30)
    b = ScenarioSpec(name="b", changes={"loyalty.earn_rate": 0.03})
    both = combine([a, b])
    assert both.name == "a+b" and both.parts == (a, b)
    assert both.changes == {"referral": {"bonus": 10}, "loyalty": {"earn_rate": 0.03}}
    with pytest.raises(CxsimError, match="its parts differ in start_day"):
        _ = both.spec


def test_contradicting_scenarios_are_refused_with_names_key_and_values() -> None:
    a = ScenarioSpec(name="a", changes={"referral": {"bonus": 10}})
    b = ScenarioSpec(name="b", changes={"referral.bonus": 20})
    with pytest.raises(CxsimError, match=r"a sets referral.bonus=10 and b sets referral.bonus=20"):
        combine([a, b])
    assert combine([a, ScenarioSpec(name="c", changes={"referral.bonus": 10})]).changes == {
        "referral": {"bonus": 10}
    }


def test_whole_effect_and_part_of_it_contradict_each_other() -> None:
    a = ScenarioSpec(name="a", changes={"satisfaction.total_effect": 0.4})
    b = ScenarioSpec(name="b", changes={"satisfaction.total_effect.value": 0.4})
    with pytest.raises(CxsimError, match=r"satisfaction.total_effect"):
        combine([a, b])


def test_one_scenario_twice_is_refused() -> None:
    a = ScenarioSpec(name="a", changes={"referral.bonus": 10})
    with pytest.raises(CxsimError, match="named twice"):
        combine([a, a])
