"""Both engines live the same lives, to the last bit, in every shipped market and scenario."""

from __future__ import annotations

import pytest

from cxsim.errors import CxsimError
from cxsim.settings.schema import ScenarioSpec
from lived_worlds import (
    CUSTOMER_MARKETS, MARKETS, NOT_IN_A_CONTACT_CENTRE, SCENARIOS, changed, everything, live, plan, scenario, spec,
    world)
from same_life import assert_same_life

@pytest.mark.parametrize("replication", [0, 3])
@pytest.mark.parametrize("market", MARKETS)
def test_engines_agree_on_every_market_with_everything_on(market: str, replication: int) -> None:
    blueprint = plan(everything(market))
    compiled = live(blueprint, replication)
    assert compiled.n_events == len(compiled.events) > 1000
    assert_same_life(compiled, live(blueprint, replication, "simpy"))


@pytest.mark.parametrize("market", MARKETS)
def test_engines_agree_on_every_market_as_shipped(market: str) -> None:
    config = changed(world(f"market={market}"), n_customers=0 if market == "contact_centre" else 250,
                     horizon_days=2 if market == "contact_centre" else 120)
    assert_same_life(live(plan(config)), live(plan(config), 0, "simpy"))


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("market", MARKETS)
def test_engines_agree_on_every_shipped_market_and_scenario(market: str, name: str) -> None:
    """A scenario's first hundred days in a small market as shipped, its own days brought forward."""
    is_centre = market == "contact_centre"
    shop = {"n_customers": 120, "horizon_days": 100}
    desk = {"horizon_days": 2, "channels.phone.contacts_per_hour": 60.0, "channels.phone.employees": 9}
    config = changed(world(f"market={market}"), **desk if is_centre else shop)
    part = scenario(name)[0]
    if is_centre and name in NOT_IN_A_CONTACT_CENTRE:
        with pytest.raises(CxsimError, match=f"scenario {name}: "):
            plan(config, [part])
        return
    blueprint = plan(config, [_timed(part, 0, part.ramp_days, None if part.end_day is None else 60)])
    assert_same_life(live(blueprint, 1), live(blueprint, 1, "simpy"))


@pytest.mark.parametrize("name", ["points_program", "live_chat", "overload", "coach_behaviour", "repeat_loop"])
@pytest.mark.parametrize("market", CUSTOMER_MARKETS)
def test_engines_agree_on_a_scenario_with_everything_on(market: str, name: str) -> None:
    blueprint = plan(everything(market), scenario(name))
    assert_same_life(live(blueprint, 1), live(blueprint, 1, "simpy"))


@pytest.mark.parametrize("market", CUSTOMER_MARKETS)
def test_engines_agree_on_composed_scenarios_that_come_ramp_and_go(market: str) -> None:
    config = everything(market)
    times = {"points_program": (10, 0, 60), "live_chat": (30, 40, None), "referral_bonus": (0, 90, 120),
             "more_media": (45, 10, 46)}
    parts = [_timed(scenario(name)[0], *when) for name, when in times.items()]
    blueprint = plan(config, parts)
    assert len(blueprint.fixed["rows"]) == 2 ** len(parts)
    assert_same_life(live(blueprint), live(blueprint, 0, "simpy"))


def _timed(part: ScenarioSpec, start: int, ramp: int, end: int | None) -> ScenarioSpec:
    return part.model_copy(update={"start_day": start, "ramp_days": ramp, "end_day": end})


def test_engines_agree_when_a_scenario_moves_doors_and_staff() -> None:
    config = everything("online_retail", "channels.phone.share=2")
    parts = [spec("nights", {"channels.phone": {"open_hour": 0, "close_hour": 24}}, start_day=20, end_day=50),
             spec("crowd", {"channels.phone": {"employees": 7, "handle_minutes": 200}}, start_day=40, ramp_days=5)]
    blueprint = plan(config, parts)
    assert_same_life(live(blueprint), live(blueprint, 0, "simpy"))


def test_engines_agree_without_a_log() -> None:
    config = everything("online_retail")
    blueprint = plan(config, log=False)
    logged, silent = live(plan(config)), live(blueprint)
    assert len(silent.events) == 0 and silent.n_events == logged.n_events
    assert_same_life(silent, live(blueprint, 0, "simpy"))
    assert (silent.tally == logged.tally).all() and (silent.ledger == logged.ledger).all()


def test_engines_log_the_same_sample_of_customers() -> None:
    config = everything("online_retail", "output.events=sample", "output.sample_share=0.2")
    from cxsim.engines.blueprint import make_blueprint
    from cxsim.settings.reference import blank_reference

    blueprint = make_blueprint([config], [], blank_reference(config))
    sampled, everybody = live(blueprint), live(plan(config))
    chosen = set(sampled.events["customer"])
    share = len(chosen) / len(set(everybody.events["customer"]))
    assert 0.1 < share < 0.3
    mine = everybody.events[[who in chosen for who in everybody.events["customer"]]]
    assert sampled.events.tobytes() == mine.tobytes()
    assert_same_life(sampled, live(blueprint, 0, "simpy"))
