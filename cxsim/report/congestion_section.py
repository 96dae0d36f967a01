"""What a scenario does to each customer himself, beside what it does through the queues of all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cxsim.measure.metrics import CATALOGUE
from cxsim.measure.table import codes
from cxsim.report.numbers import format_difference
from cxsim.report.section import Grid, Section
from cxsim.report.verdicts import title

if TYPE_CHECKING:
    from cxsim.whatif.compare import Comparison

NOTE = ("Direct: baseline and scenario lived again with waits at desks replayed from the baseline's mean waits by "
        "channel and hour, so that nobody lengthens anybody's queue. Congestion: the rest of the difference.")


def congestion_section(comparison: Comparison) -> Section | None:
    """The section of a comparison; None where the split was not asked for."""
    table = comparison.further.get("congestion")
    if table is None:
        return None
    interval = f"{100 * comparison.config.confidence:g}% interval"
    heads, grids = ["metric", "in all", "direct", interval, "congestion", interval], []
    for name in codes(table["scenario"])[0]:
        rows = [row for row in table.select(scenario=name).rows() if row["total"] == row["total"]]
        shown = [row for row in rows if row["total"] != 0 or row["direct"] != 0]
        if shown:
            grids.append(Grid(heads, [_cells(row) for row in shown], f"{name}: direct effect and congestion"))
    return Section("What the queues do", (), grids, notes=(NOTE,)) if grids else None


def _cells(row: Mapping[str, Any]) -> list[str]:
    unit = CATALOGUE[row["metric"]].unit
    total = (row["total_high"] - row["total_low"]) / 2
    cells = [title(row["metric"]), format_difference(row["total"], unit, total if total > 0 else None)]
    for figure in ("direct", "congestion"):
        half = (row[f"{figure}_high"] - row[f"{figure}_low"]) / 2
        fine = half if half > 0 else None
        ends = " to ".join(format_difference(row[f"{figure}_{end}"], unit, fine) for end in ("low", "high"))
        cells += [format_difference(row[figure], unit, fine), ends.replace(" pp to", " to") if half > 0 else "–"]
    return cells
