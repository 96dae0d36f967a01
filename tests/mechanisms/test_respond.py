"""Respond: late, wrong, sent back, broken in use; and what making good for it can and cannot do."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from cxsim.behaviour.effects import acting, remembered
from cxsim.behaviour.perception import feel_episode, judge_journey
from cxsim.behaviour.recovery import recovery_gain
from cxsim.behaviour.state import TROUBLESHOOT
from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import MONEY
from cxsim.journal.ticks import DAY
from cxsim.journal.words import (
    C_COMPENSATION,
    C_GOODS,
    C_ORDER,
    C_REFUND,
    C_RETURNED_GOODS,
    DELIVERY_LATE,
    DELIVERY_RETURNED,
    DELIVERY_RIGHT,
    DELIVERY_WRONG,
    EXIT_LEFT,
    JUDGE,
    ORDER_PAID,
    RECOVERY_MADE,
    RECOVERY_MISSED,
    USE_FAULT,
)
from lived_worlds import changed, judge, live, live_many, plan, total
from lone_worlds import alone, by_journey, said, sized, standing_world
from same_life import assert_same_life


def _life(config) -> Outcome:
    return live(plan(config))


def _share(one: int, other: int):
    return lambda o: len(said(o, one)) / len(said(o, other))


# Late, wrong, sent back.

def test_late_and_wrong_deliveries_come_at_their_shares() -> None:
    config = alone("delivery.p_late=0.15", "delivery.p_wrong=0.1", "delivery.p_return=0.6", "horizon_days=160")

    def shares(outcome: Outcome) -> tuple[float, float, float]:
        n = len(said(outcome, DELIVERY_RIGHT)) + len(
            by_journey(outcome, DELIVERY_LATE).keys() | by_journey(outcome, DELIVERY_WRONG).keys())
        late, wrong, back = (len(said(outcome, w)) for w in (DELIVERY_LATE, DELIVERY_WRONG, DELIVERY_RETURNED))
        assert (late, wrong, back) == tuple(total(outcome, name) for name in ("late", "wrong", "returned"))
        return late / n, wrong / n, back / wrong

    found = np.array(live_many(plan(config), 10, shares))
    for values, theory in zip(found.T, (0.15, 0.1, 0.6), strict=True):
        judge(values, theory, within=0.08)


def test_late_delivery_takes_an_exponential_time_more() -> None:
    config = alone("delivery.p_late=0.4", "delivery.late_days=2.5", "horizon_days=160")

    def delays(outcome: Outcome) -> tuple[float, float]:
        paid = by_journey(outcome, ORDER_PAID)
        late = [(int(e["tick"]) - int(paid[k]["tick"])) / DAY - config.delivery.days
                for k, e in by_journey(outcome, DELIVERY_LATE).items() if e["tick"] < 140 * DAY]
        return float(np.mean(late)), float(np.mean(np.array(late) > 2.5))

    found = live_many(plan(config), 10, delays)
    judge([mean for mean, _ in found], 2.5, within=0.08)
    judge([beyond for _, beyond in found], math.exp(-1.0), within=0.08)


def test_refund_is_what_was_paid_and_the_goods_come_back() -> None:
    config = alone("delivery.p_wrong=0.2", "delivery.p_return=0.5", "upsell=larger_basket")
    outcome = _life(config)
    paid, back = by_journey(outcome, ORDER_PAID), by_journey(outcome, DELIVERY_RETURNED)
    assert len(back) > 300 and back.keys() < by_journey(outcome, DELIVERY_WRONG).keys()
    assert all(event["amount"] == -paid[k]["amount"] < 0 for k, event in back.items())
    flows = outcome.ledger.sum(axis=(0, 1, 2, 3))
    refunds = sum(int(event["amount"]) for event in back.values())
    assert flows[C_REFUND].tolist() == [len(back), refunds]
    goods = -sum(int(round(int(paid[k]["amount"]) * config.order.goods_share)) for k in back)
    assert flows[C_RETURNED_GOODS].tolist() == [len(back), goods]
    assert refunds < 0.5 * goods < 0 < flows[C_GOODS, 1]


def test_refunded_order_still_counts_as_a_purchase() -> None:
    config = alone("delivery.p_wrong=0.3")
    kept, sent_back = (_life(changed(config, delivery__p_return=p)) for p in (0.0, 1.0))
    assert total(kept, "returned") == 0 < total(sent_back, "returned") == total(sent_back, "wrong")
    assert total(kept, "purchases") == total(sent_back, "purchases")
    for field in ("id", "n_orders", "n_needs", "left"):
        np.testing.assert_array_equal(kept.customers[field], sent_back.customers[field])
    own = kept.customers["margin"] - sent_back.customers["margin"]
    back = -sent_back.ledger[..., C_REFUND, 1].sum() + sent_back.ledger[..., C_RETURNED_GOODS, 1].sum()
    assert own.sum() == back > 0 and (own >= 0).all()


def test_what_never_goes_wrong_is_exactly_a_plain_delivery() -> None:
    plain = _life(alone())
    assert_same_life(plain, _life(alone("delivery.p_return=0.1", "delivery.late_days=99", "use.fault_days=1",
                                        "perception.severity_spread=0.9")))


def test_severity_of_failures_has_mean_one() -> None:
    """A failure costs w (1 - spread + spread Exp(1)) of quality: mean w, at least w (1 - spread)."""
    config = alone("delivery.p_wrong=0.5", "delivery.p_return=0", "perception.severity_spread=0.6",
                   "perception.noise_sd=0", "horizon_days=160")

    def cost(outcome: Outcome) -> float:
        solution = len(outcome.channels)
        lost = outcome.pains[:, solution, :, 0].sum() / 2**32
        return lost / total(outcome, "wrong")

    judge(live_many(plan(config), 10, cost), config.perception.weights.failure.value, within=0.06)


# Faults in use.

def test_faults_come_at_their_share_of_orders() -> None:
    config = alone("use.p_fault=0.12", "horizon_days=160")
    n_delivered = live_many(plan(config), 10, lambda o: total(o, "faults") / len(said(o, DELIVERY_RIGHT)))
    judge(n_delivered, 0.12, within=0.08)


def _fault_delays(outcome: Outcome) -> np.ndarray:
    """Days from the end of use to the need, of customers who had one fault in the run, before day 250."""
    orders, faults = by_journey(outcome, ORDER_PAID), said(outcome, USE_FAULT)
    once = {who for who, n in Counter(faults["customer"].tolist()).items() if n == 1}
    begun = {int(e["customer"]): int(e["tick"]) for e in faults if e["customer"] in once and e["tick"] < 250 * DAY}
    visits: dict[int, list[int]] = {}
    for (who, journey), event in by_journey(outcome, JUDGE).items():
        if who in begun and (who, journey) not in orders:
            visits.setdefault(who, []).append(int(event["need_tick"]))
    assert visits.keys() <= begun.keys() and len(visits) > 0.95 * len(begun)
    assert all(len(needs) == 1 for needs in visits.values()), "one fault, one journey"
    return np.array([(needs[0] - begun[who]) / DAY - 2.0 for who, needs in visits.items()])


def test_fault_brings_a_troubleshooting_journey_after_an_exponential_time() -> None:
    config = alone("use.p_fault=0.03", "use.fault_days=20", "horizon_days=450", "n_customers=800",
                   "segments.shoppers.purchase.r=1", "delivery.use_days=2")
    found = live_many(plan(config), 8, _fault_delays)
    assert min(one.min() for one in found) > 0.0
    judge([one.mean() for one in found], 20.0, within=0.15)
    judge([(one > 20.0).mean() for one in found], math.exp(-1.0), within=0.15)


def test_fault_journeys_buy_nothing_and_leave_purchases_alone() -> None:
    sound, faulty = (_life(alone(f"use.p_fault={p}")) for p in (0.0, 0.2))
    assert total(faulty, "faults") > 500 and total(sound, "faults") == 0
    assert (faulty.customers["other_n"][:, TROUBLESHOOT] == 0).all()
    ours, theirs = (
        {(int(e["customer"]), int(e["need_tick"])) for e in said(o, ORDER_PAID)} for o in (sound, faulty))
    assert len(ours - theirs) < 0.03 * len(ours) and len(theirs - ours) < 0.03 * len(ours)
    assert total(faulty, "needs") > total(sound, "needs") + 300


# Making good.

def test_recovery_comes_to_its_share_of_failed_journeys() -> None:
    config = alone("delivery.p_late=0.5", "recovery.p_recover=0.35", "horizon_days=160")

    def share(outcome: Outcome) -> float:
        made, missed = len(said(outcome, RECOVERY_MADE)), len(said(outcome, RECOVERY_MISSED))
        assert (made, missed) == (total(outcome, "recovered"), total(outcome, "unrecovered"))
        failed = by_journey(outcome, DELIVERY_LATE).keys() & by_journey(outcome, JUDGE).keys()
        assert made + missed == len(failed)
        return made / (made + missed)

    judge(live_many(plan(config), 10, share), 0.35, within=0.06)


def test_recovery_gain_fades_with_its_delay() -> None:
    for delay, tau in ((0, 190), (3, 190), (190, 190), (90, 30)):
        config = alone("recovery.p_recover=1", f"recovery.delay_days={delay}", f"recovery.memory_days={tau}")
        config = changed(config, recovery__gain=sized(0.5))
        _, arrays = standing_world(plan(config))
        assert recovery_gain(arrays["rows"][0, 0]) == pytest.approx(0.5 * math.exp(-delay / tau), rel=1e-14)


def test_recovery_is_added_to_the_journey_that_failed_and_its_compensation_is_booked() -> None:
    """A first judgement moves satisfaction by a share 1 / n0 of gain exp(-delay / tau)."""
    config = alone("delivery.p_wrong=0.3", "delivery.p_return=0", "recovery.compensation=7.5",
                   "recovery.delay_days=20", "recovery.memory_days=100")
    plain = _life(config)
    made_good = _life(changed(config, recovery__p_recover=1.0, recovery__gain=sized(0.5)))
    wrong, ours, theirs = by_journey(plain, DELIVERY_WRONG), by_journey(plain, JUDGE), by_journey(made_good, JUDGE)
    gain = 0.5 * math.exp(-0.2) / config.satisfaction.memory_n0
    n_failed = 0
    for k in (k for k in ours if k[1] == 1):
        expected = gain if k in wrong else 0.0
        assert theirs[k]["satisfaction"] - ours[k]["satisfaction"] == pytest.approx(expected, abs=1e-13)
        n_failed += k in wrong
    assert n_failed > 50
    n = total(made_good, "recovered")
    assert made_good.ledger[..., C_COMPENSATION, :].sum(axis=(0, 1, 2, 3)).tolist() == [n, n * 7.5 * MONEY]
    assert plain.ledger[..., C_COMPENSATION, :].sum() == 0
    np.testing.assert_array_equal(plain.ledger[..., C_ORDER, :], made_good.ledger[..., C_ORDER, :])


def test_nobody_recovers_is_exactly_no_recovery() -> None:
    config = alone("delivery.p_late=0.3", "recovery.compensation=9", "recovery.delay_days=0")
    assert_same_life(_life(alone("delivery.p_late=0.3")), _life(changed(config, recovery__gain=sized(5.0))))
    nothing_failed = alone("recovery.p_recover=1", "recovery.compensation=9")
    assert_same_life(_life(alone()), _life(changed(nothing_failed, recovery__gain=sized(5.0))))


def test_recovered_satisfaction_may_exceed_the_faultless_journey_but_never_acts_beyond_it() -> None:
    """Any journeys, any failures, any gains: what acts stays at or below what it were without failures.

    Both lives hold the same expectation, for they differ in the failures alone.
    """
    world_now, arrays = standing_world(plan(alone("perception.mean_weight=0.5", "perception.quality_weight=1")))
    row, rng = arrays["rows"][0, 0], np.random.default_rng(7)
    marred, calm = arrays["customers"][0], arrays["customers"][1]
    n_paradox = n_cut = 0
    for _ in range(400):
        for c in (marred, calm):
            for field in ("n_judged", "satisfaction", "surplus", "expectation", "judged_at", "gain", "treat"):
                c[field] = 0
        now = 0
        for _ in range(rng.integers(1, 6)):
            now += int(rng.exponential(60.0) * DAY)
            _feel_both(world_now, row, marred, calm, rng)
            marred["gain"] = rng.exponential(1.0) if rng.random() < 0.7 else 0.0
            for c in (marred, calm):
                judge_journey(world_now, row, c, now)
            later = now + int(rng.exponential(30.0) * DAY)
            acts, faultless = acting(world_now, row, marred, later), acting(world_now, row, calm, later)
            assert acts <= faultless + 1e-12
            assert acts <= remembered(world_now, row, marred, later) + 1e-12
            n_paradox += remembered(world_now, row, marred, later) > faultless + 1e-9
            n_cut += abs(acts - faultless) < 1e-12
    assert n_paradox > 100 and n_cut > 50


JOURNEY = ("n_felt", "quality_sum", "felt_sum", "felt_peak", "felt_end", "calm_sum", "calm_peak", "calm_end")


def _feel_both(world_now, row, marred, calm, rng) -> None:
    """One journey of some episodes, felt with its failures and without them."""
    for c in (marred, calm):
        for field in JOURNEY:
            c[field] = 0
    for _ in range(rng.integers(1, 5)):
        quality, lost = rng.normal(), rng.exponential(1.0) * (rng.random() < 0.4)
        feel_episode(world_now, row, marred, quality - lost, lost)
        feel_episode(world_now, row, calm, quality, 0.0)


def test_recovery_does_not_keep_more_customers_than_faultless_service() -> None:
    """The same lives with and without failures (wrong goods, kept): made good at once and to excess."""
    config = alone("perception.quality_weight=1", "satisfaction=rate_and_exit", "satisfaction.share.rate=0",
                   "satisfaction.share.exit=1", "delivery.p_return=0", "segments.shoppers.purchase.a=0.793",
                   "segments.shoppers.purchase.b=2.426", "recovery.delay_days=0", "n_customers=1500")
    config = changed(config, satisfaction__total_effect=sized(0.9), recovery__gain=sized(10.0))
    faultless = _life(config)
    failing = _life(changed(config, delivery__p_wrong=0.5))
    excessive = _life(changed(config, delivery__p_wrong=0.5, recovery__p_recover=1.0))
    left = [set(said(o, EXIT_LEFT)["customer"].tolist()) for o in (faultless, failing, excessive)]
    assert left[0] <= left[2] < left[1], "recovery helps, up to the faultless journey"
    calm = {(int(c["id"]), int(c["n_judged"])): c["satisfaction"] for c in faultless.customers if c["n_judged"]}
    acts = [(c["satisfaction"] - c["surplus"], calm[who], c["satisfaction"]) for c in excessive.customers
            if (who := (int(c["id"]), int(c["n_judged"]))) in calm]
    acted, without, felt = np.array(acts).T
    assert len(acts) > 1000 and (acted <= without + 1e-9).all()
    assert felt.mean() > without.mean() + 0.5, "satisfaction itself does exceed it"
