"""The repeat loop as a whole: month by month, saturating, forgetting, and passing by who opted out."""

from __future__ import annotations

import numpy as np

from cxsim.behaviour.draws import decision, uniform
from cxsim.engines.outcome import Outcome
from cxsim.journal.words import SEARCH
from cxsim.measure.kpis import kpis
from lived_worlds import changed, judge, live, live_many, plan, scenario, total
from lone_worlds import alone, by_journey, sized, standing_world

# Everybody is known by himself alone: what all taught is as good as it gets.
SURE = ("knowledge.population_start=1", "knowledge.population_ceiling=1")
OPT_OUT = decision("knowledge/opt_out")


def _life(config, parts=()) -> Outcome:
    return live(plan(config, parts))


def _with(config, **coefficients):
    return changed(config, **{f"knowledge__{name}": sized(value) for name, value in coefficients.items()})


def _monthly(outcome: Outcome, config, metric: str) -> np.ndarray:
    table = kpis(outcome, config, "loop").select(metric=metric, segment="all")
    return np.array([v for v, period in zip(table["value"], table["period"], strict=True) if period != "total"])


LOOP = ("satisfaction=rate_and_exit", "satisfaction.share.rate=1", "satisfaction.share.exit=0", "n_customers=600",
        "horizon_days=360", "knowledge.individual_n0=3", *SURE, "knowledge.memory_days=100000")


def test_knowledge_rises_month_by_month_and_saturates_and_fit_follows() -> None:
    config = _with(alone(*LOOP), fit_gain=1.0)
    outcome = _life(config)
    knowledge, fit = _monthly(outcome, config, "knowledge"), _monthly(outcome, config, "fit")
    assert (np.diff(knowledge) > 0).all() and knowledge[0] < 0.25 < 0.7 < knowledge[-1] < 1.0
    assert np.diff(knowledge)[-3:].max() < 0.3 * np.diff(knowledge)[:3].min(), "each month teaches less"
    assert np.diff(fit)[:6].min() > 0 and fit[-1] - fit[0] > 0.08
    still = _monthly(_life(alone(*LOOP)), config, "fit")
    assert abs(np.diff(still)).max() < 0.02


def test_customers_come_more_often_when_the_loop_pleases_them() -> None:
    """The same customers, with and without what knowledge brings; satisfaction moves how often they come."""
    config = changed(alone(*LOOP), satisfaction__total_effect=sized(0.9))
    parts = scenario("repeat_loop")
    sides = [(config, ()), (config, parts), *((_with(config, fit_gain=gain), ()) for gain in (1.0, 4.0))]
    plain, loop, some, more = (np.array(live_many(plan(*side), 4, lambda o: total(o, "needs"))) for side in sides)
    assert (loop > 1.005 * plain).all() and (some > 1.002 * plain).all() and (more > 1.002 * some).all()
    unmoved = alone("n_customers=600")
    n_plain, n_fits = (total(_life(one), "needs") for one in (unmoved, _with(unmoved, fit_gain=4.0)))
    assert n_plain == n_fits, "where satisfaction moves nothing, they come as before"


def test_short_memory_lowers_what_is_known_and_the_fit_it_brings() -> None:
    config = _with(alone(*LOOP[:-1]), fit_gain=1.0)
    found = [_life(changed(config, knowledge__memory_days=days)) for days in (20, 200, 2000)]
    known = [total(o, "knowledge_sum") / total(o, "judged") for o in found]
    fit = [total(o, "fit_sum") / total(o, "n_fit") for o in found]
    assert known[0] < 0.6 * known[1] and known[1] < 0.95 * known[2]
    assert fit[0] < fit[1] < fit[2]


def test_the_loop_passes_by_who_opted_out() -> None:
    """His fit is bit by bit as in a world without the loop; the others' is better, once they are known."""
    config = _with(alone(*SURE, "knowledge.p_opt_out=0.4"), fit_gain=1.0)
    blueprint = plan(config)
    key = standing_world(blueprint)[1]["keys"][0]
    plain, loop = (by_journey(o, SEARCH) for o in (_life(_with(config, fit_gain=0.0)), live(blueprint)))
    n_out = n_in = 0
    for k in plain.keys() & loop.keys():
        if uniform(key, k[0], 0, OPT_OUT) < 0.4:
            assert loop[k]["quality"] == plain[k]["quality"]
            n_out += 1
        elif k[1] > 1:
            assert loop[k]["quality"] > plain[k]["quality"]
            n_in += 1
    assert n_out > 1000 and n_in > 1000


def test_mean_knowledge_falls_by_the_share_of_those_who_opted_out() -> None:
    def known(share: float) -> list[float]:
        config = alone(*SURE, f"knowledge.p_opt_out={share}", "n_customers=600", "horizon_days=120")
        return live_many(plan(config), 8, lambda o: total(o, "knowledge_sum") / total(o, "judged"))

    judge(np.array(known(0.3)) / np.array(known(0.0)), 0.7, within=0.05)
