"""Spending on everybody who may leave: what it keeps (Blattberg-Deighton, sBG), what it costs."""

from __future__ import annotations

import math

import numpy as np
import pytest

import cxsim
from cxsim.errors import CxsimError
from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import MONEY
from cxsim.journal.ticks import DAY
from cxsim.journal.words import C_OUTREACH
from cxsim.measure.occasions import occasions_table
from cxsim.settings.retention import RetentionSpend
from cxsim.settings.schema import Config
from cxsim.theory.sbg import survival
from lived_worlds import changed, judge, live, live_many, plan, spec
from same_life import assert_same_life
from still_worlds import owners, shop

# The worked example of Blattberg and Deighton's curve: 10 keep .4, the ceiling is .7, so 15.8652 keep .5175.
CURVE = {"retention.spend_per_occasion": 10.0, "retention.anchor_spend": 10.0, "retention.anchor_rate": 0.4,
         "retention.ceiling": 0.7}
LAW = (0.704, 1.182)


def _typed(keys: dict[str, float]) -> list[str]:
    """Keys as overrides on the command line."""
    return [f"{key}={value}" for key, value in keys.items()]


def alike(**changes: object) -> Config:
    """Subscribers who are all alike: each leaves with .6 at every yearly renewal."""
    config = owners("n_customers=4000", "horizon_days=400", *_typed(CURVE))
    law = {"renewal.alpha": 6e7, "renewal.beta": 4e7, "fee_per_period": 50.0}
    keys = {f"segments.{name}.{key}": value for name in config.segments for key, value in law.items()}
    return changed(config, **{"market.renewal_days": 365, "market.discount_rate_per_year": 0.2, **keys, **changes})


def spending(amount: float) -> list:
    return [spec("spend", {"retention.spend_per_occasion": amount})]


def kept(outcome: Outcome) -> float:
    return float((outcome.customers["left"] > 366 * DAY).mean())


@pytest.mark.parametrize(("spend", "share"), [(10.0, 0.4), (15.8652, 0.5175), (30.0, 0.7 * (1 - (3 / 7) ** 3))])
def test_customers_who_are_alike_are_kept_at_the_rate_of_the_curve(spend: float, share: float) -> None:
    judge(live_many(plan(alike(), spending(spend), log=False), 8, kept), share, within=0.02)


def test_everybody_who_may_leave_costs_the_spend_whether_he_stays_or_not() -> None:
    outcome = live(plan(alike(), spending(15.8652), log=False))
    n, amount = outcome.ledger.sum(axis=(0, 1, 2, 3))[C_OUTREACH]
    assert n == len(outcome.customers) == 4000
    assert amount == n * round(15.8652 * MONEY)


@pytest.mark.parametrize("spend", [10.0, 15.8652])
def test_those_who_stay_are_worth_what_blattberg_and_deighton_say(spend: float) -> None:
    """(M r - R) / (1+d-r) a year before the next renewal, with what is spent on him deducted each time."""
    curve = RetentionSpend(spend_per_occasion=10, anchor_spend=10, anchor_rate=0.4, ceiling=0.7)
    rate = curve.rate(spend)
    theory = (50 * rate - spend) / (1.2 - rate)

    def worth(outcome: Outcome) -> float:
        stay = outcome.customers[outcome.customers["left"] > 366 * DAY]
        # Discounted to entry; from the horizon of 400 days to the renewal on day 730 it is 330 days.
        return float(stay["residual"].mean() / MONEY * 1.2 ** (365 / 365))

    judge(live_many(plan(alike(), spending(spend), log=False), 8, worth), theory, within=0.02)


def test_occasions_are_counted_and_those_to_come_are_the_closed_forms() -> None:
    """All renew on day 365; those kept come again in year 2, 3, ... at r: n / (1 - r/(1+d)), as of then."""
    blueprint = plan(alike(), spending(15.8652), log=False)
    outcome = live(blueprint)
    found = occasions_table(outcome, "spend", blueprint.config)
    sums = dict(zip(found["measure"], found["value"], strict=True))
    stay, rate = kept(outcome) * 4000, 0.7 * (1 - (3 / 7) ** 1.58652)
    assert (sums["occasions"], sums["kept"]) == (4000.0, stay)
    to_come = stay / 1.2**2 / (1 - rate / 1.2)
    assert sums["occasions_life"] == pytest.approx(4000 / 1.2 + to_come, rel=1e-3)
    assert sums["kept_life"] == pytest.approx(stay / 1.2 + rate * to_come, rel=1e-3)
    assert sums["keeping"] == pytest.approx(4000 * 15.8652)
    assert sums["keeping_life"] == pytest.approx(15.8652 * sums["occasions_life"], rel=1e-3)
    assert sums["acquired_discounted"] == sums["handled_hours"] == 0.0


