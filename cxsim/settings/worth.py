"""What a new customer is worth before anything is done to him: closed forms, to hold gifts and bonuses against."""

from __future__ import annotations

import numpy as np

from cxsim.settings.schema import Config
from cxsim.settings.world import Segment
from cxsim.theory.bg_nbd import expected_purchases
from cxsim.theory.gamma_gamma import expected_spend
from cxsim.theory.sbg import expected_discounted_lifetime

YEARS = 60
LEAST_RATE = 1e-6


def worth_of_segment(config: Config, name: str) -> float:
    """Expected discounted margin of a new customer of a segment, in account currency.

    Transactional: his first order and his repeat orders (BG/NBD) within 60 years, at the mean order
    value (Gamma-Gamma), less goods and delivery. Subscription: the discounted number of his payments
    (sBG) times the fee. Neutral: no effect, offer or reward; cost of contacts and of winning him apart.

    Parameters
    ----------
    config : Config
        The world; not a contact centre, which has no customers.
    name : str
        A segment of it.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> f"{worth_of_segment(load(['market=subscription']), 'regular'):.0f}"
    '223'
    """
    segment, rate = config.segments[name], config.market.discount_rate_per_year
    if config.market.kind == "subscription":
        per_period = max((1.0 + rate) ** (config.market.renewal_days / 365.0) - 1.0, LEAST_RATE)
        assert segment.renewal is not None
        n_payments = expected_discounted_lifetime(segment.renewal.alpha, segment.renewal.beta, per_period)
        return segment.fee_per_period * n_payments
    return _margin_per_order(config, segment) * (1.0 + _discounted_repeats(segment, rate))


def _margin_per_order(config: Config, segment: Segment) -> float:
    assert segment.spend is not None
    spend = float(expected_spend(segment.spend.p, segment.spend.q, segment.spend.gamma))
    return spend * (1.0 - config.order.goods_share) - config.delivery.cost_per_order


def _discounted_repeats(segment: Segment, rate: float) -> float:
    """Discounted number of repeat orders, added up week by week."""
    law = segment.purchase
    assert law is not None
    weeks = np.arange(YEARS * 52 + 1)
    orders = np.diff(expected_purchases(weeks, law.r, law.alpha_weeks, law.a, law.b))
    return float(orders @ (1.0 + rate) ** (-(weeks[:-1] + 0.5) * 7.0 / 365.0))


def worth_of_customer(config: Config) -> float:
    """Expected discounted margin of a new customer, the mean over segments by their shares.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> f"{worth_of_customer(load()):.2f}"
    '32.93'
    """
    return sum(segment.share * worth_of_segment(config, name)
               for name, segment in config.segments.items() if segment.share > 0)


def above_worth(config: Config, key: str, amount: float, cure: str) -> list[str]:
    """A caution where a gift for a new customer is more than he is worth; empty otherwise.

    Parameters
    ----------
    key : str
        The key (or keys) that hold the gift.
    amount : float
        What is given for one customer.
    cure : str
        What to do about it.
    """
    if config.market.kind == "contact_centre" or amount <= 0:
        return []
    worth, currency = worth_of_customer(config), config.market.currency
    if amount <= worth:
        return []
    return [f"{key}={amount:g}: is more than a new customer is worth, {worth:,.2f} {currency} (expected "
            f"discounted margin of the neutral model, before contacts), so he costs more than he brings; {cure}"]


def gifts_above_worth(config: Config) -> list[str]:
    """Bonuses, win-back and save offers that a customer is not expected to earn back."""
    referral, win_back, save = config.referral, config.win_back, config.save_offers
    found, bonus = [], config.referral.bonus + config.referral.friend_bonus
    if referral.invitations_per_journey > 0 and referral.p_convert > 0:
        found += above_worth(
            config, "referral.bonus + referral.friend_bonus", bonus, "lower the bonus of either side")
    if win_back.reach > 0 and win_back.p_return > 0:
        found += above_worth(config, "win_back.offer_value", win_back.offer_value, "offer less for coming back")
    for name, route in config.acquisition.items():
        if route.spend_per_day > 0:
            found += above_worth(
                config, f"acquisition.{name}.welcome_gift + acquisition.{name}.commission_per_customer",
                route.welcome_gift + route.commission_per_customer, "give less for each customer won")
    if save.share > 0 and config.market.kind == "transactional":
        offered = [one for one in config.segments.values() if one.share > 0]
        margin = sum(one.share * _margin_per_order(config, one) for one in offered)
        if save.discount > margin:
            found.append(
                f"save_offers.discount={save.discount:g}: is more than the margin of the mean order it is taken "
                f"off, {margin:,.2f} {config.market.currency}; whoever would have stayed anyway orders at a loss; "
                "lower it")
    return found
