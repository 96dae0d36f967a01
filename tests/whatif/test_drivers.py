"""Drivers of a difference: games with published answers, ledgers worked out on paper, sums to the cent."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

import cxsim
from cxsim.measure.table import Table
from cxsim.settings.reference import blank_reference
from cxsim.whatif.compare import Comparison
from cxsim.whatif.decompose_drivers import DRIVERS, driver_table
from cxsim.whatif.shapley import (
    coalitions,
    largest_remainder,
    sampled_orders,
    sampled_values,
    shapley_values,
)

RUNWAYS = (8.0, 11.0, 13.0, 18.0)
WORLDS = {
    "shop": ["n_customers=300", "horizon_days=150", "replications=3", "reference.customers=2000"],
    "club": ["market=subscription", "n_customers=300", "horizon_days=150", "replications=3",
             "reference.customers=2000"],
}


def test_airport_game_gives_each_aircraft_its_share_of_every_piece_of_runway() -> None:
    """Littlechild & Owen (1973), Management Science 20:370: pieces 8, 3, 2, 5 shared by 4, 3, 2, 1 aircraft."""
    worths = [max((RUNWAYS[k] for k in chosen), default=0.0) for chosen in coalitions(4)]
    pieces = (8 / 4, 3 / 3, 2 / 2, 5 / 1)
    assert shapley_values(np.array(worths)) == pytest.approx(np.cumsum(pieces))
    assert np.cumsum(pieces).tolist() == [2, 3, 4, 9]


def test_glove_game_pays_the_only_left_glove_two_thirds() -> None:
    worths = [float(2 in chosen and len(chosen) > 1) for chosen in coalitions(3)]
    assert shapley_values(np.array(worths)) == pytest.approx([1 / 6, 1 / 6, 2 / 3])


def test_a_product_of_two_factors_is_shared_at_the_mean_of_the_other() -> None:
    """From 3 x 5 to 4 x 7: 1 at (5 + 7) / 2 and 2 at (3 + 4) / 2."""
    worths = np.array([3 * 5, 4 * 5, 3 * 7, 4 * 7])
    assert shapley_values(worths).tolist() == [6.0, 7.0]


def test_sampled_orders_come_close_and_sum_exactly() -> None:
    orders = sampled_orders(4, 2000, np.random.default_rng(7))
    values, errors = sampled_values(
        lambda chosen: np.array(max((RUNWAYS[k] for k in chosen), default=0.0)), orders)
    assert values.sum() == pytest.approx(18.0)
    assert np.all(np.abs(values - [2, 3, 4, 9]) <= 4 * errors + 1e-12)


def test_a_game_that_lacks_a_coalition_is_refused() -> None:
    with pytest.raises(ValueError, match="3 worths"):
        shapley_values(np.zeros(3))


def test_largest_remainders_reach_the_total_from_either_side() -> None:
    parts = np.array([[0.6, -0.6], [0.6, -0.6], [0.8, -0.8]])
    whole = largest_remainder(parts, np.array([2, -2]))
    assert whole.sum(axis=0).tolist() == [2, -2]
    assert np.all(np.abs(whole - parts) < 1)


def _accounts(sides: Mapping[str, list[tuple]]) -> Table:
    """Accounts by hand: (segment, source, item, count, amount, discounted) of replication 0."""
    rows = [(side, 0, *row, row[3], row[4]) for side, listed in sides.items() for row in listed]
    names = ("scenario", "replication", "segment", "source", "item", "count", "amount", "discounted",
             "recent_count", "recent")
    kinds = (object, np.int64, object, object, object, float, float, float, float, float)
    return Table({name: np.array(column, dtype=kind)
                  for name, column, kind in zip(names, zip(*rows, strict=True), kinds, strict=True)})


def _shop(n: float, days: float, orders: float, sold: float, upsell: float, source: str = "start") -> list[tuple]:
    return [("few", source, "customers", n, 0, 0), ("few", source, "active_days", days, 0, 0),
            ("few", source, "order", orders, sold, sold), ("few", source, "upsell", 1, upsell, upsell)]


def _found(sides: Mapping[str, list[tuple]], measure: str = "profit", segment: str = "all") -> dict[str, float]:
    rows = driver_table(_accounts(sides), ["new"]).select(measure=measure, segment=segment)
    return {row["driver"]: row["value"] for row in rows.rows() if row["value"] != 0}


def test_one_factor_that_moves_alone_takes_the_whole_difference() -> None:
    base = _shop(10, 1000, 50, 500, 100)
    for driver, moved in {
            "acquisition": _shop(12, 1200, 60, 600, 120), "retention": _shop(10, 1200, 60, 600, 120),
            "frequency": _shop(10, 1000, 60, 600, 120), "spend": _shop(10, 1000, 50, 620, 100),
            "upsell": _shop(10, 1000, 50, 500, 220)}.items():
        assert _found({"baseline": base, "new": moved}) == {driver: 120.0}, driver
    brought = {"baseline": _shop(10, 1000, 50, 500, 100, "referral"),
               "new": _shop(12, 1200, 60, 600, 120, "referral")}
    assert _found(brought) == {"referral": 120.0}


def test_two_factors_that_move_together_are_shared_as_on_paper() -> None:
    """Active days 100 to 120 each, margin an order 12 to 13, .05 orders a day, 10 customers.

    Retention: 20 days x .05 x 10 customers x 12.5; spend: 1 x 10 x .05 x 110 days.
    """
    sides = {"baseline": _shop(10, 1000, 50, 600, 0), "new": _shop(10, 1200, 60, 780, 0)}
    assert _found(sides) == {"retention": 125.0, "spend": 55.0}


def test_a_source_that_is_new_is_all_heads() -> None:
    sides = {"baseline": _shop(10, 1000, 50, 500, 100),
             "new": [*_shop(10, 1000, 50, 500, 100), *_shop(3, 90, 4, 40, 8, "referral")]}
    assert _found(sides) == {"referral": 48.0}


def test_goods_are_shared_between_basket_and_upsell_by_revenue() -> None:
    """Goods of 300 on 500 of baskets and 100 of upsell; all of it doubles: 250 and 50 of margin more."""
    goods = ("few", "start", "goods", 50, 300, 300)
    more = ("few", "start", "goods", 50, 600, 600)
    found = _found({"baseline": [*_shop(10, 1000, 50, 500, 100), goods],
                    "new": [*_shop(10, 1000, 50, 1000, 200), more]})
    assert found == {"spend": 250.0, "upsell": 50.0}


def test_costs_are_taken_from_the_ledger_as_they_stand() -> None:
    def costs(deliveries: float, each: float, staff: float, rewards: float, media: float) -> list[tuple]:
        return [("few", "start", "delivery", deliveries, deliveries * each, 0),
                ("shared", "shared", "staff", 1, staff, 0), ("few", "start", "reward_redeemed", 1, rewards, 0),
                ("shared", "paid", "media", 1, media, 0), ("shared", "shared", "programme", 1, 7, 0)]

    found = _found({"baseline": costs(10, 3, 100, 5, 20), "new": costs(12, 4, 130, 9, 26)})
    assert found == {"service_volume": -7.0, "service_unit_cost": -11.0, "service_fixed": -30.0, "rewards": -4.0,
                     "acquisition_spend": -6.0}


def test_residual_value_counts_as_further_orders() -> None:
    """100 of residual value at 12 an order; a margin up by a quarter lifts it by a quarter: all of it is spend."""
    def rows(sold: float, worth: float) -> list[tuple]:
        return [*_shop(10, 1000, 50, sold, 0), ("few", "start", "residual_value", 0, 0, worth)]

    assert _found({"baseline": rows(600, 100), "new": rows(750, 125)}, "customer_equity") == {"spend": 175.0}
    assert _found({"baseline": rows(600, 100), "new": rows(600, 160)}, "customer_equity") == {"retention": 60.0}


def test_residual_value_that_falls_with_rewards_is_no_loss_of_retention() -> None:
    """Of 12 an order a tenth is given back: 100 of residual value become 90, though all stay as long."""
    def rows(rewards: float, worth: float) -> list[tuple]:
        return [*_shop(10, 1000, 50, 600, 0), ("few", "start", "residual_value", 0, 0, worth),
                ("few", "start", "reward_redeemed", 5, rewards, rewards)]

    found = _found({"baseline": rows(0, 100), "new": rows(60, 90)}, "customer_equity")
    assert found == {"rewards": pytest.approx(-60.0 - 10.0)}


def test_a_programme_that_moves_nobody_leaves_retention_alone() -> None:
    """Subscribers are kept by nothing but their exits; a programme without effects only costs, now and later."""
    config = cxsim.load([*WORLDS["club"][:3], "replications=2"])
    made = cxsim.compare(config, ["points_program"], reference=blank_reference(config))
    found = {row["driver"]: row["difference"] for row in made.further["drivers"].select(
        measure="customer_equity", segment="all").rows()}
    assert found["rewards"] < 0 and abs(found["retention"]) < 0.01 * abs(found["rewards"])


@pytest.fixture(scope="module", params=list(WORLDS))
def made(request: pytest.FixtureRequest) -> Comparison:
    return cxsim.compare(cxsim.load(WORLDS[request.param]), ["points_program+referral_bonus", "price_rise"])


@pytest.mark.parametrize("measure", ["profit", "customer_equity"])
def test_drivers_sum_to_the_difference_to_the_cent(made: Comparison, measure: str) -> None:
    each, kpis = made.further["drivers_by_replication"], made.kpis.select(metric=measure, period="total")
    for scenario in made.names:
        for replication in range(3):
            for segment in ("all", *made.config.segments):
                here = kpis.select(replication=replication, segment=segment)
                value = {side: float(here.select(scenario=side)["value"][0]) for side in ("baseline", scenario)}
                rows = each.select(scenario=scenario, replication=replication, measure=measure, segment=segment)
                assert len(rows) == len(DRIVERS)
                assert rows["value"].sum() == pytest.approx(value[scenario] - value["baseline"], abs=0.005)


def test_a_bar_is_the_mean_of_its_replications(made: Comparison) -> None:
    key = {"scenario": "price_rise", "measure": "profit", "segment": "all", "driver": "spend"}
    each = made.further["drivers_by_replication"].select(**key)["value"]
    (row,) = made.further["drivers"].select(**key).rows()
    assert row["difference"] == pytest.approx(each.mean())
    assert row["ci_low"] < row["difference"] < row["ci_high"]
    assert row["difference"] > 0, "a price rise earns more on each order"
