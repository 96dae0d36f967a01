"""A blueprint: everything of a scenario that does not depend on the replication, built once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cxsim.behaviour.contagion import NOBODY
from cxsim.behaviour.draws import decision, key
from cxsim.behaviour.ghosts import NO_SLOT
from cxsim.behaviour.pool import BY_ITSELF
from cxsim.behaviour.world import World, make_world
from cxsim.engines.fraction import ghost_streams, make_crowd, scale_down
from cxsim.engines.newcomers import make_arrivals, stream_id
from cxsim.engines.shapes import Sizes, world_shapes
from cxsim.journal.events import (
    COUNTED_FROM, CURSOR_SIZE, DEPARTED, FIRST_MONTH, FIRST_WEEKDAY, FREE_GHOST, HORIZON, KIND, LOG_SHARE, LOGGING,
    MEASURING, RECENT_FROM)
from cxsim.journal.tallies import FRACTION
from cxsim.journal.ticks import DAY
from cxsim.settings.audience_rows import make_audience
from cxsim.settings.acquisition_rows import make_media_cost, make_routes, route_names
from cxsim.settings.quantiles import make_quantiles
from cxsim.settings.reference import Reference, make_cuts, n_bins
from cxsim.settings.channel_rows import make_channels, make_journeys, make_weights
from cxsim.settings.demand import make_outside
from cxsim.settings.leaving_rows import make_leaving
from cxsim.settings.names import channel_names, segment_names, touchpoint_names
from cxsim.settings.practice_rows import make_practice
from cxsim.settings.programme_rows import make_programme, make_tiers
from cxsim.settings.prospect_rows import make_prospects
from cxsim.settings.rows import KINDS, make_rows
from cxsim.settings.schedule import (
    day_rows, make_hours, make_integration_cost, make_plan, make_programme_cost, make_staff, make_touch_fixed,
    make_training_cost, month_of_day, month_starts, ramps)
from cxsim.settings.talk_rows import make_talk
from cxsim.settings.touchpoint_rows import make_touchpoints
from cxsim.settings.voice_rows import make_voice
from cxsim.settings.warm_up import after_warm_up, lived
from cxsim.settings.schema import Config, ScenarioSpec

RECENT_DAYS = 90
# Ghosts in the care of a desk, for each of its employees, before records must grow.
GHOSTS_A_PLACE = 3
# Records of the log at first; it doubles when it is full.
NO_LOG, FIRST_LOG = 1024, 65536


@dataclass(frozen=True)
class Blueprint:
    """The fixed arrays of one scenario; :func:`build_world` adds what a replication writes.

    `fixed` holds the read-only world arrays by name, `plan` the doors and shifts (tick, channel, is
    open, employees on duty), the rest is what engines need to know beside them. `config` is the world as it is
    lived; it is counted from `first_day` on (:mod:`cxsim.settings.warm_up`).
    """

    config: Config
    segments: tuple[str, ...]
    channels: tuple[str, ...]
    fixed: dict[str, np.ndarray]
    streams: np.ndarray
    plan: np.ndarray
    touchpoints: tuple[str, ...]
    routes: tuple[str, ...]
    start_stream: int
    history_days: float
    log_share: float
    first_day: int = 0


def make_blueprint(
    configs: Sequence[Config], specs: Sequence[ScenarioSpec], reference: Reference, *, effects: bool = True,
) -> Blueprint:
    """Build the fixed arrays of a scenario.

    Parameters
    ----------
    configs : sequence of Config
        One for each set of active scenario parts, by bit mask; the first is the baseline.
    specs : sequence of ScenarioSpec
        The parts, with their start, ramp and end.
    reference : Reference
        The baseline's reference experience.
    effects : bool
        False cuts every link (the neutral twin).
    """
    first_day = configs[0].warmup_days
    configs, specs = [lived(config) for config in configs], after_warm_up(specs, first_day)
    base = configs[0]
    ramp = ramps(specs, base.horizon_days)
    day_row = day_rows(ramp)
    plan = make_plan(configs, day_row)
    names, segments = channel_names(configs), segment_names(base)
    arrivals, streams = make_arrivals(configs, day_row, reference, effects)
    channels = make_channels(configs)
    streams = np.concatenate([streams, ghost_streams(configs, channels)])
    days = np.arange(base.horizon_days + 1)
    fixed = {
        "rows": make_rows(configs, effects=effects),
        "channels": channels,
        "day_row": day_row,
        "hours": make_hours(configs),
        "journeys": make_journeys(configs),
        "weights": make_weights(configs),
        "touchpoints": make_touchpoints(configs, effects=effects),
        "practice": make_practice(configs),
        "programme": make_programme(configs, effects=effects),
        "tiers": make_tiers(configs, effects=effects),
        "talk": make_talk(configs, effects=effects),
        "leaving": make_leaving(configs, effects=effects),
        "voice": make_voice(configs),
        "prospects": make_prospects(configs, effects=effects),
        **make_outside(configs, effects=effects),
        **_running_costs(configs, day_row),
        "places": _places(plan, base.horizon_days, len(names)),
        "routes": make_routes(configs, effects=effects),
        "arrivals": arrivals,
        **make_crowd(base, reference, arrivals, len(names)),
        **_experience(reference, len(names), effects),
        "cuts": make_cuts(base.survey, len(segments)),
        "quantiles": make_quantiles(base),
        "segment_ids": np.array([decision(f"segment/{s}") for s in segments], np.int64),
        "audience": make_audience(specs, segments),
        "part_ids": np.array([decision(f"scenario/{s.name}") for s in specs], np.int64),
        "ramp": ramp,
        "month_of_day": month_of_day(base, first_day),
        "month_starts": month_starts(base, first_day),
        "discount": (1.0 + base.market.discount_rate_per_year) ** (-days / 365.0),
    }
    scale_down(fixed, base.simulated_share)
    # One layout for all: the compiler makes everything anew for an array that lies otherwise in memory.
    fixed = {name: np.require(array, requirements="CW") for name, array in fixed.items()}
    history = float(base.market.history_days) if base.population.start == "base" else 0.0
    shares = {"none": 0.0, "sample": base.output.sample_share, "all": 1.0}
    return Blueprint(base, segments, names, fixed, streams, plan, touchpoint_names(configs),
                     route_names(configs),
                     stream_id("start", 0), history, shares[base.output.events], first_day)


def _running_costs(configs: Sequence[Config], day_row: np.ndarray) -> dict[str, np.ndarray]:
    """What is paid every day, whoever comes."""
    staff_hours, staff_cost = make_staff(configs, day_row)
    return {
        "staff_hours": staff_hours,
        "staff_cost": staff_cost,
        "training_cost": make_training_cost(configs, day_row),
        "integration_cost": make_integration_cost(configs, day_row),
        "touch_fixed": make_touch_fixed(configs, day_row),
        "media_cost": make_media_cost(configs, day_row),
        "programme_cost": make_programme_cost(configs, day_row),
    }


def _experience(reference: Reference, n_channels: int, effects: bool) -> dict[str, np.ndarray]:
    """The reference experience as a world holds it; channels it does not know begin without a wait."""
    waits = np.zeros((n_channels, 24))
    waits[: len(reference.waits)] = reference.waits
    return {
        "kappa": reference.kappa if effects else np.zeros_like(reference.kappa),
        "is_moved": reference.is_moved if effects else np.zeros_like(reference.is_moved),
        "anchor": reference.anchor,
        "waits": waits,
        "replayed": np.zeros((0, 24)),
    }


def _places(plan: np.ndarray, days: int, n_channels: int) -> np.ndarray:
    """Most employees on duty at one time, of shape (days, channels)."""
    places = np.zeros((days, n_channels), np.int64)
    n_now = np.zeros(n_channels, np.int64)
    steps = plan[np.argsort(plan[:, 0], kind="stable")]
    first = np.searchsorted(steps[:, 0] // DAY, np.arange(days + 1))
    for day in range(days):
        places[day] = n_now
        for _, k, is_open, on_duty in steps[first[day] : first[day + 1]]:
            n_now[k] = on_duty if is_open else 0
            places[day, k] = max(places[day, k], n_now[k])
    return places


def with_replayed_waits(blueprint: Blueprint, waits: np.ndarray) -> Blueprint:
    """The same blueprint with waits at desks replayed from a profile, whoever else calls and however many serve.

    Parameters
    ----------
    blueprint : Blueprint
    waits : array, shape (channels, 24)
        Mean wait in minutes by hour of joining.
    """
    return replace(blueprint, fixed={**blueprint.fixed, "replayed": np.require(waits, float, "CW")})


def with_logging(blueprint: Blueprint, share: float) -> Blueprint:
    """The same blueprint with another share of customers in the event log."""
    return replace(blueprint, log_share=share)


def _cursor(blueprint: Blueprint, measuring: bool) -> np.ndarray:
    config = blueprint.config
    cursor = np.zeros(CURSOR_SIZE, np.int64)
    cursor[LOGGING] = blueprint.log_share > 0
    cursor[LOG_SHARE] = round(blueprint.log_share * FRACTION)
    cursor[MEASURING] = measuring
    cursor[HORIZON] = config.horizon_days * DAY
    cursor[FIRST_WEEKDAY] = config.start_date.weekday()
    cursor[KIND] = KINDS[config.market.kind]
    cursor[DEPARTED] = NOBODY
    cursor[FREE_GHOST] = NO_SLOT
    cursor[COUNTED_FROM] = blueprint.first_day * DAY
    cursor[FIRST_MONTH] = blueprint.first_day > 0
    cursor[RECENT_FROM] = max(0, config.horizon_days - RECENT_DAYS) * DAY
    return cursor


def build_world(
    blueprint: Blueprint, replication: int, *, domain: str = "", measuring: bool = False,
) -> tuple[World, dict[str, np.ndarray]]:
    """A fresh world for one replication, and its arrays by name.

    `domain` sets the luck apart ("reference/...", whose luck does not depend on the seed);
    `measuring` adds up exposures.
    """
    config, fixed = blueprint.config, blueprint.fixed
    seed = 0 if domain else config.seed
    same_people = not (config.population.resample or domain)
    arrays = {name: np.zeros(*made) for name, made in world_shapes(_sizes(blueprint, measuring)).items()}
    arrays |= fixed
    arrays |= {
        "streams": blueprint.streams.copy(),
        "crowd": fixed["crowd"].copy(),
        "pulls": np.ones(config.horizon_days),
        "waits": fixed["waits"].copy(),
        "keys": np.array([
            key(seed, replication, domain + "life"), key(seed, replication, domain + "child"),
            key(seed, 0 if same_people else replication, domain + "life")], np.uint64),
        "cursor": _cursor(blueprint, measuring),
    }
    return make_world(arrays), arrays


def _sizes(blueprint: Blueprint, measuring: bool) -> Sizes:
    config, fixed = blueprint.config, blueprint.fixed
    n_members = config.simulated_size or 0
    n_employees = int(fixed["places"].max(axis=0, initial=0).sum())
    return Sizes(
        customers=room_for_customers(config, fixed["arrivals"].sum(), n_employees),
        events=FIRST_LOG if blueprint.log_share > 0 else NO_LOG,
        days=config.horizon_days, months=len(fixed["month_starts"]) - 1, bins=n_bins(config),
        segments=len(blueprint.segments), channels=len(blueprint.channels),
        touchpoints=len(blueprint.touchpoints), routes=len(blueprint.routes),
        employees=int(fixed["places"].max(initial=0)), members=n_members,
        diffused=n_members if (blueprint.streams["route"] == BY_ITSELF).any() else 0,
        crowds=len(fixed["crowd"]), measured_days=config.horizon_days if measuring else 0)


def room_for_customers(config: Config, n_newcomers: float, n_employees: int) -> int:
    """Records to make room for before anything grows: starters, newcomers and some more, ghosts at desks.

    Parameters
    ----------
    n_newcomers : float
        Who are expected to enter during the run.
    n_employees : int
        Most employees at one time, over all channels.
    """
    ghosts = GHOSTS_A_PLACE * n_employees if config.simulated_share < 1.0 else 0
    return config.n_simulated + int(1.3 * n_newcomers) + 256 + ghosts
