"""A warm-up is lived and not counted: what is counted is the end of the longer run, to the last digit."""

from __future__ import annotations

import numpy as np
import pytest

from cxsim.engines.reference_store import reference_digest
from cxsim.engines.snapshots import STATE
from cxsim.journal.tallies import MONEY
from cxsim.measure.kpis import kpis
from cxsim.measure.ledger import ledger_table
from cxsim.measure.points import points_table
from cxsim.measure.states import states_table
from cxsim.settings.schema import Config
from lived_worlds import changed, everything, live, plan, scenario
from same_life import assert_same_life

WARM_UP, DAYS = 90, 120


def _pair(market: str, *overrides: str) -> tuple[Config, Config]:
    """A world with a warm-up, and the longer one whose end it is: its months begin on the same dates."""
    window = () if market != "online_retail" else ("market.active_window_days=50",)
    own = ("market.discount_rate_per_year=0", "market.entrants_until_day=80", *window, *overrides)
    warmed = everything(market, *own, f"horizon_days={DAYS}", f"warmup_days={WARM_UP}")
    later = {"market.entrants_until_day": 80 + WARM_UP,
             "price.promotion.start_day": warmed.price.promotion.start_day + WARM_UP}
    longer = changed(everything(market, *own), **{
        "warmup_days": 0, "horizon_days": DAYS + WARM_UP, "start_date": "2025-10-03", **later})
    return warmed, longer


@pytest.fixture(scope="module", params=["online_retail", "telecom"])
def pair(request: pytest.FixtureRequest):
    warmed, longer = _pair(request.param)
    return warmed, live(plan(warmed), 1), longer, live(plan(longer), 1)


def test_every_month_is_that_of_the_longer_run(pair) -> None:
    """October to December are the warm-up (their 29 + 30 + 31 days): month 1 is month 4 of the longer run."""
    warmed, some, longer, whole = pair
    ours, theirs = kpis(some, warmed, "w"), kpis(whole, longer, "w")
    ours = ours.take(np.flatnonzero(ours["period"] != "total"))
    shifted = np.array([str(int(period) - 3) if period != "total" else "total" for period in theirs["period"]])
    theirs = theirs.take(np.flatnonzero(np.isin(shifted, ["1", "2", "3", "4"])))
    assert len(ours) == len(theirs) > 1000
    for metric in dict.fromkeys(ours["metric"].tolist()):
        one, other = ours.select(metric=metric), theirs.select(metric=metric)
        np.testing.assert_array_equal(one["value"], other["value"], err_msg=metric)


def test_the_whole_run_is_made_of_what_is_counted(pair) -> None:
    warmed, some, longer, whole = pair

    def total(outcome, config, metric, period="total"):
        return float(kpis(outcome, config, "w").select(metric=metric, segment="all", period=period)["value"][0])

    for metric in ("revenue", "profit", "purchases", "contacts", "customers_acquired", "points_issued"):
        months = sum(total(whole, longer, metric, str(k)) for k in (4, 5, 6, 7))
        assert total(some, warmed, metric) == pytest.approx(months, rel=1e-12), metric
    assert total(some, warmed, "customers_start") == total(whole, longer, "customers_start", "4")
    assert total(some, warmed, "customers_end") == total(whole, longer, "customers_end")
    before = sum(total(whole, longer, "profit", str(k)) for k in (1, 2, 3))
    assert total(some, warmed, "customer_equity") == pytest.approx(
        total(whole, longer, "customer_equity") - before, rel=1e-9)
    start, acquired, back, churned = (total(some, warmed, f"customers_{name}") for name in (
        "start", "acquired", "reactivated", "churned"))
    assert total(some, warmed, "customers_end") == start + acquired + back - churned


def test_ledger_and_points_hold_what_is_counted(pair) -> None:
    warmed, some, longer, whole = pair
    ours, theirs = ledger_table(some, "w", warmed), ledger_table(whole, "w", longer)
    theirs = theirs.take(np.flatnonzero(theirs["day"] >= WARM_UP))
    np.testing.assert_array_equal(ours["day"], theirs["day"] - WARM_UP)
    np.testing.assert_array_equal(ours["amount"], theirs["amount"])
    held, wholly = points_table(some, "w"), points_table(whole, "w")
    kept = wholly.take(np.flatnonzero(wholly["day"] >= WARM_UP))
    np.testing.assert_array_equal(held["outstanding"], kept["outstanding"])
    assert held["outstanding"][0] > 0
    own = ours["profit_effect"][ours["segment"] != "shared"]
    assert some.customers["margin"].sum() / MONEY < own[own > 0].sum()


def test_margins_of_customers_are_those_of_counted_days(pair) -> None:
    """What customers' own accounts hold is the own part of the counted ledger."""
    from cxsim.journal.tallies import IS_MARGIN
    from cxsim.measure.sums import profit_effects

    _, some, _, _ = pair
    flows = some.ledger[:, :-1, ..., 1].sum(axis=(0, 1, 2, 3)) * profit_effects()
    assert int(flows[IS_MARGIN].sum()) == int(some.customers["margin"].sum())
    sold = some.customers["n_orders"] - some.customers["orders_before"]
    if some.customers["n_renewals"].max() == 0:
        assert sold[some.customers["orders_before"] > 0].sum() > 0


def test_the_reference_is_that_of_the_longer_run() -> None:
    warmed, longer = _pair("online_retail")
    named = changed(longer, market__active_window_days=50)
    assert reference_digest(warmed) == reference_digest(named)
    assert reference_digest(changed(warmed, warmup_days=0)) != reference_digest(warmed)


def test_a_scenario_starts_where_the_warm_up_ends() -> None:
    warmed, longer = _pair("telecom")
    part = scenario("points_program")[0].model_copy(update={"start_day": 10})
    later = part.model_copy(update={"start_day": 10 + WARM_UP})
    np.testing.assert_array_equal(live(plan(warmed, [part])).ledger, live(plan(longer, [later])).ledger[WARM_UP:])


@pytest.mark.parametrize("market", ["online_retail", "telecom"])
def test_engines_agree_after_a_warm_up_with_states(market: str) -> None:
    config = changed(_pair(market)[0], output__states="month", population__resample=False)
    compiled, simpy = (live(plan(config), 3, engine) for engine in ("compiled", "simpy"))
    assert_same_life(compiled, simpy)
    assert compiled.states.dtype == STATE and len(compiled.states) > 500
    assert compiled.states.tobytes() == simpy.states.tobytes()


def test_states_tie_to_what_is_reported_at_the_end_of_each_month() -> None:
    warmed, _ = _pair("telecom")
    warmed = changed(warmed, output__states="month")
    some = live(plan(warmed), 1)
    states, found = states_table(some, "w"), kpis(some, warmed, "w")
    alive = states.take(np.flatnonzero(states["status"] == "customer"))
    points = points_table(some, "w")
    for month, day in zip("1234", (31, 59, 90, 120), strict=True):
        here = alive.select(month=int(month))
        assert set(here["day"].tolist()) == {day}
        # A renewal that falls due inside a journey is lived at its end: until then he is still a customer here.
        end = float(found.select(metric="customers_end", segment="all", period=month)["value"][0])
        assert 0 <= len(here) - end <= 0.02 * end
        held = points.take(np.flatnonzero(points["day"] == day - 1))["outstanding"].sum()
        assert states.select(month=int(month))["points"].sum() == pytest.approx(held, rel=0.02)
    assert len(alive.select(month=4)) == end
    assert states.select(month=4)["points"].sum() == held
