"""Pictures of journeys: pain and delight by owner, and the repeat loop month by month."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxsim.measure.table import Table, codes
from cxsim.report.figures import by_month, draw_bands, label_months, make_panels
from cxsim.report.svg import BASELINE, colours, inline_svg, label_axis, make_figure, style
from cxsim.report.verdicts import title

LOOP_SHOWN = ("knowledge", "fit", "order_frequency")


def draw_owners(owners: Table, scenarios: Sequence[str], baseline: str) -> str:
    """Pain by owner, one bar for each scenario, the owner with the most pain on top.

    Parameters
    ----------
    owners : Table
        From :func:`cxsim.measure.pain.owner_view`.
    scenarios : sequence of str
        Scenarios compared with the baseline.
    baseline : str
        The baseline's name (of a single run: the run's).
    """
    shown = {baseline: BASELINE, **colours(scenarios)}
    pains = {(row["scenario"], row["owner"]): row["pain"] for row in owners.rows()}
    names = [name for name in codes(owners["owner"])[0] if any(pains.get((one, name), 0) > 0 for one in shown)]
    names.sort(key=lambda name: -max(pains.get((one, name), 0.0) for one in shown))
    height = 0.8 / len(shown)
    with style():
        figure = make_figure(9.6, 0.8 + len(names) * (0.2 + 0.14 * len(shown)))
        axes = figure.subplots()
        for k, (scenario, colour) in enumerate(shown.items()):
            places = np.arange(len(names)) + (k - (len(shown) - 1) / 2) * height
            axes.barh(places, [pains.get((scenario, name), 0.0) for name in names], height=0.9 * height,
                      color=colour, label=scenario)
        axes.set_yticks(range(len(names)), names)
        axes.invert_yaxis()
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel("pain, s.d. of perceived quality per 100 journeys")
        label_axis(axes, "x", n_ticks=6)
        if len(shown) > 1:
            axes.legend(frameon=False, loc="lower right")
        return inline_svg(figure)


def draw_loop(kpis: Table, scenarios: Sequence[str], baseline: str, confidence: float) -> str:
    """What is known of customers, how well they are served, how often they come: month by month."""
    shown = {baseline: BASELINE, **colours(scenarios)}
    with style():
        figure, panels = make_panels(len(LOOP_SHOWN), 2.7)
        for axes, metric in zip(panels, LOOP_SHOWN, strict=False):
            n_months = 1
            for name, colour in shown.items():
                values = by_month(kpis, metric, name)
                n_months = len(values)
                draw_bands(axes, values, confidence, colour, name, "-" if name == baseline else (0, (5, 2)))
            label_months(axes, n_months)
            axes.set_title(title(metric))
        if scenarios:
            panels[0].legend(frameon=False, loc="best")
        return inline_svg(figure)
