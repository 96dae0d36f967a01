"""Checks of the loyalty programme against itself, the margin and the rhythm of payments."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from scipy import special

if TYPE_CHECKING:
    from cxsim.settings.schema import Config

MOST_ACTIVE = 0.99
DAYS_PER_WEEK = 7.0


def check_loyalty(config: Config) -> None:
    """Refuse programmes that contradict themselves, pay out more than they take, or never reward anybody.

    Raises
    ------
    ValueError
        Names the keys, their values and the cure.
    """
    _has_customers(config)
    _one_way_to_earn(config)
    _ladder(config)
    _payout(config)
    _expiry(config)


def _has_customers(config: Config) -> None:
    loyalty = config.loyalty
    if config.market.kind == "contact_centre" and loyalty.has_members:
        key = ("earn_rate" if loyalty.earn_rate > 0 else "stamps" if loyalty.stamps > 0 else
               "tiers" if loyalty.tiers else "membership.p_join" if loyalty.membership.p_join > 0 else
               "member_exit" if loyalty.member_exit.value != 0 else
               "exclusive_discount" if loyalty.exclusive_discount > 0 else "exclusive_upsell")
        raise ValueError(
            f"loyalty.{key}: a contact centre has no customers who could earn points or be members; "
            "compare scenarios=[more_staff] there")
    if loyalty.is_on and loyalty.p_enrol == 0 and loyalty.membership.p_join == 0:
        raise ValueError("loyalty.p_enrol=0: nobody would join the programme; set a share above 0")


def _one_way_to_earn(config: Config) -> None:
    loyalty = config.loyalty
    if loyalty.stamps > 0 and loyalty.earn_rate > 0:
        raise ValueError(
            f"loyalty.stamps={loyalty.stamps}: an order earns either stamps or points (loyalty.earn_rate="
            f"{loyalty.earn_rate:g}); set loyalty.earn_rate=0 or loyalty.stamps=0")
    if loyalty.stamps > 0 and loyalty.cashback:
        raise ValueError(
            f"loyalty.cashback=true: a stamp card (loyalty.stamps={loyalty.stamps}) rewards the last stamp, not "
            "every order; set loyalty.stamps=0 and loyalty.earn_rate above 0, or loyalty.cashback=false")
    if loyalty.has_threshold and loyalty.endowed_points >= loyalty.reward_points:
        raise ValueError(
            f"loyalty.endowed_points={loyalty.endowed_points}: a reward takes {loyalty.reward_points}, so it "
            f"would be given away on enrolment; give at most {loyalty.reward_points - 1}")


def _ladder(config: Config) -> None:
    loyalty = config.loyalty
    for (lower, below), (upper, above) in pairwise(loyalty.tiers.items()):
        for name, is_right in (("from_spend", below.from_spend < above.from_spend),
                               ("rel_earn", below.rel_earn <= above.rel_earn)):
            if not is_right:
                word = "more" if name == "from_spend" else "no less"
                raise ValueError(
                    f"loyalty.tiers.{upper}.{name}={getattr(above, name):g}: must be {word} than "
                    f"loyalty.tiers.{lower}.{name}={getattr(below, name):g}, the tier below it; write tiers "
                    "from the lowest to the highest")


def mean_order(config: Config) -> float:
    """What a customer pays at a time on average over segments, in account currency.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> round(mean_order(load()), 2), mean_order(load(["market=subscription"]))
    (35.22, 25.0)
    """
    if config.market.kind == "subscription":
        return sum(one.share * one.fee_per_period for one in config.segments.values())
    spend = [(one.share, one.spend) for one in config.segments.values()]
    return sum(share * law.p * law.gamma / (law.q - 1.0) for share, law in spend if law is not None)


def _payout(config: Config) -> None:
    """Rewards as expected to be redeemed, in the highest tier, against the margin of a unit spent."""
    loyalty = config.loyalty
    paid = mean_order(config)
    if not loyalty.earns or paid <= 0:
        return
    returned = loyalty.point_value / paid if loyalty.stamps > 0 else loyalty.earn_rate
    best = max((tier.rel_earn for tier in loyalty.tiers.values()), default=1.0)
    share = 1.0 if loyalty.cashback else loyalty.expected_redemption_share
    cost = returned * max(1.0, best) * loyalty.reward_cost_share * share
    margin = 1.0 - config.order.goods_share
    if cost > margin:
        key = f"stamps={loyalty.stamps}" if loyalty.stamps > 0 else f"earn_rate={loyalty.earn_rate:g}"
        raise ValueError(
            f"loyalty.{key}: the programme would pay out more than it takes: rewards cost {cost:.3g} of every "
            f"unit spent (in the best tier), while {margin:.3g} of it is margin (1 - order.goods_share); give "
            "back less, or lower loyalty.reward_cost_share")


def _expiry(config: Config) -> None:
    """A subscriber's points must outlast the time to his next payment, at which they could be redeemed."""
    loyalty, renewal = config.loyalty, config.market.renewal_days
    if config.market.kind == "subscription" and loyalty.earns and loyalty.expiry_days <= renewal:
        raise ValueError(
            f"loyalty.expiry_days={loyalty.expiry_days:g}: points would be gone before the next payment "
            f"(market.renewal_days={renewal}), so nobody could ever redeem any; set it above {renewal}")


def loyalty_cautions(config: Config) -> list[str]:
    """What may mislead in a programme that can be lived, one sentence each.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> loyalty_cautions(load(["loyalty=points"]))
    []
    >>> loyalty_cautions(load(["loyalty=points", "loyalty.p_redeem=0"]))[0].partition(":")[0]
    'loyalty.p_redeem=0'
    """
    loyalty, found = config.loyalty, []
    if loyalty.has_threshold and loyalty.p_redeem == 0:
        found.append("loyalty.p_redeem=0: nobody ever asks for a reward, so points only pile up, are owed and "
                     "expire; set a share above 0")
    gap = _shortest_gap(config)
    if loyalty.earns and loyalty.expiry_days < gap:
        found.append(
            f"loyalty.expiry_days={loyalty.expiry_days:g}: points are gone before even the most active customers "
            f"order again (one in a hundred does within {gap:.0f} days on average), so hardly a reward is ever "
            "redeemed; lengthen it")
    for name, tier in loyalty.tiers.items():
        if loyalty.stamps > 0 and tier.rel_earn % 1 != 0:
            found.append(
                f"loyalty.tiers.{name}.rel_earn={tier.rel_earn:g}: an order gets whole stamps, so this gives "
                f"{int(tier.rel_earn)}; set a whole number")
    return found


def _shortest_gap(config: Config) -> float:
    """Mean days between the orders of the most active percent of shoppers; 0 without such a law."""
    laws = [one.purchase for one in config.segments.values() if one.purchase is not None]
    rates = [float(special.gammaincinv(law.r, MOST_ACTIVE)) / law.alpha_weeks / DAYS_PER_WEEK for law in laws]
    return 1.0 / max(rates) if rates and config.market.kind == "transactional" else 0.0
