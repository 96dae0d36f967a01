"""Acquisition against retention, lived: what one more customer costs to win, to keep, and is worth.

The closed form is `cxsim.whatif.planner`; here money for paid routes and something that keeps customers are
turned up and down together under common luck, so that every cost is the cost of the *next* customer, with the
queue he lengthens and the friends he brings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cxsim.engines.estimate import look_ahead
from cxsim.engines.reference_store import reference_for
from cxsim.measure.table import Table
from cxsim.settings.reference import Reference
from cxsim.settings.schema import Config
from cxsim.whatif.cell import Progress, make_lives, silent
from cxsim.whatif.plan_cells import PlanCells, live_cells
from cxsim.whatif.plan_channels import channel_rows
from cxsim.whatif.plan_frontier import Frontier, find_frontier
from cxsim.whatif.plan_levers import PRESENT, Levers, read_levers
from cxsim.whatif.plan_side_effects import Ratios, find_ratios, side_effect_rows
from cxsim.whatif.plan_steps import RETAIN, per_of, rows_as_table, segment_rows, step_rows
from cxsim.whatif.precision import stopping_of


@dataclass(frozen=True)
class SimulatedPlan:
    """A finished simulated plan.

    Attributes
    ----------
    levers : Levers
        What was turned up and down.
    table : Table
        One row a step of a lever: lever, channel, from_level, to_level, per (what one more customer means), spend
        and customers (more than one step before; with customers_low, customers_high), marginal_cost, low, high,
        value, value_low, value_high (what the next customer adds to customer equity before what he cost; NaN
        where the change of customers is not told from 0), return_on_spend, return_low, return_high, equity,
        equity_low, equity_high, p_pays.
    segments, channels, side_effects : Table
        The steps by segment; what each route's customers cost and are worth, by segment; what each step does to
        service, to those who would have come anyway, to cash, and without breakage.
    frontier : Frontier
        Best split of each budget, and the best plan of all.
    ratios : Ratios
        Average and marginal costs against one another.
    cells : PlanCells
        Sums of every cell and replication.
    """

    config: Config
    levers: Levers
    table: Table
    segments: Table
    channels: Table
    side_effects: Table
    frontier: Frontier
    ratios: Ratios
    cells: PlanCells
    reference: Reference

    @property
    def budgets(self) -> Table:
        """The frontier as a table."""
        return rows_as_table(iter(self.frontier.rows))

    def tables(self) -> dict[str, Table]:
        """The tables it leaves behind, by file name."""
        return {
            "plan": self.table, "plan_segments": self.segments, "plan_channels": self.channels,
            "plan_side_effects": self.side_effects, "frontier": self.budgets, "kpis": self.cells.kpis,
            "occasions": self.cells.occasions, "newcomers": self.cells.newcomers}


def simulate_plan(
    config: Config, settings: Mapping[str, Any], *, reference: Reference | None = None,
    progress: Progress = silent,
) -> SimulatedPlan:
    """Live every combination of both levers and say what the next unit of money does in either.

    Parameters
    ----------
    config : Config
        The baseline world; it needs customers and paid acquisition.
    settings : mapping
        The keys `plan.simulated`: see :func:`cxsim.whatif.plan_levers.read_levers`.
    reference : Reference, optional
        The baseline's reference experience; found (or taken from the cache) if not given.
    progress : callable
        Called with (name, done, total).

    Raises
    ------
    CxsimError
        When the world has no customers or no paid acquisition to turn up, or a level cannot be set in it.
    """
    levers = read_levers(config, settings)
    specs = levers.cells()
    look_ahead(config, len(specs) - 1, lambda text: progress(text, 0, 0))
    if reference is None:
        reference = reference_for(config, progress=lambda text: progress(text, 0, 0))
    lives = [make_lives(name, config, [spec] if spec else [], reference) for name, spec in specs.items()]
    stopping = stopping_of(config)
    cells = live_cells(lives, config, progress, stopping)
    if stopping is not None:
        progress(str(stopping), 0, 0)
    totals, confidence = cells.totals(), config.confidence
    is_subscription = config.market.kind == "subscription"
    per = per_of(levers, RETAIN, is_subscription)
    return SimulatedPlan(
        config, levers,
        table=rows_as_table(step_rows(levers, totals, is_subscription, confidence)),
        segments=rows_as_table(segment_rows(levers, totals, list(config.segments), confidence)),
        channels=rows_as_table(channel_rows(cells.newcomers.select(scenario=PRESENT), confidence)),
        side_effects=rows_as_table(side_effect_rows(levers, cells, config)),
        frontier=find_frontier(levers, totals, per, confidence, config.seed),
        ratios=find_ratios(levers, totals, per, confidence),
        cells=cells, reference=reference)
