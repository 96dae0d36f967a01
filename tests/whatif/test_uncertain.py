"""What is uncertain, where it acts, and how draws are lived; with what is refused before anything runs."""

from __future__ import annotations

import numpy as np
import pytest

import cxsim
from cxsim.config.loading import load_request
from cxsim.engines.reference_store import reference_for
from cxsim.errors import CxsimError
from cxsim.settings.assumptions import find_assumptions
from cxsim.whatif.depth import Depth
from cxsim.whatif.drawn import DrawLives, draw_shares, values_at
from cxsim.whatif.uncertain import BASELINE, find_uncertain
from cxsim.whatif.uncertainty import uncertainty

CENTRE = ["market=contact_centre", "horizon_days=3"]


@pytest.fixture(scope="module")
def shop():
    """A shop with two scenarios, one of which sets an assumption itself."""
    config = cxsim.load(["n_customers=200", "horizon_days=60"])
    own = cxsim.ScenarioSpec(name="own", changes={"referral": {
        "bonus": 10.0,
        "bonus_lift": {"value": 0.7, "low": 0.2, "high": 1.4, "evidence": "expert", "source": "x"}}})
    points = cxsim.ScenarioSpec(name="points", changes={"loyalty.earn_rate": 0.03, "loyalty.p_enrol": 0.5,
                                                        "loyalty.reward_value": 3.0})
    return config, {BASELINE: (), "own": (own,), "points": (points,)}


@pytest.fixture(scope="module")
def centre():
    """A call centre, which has no reference to find, with one more employee as its scenario."""
    config = cxsim.load(CENTRE)
    more = cxsim.ScenarioSpec(name="more", changes={"channels.phone.employees": 29})
    return config, {BASELINE: (), "more": (more,)}


def test_every_assumption_in_play_with_a_range_is_found(shop) -> None:
    config, sides = shop
    found = find_uncertain(config, sides)
    in_play = {one.key for one in find_assumptions(config) if one.is_in_play and one.low < one.high}
    assert in_play <= {one.key for one in found.parameters}
    assert all(one.low < one.high for one in found.parameters)


def test_an_assumption_acts_on_the_world_unless_a_scenario_sets_or_needs_it(shop) -> None:
    config, sides = shop
    found = {one.key: one for one in find_uncertain(config, sides).parameters}
    assert found["satisfaction.total_effect"].sides == ()
    assert found["referral.bonus_lift"].sides == ("own",)
    assert (found["referral.bonus_lift"].low, found["referral.bonus_lift"].evidence) == (0.2, "expert")
    assert found["loyalty.goal_gradient"].sides == ("points",)


def test_a_draw_changes_what_it_names_and_nothing_else(shop) -> None:
    config, sides = shop
    found = find_uncertain(config, sides, only=["satisfaction.total_effect", "referral.bonus_lift"])
    place = {one.key: k for k, one in enumerate(found.parameters)}
    values = found.middle
    assert found.lived_with(values) == (config, dict(sides))
    values[place["referral.bonus_lift"]] = 1.1
    world, parts = found.lived_with(values)
    assert world is config, "the scenario's own assumption leaves the world and its reference alone"
    assert parts["points"] == sides["points"]
    assert parts["own"][0].changes["referral"]["bonus_lift"]["value"] == 1.1
    assert parts["own"][0].changes["referral"]["bonus"] == 10.0
    values[place["satisfaction.total_effect"]] = 0.8
    world, _ = found.lived_with(values)
    assert world.satisfaction.total_effect.value == 0.8
    assert world.model_copy(update={"satisfaction": config.satisfaction}) == config


