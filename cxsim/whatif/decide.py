"""What a decision is made of: who is best and how surely, from which effect on it pays, when, and who pays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsim.measure.break_even import break_even_table
from cxsim.measure.cash import cash_table
from cxsim.measure.comparison import cube_of, mean_interval
from cxsim.measure.family import dunnett, p_best
from cxsim.measure.metrics import CATALOGUE
from cxsim.measure.payers import payers_table
from cxsim.measure.table import Table, codes
from cxsim.whatif.cell import Progress
from cxsim.whatif.pilot import pilot_table

if TYPE_CHECKING:
    from cxsim.whatif.compare import Comparison

BASELINE = "baseline"
CHANCE = 81_370
"""Names the stream of draws of this analysis beside the run's seed."""
NUMBERS = ("value", "difference", "ci_low", "ci_high", "ci_low_together", "ci_high_together", "p_together",
           "p_best", "gap", "gap_low", "gap_high")


def goals_of(comparison: Comparison) -> tuple[str, ...]:
    """The metrics a decision may aim at; the first is the one it does aim at."""
    asked = comparison.depth.best
    usual = ("profit",) if comparison.config.market.kind == "contact_centre" else ("customer_equity", "profit")
    return tuple(dict.fromkeys((*((asked,) if asked else ()), *usual)))


def decide(comparison: Comparison, progress: Progress) -> dict[str, Table]:
    """Tables of the decision; they take no further runs.

    Returns
    -------
    dict of str to Table
        `decision` (from :func:`standing`), `cash`, `payers`, and in a market with customers `break_even` and
        `pilot`.
    """
    config, tables = comparison.config, comparison.tables
    found = {
        "decision": Table.concat([standing(comparison.kpis, goal, config.confidence, config.seed)
                                  for goal in goals_of(comparison)]),
        "cash": cash_table(comparison.kpis, BASELINE, config.confidence),
        "payers": payers_table(tables.ledger, BASELINE, config.confidence)}
    if config.market.kind != "contact_centre":
        found["break_even"] = break_even_table(
            comparison.kpis, tables.ledger, BASELINE, config.market.kind, config.confidence)
        found["pilot"] = pilot_table(comparison.kpis, tables.twins, config, comparison.depth.power)
    return found


def standing(kpis: Table, metric: str, confidence: float, seed: int) -> Table:
    """Where every side stands in one metric, the baseline among them.

    Parameters
    ----------
    kpis : Table
        Of all sides.
    metric : str
        A metric with a direction.
    confidence : float
        Of every interval.
    seed : int
        Of the run.

    Returns
    -------
    Table
        Columns metric, scenario, value (mean), difference to the baseline with its own interval (ci_low, ci_high),
        the one that holds for all scenarios together (Dunnett: ci_low_together, ci_high_together, p_together), the
        probability to be the best of all (p_best), how far it lies behind the best in the mean (gap, gap_low,
        gap_high: paired, positive is behind), replications, confidence.
    """
    names = [BASELINE, *(name for name in codes(kpis["scenario"])[0] if name != BASELINE)]
    here = kpis.select(segment="all", period="total", metric=metric)
    values = cube_of(here, {"scenario": names}, sorted(codes(here["replication"])[0]))
    values = values[:, np.isfinite(values).all(axis=0)]
    n = values.shape[1]
    columns = {name: np.full(len(names), np.nan) for name in NUMBERS}
    if n:
        better = CATALOGUE[metric].better or 1
        differences = values - values[0]
        rng = np.random.default_rng(np.random.SeedSequence([seed, CHANCE]))
        columns["value"] = values.mean(axis=1)
        columns["difference"], columns["ci_low"], columns["ci_high"], _ = mean_interval(differences, confidence)
        together = dunnett(differences[1:], confidence, rng)
        for name, found, own in zip(("ci_low_together", "ci_high_together", "p_together"), together,
                                    (0.0, 0.0, 1.0), strict=True):
            columns[name] = np.concatenate([[own], found])
        columns["p_best"] = p_best(values, better, rng)
        first = int(np.argmax(columns["value"] * better))
        columns["gap"], columns["gap_low"], columns["gap_high"], _ = mean_interval(
            (values[first] - values) * better, confidence)
    k = len(names)
    return Table({"metric": np.full(k, metric, dtype=object), "scenario": np.array(names, dtype=object), **columns,
                  "replications": np.full(k, n), "confidence": np.full(k, float(confidence))})
