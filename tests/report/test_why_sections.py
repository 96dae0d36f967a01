"""Why and who gains, as the page and the terminal tell it: what is printed sums, and says what the tables say."""

from __future__ import annotations

import numpy as np
import pytest

import cxsim
from cxsim.report.drivers_section import MEASURE_TITLES, drivers_section, summing
from cxsim.report.figures_why import Step, draw_waterfalls
from cxsim.report.gains_section import gains_section
from cxsim.report.interaction_section import interaction_section
from cxsim.report.levers_section import levers_section, without_section
from cxsim.report.svg import BETTER, UNCLEAR
from cxsim.settings.reference import blank_reference
from cxsim.whatif.compare import Comparison


@pytest.fixture(scope="module")
def made() -> Comparison:
    config = cxsim.load(["n_customers=300", "horizon_days=120", "replications=4", "market.entrants_per_day=1"])
    names = ["points_program", "price_rise+referral_bonus"]
    return cxsim.compare(config, names, reference=blank_reference(config))


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def test_printed_drivers_sum_to_the_printed_difference(made: Comparison) -> None:
    section = drivers_section(made)
    assert section is not None and [grid.name for grid in section.grids] == [f"Drivers of {n}" for n in made.names]
    for grid, name in zip(section.grids, made.names, strict=True):
        for column, measure in ((1, "profit"), (3, "customer_equity")):
            values = [_number(row[column]) for row in grid.rows]
            assert sum(values[:-1]) == pytest.approx(values[-1], abs=1e-9)
            rows = made.comparison.select(scenario=name, metric=measure, segment="all", period="total")
            assert values[-1] == pytest.approx(rows["difference"][0], abs=0.5)


def test_any_numbers_sum_as_printed() -> None:
    rng = np.random.default_rng(3)
    for scale in (0.01, 1.0, 500.0, 1e7):
        for _ in range(50):
            values = rng.normal(0, scale, 9)
            texts = [_number(text) for text in summing(values.tolist(), float(values.sum()))]
            assert sum(texts[:-1]) == pytest.approx(texts[-1], abs=1e-6)


def test_the_picture_has_both_measures_of_every_scenario_and_is_the_same_twice(made: Comparison) -> None:
    section = drivers_section(made)
    again = drivers_section(made)
    assert section is not None and again is not None and section.svg == again.svg
    assert section.svg.count("<svg") == 1 and len(MEASURE_TITLES) == 2


def test_a_bar_is_grey_where_its_interval_holds_nothing() -> None:
    told, untold = Step("up", 50.0, 40.0, 60.0), Step("up", 50.0, -40.0, 140.0)
    for step, colour, other in ((told, BETTER, UNCLEAR), (untold, UNCLEAR, BETTER)):
        svg = draw_waterfalls({("a", "profit"): [step, Step("sum", 50.0)]}, 1)
        bar = f"fill: {colour}"
        assert bar in svg and f"fill: {other}" not in svg


def test_words_name_the_largest_driver(made: Comparison) -> None:
    section = drivers_section(made)
    assert section is not None
    assert "spend and price (+" in section.words[1], "a price rise earns more on each order"


def test_who_gains_lists_thirds_and_leakage_by_kind(made: Comparison) -> None:
    section = gains_section(made)
    assert section is not None
    names = [grid.name for grid in section.grids]
    assert names == ["Who gains from points_program", "Who gains from price_rise+referral_bonus",
                     "Leakage by kind of reward and bonus"]
    kinds = {row[1] for row in section.grids[-1].rows}
    assert kinds == {"rewards redeemed", "bonuses for recommending, both sides"}
    groups = {row[0] for row in section.grids[0].rows}
    assert {"least satisfied third", "newest third", "no journey yet"} <= groups


def test_a_contact_centre_has_drivers_of_cost_and_nobody_who_gains() -> None:
    config = cxsim.load(["market=contact_centre", "horizon_days=2", "replications=2"])
    compared = cxsim.compare(config, ["more_staff"])
    section = drivers_section(compared)
    assert section is not None and gains_section(compared) is None
    (grid,) = section.grids
    assert [row[0] for row in grid.rows][-2:] == ["service: hours, fixed", "sum"]


def test_levers_interaction_and_links_are_told_with_numbers_that_sum() -> None:
    config = cxsim.load(["n_customers=200", "horizon_days=60", "replications=3", "market.entrants_per_day=1",
                         "reference.customers=2000", "reference.tolerance=0.1"])
    made = cxsim.compare(config, ["price_rise+referral_bonus"], reference=blank_reference(config),
                         depth={"levers": True, "interaction": True, "without": ["exit"]})
    levers, without, adds = levers_section(made), without_section(made), interaction_section(made)
    assert levers is not None and without is not None and adds is not None
    (grid,) = levers.grids
    assert [row[0] for row in grid.rows] == ["price_rise", "referral_bonus: to_the_customer",
                                             "referral_bonus: to_the_friend", "sum"]
    values = [_number(row[1]) for row in grid.rows]
    assert sum(values[:-1]) == pytest.approx(values[-1], abs=1e-9)
    assert without.grids[0].rows[0][0] == "profit, exit" and "do not add up" in without.notes[0]
    told = {row[0]: row for row in adds.grids[0].rows}
    assert {"profit", "customer equity"} <= set(told)
    assert adds.words[0].startswith("price_rise+referral_bonus: profit")


def test_without_further_runs_there_is_nothing_of_levers_links_and_interaction(made: Comparison) -> None:
    assert [section(made) for section in (levers_section, without_section, interaction_section)] == [None] * 3
