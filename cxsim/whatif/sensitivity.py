"""What the answer rests on: tornado, flip points, Sobol indices, the value of information (`sensitivity`)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from cxsim.errors import CxsimError
from cxsim.engines.reference_store import reference_for
from cxsim.measure.table import Table
from cxsim.settings.reference import Reference
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.whatif.cell import Progress, choose_engine, silent
from cxsim.whatif.compare import BASELINE, name_of
from cxsim.whatif.drawn import DrawLives
from cxsim.whatif.one_at_a_time import Ends, flips, tornado
from cxsim.whatif.pairs_of_draws import pairs_of_draws, widest
from cxsim.whatif.sensitivity_options import SensitivityOptions
from cxsim.whatif.uncertain import Uncertain, find_uncertain
from cxsim.whatif.uncertainty import money_metric


@dataclass(frozen=True)
class Sensitivity:
    """A finished analysis of sensitivity.

    Attributes
    ----------
    config : Config
        The world where every assumption has its value.
    uncertain : Uncertain
        Sides and assumptions.
    metric, money : str
        What was analysed, and in what information is valued.
    best : str
        Name of the best side where every assumption has its value.
    lead : tuple of (str, float, float, float)
        The second best there, and the lead over it with its interval.
    tables : dict of str to Table
        `sensitivity` (the tornado), `flip_points`, and with draws `sobol`, `value_of_information`, `draws`.
    failures : dict of int to str
        Draws that could not be lived, with the reason.
    """

    config: Config
    options: SensitivityOptions
    uncertain: Uncertain
    metric: str
    money: str
    best: str
    lead: tuple[str, float, float, float]
    tables: dict[str, Table]
    reference: Reference
    engine: str
    failures: dict[int, str] = field(default_factory=dict)
    seconds: float = field(default=0.0, compare=False)


def sensitivity(
    config: Config, scenarios: Sequence[Sequence[ScenarioSpec]], options: SensitivityOptions, *,
    baseline: Sequence[ScenarioSpec] = (), progress: Progress = silent, reference: Reference | None = None,
    keeps: bool = True,
) -> Sensitivity:
    """Find which assumptions the answer rests on, and what it is worth to know them.

    Parameters
    ----------
    config : Config
        The world.
    scenarios : sequence of sequences of ScenarioSpec
        Parts of each scenario; leaving things as they are (the baseline) is always one of the options.
    options : SensitivityOptions
        What is asked.
    baseline : sequence of ScenarioSpec
        Parts of another baseline than the market itself.
    progress : callable
        Called with (name, done, total).
    reference : Reference, optional
        A reference experience found before.
    keeps : bool
        Whether finished lives are kept, and kept ones taken (``output.store``); False lives all anew.

    Raises
    ------
    CxsimError
        When nothing is uncertain, a range is impossible, the metric does not exist in this market, or there is
        one replication alone, which tells nothing from luck.
    """
    start = time.perf_counter()
    if config.replications < 2:
        raise CxsimError(
            f"replications={config.replications}: sensitivity needs at least 2, or neither the lead nor a flip "
            "point has an interval; set replications=10, say")
    sides = {BASELINE: tuple(baseline), **{name_of(parts): tuple(parts) for parts in scenarios}}
    uncertain = find_uncertain(config, sides, options.parameters, options.only, asked_by="sensitivity")
    money = money_metric(config)
    metric = options.metric or money
    if reference is None:
        reference = reference_for(config, progress=lambda text: progress(text, 0, 0))
    start_of_all = reference
    metrics = tuple(dict.fromkeys((metric, money)))

    def lives(replications: int) -> DrawLives:
        return DrawLives(
            uncertain, start_of_all, replications, metrics, options.reference_customers, progress, keeps)

    ends = Ends(lives(config.replications), metric)
    tables = {"sensitivity": tornado(uncertain, ends, metric),
              "flip_points": flips(uncertain, ends, options.digits)}
    failures: dict[int, str] = {}
    if options.pairs:
        chosen = widest(tables["sensitivity"], uncertain, options.indices)
        made, failures = pairs_of_draws(lives(options.draw_replications), chosen, options.pairs, metric, money)
        tables |= made
    return Sensitivity(config, options, uncertain, metric, money, ends.best, ends.lead, tables, reference,
                       choose_engine(config, ()), failures, time.perf_counter() - start)
