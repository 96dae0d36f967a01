"""Save offers and the analytics that aims them: a score of stated accuracy, and what offers keep and cost."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from cxsim.behaviour.analytics import publish_ranks, risk_score
from cxsim.behaviour.arrivals import populate
from cxsim.behaviour.state import CUSTOMER
from cxsim.engines.blueprint import build_world
from cxsim.engines.outcome import Outcome
from cxsim.errors import CxsimError
from cxsim.journal.events import N_CUSTOMERS
from cxsim.journal.tallies import MONEY
from cxsim.journal.ticks import DAY
from cxsim.journal.words import C_SAVE_OFFER, SAVE_OFFER_MADE
from cxsim.settings.schema import Config
from cxsim.theory.sbg import survival
from lived_worlds import judge, live, live_many, plan, spec, total, world
from still_worlds import assert_same_but, owners, said, shop, sized

LAWS = ((0.668, 3.806), (0.704, 1.182))
COUNTS = ("save_offers", "saved_by_offer")


def renewing(*overrides: str, **changes: object) -> Config:
    """Subscribers who renew every 30 days and leave as their law says, for half a year."""
    return owners("market.renewal_days=30", "n_customers=4000", "horizon_days=182", *overrides, **changes)


def _scores(config: Config, replication: int) -> tuple[np.ndarray, np.ndarray]:
    """Hazard and score of everybody who is a customer on day 0."""
    blueprint = plan(config)
    made, arrays = build_world(blueprint, replication)
    populate(made, blueprint.start_stream, config.n_customers, blueprint.history_days)
    publish_ranks(made)
    people = arrays["customers"][: arrays["cursor"][N_CUSTOMERS]]
    people = people[people["status"] == CUSTOMER]
    leaving = blueprint.fixed["leaving"][0]
    scores = np.array([risk_score(made, leaving, c, 1) for c in people])
    return people["exit_hazard"].copy(), scores


@pytest.mark.parametrize("population", ["new", "base"])
@pytest.mark.parametrize("auc", [0.5, 0.65, 0.8, 0.95])
def test_the_score_tells_the_riskier_half_as_well_as_stated(auc: float, population: str) -> None:
    """The simulated AUC (Mann-Whitney), and the score standard normal, in a cohort and in a going business."""
    config = renewing("n_customers=1500", f"population={population}", f"analytics.auc={auc}")
    found, all_scores = [], []
    for k in range(8):
        hazard, scores = _scores(config, k)
        risky = hazard > np.median(hazard)
        found.append(stats.mannwhitneyu(scores[risky], scores[~risky]).statistic / (risky.sum() * (~risky).sum()))
        all_scores.append(scores)
    judge(found, auc, within=0.05)
    pooled = np.concatenate(all_scores)
    assert abs(pooled.mean()) < 4 / math.sqrt(len(pooled)) + 0.01 and abs(pooled.std() - 1) < 0.05


def test_perfect_analytics_ranks_by_hazard_alone() -> None:
    hazard, scores = _scores(owners("market.renewal_days=30", "n_customers=800", "analytics.auc=1"), 0)
    assert stats.spearmanr(hazard, scores).statistic > 0.999


@pytest.mark.parametrize("auc", [0.5, 0.9])
def test_the_stated_share_of_customers_is_made_an_offer(auc: float) -> None:
    config = renewing(analytics__auc=auc, save_offers__share=0.3, save_offers__max_per_customer=99)

    def share(outcome: Outcome) -> float:
        # Everybody's first renewal falls on the same day.
        first = said(outcome, SAVE_OFFER_MADE)["tick"] // DAY == 30
        return first.sum() / len(outcome.customers)

    judge(live_many(plan(config), 6, share), 0.3, within=0.05)


def test_offers_to_everybody_slow_the_clock_of_leaving() -> None:
    """Hazard times e^(-effect) at every renewal: S(m t)."""
    effect = 0.7
    config = renewing(save_offers__share=1.0, save_offers__effect=sized(effect), save_offers__max_per_customer=99)

    def kept(outcome: Outcome) -> np.ndarray:
        c = outcome.customers
        return np.array([[(c["left"] > n * 30 * DAY)[c["segment"] == s].mean() for n in (1, 6)] for s in range(2)])

    found = np.stack(live_many(plan(config, log=False), 8, kept))
    for s, law in enumerate(LAWS):
        for k, n in enumerate((1, 6)):
            judge(found[:, s, k], survival(math.exp(-effect) * n, *law), within=0.03)


def test_an_offer_saves_exactly_those_whose_budget_would_have_ended() -> None:
    """Those saved at the first renewal are there just after it, and would not be without the offer."""
    config = renewing("horizon_days=45", save_offers__share=1.0, save_offers__effect=sized(0.7))
    plain = renewing("horizon_days=45")
    one, other = live(plan(plain)), live(plan(config))
    left = [set(o.customers["id"][o.customers["left"] < 2**61]) for o in (one, other)]
    assert left[1] < left[0]
    assert len(left[0]) - len(left[1]) == total(other, "saved_by_offer") > 50


def test_better_analytics_saves_more_with_as_many_offers() -> None:
    def saved(auc: float) -> tuple[int, int]:
        config = renewing(analytics__auc=auc, save_offers__share=0.2, save_offers__effect=sized(0.7))
        outcome = live(plan(config, log=False))
        return total(outcome, "saved_by_offer"), total(outcome, "save_offers")

    (blind, n_blind), (aimed, n_aimed) = saved(0.5), saved(0.85)
    assert aimed > 1.3 * blind and n_aimed < 1.2 * n_blind


def test_nobody_gets_more_offers_than_the_most_nor_before_he_is_known() -> None:
    config = renewing("market.entrants_per_day=4", analytics__delay_days=45.0, save_offers__share=1.0,
                      save_offers__max_per_customer=2)
    outcome = live(plan(config))
    made = said(outcome, SAVE_OFFER_MADE)
    assert np.unique(made["customer"], return_counts=True)[1].max() == 2
    entry = dict(zip(outcome.customers["id"].tolist(), outcome.customers["entry"].tolist(), strict=True))
    known = np.array([(e["tick"] - entry[int(e["customer"])]) / DAY for e in made])
    assert known.min() >= 45 and (made["tick"] // DAY > 60).any()


def test_who_takes_an_offer_gets_its_money_off_the_next_payment() -> None:
    part = {"save_offers__share": 1.0, "save_offers__p_take": 0.6, "save_offers__discount": 5.0,
            "save_offers__max_per_customer": 99}
    for config in (renewing(**part), shop("n_customers=1500", "horizon_days=365", **part)):
        outcome = live(plan(config))
        n, amount = outcome.ledger.sum(axis=(0, 1, 2, 3))[C_SAVE_OFFER]
        assert amount == n * 5 * MONEY and (outcome.customers["save_offer"] % (5 * MONEY) == 0).all()
        waiting = (outcome.customers["save_offer"] > 0).sum()
        offers = total(outcome, "save_offers") - total(outcome, "exits")
        assert offers > 3000 and abs((n + waiting) / offers - 0.6) < 4 * math.sqrt(0.24 / offers)


NOTHING = {
    "nobody is aimed at": {"analytics.auc": 0.9, "save_offers.effect": 0.7, "save_offers.discount": 3.0},
    "a score nobody uses": {"analytics.auc": 1.0, "analytics.delay_days": 10.0},
}


@pytest.mark.parametrize("name", NOTHING)
def test_neutral_values_leave_every_life_as_it_was(name: str) -> None:
    config = renewing("n_customers=500")
    assert_same_but(live(plan(config)), live(plan(config, [spec("idle", NOTHING[name])])))


def test_offers_without_effect_or_money_are_words_alone() -> None:
    config = renewing("n_customers=500")
    part = spec("letters", {"save_offers.share": 0.5, "analytics.auc": 0.8})
    written = live(plan(config, [part]))
    assert total(written, "save_offers") > 200 and total(written, "saved_by_offer") == 0
    assert_same_but(live(plan(config)), written, words=(SAVE_OFFER_MADE,), counters=COUNTS,
                    fields=("n_save_offers",))


@pytest.mark.parametrize(("overrides", "told"), [
    (("analytics.auc=0.4",), "analytics.auc=0.4: must be between 0.5 and 1"),
    (("market=subscription", "save_offers=riskiest", "save_offers.discount=30"),
     "save_offers.discount=30: is more than segments.high_end.fee_per_period=25"),
    (("save_offers=riskiest", "save_offers.discount=500"), "is more than the mean order="),
    (("market=contact_centre", "save_offers.share=0.1"), "a contact centre has anonymous contacts"),
])
def test_impossible_offers_are_refused(overrides: tuple[str, ...], told: str) -> None:
    with pytest.raises(CxsimError) as refused:
        world(*overrides)
    assert told in str(refused.value)
