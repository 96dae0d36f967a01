"""What each lever of a scenario brings, as a waterfall and a grid; and what is left without a link, beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cxsim.measure.metrics import CATALOGUE
from cxsim.measure.table import Table, codes
from cxsim.report.drivers_section import MEASURE_TITLES, SUM, interval_text, summing
from cxsim.report.figures_why import Step, draw_waterfalls
from cxsim.report.numbers import format_difference
from cxsim.report.section import Grid, Section
from cxsim.report.verdicts import title

if TYPE_CHECKING:
    from cxsim.whatif.compare import Comparison

LEVERS_NOTE = ("Shapley's value of each lever: what it adds when it joins the others, averaged over all orders of "
               "joining. The bars sum to the difference to the cent in every replication.")
SAMPLED_NOTE = ("More than six levers: orders of joining were sampled. The last column is the error of that "
                "sampling (one standard error), beside the interval; depth.lever_orders=... samples more.")
LINK_NOTE = ("Without a link: baseline and scenario are lived again in a world whose satisfaction does not move "
             "it. These views do not add up: what goes through two links is in both.")


def levers_section(comparison: Comparison) -> Section | None:
    """The section of a comparison; None where no scenario was taken apart by lever."""
    table = comparison.further.get("levers")
    if table is None:
        return None
    names = codes(table["scenario"])[0]
    grids, svgs, is_sampled = [], {}, bool((table["order_error"] > 0).any())
    for name in names:
        rows = table.select(scenario=name)
        steps = _steps(comparison, name, rows)
        svgs |= {(name, MEASURE_TITLES[measure]): one for measure, one in steps.items()}
        grids.append(_grid(name, rows, steps, comparison.config.confidence, is_sampled))
    return Section(
        "Why: by lever", (), grids, draw_waterfalls(svgs, len(MEASURE_TITLES)) if len(names) == 1 else _each(svgs),
        f"What each lever adds, in {comparison.config.market.currency}; lines on the bars are their intervals.",
        (LEVERS_NOTE, SAMPLED_NOTE) if is_sampled else (LEVERS_NOTE,))


def _each(panels: Mapping[tuple[str, str], list[Step]]) -> str:
    """One picture a scenario, because each has levers of its own."""
    names = list(dict.fromkeys(name for name, _ in panels))
    return "".join(draw_waterfalls({key: steps for key, steps in panels.items() if key[0] == name},
                                   len(MEASURE_TITLES)) for name in names)


def _steps(comparison: Comparison, name: str, rows: Table) -> dict[str, list[Step]]:
    """Bars by measure, the whole difference last."""
    total = comparison.comparison.select(scenario=name, segment="all", period="total")
    made = {}
    for measure in MEASURE_TITLES:
        steps = [Step(row["lever"], row["difference"], row["ci_low"], row["ci_high"])
                 for row in rows.select(measure=measure).rows()]
        (whole,) = total.select(metric=measure).rows()
        made[measure] = [*steps, Step(SUM, whole["difference"], whole["ci_low"], whole["ci_high"])]
    return made


def _grid(
    name: str, rows: Table, steps: Mapping[str, list[Step]], confidence: float, is_sampled: bool,
) -> Grid:
    interval, columns, heads = f"{100 * confidence:g}% interval", [], ["lever"]
    for measure, own in steps.items():
        columns.append(summing([step.value for step in own[:-1]], own[-1].value))
        columns.append([interval_text({"ci_low": step.low, "ci_high": step.high}) for step in own])
        heads += [MEASURE_TITLES[measure], interval]
    if is_sampled:
        errors = rows.select(measure="profit")["order_error"]
        columns.append([*(f"{error:,.0f}" for error in errors), ""])
        heads.append("error of profit")
    names = [step.name for step in steps["profit"]]
    return Grid(heads, [list(cells) for cells in zip(names, *columns, strict=True)], f"Levers of {name}")


def without_section(comparison: Comparison) -> Section | None:
    """The section of a comparison; None where no link was cut."""
    table = comparison.further.get("without_link")
    if table is None:
        return None
    interval = f"{100 * comparison.config.confidence:g}% interval"
    heads = ["metric, link", "in full", "without it", "through it", interval]
    grids = [Grid(heads, [[f"{title(row['metric'])}, {row['link']}", *_cells(row)]
                          for row in table.select(scenario=name).rows()],
                  f"{name} without a link (not additive)") for name in codes(table["scenario"])[0]]
    return Section("Without a link", (), grids, notes=(LINK_NOTE,))


def _cells(row: Mapping[str, Any]) -> list[str]:
    unit = CATALOGUE[row["metric"]].unit
    half = (row["through_high"] - row["through_low"]) / 2
    fine = half if half > 0 else None
    ends = " to ".join(format_difference(row[f"through_{end}"], unit, fine) for end in ("low", "high"))
    ends = ends.replace(" pp to", " to")
    return [*(format_difference(row[figure], unit, fine) for figure in ("full", "without", "through")),
            ends if half > 0 else "–"]