def test_customers_who_differ_leave_as_if_the_clock_went_slower() -> None:
    """A multiplier m of everybody's hazard makes sBG's S(t) into S(m t); m is the ratio of the curve's hazards."""
    config = owners("n_customers=4000", "horizon_days=182", "market.renewal_days=30", *_typed(CURVE))
    curve = RetentionSpend(**{key.split(".")[1]: value for key, value in CURVE.items()})
    times = math.log(curve.rate(20.0)) / math.log(0.4)

    def there(outcome: Outcome) -> np.ndarray:
        regular = outcome.customers[outcome.customers["segment"] == 1]
        return np.array([(regular["left"] > n * 30 * DAY).mean() for n in (1, 6)])

    found = np.stack(live_many(plan(config, spending(20.0), log=False), 8, there))
    assert times < 0.7
    for k, n in enumerate((1, 6)):
        judge(found[:, k], survival(times * n, *LAW), within=0.03)


def test_a_shop_pays_at_every_order_that_may_be_the_last_and_keeps_more() -> None:
    config = shop("n_customers=1500", "horizon_days=365", "segments.shoppers.purchase.a=2",
                  "segments.shoppers.purchase.b=3", *_typed(CURVE))
    plain, kept_more = (live(plan(config, parts)) for parts in ([], spending(25.0)))
    for outcome, spend in ((plain, 10.0), (kept_more, 25.0)):
        n, amount = outcome.ledger.sum(axis=(0, 1, 2, 3))[C_OUTREACH]
        assert n == outcome.customers["exposures"].sum() > 1000
        assert amount == n * spend * MONEY
    assert kept_more.customers["exposures"].sum() > 1.2 * plain.customers["exposures"].sum()


def test_a_baseline_keeps_those_its_history_says_whatever_it_spends() -> None:
    little, much = alike(), alike(**{"retention.spend_per_occasion": 20.0})
    one, other = live(plan(little)), live(plan(much))
    for name in ("id", "left", "next_renewal", "n_orders"):
        np.testing.assert_array_equal(one.customers[name], other.customers[name], err_msg=name)
    booked = [o.ledger.sum(axis=(0, 1, 2, 3)) for o in (one, other)]
    assert booked[0][C_OUTREACH, 1] * 2 == booked[1][C_OUTREACH, 1] > 0
    np.testing.assert_array_equal(*(np.delete(flows, C_OUTREACH, axis=0) for flows in booked))


def test_both_engines_live_the_same_lives() -> None:
    blueprint = plan(alike(n_customers=300), spending(15.0))
    assert_same_life(live(blueprint), live(blueprint, engine="simpy"))


@pytest.mark.parametrize(("keys", "words"), [
    (["retention.spend_per_occasion=2"], "retention: anchor_rate 0 must lie between rate_without 0 and ceiling 0"),
    (["retention=attention", "retention.anchor_rate=0.96"], "anchor_rate 0.96 must lie between rate_without 0.9"),
    (["retention=attention", "retention.rate_without=0"], "keeps nobody while rate_without is 0"),
    (["market=contact_centre", "retention=attention", "retention.spend_per_occasion=1"], "none of whom stays"),
])
def test_a_curve_that_says_nothing_is_refused(keys: list[str], words: str) -> None:
    with pytest.raises(CxsimError, match=words.replace("(", r"\(")):
        cxsim.load(["market=subscription", *keys])


def test_a_scenario_whose_curve_keeps_nobody_at_the_baselines_spend_is_refused() -> None:
    config = owners("n_customers=100", "horizon_days=100")
    part = spec("spend", {f"retention.{key.split('.')[1]}": value for key, value in CURVE.items()})
    with pytest.raises(CxsimError, match="nobody is kept without money while retention.rate_without=0"):
        plan(config, [part])
