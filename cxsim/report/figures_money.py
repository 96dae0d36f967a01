"""Pictures of money: what is owed in points, and what becomes of it, month by month."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxsim.measure.table import Table
from cxsim.report.figures import by_month, draw_bands, label_months, make_panels
from cxsim.report.svg import BASELINE, SCENARIO_COLOURS, inline_svg, style

HELD, OWED, REDEEMED, EXPIRED = SCENARIO_COLOURS[0], BASELINE, SCENARIO_COLOURS[2], SCENARIO_COLOURS[1]


def draw_liability(kpis: Table, scenarios: Sequence[str], confidence: float) -> str:
    """Points of each programme: their value at month ends as lines, redeemed and expired in the month as bars.

    Parameters
    ----------
    kpis : Table
        KPI rows of all sides.
    scenarios : sequence of str
        Sides that have a programme.
    confidence : float
        Of the bands.
    """
    with style():
        figure, panels = make_panels(len(scenarios), 2.9)
        for axes, name in zip(panels, scenarios, strict=False):
            held = by_month(kpis, "points_value", name)
            months = np.arange(1, len(held) + 1)
            redeemed, expired = (by_month(kpis, metric, name).mean(axis=1)
                                 for metric in ("redeemed_value", "expired_value"))
            axes.bar(months - 0.2, redeemed, 0.4, color=REDEEMED, label="redeemed in the month")
            axes.bar(months + 0.2, expired, 0.4, color=EXPIRED, label="expired in the month")
            draw_bands(axes, held, confidence, HELD, "face value held", "-")
            owed = by_month(kpis, "reward_liability", name)
            draw_bands(axes, owed, confidence, OWED, "owed by estimate", (0, (5, 2)))
            label_months(axes, len(held))
            axes.set_ylim(bottom=0)
            axes.set_title(name)
        panels[0].legend(frameon=False, loc="upper left", fontsize=8)
        return inline_svg(figure)
