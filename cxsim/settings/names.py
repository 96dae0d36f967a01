"""The names of a world, in the order in which arrays hold them."""

from __future__ import annotations

from collections.abc import Sequence

from cxsim.settings.schema import Config


def channel_names(configs: Sequence[Config]) -> tuple[str, ...]:
    """Names of every channel that exists in any row, in order of first mention.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> channel_names([load()])
    ('web', 'app', 'phone', 'chat')
    """
    return tuple(dict.fromkeys(name for config in configs for name in config.channels))


def touchpoint_names(configs: Sequence[Config]) -> tuple[str, ...]:
    """Names of every touchpoint that exists in any row, in order of first mention."""
    return tuple(dict.fromkeys(name for config in configs for name in config.touchpoints))


def segment_names(config: Config) -> tuple[str, ...]:
    """Names of the segments; a contact centre has one group, its contacts."""
    return tuple(config.segments) or ("contacts",)
