"""A cell: one scenario in one replication, from blueprint to tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import partial
from itertools import count

import numpy as np

from cxsim.engines.blueprint import Blueprint, make_blueprint
from cxsim.engines.many import run_many
from cxsim.engines.replication import Process, run_replication
from cxsim.engines.reproduction import refuse_explosion, scenario_reproduction
from cxsim.errors import CxsimError
from cxsim.measure.accounts import accounts_table
from cxsim.measure.events import EventLog
from cxsim.measure.kpis import kpis
from cxsim.measure.ledger import flows_of, ledger_table
from cxsim.measure.points import points_table
from cxsim.measure.sources import sources_table
from cxsim.measure.states import no_states, states_table
from cxsim.measure.table import Table
from cxsim.measure.touchpoints import touchpoints_table
from cxsim.measure.twins import brief_lives
from cxsim.measure.whole_population import to_whole
from cxsim.settings.overlay import apply_changes, combine
from cxsim.settings.part_checks import check_part
from cxsim.settings.reference import Reference
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.whatif.pairing import Pairing, unpaired
from cxsim.whatif.precision import Rule, blocks

Progress = Callable[[str, int, int], None]
MOST_PARTS = 6
FEWEST_REPLICATIONS = 2
"""Of fewer nothing can be told from chance, so an interrupted run of fewer is not kept."""


def silent(text: str, done: int, total: int) -> None:
    """Progress for nobody."""


@dataclass(frozen=True)
class Lives:
    """One side of a comparison: its name, its blueprint, and the configuration with all parts active."""

    name: str
    parts: tuple[ScenarioSpec, ...]
    config: Config
    blueprint: Blueprint


@dataclass(frozen=True)
class Tables:
    """The tables of some cells: kpis, ledger, points account, events, places, sources of customers, accounts.

    `twins` holds what became of the customers who lived both lives, `leaks` what of each kind of reward went to
    what would have happened anyway, `gains` which of them gained; of a comparison only. `states` holds hidden
    states by month, where they were asked for.
    """

    kpis: Table
    ledger: Table
    points: Table
    events: EventLog
    touchpoints: Table
    sources: Table
    accounts: Table
    twins: Table
    leaks: Table
    gains: Table
    n_events: int = 0
    states: Table = field(default_factory=no_states)


class Interrupted(KeyboardInterrupt):
    """Ctrl-C after some replications were lived by every side: their tables, and how many they are."""

    def __init__(self, tables: Tables, engine: str, n: int) -> None:
        super().__init__()
        self.tables, self.engine, self.n = tables, engine, n


def make_lives(name: str, config: Config, parts: Sequence[ScenarioSpec], reference: Reference) -> Lives:
    """A scenario ready to be lived: one parameter row for each set of active parts.

    Raises
    ------
    CxsimError
        When parts contradict each other, a change is impossible, a part starts too late or is for customers that
        cannot be told apart, or there are more than six parts.
    """
    active = [part for part in parts if part.changes]
    for part in active:
        check_part(config, part)
    if len(active) > MOST_PARTS:
        raise CxsimError(f"scenario {name}: has {len(active)} parts; at most {MOST_PARTS} can be composed")
    configs = [config]
    for mask in range(1, 2 ** len(active)):
        chosen = [part for k, part in enumerate(active) if mask >> k & 1]
        together = combine(chosen)
        changed = apply_changes(config, together.changes, origin=f"scenario {together.name}")
        number = scenario_reproduction(reference, config, changed)
        refuse_explosion(changed, number, name=f"scenario {together.name}")
        configs.append(changed)
    return Lives(name, tuple(active), configs[-1], make_blueprint(configs, active, reference))


def live(
    lives: Sequence[Lives], engine: str, processes: Sequence[Process], keeps_lives: bool, job: tuple[int, int],
) -> tuple[Tables, np.ndarray | None]:
    """Run one cell and reduce it to tables and, where they are to be paired, its customers in brief."""
    side, replication = lives[job[0]], job[1]
    outcome = run_replication(side.blueprint, replication, engine, processes=processes)
    flows = flows_of(outcome)
    tables = Tables(
        kpis(outcome, side.config, side.name), ledger_table(outcome, side.name, side.config, flows),
        points_table(outcome, side.name), EventLog([(outcome, side.name)]),
        touchpoints_table(outcome, side.name, side.config), sources_table(outcome, side.name),
        accounts_table(outcome, side.config, side.name, flows), **unpaired(), n_events=outcome.n_events,
        states=states_table(outcome, side.name))
    return tables, brief_lives(outcome) if keeps_lives else None


def live_all(
    lives: Sequence[Lives], config: Config, *, processes: Sequence[Process] = (), progress: Progress = silent,
    pairs: bool = False, stopping: Rule | None = None,
) -> tuple[Tables, str]:
    """Run every cell of several scenarios and stack their tables by (scenario, replication).

    With `pairs`, the customers of every side after the first are paired with the first side's; cells are
    then lived replication by replication, and lives are held no longer than until they are paired.

    With `stopping`, replications are lived from checkpoint to checkpoint until they are enough.

    Returns
    -------
    tables, engine
        The stacked tables and the engine that made them ("compiled" or "simpy").

    Raises
    ------
    Interrupted
        At Ctrl-C, with the first replications that every side has lived; a plain KeyboardInterrupt where they
        are fewer than two.
    """
    engine = choose_engine(config, processes)
    parallel = config.parallel
    if processes:
        parallel = parallel.model_copy(update={"mode": "threads", "workers": 1})
    work = partial(live, lives, engine, processes, pairs)
    cells: dict[tuple[int, int], Tables] = {}
    pairing = Pairing(lives)
    try:
        for block in blocks(config, stopping):
            jobs = [(side, replication) for replication in block for side in range(len(lives))]
            n_all = len(cells) + len(jobs)
            for place, (tables, brief) in run_many(work, jobs, parallel, in_threads=engine == "compiled"):
                cells[jobs[place]] = tables
                if brief is not None:
                    pairing.meet(*jobs[place], brief)
                progress(lives[jobs[place][0]].name, len(cells), n_all)
            if stopping is not None and stopping.is_enough(_kpis_so_far(cells, config.simulated_share)):
                break
    except KeyboardInterrupt:
        n = _n_lived_by_all(cells, len(lives))
        if n < FEWEST_REPLICATIONS:
            raise
        cells = {place: tables for place, tables in cells.items() if place[1] < n}
        raise Interrupted(_together(cells, pairing, config, n), engine, n) from None
    return _together(cells, pairing, config), engine


def _n_lived_by_all(cells: dict[tuple[int, int], Tables], n_sides: int) -> int:
    """How many replications from the first on every side has lived."""
    return next(n for n in count() if any((side, n) not in cells for side in range(n_sides)))


def _together(
    cells: dict[tuple[int, int], Tables], pairing: Pairing, config: Config, n: int | None = None,
) -> Tables:
    """Tables of all cells, with those of their pairs (of the first `n` replications), of the whole population."""
    together = stack([cells[place] for place in sorted(cells)])
    return whole(replace(together, **pairing.tables(n)), config.simulated_share)


def _kpis_so_far(cells: dict[tuple[int, int], Tables], share: float) -> Table:
    return to_whole("kpis", Table.concat([cells[place].kpis for place in sorted(cells)]), share)


def whole(tables: Tables, share: float) -> Tables:
    """Tables of a simulated share as those of the whole population."""
    names = [one.name for one in fields(Tables) if one.name != "n_events"]
    return replace(tables, **{name: to_whole(name, getattr(tables, name), share) for name in names})


def stack(tables: Sequence[Tables]) -> Tables:
    """Tables of several cells, one below the other."""
    columns = [one.name for one in fields(Tables) if one.name not in ("events", "n_events")]
    return Tables(**{name: Table.concat([getattr(one, name) for one in tables]) for name in columns},
                  events=EventLog.concat([one.events for one in tables]),
                  n_events=sum(one.n_events for one in tables))


def choose_engine(config: Config, processes: Sequence[Process]) -> str:
    """The engine of a run: compiled, unless a Python process was added or SimPy was asked for."""
    if config.engine == "auto":
        return "simpy" if processes else "compiled"
    return config.engine
