"""The cells of a simulated plan: each lived under common luck and reduced to the sums a planner needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from cxsim.engines.many import run_many
from cxsim.engines.replication import run_replication
from cxsim.errors import CxsimError
from cxsim.measure.kpis import kpis
from cxsim.measure.newcomers import newcomers_table
from cxsim.measure.occasions import occasions_table
from cxsim.measure.table import Table
from cxsim.measure.whole_population import scale_up, to_whole
from cxsim.settings.schema import Config
from cxsim.whatif.cell import Lives, Progress, choose_engine
from cxsim.whatif.precision import Stopping, blocks

TOTALS = (
    "customer_equity", "profit", "customers_start", "customers_acquired", "customers_end", "acquisition_cost",
    "retention_cost", "reward_cost", "service_cost", "contacts", "wait_minutes", "abandon_rate", "retention_rate",
    "cac", "cac_paid", "clv", "clv_to_cac", "payback_days", "expired_value", "points_value", "reward_liability",
    "redeemed_value")
MONTHLY = ("profit", "customers_end", "acquisition_cost", "retention_cost", "reward_cost")
LEAST = 2
Sums = tuple[Table, Table, Table]


@dataclass(frozen=True)
class PlanCells:
    """What every cell came to, replication by replication.

    Attributes
    ----------
    kpis, occasions, newcomers : Table
        Rows of all cells; of the metrics a planner needs, months for some.
    engine : str
        Which lived them.
    replications : int
        How many of each cell.
    is_interrupted : bool
        Whether somebody stopped it before all were lived.
    """

    kpis: Table
    occasions: Table
    newcomers: Table
    engine: str
    replications: int
    is_interrupted: bool = False

    def totals(self) -> dict[tuple[str, str, str], np.ndarray]:
        """Values of the whole run by (cell, measure, segment), in the order of replications."""
        whole = self.kpis.select(period="total")
        columns = [(whole, "metric", whole["segment"]),
                   (self.occasions, "measure", np.full(len(self.occasions), "all", dtype=object))]
        found: dict[tuple[str, str, str], list[tuple[int, float]]] = {}
        for table, name, segments in columns:
            for cell, what, segment, replication, value in zip(
                    table["scenario"], table[name], segments, table["replication"], table["value"], strict=True):
                found.setdefault((cell, what, segment), []).append((int(replication), float(value)))
        return {key: np.array([value for _, value in sorted(rows)]) for key, rows in found.items()}


def live_cells(
    lives: Sequence[Lives], config: Config, progress: Progress, stopping: Stopping | None,
) -> PlanCells:
    """Live every cell; interrupted, keep the replications that all cells have lived.

    Raises
    ------
    KeyboardInterrupt
        When fewer than two replications of every cell were finished.
    """
    engine = choose_engine(config, ())
    work = partial(_lived, lives, engine)
    done: dict[tuple[int, int], Sums] = {}
    stopped = False
    try:
        for block in blocks(config, stopping):
            jobs = [(side, replication) for replication in block for side in range(len(lives))]
            n_all = len(done) + len(jobs)
            for place, sums in run_many(work, jobs, config.parallel, in_threads=engine == "compiled"):
                done[jobs[place]] = sums
                progress(lives[jobs[place][0]].name, len(done), n_all)
            if stopping is not None and stopping.is_enough(_stacked(done, len(lives), block[-1] + 1)[0]):
                break
    except KeyboardInterrupt:
        stopped = True
    n = 0
    while all((side, n) in done for side in range(len(lives))):
        n += 1
    if stopped and n < LEAST:
        raise KeyboardInterrupt
    return PlanCells(*_stacked(done, len(lives), n), engine, n, stopped)


def _lived(lives: Sequence[Lives], engine: str, job: tuple[int, int]) -> Sums:
    side, replication = lives[job[0]], job[1]
    outcome = run_replication(side.blueprint, replication, engine)
    config, share = side.config, side.config.simulated_share
    found = to_whole("kpis", kpis(outcome, config, side.name), share).select(metric=list(TOTALS))
    monthly = np.isin(found["metric"].astype(str), MONTHLY) & (found["segment"] == "all")
    occasions, newcomers = occasions_table(outcome, side.name, config), newcomers_table(outcome, side.name)
    if share != 1.0:
        occasions = Table({**occasions.columns, "value": scale_up(occasions["value"], share)})
        newcomers = Table({**newcomers.columns,
                           "customers_acquired": scale_up(newcomers["customers_acquired"], share)})
    return found.take((found["period"] == "total") | monthly), occasions, newcomers


def _stacked(done: dict[tuple[int, int], Sums], n_sides: int, n: int) -> Sums:
    if n == 0:
        raise CxsimError("plan.mode=simulated: nothing was lived")
    cells = [done[side, replication] for side in range(n_sides) for replication in range(n)]
    return tuple(Table.concat(tables) for tables in zip(*cells, strict=True))  # type: ignore[return-value]
