"""Whom a scenario is for: everybody chosen as stated, nobody else touched, both engines alike."""

from __future__ import annotations

import numpy as np
import pytest

import cxsim
from cxsim.behaviour.life import exposed_row
from cxsim.engines.replication import open_world
from cxsim.errors import CxsimError
from cxsim.journal.ticks import DAY, NEVER
from cxsim.journal.words import PROMPT_IGNORED, PROMPT_READ, START
from cxsim.settings.audience import Audience
from cxsim.settings.schema import ScenarioSpec
from lived_worlds import SCENARIOS, everything, live, plan, scenario, world
from same_life import assert_same_life
from still_worlds import prompting, said, shop

ANY_MOVING = {"satisfaction": [None, 0.2], "tenure_days": [20, None], "risk_share": 0.6}


def _part(changes: dict, **who: object) -> ScenarioSpec:
    return ScenarioSpec(name="chosen", changes=changes, who=Audience.model_validate(who))


def _prompts(**who: object) -> ScenarioSpec:
    return _part({"touchpoints": {"reminder": {"reach": 1.0}}}, **who)


def _shop(n: int = 2000, days: int = 365):
    return shop(n_customers=n, horizon_days=days, touchpoints=prompting(24.0, reach=0.0))


@pytest.mark.parametrize("who", [
    {"segments": ["light"]}, {"share": 0.4, "sources": ["start", "referral"]}, {"satisfaction": [None, 0.0]},
    {"tenure_days": [30, 90]}, {"risk_share": 0.3}])
@pytest.mark.parametrize("market", ["online_retail", "telecom"])
def test_engines_agree_on_whom_a_scenario_is_for(market: str, who: dict) -> None:
    config = everything(market)
    if "segments" in who:
        who = {"segments": [next(iter(config.segments))]}
    changes = {"coaching": {"lift": {"value": 0.3, "low": 0.0, "high": 0.5}}, "loyalty": {"earn_rate": 0.06},
               "journeys": {"evaluate": {"needs_per_year": 9.0}}, "win_back": {"reach": 0.9},
               "touchpoints": {"reminder": {"prompts_per_year": 60.0}}, "automatic": {"shocks_per_year": 6.0}}
    blueprint = plan(config, [_part(changes, **who)])
    compiled = live(blueprint, 2)
    assert_same_life(compiled, live(blueprint, 2, "simpy"))
    reached = compiled.customers["reached"] != 0
    assert 0 < reached.sum()
    assert reached.sum() < len(reached) or ("segments" in who and len(config.segments) == 1)


def test_a_scenario_that_changes_nothing_for_some_changes_nothing_at_all() -> None:
    config = everything("telecom")
    same = {"loyalty.earn_rate": config.loyalty.earn_rate, "coaching": config.coaching.model_dump()}
    base, some = live(plan(config)), live(plan(config, [_part(same, **ANY_MOVING)]))
    assert (some.customers["reached"] != 0).any()
    assert base.events.tobytes() == some.events.tobytes()
    np.testing.assert_array_equal(base.ledger, some.ledger)


@pytest.mark.parametrize("who, chosen", [
    ({"tenure_days": [100, 130]}, lambda days: (days >= 100) & (days < 130)),
    ({"tenure_days": [None, 60]}, lambda days: days < 60)])
def test_prompts_reach_those_of_a_tenure_and_as_many_as_the_rate_says(who: dict, chosen) -> None:
    outcome = live(plan(_shop(), [_prompts(**who)]))
    prompts = said(outcome, PROMPT_READ, PROMPT_IGNORED)
    people = outcome.customers[np.argsort(outcome.customers["id"])]
    since = people["since"][np.searchsorted(people["id"], prompts["customer"])]
    assert chosen((prompts["tick"] - since) / DAY).all()
    low, high = who["tenure_days"]
    first = np.maximum(0, people["since"] + (low or 0) * DAY)
    last = np.minimum(np.minimum(365 * DAY, people["left"]), people["since"] + high * DAY)
    is_there = people["since"] < NEVER
    days = np.maximum(0, last - first)[is_there].sum() / DAY
    expected = days * 24.0 / 365.0
    assert expected > 300
    assert abs(len(prompts) - expected) < 4.0 * np.sqrt(expected)


def test_nobody_else_is_touched_where_nobody_shares_anything() -> None:
    config = _shop()
    part = _part({"loyalty": {"earn_rate": 0.1, "p_enrol": 1.0}}, share=0.3, sources=["start"])
    base, some = live(plan(config)), live(plan(config, [part]))
    ours, theirs = (o.customers[np.argsort(o.customers["id"])] for o in (base, some))
    np.testing.assert_array_equal(ours["id"], theirs["id"])
    untouched = theirs["reached"] == 0
    for name in ("margin", "n_orders", "points", "satisfaction", "left", "last_order"):
        np.testing.assert_array_equal(ours[name][untouched], theirs[name][untouched], err_msg=name)
    starters = theirs["source"] == START
    assert (theirs["points"][~untouched] > 0).any() and starters[~untouched].all()
    alive = (theirs["left"] == NEVER) & starters
    share, n = (~untouched)[alive].mean(), alive.sum()
    assert abs(share - 0.3) < 4.0 * np.sqrt(0.3 * 0.7 / n)


@pytest.fixture(scope="module")
def open_shop():
    """A world on day 0, and a way to put an audience of its first part to the test."""
    config = shop(n_customers=400, horizon_days=200)
    who = {"segments": [], "sources": []}
    blueprint = plan(config, [_part({"loyalty.earn_rate": 0.1}, **who)])
    running, arrays, _ = open_world(blueprint, 0, "", False)
    return running, arrays


