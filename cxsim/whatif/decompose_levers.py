"""A scenario's profit and customer equity taken apart by lever: coalitions of its own parts, each lived.

The empty coalition is the baseline, the full one the scenario; what a lever adds when it joins, averaged over all
orders of joining, is its Shapley value. Up to six levers all coalitions are lived; beyond that sampled orders are,
and each value carries the error of the sampling beside its interval.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cxsim.errors import CxsimError
from cxsim.journal.tallies import MONEY
from cxsim.measure.comparison import mean_interval
from cxsim.measure.table import Table
from cxsim.settings.levers import Lever, levers_of, pulled
from cxsim.settings.overlay import apply_changes, combine
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.whatif.cell import Progress
from cxsim.whatif.depth import Depth
from cxsim.whatif.further_sides import live_further, totals
from cxsim.whatif.shapley import coalitions, largest_remainder, sampled_orders, sampled_values, shapley_values

if TYPE_CHECKING:
    from cxsim.whatif.compare import Comparison

MEASURES = ("profit", "customer_equity")
MOST_EXACT = 6
ORDERS = 771
Coalition = frozenset[int]


def levers(comparison: Comparison, progress: Progress) -> dict[str, Table]:
    """The step of a comparison: tables `levers` and `levers_by_replication`, where ``depth.levers`` asks."""
    if not comparison.depth.levers:
        return {}
    means, each = [], []
    for name, parts in zip(comparison.names, comparison.scenarios, strict=True):
        found = levers_of(parts)
        if len(found) < 2:
            continue
        values, errors = _shared(comparison, name, parts, found, progress)
        each.append(_each(name, found, values))
        means.append(_means(name, found, values, errors, comparison.config.confidence))
    return {"levers": Table.concat(means), "levers_by_replication": Table.concat(each)} if means else {}


def check_levers(depth: Depth, config: Config, sides: Mapping[str, tuple[ScenarioSpec, ...]]) -> None:
    """Refuse, before anything is lived, levers that cannot be pulled apart.

    Raises
    ------
    CxsimError
        When no scenario has two levers, the baseline is not the market itself, or some of a scenario's levers
        make an impossible world without the others; the message says which and what to do.
    """
    if not depth.levers:
        return
    if any(part.changes for part in sides["baseline"]):
        raise CxsimError("depth.levers=true: needs baseline=none, because a scenario's levers lead from the "
                         "market itself to the scenario; leave baseline out")
    found = {name: levers_of(parts) for name, parts in sides.items() if name != "baseline"}
    if all(len(own) < 2 for own in found.values()):
        listed = ", ".join(found)
        raise CxsimError(f"depth.levers=true: none of the scenarios ({listed}) has two levers; name them in a "
                         "scenario's YAML under parts:, as in parts: {points: [loyalty], bonus: [referral]}")
    for name, own in found.items():
        wanted = _orders(len(own), config, depth)[1] if len(own) > MOST_EXACT else coalitions(len(own))
        for chosen in wanted:
            some = [own[k] for k in sorted(chosen)]
            _try(config, pulled(sides[name], some), [lever.name for lever in some])


def _try(config: Config, parts: Sequence[ScenarioSpec], names: Sequence[str]) -> None:
    if not parts:
        return
    try:
        apply_changes(config, combine(parts).changes, origin=" + ".join(names))
    except CxsimError as error:
        raise CxsimError(f"depth.levers=true: the levers {' + '.join(names)} alone make an impossible world "
                         f"({error}); put keys that need each other into one of the scenario's parts") from None


def _shared(
    comparison: Comparison, name: str, parts: Sequence[ScenarioSpec], own: Sequence[Lever], progress: Progress,
) -> tuple[np.ndarray, np.ndarray]:
    """Whole 1/10,000 by lever, measure and replication; and the error of sampled orders (0 where exact)."""
    n = len(own)
    base = totals(comparison.kpis, "baseline", MEASURES)
    full = totals(comparison.kpis, name, MEASURES)
    known = {frozenset(): base, frozenset(range(n)): full}
    if n <= MOST_EXACT:
        wanted = [frozenset(chosen) for chosen in coalitions(n)]
        worths = known | _live(comparison, name, parts, own, [one for one in wanted if one not in known], progress)
        values = shapley_values(np.stack([worths[one] for one in wanted]))
        errors = np.zeros((n, len(MEASURES)))
    else:
        orders, wanted = _orders(n, comparison.config, comparison.depth)
        worths = known | _live(comparison, name, parts, own, wanted, progress)
        values, _ = sampled_values(worths.__getitem__, orders)
        _, errors = sampled_values(lambda one: worths[one].mean(axis=1), orders)
    total = np.rint((full - base) * MONEY).astype(np.int64)
    return largest_remainder(values * MONEY, total), errors


def _orders(n: int, config: Config, depth: Depth) -> tuple[list[tuple[int, ...]], list[Coalition]]:
    """Sampled orders of joining, and the coalitions they pass through on the way."""
    rng = np.random.default_rng(np.random.SeedSequence([config.seed, ORDERS]))
    orders = sampled_orders(n, depth.lever_orders, rng)
    return orders, list(dict.fromkeys(frozenset(order[:k]) for order in orders for k in range(1, n)))


def _live(
    comparison: Comparison, name: str, parts: Sequence[ScenarioSpec], own: Sequence[Lever],
    wanted: Sequence[Coalition], progress: Progress,
) -> Mapping[Coalition, np.ndarray]:
    chosen = [[own[k] for k in sorted(one)] for one in wanted]
    sides = [(f"{name}: {' + '.join(lever.name for lever in some)}", pulled(parts, some)) for some in chosen]
    return dict(zip(wanted, live_further(comparison, sides, MEASURES, progress), strict=True))


def _each(name: str, own: Sequence[Lever], values: np.ndarray) -> Table:
    """Columns scenario, replication, measure, lever, value."""
    n_levers, n_measures, n = values.shape
    return Table({
        "scenario": np.full(values.size, name, dtype=object),
        "replication": np.tile(np.arange(n, dtype=np.int64), n_levers * n_measures),
        "measure": np.tile(np.repeat(np.array(MEASURES, dtype=object), n), n_levers),
        "lever": np.repeat(np.array([lever.name for lever in own], dtype=object), n_measures * n),
        "value": values.ravel() / MONEY})


def _means(name: str, own: Sequence[Lever], values: np.ndarray, errors: np.ndarray, confidence: float) -> Table:
    """Columns scenario, measure, lever, difference, ci_low, ci_high, confidence, replications, order_error."""
    flat = values.reshape(-1, values.shape[2]) / MONEY
    mean, low, high, _ = mean_interval(flat, confidence)
    return Table({
        "scenario": np.full(len(flat), name, dtype=object),
        "measure": np.tile(np.array(MEASURES, dtype=object), len(own)),
        "lever": np.repeat(np.array([lever.name for lever in own], dtype=object), len(MEASURES)),
        "difference": mean, "ci_low": low, "ci_high": high, "confidence": np.full(len(flat), float(confidence)),
        "replications": np.full(len(flat), values.shape[2], dtype=np.int64), "order_error": errors.ravel()})
