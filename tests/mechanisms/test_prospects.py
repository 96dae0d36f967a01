"""Prospects: as many are convinced as stated, more by a better journey; the others are gone or look once more."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import expit, logit

from cxsim.behaviour.prospects import p_convinced
from cxsim.behaviour.state import GONE, L_CONVERSION, M_JOURNEY, PROSPECT, PURCHASE
from cxsim.engines.anchoring import find_reference
from cxsim.engines.outcome import Outcome
from cxsim.errors import CxsimError
from cxsim.journal.tallies import FRACTION
from cxsim.journal.ticks import DAY
from cxsim.journal.words import ORDER_DECLINED, ORDER_PAID, START
from cxsim.measure.customer_metrics import ever_customer
from cxsim.settings.links import moved_links
from cxsim.settings.schema import Config
from lived_worlds import changed, live, live_many, plan, scenario, total, world
from lone_worlds import NUMB, alone, said, sized, standing_world
from same_life import assert_same_life
from still_worlds import owners, shop

COMING = ("market.entrants_per_day=6", "n_customers=50", "horizon_days=120")


def _shop(p: float, r: float = 0.0, **keys: object) -> Config:
    return shop(*COMING, prospects__p_convert=p, prospects__p_return=r, prospects__return_days=5.0, **keys)


def _owners(p: float, r: float = 0.0) -> Config:
    return owners(*COMING, prospects__p_convert=p, prospects__p_return=r, prospects__return_days=5.0)


def _counted(outcome: Outcome) -> list[int]:
    return [total(outcome, name) for name in ("acquired", "prospects_lost", "prospects_returned", "entered")]


@pytest.mark.parametrize("make", [_shop, _owners], ids=["shop", "subscription"])
def test_each_journey_convinces_the_stated_share(make) -> None:
    """Journeys that ended: won or lost by one throw each; of the lost, the stated share looks once more."""
    won, lost, back, came = np.sum(live_many(plan(make(0.3, 0.5), log=False), 4, _counted), axis=0)
    n = won + lost
    assert n > 8000 and abs(won - 0.3 * n) < 4.0 * math.sqrt(0.21 * n)
    assert abs(back - 0.5 * lost) < 4.0 * math.sqrt(0.25 * lost) + 0.06 * lost  # some are still away
    assert came > won


@pytest.mark.parametrize("make", [_shop, _owners], ids=["shop", "subscription"])
def test_as_many_are_won_as_history_says(make) -> None:
    """However hard they are to convince, the market's acquired customers stay what they were."""
    everybody, half = (live_many(plan(make(p), log=False), 8, _counted) for p in (1.0, 0.4))
    everybody, half = np.array(everybody, float), np.array(half, float)
    assert (everybody[:, 1] == 0).all() and (everybody[:, 0] > 600).all()
    gap = half[:, 0].mean() - everybody[:, 0].mean()
    error = math.sqrt((half[:, 0].var(ddof=1) + everybody[:, 0].var(ddof=1)) / 8)
    assert abs(gap) < 4.0 * error + 0.01 * everybody[:, 0].mean()
    assert half[:, 3].mean() == pytest.approx(2.5 * everybody[:, 3].mean(), rel=0.03)


def test_who_is_not_convinced_is_gone_and_never_was_a_customer() -> None:
    outcome = live(plan(_shop(0.4)))
    people, log = outcome.customers, outcome.events
    lost = np.unique(log["customer"][log["word"] == ORDER_DECLINED])
    gone = people[np.isin(people["id"], lost)]
    assert len(lost) == len(gone) > 200
    assert (gone["status"][gone["left"] < outcome.month_starts[-1]] == GONE).all()
    assert (gone["n_orders"] == 0).all() and not ever_customer(gone).any()
    assert not np.isin(log["customer"][log["word"] == ORDER_PAID], lost).any()
    assert (gone["residual"] == 0).all()
    after = log[np.isin(log["customer"], lost)]
    last = {int(e["customer"]): int(e["tick"]) for e in said(outcome, ORDER_DECLINED)}
    assert max(int(e["tick"]) - last[int(e["customer"])] for e in after) <= 1, "he judges and is gone"


def test_a_subscriber_who_walked_the_journey_pays_from_the_day_he_is_convinced() -> None:
    outcome = live(plan(_owners(0.5)))
    people = outcome.customers[outcome.customers["source"] != START]
    first = {int(e["customer"]): int(e["tick"]) for e in said(outcome, ORDER_PAID)[::-1]}
    won = [c for c in people if int(c["id"]) in first]
    assert len(won) > 200
    assert all(first[int(c["id"])] == c["since"] > c["entry"] for c in won)
    assert all(c["next_renewal"] > c["since"] for c in won)


def test_those_who_look_once_more_come_after_an_exponential_time() -> None:
    outcome = live(plan(_shop(0.2, 0.9, horizon_days=400)))
    back = said(outcome, ORDER_DECLINED)
    needs: dict[int, list[int]] = {}
    for event in back:
        needs.setdefault(int(event["customer"]), []).append(int(event["need_tick"]))
    gaps = np.concatenate([np.diff(ticks) for ticks in needs.values()]) / DAY
    assert len(gaps) > 1500
    assert abs(gaps.mean() - 5.0) < 4.0 * 5.0 / math.sqrt(len(gaps)) + 0.15  # journeys cut off by the horizon