def _as_chosen(open_shop, now: int, **who: object) -> np.ndarray:
    from cxsim.settings.audience_rows import make_audience

    running, arrays = open_shop
    part = _part({"loyalty.earn_rate": 0.1}, **who)
    arrays["audience"][:] = make_audience([part], ["shoppers"])
    n = 400
    return np.array([exposed_row(running, arrays["customers"][i], now) for i in range(n)]) != 0


def test_each_range_chooses_as_its_words_say(open_shop) -> None:
    """An oracle in plain words: each bound by itself, on states drawn at random."""
    _, arrays = open_shop
    rng = np.random.default_rng(5)
    people, now = arrays["customers"][:400], 100 * DAY
    people["since"] = rng.integers(0, 100 * DAY, 400)
    people["since"][:9] = NEVER
    people["n_orders"] = rng.integers(0, 6, 400)
    people["last_order"] = rng.integers(0, 100 * DAY, 400)
    people["satisfaction"], people["judged_at"], people["surplus"] = rng.normal(0, 1, 400), now, 0.0
    tenure = np.where(people["since"] == NEVER, 0.0, (now - people["since"]) / DAY)
    quiet = np.where(people["n_orders"] == 0, 0.0, (now - people["last_order"]) / DAY)
    mean, spread = arrays["anchor"][0, 0, 1]
    z = (people["satisfaction"] - mean) / spread
    cases = {
        ("tenure_days", 10, 40): tenure, ("orders", 2, 4): people["n_orders"], ("quiet_days", 30, None): quiet,
        ("satisfaction", None, -0.5): z, ("satisfaction", 0.0, 1.0): z}
    for (key, low, high), value in cases.items():
        expected = (value >= (-np.inf if low is None else low)) & (value < (np.inf if high is None else high))
        assert 0 < expected.sum() < 400
        np.testing.assert_array_equal(_as_chosen(open_shop, now, **{key: [low, high]}), expected, err_msg=key)


def test_perfect_scores_choose_the_riskiest_and_blind_ones_anybody(open_shop) -> None:
    _, arrays = open_shop
    people, rng = arrays["customers"][:400], np.random.default_rng(6)
    people["exit_hazard"] = np.exp(rng.normal(-3.0, 1.0, 400))
    place = np.floor((np.log(people["exit_hazard"]) + 28.0) / 0.25).astype(int)
    arrays["risks"][1] = np.concatenate([[0], np.cumsum(np.bincount(place, minlength=128))])
    perfect = _as_chosen(open_shop, 50 * DAY, risk_share=0.25, auc=1.0)
    assert abs(perfect.mean() - 0.25) < 0.03
    assert np.log(people["exit_hazard"][perfect]).min() > np.log(people["exit_hazard"][~perfect]).max() - 0.25
    blind = _as_chosen(open_shop, 50 * DAY, risk_share=0.25, auc=0.5, score_days=30)
    assert abs(blind.mean() - 0.25) < 4.0 * np.sqrt(0.25 * 0.75 / 400)
    assert abs(np.corrcoef(blind, np.log(people["exit_hazard"]))[0, 1]) < 4.0 / np.sqrt(400)
    again = _as_chosen(open_shop, 51 * DAY, risk_share=0.25, auc=0.5, score_days=30)
    later = _as_chosen(open_shop, 85 * DAY, risk_share=0.25, auc=0.5, score_days=30)
    np.testing.assert_array_equal(again, blind)
    assert (later != blind).any()
    for_good = [_as_chosen(open_shop, day * DAY, risk_share=0.25, auc=0.5) for day in (1, 190)]
    np.testing.assert_array_equal(*for_good)


@pytest.mark.parametrize("overrides, who, changes, told", [
    ([], {"segments": ["shopers"]}, {"loyalty.earn_rate": 0.1}, "did you mean shoppers"),
    ([], {"share": 0.5}, {"channels.phone.extra_employees": 2}, "channels.phone.extra_employees is shared"),
    ([], {"share": 0.5}, {"acquisition.media.spend_per_day": 2}, "acquisition.media.spend_per_day is shared"),
    (["population.fraction=0.5"], {"share": 0.5}, {"loyalty.earn_rate": 0.1}, "set population.fraction=1"),
    (["market=subscription"], {"orders": [2, None]}, {"loyalty.earn_rate": 0.1}, "use who.tenure_days"),
    (["market=contact_centre"], {"share": 0.5}, {"channels.phone.patience_minutes": 2}, "leave who out")])
def test_an_audience_that_cannot_be_is_refused_with_the_cure(
    overrides: list[str], who: dict, changes: dict, told: str,
) -> None:
    with pytest.raises(CxsimError, match="scenario chosen: who") as refused:
        cxsim.compare(world(*overrides), [_part(changes, **who)])
    assert told in str(refused.value)


@pytest.mark.parametrize("who, told", [
    ({"share": 0.0}, "greater than 0"), ({"tenure_days": [90, 30]}, "must lie below the second"),
    ({"orders": [-1, 3]}, "must not be negative"), ({"risk_share": 1.0}, "less than 1"),
    ({"tenure": [0, 9]}, "Extra inputs"), ({"satisfaction": [1.0]}, "at least 2")])
def test_an_audience_in_wrong_words_is_refused(who: dict, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Audience.model_validate(who)


def test_every_shipped_scenario_says_whom_it_is_for() -> None:
    assert all(part.who is None for name in SCENARIOS for part in scenario(name))
    part = scenario("points_program", "scenario.who.segments=[shoppers]", "scenario.who.share=0.5")[0]
    assert part.who is not None and str(part.who) == "segment shoppers; 50% of these by luck"
