"""One replication from blueprint to outcome, under either engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cxsim.behaviour.arrivals import populate, settle
from cxsim.behaviour.employees import staff_teams
from cxsim.behaviour.world import World
from cxsim.engines import compiled_engine as machine
from cxsim.engines.blueprint import Blueprint, build_world
from cxsim.engines.counted import counted
from cxsim.engines.event_batches import PAGE, EventBatches
from cxsim.engines.fraction import without_ghosts
from cxsim.engines.lines import DESK
from cxsim.engines.outcome import Outcome
from cxsim.engines.pending import N_NUMBERS, PENDING, STOP, WAITING
from cxsim.engines.reproduction import births_and_lives, refuse_explosion, reproduction_number
from cxsim.engines.snapshots import STATE, stops, take_states
from cxsim.errors import CxsimError
from cxsim.journal.events import LOGGING, N_CUSTOMERS, N_EVENTS
from cxsim.journal.ticks import DAY
from cxsim.settings.schema import Config

Process = Callable[..., Any]
REFERENCE_DOMAIN = "reference"
MOST_CUSTOMERS = 60_000_000
SOME_PENDING = 1024
# A pilot that outgrows the customers it was made for by so much will not end.
MOST_GROWTH = 30
WORDS_A_RENEWAL = 12


class Room:
    """The arrays of a running world, and how they grow when behaviour is about to fill them."""

    def __init__(self, world: World, arrays: dict[str, np.ndarray], config: Config) -> None:
        self.world, self.arrays, self.config = world, arrays, config
        self.log = EventBatches()
        renewal_days, days = config.market.renewal_days, config.horizon_days
        self.most_in_pilot = MOST_CUSTOMERS
        self.events_at_once = 400 + WORDS_A_RENEWAL * days // renewal_days + days // 4

    def lacks_customers(self) -> bool:
        """Whether one more event could bring more newcomers than there are places."""
        n = self.arrays["cursor"][N_CUSTOMERS]
        return bool(n + machine.ROOM_FOR_CUSTOMERS > len(self.arrays["customers"]))

    def lacks_events(self, n: int | None = None) -> bool:
        """Whether `n` more records (default: those of one event) might not fit into the log."""
        cursor = self.arrays["cursor"]
        needed = self.events_at_once if n is None else n
        return bool(cursor[LOGGING] and cursor[N_EVENTS] + needed > len(self.arrays["events"]))

    def n_safe_events(self) -> int:
        """How many events are sure to find room, each with the most it could bring."""
        cursor = self.arrays["cursor"]
        n = (len(self.arrays["customers"]) - int(cursor[N_CUSTOMERS])) // machine.ROOM_FOR_CUSTOMERS
        if cursor[LOGGING]:
            n = min(n, (len(self.arrays["events"]) - int(cursor[N_EVENTS])) // self.events_at_once)
        return max(1, n)

    def grow_customers(self) -> None:
        """Make room for half as many customers again."""
        old = self.arrays["customers"]
        if len(old) > self.most_in_pilot:
            self._refuse_growth()
        if len(old) > MOST_CUSTOMERS:
            raise CxsimError(
                f"the population passed {MOST_CUSTOMERS:,} customers: recommendation brings more than one "
                "new customer for each; lower referral.invitations_per_journey or referral.p_convert")
        new = np.zeros(len(old) + len(old) // 2 + machine.ROOM_FOR_CUSTOMERS, old.dtype)
        new[: len(old)] = old
        self.arrays["customers"] = new
        self.world.put("customers", new)

    def _refuse_growth(self) -> None:
        """Stop a pilot whose customers bring more and more, with the number seen so far."""
        people = self.arrays["customers"][: self.arrays["cursor"][N_CUSTOMERS]]
        until = int(people["judged_at"][people["n_judged"] > 0].max(initial=0))
        births = births_and_lives(people, until, self.arrays["tally"].shape[0] - 1)
        refuse_explosion(self.config, max(1.0, reproduction_number(*births)))

    def grow_events(self, n: int = 0) -> None:
        """Make room in the log: lay a full page aside, or make it at least twice as long, and longer by `n`."""
        old = self.arrays["events"]
        if self.arrays["cursor"][N_EVENTS] >= PAGE:
            self.lay_events_aside()
            if not self.lacks_events(n or None):
                return
        kept = self.arrays["cursor"][N_EVENTS]
        new = np.zeros(2 * len(old) + n + self.events_at_once, old.dtype)
        new[:kept] = old[:kept]
        self.arrays["events"] = new
        self.world.put("events", new)

    def lay_events_aside(self) -> None:
        """Take what is logged so far out of the world."""
        cursor = self.arrays["cursor"]
        self.log.add(self.arrays["events"][: cursor[N_EVENTS]])
        cursor[N_EVENTS] = 0


def open_world(
    blueprint: Blueprint, replication: int, domain: str, measuring: bool,
) -> tuple[World, dict[str, np.ndarray], Room]:
    """A populated world at the first instant of day 0."""
    config = blueprint.config
    world, arrays = build_world(blueprint, replication, domain=domain, measuring=measuring)
    room = Room(world, arrays, config)
    if domain.startswith(REFERENCE_DOMAIN) and config.market.size is None:
        room.most_in_pilot = MOST_GROWTH * (len(arrays["customers"]) + machine.ROOM_FOR_CUSTOMERS)
    staff_teams(world)
    populate(world, blueprint.start_stream, config.n_simulated, blueprint.history_days)
    arrays["pool_order"][:] = np.argsort(arrays["pool_budgets"], axis=1, kind="stable")
    return world, arrays, room


def _owed_words(room: Room, blueprint: Blueprint) -> int:
    """Most words of renewals that fell due inside journeys still under way at the horizon."""
    period, horizon = blueprint.config.market.renewal_days * DAY, blueprint.config.horizon_days * DAY
    due = room.arrays["customers"]["next_renewal"][: room.arrays["cursor"][N_CUSTOMERS]]
    n_periods = np.where((due > 0) & (due < horizon), (horizon - due) // period + 1, 0)
    return WORDS_A_RENEWAL * int(n_periods.sum())


def close_world(
    world: World, room: Room, blueprint: Blueprint, replication: int, states: Sequence[np.ndarray] = (),
) -> Outcome:
    """Settle every account at the horizon and hand over what happened."""
    n = 8 * int(room.arrays["cursor"][N_CUSTOMERS]) + _owed_words(room, blueprint) + room.events_at_once
    if room.lacks_events(n):
        room.grow_events(n)
    settle(world)
    arrays = room.arrays
    cursor = arrays["cursor"]
    customers = arrays["customers"][: cursor[N_CUSTOMERS]]
    if len(arrays["crowd"]) > 0:
        customers = without_ghosts(customers)
    room.lay_events_aside()
    if blueprint.config.output.states != "none":
        states = [*states, take_states(arrays, blueprint, blueprint.config.horizon_days)]
    return counted(Outcome(
        replication=replication, segments=blueprint.segments, channels=blueprint.channels,
        month_starts=arrays["month_starts"], tally=arrays["tally"], ledger=arrays["ledger"],
        points=arrays["points"], active=arrays["active"], routes=blueprint.routes, ages=arrays["ages"],
        route_costs=arrays["route_costs"], customers=customers, log=room.log,
        moments=arrays["moments"], exposures=arrays["exposures"],
        wait_sums=arrays["wait_sums"], contacts=arrays["contacts"], felt=arrays["felt"], pains=arrays["pains"],
        pulls=arrays["pulls"], touch_costs=arrays["touch_costs"], touch_fixed=arrays["touch_fixed"],
        touchpoints=blueprint.touchpoints, recent=arrays["recent"],
        states=np.concatenate([np.zeros(0, STATE), *states]),
        n_events=int(customers["sequence"].sum())), blueprint.first_day)


def run_compiled(
    blueprint: Blueprint, replication: int, *, domain: str = "", measuring: bool = False,
) -> Outcome:
    """One replication under the compiled engine (releases the interpreter lock while it runs)."""
    world, arrays, room = open_world(blueprint, replication, domain, measuring)
    heap = np.zeros(SOME_PENDING, PENDING)
    size = np.zeros(N_NUMBERS, np.int64)
    desks = np.zeros(max(1, len(blueprint.channels)), DESK)
    calendar = np.full(blueprint.config.horizon_days, -1, np.int64)
    machine.begin(world, desks, calendar)
    *before, horizon = stops(blueprint)
    states: list[np.ndarray] = []
    size[STOP] = before[0] if before else horizon
    while True:
        status = machine.advance(world, heap, size, desks, calendar, blueprint.plan, room.events_at_once)
        if status == machine.DONE and len(states) == len(before):
            return close_world(world, room, blueprint, replication, states)
        if status == machine.DONE:
            states.append(take_states(arrays, blueprint, int(size[STOP])))
            size[STOP] = [*before, horizon][len(states)]
        elif status == machine.SHORT_OF_CUSTOMERS:
            room.grow_customers()
        elif status == machine.SHORT_OF_EVENTS:
            room.grow_events()
        else:
            heap = np.concatenate([heap, np.zeros(len(heap) + size[WAITING], PENDING)])


def run_replication(
    blueprint: Blueprint, replication: int, engine: str, *, domain: str = "", measuring: bool = False,
    processes: Sequence[Process] = (),
) -> Outcome:
    """One replication under the named engine ("simpy" or "compiled").

    `processes` are a user's own SimPy processes ``fn(env, world)``; they need the SimPy engine.
    """
    if engine == "compiled":
        if processes:
            raise CxsimError(
                "engine=compiled: your own processes need SimPy; set engine=simpy or engine=auto")
        return run_compiled(blueprint, replication, domain=domain, measuring=measuring)
    from cxsim.engines.simpy_engine import run_simpy

    return run_simpy(blueprint, replication, processes=processes)
