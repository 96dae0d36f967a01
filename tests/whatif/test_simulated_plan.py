"""The simulated planner in a world built to be Blattberg and Deighton's: their figures within its intervals."""

from __future__ import annotations

import numpy as np
import pytest

import cxsim
from cxsim.errors import CxsimError
from cxsim.measure.table import Table
from cxsim.report.plan_folder import write_simulated_plan
from cxsim.settings.overlay import apply_changes
from cxsim.settings.schema import Config
from cxsim.whatif.plan_levers import read_levers
from cxsim.whatif.plan_side_effects import cannibalised, without_breakage
from cxsim.whatif.plan_steps import Sides, Step, at_equal_occasions, jackknife
from cxsim.whatif.replay import replay
from cxsim.whatif.simulated_plan import SimulatedPlan, simulate_plan

# A stage with nothing on it but one's own money: customers all alike, who pay 50 a year and need no help.
BARE = ("market=subscription", "satisfaction=none", "upsell=none", "referral=none", "needs=always_noticed",
        "delivery=none", "payment=none", "population=new", "use=none", "recovery=none", "touchpoints=[]",
        "journeys=simple", "choice=fixed_shares", "channels.web.share=1", "channels.web.p_failure=0",
        "channels.app.share=0", "channels.phone.share=0", "n_customers=1000")
PROSPECTS_A_DAY, DAYS = 20.0, 730
# EVIDENCE A9, from the published form with its own inputs: M=50, d=.2; 5 a prospect win .2 (ceiling .4); 10 keep
# .4 (ceiling .7). Optimum A*=9.2115, R*=15.8652, CLV*=64.6651, CE*=9.4411; today's CE 7.5, CLV 62.5.
BEST_ACQUISITION, BEST_RETENTION, BEST_VALUE, BEST_EQUITY = 9.2115, 15.8652, 64.6651, 9.4411


def blattberg_deighton(**changes: object) -> Config:
    """Their market: media reach 20 prospects a day; retention spend acts on everybody's yearly renewal."""
    config = cxsim.load(list(BARE))
    law = {"renewal.alpha": 6e7, "renewal.beta": 4e7, "fee_per_period": 50.0, "support_needs_per_year": 0.0}
    keys = {f"segments.{name}.{key}": value for name in config.segments for key, value in law.items()}
    keys |= {
        "market.renewal_days": 365, "market.discount_rate_per_year": 0.2, "horizon_days": DAYS, "replications": 8,
        "market.entrants_per_day": 0.2 * PROSPECTS_A_DAY, "retention.spend_per_occasion": 10.0,
        "retention.anchor_spend": 10.0, "retention.anchor_rate": 0.4, "retention.ceiling": 0.7}
    media = {"spend_per_day": 5.0, "anchor_spend_per_day": 5.0, "anchor_entrants_per_day": 0.2,
             "ceiling_entrants_per_day": 0.4}
    keys |= {f"acquisition.media.{key}": value * PROSPECTS_A_DAY for key, value in media.items()}
    return apply_changes(config, keys | changes, origin="judge", allow_world=True)


@pytest.fixture(scope="module")
def plan() -> SimulatedPlan:
    return simulate_plan(blattberg_deighton(), {
        "spend_multiples": [0.6, 1.4, BEST_ACQUISITION / 5.0, 2.4],
        "retention": {"key": None, "levels": [13.0, BEST_RETENTION, 19.0]}})


@pytest.mark.parametrize(("name", "half"), [
    ("acquire", 0.06), ("retain", 0.06), ("value_acquired", 0.03), ("value_kept", 0.02)])
def test_all_marginal_costs_and_values_at_the_optimum_are_the_published_value(
    plan: SimulatedPlan, name: str, half: float,
) -> None:
    middle, low, high = getattr(plan.frontier.best, name)
    assert low <= BEST_VALUE <= high, f"{name} {middle:.2f} ({low:.2f} to {high:.2f})"
    assert high - low < 2 * half * BEST_VALUE


