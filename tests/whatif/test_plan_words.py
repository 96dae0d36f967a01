"""What a simulated plan says where little or nothing is known: plainly, and never a number that is none."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure

import cxsim
from cxsim.errors import CxsimError
from cxsim.report.plan_sections import plan_sections
from cxsim.report.plan_steps_figure import _draw_channel
from cxsim.whatif.plan_advice import _same_money
from cxsim.whatif.plan_levers import Levers, read_levers
from cxsim.whatif.plan_steps import step_rows
from cxsim.whatif.plan_surface import make_surface
from cxsim.whatif.simulated_plan import SimulatedPlan, simulate_plan

DEFAULT = {"spend_multiples": [0, 2], "retention": {"key": None, "levels": None}}


@pytest.mark.parametrize("market", ["subscription", "telecom"])
def test_a_programme_that_keeps_no_subscriber_is_not_the_default(market: str) -> None:
    with pytest.raises(CxsimError, match=f"loyalty.earn_rate keeps nobody in {market}.*add retention=attention"):
        read_levers(cxsim.load([f"market={market}"]), DEFAULT)
    levers = read_levers(cxsim.load([f"market={market}", "retention=attention"]), DEFAULT)
    assert levers.key == "retention.spend_per_occasion"


def test_what_the_refusal_names_can_be_done_and_a_programme_that_acts_is_taken() -> None:
    offers = {"retention": {"key": "save_offers.share", "levels": [0.2]}}
    assert read_levers(cxsim.load(["market=subscription"]), DEFAULT | offers).key == "save_offers.share"
    acting = cxsim.load(["market=subscription", "loyalty.member_exit=-0.2"])
    assert read_levers(acting, DEFAULT).key == "loyalty.earn_rate"


@pytest.fixture(scope="module")
def idle() -> SimulatedPlan:
    """Points in a subscription, asked for by name: they cost money and keep nobody."""
    config = cxsim.load(["market=subscription", "n_customers=100", "horizon_days=180", "replications=3",
                         "reference.customers=5000"])
    return simulate_plan(config, {
        "spend_multiples": [1, 2], "retention": {"key": "loyalty.earn_rate", "levels": [0.01, 0.04]}})


def test_a_lever_that_moves_no_customer_is_called_so_first(idle: SimulatedPlan) -> None:
    first = plan_sections(idle)[0].words[0]
    assert "loyalty.earn_rate keeps nobody in subscription" in first and "retention=attention" in first


def test_no_dash_and_no_zero_stands_for_an_unknown_number(idle: SimulatedPlan) -> None:
    words = " ".join(sentence for section in plan_sections(idle) for sentence in section.words)
    assert "ratio of average costs (to win over to keep) is undefined here" in words
    assert "keeping customers by loyalty.earn_rate: not told" in words
    empty = ("adds -;", "adds -.", "(the lead is -)", " -:", "0.00 (0.00 to 0.00)", "nan")
    assert not any(bad in words for bad in empty)


def test_steps_that_move_no_customer_print_no_cost_and_no_month_of_payback(idle: SimulatedPlan) -> None:
    sections = {section.title: section for section in plan_sections(idle)}
    steps = [row for row in sections["The next customer, in USD"].grids[0].rows if row[0].startswith("earn_rate")]
    assert len(steps) == 2 and all(row[3:5] == ["not told", "not told"] for row in steps)
    cash = [row for row in sections["What else follows"].grids[1].rows if row[0].startswith("earn_rate")]
    assert all(row[1] in ("no change", "not yet") for row in cash)


def test_a_panel_without_a_known_cost_says_so(idle: SimulatedPlan) -> None:
    steps, axes = idle.table.select(lever="retain"), Figure().subplots()
    _draw_channel(axes, steps, "USD")
    assert [text.get_text() for text in axes.texts] == ["not told: no sure change of customers"]
    assert len(axes.get_yticks()) == 0


def _told(gain: float, low: float, high: float, equity: float) -> str:
    row = {"is_todays": True, "budget": 584.0, "gain": gain, "gain_low": low, "gain_high": high,
           "customer_equity": equity, "acquisition_spend": 500.0, "retention_spend": 84.0,
           "acquisition_multiple": 0.9, "retention_level": 0.2}
    plan = SimpleNamespace(frontier=SimpleNamespace(rows=[row]), levers=SimpleNamespace(key="lever"),
                           config=SimpleNamespace(market=SimpleNamespace(currency="USD")))
    return _same_money(plan)[0]  # type: ignore[arg-type]


def test_words_about_the_same_money_follow_its_interval() -> None:
    small = _told(364.0, 156.0, 572.0, 60_000.0)
    assert "could surely be split better, but by less than 1%" in small and "hardly" not in small
    assert "would be split better as 500 to win and 84 to keep" in _told(364.0, 156.0, 572.0, 6_000.0)
    assert "No split" in _told(364.0, -156.0, 884.0, 60_000.0)


def test_no_level_between_two_losing_cells_wins_and_no_spend_is_negative() -> None:
    """Spend 0, 0, 391, 1400 at 0, .01, .03, .05: a cubic through them dips to -24 and lifts equity between."""
    levers = Levers({"media": 8.0}, (0.0, 1.0), 1.0, "loyalty.earn_rate", (0.0, 0.01, 0.03, 0.05), 0.0)
    surface = make_surface(levers)
    spend = np.array([[0.0, 0.0, 391.0, 1400.0]] * 2)
    assert surface.of(spend).min() >= 0.0 and surface.of(spend, "retain").min() >= 0.0
    assert surface.of(-spend - np.array([0.0, 24.0, 24.0, 24.0])).max() == 0.0


def _rows(customers: tuple[float, ...]) -> list[dict]:
    """Steps of a shop whose programme costs 30 a replication and keeps so many more."""
    levers = Levers({"media": 8.0}, (1.0, 2.0), 1.0, "loyalty.earn_rate", (0.0, 0.01), 0.0)
    n, kept = len(customers), levers.cell(1.0, 0.01)
    names = ("customer_equity", "acquisition_cost", "acquisition_discounted", "customers_acquired",
             "acquired_discounted", "keeping", "keeping_discounted", "keeping_life", "customers_end")
    totals = {(cell, what, "all"): np.zeros(n) for cell in levers.cells() for what in names}
    for what in ("keeping", "keeping_discounted", "keeping_life"):
        totals[kept, what, "all"] = np.full(n, 30.0)
    totals[kept, "customers_end", "all"] = np.array(customers)
    return list(step_rows(levers, totals, False, 0.95))


def test_cost_and_worth_are_not_told_where_the_change_of_customers_is_not() -> None:
    unsure, sure = _rows((-1.0, 0.0, 1.0, -0.8))[-1], _rows((2.0, 3.0, 3.0, 4.0))[-1]
    assert unsure["customers"] == pytest.approx(-0.2) and unsure["customers_low"] < 0 < unsure["customers_high"]
    assert np.isnan([unsure[name] for name in ("marginal_cost", "low", "value", "value_high")]).all()
    assert unsure["return_on_spend"] == 0.0
    assert sure["marginal_cost"] == pytest.approx(30.0 / 3.0) and sure["low"] < 10.0 < sure["high"]
