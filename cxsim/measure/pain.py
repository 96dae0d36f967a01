"""Read-outs of the places: touchpoints against journeys, who owns what hurts, and what to mend first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.behaviour.state import CAUSES, M_SATISFACTION
from cxsim.journal.words import CATEGORIES
from cxsim.measure.owners import owner_of_cause, p_of
from cxsim.measure.table import Table, codes

if TYPE_CHECKING:
    from cxsim.settings.reference import Reference
    from cxsim.settings.schema import Config

TARGET = 0.70
EPISODES_OF_A_JOURNEY = ("channel", "solution")
_MARGIN = frozenset(name for name, _, _, is_own in CATEGORIES if is_own)
_NOT_OWNED = ("revenue", "goods")


def is_felt(touchpoints: Table) -> bool:
    """Whether customers felt anything: without perception there is neither pain nor delight.

    Examples
    --------
    >>> is_felt(Table({"pain": [float("nan"), 0.0], "delight": [0.0, 0.2]}))
    True
    """
    return bool(np.any(touchpoints["pain"] > 0) or np.any(touchpoints["delight"] > 0))


def _mean(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


def _n_replications(table: Table) -> int:
    return max(1, len(codes(table["replication"])[0]))


def _table(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Table:
    """Rows as a table; a column without rows is one of texts."""
    return Table({name: np.array([row[name] for row in rows], dtype=object) if not rows
                  or isinstance(rows[0][name], str) else np.array([row[name] for row in rows]) for name in names})


def touchpoint_view(touchpoints: Table, kpis: Table, target: float = TARGET) -> Table:
    """Each touchpoint's satisfied share beside the whole journey's: touchpoints may please, journeys fail.

    Parameters
    ----------
    touchpoints : Table
        From :func:`cxsim.measure.touchpoints.touchpoints_table`, all scenarios and replications.
    kpis : Table
        From :func:`cxsim.measure.kpis.kpis` of the same; `csat_journey` of the whole run is read.
    target : float
        Share of satisfied answers aimed at, between 0 and 1.

    Returns
    -------
    Table
        Columns scenario, touchpoint, kind, satisfied_share, csat_journey (both means over
        replications), target, is_above (the touchpoint reaches the target), is_gap (it does, and the
        journey does not). Places without episodes are left out.

    Examples
    --------
    >>> places = Table({"scenario": ["a"], "replication": [0], "touchpoint": ["web"], "kind": ["channel"],
    ...                 "satisfied_share": [0.9], "episodes": [10]})
    >>> rows = Table({"scenario": ["a"], "replication": [0], "segment": ["all"], "period": ["total"],
    ...               "metric": ["csat_journey"], "value": [0.6], "unit": ["share"]})
    >>> next(touchpoint_view(places, rows).rows())["is_gap"]
    True
    """
    rows = []
    journeys = kpis.select(metric="csat_journey", segment="all", period="total")
    for scenario in codes(touchpoints["scenario"])[0]:
        of_journey = _mean(journeys.select(scenario=scenario)["value"])
        here = touchpoints.select(scenario=scenario)
        for place in codes(here["touchpoint"])[0]:
            found = here.select(touchpoint=place)
            share = _mean(found["satisfied_share"])
            if np.isfinite(share):
                rows.append({"scenario": scenario, "touchpoint": place, "kind": found["kind"][0],
                             "satisfied_share": share, "csat_journey": of_journey, "target": target,
                             "is_above": share >= target, "is_gap": share >= target > of_journey})
    return _table(rows, ("scenario", "touchpoint", "kind", "satisfied_share", "csat_journey", "target",
                         "is_above", "is_gap"))


def place_causes(touchpoints: Table) -> Table:
    """Pain and delight by place and cause, means over replications, with who can mend it.

    Returns
    -------
    Table
        Columns scenario, touchpoint, kind, cause, owner, p, pain, delight (s.d. of perceived quality per
        100 journeys), quality_lost (s.d. of the journey's mean quality: a journey is remembered by the
        mean of its episodes, so what one of n loses counts 1/n). Causes that did nothing are left out.
    """
    rows = []
    for scenario in codes(touchpoints["scenario"])[0]:
        here = touchpoints.select(scenario=scenario)
        n, per_journey = _n_replications(here), _episodes_per_journey(here)
        for place in codes(here["touchpoint"])[0]:
            found = here.select(touchpoint=place)
            for cause in CAUSES:
                # A replication in which nothing happened at the place has no row: it counts as 0.
                pain = float(np.nansum(found[f"pain_{cause}"])) / n
                delight = float(np.nansum(found[f"delight_{cause}"])) / n
                if pain or delight:
                    owner = owner_of_cause(str(found["owner"][0]), cause)
                    rows.append({"scenario": scenario, "touchpoint": place, "kind": found["kind"][0],
                                 "cause": cause, "owner": owner, "p": p_of(owner), "pain": pain,
                                 "delight": delight, "quality_lost": pain / 100.0 / per_journey})
    return _table(rows, ("scenario", "touchpoint", "kind", "cause", "owner", "p", "pain", "delight",
                         "quality_lost"))


def _episodes_per_journey(touchpoints: Table) -> float:
    """Contacts and solutions felt per judged journey, of one scenario; at least 1."""
    journeys = sum(int(touchpoints.select(replication=one)["journeys"][0])
                   for one in codes(touchpoints["replication"])[0])
    episodes = int(touchpoints.select(kind=EPISODES_OF_A_JOURNEY)["episodes"].sum())
    return max(1.0, episodes / journeys) if journeys else 1.0


def owner_view(touchpoints: Table, ledger: Table, by: str = "owner") -> Table:
    """Pain, delight and cost by owner, or by P.

    Parameters
    ----------
    touchpoints, ledger : Table
        From :func:`cxsim.measure.touchpoints.touchpoints_table` and
        :func:`cxsim.measure.ledger.ledger_table`, all scenarios and replications.
    by : {"owner", "p"}
        Departments, or the five Ps they belong to.

    Returns
    -------
    Table
        Columns scenario, owner, p, pain, delight (s.d. of perceived quality per 100 journeys), cost (money
        of a run, goods left out); by P without owner. Means over replications, the most pain first.
    """
    causes = place_causes(touchpoints)
    costs = _cost_by_owner(ledger)
    rows: dict[tuple[str, str], dict[str, Any]] = {}

    def add(scenario: str, owner: str, what: str, value: float) -> None:
        names = {"owner": owner, "p": p_of(owner)} if by == "owner" else {"p": p_of(owner)}
        row = rows.setdefault((scenario, names[by]), {
            "scenario": scenario, **names, "pain": 0.0, "delight": 0.0, "cost": 0.0})
        row[what] += value

    for row in causes.rows():
        add(row["scenario"], row["owner"], "pain", row["pain"])
        add(row["scenario"], row["owner"], "delight", row["delight"])
    for (scenario, owner), cost in costs.items():
        add(scenario, owner, "cost", cost)
    order = {name: k for k, name in enumerate(codes(ledger["scenario"])[0])}
    found = sorted(rows.values(), key=lambda row: (
        order.get(row["scenario"], 0), -row["pain"], -row["cost"], row[by]))
    names = ("scenario", "owner", "p") if by == "owner" else ("scenario", "p")
    return _table(found, (*names, "pain", "delight", "cost"))


def _sums(table: Table, names: Sequence[str], values: np.ndarray) -> dict[tuple[Any, ...], float]:
    """Sum of values by the combinations of some columns."""
    found = [codes(table[name]) for name in names]
    shape = tuple(max(1, len(words)) for words, _ in found)
    flat = np.ravel_multi_index(tuple(numbers for _, numbers in found), shape)
    totals = np.bincount(flat, values, minlength=int(np.prod(shape)))
    return {tuple(words[k] for (words, _), k in zip(found, np.unravel_index(spot, shape), strict=True)):
            float(totals[spot]) for spot in np.unique(flat)}


def _cost_by_owner(ledger: Table) -> dict[tuple[str, str], float]:
    if not len(ledger):
        return {}
    n = _replications_of(ledger)
    costs = _sums(ledger, ("scenario", "owner", "bucket"), ledger["amount"])
    found: dict[tuple[str, str], float] = {}
    for (scenario, owner, bucket), cost in costs.items():
        if bucket not in _NOT_OWNED:
            found[scenario, owner] = found.get((scenario, owner), 0.0) + cost / n[scenario]
    return found


def _replications_of(ledger: Table) -> dict[str, int]:
    """Replications of each scenario that left any flow."""
    pairs = _sums(ledger, ("scenario", "replication"), np.ones(len(ledger)))
    n: dict[str, int] = {}
    for scenario, _ in pairs:
        n[scenario] = n.get(scenario, 0) + 1
    return n


def margins_per_sd(ledger: Table, configs: Mapping[str, Config], reference: Reference) -> dict[str, float]:
    """Yearly margin of each scenario that one s.d. of satisfaction moves, to first order, in account currency.

    Sum over segments of the yearly margin of their customers times `satisfaction.total_effect`, over
    the spread of satisfaction in the baseline, so that the result is per unit of satisfaction.
    """
    if not len(ledger):
        return dict.fromkeys(configs, 0.0)
    n, per_sd = _replications_of(ledger), dict.fromkeys(configs, 0.0)
    margins = _sums(ledger, ("scenario", "segment", "category"), ledger["profit_effect"])
    segment_of = {name: k for k, name in enumerate(next(iter(configs.values())).segments)}
    for (scenario, segment, category), margin in margins.items():
        if scenario in configs and segment in segment_of and category in _MARGIN:
            config = configs[scenario]
            spread = float(reference.anchor[segment_of[segment], 0, M_SATISFACTION, 1])
            yearly = margin / n[scenario] / (config.horizon_days / 365.0)
            per_sd[scenario] += config.satisfaction.total_effect.value * yearly / spread
    return per_sd


def fix_first(
    touchpoints: Table, ledger: Table, configs: Mapping[str, Config], reference: Reference,
) -> Table:
    """Places and causes by the pain they give, with a first-order reading of what mending is worth.

    Money is a reading, not a simulation: the yearly margin of the base times what one s.d. of
    satisfaction moves (`satisfaction.total_effect`), times the quality a journey loses here over the
    spread of satisfaction. It takes an s.d. of quality for one of satisfaction and lets nothing else
    change; to know, change the key and compare.

    Parameters
    ----------
    touchpoints, ledger : Table
        As in :func:`owner_view`.
    configs : mapping of str to Config
        Each scenario's configuration by its name in the tables.
    reference : Reference
        The baseline's reference experience.

    Returns
    -------
    Table
        Columns of :func:`place_causes` without delight, and money_per_year; only what hurts, worst
        first, scenario by scenario.
    """
    causes = place_causes(touchpoints)
    worth = margins_per_sd(ledger, configs, reference)
    order = {name: k for k, name in enumerate(codes(causes["scenario"])[0])}
    rows = [{**row, "money_per_year": row["quality_lost"] * worth.get(row["scenario"], float("nan"))}
            for row in causes.rows() if row["pain"] > 0.0]
    rows.sort(key=lambda row: (order[row["scenario"]], -row["pain"]))
    return _table(rows, ("scenario", "touchpoint", "kind", "cause", "owner", "p", "pain", "quality_lost",
                         "money_per_year"))
