"""Prompts against theory: when they come, how long they last, what they bring, and what they risk."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from cxsim.behaviour.recognize import rest
from cxsim.behaviour.renewal import fall_due
from cxsim.behaviour.state import PROSPECT
from cxsim.engines.outcome import Outcome
from cxsim.engines.replication import open_world
from cxsim.journal.ticks import DAY, NEVER
from cxsim.journal.words import (
    C_OUTREACH, NEED_NOTICED, NEED_PROMPTED, ORDER_PAID, PROMPT_IGNORED, PROMPT_READ)
from cxsim.theory.sbg import survival
from lived_worlds import changed, judge, live, live_many, plan, spec, total
from still_worlds import RENEWERS, assert_same_but, months, owners, prompting, said, shop, sized

SMALL = ("n_customers=300", "horizon_days=200")
PROMPTS = (PROMPT_READ, PROMPT_IGNORED)
OWN = ("signal", "prompted_at", "prompt_at", "n_prompts")
COUNTED = ("prompts", "prompts_read")


def prompted(*overrides: str, per_year: float = 24.0, reach: float = 1.0, **changes: object):
    """The shop with a touchpoint that prompts."""
    return shop(*overrides, touchpoints=prompting(per_year, reach), **changes)


def _by_customer(outcome: Outcome) -> np.ndarray:
    log = said(outcome, *PROMPTS)
    people = np.sort(outcome.customers["id"])
    return np.bincount(np.searchsorted(people, log["customer"]), minlength=len(people))


def test_prompts_are_a_poisson_process_of_the_stated_rate() -> None:
    """Mean and variance of a customer's prompts in a year are the rate; gaps are exponential."""
    counts = np.stack(live_many(plan(prompted("n_customers=1000", "horizon_days=365")), 8, _by_customer))
    judge(counts.mean(axis=1), 24.0, within=0.01)
    judge(counts.var(axis=1, ddof=1), 24.0, within=0.1)


def test_prompts_reach_the_share_of_customers_they_are_offered_to() -> None:
    config = prompted("n_customers=2000", "horizon_days=365", reach=0.3)
    counts = np.stack(live_many(plan(config), 8, _by_customer))
    judge((counts > 0).mean(axis=1), 0.3, within=0.05)


def test_prompts_of_several_touchpoints_add_up() -> None:
    library = {name: {**prompting(rate)["reminder"]} for name, rate in (("letter", 6.0), ("mail", 12.0))}
    config = changed(shop("n_customers=1500", "horizon_days=365"), touchpoints=library)
    judge(live_many(plan(config, log=False), 8, lambda o: total(o, "prompts") / 1500), 18.0, within=0.015)


def _ticks(outcome: Outcome) -> set[tuple[int, int]]:
    log = said(outcome, *PROMPTS)
    return set(zip(log["customer"].tolist(), log["tick"].tolist(), strict=True))