def test_an_assumption_of_another_baseline_acts_on_that_side(shop) -> None:
    """`baseline=NAME` sets an assumption itself: a draw moves it there, and leaves the world and its reference."""
    config, sides = shop
    own = cxsim.ScenarioSpec(name="talk", changes={"referral": {
        "bonus": 5.0, "bonus_lift": {"value": 0.4, "low": 0.1, "high": 0.9}}})
    found = find_uncertain(config, {**sides, BASELINE: (own,)}, only=["referral.bonus_lift"])
    assert [one.sides for one in found.parameters] == [(BASELINE,), ("own",)]
    world, parts = found.lived_with([0.9, 0.7])
    assert world is config
    assert parts[BASELINE][0].changes["referral"]["bonus_lift"]["value"] == 0.9
    assert parts["own"] == sides["own"]


def test_given_ranges_make_any_number_uncertain_and_replace_shipped_ones(shop) -> None:
    config, sides = shop
    given = {"upsell.p_offer": (0.4, 0.9), "satisfaction.total_effect": (0.2, 0.3),
             "loyalty.earn_rate": (0.01, 0.05)}
    found = {one.key: one for one in find_uncertain(config, sides, given).parameters}
    assert (found["upsell.p_offer"].low, found["upsell.p_offer"].sides) == (0.4, ())
    assert found["satisfaction.total_effect"].high == 0.3
    assert found["loyalty.earn_rate"].sides == ("points",) and found["loyalty.earn_rate"].value == 0.03


@pytest.mark.parametrize(("given", "only", "words"), [
    ({"satisfaction.total_efect": (0.0, 1.0)}, [], "did you mean satisfaction.total_effect"),
    ({"satisfaction.total_effect": (0.9, 0.1)}, [], "must be below high"),
    ({"satisfaction.total_effect": (0.5, 0.9)}, [], "lies outside"),
    ({"satisfaction.total_effect": (-1.0, 0.9)}, [], "is impossible"),
    ({"market.name": (0.0, 1.0)}, [], "holds no number"),
    ({"seed": (0, 5)}, [], "not what is assumed of it"),
    ({}, ["satisfaction.total_efect"], "did you mean satisfaction.total_effect"),
    ({}, ["survey.bias"], "survey.bias has no range here, or moves nothing")])
def test_impossible_ranges_are_refused_with_the_cure(shop, given, only, words) -> None:
    config, sides = shop
    with pytest.raises(CxsimError, match=words):
        find_uncertain(config, sides, given, only)


def test_nothing_uncertain_is_refused(centre) -> None:
    config, sides = centre
    with pytest.raises(CxsimError, match="nothing is uncertain"):
        find_uncertain(config, sides)


@pytest.mark.parametrize("words", [
    ["depth.draws=200", "depth.sampling=sobol"], ["depth.draws=7"], ["depth.draws=64", "depth.sampling=lsh"],
    ["depth.parameters={satisfaction.total_effect: 0.3}"], ["depth.draw=10"]])
def test_impossible_requests_are_refused_when_read(words) -> None:
    with pytest.raises(CxsimError, match="depth"):
        load_request("compare", words)


def test_draws_cover_every_slice_of_every_range_once() -> None:
    shares = draw_shares(50, 3, "lhs", 9)
    for column in shares.T:
        assert sorted((column * 50).astype(int).tolist()) == list(range(50))
    assert (draw_shares(50, 3, "lhs", 9) == shares).all()
    assert (draw_shares(50, 3, "lhs", 10) != shares).any()
    sobol = draw_shares(64, 3, "sobol", 9)
    for column in sobol.T:
        assert sorted((column * 64).astype(int).tolist()) == list(range(64))


def test_whole_numbers_are_drawn_as_such(centre) -> None:
    config, sides = centre
    found = find_uncertain(config, sides, {"channels.phone.employees": (28, 32)}, ["channels.phone.employees"])
    assert found.parameters[0].sides == ("more",) and found.parameters[0].is_whole
    values = values_at(found, np.array([[0.0], [0.49], [1.0]]))
    assert values[:, 0].tolist() == [28.0, 30.0, 32.0]


