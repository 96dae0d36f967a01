"""Persons differ, evaluate what they use, and grow attached; visits that only look, and research, teach."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from cxsim.journal.ticks import DAY
from cxsim.journal.words import CHOICE_CHANNEL, JUDGE, ORDER_PAID, SEARCH, SERVICE_RESOLVED
from cxsim.theory.sbg import survival
from lived_worlds import NEUTRAL, changed, counted, judge, live, live_many, plan, total, world
from lone_worlds import CALM, NUMB, alone, by_journey, said, sized
from same_life import assert_same_life

TYPICAL = 0.7


def test_leniency_is_the_spread_between_customers() -> None:
    config = alone(*NUMB, "perception.leniency_sd=0.4", "horizon_days=60", "n_customers=1500")

    def spread(outcome) -> float:
        met = said(outcome, SERVICE_RESOLVED)
        _, first = np.unique(met["customer"], return_index=True)
        for who in np.unique(met["customer"])[:50]:
            assert np.ptp(met["quality"][met["customer"] == who]) == 0.0, "for life"
        return float(np.std(met["quality"][first]))

    judge(live_many(plan(config), 10, spread), 0.4, within=0.05)


def test_weights_differ_between_customers_and_average_one() -> None:
    config = alone(*CALM, "perception.fit_spread=0", "perception.weight_spread=0.5", "horizon_days=60",
                   "n_customers=1500")
    weight = 0.5  # of fit, in the shop

    def moments(outcome) -> tuple[float, float]:
        met = said(outcome, SERVICE_RESOLVED)
        _, first = np.unique(met["customer"], return_index=True)
        own = met["quality"][first] / (weight * TYPICAL)
        return float(own.mean()), float(np.log(own).std())

    found = np.array(live_many(plan(config), 10, moments))
    judge(found[:, 0], 1.0, within=0.05)
    judge(found[:, 1], 0.5, within=0.05)


def test_use_is_an_episode_of_its_own_by_how_well_the_thing_fits() -> None:
    plain, used = (live(plan(alone(*NUMB, f"perception.weights.use={w}", "horizon_days=90"))) for w in (0.0, 0.8))
    fits = by_journey(used, SEARCH)
    places = used.felt[:, -1, 0].sum(), plain.felt[:, -1, 0].sum()
    assert places[0] == places[1] + len(said(used, JUDGE)) > 500
    for key, event in by_journey(used, JUDGE).items():
        # Three episodes (contact, solution, use), of which only the last is felt.
        expected = 0.8 * (fits[key]["quality"] - TYPICAL) / 3.0
        assert math.isclose(event["quality"], expected, abs_tol=1e-12)


def test_attachment_lowers_the_hazard_of_leaving_in_proportion() -> None:
    """With half attachment at next to no renewals everybody is attached at once: sBG's S(m t)."""
    m = math.exp(-0.5)
    config = world("market=subscription", *(k for k in NEUTRAL if "p_wrong" not in k), "population=new",
                   "n_customers=4000", "horizon_days=200", "attachment.orders_n0=1e-9", "journeys=simple",
                   "segments.high_end.share=1", "segments.regular.share=0",
                   "segments.high_end.support_needs_per_year=0")
    config = changed(config, **{"attachment.exit": sized(0.5)})

    def alive(outcome) -> float:
        left = outcome.customers["left"]
        return float((left > 6 * 30 * DAY).mean())

    # The first renewal comes before anything is his own: one exposure at full hazard, five at m times it.
    u = (np.arange(200_000) + 0.5) / 200_000

    theta = special.betaincinv(0.668, 3.806, u)
    theory = float(np.mean((1 - theta) ** (1 + 5 * m)))
    assert theory > survival(6, 0.668, 3.806)
    judge(live_many(plan(config, log=False), 8, alive), theory, within=0.02)


def test_attachment_raises_spend_exactly() -> None:

    config = alone("horizon_days=120", "attachment.orders_n0=3")
    dearer = live(plan(changed(config, **{"attachment.price": sized(0.2)})))
    plain = by_journey(live(plan(config)), ORDER_PAID)
    n_before: dict[int, int] = {}
    n = 0
    for event in said(dearer, ORDER_PAID):
        who = int(event["customer"])
        orders = n_before.get(who, 1)  # the first, before the run
        expected = int(plain[who, int(event["journey"])]["amount"]) * math.exp(0.2 * orders / (orders + 3.0))
        assert abs(event["amount"] - expected) <= 1.5, "both amounts are rounded"
        n_before[who] = orders + 1
        n += 1
    assert n > 800


def test_visits_that_only_look_order_nothing_and_teach() -> None:
    config = alone("journeys.evaluate.needs_per_year=12", "horizon_days=120", "segments.shoppers.purchase.a=1e-6")
    plain = live(plan(alone("horizon_days=120", "segments.shoppers.purchase.a=1e-6")))

    def looks(outcome) -> float:
        return (len(said(outcome, CHOICE_CHANNEL)) - total(outcome, "purchases")) / (300 * 120 / 365)

    judge(live_many(plan(config), 10, looks), 12.0, within=0.05)
    looking = live(plan(config))
    early = [{(int(e["customer"]), int(e["need_tick"])) for e in said(o, ORDER_PAID) if e["need_tick"] < 90 * DAY}
             for o in (looking, plain)]
    # Own needs stay where they are; only a heavy buyer's full waiting list may stop his clock for a while.
    assert len(early[0] ^ early[1]) < 0.005 * len(early[1]) > 5
    assert total(looking, "knowledge_sum") / total(looking, "judged") > total(plain, "knowledge_sum") / total(
        plain, "judged")


def test_research_teaches_more_of_every_journey() -> None:
    aid = {"needs": {"owner": "product", "stage": "repeat", "reach": 1.0, "teaches": 1.0}}

    config = alone("knowledge.memory_days=1e9", "horizon_days=90")
    asked, plain = live(plan(changed(config, touchpoints=aid))), live(plan(config))
    for one, per_journey in ((asked, 2.0), (plain, 1.0)):
        people = one.customers
        np.testing.assert_allclose(people["known"], per_journey * people["n_judged"], rtol=1e-6)


def test_inconsistent_channels_show_as_a_gap_between_them() -> None:
    """Two channels that differ by a fixed quality: the gap is that difference."""
    config = alone(*NUMB, "channels.app.share=1", "channels.app.p_failure=0", "horizon_days=120")

    glow = {"owner": "product", "stage": "request", "reach": 1.0, "channels": ["app"], "delight": sized(0.7)}
    outcome = live(plan(changed(config, touchpoints={"glow": glow})))
    n = counted(outcome, "n_channel_gaps")[:, :-1].sum()
    gap = counted(outcome, "channel_gap_sum")[:, :-1].sum() / 2**32 / n
    assert n > 200 and abs(gap - 0.7) < 1e-6


def test_coefficients_of_zero_change_nothing() -> None:

    config = alone("horizon_days=90")
    neutral = {"attachment.exit": sized(0.0), "perception.leniency_sd": sized(0.0),
               "perception.weights.use": sized(0.0), "journeys.evaluate.p_further_contact": 0.5}
    assert_same_life(live(plan(config)), live(plan(changed(config, **neutral))))
