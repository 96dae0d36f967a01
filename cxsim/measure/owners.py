"""Who in the house owns a place or a flow of money, and under which of the five Ps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxsim.journal.words import CATEGORIES, OWNERS

if TYPE_CHECKING:
    from cxsim.settings.schema import Config

PARTNER = "partner"
SOLUTION, SOLUTION_OWNER = "solution", "logistics"
# Causes whose owner is not the place's: those who can mend them sit elsewhere.
CAUSE_OWNERS = {"employee": "people", "handoff": "IT", "fit": "product"}
_OF_CATEGORY = {name: owner for name, _, owner, _ in CATEGORIES}


def owner_of_channel(config: Config | None, channel: str) -> str:
    """A channel's owner; a partner's channel is the partner's, whoever pays for it.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> owner_of_channel(load(), "web"), owner_of_channel(None, "web")
    ('e-commerce', '')
    """
    if config is None or channel not in config.channels:
        return ""
    spec = config.channels[channel]
    return PARTNER if spec.partner else spec.owner


def owner_of_touchpoint(config: Config | None, touchpoint: str) -> str:
    """A touchpoint's owner; that of the ledger category `touchpoint` where nobody is named.

    Examples
    --------
    >>> owner_of_touchpoint(None, "reminder")
    'marketing'
    """
    if config is None or touchpoint not in config.touchpoints:
        return _OF_CATEGORY["touchpoint"]
    return config.touchpoints[touchpoint].owner


def owner_of_cause(place_owner: str, cause: str) -> str:
    """Who can mend what a cause does at a place.

    What people do is owned by people, lost context by IT, poor fit by product, the rest by the
    place. What a partner's people do stays the partner's.

    Examples
    --------
    >>> owner_of_cause("support", "handoff"), owner_of_cause("support", "wait")
    ('IT', 'support')
    >>> owner_of_cause("partner", "employee")
    'partner'
    """
    if place_owner == PARTNER and cause == "employee":
        return PARTNER
    return CAUSE_OWNERS.get(cause, place_owner)


def p_of(owner: str) -> str:
    """Which of the five Ps (product, price, promotion, place, people) an owner belongs to; '' if none.

    Examples
    --------
    >>> p_of("logistics"), p_of("nobody")
    ('place', '')
    """
    return OWNERS.get(owner, "")
