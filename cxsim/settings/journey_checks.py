"""Checks of kinds of journey against market and channels, and of what is delivered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cxsim.settings.keys import nearest

if TYPE_CHECKING:
    from cxsim.settings.schema import Config


def check_journeys(config: Config) -> None:
    """Refuse needs of a kind the market does not have, and channel weights nobody could follow.

    Raises
    ------
    ValueError
        Names the key and the cure.
    """
    _needs_per_year(config)
    for kind in type(config.journeys).model_fields:
        _channel_weights(config, kind)


def _needs_per_year(config: Config) -> None:
    kind = config.market.kind
    refused = {"purchase": "purchases come by segments.NAME.purchase",
               "renew": "renewals come by the calendar; set journeys.renew.share_of_renewals"}
    if kind == "subscription":
        refused["troubleshoot"] = "a subscriber's troubles come by segments.NAME.support_needs_per_year"
    if kind == "transactional":
        refused |= {name: "only a subscription has it" for name in ("upgrade", "move")}
    for name, reason in refused.items():
        rate = getattr(config.journeys, name).needs_per_year
        if rate > 0:
            raise ValueError(f"journeys.{name}.needs_per_year={rate:g}: must be 0 here, because {reason}")
    share = config.journeys.renew.share_of_renewals
    if kind != "subscription" and share > 0:
        raise ValueError(
            f"journeys.renew.share_of_renewals={share:g}: must be 0 here, because only a subscription is renewed")


def _channel_weights(config: Config, kind: str) -> None:
    key = f"journeys.{kind}.channel_weights"
    weights = getattr(config.journeys, kind).channel_weights
    for name in weights:
        if name not in config.channels:
            raise ValueError(f"{key}.{name}: {no_channel(name, config.channels, 'name another, or leave it out')}")
    offered = [name for name, channel in config.channels.items() if channel.share > 0]
    if offered and all(weights.get(name, 1.0) == 0.0 for name in offered):
        raise ValueError(
            f"{key}: every offered channel ({', '.join(offered)}) has weight 0, so nobody could make this "
            f"journey; give one a weight above 0, as in {key}.{offered[0]}=1")


def no_channel(name: str, channels: Iterable[str], cure: str) -> str:
    """The end of a sentence about a channel that the market does not have.

    Examples
    --------
    >>> no_channel("fone", ["web", "phone"], "leave it out")
    'the market has no such channel (there are: web, phone); leave it out; did you mean phone?'
    """
    there = list(channels)
    near = nearest(name, there)
    hint = f"; did you mean {near}?" if near else ""
    return f"the market has no such channel (there are: {', '.join(there)}); {cure}{hint}"


def check_solution(config: Config) -> None:
    """Refuse shares of late and wrong solutions that are more than the whole."""
    delivery = config.delivery
    total = delivery.p_late + delivery.p_wrong
    if total > 1.0 + 1e-12:
        raise ValueError(
            f"delivery.p_wrong={delivery.p_wrong:g}: with delivery.p_late={delivery.p_late:g} it makes "
            f"{total:g} of all solutions; lower one, so that they sum to 1 at most")
