"""Checks of the market's size and of what customers tell others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cxsim.settings.schema import Config


def check_talk(config: Config) -> None:
    """Refuse a market that cannot hold its customers, and diffusion that nothing could start or stop."""
    _size(config)
    _diffusion(config)


def _size(config: Config) -> None:
    size = config.market.size
    if size is None:
        return
    if config.market.kind == "contact_centre":
        raise ValueError(
            f"market.size={size}: a contact centre has anonymous contacts and no customers to win; set "
            "market.size=null")
    if size < config.n_customers:
        raise ValueError(
            f"market.size={size}: is less than n_customers={config.n_customers}, who are part of the market; "
            "raise market.size or lower n_customers")


def _diffusion(config: Config) -> None:
    market = config.market
    bass = market.bass
    if bass.p == 0 and bass.q == 0:
        return
    if market.size is None:
        raise ValueError(
            f"market.bass: p={bass.p:g} and q={bass.q:g} need a finite market, or adoption would never end; set "
            "market.size (how many people there are to win)")
    if bass.p == 0 and config.n_customers == 0:
        raise ValueError(
            "market.bass.p=0: with n_customers=0 there is nobody to imitate, so nobody would ever come; set p "
            "above 0 or start with customers")
    if market.entrants_per_day:
        raise ValueError(
            f"market.entrants_per_day={market.entrants_per_day:g}: with market.bass newcomers come by diffusion "
            "alone; set market.entrants_per_day=null, or market.bass.p=0 and market.bass.q=0")