def test_the_chance_follows_the_journey_so_far() -> None:
    """logit p0 + b z - kappa + help + programme, z in s.d. around the segment's buyer's journey."""
    config = changed(alone("satisfaction=convincing"), prospects__p_convert=0.3, satisfaction__total_effect=0.9,
                     prospects__loyalty_pull=sized(0.4), loyalty__earn_rate=0.03, perception__mean_weight=1.0)
    made, arrays = standing_world(plan(config))
    c, row = arrays["customers"][0], arrays["rows"][0, 0]
    c["status"], c["kind"], c["source"] = PROSPECT, PURCHASE, 1
    arrays["anchor"][0, PURCHASE, M_JOURNEY] = 0.2, 0.5
    arrays["is_moved"][L_CONVERSION] = 1
    arrays["kappa"][L_CONVERSION, 0, 3, 0] = 0.15
    for n, total_felt in ((0, 0.0), (2, 1.3), (1, -2.0)):
        c["n_felt"], c["felt_sum"] = n, total_felt
        so_far = total_felt / n if n else 0.0
        z = (so_far - 0.2) / 0.5
        expected = expit(logit(0.3) + 0.9 * 0.2 * z - 0.15 + 0.25 + 0.4)
        assert p_convinced(made, row, c, 0, 0.25) == pytest.approx(expected, rel=1e-12)


def test_an_easier_journey_convinces_more_and_moves_nobody_when_all_buy() -> None:
    config = changed(world("satisfaction=convincing", "n_customers=2000", "horizon_days=120", "referral=none",
                           "market.entrants_per_day=20", *NUMB), prospects__p_convert=0.4,
                     touchpoints__one_click_order__conversion=sized(0.5))
    easier = scenario("easier_first_order")
    won = [total(live(plan(config, parts, log=False)), "acquired") for parts in ([], easier)]
    assert won[1] > won[0] * 1.05
    easy = changed(config, prospects__p_convert=1.0)
    one, other = (live(plan(changed(easy, touchpoints__one_click_order__conversion=sized(size)), log=False))
                  for size in (0.0, 0.5))
    assert_same_life(one, other)


def test_a_lost_contact_loses_a_prospect_for_good() -> None:
    config = _shop(0.5, channels__web__p_failure=0.5, order__p_lost_after_lost_contact=1.0)
    outcome = live(plan(config))
    newcomers = outcome.customers[outcome.customers["source"] != START]
    n = (newcomers["status"] != PROSPECT).sum()
    lost = (newcomers["status"] == GONE) & (newcomers["n_orders"] == 0)
    assert n > 500 and abs(lost.sum() - 0.75 * n) < 4.0 * math.sqrt(0.75 * 0.25 * n)


def test_satisfaction_of_prospects_is_that_of_their_own_journeys() -> None:
    config = changed(world("n_customers=100", "horizon_days=100", "market.entrants_per_day=5", "referral=none",
                           "satisfaction=none"), prospects__p_convert=0.5, perception__noise_sd=0.0)
    outcome = live(plan(config))
    assert total(outcome, "prospect_journeys") >= total(outcome, "prospects_lost") > 100
    mean = total(outcome, "prospect_felt_sum") / FRACTION / total(outcome, "prospect_journeys")
    assert -1.5 < mean < 1.5 and mean != 0.0
    assert total(outcome, "first_order_ticks") > 0
    assert total(outcome, "first_order_ticks") < total(outcome, "handle_ticks")


def test_a_baseline_with_prospects_keeps_its_history() -> None:
    """The reference holds conversion: with effects on, as many are acquired month by month as in the twin."""
    config = changed(
        world("satisfaction=convincing", "n_customers=2000", "horizon_days=90", "market.entrants_per_day=30",
              "referral=none", "upsell=none", "reference.customers=8000", "reference.tolerance=0.01"),
        prospects__p_convert=0.4, satisfaction__total_effect=0.9)
    assert moved_links(config)[L_CONVERSION] == 1
    reference = find_reference(config)
    assert [row["passed"] for row in reference.check if row["metric"] == "customers acquired"] == [True]
    assert reference.kappa[L_CONVERSION].any()
    assert not moved_links(changed(config, prospects__p_convert=1.0))[L_CONVERSION]


@pytest.mark.parametrize("make", [_shop, _owners], ids=["shop", "subscription"])
def test_engines_agree_on_prospects(make) -> None:
    config = changed(make(0.5, 0.6), n_customers=30, horizon_days=60, channels__phone__share=0.5)
    assert_same_life(live(plan(config)), live(plan(config), 0, "simpy"))


@pytest.mark.parametrize(("keys", "words"), [
    ({"prospects.p_convert": 0.0}, "p_convert=0.*must be greater than 0"),
    ({"prospects.p_return": 1.0}, "p_return=1.*must be"),
    ({"prospects.p_convert": 0.3}, "referral.p_convert=0.42: more invited friends become customers than the 0.3"),
])
def test_impossible_prospects_are_refused(keys: dict[str, float], words: str) -> None:
    with pytest.raises(CxsimError, match=words):
        changed(world(), **{key.replace(".", "__"): value for key, value in keys.items()})
    with pytest.raises(CxsimError, match="a contact centre has anonymous contacts and no prospects"):
        world("market=contact_centre", "prospects=some")
