"""Recommendation: Poisson invitations, binomial conversions, and nobody who comes from nowhere."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from cxsim.engines.outcome import Outcome
from cxsim.journal.ticks import DAY
from cxsim.journal.words import (
    C_FRIEND_BONUS, C_REFERRAL_BONUS, EXIT_LEFT, INVITE_CONVERTED, INVITE_SENT, JUDGE, REFERRAL)
from lived_worlds import judge, live_many, plan, total, world

MEAN, P_CONVERT, DELAY, DAYS = 0.3, 0.4, 14.0, 300
KEYS = ("satisfaction=none", "upsell=none", "acquisition=none", "n_customers=4000", f"horizon_days={DAYS}",
        f"referral.invitations_per_journey={MEAN}", f"referral.p_convert={P_CONVERT}",
        f"referral.delay_days={DELAY}", "market.entrants_per_day=30", "segments.shoppers.purchase.r=0.6")


def _journeys(outcome: Outcome) -> dict[str, np.ndarray]:
    """Per judged journey after which the customer stayed: how many he invited; and each invitation's tick."""
    log = outcome.events[np.lexsort((outcome.events["sequence"], outcome.events["customer"]))]
    # Customers have 63 bits, journeys few: number the customers first.
    story = np.unique(log["customer"], return_inverse=True)[1] * 2**20 + log["journey"]
    words = {name: log["word"] == word for name, word in
             (("judged", JUDGE), ("left", EXIT_LEFT), ("sent", INVITE_SENT))}
    stayed = np.setdiff1d(story[words["judged"]], story[words["left"]])
    sent, n = np.unique(story[words["sent"]], return_counts=True)
    assert np.isin(sent, stayed).all(), "somebody who had left invited a friend"
    counts = np.bincount(n, minlength=6)
    counts[0] = len(stayed) - len(sent)
    friends = outcome.customers[outcome.customers["source"] == REFERRAL]
    return {"stayed": len(stayed), "by_number": counts[:6], "ticks": log["tick"][words["sent"]],
            "friends": friends, "converted": int((log["word"] == INVITE_CONVERTED).sum()), "outcome": outcome}


@pytest.fixture(scope="module")
def lives() -> list[dict[str, np.ndarray]]:
    """Replications of a business that lives by recommendation."""
    return live_many(plan(world(*KEYS)), 10, _journeys)


def test_invitations_have_the_stated_mean(lives) -> None:
    judge([len(life["ticks"]) / life["stayed"] for life in lives], MEAN, within=0.02)


def test_invitations_are_poisson(lives) -> None:
    counts = np.sum([life["by_number"] for life in lives], axis=0)[:5]
    expected = stats.poisson.pmf(np.arange(5), MEAN)
    expected[4] = 1.0 - expected[:4].sum()
    counts[4] += np.sum([life["by_number"][5:] for life in lives])
    assert stats.chisquare(counts, counts.sum() * expected).pvalue > 1e-3


def test_friends_are_a_binomial_share_of_invitations(lives) -> None:
    """Each invitation converts with the stated chance, if the friend's delay ends before the horizon."""
    surplus, variance = 0.0, 0.0
    for life in lives:
        chance = P_CONVERT * -np.expm1(-(DAYS - life["ticks"] / DAY) / DELAY)
        chance[life["ticks"] // DAY == DAYS - 1] = 0.0  # he comes after the next midnight at the earliest
        surplus += len(life["friends"]) - chance.sum()
        variance += (chance * (1 - chance)).sum()
    n = sum(len(life["friends"]) for life in lives)
    assert n > 3000 and abs(surplus) < 4 * np.sqrt(variance)


def test_friends_come_after_the_next_midnight_and_within_the_run(lives) -> None:
    for life in lives:
        entries = life["friends"]["entry"]
        assert (entries >= DAY).all() and (entries < DAYS * DAY).all()
    early = np.concatenate([life["friends"]["entry"] % DAY == 0 for life in lives])
    # Only a delay shorter than the rest of the day is lifted to midnight.
    assert 0.0 < early.mean() < 2.0 / DELAY


def test_friends_have_a_parent_who_was_there_before_them(lives) -> None:
    for life in lives:
        people = life["outcome"].customers
        born = dict(zip(people["id"].tolist(), people["entry"].tolist(), strict=True))
        assert len(born) == len(people), "two customers share an identity"
        for friend in life["friends"]:
            assert born[int(friend["parent"])] < friend["entry"]
        assert (people["parent"][people["source"] != REFERRAL] == -1).all()


def test_every_entrant_comes_from_somewhere(lives) -> None:
    for life in lives:
        outcome, people = life["outcome"], life["outcome"].customers
        newcomers = people[people["source"] != 0]
        assert total(outcome, "entered") == len(newcomers)
        assert total(outcome, "invitations") == len(life["ticks"])
        buyers = newcomers[(newcomers["source"] == REFERRAL) & (newcomers["n_orders"] > 0)]
        assert total(outcome, "converted") == life["converted"] == len(buyers)


def test_a_bonus_raises_invitations_by_its_lift() -> None:
    """Mean = base (1 + lift bonus / (bonus + half))."""
    config = world(*KEYS, "referral.bonus=10", "referral.bonus_half=10", "referral.bonus_lift=0.5")
    found = live_many(plan(config), 8, _journeys)
    judge([len(life["ticks"]) / life["stayed"] for life in found], MEAN * 1.25, within=0.02)


@pytest.mark.parametrize("market", ["online_retail", "subscription"])
def test_a_bonus_is_paid_once_for_every_friend_who_buys(market: str) -> None:
    config = world(f"market={market}", "n_customers=2000", "horizon_days=250", "referral.bonus=10",
                   "referral.friend_bonus=5", "referral.invitations_per_journey=0.5", "market.entrants_per_day=20")

    def paid(outcome: Outcome) -> tuple[list[int], list[int], int]:
        booked = outcome.ledger.sum(axis=(0, 1, 2, 3))
        return booked[C_REFERRAL_BONUS].tolist(), booked[C_FRIEND_BONUS].tolist(), total(outcome, "converted")

    for to_customer, to_friend, converted in live_many(plan(config), 2, paid):
        assert converted > 20
        assert to_customer == [converted, converted * 10 * 10_000]
        assert to_friend == [converted, converted * 5 * 10_000]