def test_the_best_plan_lies_where_the_closed_form_puts_it(plan: SimulatedPlan) -> None:
    best = plan.frontier.best
    assert best.multiple == pytest.approx(BEST_ACQUISITION / 5.0, abs=0.15)
    assert best.level == pytest.approx(BEST_RETENTION, abs=0.6)
    assert best.level_range[0] <= BEST_RETENTION <= best.level_range[1]
    assert not best.is_at_edge


def test_the_best_plan_gains_what_the_closed_form_says(plan: SimulatedPlan) -> None:
    """1.9411 for every prospect, discounted by the day he is reached, and 64.6651 - 62.5 for every starter."""
    prospects = PROSPECTS_A_DAY * (1.2 ** (-np.arange(DAYS) / 365.0)).sum()
    theory = prospects * (BEST_EQUITY - 7.5) + 1000 * (BEST_VALUE - 62.5)
    middle, low, high = plan.frontier.best.gain
    assert low <= theory <= high, f"{middle:.0f} ({low:.0f} to {high:.0f}), theory {theory:.0f}"
    assert high - low < 0.3 * theory


def test_todays_money_is_split_as_the_closed_form_splits_it(plan: SimulatedPlan) -> None:
    """At 7.5 a prospect the best split is 5.1806 and 9.2702, so hardly anything can be gained."""
    row = next(row for row in plan.frontier.rows if row["is_todays"])
    assert row["acquisition_multiple"] * 5.0 == pytest.approx(5.1806, abs=0.35)
    assert abs(row["gain"]) < 0.01 * row["customer_equity"]


@pytest.mark.parametrize(("lever", "channel", "start", "end", "theory"), [
    ("acquire", "media", 60.0, 100.0, lambda a, b: (b - a) / _won(a, b)),
    ("acquire", "media", 100.0, 140.0, lambda a, b: (b - a) / _won(a, b)),
    ("retain", "retention.spend_per_occasion", 10.0, 13.0, lambda a, b: (b - a) / _kept(a, b)),
    ("retain", "retention.spend_per_occasion", 13.0, BEST_RETENTION, lambda a, b: (b - a) / _kept(a, b)),
])
def test_each_step_costs_what_the_response_curve_says(plan, lever, channel, start, end, theory) -> None:
    row = next(row for row in plan.table.select(lever=lever, channel=channel).rows() if row["from_level"] == start)
    assert row["to_level"] == pytest.approx(end)
    expected = theory(start, end)
    error = (row["high"] - row["low"]) / 2 / 2.365  # t with 7 degrees of freedom
    assert abs(row["marginal_cost"] - expected) < 4 * error and error < 0.05 * expected


def _won(a: float, b: float) -> float:
    k = np.log(2.0) / 100.0
    return 0.4 * PROSPECTS_A_DAY * (np.exp(-k * a) - np.exp(-k * b))


def _kept(a: float, b: float) -> float:
    k = -np.log(3.0 / 7.0) / 10.0
    return 0.7 * (np.exp(-k * a) - np.exp(-k * b))


def test_those_won_are_worth_the_closed_form_in_every_segment(plan: SimulatedPlan) -> None:
    rows = list(plan.channels.select(source="media").rows())
    assert {row["segment"] for row in rows} == {"all", "high_end", "regular"}
    for row in rows:
        assert row["clv_low"] <= 62.5 <= row["clv_high"] and row["clv_high"] - row["clv_low"] < 2.0
        assert row["clv_to_cac"] == pytest.approx(62.5 / 25.0, rel=0.05)
        assert row["payback_days"] == 0.0  # He costs 25 and pays 50 on the first day.


def test_the_advice_is_the_closed_forms(plan: SimulatedPlan, tmp_path) -> None:
    sections = write_simulated_plan(plan, {}, tmp_path, 1.0)
    text = " ".join(sentence for section in sections for sentence in section.words)
    assert "The next unit of money goes to winning customers by media" in text
    assert "would be split better as" not in text
    assert "all four agree within their intervals, as they must at the optimum (Pfeifer 2005)" in text
    names = {path.name for path in tmp_path.iterdir()}
    assert {"plan.parquet", "frontier.parquet", "plan_segments.parquet", "plan_channels.parquet",
            "plan_side_effects.parquet", "plan.svg", "plan.png", "report.html", "manifest.json"} <= names
    assert "Acquisition against retention" in (tmp_path / "report.html").read_text()


