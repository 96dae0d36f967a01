"""Needs that nobody notices: how many, whose, which, and what they cost."""

from __future__ import annotations

import numpy as np
import pytest

from cxsim.engines.outcome import Outcome
from cxsim.journal.ticks import DAY
from cxsim.journal.words import (
    NEED_COMPETITOR, NEED_FORGOTTEN, NEED_NOTICED, ORDER_PAID)
from cxsim.theory.bg_nbd import expected_purchases
from lived_worlds import judge, live, live_many, plan, spec, total
from still_worlds import assert_same_but, needing_help, owners, said, shop, touchpoint

SMALL = ("n_customers=300", "horizon_days=200")
LAW = dict(r=0.243, alpha=4.414, a=0.793, b=2.426)
AS_PUBLISHED = tuple(f"segments.shoppers.purchase.{key}={LAW[name]}" for key, name in (
    ("r", "r"), ("alpha_weeks", "alpha"), ("a", "a"), ("b", "b")))


@pytest.mark.parametrize(("p", "share"), [(0.1, 0.5), (0.4, 0.25)])
def test_share_forgotten_and_its_share_to_a_competitor_are_as_stated(p: float, share: float) -> None:
    config = shop("n_customers=4000", "horizon_days=365", needs__p_forgotten=p, needs__p_to_competitor=share)
    found = np.array(live_many(plan(config, log=False), 8, lambda o: [
        total(o, "forgotten") / total(o, "needs"), total(o, "to_competitor") / total(o, "needs"),
        total(o, "judged") / total(o, "needs")]))
    judge(found[:, 0], p * (1 - share), within=0.05)
    judge(found[:, 1], p * share, within=0.05)
    judge(found[:, 2], 1 - p, within=0.02)


def test_orders_of_those_who_forget_follow_bg_nbd_with_a_slower_clock() -> None:
    """Needs thinned by 1 - p are a Poisson process of rate (1 - p) lambda: alpha becomes alpha / (1 - p)."""
    p, weeks = 0.3, 52
    config = shop(*AS_PUBLISHED, "n_customers=20000", f"horizon_days={weeks * 7 + 2}", needs__p_forgotten=p)
    slow = LAW | {"alpha": LAW["alpha"] / (1 - p)}
    orders = live_many(plan(config, log=False), 16, lambda o: total(o, "purchases") / len(o.customers))
    judge(orders, expected_purchases(weeks + 2 / 7, **slow), within=0.02)
    assert np.mean(orders) < 0.9 * expected_purchases(weeks, **LAW)


def test_counters_tell_what_the_log_tells() -> None:
    outcome = live(plan(shop(*SMALL, needs__p_forgotten=0.3, needs__p_to_competitor=0.4)))
    for counter, word in (("forgotten", NEED_FORGOTTEN), ("to_competitor", NEED_COMPETITOR)):
        assert total(outcome, counter) == (outcome.events["word"] == word).sum() > 50
    missed = total(outcome, "forgotten") + total(outcome, "to_competitor")
    assert total(outcome, "needs") == missed + (outcome.events["word"] == NEED_NOTICED).sum()


def test_a_prospect_never_forgets_what_brought_him() -> None:
    config = shop(*SMALL, "market.entrants_per_day=3", needs__p_forgotten=1.0)
    outcome = live(plan(config))
    entered = outcome.customers[outcome.customers["source"] != 0]
    assert len(entered) > 300
    orders = outcome.events[outcome.events["word"] == ORDER_PAID]
    # Everybody's first need becomes an order, and nobody's second does.
    who, n = np.unique(orders["customer"], return_counts=True)
    assert (n == 1).all() and set(who) <= set(entered["id"])
    assert len(who) >= len(entered) - 10  # those of the last day are still at it


def test_only_the_main_clock_is_forgotten_not_the_owner_s_other_needs() -> None:
    kinds = {"journeys__move__needs_per_year": 2.0, "journeys__upgrade__needs_per_year": 1.0}
    config = owners(*SMALL, *needing_help(4.0), needs__p_forgotten=1.0, **kinds)
    others = owners(*SMALL, **kinds)
    forgetful, without = live(plan(config)), live(plan(others))
    ticks = [np.sort(said(o, NEED_NOTICED)["need_tick"]) for o in (forgetful, without)]
    np.testing.assert_array_equal(*ticks)
    assert total(forgetful, "forgotten") == total(forgetful, "needs") - len(ticks[0]) > 500


def test_who_forgets_at_a_low_chance_forgets_the_same_and_more_at_a_higher() -> None:
    """One uniform a need: the needs missed at .2 are among those missed at .4."""
    sets = []
    for p in (0.2, 0.4):
        log = said(live(plan(shop(*SMALL, needs__p_forgotten=p))), NEED_FORGOTTEN)
        sets.append(set(zip(log["customer"].tolist(), log["journey"].tolist(), strict=True)))
    assert sets[0] < sets[1] and len(sets[1]) > 1.5 * len(sets[0])


@pytest.mark.parametrize("p_known", [0.0, 0.3, 1.0])
def test_touchpoints_for_known_needs_act_on_the_share_of_needs_that_are_known(p_known: float) -> None:
    config = shop("n_customers=3000", "horizon_days=365", "perception=none", needs__p_known=p_known,
                  touchpoints=touchpoint(needs_known=True, rel_minutes=0.5))

    def share(outcome: Outcome) -> float:
        return int(outcome.touch_costs[..., 0].sum()) / total(outcome, "visits")

    found = live_many(plan(config, log=False), 6, share)
    if p_known in (0.0, 1.0):
        assert found == [p_known] * 6
    else:
        judge(found, p_known, within=0.03)


def test_knowing_one_s_need_by_itself_moves_nothing() -> None:
    config = shop(*SMALL)
    lost = spec("lost", {"needs.p_known": 0.0})
    assert_same_but(live(plan(config)), live(plan(config, [lost])), fields=["knows_need"])


NEUTRAL_CHANGES = {
    "nobody forgets": {"needs.p_forgotten": 0.0},
    "no competitor without forgetting": {"needs.p_to_competitor": 1.0},
    "recall of nothing": {"coaching.recall": 2.0},
}


@pytest.mark.parametrize("name", NEUTRAL_CHANGES)
@pytest.mark.parametrize("make", [shop, owners], ids=["shop", "owners"])
def test_neutral_values_leave_every_life_as_it_was(make, name: str) -> None:
    config = make(*SMALL) if make is shop else make(*SMALL, *needing_help(4.0))
    part = spec("neutral", NEUTRAL_CHANGES[name])
    assert_same_but(live(plan(config)), live(plan(config, [part])))


def test_forgetting_needs_a_customer_who_can_be_reached_by_the_scenario() -> None:
    """A scenario that ends leaves the needs after it noticed, and those before it as in the baseline."""
    config = shop("n_customers=600", "horizon_days=300")
    part = spec("forgetful", {"needs.p_forgotten": 0.5}, start_day=100, end_day=200)
    outcome = live(plan(config, [part]))
    day = said(outcome, NEED_FORGOTTEN)["tick"] // DAY
    assert day.min() >= 100 and day.max() < 200 and len(day) > 200
    needs = said(outcome, NEED_FORGOTTEN, NEED_NOTICED)
    inside = needs[(needs["tick"] // DAY >= 100) & (needs["tick"] // DAY < 200)]
    missed = (inside["word"] == NEED_FORGOTTEN).mean()
    assert abs(missed - 0.5) < 4 * np.sqrt(0.25 / len(inside))
