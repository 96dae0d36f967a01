"""How much memory a run takes, how much there is, and what would fit; known before any array is made."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cxsim.behaviour.state import CUSTOMER_RECORD, STREAM
from cxsim.engines.blueprint import NO_LOG, room_for_customers
from cxsim.engines.many import n_workers
from cxsim.engines.pilots import pilot_world
from cxsim.engines.replication import MOST_CUSTOMERS
from cxsim.engines.shapes import Sizes, n_bytes, world_shapes
from cxsim.errors import CxsimError
from cxsim.settings.acquisition_rows import route_names
from cxsim.settings.names import channel_names, segment_names, touchpoint_names
from cxsim.settings.reference import n_bins
from cxsim.settings.schedule import month_starts
from cxsim.settings.schema import Config

GIB = 2.0**30
# The interpreter, its libraries and the compiled code, measured.
PROGRAM = 260 * 2**20
# What measuring copies of customers' records, as a share of them.
COPIED = 0.1
# A smaller fraction is hardly meant: nearly all the work would be ghosts.
LEAST_FRACTION = 0.001
# A life under SimPy: its generator and its events, measured in bytes.
LIFE = 3000


@dataclass(frozen=True)
class Memory:
    """Memory a run takes at its height, in bytes.

    Attributes
    ----------
    customers : int
        Records of customers in one replication, those who enter included.
    world : int
        Arrays of one replication, copies made by measuring included.
    at_a_time : int
        Replications that run at a time.
    total : int
        All of it, the program included.
    """

    customers: int
    world: int
    at_a_time: int
    total: int


def expected_newcomers(config: Config) -> float:
    """Simulated people (or anonymous contacts) who enter during the run, from the configuration's rates.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> round(expected_newcomers(load(["n_customers=1095", "horizon_days=100"])))
    100
    """
    market, days = config.market, config.horizon_days
    if market.kind == "contact_centre":
        return sum(c.contacts_per_hour for c in config.channels.values()) * 24.0 * days * config.simulated_share
    if market.bass.p > 0 or market.bass.q > 0:
        return float((config.simulated_size or 0) - config.n_simulated)
    entrants = market.entrants_per_day
    if entrants is None:
        entrants = config.n_customers / market.history_days if config.population.start == "base" else 0.0
    paid = sum(route.entrants(route.spend_per_day) for route in config.acquisition.values())
    daily = max(entrants, paid * config.n_customers / 1000.0) / config.prospects.eventual
    return daily * min(market.entrants_until_day or days, days) * config.simulated_share


def _sizes(config: Config, measuring: bool) -> Sizes:
    """The sizes of a world's arrays, as far as the configuration tells them."""
    staffed = [name for name, channel in config.channels.items() if channel.kind == "staffed"]
    employees = [config.n_employees(name) for name in staffed]
    has_diffusion = config.market.bass.p > 0 or config.market.bass.q > 0
    channels = len(channel_names([config]))
    return Sizes(
        customers=room_for_customers(config, expected_newcomers(config), sum(employees)), events=NO_LOG,
        days=config.horizon_days, months=len(month_starts(config)) - 1, bins=n_bins(config),
        segments=len(segment_names(config)), channels=channels, touchpoints=len(touchpoint_names([config])),
        routes=len(route_names([config])), employees=max(employees, default=0),
        members=config.simulated_size or 0, diffused=(config.simulated_size or 0) if has_diffusion else 0,
        crowds=channels if config.simulated_share < 1.0 else 0,
        measured_days=config.horizon_days if measuring else 0)


def _world_bytes(config: Config, measuring: bool) -> tuple[int, int]:
    """Records of customers in one replication, and the bytes of all that one replication holds."""
    sizes = _sizes(config, measuring)
    layers = expected_newcomers(config) / config.horizon_days / config.market.layer_rate_per_day
    held = n_bytes(world_shapes(sizes)) + int(layers + 1) * STREAM.itemsize
    held += int(COPIED * sizes.customers * CUSTOMER_RECORD.itemsize)
    if config.engine == "simpy" and not measuring:
        held += sizes.customers * LIFE
    return sizes.customers, held