def _sides(**values: tuple[float, float]) -> Sides:
    totals = {(cell, what, "all"): np.full(3, both[k]) for what, both in values.items()
              for k, cell in enumerate(("before", "after"))}
    return Sides(totals, "before", "after")


def test_what_recurs_is_not_counted_as_the_cost_of_a_step() -> None:
    """100 occasions at 10 and 110 at 12: at equal occasions the step costs 2 on 105 of them."""
    sides = _sides(keeping=(1000.0, 1320.0), occasions=(100.0, 110.0))
    rate = (1000 + 1320) / 210
    assert at_equal_occasions(sides, "keeping") == pytest.approx(320 - rate * 10)
    assert at_equal_occasions(sides, "keeping")[0] == pytest.approx(2 * 105, rel=0.01)


def test_paid_routes_that_only_bring_people_earlier_are_found_out() -> None:
    levers = read_levers(cxsim.load(), {"spend_multiples": [0, 2], "retention": {"key": None, "levels": None}})
    won = {("before", "organic"): np.array([100.0, 90.0]), ("after", "organic"): np.array([96.0, 86.0]),
           ("before", "media"): np.array([0.0, 0.0]), ("after", "media"): np.array([10.0, 10.0]),
           ("before", "referral"): np.array([5.0, 5.0]), ("after", "referral"): np.array([6.0, 6.0])}
    step = Step("acquire", "media", 0.0, 8.0, Sides({}, "before", "after"))
    assert cannibalised(step, won, levers, 0.95)["cannibalised"] == pytest.approx(0.4)


def test_a_programme_that_lives_on_expired_points_is_flagged() -> None:
    config = cxsim.load(["horizon_days=365", "market.discount_rate_per_year=0.25"])
    sides = _sides(customer_equity=(1000.0, 1050.0), points_value=(0.0, 100.0), reward_liability=(0.0, 60.0),
                   expired_value=(0.0, 30.0))
    found = without_breakage(Step("retain", "loyalty.earn_rate", 0.0, 0.03, sides), config)
    assert found["without_breakage"] == pytest.approx(50 - 40 / 1.25 - 30)
    assert found["rests_on_breakage"]


def test_jackknife_of_a_ratio_covers_it_as_often_as_stated() -> None:
    rng = np.random.default_rng(605)
    hits = 0
    for _ in range(1000):
        bottom = rng.gamma(20.0, 1.0, 12)
        _, low, high = jackknife(lambda a, b: a / b, 3.0 * bottom + rng.normal(0, 4, 12), bottom)
        hits += low <= 3.0 <= high
    assert abs(hits / 1000 - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 1000) + 0.005


