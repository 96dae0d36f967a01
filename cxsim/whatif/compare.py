"""Scenarios against a baseline with the same customers and the same luck: `cxsim.compare`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from cxsim.engines.estimate import look_ahead
from cxsim.engines.reference_store import reference_for
from cxsim.errors import CxsimError
from cxsim.measure.comparison import compare_kpis
from cxsim.measure.returns import returns_table
from cxsim.measure.table import Table
from cxsim.settings.part_checks import check_part
from cxsim.settings.reference import Reference
from cxsim.settings.schema import Config, Precision, ScenarioSpec
from cxsim.whatif.cell import Interrupted, Lives, Progress, Tables, live_all, make_lives, silent
from cxsim.whatif.depth import Depth, check_depth, deepen
from cxsim.whatif.precision import Rule, stopping_of
from cxsim.whatif.selection import selection_of

BASELINE = "baseline"


@dataclass(frozen=True)
class Comparison:
    """A finished comparison.

    Attributes
    ----------
    config : Config
        The world that baseline and scenarios share.
    scenarios : tuple of tuple of ScenarioSpec
        The parts of each scenario, in the order asked.
    names : tuple of str
        Their names in the tables.
    scenario_configs : dict of str to Config
        Each scenario's world with all its parts active.
    baseline : tuple of ScenarioSpec
        Parts of the baseline; empty for the market itself.
    tables : Tables
        kpis (the baseline under the name "baseline"), ledger, points, events, touchpoints, sources
        of all sides; twins: what became of the customers of both lives.
    comparison : Table
        Paired differences with intervals, one row a scenario, segment, period and metric.
    returns : Table
        What each scenario returned on what it spent.
    depth : Depth
        Which analyses beyond the differences were asked for.
    further : dict of str to Table
        What they found, by name; each is a file of the run folder.
    is_interrupted : bool
        Whether Ctrl-C ended it; then it holds the first replications, which all sides have lived (the
        configuration counts them), and analyses that take no further runs.
    reference, engine, stopping, seconds
        As in :class:`cxsim.whatif.simulate.Run`.
    """

    config: Config
    scenarios: tuple[tuple[ScenarioSpec, ...], ...]
    names: tuple[str, ...]
    scenario_configs: dict[str, Config]
    baseline: tuple[ScenarioSpec, ...]
    tables: Tables
    comparison: Table
    returns: Table
    reference: Reference
    engine: str
    stopping: Rule | None = None
    depth: Depth = Depth()
    further: dict[str, Table] = field(default_factory=dict)
    is_interrupted: bool = False
    seconds: float = field(default=0.0, compare=False)

    @property
    def kpis(self) -> Table:
        """Columns scenario, replication, segment, period, metric, value, unit."""
        return self.tables.kpis

    @property
    def events(self) -> Table:
        """The event log of all sides (``output.events=all`` or ``sample``)."""
        return self.tables.events.table()

    @property
    def replications(self) -> int:
        """How many replications there are of every side."""
        return len(set(self.kpis["replication"].tolist()))

    @property
    def touchpoints(self) -> Table:
        """The places where customers meet the brand: channels, the solution, touchpoints."""
        return self.tables.touchpoints

    @property
    def twins(self) -> Table:
        """Customers of both lives, by scenario and replication: saved, lost, leakage of subsidies."""
        return self.tables.twins

    @property
    def sources(self) -> Table:
        """Where new customers came from, at what cost, and what they are worth."""
        return self.tables.sources


def name_of(parts: Sequence[ScenarioSpec]) -> str:
    """The name of a scenario from its parts: ``points_program+live_chat``."""
    return "+".join(part.name for part in parts) or BASELINE


def compare(
    config: Config, scenarios: Sequence[ScenarioSpec | Sequence[ScenarioSpec]], *,
    baseline: Sequence[ScenarioSpec] = (), reference: Reference | None = None, progress: Progress = silent,
    depth: Depth | None = None,
) -> Comparison:
    """Compare scenarios with a baseline, paired replication by replication.

    Every side lives the same customers with the same luck, so a difference is the scenario's
    doing; a scenario that changes nothing differs by exactly zero.

    Parameters
    ----------
    config : Config
        The world, from :func:`cxsim.load`.
    scenarios : sequence
        :class:`ScenarioSpec` objects, or lists of them (parts of one scenario).
    baseline : sequence of ScenarioSpec
        Parts of another baseline than the market itself.
    reference : Reference, optional
        A reference experience found before.
    progress : callable
        Called with (name, done, total) after each cell.
    depth : Depth
        Further analyses to make; default: those that take no further runs.

    Returns
    -------
    Comparison

    Raises
    ------
    CxsimError
        When a scenario is unknown, given twice, contradicts itself or is impossible in this world, or the
        comparison does not fit into memory.

    Examples
    --------
    >>> import cxsim
    >>> config = cxsim.load(["market=contact_centre", "horizon_days=2", "replications=3"])
    >>> spec = cxsim.ScenarioSpec(name="one_more", changes={"channels": {"phone": {"employees": 29}}})
    >>> result = compare(config, [spec])
    >>> result.names
    ('one_more',)
    """
    start = time.perf_counter()
    sides = [_parts(scenario) for scenario in scenarios]
    names = _names_that_differ(sides)
    depth = depth or Depth()
    stopping = selection_of(config, depth, len(sides)) or stopping_of(config)
    named = {BASELINE: tuple(baseline), **dict(zip(names, sides, strict=True))}
    check_depth(depth, config, named)
    for part in (part for parts in named.values() for part in parts):
        check_part(config, part)
    look_ahead(_as_long_as(config, stopping), len(sides), lambda text: progress(text, 0, 0))
    if reference is None:
        reference = reference_for(config, progress=lambda text: progress(text, 0, 0))
    lives = [make_lives(name, config, parts, reference) for name, parts in named.items()]
    cut = None
    try:
        tables, engine = live_all(lives, config, progress=progress, pairs=True, stopping=stopping)
    except Interrupted as interrupted:
        cut, stopping, depth = interrupted, None, Depth()
        tables, engine, config = cut.tables, cut.engine, fixed_replications(config, cut.n)
    made = Comparison(
        config, tuple(sides), tuple(names), {side.name: side.config for side in lives[1:]},
        tuple(baseline), tables, paired(tables.kpis, lives, config.confidence),
        returns_table(tables.kpis, BASELINE, config.confidence), reference, engine, stopping, depth,
        is_interrupted=cut is not None)
    return replace(_deepened(made, progress), seconds=time.perf_counter() - start)


def _deepened(made: Comparison, progress: Progress) -> Comparison:
    """With further analyses; where Ctrl-C ends those that take runs, with the others alone."""
    try:
        return deepen(made, progress)
    except KeyboardInterrupt:
        return deepen(replace(made, depth=Depth(), is_interrupted=True), silent)


def fixed_replications(config: Config, n: int) -> Config:
    """The configuration of a run that ended after n replications, whatever it was asked."""
    return config.model_copy(update={"replications": n, "precision": Precision()})


def _as_long_as(config: Config, stopping: Rule | None) -> Config:
    """The configuration with the budget of a rule for replications, to tell beforehand what it may take."""
    return config if stopping is None else config.model_copy(update={"replications": stopping.most})


def paired(kpis: Table, lives: Sequence[Lives], confidence: float) -> Table:
    """Paired differences of every side after the first against the first."""
    names = [side.name for side in lives]
    others = kpis.take(np.flatnonzero(kpis["scenario"] != names[0]))
    return compare_kpis(kpis.select(scenario=names[0]), others, confidence)


def _names_that_differ(sides: Sequence[Sequence[ScenarioSpec]]) -> list[str]:
    names = [name_of(parts) for parts in sides]
    for name in names:
        if name == BASELINE or names.count(name) > 1:
            raise CxsimError(
                f"scenarios: {name} " + ("is the baseline itself" if name == BASELINE else "is named twice")
                + "; name scenarios that differ")
    return names


def _parts(scenario: ScenarioSpec | Sequence[ScenarioSpec]) -> tuple[ScenarioSpec, ...]:
    return (scenario,) if isinstance(scenario, ScenarioSpec) else tuple(scenario)