@pytest.fixture(scope="module")
def drawn(centre):
    """Wage and handling time of a call centre, lived in nine draws."""
    config, sides = centre
    given = {"channels.phone.wage_per_hour": (10.0, 30.0)}
    found = find_uncertain(config, sides, given, list(given))
    lives = DrawLives(found, reference_for(config), 3, ("profit", "wait_minutes"), 1000)
    values = np.linspace(10.0, 30.0, 9)[:, None]
    return config, sides, values, lives.live(values, months=True)


def test_lives_of_a_draw_are_those_of_its_world(drawn) -> None:
    """A draw is nothing but a world: an ordinary comparison of that world gives the same figures."""
    config, sides, values, found = drawn
    world = cxsim.load([*CENTRE, f"channels.phone.wage_per_hour={values[6, 0]}", "replications=3"])
    made = cxsim.compare(world, [sides["more"]])
    for side, name in enumerate(("baseline", "more")):
        own = made.kpis.select(scenario=name, metric="profit", segment="all", period="total").sort("replication")
        assert (found.of("profit")[6, side] == own["value"]).all()


def test_profit_falls_by_the_paid_hours_for_each_unit_of_the_wage(drawn) -> None:
    """Known answer: profit is linear in the wage, with the paid hours as its slope, whatever the luck."""
    _, _, values, found = drawn
    profit = found.of("profit").mean(axis=2)
    slopes = np.diff(profit, axis=0) / np.diff(values, axis=0)
    assert slopes == pytest.approx(np.repeat(slopes[:1], len(slopes), axis=0), rel=1e-9)
    assert slopes[0, 1] / slopes[0, 0] == pytest.approx(29 / 28, rel=1e-9)


def test_luck_is_shared_by_all_draws(drawn) -> None:
    """The wage moves no customer: waits are the same in every draw, replication by replication."""
    _, _, _, found = drawn
    waits = found.of("wait_minutes")
    assert (waits == waits[:1]).all() and len(np.unique(waits[0, 0])) == 3


def test_the_step_of_a_comparison_tells_ignorance_from_luck(centre) -> None:
    """The wage is drawn evenly over 20: the extra employee's cost varies by 20 h/sqrt(12), known exactly."""
    config, sides = centre
    config = config.model_copy(update={"replications": 2})
    depth = Depth(draws=16, parameters={"channels.phone.wage_per_hour": (10.0, 30.0)},
                  only=["channels.phone.wage_per_hour"], draw_replications=2)
    made = cxsim.compare(config, [sides["more"]], depth=depth)
    row = next(made.further["uncertainty"].select(scenario="more", metric="profit").rows())
    draws = made.further["draws"].select(metric="profit")
    hours = -np.polyfit(draws["channels.phone.wage_per_hour"], draws["difference"], 1)[0]
    assert row["sd_parameters"] == pytest.approx(hours * 20.0 / np.sqrt(12.0), rel=0.05)
    assert row["p_best"] + next(made.further["uncertainty"].select(scenario="baseline").rows())["p_best"] == 1.0
    assert made.further["fan"]["high"].tolist() >= made.further["fan"]["low"].tolist()
    assert (uncertainty(made, lambda *_: None)["draws"]["difference"] == made.further["draws"]["difference"]).all()


def test_an_assumption_that_moves_nothing_leaves_every_figure_where_it_was() -> None:
    """`referral.friend_lift` acts only where a bonus is paid: whatever its value, not a digit may move.

    The reference of each draw comes from few pilots; their luck must not pass for an effect of the assumption.
    """
    config = cxsim.load(["n_customers=300", "horizon_days=90", "reference.customers=9000"])
    points = cxsim.ScenarioSpec(name="points", changes={"loyalty.earn_rate": 0.03, "loyalty.p_enrol": 0.5})
    found = find_uncertain(config, {BASELINE: (), "points": (points,)}, only=["referral.friend_lift"])
    lives = DrawLives(found, reference_for(config), 2, ("customer_equity",), 1500)
    drawn = lives.live(np.array([[found.parameters[0].value], [0.0], [1.0]]))
    values = drawn.of("customer_equity")
    assert (values[1] == values[0]).all() and (values[2] == values[0]).all()
