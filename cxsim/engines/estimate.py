"""What a run will take, said before it starts: events, time, memory, and what its event log writes.

Memory follows from the configuration and the layout of records (:mod:`cxsim.engines.memory`). Events and time
come from a pilot: a small population lives the horizon once, on this machine, and is scaled up. A large
population runs slower an event than a small one, whose records stay in the processor's cache.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from cxsim.engines.blueprint import Blueprint, make_blueprint, with_logging
from cxsim.engines.event_batches import MOST_IN_MEMORY
from cxsim.engines.log_room import refuse_log_beyond_memory
from cxsim.engines.many import n_workers
from cxsim.engines.memory import (
    available_memory, expected_newcomers, memory_needed, refuse_what_cannot_fit, told_bytes, told_count)
from cxsim.engines.outcome import Outcome
from cxsim.engines.pilots import pilot_world
from cxsim.engines.replication import run_replication
from cxsim.engines.reference_store import is_reference_kept
from cxsim.engines.states_room import refuse_states_beyond_memory
from cxsim.journal.events import EVENT
from cxsim.journal.tallies import N_CONTACTS
from cxsim.settings.reference import blank_reference
from cxsim.settings.schema import Config
from cxsim.settings.warm_up import lived

PILOT_CUSTOMERS = {"compiled": 6000, "simpy": 300}
PILOT_CONTACTS = 20_000
PILOT_DOMAIN = "estimate/"
# A record of the log as Parquet (zstd): 13 to 16 measured at 20,000 customers, more where they are many.
BYTES_A_RECORD = 20
# By how much an event takes longer where records no longer fit into the cache, measured.
OUT_OF_CACHE = 1.2
CACHED_CUSTOMERS = 20_000
# Events of a ghost: it comes, is served, is gone.
EVENTS_A_GHOST = 3
# How often the reference's pilots run: with effects, without, and the check.
PASSES = 9
LONG_SECONDS = 20.0
# Below so many simulated customer-days no run of the compiled engine is long; a call counts as thirty.
SHORT_WORK = 4e8
DAYS_A_CALL = 30
# By how much less work is worth a look under SimPy, and where events are logged.
SLOWER, LARGER = 30.0, 50.0


@dataclass(frozen=True)
class Estimate:
    """What a run will take.

    Attributes
    ----------
    customers : int
        Customers of day 0, of the whole population.
    simulated : int
        Records in one replication: those simulated, and who enters.
    runs : int
        Replications of the baseline and every scenario.
    events : float
        Behavioural events of all of them; ghosts are none.
    seconds : float
        Wall time, the search for the reference included where it is not kept.
    memory, available_memory : float
        Bytes at the height of the run, and there.
    logged : float
        Records the event log will hold.
    log_bytes : float
        Size of the log's file.
    log_share : float
        Share of customers who are logged.
    held_bytes, aside_bytes : float
        What of the log is held in memory until it is written, and what is laid aside on disk meanwhile.
    source : str
        Where events and seconds come from.
    reference_seconds : float
        What of `seconds` is the search for the reference; 0 where it is kept.
    """

    customers: int
    simulated: int
    runs: int
    events: float
    seconds: float
    memory: float
    available_memory: float
    logged: float
    log_bytes: float
    log_share: float
    held_bytes: float
    aside_bytes: float
    source: str
    reference_seconds: float = 0.0

    def __str__(self) -> str:
        log = f"; an event log of {told_count(self.logged)} records ({told_bytes(self.log_bytes)})" if (
            self.logged > 0) else ""
        return (f"expected: {told_count(self.events)} events in {self.runs} runs; about "
                f"{told_seconds(self.seconds)}; {told_bytes(self.memory)} of memory "
                f"({told_bytes(self.available_memory)} there){log}; {self.source}")


def told_seconds(seconds: float) -> str:
    """A duration as people say it.

    Examples
    --------
    >>> told_seconds(0.2), told_seconds(42), told_seconds(600), told_seconds(3e4), told_seconds(1e6)
    ('a second', '42 seconds', '10 minutes', '8 hours', '12 days')
    """
    for word, length in (("days", 86400.0), ("hours", 3600.0), ("minutes", 60.0)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {word}"
    return "a second" if seconds < 1.5 else f"{seconds:.0f} seconds"


def small_world(config: Config, n: int) -> tuple[Config, float]:
    """A small whole world like this one, and how many of its customers (or days) this one simulates for each.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> small, times = small_world(load(["n_customers=1e6"]), 2000)
    >>> small.n_customers, times
    (2000, 500.0)
    """
    whole = config.population.model_copy(update={"fraction": 1.0})
    output = config.output.model_copy(update={"events": "none"})
    changes = {"population": whole, "output": output}
    if config.n_customers <= n:
        newcomers = expected_newcomers(config.model_copy(update={"population": whole}))
        days = config.horizon_days
        if newcomers > PILOT_CONTACTS:
            days = max(1, math.ceil(days * PILOT_CONTACTS / newcomers))
        # Who are few on day 0 may become many: then a part of the horizon must do.
        return (config.model_copy(update=changes | {"horizon_days": days}),
                config.horizon_days / days * config.simulated_share)
    times = config.n_customers / n
    size, entrants = config.market.size, config.market.entrants_per_day
    market = config.market.model_copy(update={
        "size": None if size is None else max(n, round(size / times)),
        "entrants_per_day": None if entrants is None else entrants / times})
    small = config.model_copy(update=changes | {"n_customers": n, "market": market})
    return small, config.n_simulated / n


def estimate(
    config: Config, *, n_scenarios: int = 0, clock: Callable[[], float] = time.perf_counter,
) -> Estimate:
    """What a run or comparison will take; a pilot of a second or less is run for it.

    Parameters
    ----------
    config : Config
        The baseline's world, from :func:`cxsim.load`.
    n_scenarios : int
        Scenarios that are compared with it (0 for a run).
    clock : callable
        Seconds, for tests.

    Examples
    --------
    >>> import cxsim
    >>> found = cxsim.estimate(cxsim.load(["n_customers=1e5", "horizon_days=90"]), n_scenarios=1)
    >>> found.runs, found.customers, found.events > 1e6
    (40, 100000, True)
    """
    engine = "simpy" if config.engine == "simpy" else "compiled"
    small, times = small_world(config, PILOT_CUSTOMERS[engine])
    blueprint = with_logging(make_blueprint([small], [], blank_reference(small)), 0.0)
    outcome, seconds = _timed(blueprint, engine, clock)
    runs = config.most_replications * (1 + n_scenarios)
    memory = memory_needed(config, 1 + n_scenarios)
    events = outcome.n_events * times
    ghosts = _ghost_events(outcome, config.simulated_share) * times
    slower = OUT_OF_CACHE if memory.customers > CACHED_CUSTOMERS else 1.0
    an_event = seconds / max(1, outcome.n_events) * slower
    wall = runs * (events + ghosts) * an_event / memory.at_a_time
    finding = 0.0 if is_reference_kept(config) else _reference_seconds(config, outcome, seconds, small)
    share = {"none": 0.0, "sample": config.output.sample_share, "all": 1.0}[config.output.events]
    logged = runs * events * share
    held = runs * min(events * share, MOST_IN_MEMORY) * EVENT.itemsize
    size = f"{told_count(small.n_customers)} customers" if small.n_customers else f"{small.horizon_days} days"
    source = f"from a pilot of {size} on this machine"
    return Estimate(
        config.n_customers, memory.customers, runs, runs * events, wall + finding,
        memory.total + held, available_memory(), logged, logged * BYTES_A_RECORD, share, held,
        logged * EVENT.itemsize - held, source, finding)


def _timed(blueprint: Blueprint, engine: str, clock: Callable[[], float]) -> tuple[Outcome, float]:
    """A pilot and its seconds, the least of three times: the first one also loads the code."""
    seconds = math.inf
    for _ in range(3):
        start = clock()
        outcome = run_replication(blueprint, 0, engine, domain=PILOT_DOMAIN)
        seconds = min(seconds, clock() - start)
    return outcome, seconds


def _ghost_events(outcome: Outcome, share: float) -> float:
    """Events of the ghosts that would stand beside a whole pilot's customers, were they such a share."""
    contacts = float(outcome.tally[:-1, :-1, N_CONTACTS].sum())
    return contacts * (1.0 / share - 1.0) * EVENTS_A_GHOST


