"""Tables of a decision: they tie to the ledger to the cent, and judge cases with known answers."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

import cxsim
from cxsim.measure.break_even import needed_volume
from cxsim.measure.cash import cash_table, course_of
from cxsim.measure.table import Table
from cxsim.report.recommendation import recommendation
from cxsim.report.sections import sections_of
from cxsim.settings.reference import blank_reference
from cxsim.whatif.compare import compare
from cxsim.whatif.decide import standing
from cxsim.whatif.pilot import Outcome

SMALL = ["n_customers=300", "horizon_days=150", "replications=4"]
FREE = cxsim.ScenarioSpec(name="free_help", changes={"channels": {"phone": {
    "employees": 3, "wage_per_hour": 0.0}}})


@pytest.fixture(scope="module", params=["online_retail", "subscription"])
def made(request):
    config = cxsim.load([f"market={request.param}", *SMALL])
    points = cxsim.ScenarioSpec(name="points", changes={"loyalty": {
        "earn_rate": 0.03, "p_enrol": 0.6, "p_redeem": 0.8, "fixed_cost_per_day": 1.0}})
    return compare(config, [points, FREE], reference=blank_reference(config))


def totals(made, metric, scenario):
    rows = made.kpis.select(scenario=scenario, segment="all", period="total", metric=metric).sort("replication")
    return np.asarray(rows["value"])


def test_a_scenario_is_above_its_break_even_if_and_only_if_it_earns_more(made):
    table = made.further["break_even"]
    for row in table.rows():
        gain = (totals(made, "profit", row["scenario"]) - totals(made, "profit", "baseline")).mean()
        assert math.isfinite(row["needed"])
        # Replications differ a little in size, so a mean of shares may part from one of money by a hair.
        if abs(row["found"] - row["needed"]) > 1e-3:
            assert (row["found"] > row["needed"]) == (gain > 0)


def test_money_to_be_earned_and_margin_explain_the_difference_in_profit(made):
    """Profit = margin of what follows volume, less what is held: to the cent, summed from the ledger."""
    for row in made.further["break_even"].rows():
        profit = {name: totals(made, "profit", name).mean() for name in ("baseline", row["scenario"])}
        volume = totals(made, row["volume"], row["scenario"]).mean()
        margin = row["margin_per_unit"] * volume
        held_before = _margin(made, "baseline") - profit["baseline"]
        assert margin == pytest.approx(_margin(made, row["scenario"]), abs=0.01)
        assert margin - held_before - row["held"] == pytest.approx(profit[row["scenario"]], abs=0.01)


def _margin(made, scenario):
    """Revenue less goods, rewards and whatever service, retention and fees a single customer causes."""
    shared = ("media", "referral_bonus", "friend_bonus", "commission", "welcome_gift", "prospect_minutes",
              "programme", "staff", "touchpoint_fixed", "training", "hiring", "integration")
    rows = made.tables.ledger.select(scenario=scenario)
    own = np.array([category not in shared for category in rows["category"]])
    return rows["profit_effect"][own].sum() / made.replications


def test_revenue_less_cost_of_all_owners_is_the_difference_in_profit(made):
    table = made.further["payers"]
    for name in made.names:
        rows = table.select(scenario=name)
        signs = np.where(rows["side"] == "revenue", 1.0, -1.0)
        gain = (totals(made, "profit", name) - totals(made, "profit", "baseline")).mean()
        assert (signs * rows["difference"]).sum() == pytest.approx(gain, abs=0.01)


def test_cash_ends_at_the_difference_in_profit(made):
    for name in made.names:
        gain = (totals(made, "profit", name) - totals(made, "profit", "baseline")).mean()
        assert course_of(made.further["cash"], name).end == pytest.approx(gain, abs=0.01)


def test_standing_agrees_with_the_comparison(made):
    for row in made.further["decision"].rows():
        if row["scenario"] == "baseline":
            assert row["difference"] == 0 and row["ci_low_together"] == row["ci_high_together"] == 0
            continue
        other = next(made.comparison.select(
            scenario=row["scenario"], segment="all", period="total", metric=row["metric"]).rows())
        assert row["difference"] == pytest.approx(other["difference"])
        assert row["ci_low"] == pytest.approx(other["ci_low"])
        assert row["ci_low_together"] <= row["ci_low"] + 1e-9


def test_the_recommendation_stands_first_on_the_page_and_names_what_it_rests_on(made):
    sections = sections_of(made)
    first = sections[0]
    assert first.title.startswith("Recommendation: ") and first.place == "decision"
    reasons = dict(first.grids[0].rows)
    assert "How sure" in reasons and first.grids[-1].rows[0][0] == "doing nothing"
    if "none of these" not in first.title:
        assert {"Why", "Rests on", "Break-even", "When", "What gets worse", "Test first"} <= set(reasons)
        assert "placeholders" in reasons["Rests on"]


def test_help_that_costs_nothing_is_recommended(made):
    """More employees whom nobody pays save the old wages: better than doing nothing whatever else happens."""
    section = recommendation(made)
    assert section.title == "Recommendation: free_help"
    reasons = dict(section.grids[0].rows)
    assert section.words[0].startswith("Do free_help")
    assert reasons["How sure"].startswith("over 99.9% that it is the best of all 3")
    assert "from the first month on" in reasons["When"]


def test_one_replication_recommends_nothing():
    config = cxsim.load(["n_customers=100", "horizon_days=60", "replications=1"])
    section = recommendation(compare(config, [FREE], reference=blank_reference(config)))
    assert section.title == "Recommendation: none, for want of replications"
    assert "replications=20" in section.words[0]


def test_needed_orders_by_hand():
    """60 orders leave 5 each; with 100 held, a profit of 250 needs (250 + 100) / 5 = 70 orders."""
    found = needed_volume(np.array([300.0]), np.array([200.0]), np.array([60.0]), np.array([250.0]))
    assert found.tolist() == [70.0]
    assert np.isnan(needed_volume(np.array([-1.0]), np.array([-5.0]), np.array([60.0]), np.array([0.0])))[0]


def kpi_rows(name, by_replication):
    values = np.array(by_replication, dtype=float)
    n, months = values.shape
    return Table({"scenario": [name] * n * months, "replication": np.repeat(np.arange(n), months),
                  "segment": ["all"] * n * months, "period": [str(m + 1) for m in range(months)] * n,
                  "metric": ["profit"] * n * months, "value": values.ravel(), "unit": ["money"] * n * months})


def test_cash_is_paired_before_it_is_added_up():
    base = [[10, 10, 10, 10], [30, 30, 30, 30]]
    more = [[5, 8, 16, 14], [25, 28, 36, 32]]  # Differences -5, -2, +6, +4 and -5, -2, +6, +2.
    cash = cash_table(Table.concat([kpi_rows("baseline", base), kpi_rows("more", more)]), "baseline", 0.95)
    assert cash["cumulative"].tolist() == [-5, -7, -1, 2]
    assert cash["ci_low"][:3].tolist() == [-5, -7, -1]
    half = stats.t.ppf(0.975, 1) * np.std([3, 1], ddof=1) / math.sqrt(2)
    assert cash["ci_high"][3] == pytest.approx(2 + half)
    course = course_of(cash, "more")
    assert (course.trough, course.trough_month, course.turns, course.surely) == (-7, 2, 4, 0)


def test_what_never_falls_behind_has_no_trough():
    rows = [kpi_rows("baseline", [[1, 1], [2, 2]]), kpi_rows("more", [[2, 2], [3, 4]])]
    cash = cash_table(Table.concat(rows), "baseline", 0.95)
    course = course_of(cash, "more")
    assert (course.trough, course.trough_month, course.turns, course.surely) == (0.0, 0, 1, 0)
    assert next(iter(cash.rows()))["ci_low"] == 1.0


def test_orders_of_mixed_poisson_customers_vary_as_the_pilot_says():
    """Rates from a gamma law: after a third of the time the variance is m/3 + (v - m)/9, here by simulation."""
    rng = np.random.default_rng(9)
    rates = rng.gamma(0.8, 2.5, 400_000)
    third, rest = rng.poisson(rates / 3), rng.poisson(rates * 2 / 3)
    whole = third + rest
    found = Outcome(whole.mean(), 0.3, whole.std(), whole.std()).orders_at(1 / 3)
    assert found.mean == pytest.approx(third.mean(), rel=0.01) and found.effect == pytest.approx(0.1)
    assert found.deviation == pytest.approx(third.std(), rel=0.01)


def test_stays_vary_as_a_share_does():
    found = Outcome(0.6, 0.1, 0.0, 0.0).stays_at(0.5)
    assert (found.mean, found.effect) == pytest.approx((0.8, 0.05))
    assert found.deviation == pytest.approx(0.4) and found.deviation_after == pytest.approx(math.sqrt(0.85 * 0.15))


def test_the_probability_to_be_best_holds_over_all_sides():
    rng = np.random.default_rng(5)
    base = rng.normal(100, 10, 12)
    sides = {"baseline": base, "worse": base - 5, "much_better": base + 3 + rng.normal(0, 0.1, 12)}
    rows = Table.concat([Table({
        "scenario": [name] * 12, "replication": range(12), "segment": ["all"] * 12, "period": ["total"] * 12,
        "metric": ["profit"] * 12, "value": values, "unit": ["money"] * 12}) for name, values in sides.items()])
    found = {row["scenario"]: row for row in standing(rows, "profit", 0.95, 1).rows()}
    assert found["much_better"]["p_best"] > 0.999 and found["worse"]["p_best"] == 0.0
    assert found["worse"]["gap"] == pytest.approx(8, abs=0.2) and found["much_better"]["gap"] == 0.0


def test_profit_that_says_the_opposite_of_equity_is_told(made):
    """The same comparison with its profit turned round: the reasons say that the two are at odds."""
    decision = made.further["decision"]
    turn = np.where(decision["metric"] == "profit", -1.0, 1.0)
    swapped = {"difference": decision["difference"] * turn,
               "ci_low": np.where(turn < 0, -decision["ci_high"], decision["ci_low"]),
               "ci_high": np.where(turn < 0, -decision["ci_low"], decision["ci_high"])}
    other = replace(made, further={**made.further, "decision": Table({**decision.columns, **swapped})})
    assert "At odds" not in dict(recommendation(made).grids[0].rows)
    assert "points owed" in dict(recommendation(other).grids[0].rows)["At odds"]
