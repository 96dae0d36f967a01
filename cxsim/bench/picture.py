"""The picture of a bench: processor time a customer against customers, straight lines where growth is linear."""

from __future__ import annotations

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from cxsim.bench.subjects import TITLES
from cxsim.measure.table import Table
from cxsim.measure.whole_file import whole_file
from cxsim.report.svg import INK, SCENARIO_COLOURS, style

HEADINGS = {"sub_model": "the sub-model and its twins", "online_retail": "the full model (market online_retail)"}
BLUE, ORANGE, GREEN, PINK, RED, SKY, _ = SCENARIO_COLOURS
LOOKS = {
    "compiled": (BLUE, "-", "o"), "simpy": (ORANGE, "-", "o"), "plain_simpy": (RED, "-", "s"),
    "cpp_heap": (GREEN, ":", "^"), "cpp_calendar": (GREEN, "--", "v"), "cpp_ahead": (GREEN, "-", "D"),
    "salabim": (PINK, "-", "s"), "mesa": (SKY, "-", "s")}


def draw_bench(table: Table, days: int, path: Path) -> Path:
    """Draw a bench's table as PNG: one panel a model, one line a subject, both axes logarithmic.

    Parameters
    ----------
    table : Table
        From :func:`cxsim.bench.tables.make_table`; cells without a measurement are left out.
    days : int
        Days simulated.
    path : Path
        The file to write; its folder must exist.
    """
    models = [model for model in HEADINGS if len(table.select(model=model))]
    with style():
        figure = Figure(figsize=(5.4 * max(1, len(models)), 4.8), layout="constrained", facecolor="white")
        FigureCanvasAgg(figure)
        panels = figure.subplots(1, max(1, len(models)), sharey=True, squeeze=False)[0]
        for panel, model in zip(panels, models, strict=False):
            _draw_model(panel, table.select(model=model, threads=1), model)
        panels[0].set_ylabel(f"processor microseconds a customer for {days} days")
        with whole_file(path) as unfinished:
            figure.savefig(unfinished, format="png", dpi=150, facecolor="white", metadata={"Software": "cxsim"})
    return path


def _draw_model(axes: Axes, table: Table, model: str) -> None:
    for name, (colour, line, mark) in LOOKS.items():
        rows = [row for row in table.select(subject=name).rows() if row["runs"]]
        if not rows:
            continue
        costs = [1e6 * row["cpu_seconds"] / row["customers"] for row in rows]
        axes.plot([row["customers"] for row in rows], costs, line, color=colour, marker=mark, markersize=5,
                  linewidth=1.8, label=TITLES[name])
    axes.set_xscale("log")
    axes.set_yscale("log")
    sizes = sorted(set(table["customers"].tolist()))
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    axes.set_title(HEADINGS[model], color=INK)
    axes.set_xlabel("customers")
    axes.yaxis.grid(True, color="#e4e7eb")
    axes.set_axisbelow(True)
    if axes.lines:
        axes.legend(frameon=False, fontsize=8, ncol=3, loc="upper center", bbox_to_anchor=(0.5, -0.14))
