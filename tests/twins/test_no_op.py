"""A scenario that changes nothing differs by exactly nothing; one that starts later changes nothing before."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np
import pytest

import cxsim
from cxsim.journal.ticks import DAY
from cxsim.settings.reference import blank_reference
from cxsim.settings.schema import Config
from lived_worlds import CUSTOMER_MARKETS, SCENARIOS, live, plan, scenario, spec, world

# Keys of several kinds, each set by the scenario to what the baseline has.
SAME = {
    "online_retail": ("loyalty.earn_rate", "loyalty.p_enrol", "referral.bonus", "channels.phone.employees",
                      "channels.phone.wage_per_hour", "channels.web.share", "acquisition.media.spend_per_day",
                      "delivery.days", "perception.noise_sd"),
    "subscription": ("upsell.fee_step_per_period", "channels.phone.handle_minutes", "referral.bonus",
                     "segments.regular.fee_per_period", "satisfaction.memory_weeks"),
}
KEYS = {"online_retail": ("loyalty=points", "channels.phone.employees=1", "n_customers=400", "horizon_days=200"),
        "subscription": ("market=subscription", "n_customers=400", "horizon_days=200")}


def _repeated(config: Config, market: str) -> dict[str, Any]:
    """The scenario's changes: values of the baseline itself."""
    values = config.model_dump()
    return {key: reduce(lambda branch, name: branch[name], key.split("."), values) for key in SAME[market]}


@pytest.mark.parametrize("when", [{}, {"start_day": 50, "ramp_days": 60, "end_day": 150}], ids=["always", "ramp"])
@pytest.mark.parametrize("market", SAME)
def test_a_scenario_that_repeats_the_baseline_is_exactly_the_baseline(market: str, when: dict) -> None:
    config = world(*KEYS[market], "replications=3")
    idle = [spec("nothing", {}, **when), spec("the_same", _repeated(config, market), **when)]
    result = cxsim.compare(config, [*idle, idle], reference=blank_reference(config))
    table = result.comparison
    assert set(table["scenario"]) == {"nothing", "the_same", "nothing+the_same"}
    there = np.isfinite(table["baseline_value"])
    assert there.sum() > 300
    assert (table["difference"][there] == 0.0).all()
    # An interval needs two replications in which the figure exists at all.
    several = there & (table["replications"] > 1)
    assert several.sum() > 0.95 * there.sum()
    assert (table["ci_low"][several] == 0.0).all() and (table["ci_high"][several] == 0.0).all()
    np.testing.assert_array_equal(there, np.isfinite(table["scenario_value"]))


@pytest.mark.parametrize("market", SAME)
def test_events_of_a_scenario_that_repeats_the_baseline_are_the_baseline_s(market: str) -> None:
    config = world(*KEYS[market])
    alone, twin = (live(plan(config, parts)) for parts in ([], [spec("the_same", _repeated(config, market))]))
    assert alone.events.tobytes() == twin.events.tobytes()
    assert (alone.ledger == twin.ledger).all() and (alone.tally == twin.tally).all()


# Every shipped scenario on one day or another, some on all of them.
FIRST_DAYS = [(name, (1, 45, 130)[k % 3]) for k, name in enumerate(SCENARIOS)]
FIRST_DAYS += [(name, day) for name in ("points_program", "live_chat", "referral_bonus") for day in (1, 45, 130)
               if (name, day) not in FIRST_DAYS]


@pytest.mark.parametrize(("name", "day"), FIRST_DAYS)
@pytest.mark.parametrize("market", CUSTOMER_MARKETS)
def test_nothing_before_its_first_day_differs(market: str, name: str, day: int) -> None:
    config = world(f"market={market}", "n_customers=250", "horizon_days=170", "market.entrants_per_day=3")
    part = scenario(name)[0].model_copy(update={"start_day": day})
    alone, changed = live(plan(config)), live(plan(config, [part]))
    start = day * DAY
    before = [o.events[o.events["tick"] < start].tobytes() for o in (alone, changed)]
    assert before[0] == before[1] and len(before[0]) > 0
    # Choices made before, of which the sums also tell.
    assert (alone.ledger[: day] == changed.ledger[: day]).all()
    assert (alone.points[: day] == changed.points[: day]).all()


# Where a scenario has something to act on, if not in the shop.
WHERE = {"installer": "market=telecom", "payment_recovery": "market=subscription",
         "churn_contagion": "market=subscription", "answer_complaints": "complaints=some"}


def test_scenarios_do_differ_from_their_first_day_on() -> None:
    """The judge above is not satisfied by scenarios that do nothing at all."""
    for name in SCENARIOS:
        where = WHERE.get(name, "market=online_retail")
        config = world(where, "n_customers=250", "horizon_days=170", "market.entrants_per_day=3")
        alone, changed = live(plan(config)), live(plan(config, scenario(name)))
        assert (alone.ledger != changed.ledger).any(), name


def test_a_scenario_that_ends_leaves_the_parameters_of_the_baseline() -> None:
    config = world("n_customers=400", "horizon_days=200", "replications=1")
    part = scenario("points_program")[0].model_copy(update={"start_day": 20, "end_day": 60})
    outcome = live(plan(config, [part]))
    issued = outcome.points[..., 0].sum(axis=1)
    assert issued[20:60].sum() > 0 and issued[:20].sum() == 0
    # A journey under way on day 60 keeps the programme to its end; none is earned long after.
    assert issued[75:].sum() == 0
