"""Rivals: needs that go to them, the distance that counts, and how they learn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import expit, logit

from cxsim.engines.outcome import Outcome
from cxsim.errors import CxsimError
from cxsim.journal.tallies import COUNTERS, FRACTION
from cxsim.journal.words import NEED_COMPETITOR
from cxsim.measure.rival_metrics import rival_metrics
from cxsim.measure.sums import make_sums
from cxsim.settings.demand import rival_quality
from cxsim.settings.rivals import Competitor
from cxsim.theory.bg_nbd import expected_purchases
from cxsim.theory.sbg import survival
from lived_worlds import changed, judge, live, live_many, plan, spec, total, world
from still_worlds import RENEWERS, assert_same_but, said, shop

SMALL = ("n_customers=300", "horizon_days=200")
# Nobody is ever pleased or displeased, so everybody stands where the reference is, at z = 0.
UNMOVED = (
    "perception=none", "satisfaction=rate_and_exit", "satisfaction.share.rate=1", "satisfaction.share.exit=0")


@pytest.mark.parametrize(
    ("p", "pull", "quality"), [(0.2, 0.0, 0.0), (0.2, 0.0, 2.0), (0.2, 0.7, 1.5), (0.2, 0.7, -1.0)])
def test_share_of_needs_that_go_to_the_rival_follows_the_distance(p: float, pull: float, quality: float) -> None:
    """logit p = logit p0 + pull (q - z), with z = 0 for everybody."""
    config = shop("n_customers=3000", "horizon_days=200", "perception=none", competitor__p_need=p,
                  competitor__pull=pull, competitor__quality=quality)
    found = live_many(plan(config, log=False), 8, lambda o: total(o, "to_competitor") / total(o, "needs"))
    judge(found, expit(logit(p) + pull * quality), within=0.04)


@pytest.mark.parametrize(("weight", "quality"), [(1.0, 1.5), (0.5, -2.0)])
def test_a_rival_s_lead_stretches_the_need_clock_by_the_link_s_own_slope(weight: float, quality: float) -> None:
    """The link reads z - w q, so with z = 0 the rate is multiplied by exp(-b w q)."""
    b = 0.4
    config = world("population=new", "n_customers=4000", "horizon_days=180", "needs=always_noticed", "upsell=none",
                   "referral=none", "acquisition=none", "delivery=none", "choice=fixed_shares", *UNMOVED,
                   "segments.shoppers.purchase.r=2", "segments.shoppers.purchase.alpha_weeks=10")
    config = changed(config, satisfaction__total_effect=b, competitor__weight=weight, competitor__quality=quality,
                     delivery__use_days=0.0)
    weeks = 180 / 7 * math.exp(-b * weight * quality)
    law = dict(r=2, alpha=10, a=0.793, b=2.426)
    # A need counts when its day has come; exits wait for journeys, which are short here.
    needs = live_many(plan(config, log=False), 10, lambda o: total(o, "needs") / 4000)
    judge(needs, expected_purchases(weeks, **law), within=0.04)


@pytest.mark.parametrize("quality", [1.0, -1.0])
def test_renewals_against_a_rival_follow_a_stretched_survival_curve(quality: float) -> None:
    """Hazards are multiplied by m = exp(b w q), so S(t) becomes S(m t)."""
    b = 0.5
    config = world("market=subscription", "payment=none", "population=new", "n_customers=8000", "horizon_days=190",
                   "market.entrants_per_day=0", "referral=none", "acquisition=none", "upsell=none",
                   "perception=none", "satisfaction=exit_only", "segments.high_end.share=1",
                   "segments.regular.share=0", "segments.high_end.support_needs_per_year=0", "journeys=simple")
    config = changed(config, satisfaction__total_effect=b, competitor__weight=1.0, competitor__quality=quality)
    theory = survival(6 * math.exp(b * quality), 0.668, 3.806)
    left = live_many(plan(config, log=False), 8, lambda o: total(o, "churned") / 8000)
    judge(left, 1.0 - theory, within=0.03)


def test_a_rival_learns_by_a_power_law_of_his_own_needs() -> None:
    rival = Competitor(quality=-0.5, ceiling=1.5, needs_per_day=20, scale=1000, exponent=0.7)
    path = rival_quality(rival, 731)
    days = np.arange(731)
    np.testing.assert_allclose(path, 1.5 - 2.0 / (1 + 20 * days / 1000) ** 0.7, rtol=1e-13)
    assert path[0] == -0.5 and (np.diff(path) > 0).all() and path[-1] < 1.5
    assert (rival_quality(Competitor(quality=0.3), 10) == 0.3).all()


def test_preference_is_the_distance_and_the_rival_s_mean_quality_is_reported() -> None:
    config = changed(shop(*SMALL, "perception=none"), competitor__quality=0.4, competitor__ceiling=1.0,
                     competitor__exponent=0.5)
    outcome = live(plan(config))
    found = rival_metrics(outcome, config, make_sums(outcome))
    path = rival_quality(config.competitor, 200)
    assert found["rival_quality"][-1, 0] == pytest.approx(path[:31].mean())
    assert found["rival_quality"][-1, -1] == pytest.approx(path.mean())
    # Everybody stands at 0, so preference is minus the rival's quality on the days of judgement.
    assert -path.max() <= found["preference"][-1, -1] <= -path.min()
    by_month = outcome.tally[0, :-1, COUNTERS.index("preference_sum")] / FRACTION
    assert by_month.sum() == pytest.approx(found["preference"][-1, -1] * total(outcome, "judged"))


def test_a_rival_nobody_notices_moves_nothing() -> None:
    config = shop(*SMALL)
    strong = spec("strong", {"competitor.quality": 2.0, "competitor.pull": 0.0})
    assert_same_but(live(plan(config)), live(plan(config, [strong])), counters=["preference_sum"])


def test_the_needs_a_rival_takes_at_a_low_share_are_among_those_at_a_higher() -> None:
    def taken(p: float) -> set[tuple[int, int]]:
        log = said(live(plan(shop(*SMALL, competitor__p_need=p))), NEED_COMPETITOR)
        return set(zip(log["customer"].tolist(), log["journey"].tolist(), strict=True))

    few, many = taken(0.1), taken(0.3)
    assert few < many and len(many) > 2 * len(few) > 50


def test_a_rival_s_answer_costs_a_subscription_customers_from_its_day_on() -> None:
    config = changed(world(*RENEWERS, "n_customers=2000", "horizon_days=240", "satisfaction=exit_only"),
                     segments__high_end__renewal__alpha=1.0, segments__high_end__renewal__beta=15.0)
    answer = spec("answer", {"competitor.quality": 1.0, "competitor.weight": 1.0}, start_day=120)

    def left(outcome: Outcome) -> np.ndarray:
        return outcome.tally[:-1, :-1, COUNTERS.index("churned")].sum(axis=0)

    before, after = left(live(plan(config))), left(live(plan(config, [answer])))
    assert (before[:3] == after[:3]).all() and after[4:].sum() > before[4:].sum()


def test_metrics_of_loyalty_count_occasions() -> None:
    config = shop(*SMALL, competitor__p_need=0.25, needs__p_forgotten=0.1)
    outcome = live(plan(config))
    found = rival_metrics(outcome, config, make_sums(outcome))["loyalty"][-1, -1]
    bought = total(outcome, "purchases")
    assert found == bought / (bought + total(outcome, "forgotten") + total(outcome, "to_competitor"))


@pytest.mark.parametrize(("keys", "words"), [
    (["competitor.p_need=1"], r"competitor\.p_need=1: must be at least 0 and less than 1"),
    (["competitor.p_need=0.95"], "at most 0.9"),
    (["competitor.ceiling=-1"], "lies below quality"),
    (["competitor.exponent=0.5"], "ceiling is null"),
])
def test_rivals_that_cannot_be_are_refused(keys: list[str], words: str) -> None:
    with pytest.raises(CxsimError, match=words):
        world(*keys)
