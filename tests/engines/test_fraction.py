"""A fraction of the population: both engines alike, ghosts in no count, the same people, nothing at 1."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxsim.behaviour.pool import BY_GHOST
from cxsim.behaviour.state import GHOST
from cxsim.engines import replication as running
from cxsim.engines.fraction import COSTS
from cxsim.engines.reference_store import reference_digest
from cxsim.errors import CxsimError
from cxsim.journal.words import EVENT_WORDS
from cxsim.settings.reference import blank_reference
from lived_worlds import MARKETS, changed, everything, live, plan, scenario, total, world
from random_worlds import overlays, worlds
from same_life import assert_same_life

CENTRE = ("market=contact_centre", "horizon_days=4", "channels.phone.contacts_per_hour=600",
          "channels.phone.employees=40", "channels.phone.patience_minutes=5", "market.layer_rate_per_day=20000")


@pytest.mark.parametrize("fraction", [0.5, 0.1])
@pytest.mark.parametrize("market", MARKETS)
def test_engines_agree_with_ghosts_and_everything_on(market: str, fraction: float) -> None:
    blueprint = plan(everything(market, f"population.fraction={fraction}"))
    assert_same_life(live(blueprint), live(blueprint, 0, "simpy"))


def test_engines_agree_with_ghosts_when_a_scenario_moves_doors() -> None:
    config = everything("telecom", "population.fraction=0.3")
    blueprint = plan(config, scenario("live_chat+more_staff"))
    assert_same_life(live(blueprint, 1), live(blueprint, 1, "simpy"))


@settings(max_examples=16, derandomize=True, deadline=None,
          suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example))
@given(st.data())
def test_engines_agree_with_ghosts_in_any_world(data: st.DataObject) -> None:
    config = changed(data.draw(worlds()), population__fraction=data.draw(st.sampled_from([0.7, 0.4])))
    blueprint = plan(config, data.draw(overlays(config)))
    assert_same_life(live(blueprint), live(blueprint, 0, "simpy"))


@pytest.mark.parametrize("market", MARKETS)
def test_a_whole_population_has_no_ghosts(market: str) -> None:
    blueprint = plan(everything(market))
    assert not (blueprint.streams["route"] == BY_GHOST).any()
    assert len(blueprint.fixed["crowd"]) == len(blueprint.fixed["usual"]) == 0


def test_ghosts_are_in_no_count_and_no_log() -> None:
    outcome = live(plan(everything("telecom", "population.fraction=0.2")))
    assert not (outcome.customers["status"] == GHOST).any()
    assert set(outcome.events["customer"]) <= set(outcome.customers["id"])
    joined = EVENT_WORDS.index(("request", "queue", "joined"))
    ended = [EVENT_WORDS.index(("request", "queue", how)) for how in ("served", "abandoned", "closed")]
    assert total(outcome, "contacts") == np.isin(outcome.events["word"], ended).sum()
    assert 0 <= (outcome.events["word"] == joined).sum() - total(outcome, "contacts") < 30
    assert outcome.n_events == len(outcome.events)


def test_who_is_simulated_is_somebody_of_the_whole() -> None:
    whole = live(plan(everything("online_retail")))
    part = live(plan(everything("online_retail", "population.fraction=0.4")))
    starters = [one.customers["id"][one.customers["source"] == 0] for one in (whole, part)]
    assert len(starters[1]) == 100 and set(starters[1]) <= set(starters[0])
    calls = [set(live(plan(world(*CENTRE, f"population.fraction={f}"))).customers["id"]) for f in (1.0, 0.25)]
    assert calls[1] < calls[0] and 0.2 < len(calls[1]) / len(calls[0]) < 0.3


def _ghosts_lived(monkeypatch: pytest.MonkeyPatch, *overrides: str) -> tuple[int, int]:
    """Places that ghosts took in all, and contacts of customers."""
    seen: list[int] = []
    honest = running.without_ghosts

    def counting(customers: np.ndarray) -> np.ndarray:
        seen.append(int((customers["status"] == GHOST).sum()))
        return honest(customers)

    monkeypatch.setattr(running, "without_ghosts", counting)
    outcome = live(plan(world(*overrides), log=False))
    return seen[0], total(outcome, "contacts")


def test_places_of_ghosts_are_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nine ghosts for each contact, but no more places than are at the desk at one time."""
    places, contacts = _ghosts_lived(monkeypatch, *CENTRE, "population.fraction=0.1")
    assert 5000 < contacts < 6500  # of 57,600 calls
    assert 30 < places < 150


