"""Levers, interaction and cut links: against sums done by hand on runs of their own, and cases that must be 0."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import cxsim
from cxsim.errors import CxsimError
from cxsim.report.run_folder import write_comparison
from cxsim.settings.reference import blank_reference
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.whatif.compare import Comparison
from cxsim.whatif.replay import replay

DAYS = 60
SMALL = ("n_customers=200", f"horizon_days={DAYS}", "replications=3", "market.entrants_per_day=1")
DEARER = ScenarioSpec(name="dearer", changes={"price.level": 1.1, "price.elasticity.value": 1.5})
GOODS = ScenarioSpec(name="goods", changes={"order.goods_share": 0.4})
# A programme that (all but surely) nobody joins costs 2 a day and does nothing.
PROGRAMME = ScenarioSpec(name="programme", changes={"loyalty.earn_rate": 0.01, "loyalty.p_enrol": 1e-12,
                                                    "loyalty.fixed_cost_per_day": 2.0})
BOTH = ScenarioSpec(name="both", changes={**DEARER.changes, **GOODS.changes})


@pytest.fixture(scope="module")
def world() -> Config:
    return cxsim.load(list(SMALL))


def _profit(made: Comparison, side: str) -> np.ndarray:
    rows = made.kpis.select(scenario=side, metric="profit", segment="all", period="total").sort("replication")
    return np.asarray(rows["value"], float)


def _compare(world: Config, scenarios: list, **depth) -> Comparison:
    return cxsim.compare(world, scenarios, reference=blank_reference(world), depth=depth)


def test_two_levers_share_as_the_mean_of_both_orders(world: Config) -> None:
    apart = _compare(world, [DEARER, GOODS, BOTH])
    none, first, second, both = (_profit(apart, side) for side in ("baseline", "dearer", "goods", "both"))
    made = _compare(world, [BOTH], levers=True)
    each = made.further["levers_by_replication"].select(scenario="both", measure="profit")
    for lever, alone, last in (("price", first - none, both - second), ("order", second - none, both - first)):
        assert each.select(lever=lever)["value"] == pytest.approx((alone + last) / 2, abs=2e-4)
    together = each.select(lever="price")["value"] + each.select(lever="order")["value"]
    assert together == pytest.approx(both - none, abs=0.005)
    (row,) = made.further["levers"].select(measure="profit", lever="price").rows()
    assert row["difference"] == pytest.approx(each.select(lever="price")["value"].mean())
    assert row["order_error"] == 0


def test_levers_that_only_cost_take_what_they_cost(world: Config) -> None:
    """2 a day for 60 days; and a tenth of revenue, which goes to suppliers and leaves every order as it is."""
    spec = ScenarioSpec(name="costs", parts={"programme": ["loyalty"], "suppliers": ["order.goods_share"]},
                        changes={**PROGRAMME.changes, "order.goods_share": world.order.goods_share + 0.1})
    made = _compare(world, [spec], levers=True)
    found = {row["lever"]: row["difference"] for row in made.further["levers"].select(measure="profit").rows()}
    revenue = made.kpis.select(scenario="costs", metric="revenue", segment="all", period="total")["value"].mean()
    assert found["programme"] == pytest.approx(-2.0 * DAYS, abs=0.005)
    assert found["suppliers"] == pytest.approx(-0.1 * revenue, rel=1e-4)


def test_a_composed_scenario_has_its_scenarios_as_levers_and_reaches_the_same_customers(world: Config) -> None:
    ramped = GOODS.model_copy(update={"ramp_days": 40})
    made = _compare(world, [[DEARER, ramped], ramped], levers=True, interaction=True)
    each = made.further["levers_by_replication"].select(scenario="dearer+goods", measure="profit")
    assert set(each["lever"]) == {"dearer", "goods"}
    rest = _compare(world, [DEARER])
    none, dearer, goods = _profit(rest, "baseline"), _profit(rest, "dearer"), _profit(made, "goods")
    both = _profit(made, "dearer+goods")
    assert each.select(lever="goods")["value"] == pytest.approx((goods - none + both - dearer) / 2, abs=2e-4)
    (row,) = made.further["interaction"].select(metric="profit").rows()
    extra = both - dearer - goods + none
    assert row["interaction"] == pytest.approx(extra.mean(), abs=1e-6) and abs(row["interaction"]) > 0.01
    assert row["ci_low"] < row["interaction"] < row["ci_high"]


def test_interaction_is_the_same_whether_the_parts_were_listed_or_lived_for_it(world: Config) -> None:
    listed = _compare(world, [DEARER, GOODS, [DEARER, GOODS]]).further["interaction"]
    lived = _compare(world, [[DEARER, GOODS]], interaction=True).further["interaction"]
    for name in ("together", "apart", "interaction", "ci_low", "ci_high"):
        np.testing.assert_allclose(listed[name], lived[name], atol=1e-9)
    assert "interaction" not in _compare(world, [[DEARER, GOODS]]).further


def test_parts_that_do_not_touch_each_other_do_not_interact(world: Config) -> None:
    table = _compare(world, [[GOODS, PROGRAMME]], interaction=True).further["interaction"]
    (row,) = table.select(metric="profit").rows()
    assert row["interaction"] == pytest.approx(0, abs=1e-6) and abs(row["apart"]) > 100


def test_more_than_six_levers_are_sampled_and_still_sum() -> None:
    """Costs by the hour and by contact do not touch each other, so that every order gives the same."""
    config = cxsim.load(["market=contact_centre", "horizon_days=1", "replications=2"])
    phone = {"wage_per_hour": 25.0, "fee_per_contact": 0.5}
    rest = {"employees.training.hours_per_year": 0.0, "perception.severity_spread": 0.0, "choice.habit_weeks": 9.0}
    known = {key: value for key, value in rest.items() if key in ("employees.training.hours_per_year",
                                                                  "perception.severity_spread")}
    changes = {**{f"channels.phone.{key}": value for key, value in phone.items()}, **known,
               "loyalty.p_enrol": 0.0, "referral.bonus": 0.0, "needs.p_forgotten": 0.0}
    spec = ScenarioSpec(name="seven", changes=changes, parts={f"lever{k}": [key] for k, key in enumerate(changes)})
    assert len(spec.parts) == 7
    made = cxsim.compare(config, [spec], depth={"levers": True, "lever_orders": 2})
    rows = made.further["levers"].select(measure="profit")
    values = dict(zip(rows["lever"], rows["difference"], strict=True))
    total = float((_profit(made, "seven") - _profit(made, "baseline")).mean())
    assert sum(values.values()) == pytest.approx(total, abs=0.005) and total < 0
    assert {name for name, value in values.items() if abs(value) > 0.005} == {"lever0", "lever1"}


@pytest.mark.parametrize(("parts", "told"), [
    ({"a": ["price"]}, "order.goods_share is in no part"),
    ({"a": ["price", "order"], "b": ["price.level"]}, "is in parts a and b"),
    ({"a": ["price", "order", "loyalty"]}, "loyalty is not among the changes"),
])
def test_parts_that_do_not_hold_every_key_once_are_refused(parts: dict, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        ScenarioSpec(name="both", changes=BOTH.changes, parts=parts)


@pytest.mark.parametrize(("scenarios", "baseline", "depth", "told"), [
    ([GOODS], "none", {"levers": True}, "none of the scenarios .goods. has two levers"),
    ([BOTH], "live_chat", {"levers": True}, "needs baseline=none"),
    ([GOODS], "none", {"without": ["spend"]}, "satisfaction does not move spend"),
    ([GOODS], "none", {"without": ["exits"]}, "must be rate, exit"),
    ([ScenarioSpec(name="felt", changes={"satisfaction.memory_weeks": 9})], "none", {"without": ["exit"]},
     "felt itself changes satisfaction"),
])
def test_what_cannot_be_taken_apart_is_refused_before_anything_runs(
        world: Config, scenarios: list, baseline: str, depth: dict, told: str) -> None:
    lived: list[str] = []
    with pytest.raises(CxsimError, match=told):
        cxsim.compare(world, scenarios, baseline=baseline, depth=depth, reference=blank_reference(world),
                      progress=lambda name, done, total: lived.append(name))
    assert not lived


def test_without_its_only_link_a_scenario_that_is_only_felt_does_nothing() -> None:
    """Late deliveries move customers through satisfaction alone, and satisfaction moves retention alone."""
    config = cxsim.load(["n_customers=300", "horizon_days=120", "replications=3", "satisfaction=exit_only",
                         "reference.customers=2000", "reference.tolerance=0.1"])
    late = ScenarioSpec(name="late", changes={"delivery.p_late": 0.6})
    made = cxsim.compare(config, [late], depth={"without": ["exit"]})
    rows = {row["metric"]: row for row in made.further["without_link"].rows()}
    assert rows["purchases"]["without"] == rows["retention_rate"]["without"] == 0
    assert rows["purchases"]["full"] < 0 and rows["purchases"]["through"] == rows["purchases"]["full"]


def test_levers_and_interaction_replay_to_the_same_digests(world: Config, tmp_path: Path) -> None:
    made = _compare(world, [[DEARER, GOODS]], levers=True, interaction=True)
    write_comparison(made, tmp_path)
    found = replay(tmp_path)
    assert found.is_same
    assert {"levers", "levers_by_replication", "interaction", "drivers", "gains"} <= set(found.tables)
