"""One world, lived in several replications: `cxsim.simulate` and ``cxsim run``."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from cxsim.engines.estimate import look_ahead
from cxsim.engines.reference_store import reference_for
from cxsim.engines.replication import Process
from cxsim.measure.table import Table
from cxsim.settings.part_checks import check_part
from cxsim.settings.reference import Reference
from cxsim.settings.schema import Config
from cxsim.whatif.cell import Progress, Tables, choose_engine, live_all, make_lives, silent
from cxsim.whatif.precision import Stopping, stopping_of


@dataclass(frozen=True)
class Run:
    """A finished run: its tables, and all that is needed to do it again.

    Attributes
    ----------
    config : Config
        The baseline world; the scenario that was lived is `config.scenario`.
    scenario : str
        Name in the tables ("baseline" without a scenario).
    scenario_config : Config
        The world with the scenario's changes on it.
    tables : Tables
        kpis, ledger, points, events (empty unless ``output.events`` asks for them), touchpoints,
        sources.
    reference : Reference
        The baseline's reference experience.
    engine : str
        The engine that made it.
    processes : tuple of str
        Names of a user's own processes; with any, the run cannot be replayed from its folder.
    stopping : Stopping, optional
        The sequential rule of ``precision``, with what it found at each checkpoint.
    seconds : float
        Wall time.
    """

    config: Config
    scenario: str
    scenario_config: Config
    tables: Tables
    reference: Reference
    engine: str
    processes: tuple[str, ...] = ()
    stopping: Stopping | None = None
    seconds: float = field(default=0.0, compare=False)

    @property
    def kpis(self) -> Table:
        """Columns scenario, replication, segment, period, metric, value, unit."""
        return self.tables.kpis

    @property
    def ledger(self) -> Table:
        """Every flow of money by day."""
        return self.tables.ledger

    @property
    def events(self) -> Table:
        """The event log (``output.events=all`` or ``sample``)."""
        return self.tables.events.table()

    @property
    def touchpoints(self) -> Table:
        """The places where customers meet the brand: channels, the solution, touchpoints."""
        return self.tables.touchpoints

    @property
    def sources(self) -> Table:
        """Where new customers came from, at what cost, and what they are worth."""
        return self.tables.sources


def simulate(
    config: Config, *, processes: Sequence[Process] = (), reference: Reference | None = None,
    progress: Progress = silent,
) -> Run:
    """Simulate a world and its scenario, replication by replication.

    Use it for one world; to learn what a change does, use :func:`cxsim.compare`, which lives
    every scenario with the same customers and the same luck.

    Parameters
    ----------
    config : Config
        From :func:`cxsim.load`.
    processes : sequence of callables
        Your own SimPy processes ``fn(env, world)``: generators that run beside the customers;
        ``world.channels[name]`` offers ``close()``, ``open()`` and ``capacity``. Time is in whole
        ticks: ``env.timeout(world.ticks(days=3, hours=9))``. Wages follow the staff plan of the
        configuration, not the capacity that a process sets.
    reference : Reference, optional
        A reference experience found before; by default it is looked up or found.
    progress : callable
        Called with (name, done, total) after each replication.

    Returns
    -------
    Run

    Raises
    ------
    CxsimError
        When the run does not fit into memory, the baseline cannot be anchored, or the engine cannot do what
        is asked.

    Examples
    --------
    >>> import cxsim
    >>> config = cxsim.load(["market=contact_centre", "horizon_days=2", "replications=2"])
    >>> run = cxsim.simulate(config)
    >>> sorted(set(run.kpis["replication"].tolist()))
    [0, 1]
    """
    start = time.perf_counter()
    stopping = stopping_of(config)
    check_part(config, config.scenario)
    look_ahead(config.model_copy(update={"engine": choose_engine(config, processes)}), 0,
               lambda text: progress(text, 0, 0))
    if reference is None:
        reference = reference_for(config, progress=lambda text: progress(text, 0, 0))
    spec = config.scenario
    name = spec.name if spec.changes else "baseline"
    lives = make_lives(name, config, [spec], reference)
    tables, engine = live_all([lives], config, processes=processes, progress=progress, stopping=stopping)
    names = tuple(getattr(process, "__name__", repr(process)) for process in processes)
    return Run(config, name, lives.config, tables, reference, engine, names, stopping, time.perf_counter() - start)
