"""Checks of payments, complaints, save offers, win-back and retention spend against the market they act in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cxsim.settings.schema import Config


def check_leaving(config: Config) -> None:
    """Refuse what a market has no place for, and money off that exceeds what is paid.

    Raises
    ------
    ValueError
        Names the key, its value and the cure.
    """
    _has_customers(config)
    if config.payment.p_failure > 0 and config.market.kind == "transactional":
        raise ValueError(
            f"payment.p_failure={config.payment.p_failure:g}: must be 0 here, because only a subscription has "
            "payments that fall due by themselves; use market=subscription")
    _discount(config)


def _has_customers(config: Config) -> None:
    if config.market.kind != "contact_centre":
        return
    levers = {"payment.p_failure": config.payment.p_failure, "payment.p_recovered": config.payment.p_recovered,
              "complaints.p_complain": config.complaints.p_complain,
              "save_offers.share": config.save_offers.share, "win_back.reach": config.win_back.reach,
              "retention.spend_per_occasion": config.retention.spend_per_occasion}
    for key, value in levers.items():
        if value > 0:
            raise ValueError(
                f"{key}={value:g}: a contact centre has anonymous contacts, none of whom stays or leaves; "
                "set 0, or choose another market")


def _discount(config: Config) -> None:
    """Money off a payment is at most the payment."""
    discount = config.save_offers.discount
    if discount == 0 or config.save_offers.share == 0:
        return
    for name, segment in config.segments.items():
        if segment.share == 0:
            continue
        paid, key = segment.fee_per_period, f"segments.{name}.fee_per_period"
        if config.market.kind == "transactional" and segment.spend is not None:
            spend = segment.spend
            paid, key = spend.p * spend.gamma / (spend.q - 1.0), "the mean order"
        if discount > paid:
            raise ValueError(
                f"save_offers.discount={discount:g}: is more than {key}={paid:.4g}, off which it is taken; "
                "set a discount below it")


def check_payment_history(config: Config) -> None:
    """Refuse a baseline whose failed payments alone would end more subscriptions than ended in its history.

    History: of subscribers of every tenure up to `market.history_days`, the mean chance to leave at a renewal.

    Raises
    ------
    ValueError
        With both chances.
    """
    lost = config.payment.p_failure * (1.0 - config.payment.p_recovered)
    if lost == 0:
        return
    is_base = config.population.start == "base"
    n = np.arange((config.market.history_days if is_base else 0) // config.market.renewal_days + 1)
    for name, segment in config.segments.items():
        law = segment.renewal
        if law is None or segment.share == 0:
            continue
        leaves = law.alpha / (law.alpha + law.beta + n)
        stays = np.concatenate([[1.0], np.cumprod(1.0 - leaves)[:-1]])
        mean = float((stays * leaves).sum() / stays.sum())
        if lost >= mean:
            raise ValueError(
                f"payment.p_failure={config.payment.p_failure:g}: with payment.p_recovered="
                f"{config.payment.p_recovered:g} failed payments alone end {lost:.2%} of subscriptions at each "
                f"renewal, but segments.{name}.renewal says that only {mean:.2%} end for any reason; lower "
                "payment.p_failure, or raise payment.p_recovered")
