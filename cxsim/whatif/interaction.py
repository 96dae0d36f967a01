"""Whether the parts of a composed scenario add up: A, B, both together, and what is more than their sum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cxsim.measure.comparison import mean_interval
from cxsim.measure.metrics import CATALOGUE, HEADLINES
from cxsim.measure.table import Table
from cxsim.settings.schema import ScenarioSpec
from cxsim.whatif.cell import Progress
from cxsim.whatif.further_sides import known_side, live_further, totals

if TYPE_CHECKING:
    from cxsim.whatif.compare import Comparison

METRICS = tuple(dict.fromkeys((*HEADLINES, "profit", "customer_equity")))


def interaction(comparison: Comparison, progress: Progress) -> dict[str, Table]:
    """The step of a comparison: table `interaction`, of composed scenarios whose parts are compared, too.

    ``depth.interaction=true`` lives the parts that are missing.
    """
    composed = [(name, parts) for name, parts in zip(comparison.names, comparison.scenarios, strict=True)
                if len(parts) > 1]
    singles = {name: [(part,) for part in parts] for name, parts in composed}
    missing = [parts for name, _ in composed for parts in singles[name] if known_side(comparison, parts) is None]
    lived = _live(comparison, missing, progress) if comparison.depth.interaction else {}
    rows = []
    for name, _ in composed:
        apart = [_values(comparison, parts, lived) for parts in singles[name]]
        if all(one is not None for one in apart):
            rows.append(_rows(name, comparison, np.array(apart)))
    return {"interaction": Table.concat(rows)} if rows else {}


def _live(
    comparison: Comparison, missing: Sequence[tuple[ScenarioSpec, ...]], progress: Progress,
) -> dict[str, np.ndarray]:
    """Values of parts that the comparison did not hold, by name."""
    once = {parts[0].name: parts for parts in missing}
    made = live_further(comparison, list(once.items()), METRICS, progress) if once else []
    return dict(zip(once, made, strict=True))


def _values(
    comparison: Comparison, parts: tuple[ScenarioSpec, ...], lived: dict[str, np.ndarray],
) -> np.ndarray | None:
    known = known_side(comparison, parts)
    return lived.get(parts[0].name) if known is None else totals(comparison.kpis, known, METRICS)


def _rows(name: str, comparison: Comparison, apart: np.ndarray) -> Table:
    """One composed scenario: what it does, what its parts do apart, and what is more than their sum."""
    base = totals(comparison.kpis, "baseline", METRICS)
    together = totals(comparison.kpis, name, METRICS) - base
    total = (apart - base).sum(axis=0)
    mean, low, high, _ = mean_interval(together - total, comparison.config.confidence)
    n = len(METRICS)
    return Table({
        "scenario": np.full(n, name, dtype=object), "metric": np.array(METRICS, dtype=object),
        "unit": np.array([CATALOGUE[metric].unit for metric in METRICS], dtype=object),
        "together": mean_interval(together, comparison.config.confidence)[0],
        "apart": mean_interval(total, comparison.config.confidence)[0],
        "interaction": mean, "ci_low": low, "ci_high": high,
        "confidence": np.full(n, float(comparison.config.confidence)),
        "replications": np.isfinite(together - total).sum(axis=1).astype(np.int64)})
