"""What a sweep will take, said before it starts: cells, runs, how many are kept, time and memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cxsim.engines.estimate import estimate, told_seconds
from cxsim.engines.memory import memory_needed, refuse_what_cannot_fit, told_bytes
from cxsim.engines.reference_store import is_reference_kept, reference_for
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.whatif.store import Store
from cxsim.whatif.sweep import worlds_of
from cxsim.whatif.sweep_table import SweepCell
from cxsim.whatif.trials import Trial, digest_of_world, n_kept

# Worlds that are tried with a pilot each; the others are taken to be like the nearest of them in size.
MOST_PILOTS = 4


@dataclass(frozen=True)
class SweepCost:
    """What a sweep will take.

    Attributes
    ----------
    kept : tuple of int
        Replications of each cell that the store holds.
    n_runs, n_left : int
        Replications of all cells and baselines, and those not kept.
    n_references : int
        Worlds whose reference experience has to be found first.
    seconds : float
        Wall time of what is left.
    memory : int
        Bytes at the height.
    """

    n_cells: int
    n_worlds: int
    kept: tuple[int, ...]
    n_runs: int
    n_left: int
    n_references: int
    seconds: float
    memory: int

    def __str__(self) -> str:
        worlds = f" in {self.n_worlds} worlds" if self.n_worlds > 1 else ""
        n_kept = self.n_runs - self.n_left
        kept = f" ({n_kept} kept, {self.n_left} to be lived)" if n_kept else ""
        found = f", {self.n_references} reference experiences to be found" if self.n_references > 1 else (
            ", its reference experience to be found" if self.n_references else "")
        if self.n_left == 0:
            return f"{self.n_cells} cells{worlds}, {self.n_runs} runs{kept}: nothing is left to live"
        return (f"{self.n_cells} cells{worlds}, {self.n_runs} runs{kept}{found}; expected: about "
                f"{told_seconds(self.seconds)}, {told_bytes(self.memory)} of memory")


def sweep_cost(
    cells: Sequence[SweepCell], baseline: Sequence[ScenarioSpec] = (), store: Store | None = None, *,
    months: bool = False,
) -> SweepCost:
    """Estimate a sweep from what is kept and a few short pilots.

    Parameters
    ----------
    cells, baseline, store, months
        As :func:`cxsim.whatif.sweep.sweep`.

    Raises
    ------
    CxsimError
        When a run of the first world does not fit into memory; later worlds say so in their rows.

    Examples
    --------
    >>> from cxsim.config.grid import cells
    >>> from cxsim.config.loading import load_request
    >>> grid = cells(load_request("sweep", ["referral.bonus=0,10", "n_customers=100", "horizon_days=30"]))
    >>> sweep_cost(grid).n_runs
    60
    """
    refuse_what_cannot_fit(cells[0].config, 2)
    worlds = worlds_of(cells)
    kept = [0] * len(cells)
    kept_below = [0] * len(worlds)
    is_found = [is_reference_kept(cells[places[0]].config) for places in worlds]
    for number, places in enumerate(worlds):
        config = cells[places[0]].config
        if store is None or not is_found[number]:
            continue
        world = digest_of_world(config, reference_for(config))
        wanted = range(config.most_replications)
        kept_below[number] = n_kept(Trial(config, tuple(baseline), wanted), world, store, months=months)
        for place in places:
            spec = cells[place].scenario
            kept[place] = n_kept(Trial(config, (spec,) if spec else (), wanted), world, store, months=months)
    seconds, runs, left = 0.0, 0, 0
    piloted = _pilots([cells[places[0]].config for places in worlds])
    for number, places in enumerate(worlds):
        n = cells[places[0]].config.most_replications
        own = n * (1 + len(places))
        here = own - kept_below[number] - sum(kept[place] for place in places)
        a_run, finding = piloted[number]
        seconds += here * a_run + (0.0 if is_found[number] else finding)
        runs, left = runs + own, left + here
    return SweepCost(len(cells), len(worlds), tuple(kept), runs, left, is_found.count(False), seconds,
                     max(memory_needed(cells[places[0]].config, 2).total for places in worlds))


def _pilots(configs: Sequence[Config]) -> list[tuple[float, float]]:
    """Seconds of a run and of finding a reference, for every world; the nearest pilot in size stands for each."""
    def size(config: Config) -> float:
        return (1.0 + config.n_simulated) * config.horizon_days

    distinct: dict[tuple[float, str, str], Config] = {}
    for config in configs:
        distinct.setdefault((size(config), config.market.name, config.engine), config)
    chosen = sorted(distinct.values(), key=size)
    step = max(1, -(-len(chosen) // MOST_PILOTS))
    found = []
    for config in chosen[::step]:
        made = estimate(config)
        a_run = (made.seconds - made.reference_seconds) / made.runs
        found.append((size(config), a_run, made.reference_seconds))
    result = []
    for config in configs:
        near = min(found, key=lambda one: abs(one[0] - size(config)))
        times = size(config) / near[0]
        result.append((near[1] * times, near[2]))
    return result
