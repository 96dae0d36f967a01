"""Checks between keys: what each key allows by itself is in the schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxsim.settings.demand_checks import check_demand
from cxsim.settings.acquisition_checks import check_acquisition
from cxsim.settings.journey_checks import check_journeys, check_solution
from cxsim.settings.loyalty_checks import check_loyalty
from cxsim.settings.leaving_checks import check_leaving
from cxsim.settings.prospect_checks import check_prospects
from cxsim.settings.staff_checks import check_shifts
from cxsim.settings.talk_checks import check_talk
from cxsim.settings.touchpoint_checks import check_touchpoints

if TYPE_CHECKING:
    from cxsim.settings.schema import Config

MOST_CHANNELS = 12


def cross_check(config: Config) -> None:
    """Refuse combinations of keys that no world can have, naming the keys and the cure."""
    _segments(config)
    _channels(config)
    _dates(config)
    _knowledge(config)
    check_demand(config)
    check_shifts(config)
    check_journeys(config)
    check_solution(config)
    check_touchpoints(config)
    check_talk(config)
    check_loyalty(config)
    check_leaving(config)
    check_acquisition(config)
    check_prospects(config)


def _segments(config: Config) -> None:
    if config.market.kind == "contact_centre":
        return
    total = sum(s.share for s in config.segments.values())
    if not config.segments or abs(total - 1.0) > 1e-9:
        shares = ", ".join(f"{name} {s.share:g}" for name, s in config.segments.items())
        raise ValueError(f"segments: the shares ({shares}) sum to {total:.6g}; they must sum to 1")
    needed = ("purchase", "spend") if config.market.kind == "transactional" else ("renewal",)
    for name, segment in config.segments.items():
        for key in needed:
            if getattr(segment, key) is None:
                raise ValueError(f"segments.{name}.{key} is missing; a {config.market.kind} market needs it")


def _channels(config: Config) -> None:
    if len(config.channels) > MOST_CHANNELS:
        raise ValueError(
            f"channels: there are {len(config.channels)}, at most {MOST_CHANNELS} are possible; "
            "leave out those that are not offered (share 0), or write alike ones as one")
    offered = {n: c for n, c in config.channels.items() if c.share > 0}
    busy = [n for n, c in config.channels.items() if c.contacts_per_hour > 0]
    if config.market.kind == "contact_centre":
        if not busy:
            raise ValueError("channels: no channel has contacts_per_hour above 0; a contact centre needs one")
        if config.n_customers > 0:
            raise ValueError(
                f"n_customers={config.n_customers}: a contact centre has anonymous contacts and no customers; "
                "set n_customers=0 (channels.phone.contacts_per_hour says how busy it is)")
    elif busy:
        raise ValueError(
            f"channels.{busy[0]}.contacts_per_hour: a {config.market.kind} market has no anonymous contacts; "
            "set it to 0 (its contacts come from its customers), or take market=contact_centre")
    elif not offered:
        raise ValueError("channels: every share is 0, so nobody can reach the brand; give one a share above 0")
    for name, channel in config.channels.items():
        used = channel.contacts_per_hour > 0 or name in offered
        if channel.kind == "staffed" and used and not channel.shifts and config.n_employees(name) == 0:
            raise ValueError(
                f"channels.{name}.employees=0: customers are sent there but nobody serves them; "
                f"set channels.{name}.employees=1 or channels.{name}.share=0")


def _dates(config: Config) -> None:
    if config.scenario.changes and config.scenario.start_day >= config.horizon_days:
        raise ValueError(
            f"scenario.start_day={config.scenario.start_day}: starts at or after the horizon "
            f"(horizon_days={config.horizon_days}); start earlier or lengthen the horizon")
    window = config.market.active_window_days
    if window is not None and config.market.kind == "transactional" and window > config.horizon_days / 2:
        raise ValueError(
            f"market.active_window_days={window}: must be at most half of horizon_days="
            f"{config.horizon_days}; shorten the window or lengthen the horizon")


def _knowledge(config: Config) -> None:
    known = config.knowledge
    if known.population_start > known.population_ceiling:
        raise ValueError(
            f"knowledge.population_start={known.population_start:g}: lies above "
            f"knowledge.population_ceiling={known.population_ceiling:g}, to which it grows; lower the start or "
            "raise the ceiling")
