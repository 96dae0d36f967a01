"""Parameter rows of channels and of kinds of journey."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from cxsim.behaviour.draws import decision
from cxsim.behaviour.parameters import CHANNEL_RECORD, JOURNEY_RECORD
from cxsim.behaviour.state import DIGITAL, JOURNEYS, STAFFED
from cxsim.settings.names import channel_names
from cxsim.settings.schema import Config
from cxsim.settings.units import DAYS_PER_YEAR, HOURS_PER_DAY, MINUTES_PER_DAY
from cxsim.settings.world import Channel



def make_channels(configs: Sequence[Config]) -> np.ndarray:
    """Channel parameters of shape (rows, channels); a channel a row does not know has share 0."""
    names = channel_names(configs)
    channels = np.zeros((len(configs), len(names)), CHANNEL_RECORD)
    for r, config in enumerate(configs):
        for k, name in enumerate(names):
            known = config.channels.get(name)
            spec = known or next(c.channels[name] for c in configs if name in c.channels)
            _fill_channel(channels[r, k], spec, name)
            if known is None:
                channels[r, k]["share"] = 0.0
    return channels


def _fill_channel(channel: np.void, spec: Channel, name: str) -> None:
    is_staffed = spec.kind == "staffed"
    channel["kind"] = STAFFED if is_staffed else DIGITAL
    channel["serves_all"] = spec.at_close == "serve_all"
    channel["salt"] = decision(f"channel/{name}")
    channel["share"] = spec.share
    channel["session_days"] = spec.session_minutes / MINUTES_PER_DAY
    channel["p_failure"] = spec.p_failure
    channel["visit_cost"] = spec.cost_per_visit
    channel["handle_days"] = spec.handle_minutes / MINUTES_PER_DAY
    channel["handle_sigma"] = lognormal_sigma(spec.handle_cv)
    channel["patience_days"] = _days_or_never(spec.patience_minutes)
    channel["contact_fee"] = spec.fee_per_contact
    channel["wage_per_day"] = spec.wage_per_hour * HOURS_PER_DAY
    channel["effort_minutes"] = spec.handle_minutes if is_staffed else spec.session_minutes
    channel["p_resolved"], channel["return_days"] = spec.p_resolved, spec.return_days
    channel["p_retry"], channel["retry_days"] = spec.p_retry, spec.retry_hours / HOURS_PER_DAY
    channel["call_back_days"] = _days_or_never(spec.call_back_minutes)


def _days_or_never(minutes: float | None) -> float:
    return math.inf if minutes is None else minutes / MINUTES_PER_DAY


def lognormal_sigma(cv: float | None) -> float:
    """Log s.d. of a lognormal law with coefficient of variation `cv`; -1 stands for the exponential law.

    Examples
    --------
    >>> lognormal_sigma(None), lognormal_sigma(0.0), round(lognormal_sigma(1.0) ** 2, 6)
    (-1.0, 0.0, 0.693147)
    """
    return -1.0 if cv is None else math.sqrt(math.log1p(cv * cv))


def make_journeys(configs: Sequence[Config]) -> np.ndarray:
    """Parameters of shape (rows, kinds of journey): needs a day, further contacts, response days.

    Response days are -1 where those of the delivery hold.
    """
    journeys = np.zeros((len(configs), len(JOURNEYS)), JOURNEY_RECORD)
    for r, config in enumerate(configs):
        for kind, name in enumerate(JOURNEYS):
            spec = getattr(config.journeys, name)
            journeys[r, kind]["rate"] = spec.needs_per_year / DAYS_PER_YEAR
            journeys[r, kind]["p_further"] = spec.p_further_contact
            journeys[r, kind]["further_days"] = spec.further_days
            journeys[r, kind]["response_days"] = -1.0 if spec.response_days is None else spec.response_days
    return journeys


def make_weights(configs: Sequence[Config]) -> np.ndarray:
    """Log weight of a channel for a kind of journey, of shape (rows, kinds, channels).

    0 where no factor is set, minus infinity where the factor is 0: the channel is barred.
    """
    names = channel_names(configs)
    weights = np.zeros((len(configs), len(JOURNEYS), len(names)))
    for r, config in enumerate(configs):
        for kind, name in enumerate(JOURNEYS):
            for channel, factor in getattr(config.journeys, name).channel_weights.items():
                weights[r, kind, names.index(channel)] = math.log(factor) if factor > 0 else -math.inf
    return weights