def _reference_seconds(config: Config, outcome: Outcome, seconds: float, small: Config) -> float:
    """What finding the reference takes: pilots of the compiled engine, again and again."""
    if config.n_customers == 0 or config.engine == "simpy":
        return 0.0
    pilots = pilot_world(config)
    wanted = max(config.reference.customers, pilots.n_simulated)
    n_pilots = -(-wanted // pilots.n_simulated)
    slower = 1.0 + _ghost_events(outcome, pilots.simulated_share) / max(1, outcome.n_events)
    return PASSES * wanted / max(1, small.n_customers) * seconds * slower / min(
        n_workers(config.parallel), n_pilots)


def is_worth_estimating(config: Config, n_scenarios: int = 0) -> bool:
    """Whether a run may be long, or write much; a pilot for a short one would be time lost.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> [is_worth_estimating(load([f"n_customers={n}", "horizon_days=90"])) for n in (300, 1_000_000)]
    [False, True]
    """
    days = DAYS_A_CALL if config.market.kind == "contact_centre" else config.horizon_days
    people = config.n_simulated + expected_newcomers(config)
    work = people * days * config.most_replications * (1 + n_scenarios) / config.simulated_share
    if config.engine == "simpy":
        work *= SLOWER
    if config.output.events != "none":
        work *= LARGER
    return work > SHORT_WORK


def look_ahead(config: Config, n_scenarios: int, progress: Callable[[str], None]) -> None:
    """Refuse what cannot fit into memory, and say before a long run what it will take.

    Raises
    ------
    CxsimError
        As :func:`cxsim.engines.memory.refuse_what_cannot_fit`, and where the event log or the states do not fit.
    """
    config = lived(config)
    refuse_what_cannot_fit(config, 1 + n_scenarios)
    refuse_states_beyond_memory(config, 1 + n_scenarios)
    if is_worth_estimating(config, n_scenarios):
        found = estimate(config, n_scenarios=n_scenarios)
        refuse_log_beyond_memory(found)
        if found.seconds > LONG_SECONDS:
            progress(str(found))