def test_costs_that_follow_from_nobody_are_scaled_down_to_come_out_whole() -> None:
    keys = ("loyalty.fixed_cost_per_day=7", "handoff.cost_per_day=300", "handoff.integration=0.5")
    whole, part = (plan(everything("telecom", *keys, f"population.fraction={f}")) for f in (1.0, 0.1))
    for name in COSTS:
        assert whole.fixed[name].any(), name
        np.testing.assert_allclose(part.fixed[name] * 10, whole.fixed[name], atol=10)
        np.testing.assert_allclose(part.fixed[name].sum(axis=0) * 10, whole.fixed[name].sum(axis=0), atol=5)
    for name in ("places", "staff_hours", "day_row"):
        np.testing.assert_array_equal(part.fixed[name], whole.fixed[name])
    np.testing.assert_array_equal(part.plan, whole.plan)
    np.testing.assert_allclose(part.fixed["arrivals"] * 10, whole.fixed["arrivals"], rtol=1e-12)


def test_a_finite_market_is_reached_at_the_same_pace_by_a_fraction() -> None:
    keys = ("population=new", "n_customers=400", "market.size=20000", "market.bass.p=0.03", "market.bass.q=0.4",
            "acquisition=none", "referral=none", "horizon_days=365", "satisfaction=none", "needs=always_noticed")
    shares = []
    for fraction in (1.0, 0.25):
        outcome = live(plan(world(*keys, f"population.fraction={fraction}"), log=False))
        shares.append(len(outcome.customers) / (20_000 * fraction))
    error = np.sqrt(shares[0] * (1 - shares[0]) / 5000)
    assert 0.04 < shares[0] < 0.3 and abs(shares[1] - shares[0]) < 5 * error


def test_a_fraction_leaves_the_reference_where_it_is() -> None:
    whole, part = (world("n_customers=20000", f"population.fraction={f}") for f in (1.0, 0.1))
    assert reference_digest(whole) == reference_digest(part)


def test_a_fraction_that_leaves_nobody_is_refused() -> None:
    with pytest.raises(CxsimError, match=r"population.fraction=0: must be greater than 0"):
        world("population.fraction=0")
    with pytest.raises(CxsimError, match=r"population.fraction"):
        world("population.fraction=1.5")
    assert world("n_customers=5", "population.fraction=0.01").n_simulated == 1


def test_ghosts_come_at_the_rate_of_those_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three ghosts for each call, counted by what the employees served."""
    config = world(*CENTRE, "population.fraction=0.25", "channels.phone.patience_minutes=null",
                   "channels.phone.employees=60")
    blueprint = replace(plan(config, reference=blank_reference(config)), log_share=0.0)
    arrays: dict[str, np.ndarray] = {}
    honest = running.close_world

    def keeping(world, room, *further):
        arrays.update(room.arrays)
        return honest(world, room, *further)

    monkeypatch.setattr(running, "close_world", keeping)
    contacts = total(live(blueprint), "contacts")
    fresh = plan(config).config.n_employees("phone")
    served = arrays["employees"]["n_served"][0, :fresh]
    before = int(np.ceil(blueprint.fixed["practice"]["experienced_after"][0]))
    everybody = int((served - before).sum())
    theirs = everybody - contacts
    assert abs(theirs / (3 * contacts) - 1.0) < 5.0 / np.sqrt(contacts)


def test_a_process_of_ones_own_closes_the_desk_on_ghosts_too() -> None:
    """One employee for a crowd; at noon of day 1 the line is sent away for two hours, then served on."""
    config = world(*CENTRE, "population.fraction=0.25", "channels.phone.employees=1",
                   "channels.phone.contacts_per_hour=60", "channels.phone.handle_minutes=60", "horizon_days=2",
                   "channels.phone.at_close=send_away", "channels.phone.patience_minutes=null")
    most: list[int] = []

    def outage(env, business):
        yield env.timeout(business.ticks(days=1, hours=12))
        desk = business.channels["phone"].desk
        most.append(len(desk.queue))
        business.channels["phone"].close()
        yield env.timeout(business.ticks(hours=1))
        most.append(len(desk.queue))
        yield env.timeout(business.ticks(hours=1))
        business.channels["phone"].open()

    outcome = running.run_replication(plan(config), 0, "simpy", processes=[outage])
    sent_away = total(outcome, "closed")
    assert most[0] > 1800 and most[1] == 0
    # A quarter of the line were simulated customers, and 15 an hour called in vain meanwhile.
    assert abs((sent_away - 30) / (most[0] / 4) - 1.0) < 0.2
