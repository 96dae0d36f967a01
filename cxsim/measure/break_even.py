"""From which volume on a scenario pays, and which it reached: the break-even effect by accounting alone."""

from __future__ import annotations

import numpy as np

from cxsim.journal.words import CATEGORIES
from cxsim.measure.comparison import cube_of, mean_interval
from cxsim.measure.sums import ratio
from cxsim.measure.table import Table, codes

# What a scenario has to bring more of before it pays: metric, by kind of market.
VOLUMES = {"transactional": "purchases", "subscription": "active_customer_days"}
FOLLOWS_VOLUME = tuple(name for name, _, _, is_own in CATEGORIES if is_own)
COLUMNS = ("needed", "needed_low", "needed_high", "found", "found_low", "found_high")


def margin_by_replication(ledger: Table, sides: list[str], replications: list[int]) -> np.ndarray:
    """Money that follows single customers: revenue less goods, rewards and variable service.

    Parameters
    ----------
    ledger : Table
        From :func:`cxsim.measure.ledger.ledger_table`, of all sides.
    sides : list of str
        Names of scenarios.
    replications : list of int
        Their numbers.

    Returns
    -------
    array, shape (sides, replications)
        Account currency.
    """
    words, category = codes(ledger["category"])
    follows = np.array([word in FOLLOWS_VOLUME for word in words])[category]
    places = []
    for column, wanted in (("scenario", sides), ("replication", replications)):
        found, numbers = codes(ledger[column])
        places.append(np.array([wanted.index(word) if word in wanted else -1 for word in found])[numbers])
    kept = follows & (places[0] >= 0) & (places[1] >= 0)
    flat = places[0][kept] * len(replications) + places[1][kept]
    summed = np.bincount(flat, weights=ledger["profit_effect"][kept], minlength=len(sides) * len(replications))
    return summed.reshape(len(sides), len(replications))


def needed_volume(
    margin: np.ndarray, profit: np.ndarray, volume: np.ndarray, base_profit: np.ndarray,
) -> np.ndarray:
    """The volume at which a scenario's profit is the baseline's.

    Its margin grows with volume; what else it costs stays as it is. So it pays if and only if its own volume is
    above the needed one.

    Parameters
    ----------
    margin, profit, volume : arrays
        Of the scenario: money that follows volume, profit, and orders (or days of active customers).
    base_profit : array
        Of the baseline.

    Returns
    -------
    array
        NaN where each further unit of volume loses money: then no volume pays.

    Examples
    --------
    >>> needed_volume(np.array([100.0]), np.array([40.0]), np.array([50.0]), np.array([50.0])).tolist()
    [55.0]
    """
    unit = ratio(margin, volume)
    return np.where(unit > 0, ratio(base_profit + margin - profit, unit), np.nan)


def break_even_table(kpis: Table, ledger: Table, baseline: str, kind: str, confidence: float) -> Table:
    """Needed and found change of volume of every scenario, as shares of the baseline's volume.

    Parameters
    ----------
    kpis, ledger : Table
        Of all sides.
    baseline : str
        The baseline's name.
    kind : str
        Kind of market: orders count in a transactional one, days of active customers in a subscription.
    confidence : float
        Of the intervals over replications (Student's t).

    Returns
    -------
    Table
        Columns scenario, volume (the metric), baseline_volume, needed, needed_low, needed_high, found, found_low,
        found_high (shares of the baseline's volume, .05 for 5% more), margin_per_unit, held (money that does not
        follow volume, beyond the baseline's), replications, confidence.
    """
    metric = VOLUMES[kind]
    names = [name for name in codes(kpis["scenario"])[0] if name != baseline]
    replications = sorted(codes(kpis["replication"])[0])
    axes = {"scenario": [baseline, *names], "metric": [metric, "profit"]}
    cube = cube_of(kpis.select(segment="all", period="total", metric=[metric, "profit"]), axes, replications)
    volume, profit = cube[:, 0], cube[:, 1]
    margin = margin_by_replication(ledger, [baseline, *names], replications)
    rows = []
    for k in range(1, 1 + len(names)):
        needed = ratio(needed_volume(margin[k], profit[k], volume[k], profit[0]), volume[0]) - 1.0
        found = ratio(volume[k], volume[0]) - 1.0
        if not np.isfinite(needed).all():
            needed = np.full_like(needed, np.nan)  # Not a mean over those replications in which it might pay.
        held = (margin[k] - profit[k]) - (margin[0] - profit[0])
        ends = [float(one) for values in (needed, found) for one in mean_interval(values, confidence)[:3]]
        rows.append([float(volume[0].mean()), *ends, float(ratio(margin[k].sum(), volume[k].sum())),
                     round(float(held.mean()), 4)])  # The ledger's own digits: what is left below is rounding.
    columns = dict(zip(("baseline_volume", *COLUMNS, "margin_per_unit", "held"),
                       np.array(rows, dtype=float).reshape(-1, 9).T, strict=True))
    n = len(names)
    return Table({"scenario": np.array(names, dtype=object), "volume": np.full(n, metric, dtype=object), **columns,
                  "replications": np.full(n, len(replications)), "confidence": np.full(n, float(confidence))})
