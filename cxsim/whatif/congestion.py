"""What a scenario does to each customer himself, and what it does to him through the others: queues.

*Direct*: baseline and scenario are lived again with waits at desks replayed from the baseline's profile, so that
nobody lengthens anybody's queue; their difference is what remains. *Congestion* is the rest of the difference: the
waits that more, fewer, longer contacts or other staff bring about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.engines.blueprint import Blueprint, with_replayed_waits
from cxsim.engines.many import run_many
from cxsim.engines.replication import run_replication
from cxsim.errors import CxsimError
from cxsim.journal.ticks import MINUTE
from cxsim.measure.comparison import mean_interval
from cxsim.measure.kpis import kpis
from cxsim.measure.table import Table
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.whatif.cell import Lives, Progress, make_lives
from cxsim.whatif.depth import Depth
from cxsim.whatif.further_sides import totals

if TYPE_CHECKING:
    from cxsim.whatif.compare import Comparison

METRICS = ("profit", "customer_equity", "retention_rate", "purchases", "wait_minutes", "abandon_rate")
BASELINE = "baseline"


def congestion(comparison: Comparison, progress: Progress) -> dict[str, Table]:
    """The step of a comparison: table `congestion`, where ``depth.congestion`` asks for it."""
    if not comparison.depth.congestion:
        return {}
    named = [(BASELINE, comparison.baseline), *zip(comparison.names, comparison.scenarios, strict=True)]
    lives = [make_lives(name, comparison.config, parts, comparison.reference) for name, parts in named]
    waits = _profile(comparison, lives[0], progress)
    replayed = [with_replayed_waits(one.blueprint, _for_channels(waits, lives[0].blueprint, one.blueprint))
                for one in lives]
    direct = _live(comparison, lives, replayed, progress)
    rows = [_rows(comparison, one.name, values - direct[0])
            for one, values in zip(lives[1:], direct[1:], strict=True)]
    return {"congestion": Table.concat(rows)}


def check_congestion(depth: Depth, config: Config, sides: Mapping[str, tuple[ScenarioSpec, ...]]) -> None:
    """Refuse, before anything is lived, to split a difference where there are no queues, or ghosts stand in them.

    Raises
    ------
    CxsimError
        The message says what to do.
    """
    if not depth.congestion:
        return
    if config.simulated_share < 1.0:
        raise CxsimError(f"depth.congestion=true: needs everybody simulated, but population.fraction="
                         f"{config.population.fraction:g}; set it to 1 with fewer customers, or leave "
                         "depth.congestion out")
    if not any(channel.kind == "staffed" for channel in config.channels.values()):
        raise CxsimError("depth.congestion=true: no channel of this market is staffed, so nobody waits for "
                         "others; leave depth.congestion out")


def _profile(comparison: Comparison, baseline: Lives, progress: Progress) -> np.ndarray:
    """The baseline's mean waits in minutes by channel and hour of joining, over its replications."""
    work = partial(_waits, baseline.blueprint, comparison.engine)
    sums = np.zeros((len(baseline.blueprint.channels), 24, 2))
    jobs = list(range(comparison.replications))
    for done, (_, found) in enumerate(_many(work, jobs, comparison), start=1):
        sums += found
        progress("waits of the baseline", done, len(jobs))
    return np.divide(sums[..., 1], sums[..., 0] * MINUTE, out=np.zeros(sums.shape[:2]), where=sums[..., 0] > 0)


def _waits(blueprint: Blueprint, engine: str, replication: int) -> np.ndarray:
    """Contacts and ticks waited by channel and hour."""
    sums = run_replication(blueprint, replication, engine).wait_sums
    return sums[..., :2] + sums[..., 2:]


def _for_channels(waits: np.ndarray, own: Blueprint, other: Blueprint) -> np.ndarray:
    """A profile in the order of another side's channels; those the baseline has not are without a wait."""
    made = np.zeros((len(other.channels), 24))
    for place, name in enumerate(other.channels):
        if name in own.channels:
            made[place] = waits[own.channels.index(name)]
    return made


def _live(
    comparison: Comparison, lives: Sequence[Lives], replayed: Sequence[Blueprint], progress: Progress,
) -> list[np.ndarray]:
    """Totals of every side with replayed waits, shape (metrics, replications) each."""
    sides = [(one.name, one.config, blueprint) for one, blueprint in zip(lives, replayed, strict=True)]
    work = partial(_measured, sides, comparison.engine)
    jobs = [(side, r) for r in range(comparison.replications) for side in range(len(lives))]
    made: dict[tuple[int, int], Table] = {}
    for place, rows in _many(work, jobs, comparison):
        made[jobs[place]] = rows
        progress(f"{lives[jobs[place][0]].name} with the baseline's waits", len(made), len(jobs))
    return [totals(Table.concat([made[side, r] for r in range(comparison.replications)]), one.name, METRICS)
            for side, one in enumerate(lives)]


def _measured(sides: Sequence[tuple[str, Config, Blueprint]], engine: str, job: tuple[int, int]) -> Table:
    name, config, blueprint = sides[job[0]]
    return kpis(run_replication(blueprint, job[1], engine), config, name)


def _many(work: Any, jobs: Sequence[Any], comparison: Comparison) -> Any:
    return run_many(work, jobs, comparison.config.parallel, in_threads=comparison.engine == "compiled")


def _rows(comparison: Comparison, name: str, direct: np.ndarray) -> Table:
    """One scenario: total, direct and congestion by metric, with paired intervals."""
    total = totals(comparison.kpis, name, METRICS) - totals(comparison.kpis, BASELINE, METRICS)
    level, n = comparison.config.confidence, len(METRICS)
    columns: dict[str, Any] = {"scenario": np.full(n, name, dtype=object),
                               "metric": np.array(METRICS, dtype=object)}
    for figure, values in (("total", total), ("direct", direct), ("congestion", total - direct)):
        mean, low, high, _ = mean_interval(values, level)
        columns |= {figure: mean, f"{figure}_low": low, f"{figure}_high": high}
    return Table({**columns, "confidence": np.full(n, float(level)),
                  "replications": np.isfinite(total - direct).sum(axis=1).astype(np.int64)})
