"""The real test to run: how many customers, for how many weeks, before the projected effect would show."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxsim.journal.ticks import DAY
from cxsim.measure.comparison import cube_of
from cxsim.measure.regulars import OUTCOMES
from cxsim.measure.table import Table, codes
from cxsim.settings.schedule import month_starts
from cxsim.settings.schema import Config
from cxsim.theory.two_groups import detectable_effect, people_per_group

# What a test would look at first, and the months' flow by whose pace it shows.
LEADING = {"transactional": ("orders", "purchases"), "subscription": ("stays", "customers_churned")}
COLUMNS = ("weeks", "baseline_mean", "effect", "deviation", "deviation_after", "per_group", "detectable",
           "customers")


@dataclass(frozen=True)
class Outcome:
    """One outcome of customers active on day 0: mean, projected effect, spread between people in either life."""

    mean: float
    effect: float
    deviation: float
    deviation_after: float

    def orders_at(self, pace: float) -> Outcome:
        """As counts stood after a share `pace` of all orders of the run.

        Orders of people who buy at different rates vary by chance, which grows with their mean, and by their
        rates, which grows with its square (a mixed Poisson law, as in BG/NBD); the lift is the same at all times.
        """
        def spread(mean: float, deviation: float) -> float:
            variance = deviation**2
            chance = min(mean, variance)
            return math.sqrt(chance * pace + (variance - chance) * pace**2)

        return Outcome(self.mean * pace, self.effect * pace, spread(self.mean, self.deviation),
                       spread(self.mean + self.effect, self.deviation_after))

    def stays_at(self, pace: float) -> Outcome:
        """As the share who stay stood after a share `pace` of all losses of the run; of those the same part is
        averted at all times."""
        mean = 1.0 - (1.0 - self.mean) * pace
        effect = self.effect * pace
        after = min(1.0, max(0.0, mean + effect))
        return Outcome(mean, effect, math.sqrt(mean * (1.0 - mean)), math.sqrt(after * (1.0 - after)))


def pilot_table(kpis: Table, twins: Table, config: Config, power: float) -> Table:
    """How large a test of two groups of real customers has to be, by outcome and length.

    In reality nobody lives twice: the groups hold different people, so what counts is how much people differ,
    not how much paired runs do.

    Parameters
    ----------
    kpis, twins : Table
        Of a comparison.
    config : Config
        Its world.
    power : float
        Probability to detect the projected effect, 0..1.

    Returns
    -------
    Table
        Columns scenario, outcome ("orders" or "stays" by months, then "margin" and the others for the whole run),
        leading (whether a test would look at it first), weeks, baseline_mean, effect, deviation, deviation_after,
        per_group (customers needed in each group; infinite without an effect), detectable (the smallest effect
        that all customers active on day 0, half of them in each group, would show), customers (those), power,
        confidence.
    """
    lead, flow = LEADING[config.market.kind]
    days = month_starts(config)[1:] / DAY
    pace = _pace(kpis, flow, len(days))
    rows = []
    for name in codes(twins["scenario"])[0]:
        means = _means(twins.select(scenario=name, segment="all"))
        if not means.get("regulars", 0.0) >= 2.0:
            continue
        for outcome, weeks, found in _looks(means, lead, days, pace):
            rows.append((name, outcome, outcome == lead, *_sizes(found, weeks, means["regulars"], config, power)))
    heads = ("scenario", "outcome", "leading", *COLUMNS)
    kinds = (object, object, bool, *(float,) * len(COLUMNS))
    columns = {head: np.array([row[k] for row in rows], dtype=kind)
               for k, (head, kind) in enumerate(zip(heads, kinds, strict=True))}
    return Table({**columns, "power": np.full(len(rows), power),
                  "confidence": np.full(len(rows), float(config.confidence))})


def _means(twins: Table) -> dict[str, float]:
    metrics = codes(twins["metric"])[0]
    cube = cube_of(twins, {"metric": metrics}, sorted(codes(twins["replication"])[0]))
    return {metric: float(values[np.isfinite(values)].mean()) if np.isfinite(values).any() else math.nan
            for metric, values in zip(metrics, cube, strict=True)}


def _pace(kpis: Table, flow: str, n_months: int) -> np.ndarray:
    """Share of a flow of the baseline that has passed by the end of each month."""
    here = kpis.select(scenario="baseline", segment="all", metric=flow)
    months = [str(month) for month in range(1, n_months + 1)]
    cube = cube_of(here, {"period": months}, sorted(codes(here["replication"])[0]))
    summed = np.cumsum(np.nan_to_num(cube).sum(axis=1))
    return summed / summed[-1] if summed[-1] > 0 else np.linspace(0.0, 1.0, n_months + 1)[1:]


def _looks(means: dict[str, float], lead: str, days: np.ndarray, pace: np.ndarray,
           ) -> Iterator[tuple[str, float, Outcome]]:
    """Outcomes with the weeks after which they are looked at: the leading one at every month's end."""
    for name in OUTCOMES:
        fields = (f"regulars_{name}{end}" for end in ("", "_gain", "_deviation", "_deviation_after"))
        whole = Outcome(*(means[field] for field in fields))
        if name == lead:
            for day, share in zip(days[:-1], pace[:-1], strict=True):
                yield name, float(day) / 7, whole.orders_at(share) if name == "orders" else whole.stays_at(share)
        yield name, float(days[-1]) / 7, whole


def _sizes(found: Outcome, weeks: float, customers: float, config: Config, power: float) -> tuple[Any, ...]:
    variances = (found.deviation**2, found.deviation_after**2)
    sure = {"confidence": config.confidence, "power": power}
    per_group = people_per_group(found.effect, *variances, **sure)
    least = detectable_effect(customers / 2, *variances, **sure)
    return (weeks, found.mean, found.effect, found.deviation, found.deviation_after, per_group, least, customers)


@dataclass(frozen=True)
class Pilot:
    """The shortest test that the customers there are suffice for; `row` is that of the table.

    Where they never do, `is_feasible` is False and `row` that of the longest test.
    """

    row: dict[str, Any]
    is_feasible: bool


def pilot_of(table: Table, scenario: str) -> Pilot | None:
    """The test to run for one scenario; None where there is no row.

    Examples
    --------
    >>> table = Table({"scenario": ["a"] * 3, "outcome": ["orders"] * 3, "leading": [True] * 3,
    ...                "weeks": [4.0, 9.0, 13.0], "per_group": [900.0, 480.0, 300.0], "customers": [1000.0] * 3})
    >>> found = pilot_of(table, "a")
    >>> found.row["weeks"], found.is_feasible
    (9.0, True)
    """
    rows = [row for row in table.select(scenario=scenario).rows() if row["leading"]]
    if not rows:
        return None
    enough = [row for row in rows if 2 * math.ceil(min(row["per_group"], 1e18)) <= row["customers"]]
    return Pilot(enough[0] if enough else rows[-1], bool(enough))
