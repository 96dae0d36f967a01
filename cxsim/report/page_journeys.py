"""What a page says of places and journeys: who hurts whom where, and how the repeat loop turns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.measure.metrics import CATALOGUE
from cxsim.measure.pain import fix_first, is_felt, owner_view, touchpoint_view
from cxsim.measure.table import Table, codes
from cxsim.report.figures import by_month
from cxsim.report.numbers import UNDEFINED, format_value
from cxsim.report.verdicts import title

if TYPE_CHECKING:
    from cxsim.settings.reference import Reference
    from cxsim.settings.schema import Config

TOP = 5
LOOP = ("knowledge", "population_knowledge", "fit", "order_frequency")
KNOWLEDGE_EFFECTS = ("search_saving", "handle_saving", "delivery_saving", "fit_gain", "price_gain",
                     "prompt_accuracy", "recognition")
PAIN_UNIT = "s.d. of perceived quality per 100 journeys"
FIRST_ORDER = (
    "Money is a first-order reading, not a simulation: the yearly margin of the base, times what one s.d. of "
    "satisfaction moves, times the quality that a journey loses here. To know, change the key and compare.")
GAP = (
    "Touchpoints can please while journeys fail: hand-offs, lost context and repeated contacts belong to no "
    "single touchpoint.")


@dataclass(frozen=True)
class JourneyReading:
    """The read-outs of places, ready to be printed: :mod:`cxsim.measure.pain` on all scenarios."""

    places: Table
    view: Table
    owners: Table
    ps: Table
    fixes: Table

    @property
    def scenarios(self) -> list[str]:
        """Names of the scenarios, in their order."""
        return codes(self.places["scenario"])[0]


def read_journeys(
    touchpoints: Table, ledger: Table, kpis: Table, configs: Mapping[str, Config], reference: Reference,
) -> JourneyReading | None:
    """Read all that places tell; None where nobody felt anything.

    Parameters
    ----------
    touchpoints, ledger, kpis : Table
        Tables of a run or comparison.
    configs : mapping of str to Config
        Each scenario's configuration by its name in the tables.
    reference : Reference
        The baseline's reference experience.
    """
    if not is_felt(touchpoints):
        return None
    return JourneyReading(
        touchpoints, touchpoint_view(touchpoints, kpis), owner_view(touchpoints, ledger),
        owner_view(touchpoints, ledger, by="p"), fix_first(touchpoints, ledger, configs, reference))


def number(value: float) -> str:
    """A number of pain or money: three digits, thousands apart, 0 as 0.

    Examples
    --------
    >>> number(12345.6), number(0.04321), number(0.0), number(float("nan"))
    ('12,346', '0.0432', '0', '–')
    """
    if not math.isfinite(value):
        return UNDEFINED
    return "0" if value == 0 else format_value(value, "")


def place_name(row: Mapping[str, Any]) -> str:
    """A place in words.

    Examples
    --------
    >>> place_name({"touchpoint": "live_help"})
    'live help'
    """
    return str(row["touchpoint"]).replace("_", " ")


def fix_rows(reading: JourneyReading, scenario: str, top: int = TOP) -> list[list[str]]:
    """The worst places and causes as text: place, cause, owner, P, pain, money a year."""
    found = list(reading.fixes.select(scenario=scenario).rows())[:top]
    return [[place_name(row), row["cause"], row["owner"], row["p"], number(row["pain"]),
             number(row["money_per_year"])] for row in found]


def owner_rows(reading: JourneyReading, scenario: str, by: str = "owner") -> list[list[str]]:
    """Owners (or Ps) as text: name, (P,) pain, delight, cost."""
    table = reading.owners if by == "owner" else reading.ps
    names = ("owner", "p") if by == "owner" else ("p",)
    return [[*(row[name] or UNDEFINED for name in names), *(number(row[what]) for what in (
        "pain", "delight", "cost"))] for row in table.select(scenario=scenario).rows()]


def view_words(reading: JourneyReading, scenario: str) -> str:
    """Touchpoints against the journey in one sentence; empty where nobody was asked.

    It names the places that reach the target while the journey does not.
    """
    rows = list(reading.view.select(scenario=scenario).rows())
    if not rows or not math.isfinite(rows[0]["csat_journey"]):
        return ""
    target, journey = (format_value(rows[0][name], "share") for name in ("target", "csat_journey"))
    above = sum(row["is_above"] for row in rows)
    words = (f"{above} of {len(rows)} touchpoints satisfy at least {target}; "
             f"the journey from end to end satisfies {journey}")
    good = [place_name(row) for row in rows if row["is_gap"]]
    return f"{words}: it fails though {', '.join(good)} please{'s' if len(good) == 1 else ''}." if good else (
        f"{words}.")


def has_gap(reading: JourneyReading, scenario: str) -> bool:
    """Whether some touchpoint reaches the target and the journey does not."""
    return bool(np.any(reading.view.select(scenario=scenario)["is_gap"]))


def view_rows(reading: JourneyReading, scenario: str) -> list[list[str]]:
    """Places as text: name, owner, satisfied, pain, delight, minutes, failures per 100 episodes, cost."""
    rows = []
    here = reading.places.select(scenario=scenario)
    n = max(1, len(codes(here["replication"])[0]))
    for place in codes(here["touchpoint"])[0]:
        found = here.select(touchpoint=place)
        episodes = float(found["episodes"].sum())
        shares = found["satisfied_share"][np.isfinite(found["satisfied_share"])]
        minutes = found["minutes"][np.isfinite(found["minutes"])]
        rows.append([
            place_name({"touchpoint": place}), found["owner"][0] or UNDEFINED,
            format_value(float(shares.mean()) if len(shares) else math.nan, "share"),
            *(number(float(np.nansum(found[name])) / n) for name in ("pain", "delight")),
            number(float(minutes.mean()) if len(minutes) else math.nan),
            number(100.0 * float(found["failures"].sum()) / episodes if episodes else math.nan),
            number(float(found["cost"].sum()) / n)])
    return rows


def journey_section(reading: JourneyReading | None) -> list[dict[str, Any]]:
    """Blocks of the section "Touchpoints and journeys", one a scenario; empty where nothing was felt."""
    if reading is None:
        return []
    return [{
        "name": scenario, "words": view_words(reading, scenario), "places": view_rows(reading, scenario),
        "fixes": fix_rows(reading, scenario), "ps": owner_rows(reading, scenario, by="p"),
    } for scenario in reading.scenarios]


def loop_is_on(configs: Sequence[Config]) -> bool:
    """Whether what is known of customers changes anything in any of the worlds."""
    return any(
        any(getattr(config.knowledge, name).value != 0 for name in KNOWLEDGE_EFFECTS)
        or any(one.by_knowledge and one.reach > 0 for one in config.touchpoints.values())
        for config in configs)


def loop_rows(kpis: Table, scenarios: Sequence[str]) -> list[list[str]]:
    """The repeat loop as text: metric, scenario, first month, last month; undefined metrics left out."""
    rows = []
    for metric in LOOP:
        for scenario in scenarios:
            months = by_month(kpis, metric, scenario)
            means = [float(np.mean(one[np.isfinite(one)])) if np.isfinite(one).any() else math.nan
                     for one in months]
            if len(means) and any(map(math.isfinite, means)):
                unit = CATALOGUE[metric].unit
                rows.append([title(metric), scenario, format_value(means[0], unit),
                             format_value(means[-1], unit)])
    return rows
