"""Worlds without any of the experience's mechanisms, on which a test sets one at a time."""

from __future__ import annotations

from typing import Any

from cxsim.config.loading import load
from cxsim.settings.overlay import apply_changes
from cxsim.settings.schema import Config

NEW_GROUPS = (
    "needs", "coaching", "automatic", "journeys", "handoff", "employees", "touchpoints", "use", "recovery",
    "knowledge", "payment")
NEW_KEYS = {
    "choice": ("habit_weight", "habit_memory", "lost_contact_weight"),
    "delivery": ("p_wrong", "p_return"),
    "upsell": ("wear_out", "wear_days"),
    "perception": ("mean_weight", "severity_spread"),
}
NEW_CHANNEL_KEYS = (
    "handle_cv", "p_resolved", "return_days", "p_retry", "retry_hours", "call_back_minutes", "partner", "shifts",
    "shrinkage")
STILL = {"satisfaction.total_effect": 0.0, "order.p_lost_after_lost_contact": 0.0, "upsell.p_offer": 0.0,
         "loyalty.earn_rate": 0.0}


def old_values(*overrides: str) -> dict[str, Any]:
    """A configuration as it was written before the experience's mechanisms had keys."""
    values = load(list(overrides)).model_dump()
    for group in NEW_GROUPS:
        values.pop(group)
    for group, keys in NEW_KEYS.items():
        for key in keys:
            values[group].pop(key)
    for channel in values["channels"].values():
        for key in NEW_CHANNEL_KEYS:
            channel.pop(key)
    for segment in values["segments"].values():
        segment.pop("priority")
    return values


def plain(market: str = "online_retail", **changes: Any) -> Config:
    """A market in which nothing moves anything, with some dotted keys (``a__b`` for ``a.b``) changed."""
    config = apply_changes(Config.model_validate(old_values(f"market={market}")), STILL, origin="plain")
    return changed(config, {key.replace("__", "."): value for key, value in changes.items()})


def changed(config: Config, changes: dict[str, Any]) -> Config:
    """The world with some dotted keys changed, those of the world itself too."""
    return apply_changes(config, changes, origin="test", allow_world=True)
