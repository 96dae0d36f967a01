"""From a simulated fraction to the whole population: the one place where counts and money are scaled up.

A run of `population.fraction` f holds f of the customers; what does not follow from them (running costs) was
scaled down by f before the run. So every count, amount and number of points of a table times 1/f is that of
the whole population, and shares, means, rates and waits are what they are. The event log is not scaled: it
tells of single customers.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from cxsim.measure.metrics import CATALOGUE
from cxsim.measure.sources import PAID_FOR
from cxsim.measure.table import Table
from cxsim.measure.twins import METRICS as TWIN_METRICS

# Columns that grow with the population, by table. What a flow that nobody causes counts (paid hours) is whole.
COLUMNS = {
    "ledger": ("amount", "profit_effect"),
    "points": ("issued", "redeemed", "expired", "cancelled", "outstanding"),
    "touchpoints": ("journeys", "episodes", "failures", "cost"),
    "sources": ("customers_acquired", *PAID_FOR, "spend"),
    "accounts": ("amount", "discounted", "recent_count", "recent"),
    "leaks": ("subsidy", "customers", "leaked"),
    "gains": ("customers", "saved", "lost", "net_saved", "margin", "orders"),
}
METRIC_TABLES = ("kpis", "twins")
NOT_SCALED = ("events", "states")
SHARED = "shared"


def scale_up(values: np.ndarray, share: float) -> np.ndarray:
    """Values of a fraction as those of the whole: times 1/share, whole numbers where that is whole.

    Examples
    --------
    >>> scale_up(np.array([3, 4]), 0.1).tolist(), scale_up(np.array([3]), 0.4).tolist()
    ([30, 40], [7.5])
    """
    times = 1.0 / share
    if values.dtype.kind == "i" and abs(times - round(times)) < 1e-9 * times:
        return values * round(times)
    return values * times


def to_whole(name: str, table: Table, share: float) -> Table:
    """A table of a simulated fraction as that of the whole population.

    Parameters
    ----------
    name : str
        Which table: kpis, ledger, points, touchpoints, sources, accounts, twins, leaks, gains, events or states.
    table : Table
        As measured.
    share : float
        The simulated share, above 0; at 1 the table itself is returned.

    Examples
    --------
    >>> rows = Table({"metric": ["purchases", "upsell_rate"], "value": [20.0, 0.3]})
    >>> to_whole("kpis", rows, 0.1)["value"].tolist()
    [200.0, 0.3]
    """
    if share == 1.0 or name in NOT_SCALED or len(table) == 0:
        return table
    if name in METRIC_TABLES:
        is_scaled = _is_extensive(table["metric"])
        scaled = {"value": np.where(is_scaled, scale_up(table["value"], share), table["value"])}
    else:
        scaled = {column: scale_up(table[column], share) for column in COLUMNS[name]}
    if name in ("ledger", "accounts"):
        scaled["count"] = np.where(table["segment"] == SHARED, table["count"], scale_up(table["count"], share))
    return Table({**table.columns, **scaled})


def _is_extensive(names: Iterable[str]) -> np.ndarray:
    """Which of some metrics grow with the population."""
    extensive = {metric.name for metric in (*CATALOGUE.values(), *TWIN_METRICS) if metric.is_extensive}
    return np.array([name in extensive for name in names], dtype=bool)
