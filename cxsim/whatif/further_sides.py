"""Sides lived after a comparison, with its customers, luck and reference: coalitions, missing parts, cut links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cxsim.errors import CxsimError
from cxsim.measure.comparison import cube_of
from cxsim.measure.table import Table
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.whatif.cell import Progress
from cxsim.whatif.store import open_store
from cxsim.whatif.trials import Trial, live_trials

if TYPE_CHECKING:
    from cxsim.settings.reference import Reference
    from cxsim.whatif.compare import Comparison

Values = np.ndarray
"""Totals of all customers, shape (metrics, replications); NaN where there is none."""


def live_further(
    comparison: Comparison, sides: Sequence[tuple[str, Sequence[ScenarioSpec]]], metrics: Sequence[str],
    progress: Progress, world: Config | None = None, reference: Reference | None = None,
) -> list[Values]:
    """Live further sides in the replications of a comparison.

    Parameters
    ----------
    comparison : Comparison
        Whose replications, customers and luck they share.
    sides : sequence of (str, parts)
        Name (for progress) and parts of each.
    metrics : sequence of str
        What is measured.
    progress : callable
    world, reference : optional
        Another world than the comparison's, and its reference experience.

    Returns
    -------
    list of array, shape (metrics, replications)
        One for each side.

    Raises
    ------
    CxsimError
        When a side cannot be lived; the message names it.
    """
    config = comparison.config if world is None else world
    found = comparison.reference if reference is None else reference
    trials = [Trial(config, tuple(parts), range(comparison.replications)) for _, parts in sides]
    made: dict[int, Values] = {}
    for place, rows in live_trials(trials, progress=progress, store=open_store(config), metrics=metrics,
                                   reference_of=lambda _: found):
        if isinstance(rows, CxsimError):
            raise CxsimError(f"{sides[place][0]}: {rows}")
        made[place] = totals(rows, trials[place].name, metrics)
    return [made[place] for place in range(len(sides))]


def totals(kpis: Table, scenario: str, metrics: Sequence[str]) -> Values:
    """Totals of one side by metric and replication.

    Examples
    --------
    >>> rows = Table({"scenario": ["a", "a"], "replication": [0, 1], "segment": ["all"] * 2,
    ...               "period": ["total"] * 2, "metric": ["profit"] * 2, "value": [1.0, 2.0]})
    >>> totals(rows, "a", ["profit"]).tolist()
    [[1.0, 2.0]]
    """
    rows = kpis.select(scenario=scenario, segment="all", period="total", metric=list(metrics))
    return cube_of(rows, {"metric": list(metrics)}, sorted(set(rows["replication"].tolist())))


def known_side(comparison: Comparison, parts: Sequence[ScenarioSpec]) -> str | None:
    """The name under which a comparison has already lived these parts; None where it has not."""
    if not any(part.changes for part in parts) and not comparison.baseline:
        return "baseline"
    known: Mapping[str, tuple[ScenarioSpec, ...]] = dict(
        zip(comparison.names, comparison.scenarios, strict=True))
    return next((name for name, own in known.items() if own == tuple(parts)), None)
