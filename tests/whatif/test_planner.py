"""The analytic planner: the shipped example to its recorded digits, its advice, its refusals, its picture."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
from omegaconf import OmegaConf

from cxsim.errors import CxsimError
from cxsim.report.plan_figure import draw_plan
from cxsim.whatif.plan_inputs import read_inputs
from cxsim.whatif.planner import Split, make_plan

SHIPPED = Path(__file__).resolve().parents[2] / "conf" / "plan" / "blattberg_deighton.yaml"


@pytest.fixture
def settings():
    return OmegaConf.to_container(OmegaConf.load(SHIPPED))


@pytest.fixture(scope="module")
def plan():
    return make_plan(read_inputs(OmegaConf.to_container(OmegaConf.load(SHIPPED))))


@pytest.mark.parametrize(
    ("field", "figure"),
    [
        ("retention_spend", 15.8652),
        ("retention_rate", 0.5175),
        ("customer_value", 64.6651),
        ("acquisition_spend", 9.2115),
        ("acquisition_rate", 0.2884),
        ("customer_equity", 9.4411),
        ("marginal_cost_acquire", 64.6651),
        ("marginal_cost_retain", 64.6651),
    ],
)
def test_shipped_plan_gives_the_recorded_optimum(plan, field, figure):
    assert getattr(plan.best, field) == pytest.approx(figure, abs=0.5e-4)


def test_shipped_plan_gives_the_recorded_present_and_averages(plan):
    assert plan.now.customer_equity == pytest.approx(7.5, abs=0.5e-4)
    assert plan.now.customer_value == pytest.approx(62.5, abs=0.5e-4)
    assert plan.best.average_cost_acquire == pytest.approx(31.93, abs=0.5e-2)
    assert plan.best.average_cost_retain == pytest.approx(30.66, abs=0.5e-2)
    assert plan.best.cost_ratio == pytest.approx(1.04, abs=0.5e-2)


def test_table_spends_every_budget_and_levels_marginal_costs(plan):
    table = plan.table
    assert table.dtype.names == tuple(Split.__dataclass_fields__)
    assert table["budget"] == pytest.approx(np.linspace(2, 30, 15), rel=1e-9)
    assert table["marginal_cost_acquire"] == pytest.approx(table["marginal_cost_retain"], rel=1e-9)
    assert np.all(table["customer_equity"] <= plan.best.customer_equity + 1e-12)
    # Marginal costs stay below the value of a customer exactly up to the best budget.
    pays = table["marginal_cost_acquire"] < table["customer_value"]
    assert pays.tolist() == (table["budget"] < plan.best.budget).tolist()


def test_table_columns_are_consistent_with_the_definition_of_equity(plan):
    rows = plan.table
    by_hand = rows["acquisition_rate"] * (
        50 + (50 * rows["retention_rate"] - rows["retention_spend"]) / (1.2 - rows["retention_rate"])
    )
    assert rows["customer_equity"] == pytest.approx(by_hand - rows["acquisition_spend"], rel=1e-12)
    kept = rows["acquisition_rate"] * rows["retention_spend"] / (1.2 - rows["retention_rate"])
    assert rows["budget"] == pytest.approx(rows["acquisition_spend"] + kept, rel=1e-12)


def test_sentences_name_the_next_unit_the_equality_and_the_folklore_ratio(plan):
    text = "\n".join(plan.sentences)
    assert "costs 36.07 to acquire and 39.34 to retain, and is worth 62.50" in text
    assert "the next unit of money goes to acquisition, where it adds 0.54 of customer equity" in text
    assert "costs 64.67 to acquire and 64.67 to retain, and is worth 64.67: all three are equal" in text
    assert "a ratio of 1.04 (folklore says 5)" in text
    assert "placeholders" in text


@pytest.mark.parametrize(
    ("use", "words"), [("acquisition", "adds 0.54"), ("retention", "(in retention 0.45)")]
)
def test_promised_return_of_the_next_unit_is_the_gain_in_equity(plan, use, words):
    market, step = plan.inputs.market(), 1e-5
    spends = np.array([5.0, 10.0])
    moved = spends + step * np.array([use == "acquisition", use == "retention"])
    more = market.budget_per_prospect(*moved) - market.budget_per_prospect(*spends)
    gain = market.equity_per_prospect(*moved) - market.equity_per_prospect(*spends)
    assert words in plan.sentences[0]
    assert gain / more == pytest.approx(float(words.strip("()").split()[-1]), abs=0.5e-2)


def test_overspending_is_told_to_save(settings):
    settings["acquisition"].update(spend=22, observed_rate=0.35)
    settings["retention"].update(spend=90)
    sentences = make_plan(read_inputs(settings)).sentences
    assert "no further unit of money pays in either use; the first to save is in retention" in sentences[0]


def test_one_use_overspent_sends_the_money_to_the_other(settings):
    settings["retention"].update(spend=30, observed_rate=0.68)
    sentence = make_plan(read_inputs(settings)).sentences[0]
    assert "goes to acquisition; in retention the last one did not pay" in sentence


def test_a_wasteful_split_is_told_what_the_same_money_would_bring(settings):
    settings["acquisition"].update(spend=1, observed_rate=0.05)
    settings["retention"].update(spend=40, observed_rate=0.69)
    plan = make_plan(read_inputs(settings))
    assert "would bring a customer equity of" in plan.sentences[1]


def test_spending_at_the_optimum_leaves_nothing_to_gain(settings, plan):
    best = plan.best
    settings["acquisition"].update(spend=best.acquisition_spend, observed_rate=best.acquisition_rate)
    settings["retention"].update(spend=best.retention_spend, observed_rate=best.retention_rate)
    again = make_plan(read_inputs(settings))
    assert again.best.customer_equity == pytest.approx(best.customer_equity, rel=1e-9)
    assert "no further unit of money pays in either use" in again.sentences[0]


def test_a_market_not_worth_entering_is_left_alone(settings):
    settings["margin"] = 5
    plan = make_plan(read_inputs(settings))
    assert (plan.best.acquisition_spend, plan.best.retention_spend) == (0, 0)
    text = "\n".join(plan.sentences)
    assert "even the first customer costs too much" in text
    assert "lies outside the table (2 to 30); change plan.budgets" in text
    assert "folklore" not in text


def test_own_figures_are_not_called_placeholders(settings):
    settings["evidence"] = "measured"
    assert "placeholders" not in "\n".join(make_plan(read_inputs(settings)).sentences)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        (
            "acquisition.ceiling",
            0.1,
            "plan.acquisition.ceiling=0.1: must lie between acquisition.observed_rate (0.2) and 1",
        ),
        (
            "retention.ceiling",
            1.2,
            "plan.retention.ceiling=1.2: must lie between retention.observed_rate (0.4) and 1",
        ),
        ("acquisition.observed_rate", 20, "plan.acquisition.observed_rate=20: must be above 0 and below 1"),
        ("retention.spend", 0, "plan.retention.spend=0: must be above 0"),
        ("margin", -50, "plan.margin=-50: must be above 0"),
        ("margin", "fifty", "plan.margin=fifty: must be a finite number"),
        ("margin", True, "plan.margin=True: must be a finite number"),
        ("margin", float("nan"), "plan.margin=nan: must be a finite number"),
        ("margin", None, "plan.margin=None: must be a finite number"),
        ("discount_rate", 20, "plan.discount_rate=20: must be above 0 and below 1; write 20% as 0.2"),
        ("budgets.highest", 1, "plan.budgets.highest=1: must be above budgets.lowest (2)"),
        ("budgets.lowest", 0, "plan.budgets.lowest=0: must be above 0"),
        ("budgets.steps", 1, "plan.budgets.steps=1: must be from 2 to 10000 rows"),
        ("budgets.steps", 2.5, "plan.budgets.steps=2.5: must be a whole number"),
        ("budgets.stepz", 3, "plan.budgets.stepz: unknown key; did you mean plan.budgets.steps?"),
        ("colour", 3, "plan.colour: unknown key; allowed are mode"),
        ("acquisition", 3, "plan.acquisition=3: must hold the keys spend, observed_rate, ceiling"),
        ("mode", "magic", "plan.mode=magic: must be analytic"),
    ],
)
def test_bad_inputs_are_refused_by_key(settings, key, value, words):
    *sections, last = key.split(".")
    place = settings
    for section in sections:
        place = place[section]
    place[last] = value
    with pytest.raises(CxsimError) as refusal:
        read_inputs(settings)
    assert words in str(refusal.value)


@pytest.mark.parametrize("key", ["margin", "retention", "acquisition.ceiling", "budgets.steps"])
def test_missing_inputs_are_refused_by_key(settings, key):
    *sections, last = key.split(".")
    place = settings
    for section in sections:
        place = place[section]
    del place[last]
    with pytest.raises(CxsimError, match=f"plan.{key}: missing"):
        read_inputs(settings)


def test_reading_inputs_leaves_the_settings_alone(settings):
    before = copy.deepcopy(settings)
    read_inputs(settings)
    assert settings == before


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_picture_is_the_same_bytes_every_time(plan, tmp_path, ending):
    first = draw_plan(plan, tmp_path / f"first.{ending}").read_bytes()
    second = draw_plan(plan, tmp_path / f"second.{ending}").read_bytes()
    assert first == second
    assert len(first) > 10_000
    assert b"dc:date" not in first


def test_picture_of_an_unknown_kind_is_refused(plan, tmp_path):
    with pytest.raises(CxsimError, match="name it .svg or .png"):
        draw_plan(plan, tmp_path / "plan.pdf")
    assert list(tmp_path.iterdir()) == []