def test_prompts_that_start_ramp_up_and_end_with_a_scenario_have_their_share_of_the_stream() -> None:
    """Thinned candidates: a part's prompts are those of the always prompted while it reaches him."""
    base = prompted("n_customers=800", "horizon_days=365", reach=0.0)
    when = {"start_day": 100, "ramp_days": 100, "end_day": 300}
    part = spec("coach", {"touchpoints.reminder.reach": 1.0}, **when)
    always = spec("coach", {"touchpoints.reminder.reach": 1.0})
    some, whole = (_ticks(live(plan(base, [p]))) for p in (part, always))
    assert some < whole
    day = np.array([tick // DAY for _, tick in some])
    assert day.min() >= 100 and day.max() < 300
    theory = 800 * 24 / 365 * (100 / 2 + 100)
    # Who is reached is a matter of chance too: half the ramp's days, s.d. 100 / sqrt(12) of a customer.
    spread = math.sqrt(theory + 800 * (24 / 365) ** 2 * 100**2 / 12)
    assert abs(len(some) - theory) < 4 * spread


def test_more_prompts_keep_those_that_would_have_come_anyhow() -> None:
    base = prompted("n_customers=500", "horizon_days=200", per_year=12.0)
    more = spec("more", {"touchpoints.reminder.prompts_per_year": 36.0}, start_day=80)
    before, after = (_ticks(live(plan(base, parts))) for parts in ([], [more]))
    assert before < after
    assert all(tick >= 80 * DAY for _, tick in after - before)


def test_signal_is_shot_noise() -> None:
    """With every prompt read: mean r tau (1 - e^(-T/tau)), variance r tau / 2 (1 - e^(-2T/tau))."""
    tau, horizon, rate = 20.0, 50, 36 / 365
    config = prompted("n_customers=3000", f"horizon_days={horizon}", per_year=36.0, coaching__memory_days=tau)

    def at_the_end(outcome: Outcome) -> tuple[float, float]:
        c = outcome.customers
        signal = c["signal"] * np.exp(-(horizon * DAY - c["prompted_at"].clip(0)) / (tau * DAY))
        return signal.mean(), signal.var()

    found = np.array(live_many(plan(config, log=False), 10, at_the_end))
    judge(found[:, 0], rate * tau * -math.expm1(-horizon / tau), within=0.03)
    judge(found[:, 1], rate * tau / 2 * -math.expm1(-2 * horizon / tau), within=0.08)


@pytest.mark.parametrize(("recall", "per_year"), [(0.7, 24.0), (2.0, 60.0)])
def test_share_missed_is_that_of_poisson_shot_noise(recall: float, per_year: float) -> None:
    """P(missed) = p E exp(-k s) with E exp(-k s) = exp(-r int_0^inf (1 - exp(-k e^(-t/tau))) dt)."""
    p, tau = 0.5, 14.0
    integral = quad(lambda t: -math.expm1(-recall * math.exp(-t / tau)), 0, 60 * tau)[0]
    theory = p * math.exp(-per_year / 365 * integral)
    config = prompted("n_customers=4000", "horizon_days=365", "start_date=2026-01-01", per_year=per_year,
                      needs__p_forgotten=p, coaching__recall=recall, coaching__memory_days=tau)
    # From the fourth month on: e^(-90/14) of the first prompt is left.
    found = live_many(plan(config, log=False), 10,
                      lambda o: months(o, "forgotten", 3) / months(o, "needs", 3))
    judge(found, theory, within=0.04)


def test_needs_kept_by_a_prompt_are_counted_as_prompted() -> None:
    """Noticed with the prompt and not without: p - P(missed) of all needs."""
    config = prompted("n_customers=1500", "horizon_days=365", per_year=48.0, needs__p_forgotten=0.4,
                      coaching__recall=1.0)
    outcome = live(plan(config))
    assert total(outcome, "prompted_needs") == (outcome.events["word"] == NEED_PROMPTED).sum()
    kept = (total(outcome, "prompted_needs") + total(outcome, "forgotten")) / total(outcome, "needs")
    assert abs(kept - 0.4) < 4 * math.sqrt(0.24 / total(outcome, "needs"))


def test_extra_needs_of_a_prompt_are_those_of_a_lifted_rate_while_it_lasts() -> None:
    """E[1 - exp(-lambda u tau)] over Gamma(r, alpha) rates is 1 - (1 + u tau / alpha)^-r."""
    lift, weeks, r, alpha = 0.7, 1.0, 2.0, 10.0
    config = prompted("n_customers=5000", f"horizon_days={2 * 365}", per_year=1.0, coaching__lift=lift,
                      coaching__memory_days=7.0 * weeks)
    found = live_many(plan(config, log=False), 10, lambda o: total(o, "prompted_needs") / total(o, "prompts"))
    judge(found, 1 - (1 + lift * weeks / alpha) ** -r, within=0.04)


def test_extra_needs_leave_the_customer_s_own_needs_where_they_are() -> None:
    lifted = prompted("n_customers=500", "horizon_days=300", coaching__lift=0.7)
    outcomes = [live(plan(config)) for config in (lifted, changed(lifted, coaching__lift=0.0))]
    own = [np.sort(said(o, NEED_NOTICED), order=["customer", "need_tick"]) for o in outcomes]
    np.testing.assert_array_equal(own[0]["customer"], own[1]["customer"])
    # Where the clock is read more often, a tick may be rounded.
    assert np.abs(own[0]["need_tick"] - own[1]["need_tick"]).max() <= 2
    extra = said(outcomes[0], NEED_PROMPTED)
    assert len(extra) > 100 and len(said(outcomes[1], NEED_PROMPTED)) == 0
    read = said(outcomes[0], PROMPT_READ)
    after = {(int(e["customer"])) for e in read}
    assert set(extra["customer"].tolist()) <= after


def _p_read(wear: float, mean: float) -> float:
    """Share of Poisson(mean) prompts read when each read one stays in mind for ever: a birth chain."""
    p, most = np.ones(1), 400
    read, given, weight = 0.0, 0.0, math.exp(-mean)
    tail = 1.0 - weight
    for _ in range(1, most):
        chance = np.exp(-wear * np.arange(len(p)))
        step = float(p @ chance)
        grown = np.zeros(len(p) + 1)
        grown[:-1] += p * (1 - chance)
        grown[1:] += p * chance
        p = grown
        # The n-th prompt comes to those who get at least n.
        read += tail * step
        given += tail
        weight *= mean / _
        tail -= weight
    return read / given


def test_worn_attention_follows_the_birth_chain_of_what_is_still_in_mind() -> None:
    """With a memory that never fades, the n-th read prompt comes with chance exp(-wear (n - 1))."""
    wear, rate = 0.3, 18.0
    config = prompted("n_customers=2000", "horizon_days=365", per_year=rate, coaching__attention_wear=wear,
                      coaching__memory_days=1e7)
    found = live_many(plan(config, log=False), 8, lambda o: total(o, "prompts_read") / total(o, "prompts"))
    judge(found, _p_read(wear, rate), within=0.01)


def test_attention_recovers_as_prompts_fade() -> None:
    shares = []
    for days in (3.0, 14.0, 90.0):
        config = prompted(*SMALL, per_year=48.0, coaching__attention_wear=0.5, coaching__memory_days=days)
        outcome = live(plan(config))
        shares.append(total(outcome, "prompts_read") / total(outcome, "prompts"))
        first = np.unique(said(outcome, *PROMPTS)["customer"], return_index=True)[1]
        assert (said(outcome, *PROMPTS)["word"][first] == PROMPT_READ).all()
    assert shares[0] > shares[1] + 0.05 > shares[2] + 0.1


def test_each_prompt_costs() -> None:
    outcome = live(plan(prompted(*SMALL, coaching__cost_per_prompt=0.25)))
    entry = outcome.ledger[..., C_OUTREACH, :].reshape(-1, 2).sum(axis=0)
    assert entry.tolist() == [total(outcome, "prompts"), 2500 * total(outcome, "prompts")]


def _reactant(reactance: float, *overrides: str, per_year: float = 91.0):
    config = owners("market.renewal_days=365", *overrides)
    return changed(config, touchpoints=prompting(per_year), coaching__reactance=reactance)


def _kept(outcome: Outcome) -> np.ndarray:
    c = outcome.customers
    return np.array([[(c["left"] > year * 365 * DAY)[c["segment"] == s].mean() for year in (1, 2)]
                     for s in range(2)])


def test_leaving_of_always_prompted_subscribers_is_that_of_a_stretched_clock() -> None:
    """Prompted within 90 days at every renewal: S(1.593 t), by Ascarza et al.'s multiplier."""
    config = _reactant(0.593, "n_customers=8000", f"horizon_days={2 * 365 + 2}")
    found = np.stack(live_many(plan(config, log=False), 8, _kept))
    for s, law in enumerate(((0.668, 3.806), (0.704, 1.182))):
        for k, year in enumerate((1, 2)):
            judge(found[:, s, k], survival(1.593 * year, *law), within=0.03)


def test_reactance_lasts_as_long_as_stated() -> None:
    """Multiplied is the hazard of one who read a prompt in the last days: 1 - e^(-r days) of customers."""
    alpha, beta, days, per_year = 0.668, 3.806, 30.0, 12.0
    config = changed(_reactant(1.0, "n_customers=20000", "horizon_days=367", per_year=per_year),
                     coaching__reactance_days=days)
    reached = -math.expm1(-per_year / 365 * days)
    theory = reached * survival(2, alpha, beta) + (1 - reached) * survival(1, alpha, beta)
    found = np.stack(live_many(plan(config, log=False), 8, _kept))[:, 0, 0]
    judge(found, theory, within=0.015)
    assert abs(theory - survival(1, alpha, beta)) > 0.03


def test_a_scenario_brings_its_reactance_where_nothing_else_moves_leaving() -> None:
    """A baseline without any link to leaving: the scenario's reactance acts all the same."""
    base = owners("market.renewal_days=365", "n_customers=8000", "horizon_days=367",
                  touchpoints=prompting(91.0, reach=0.0))
    part = spec("coach", {"touchpoints.reminder.reach": 1.0, "coaching.reactance": 0.593})
    found = np.stack(live_many(plan(base, [part], log=False), 8, _kept))[:, :, 0]
    judge(found[:, 0], survival(1.593, 0.668, 3.806), within=0.02)
    judge(found[:, 1], survival(1.593, 0.704, 1.182), within=0.03)


def _with_prompted_prospects():
    return changed(shop(*SMALL, "market.entrants_per_day=3", "channels.web.p_failure=0.5"),
                   touchpoints=prompting(40.0), order__p_lost_after_lost_contact=1.0)


def test_a_prompt_that_falls_due_to_a_prospect_is_over() -> None:
    """He is woken for it, gets none, and his next wake lies ahead: time goes on."""
    made, arrays, _ = open_world(plan(_with_prompted_prospects()), 0, "", False)
    c = arrays["customers"]
    assert (c["prompt_at"][:50] < NEVER).sum() > 40
    for i in np.flatnonzero(c["prompt_at"][:50] < NEVER):
        due = int(c["prompt_at"][i])
        c["status"][i] = PROSPECT
        fall_due(made, i, due)
        assert rest(made, i, due) >= due // DAY * DAY and c["prompt_at"][i] > due
        assert c["signal"][i] == 0.0


def test_prospects_get_no_prompts_before_their_first_order() -> None:
    outcome = live(plan(_with_prompted_prospects()))
    first_order = {int(c["id"]): -1 for c in outcome.customers if c["source"] == 0}
    for event in said(outcome, ORDER_PAID):
        first_order.setdefault(int(event["customer"]), int(event["tick"]))
    log = said(outcome, *PROMPTS)
    assert len(log) > 1000 and total(outcome, "given_up") > 200
    assert all(first_order.get(int(e["customer"]), NEVER) < e["tick"] for e in log)


ZERO = {
    "read by all, moving nobody": {},
    "memory of nothing": {"coaching.memory_days": 3.0},
    "wear of nothing": {"coaching.reactance_days": 1.0},
}


@pytest.mark.parametrize("name", ZERO)
def test_prompts_without_effects_change_the_log_of_prompts_alone(name: str) -> None:
    for base in (shop(*SMALL, needs__p_forgotten=0.2), owners(*RENEWERS, *SMALL)):
        without = changed(base, touchpoints=prompting(40.0, reach=0.0))
        part = spec("idle", {"touchpoints.reminder.reach": 1.0, **ZERO[name]})
        one, other = live(plan(without)), live(plan(without, [part]))
        assert total(other, "prompts") > 1000
        assert_same_but(one, other, words=PROMPTS, counters=COUNTED, fields=OWN, categories=[C_OUTREACH])


def test_coefficients_without_prompts_are_exactly_nothing() -> None:
    base = shop(*SMALL, needs__p_forgotten=0.2, touchpoints=prompting(24.0, reach=0.0))
    keys = {"recall": 2.0, "lift": 0.7, "attention_wear": 1.0, "reactance": 0.593, "cost_per_prompt": 1.0}
    part = spec("idle", {f"coaching.{key}": value for key, value in keys.items()})
    assert_same_but(live(plan(base)), live(plan(base, [part])))


def test_sized_effects_of_zero_are_zero() -> None:
    """An effect whose range is wide but whose value is 0 acts like none."""
    base = prompted(*SMALL, needs__p_forgotten=0.2)
    keys = ("recall", "lift", "attention_wear", "reactance")
    part = spec("idle", {f"coaching.{key}": sized(0.0) for key in keys})
    assert_same_but(live(plan(base)), live(plan(base, [part])))
