"""What a scenario does without a link from satisfaction to behaviour: the same difference, with that link cut.

Baseline and scenario are lived again in a world whose satisfaction does not move retention (or orders, spend,
upsell, invitations, conversion). The differences of several links do not add up to anything: each is a view.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.engines.reference_store import reference_for
from cxsim.errors import CxsimError
from cxsim.measure.comparison import mean_interval
from cxsim.measure.table import Table
from cxsim.settings.overlay import apply_changes, nest
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.whatif.cell import Progress
from cxsim.whatif.depth import Depth
from cxsim.whatif.further_sides import live_further, totals

if TYPE_CHECKING:
    from cxsim.whatif.compare import Comparison

METRICS = ("profit", "customer_equity", "retention_rate", "purchases")


def without_links(comparison: Comparison, progress: Progress) -> dict[str, Table]:
    """The step of a comparison: table `without_link`, where ``depth.without`` names links."""
    rows = []
    for link in comparison.depth.without:
        world = cut(comparison.config, link)
        reference = reference_for(world, progress=lambda text: progress(text, 0, 0), start=comparison.reference)
        sides = [("baseline", comparison.baseline), *zip(comparison.names, comparison.scenarios, strict=True)]
        named = [(f"without {link}: {name}", parts) for name, parts in sides]
        values = live_further(comparison, named, METRICS, progress, world, reference)
        rows += [_rows(comparison, name, link, one - values[0])
                 for name, one in zip(comparison.names, values[1:], strict=True)]
    return {"without_link": Table.concat(rows)} if rows else {}


def cut(config: Config, link: str) -> Config:
    """The world in which satisfaction does not move one link, and all others as strongly as before.

    Parameters
    ----------
    config : Config
        The world.
    link : str
        rate, exit, spend, upsell, invitation or conversion.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> world = load()
    >>> for one in (world.satisfaction, cut(world, "exit").satisfaction):
    ...     print([round(one.total_effect.value * share, 6) for share in (one.share.rate, one.share.exit)])
    [0.125, 0.125]
    [0.125, 0.0]
    """
    share: dict[str, float] = config.satisfaction.share.model_dump()
    kept = 1.0 - share[link]
    if share[link] == 0.0:
        return config
    total = config.satisfaction.total_effect.value
    if kept < 1e-12:
        return apply_changes(config, {"satisfaction.total_effect.value": 0.0}, origin=f"depth.without=[{link}]",
                             allow_world=True)
    shares = {name: 0.0 if name == link else value / kept for name, value in share.items()}
    changes: dict[str, Any] = {"satisfaction": {"total_effect": {"value": total * kept}, "share": shares}}
    return apply_changes(config, changes, origin=f"depth.without=[{link}]", allow_world=True)


def check_without(depth: Depth, config: Config, sides: Mapping[str, tuple[ScenarioSpec, ...]]) -> None:
    """Refuse, before anything is lived, links that move nothing here or that a scenario itself changes.

    Raises
    ------
    CxsimError
        The message names the link and those that can be cut.
    """
    if not depth.without:
        return
    share = config.satisfaction.share.model_dump()
    there = [name for name, value in share.items() if value > 0 and config.satisfaction.total_effect.value > 0]
    for link in depth.without:
        if link not in there:
            listed = ", ".join(there) or "none"
            raise CxsimError(f"depth.without=[{link}]: satisfaction does not move {link} in this world, so there "
                             f"is nothing to cut; links that it moves: {listed}")
    for part in (part for parts in sides.values() for part in parts):
        if "satisfaction" in nest(part.changes, f"scenario {part.name}"):
            raise CxsimError(f"depth.without: scenario {part.name} itself changes satisfaction, so that cutting a "
                             "link would cut the scenario; leave depth.without or the scenario out")


def _rows(comparison: Comparison, name: str, link: str, without: np.ndarray) -> Table:
    """One scenario without one link: its difference in full, without the link, and the change, with intervals."""
    full = totals(comparison.kpis, name, METRICS) - totals(comparison.kpis, "baseline", METRICS)
    level, n = comparison.config.confidence, len(METRICS)
    figures: Mapping[str, np.ndarray] = {"full": full, "without": without, "through": full - without}
    columns: dict[str, Any] = {
        "scenario": np.full(n, name, dtype=object), "link": np.full(n, link, dtype=object),
        "metric": np.array(METRICS, dtype=object)}
    for figure, values in figures.items():
        mean, low, high, _ = mean_interval(values, level)
        columns |= {figure: mean, f"{figure}_low": low, f"{figure}_high": high}
    return Table({**columns, "confidence": np.full(n, float(level)),
                  "replications": np.isfinite(full - without).sum(axis=1).astype(np.int64)})