def test_what_was_finished_before_an_interruption_is_told_and_can_be_verified(tmp_path) -> None:
    """Interrupted in the third replication: two are whole, and the plan is told from them."""
    config = apply_changes(blattberg_deighton(), {
        "replications": 6, "n_customers": 100, "parallel.workers": 1}, origin="judge", allow_world=True)
    levers = {"spend_multiples": [1, 1.5], "retention": {"key": None, "levels": [15.0]}}
    whole = simulate_plan(config, levers)

    def stopped_in_the_third(text: str, done: int, total: int) -> None:
        if done == 11:
            raise KeyboardInterrupt

    told = simulate_plan(config, levers, progress=stopped_in_the_third)
    assert told.cells.is_interrupted and told.cells.replications == 2
    first_two = whole.cells.kpis.take(whole.cells.kpis["replication"] < 2)
    np.testing.assert_array_equal(told.cells.kpis["value"], first_two["value"])

    write_simulated_plan(told, levers, tmp_path, 1.0)
    found = replay(tmp_path)
    assert found.is_same and {"plan", "frontier", "newcomers"} <= set(found.tables)

    def stopped_at_once(text: str, done: int, total: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate_plan(config, levers, progress=stopped_at_once)


@pytest.mark.slow
def test_in_a_small_market_paid_routes_advance_those_who_would_have_come() -> None:
    """Of 900 people 300 are customers; within two years most others are won one way or another."""
    config = cxsim.load(["n_customers=300", "market.size=900", "horizon_days=720", "replications=5",
                         "satisfaction=none", "referral=none", "market.entrants_per_day=1.2"])
    plan = simulate_plan(config, {"spend_multiples": [0, 1, 3], "retention": {"key": None, "levels": [0.02]}})
    rows = list(plan.side_effects.select(lever="acquire").rows())
    assert all(row["cannibalised_low"] > 0.1 for row in rows)
    assert any("would have come anyway" in sentence for section in _sections(plan) for sentence in section.words)


def _sections(plan: SimulatedPlan) -> list:
    from cxsim.report.plan_sections import plan_sections

    return plan_sections(plan)


@pytest.mark.parametrize(("overrides", "settings", "words"), [
    (["market=contact_centre"], {}, "a contact centre has no customers to acquire"),
    (["acquisition=none"], {}, "media brings nobody"),
    ([], {"key": "loyalty.earn_rat", "levels": [0.1]}, "did you mean loyalty.earn_rate"),
    ([], {"key": "market.kind", "levels": [0.1]}, "belongs to the world"),
    ([], {"key": "loyalty.earn_rate", "levels": [0.0]}, "holds nothing but today's"),
    ([], {"key": "save_offers.share", "levels": None}, "say which values save_offers.share shall take"),
    ([], {"key": "save_offers.share", "levels": [0.5, 1.5]}, "save_offers.share=1.5"),
])
def test_levers_that_cannot_be_turned_are_refused_before_anything_runs(overrides, settings, words) -> None:
    with pytest.raises(CxsimError, match=words):
        read_levers(cxsim.load(overrides), {
            "spend_multiples": [0, 2], "retention": {"key": None, "levels": None} | settings})


def test_several_routes_are_turned_one_by_one_and_together() -> None:
    config = cxsim.load(["acquisition=search_social_affiliates"])
    levers = read_levers(config, {"spend_multiples": [0.5, 2], "retention": {"key": None, "levels": [0.02]}})
    cells = levers.cells()
    assert list(cells)[0] == "baseline" and cells["baseline"] is None
    one = cells[levers.cell(2.0, 0.0, "social")]
    assert one is not None and one.changes == {"acquisition.social.spend_per_day": 4.0}
    both = cells[levers.cell(0.5, 0.02)]
    assert both is not None and both.changes == {
        "loyalty.earn_rate": 0.02, "acquisition.search.spend_per_day": 2.0,
        "acquisition.social.spend_per_day": 1.0, "acquisition.affiliates.spend_per_day": 0.25}
    assert len(cells) == 3 * 2 + 2 * 3


def test_routes_bound_by_contracts_stay_as_they_are() -> None:
    config = cxsim.load(["acquisition=search_social_affiliates"])
    keys = {"spend_multiples": [0.5, 2], "retention": {"key": None, "levels": [0.02]}}
    levers = read_levers(config, keys | {"fixed": ["affiliates", "search"]})
    assert levers.routes == {"social": 2.0}
    every = list(config.acquisition)
    for fixed, words in ((["affiliate"], "did you mean affiliates"), (every, "every paid route")):
        with pytest.raises(CxsimError, match=words):
            read_levers(config, keys | {"fixed": fixed})


def test_channels_table_keeps_the_dearer_route_that_is_worth_more() -> None:
    from cxsim.whatif.plan_channels import channel_rows

    rows = Table({
        "scenario": ["baseline"] * 4, "replication": [0, 1, 0, 1], "source": ["search"] * 2 + ["social"] * 2,
        "segment": ["all"] * 4, "customers_acquired": [10, 30, 20, 20], "cac": [30.0, 30.0, 20.0, 20.0],
        "clv": [100.0, 60.0, 50.0, 50.0], "clv_to_cac": [3.3, 2.0, 2.5, 2.5],
        "payback_days": [5.0, 7.0, np.nan, 9.0]})
    search, social = channel_rows(rows, 0.95)
    assert search["clv"] == pytest.approx((1000 + 1800) / 40) and search["clv_to_cac"] == pytest.approx(70 / 30)
    assert social["p_paid_back"] == 0.5 and search["payback_days"] == 6.0
