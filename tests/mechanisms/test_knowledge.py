"""What is known of one and of all, what each stage makes of it, and how it is forgotten."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import logit

from cxsim.behaviour.contact import handling_days, session_days
from cxsim.behaviour.draws import decision, uniform
from cxsim.behaviour.knowledge import (
    has_opted_out,
    individual_knowledge,
    knowledge_of,
    learn,
    remembered_interactions,
)
from cxsim.behaviour.perception import find_fit
from cxsim.behaviour.prompts import p_missed
from cxsim.behaviour.respond import delivery_days
from cxsim.behaviour.state import B_ACCURACY
from cxsim.behaviour.touchpoints import AT_REQUEST, helps
from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import COUNTERS, FRACTION, MONEY
from cxsim.journal.ticks import DAY
from cxsim.journal.words import (
    DELIVERY_RIGHT,
    JUDGE,
    NEED_FORGOTTEN,
    NEED_NOTICED,
    NEED_PROMPTED,
    ORDER_PAID,
    PROMPT_IGNORED,
    PROMPT_READ,
    SEARCH,
    SERVICE_RESOLVED,
)
from lived_worlds import changed, live, live_many, plan, total
from lone_worlds import BY_PHONE, alone, by_journey, remembered, said, sized, standing_world, with_aid
from same_life import assert_same_life

# Everybody is known by himself alone: what all taught is as good as it gets.
SURE = ("knowledge.population_start=1", "knowledge.population_ceiling=1")
OPT_OUT = decision("knowledge/opt_out")


def _life(config, parts=()) -> Outcome:
    return live(plan(config, parts))


def _with(config, **coefficients):
    return changed(config, **{f"knowledge__{name}": sized(value) for name, value in coefficients.items()})


# What is known of one.

def _known(*overrides: str, k: float = 0.0, at: int = 0, **keys):
    """A customer of whom k interactions are remembered since tick `at`, with his row and world."""
    world_now, arrays = standing_world(plan(changed(alone(*overrides), **keys)))
    c = arrays["customers"][0]
    c["id"], c["known"], c["known_at"], c["knows_need"] = 12345, k, at, 1
    return world_now, arrays, arrays["rows"][0, 0], c


def test_knowledge_of_one_is_k_over_k_plus_n0_of_interactions_that_fade() -> None:
    keys = ("knowledge.individual_n0=4", "knowledge.memory_days=300")
    world_now, arrays, row, c = _known(*keys, k=6.0, at=10 * DAY)
    arrays["brand"][B_ACCURACY] = 0.75
    for days in (0, 50, 300, 3000):
        k = 6.0 * math.exp(-days / 300.0)
        now = (10 + days) * DAY
        assert remembered_interactions(row, c, now) == pytest.approx(k, rel=1e-13)
        assert individual_knowledge(world_now, row, c, now) == pytest.approx(k / (k + 4.0), rel=1e-13)
        assert knowledge_of(world_now, row, c, now) == pytest.approx(0.75 * k / (k + 4.0), rel=1e-13)


def test_a_stranger_is_not_known_and_each_interaction_teaches_one_more() -> None:
    world_now, arrays, row, c = _known("knowledge.memory_days=100")
    assert individual_knowledge(world_now, row, c, 50 * DAY) == 0.0
    k = 0.0
    for n, day in enumerate((3, 30, 31, 200), start=1):
        k = k * math.exp(-(day - c["known_at"] / DAY) / 100.0) + 1.0
        learn(world_now, row, c, day * DAY)
        assert c["known"] == pytest.approx(k, rel=1e-13) and c["known_at"] == day * DAY
        assert arrays["today"].sum() == n


def test_who_opted_out_is_not_known_at_all_and_teaches_nobody() -> None:
    world_now, arrays, row, c = _known("knowledge.p_opt_out=0.25", k=50.0)
    out = 0
    for who in range(4000):
        c["id"] = who
        is_out = uniform(arrays["keys"][0], who, 0, OPT_OUT) < 0.25
        assert has_opted_out(world_now, row, c) == is_out
        assert (individual_knowledge(world_now, row, c, 0) == 0.0) == is_out
        before = int(arrays["today"].sum())
        learn(world_now, row, c, 0)
        assert arrays["today"].sum() - before == (0 if is_out else 1)
        c["known"] = 50.0
        out += is_out
    assert abs(out / 4000 - 0.25) < 4.0 * math.sqrt(0.25 * 0.75 / 4000)


def test_mean_knowledge_is_that_of_the_journeys_in_the_log() -> None:
    """Sum over judged journeys of k / (k + n0), nothing for who opted out; in 2**-32."""
    config = alone("knowledge.p_opt_out=0.3", "knowledge.individual_n0=3", "knowledge.memory_days=200")
    blueprint = plan(config)
    key = standing_world(blueprint)[1]["keys"][0]
    outcome = live(blueprint)
    expected = sum(k / (k + 3.0) for event, k in remembered(outcome, JUDGE, 200.0)
                   if uniform(key, event["customer"], 0, OPT_OUT) >= 0.3)
    n = total(outcome, "judged")
    assert total(outcome, "knowledge_sum") / FRACTION == pytest.approx(expected, abs=n / FRACTION)
    assert expected > 0.2 * n


# What is known of all.

@pytest.mark.parametrize("memory", [30, 730])
def test_population_knowledge_is_a_power_law_of_everybodys_journeys_published_at_midnight(memory: int) -> None:
    config = _with(alone("knowledge.p_opt_out=0.2", "knowledge.population_start=0.3", "n_customers=200",
                         "knowledge.population_ceiling=0.85", "knowledge.population_scale=400",
                         f"knowledge.memory_days={memory}"), population_exponent=0.5)
    blueprint = plan(config)
    key = standing_world(blueprint)[1]["keys"][0]
    outcome = live(blueprint)
    judged = said(outcome, JUDGE)
    taught = np.array([uniform(key, who, 0, OPT_OUT) >= 0.2 for who in judged["customer"]])
    by_day = np.bincount(judged["tick"][taught] // DAY, minlength=config.horizon_days)
    learned, sums = 0.0, np.zeros(len(outcome.month_starts) - 1)
    for day in range(config.horizon_days):
        learned = learned * math.exp(-1.0 / memory) + (by_day[day - 1] if day else 0)
        accuracy = 0.85 - 0.55 * (1.0 + learned / (400.0 * 200 / 1000)) ** -0.5
        sums[np.searchsorted(outcome.month_starts, day * DAY, side="right") - 1] += accuracy
    shared = outcome.tally[-1, :-1]
    assert shared[:, COUNTERS.index("brand_days")].sum() == config.horizon_days
    np.testing.assert_allclose(shared[:, COUNTERS.index("accuracy_sum")] / FRACTION, sums, rtol=1e-9)
    assert sums[3] / 30 > 0.45, "and it did rise"


def test_population_knowledge_stays_where_it_starts_without_an_exponent() -> None:
    outcome = _life(alone("knowledge.population_start=0.4"))
    assert outcome.tally[-1, :-1, COUNTERS.index("accuracy_sum")].sum() == 240 * round(0.4 * FRACTION)


# What each stage makes of it, and no other.

def test_each_saving_is_a_share_of_what_is_known_of_him() -> None:
    """Ratios and logits against the same customer with nothing known, on the same draws."""
    savings = {"search_saving": 0.3, "handle_saving": 0.2, "delivery_saving": 0.4, "fit_gain": 0.9}
    keys = {f"knowledge__{name}": sized(value) for name, value in savings.items()}
    world_now, arrays, row, c = _known(*SURE, "knowledge.individual_n0=5", k=15.0, **keys)
    arrays["brand"][B_ACCURACY] = 0.8
    known = 0.8 * 15.0 / 20.0
    assert knowledge_of(world_now, row, c, 0) == pytest.approx(known, rel=1e-14)
    help_ = helps(world_now, row, c, 0, AT_REQUEST, 0)
    web, phone = arrays["channels"][0, 0], arrays["channels"][0, 2]
    c["channel"], c["employee"] = 2, -1

    def all_four():
        return np.array([session_days(world_now, row, c, web, 0, help_), delivery_days(world_now, row, c, 0),
                         handling_days(world_now, row, c, phone, 0, help_)[0],
                         find_fit(world_now, row, c, 0, 0.0)])

    with_knowledge = all_four()
    c["known"] = 0.0
    without = all_four()
    kept = 1.0 - np.array([0.3, 0.4, 0.2]) * known
    np.testing.assert_allclose(with_knowledge[:3] / without[:3], kept, rtol=1e-12)
    assert logit(with_knowledge[3]) - logit(without[3]) == pytest.approx(0.9 * known, abs=1e-12)


def _stages(outcome: Outcome, w_fit: float) -> dict[tuple[int, int], dict[str, float]]:
    """What each journey was made of: fit, effort of its contact, money, days to the solution."""
    words = {w: by_journey(outcome, w) for w in (SEARCH, SERVICE_RESOLVED, ORDER_PAID, DELIVERY_RIGHT)}
    found = {}
    for k, right in words[DELIVERY_RIGHT].items():
        fit, paid = float(words[SEARCH][k]["quality"]), words[ORDER_PAID][k]
        found[k] = {"fit": fit, "effort": w_fit * fit - float(words[SERVICE_RESOLVED][k]["quality"]),
                    "amount": int(paid["amount"]) / MONEY, "delivery": int(right["tick"] - paid["tick"]) / DAY}
    return found


@pytest.mark.parametrize(("name", "place", "moved"), [
    ("fit_gain", "web", {"fit"}), ("price_gain", "web", {"amount"}), ("delivery_saving", "web", {"delivery"}),
    ("search_saving", "web", {"effort"}), ("search_saving", "phone", set()), ("handle_saving", "web", set()),
    ("handle_saving", "phone", {"effort"}), ("prompt_accuracy", "web", set())])
def test_each_coefficient_acts_on_its_stage_alone(name: str, place: str, moved: set[str]) -> None:
    config = alone("knowledge.individual_n0=1", "perception.noise_sd=0", "perception.weights.wait=0",
                   *((*BY_PHONE, "channels.phone.employees=30") if place == "phone" else ()))
    w_fit = config.perception.weights.fit.value
    plain, saved = (_stages(_life(one), w_fit) for one in (config, _with(config, **{name: 0.5})))
    both = plain.keys() & saved.keys()
    known, strange = [k for k in both if k[1] > 2], [k for k in both if k[1] == 1]
    assert len(known) > 2000 and len(strange) > 250
    for stage in ("fit", "effort", "amount", "delivery"):
        for some, is_moved in ((known, stage in moved), (strange, False)):
            gaps = np.array([saved[k][stage] - plain[k][stage] for k in some])
            assert (abs(gaps) > 1e-9).all() if is_moved else (abs(gaps) <= 1e-9).all(), stage


def test_price_moves_by_the_log_of_what_is_known() -> None:
    config = alone(*SURE, "knowledge.individual_n0=2", "knowledge.memory_days=150")
    plain = by_journey(_life(config), ORDER_PAID)
    n = 0
    for event, k in remembered(_life(_with(config, price_gain=0.4)), ORDER_PAID, 150.0):
        before = int(plain[int(event["customer"]), int(event["journey"])]["amount"])
        assert abs(int(event["amount"]) - before * math.exp(0.4 * k / (k + 2.0))) <= 2.0
        n += k > 0.0
    assert n > 3000


def test_known_customers_needs_are_noticed_by_the_brand() -> None:
    """P(missed) = p (1 - r K), K = A k / (k + n0)."""
    config = _with(alone("needs.p_forgotten=0.4", "knowledge.individual_n0=4"), recognition=0.6)
    world_now, arrays = standing_world(plan(config))
    c, row = arrays["customers"][0], arrays["rows"][0, 0]
    c["id"], c["known"], arrays["brand"][B_ACCURACY] = 12345, 12.0, 0.8
    assert p_missed(world_now, row, c, 0) == pytest.approx(0.4 * (1.0 - 0.6 * 0.8 * 12.0 / 16.0), rel=1e-13)
    c["known"] = 0.0
    assert p_missed(world_now, row, c, 0) == 0.4


def test_needs_missed_in_a_run_are_those_that_knowledge_leaves() -> None:
    config = _with(alone(*SURE, "needs.p_forgotten=0.5", "knowledge.individual_n0=1"), recognition=0.8)
    outcome, missed, expected, spread = _life(config), 0, 0.0, 0.0
    for word, is_missed in ((NEED_FORGOTTEN, 1), (NEED_NOTICED, 0), (NEED_PROMPTED, 0)):
        for _, k in remembered(outcome, word, 730.0):
            p = 0.5 * (1.0 - 0.8 * k / (k + 1.0))
            missed, expected, spread = missed + is_missed, expected + p, spread + p * (1.0 - p)
    assert abs(missed - expected) < 4.0 * math.sqrt(spread) and expected > 300


def test_prompts_that_fit_wear_attention_less() -> None:
    """P(read) = exp(-wear (1 - a K) signal): reads against the sum of their chances, made from the log."""
    config = _with(alone(*SURE, "knowledge.individual_n0=1", "coaching.memory_days=30"), prompt_accuracy=0.8)
    config = with_aid(config, stage="recognize", prompts_per_year=52.0)
    config = changed(config, coaching__attention_wear=sized(0.6))
    read, expected, spread = np.sum(live_many(plan(config), 2, _reads), axis=0)
    blind = np.sum(live_many(plan(changed(config, knowledge__prompt_accuracy=0.0)), 2, _reads), axis=0)
    assert abs(read - expected) < 4.0 * math.sqrt(spread) and expected > 2000
    assert read > blind[0] + 8.0 * math.sqrt(spread)


def _reads(outcome: Outcome) -> tuple[int, float, float]:
    """Prompts read, and the sums of p and p (1 - p) that signal and knowledge of each moment imply."""
    known = {(e["customer"], e["tick"]): k / (k + 1.0)
             for word in (PROMPT_READ, PROMPT_IGNORED) for e, k in remembered(outcome, word, 730.0)}
    who, signal, at, read, expected, spread = -1, 0.0, 0, 0, 0.0, 0.0
    for event in said(outcome, PROMPT_READ, PROMPT_IGNORED):
        if event["customer"] != who:
            who, signal, at = event["customer"], 0.0, int(event["tick"])
        now = signal * math.exp(-(int(event["tick"]) - at) / (30.0 * DAY))
        p = math.exp(-0.6 * (1.0 - 0.8 * known[event["customer"], event["tick"]]) * now)
        expected, spread = expected + p, spread + p * (1.0 - p)
        if event["word"] == PROMPT_READ:
            read, signal, at = read + 1, now + 1.0, int(event["tick"])
    return read, expected, spread


@pytest.mark.parametrize("keys", [("individual_n0=1", "memory_days=9"), ("p_opt_out=0.5", "population_start=0.1"),
                                  ("population_scale=3", "population_ceiling=0.7")])
def test_knowledge_that_improves_nothing_changes_nothing_but_what_is_known(keys) -> None:
    lives = [_life(alone(*(f"knowledge.{key}" for key in some))) for some in ((), keys)]
    for outcome in lives:
        for name in ("knowledge_sum", "accuracy_sum"):
            outcome.tally[..., COUNTERS.index(name)] = 0
        outcome.customers["known"] = 0.0
    assert_same_life(*lives)