def memory_needed(config: Config, sides: int = 1) -> Memory:
    """Memory of a run: the larger of its replications at a time and the reference's pilots at a time.

    Parameters
    ----------
    config : Config
        The baseline's world.
    sides : int
        Baseline and scenarios that are lived.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> small, large = (memory_needed(load([f"n_customers={n}"])) for n in (5000, 5_000_000))
    >>> small.total < large.total / 10
    True
    """
    customers, world = _world_bytes(config, measuring=False)
    parallel = config.parallel
    # A worker of a cluster is taken to be a machine like this one, with one replication at a time.
    workers = 1 if parallel.scheduler else n_workers(parallel)
    in_line = config.engine == "simpy" and parallel.mode == "threads"
    at_a_time = 1 if in_line else min(workers, config.most_replications * sides)
    total = at_a_time * world
    if config.n_customers > 0:
        pilots = pilot_world(config)
        n_pilots = -(-config.reference.customers // pilots.n_simulated)
        total = max(total, min(workers, n_pilots) * _world_bytes(pilots, measuring=True)[1])
    programs = 1 if parallel.mode == "threads" else 1 + at_a_time
    return Memory(customers, world, at_a_time, programs * PROGRAM + total)


def _limits(root: Path) -> Iterator[int]:
    """Limits that groups of processes set to this one, of either version."""
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        top, name = ("sys/fs/cgroup", "memory.max") if not controllers else (
            "sys/fs/cgroup/memory", "memory.limit_in_bytes")
        if controllers and "memory" not in controllers.split(","):
            continue
        folder = Path(path.lstrip("/"))
        for place in (folder, *folder.parents):
            try:
                text = (root / top / place / name).read_text().strip()
            except OSError:
                continue
            if text.isdigit():
                yield int(text)


def available_memory(root: Path = Path("/")) -> float:
    """Memory this process may use, in bytes: the machine's, or less where a group of processes is limited.

    Infinite where nothing can be found out.

    Examples
    --------
    >>> available_memory() > 0
    True
    """
    found = [float(limit) for limit in _limits(root)]
    try:
        found.append(float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")))
    except (AttributeError, ValueError, OSError):
        pass
    return min(found, default=math.inf)


def told_bytes(n: float) -> str:
    """Bytes as people say them.

    Examples
    --------
    >>> told_bytes(3.2 * 2**30), told_bytes(1e15), told_bytes(12e6)
    ('3.2 GiB', '909 TiB', '11 MiB')
    """
    for unit, size in (("PiB", 2.0**50), ("TiB", 2.0**40), ("GiB", 2.0**30), ("MiB", 2.0**20)):
        if n >= size or unit == "MiB":
            value = n / size
            return f"{value:.1f} {unit}" if value < 10 and unit != "MiB" else f"{value:,.0f} {unit}"
    raise AssertionError


def told_count(n: float) -> str:
    """A number as people say it.

    Examples
    --------
    >>> told_count(1234), told_count(2.5e6), told_count(3e9)
    ('1.2 thousand', '2.5 million', '3 billion')
    """
    for word, size in (("trillion", 1e12), ("billion", 1e9), ("million", 1e6), ("thousand", 1e3)):
        if n >= size:
            return f"{n / size:.2g} {word}" if n < 100 * size else f"{n / size:.0f} {word}"
    return f"{n:.0f}"


def _with(config: Config, **changes: float) -> Config:
    """The world with another population, fraction or number of workers; ranges are known to hold."""
    if "workers" in changes:
        return config.model_copy(update={"parallel": config.parallel.model_copy(update=changes)})
    if "fraction" in changes:
        return config.model_copy(update={"population": config.population.model_copy(update=changes)})
    return config.model_copy(update=changes)


def _largest(fits: Callable[[int], bool], most: int) -> int:
    """The largest whole number that fits, to two digits; 0 where none does."""
    low, high = 0, most
    while high - low > max(1, low // 1000):
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    scale = 10 ** max(0, len(str(low)) - 2)
    return low // scale * scale


def what_fits(config: Config, sides: int, available: float) -> list[str]:
    """What would fit into memory instead, each as the key to set; empty where nothing does.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> what_fits(load(["n_customers=1e8", "parallel.workers=2"]), 1, 20e9)[0][:12]
    'n_customers='
    """
    def fits(changed: Config) -> bool:
        return _is_held(memory_needed(changed, sides), available)

    found = []
    largest = _largest(lambda n: fits(_with(config, n_customers=n)), config.n_customers)
    if largest > 0:
        found.append(f"n_customers={largest}")
    fewer = _largest(lambda n: fits(_with(config, workers=max(1, n))), memory_needed(config, sides).at_a_time)
    if fewer > 0:
        found.append(f"parallel.workers={fewer}")
    steps = 10**6
    whole = round(config.population.fraction * steps)
    part = _largest(lambda n: fits(_with(config, fraction=max(1, n) / steps)), whole)
    if part >= LEAST_FRACTION * steps:
        found.append(f"population.fraction={part / steps:g} (that share is simulated, desks stay whole)")
    return found


def _is_held(needed: Memory, available: float) -> bool:
    return needed.total <= available and needed.customers <= MOST_CUSTOMERS


def refuse_what_cannot_fit(config: Config, sides: int = 1, available: float | None = None) -> None:
    """Refuse a run that memory cannot hold, with what it would take, what there is, and what would fit.

    Parameters
    ----------
    config : Config
        The baseline's world.
    sides : int
        Baseline and scenarios that are lived.
    available : float, optional
        Bytes there are; default: :func:`available_memory`.

    Raises
    ------
    CxsimError
        When the run does not fit.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> refuse_what_cannot_fit(load(["n_customers=1e12"]), available=16 * GIB)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    cxsim.errors.CxsimError: n_customers=1000000000000: needs about ... of memory (...), and there are 16 GiB; ...
    """
    there = available_memory() if available is None else available
    needed = memory_needed(config, sides)
    if _is_held(needed, there):
        return
    cures = what_fits(config, sides, there)
    cure = f"what fits: {', or '.join(cures)}" if cures else "nothing like it fits; lower horizon_days"
    most = f" (and room for {MOST_CUSTOMERS:,} records at most)" if needed.total <= there else ""
    what = f"n_customers={config.n_customers}" if config.n_customers else "channels.*.contacts_per_hour"
    raise CxsimError(
        f"{what}: needs about {told_bytes(needed.total)} of memory "
        f"({needed.customers:,} records of {CUSTOMER_RECORD.itemsize:,} bytes, {needed.at_a_time} "
        f"replication{'s' if needed.at_a_time != 1 else ''} at a time), and there are {told_bytes(there)}{most}; "
        f"{cure}")
