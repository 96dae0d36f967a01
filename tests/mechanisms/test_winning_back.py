"""Win-back: who is contacted, who returns, what a returned life is like, and the leak to who had not left."""

from __future__ import annotations

import numpy as np
import pytest

from cxsim.behaviour.state import GONE
from cxsim.engines.outcome import Outcome
from cxsim.errors import CxsimError
from cxsim.journal.tallies import MONEY
from cxsim.journal.ticks import DAY
from cxsim.journal.words import (
    C_OUTREACH, C_WIN_BACK, EXIT_CANCELLED, EXIT_LEFT, NEED_NOTICED, ORDER_PAID, RETURN_WON_BACK,
    WIN_BACK_CONTACTED)
from cxsim.settings.schema import Config
from lived_worlds import counted, judge, live, live_many, plan, spec, total, world
from still_worlds import assert_same_but, owners, said, shop

FIRST = 30 * DAY


def leaving(*overrides: str, **changes: object) -> Config:
    """Subscribers who renew every 30 days and leave as their law says, for half a year."""
    return owners("market.renewal_days=30", "n_customers=3000", "horizon_days=182", *overrides, **changes)


BACK = {"win_back__reach": 0.6, "win_back__after_days": 10.0, "win_back__p_return": 0.3}


def _first_leavers(outcome: Outcome) -> np.ndarray:
    """Identities of those who left at the first renewal."""
    ended = said(outcome, EXIT_CANCELLED)
    return ended["customer"][ended["tick"] // DAY == 30]


@pytest.mark.parametrize("attempts", [1, 3])
def test_the_stated_share_is_contacted_in_time_and_comes_back_with_the_stated_chance(attempts: int) -> None:
    """Reached once for all: r; back: r (1 - (1 - p)^k); contact k at k times the days."""
    config = leaving(**BACK, win_back__max_attempts=attempts)

    def shares(outcome: Outcome) -> tuple[float, float]:
        gone = _first_leavers(outcome)
        log = said(outcome, WIN_BACK_CONTACTED, RETURN_WON_BACK)
        log = log[np.isin(log["customer"], gone) & (log["tick"] <= FIRST + 31 * DAY)]
        made = log[log["word"] == WIN_BACK_CONTACTED]
        assert set(((made["tick"] - FIRST) / DAY).tolist()) <= {10.0, 20.0, 30.0}
        assert np.unique(made["customer"], return_counts=True)[1].max() <= attempts
        back = log["customer"][log["word"] == RETURN_WON_BACK]
        return len(np.unique(made["customer"])) / len(gone), len(back) / len(gone)

    found = np.array(live_many(plan(config), 8, shares))
    judge(found[:, 0], 0.6, within=0.05)
    judge(found[:, 1], 0.6 * (1 - 0.7**attempts), within=0.12)


@pytest.mark.parametrize("rel_hazard", [1.0, 0.4])
def test_a_returned_life_has_a_budget_of_its_own(rel_hazard: float) -> None:
    """Of those back, 1 - e^(-h) leave at their next renewal, h their own hazard times the stated factor."""
    config = leaving(**(BACK | {"win_back__p_return": 0.8, "win_back__reach": 1.0}),
                     win_back__rel_hazard=rel_hazard)

    def gone_again(outcome: Outcome) -> tuple[float, float]:
        log = said(outcome, EXIT_CANCELLED, RETURN_WON_BACK)
        back = np.flatnonzero((log["word"] == RETURN_WON_BACK) & (log["tick"] < FIRST + 11 * DAY))
        nxt = np.minimum(back + 1, len(log) - 1)
        left = (log["customer"][nxt] == log["customer"][back]) & (log["tick"][nxt] - log["tick"][back] == 30 * DAY)
        hazard = dict(zip(outcome.customers["id"].tolist(), zip(
            outcome.customers["exit_hazard"].tolist(), outcome.customers["n_returns"].tolist(), strict=True),
            strict=True))
        own = [hazard[int(who)] for who in log["customer"][back]]
        # A hazard is multiplied anew at each return.
        expected = sum(-np.expm1(-h / rel_hazard ** (n - 1)) for h, n in own)
        return left.sum(), expected

    found = np.array(live_many(plan(config), 8, gone_again), float)
    judge(found[:, 0] / found[:, 1], 1.0, within=0.06)


def test_who_was_away_is_reactivated_but_not_retained() -> None:
    """S: customers at the end of the month again, in nobody's retention; the identity holds by month."""
    config = leaving(win_back__reach=1.0, win_back__after_days=1.0, win_back__p_return=0.9)
    outcome = live(plan(config))
    start, acquired, again, churned, end, kept = (
        counted(outcome, n) for n in ("start", "acquired", "reactivated", "churned", "end", "retained"))
    np.testing.assert_array_equal(end[:, :-1], (start + acquired + again - churned)[:, :-1])
    assert again.sum() > 500 and total(outcome, "won_back") == again[:, :-1].sum()
    stayed = ~np.isin(outcome.customers["id"], said(outcome, EXIT_CANCELLED)["customer"])
    assert kept[:, -1].sum() == stayed.sum() < end[:, -1].sum()


def test_money_in_hand_and_contacts_are_booked() -> None:
    config = leaving(**BACK, win_back__offer_value=7.0, win_back__cost_per_contact=0.5)
    outcome = live(plan(config))
    ledger = outcome.ledger.sum(axis=(0, 1, 2, 3))
    n, back = total(outcome, "win_back_contacts"), total(outcome, "won_back")
    assert ledger[C_OUTREACH].tolist() == [n, n * MONEY // 2]
    assert ledger[C_WIN_BACK].tolist() == [back, back * 7 * MONEY]
    paid = said(outcome, RETURN_WON_BACK, ORDER_PAID)
    at = np.flatnonzero(paid["word"] == RETURN_WON_BACK)
    assert back > 100 and (paid["tick"][at + 1] == paid["tick"][at]).all()


def test_more_reach_and_more_persuasion_lose_nobody() -> None:
    low, high = (live(plan(leaving(win_back__reach=r, win_back__after_days=10.0, win_back__p_return=p)))
                 for r, p in ((0.3, 0.2), (0.8, 0.5)))
    firsts = []
    for outcome in (low, high):
        back = said(outcome, RETURN_WON_BACK)
        firsts.append(set(back["customer"][back["tick"] < FIRST + 11 * DAY]))
    assert firsts[0] < firsts[1] and len(firsts[0]) > 30


QUITTERS = ("n_customers=1500", "horizon_days=300", "market.active_window_days=60",
            "segments.shoppers.purchase.a=1", "segments.shoppers.purchase.b=3")


def test_a_shop_cannot_tell_who_left_from_who_paused() -> None:
    """T: contacts go to both after window and days; who paused redeems with an order he makes anyway."""
    config = shop(*QUITTERS, win_back__reach=1.0, win_back__after_days=10.0, win_back__offer_value=6.0,
                  win_back__cost_per_contact=0.25)
    plain = live(plan(shop(*QUITTERS)))
    outcome = live(plan(config))
    # Nobody returns at chance 0, so all lives are as they were.
    assert_same_but(plain, outcome, words=(WIN_BACK_CONTACTED,), counters=("win_back_contacts",),
                    categories=(C_OUTREACH, C_WIN_BACK), fields=(
                        "contact_at", "n_attempts", "return_offer", "margin", "margin_discounted", "residual",
                        "stage", "subsidy", "gifts"))
    log = said(outcome, WIN_BACK_CONTACTED, ORDER_PAID, EXIT_LEFT)
    made = np.flatnonzero(log["word"] == WIN_BACK_CONTACTED)
    same = log["customer"][1:] == log["customer"][:-1]
    before = same[made - 1] & (made > 0) & (log["word"][made - 1] == ORDER_PAID)
    assert ((log["tick"][made] - log["tick"][made - 1])[before] == 70 * DAY).all()
    has_left = same[made - 1] & (log["word"][made - 1] == EXIT_LEFT)
    redeemed = outcome.ledger.sum(axis=(0, 1, 2, 3))[C_WIN_BACK]
    assert has_left.sum() > 100 and redeemed[0] > 100 and redeemed[1] == redeemed[0] * 6 * MONEY
    again = np.append(same, False)[made] & (np.append(log["word"][1:], -1)[made] == ORDER_PAID)
    assert redeemed[0] == again.sum()


def test_a_shopper_who_is_won_back_buys_at_once_and_that_order_carries_no_exposure() -> None:
    config = shop(*QUITTERS, win_back__reach=1.0, win_back__after_days=10.0, win_back__p_return=0.5)
    outcome = live(plan(config))
    log = said(outcome, RETURN_WON_BACK, NEED_NOTICED, ORDER_PAID, EXIT_LEFT)
    at = np.flatnonzero(log["word"] == RETURN_WON_BACK)
    at = at[log["tick"][at] < 280 * DAY]
    assert len(at) > 100
    assert (log["word"][at + 1] == NEED_NOTICED).all() and (log["need_tick"][at + 1] == log["tick"][at]).all()
    assert (log["word"][at + 2] == ORDER_PAID).all()
    ends = np.minimum(at + 3, len(log) - 1)
    assert not ((log["word"][ends] == EXIT_LEFT) & (log["journey"][ends] == log["journey"][at + 2])).any()
    exits = total(outcome, "exits")
    assert exits == (outcome.events["word"] == EXIT_LEFT).sum() > (outcome.customers["status"] == GONE).sum()


def test_the_more_satisfied_come_back_more_easily() -> None:
    keys = BACK | {"win_back__reach": 1.0, "perception__noise_sd": 1.0}
    outcome = live(plan(leaving("n_customers=4000", *(
        f"segments.{name}.support_needs_per_year=12" for name in ("high_end", "regular")),
        win_back__satisfaction={"value": 3.0, "low": 0.0, "high": 3.0}, **keys)))
    asked = said(outcome, WIN_BACK_CONTACTED)
    back = np.isin(asked["customer"], said(outcome, RETURN_WON_BACK)["customer"])
    assert asked["satisfaction"][back].mean() > asked["satisfaction"][~back].mean() + 0.05
    assert back.sum() > 100


def test_where_nobody_is_reached_nothing_changes() -> None:
    part = spec("idle", {"win_back.after_days": 5.0, "win_back.p_return": 0.9, "win_back.offer_value": 9.0,
                         "win_back.cost_per_contact": 3.0, "win_back.max_attempts": 3})
    for config in (leaving("n_customers=400"), shop(*QUITTERS, "n_customers=400")):
        assert_same_but(live(plan(config)), live(plan(config, [part])))


def test_a_campaign_contacts_on_the_days_it_runs() -> None:
    config = leaving("n_customers=1500")
    part = spec("campaign", {"win_back.reach": 1.0, "win_back.after_days": 10.0}, start_day=65, end_day=75)
    made = live(plan(config, [part])).events
    days = set((made["tick"][made["word"] == WIN_BACK_CONTACTED] // DAY).tolist())
    assert days == {70}


@pytest.mark.parametrize(("overrides", "told"), [
    (("win_back.after_days=0",), "win_back.after_days=0: must be greater than 0"),
    (("win_back.p_return=1",), "win_back.p_return=1: must be"),
    (("win_back.max_attempts=0",), "win_back.max_attempts=0: must be"),
    (("market=contact_centre", "win_back.reach=0.5"), "a contact centre has anonymous contacts"),
])
def test_impossible_win_back_is_refused(overrides: tuple[str, ...], told: str) -> None:
    with pytest.raises(CxsimError) as refused:
        world(*overrides)
    assert told in str(refused.value)
