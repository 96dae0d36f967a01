"""Cautions before a run, and what a new customer is worth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import betaln
from scipy.stats import beta, gamma

from cxsim.config.loading import load
from cxsim.settings.cautions import cautions, cautions_of_worlds, scenario_worlds
from cxsim.settings.schema import ScenarioSpec
from cxsim.settings.worth import above_worth, worth_of_customer, worth_of_segment


def test_shipped_markets_need_no_caution() -> None:
    for market in ("online_retail", "subscription", "telecom", "contact_centre"):
        assert cautions(load([f"market={market}"])) == [], market


@pytest.mark.parametrize(("overrides", "words"), [
    (["horizon_days=90"], "shorter than the 180 days"),
    (["population.fraction=0.1"], "simulates 500 customers, and the load that all others put on the desks"),
    (["market=telecom", "horizon_days=300"], "no newcomer renews"),
    (["horizon_days=3", "market.active_window_days=1"], "hardly any journey is judged"),
    (["win_back.reach=1", "win_back.p_return=0.1", "win_back.offer_value=50"], "offer_value=50: is more than a"),
    (["acquisition.media.welcome_gift=40"], "acquisition.media.welcome_gift + acquisition.media.commission"),
    (["save_offers.share=0.2", "save_offers.discount=9"], "the margin of the mean order it is taken off, 7.07"),
    (["referral.bonus=30", "referral.friend_bonus=10"], "=40: is more than a new customer is worth, 32.93 USD"),
])
def test_a_world_that_may_mislead_says_so(overrides: list[str], words: str) -> None:
    found = cautions(load(overrides))
    assert len(found) == 1 and words in found[0]


def test_a_window_set_by_hand_needs_no_caution() -> None:
    assert cautions(load(["horizon_days=90", "market.active_window_days=30"])) == []


def test_a_caution_names_the_scenario_it_is_for_and_is_said_once() -> None:
    rich = ScenarioSpec(name="rich", changes={"referral": {"bonus": 100.0}})
    found = cautions_of_worlds(scenario_worlds(load(["horizon_days=90"]), [[rich]]))
    assert [sentence.partition(":")[0] for sentence in found] == ["horizon_days=90", "rich"]


def test_a_shopper_is_worth_his_discounted_orders() -> None:
    """E[1 + lambda / (p lambda + delta)] orders over lambda ~ Gamma and p ~ Beta, times a mean margin."""
    config = load()
    law, spend = config.segments["shoppers"].purchase, config.segments["shoppers"].spend
    delta = np.log(1 + config.market.discount_rate_per_year) * 7 / 365

    def given_rate(rate: float) -> float:
        return quad(lambda p: rate / (p * rate + delta) * beta.pdf(p, law.a, law.b), 0, 1)[0]

    rates = gamma(law.r, scale=1 / law.alpha_weeks)
    quantiles = (np.arange(2000) + 0.5) / 2000
    repeats = np.mean([given_rate(rate) for rate in rates.ppf(quantiles)])
    mean_order = spend.gamma * spend.p / (spend.q - 1)
    margin = (1 - config.order.goods_share) * mean_order - config.delivery.cost_per_order
    assert worth_of_customer(config) == pytest.approx(margin * (1 + repeats), rel=0.01)


def test_a_subscriber_is_worth_his_discounted_payments() -> None:
    config = load(["market=subscription"])
    law, fee = config.segments["high_end"].renewal, config.segments["high_end"].fee_per_period
    n = np.arange(5000)
    stays = np.exp(betaln(law.alpha, law.beta + n) - betaln(law.alpha, law.beta))
    years = n * config.market.renewal_days / 365
    paid = fee * (stays / (1 + config.market.discount_rate_per_year) ** years).sum()
    assert worth_of_segment(config, "high_end") == pytest.approx(paid, rel=1e-4)


def test_a_gift_below_the_worth_of_a_customer_passes() -> None:
    config = load()
    assert above_worth(config, "gift", 32.0, "give less") == []
    assert above_worth(config, "gift", 34.0, "give less")[0].startswith("gift=34: is more than a new customer")
    assert above_worth(load(["market=contact_centre"]), "gift", 1e6, "give less") == []
