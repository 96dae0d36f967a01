"""Checks of prospects against market and recommendation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cxsim.settings.schema import Config


def check_prospects(config: Config) -> None:
    """Refuse prospects where nobody can be won, and friends who convert more often than prospects can.

    Raises
    ------
    ValueError
        Names the key and the cure.
    """
    p = config.prospects.p_convert
    if p < 1.0 and config.market.kind == "contact_centre":
        raise ValueError(
            f"prospects.p_convert={p:g}: a contact centre has anonymous contacts and no prospects; set it to 1")
    friends = config.referral
    if friends.invitations_per_journey > 0 and friends.p_convert > config.prospects.eventual + 1e-12:
        raise ValueError(
            f"referral.p_convert={friends.p_convert:g}: more invited friends become customers than the "
            f"{config.prospects.eventual:.3g} of all who come (prospects.p_convert={p:g}, prospects.p_return="
            f"{config.prospects.p_return:g}); lower referral.p_convert or raise prospects.p_convert")
