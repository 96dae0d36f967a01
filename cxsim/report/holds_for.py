"""What the figures hold for: whom a scenario reached, what recommendation multiplies, which people were drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsim.engines.reproduction import CAUTION_FROM, scenario_reproduction
from cxsim.measure.comparison import mean_interval
from cxsim.measure.table import Table
from cxsim.report.section import Grid, Section

if TYPE_CHECKING:
    from cxsim.settings.schema import Config, ScenarioSpec
    from cxsim.whatif.compare import Comparison


def holds_for(comparison: Comparison) -> Section | None:
    """Population, warm-up, audiences and reproduction numbers of a comparison; None for anonymous contacts.

    Parameters
    ----------
    comparison : Comparison
        From :func:`cxsim.compare`.
    """
    config = comparison.config
    if config.market.kind == "contact_centre":
        return None
    words = [told_people(config)]
    if config.warmup_days > 0:
        words.append(told_warm_up(config))
    grids = [_reached(comparison)]
    words += [f"{name} is for some: {audience}. It reached {share} of the customers."
              for name, _, share, audience in grids[0].rows if audience != "everybody"]
    notes = ["Reached: within the scenario's reach at some time, of all who had not dropped out before day 0."]
    numbers = _reproduction(comparison)
    if numbers is not None:
        grids.append(numbers)
        told = ", ".join(f"{name} {expected}" for name, expected, _, _ in numbers.rows)
        words.append(f"New customers whom one brings over his life (reproduction number): {told}.")
        notes.append(
            "Reproduction number: new customers whom one customer brings by recommendation over a life as long as "
            "the horizon; expected by pilots and invitations, seen in the run (newcomers' lives, cut at the "
            "horizon). From 1 on every generation is larger than the one before, which is refused in an endless "
            f"market; from {CAUTION_FROM:g} on small changes of referral.* move results by much.")
    return Section("What the figures hold for", words, grids, notes=notes, place="sure", is_brief=True)


def told_people(config: Config) -> str:
    """Which people the intervals speak of.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> told_people(load(["population.resample=false"])).split(":")[0]
    'The same people in every replication (population.resample=false)'
    """
    if config.population.resample:
        return ("Other people in every replication (population.resample=true): intervals hold for any business "
                "whose customers follow these laws. For this very base, set population.resample=false.")
    return ("The same people in every replication (population.resample=false): who is there on day 0 is fixed, "
            "with his past; intervals hold for this base, not for another that follows the same laws.")


def told_warm_up(config: Config) -> str:
    """What the warm-up did to the figures."""
    return (f"{config.warmup_days:,} days were lived before day 0 and are not counted. Scenarios start, and "
            "months, horizon and discounting run, from day 0; its customers are those who are there by then.")


def _reached(comparison: Comparison) -> Grid:
    """How many each scenario reached, and whom it is for."""
    rows = []
    for name, parts in zip(comparison.names, comparison.scenarios, strict=True):
        reached, share = (_values(comparison.twins, name, metric) for metric in (
            "customers_reached", "share_reached"))
        rows.append([name, f"{reached.mean():,.1f}", f"{share.mean():.1%}", told_audience(parts)])
    return Grid(["scenario", "customers reached", "share of all", "for whom"], rows, "Whom the scenarios reached",
                words=1)


def told_audience(parts: tuple[ScenarioSpec, ...]) -> str:
    """Whom a scenario is for, part by part where they differ.

    Examples
    --------
    >>> from cxsim.settings.schema import ScenarioSpec
    >>> told_audience((ScenarioSpec(name="a"), ScenarioSpec(name="b", who={"share": 0.5})))
    'a: everybody; b: 50% of all by luck'
    """
    told = [str(part.who) if part.who is not None else "everybody" for part in parts]
    if len(set(told)) <= 1:
        return told[0] if told else "everybody"
    return "; ".join(f"{part.name}: {text}" for part, text in zip(parts, told, strict=True))


def _reproduction(comparison: Comparison) -> Grid | None:
    """Reproduction numbers, expected and seen; None where nobody recommends."""
    expected = {"baseline": comparison.reference.reproduction}
    for name, config in comparison.scenario_configs.items():
        expected[name] = scenario_reproduction(comparison.reference, comparison.config, config)
    if not any(number > 0 for number in expected.values()):
        return None
    rows = []
    for name, number in expected.items():
        seen = _values(comparison.kpis, name, "reproduction_number")
        mean, low, high, _ = mean_interval(seen, comparison.config.confidence)
        rows.append([name, f"{number:.3f}", f"{float(mean):.3f}", f"{float(low):.3f} to {float(high):.3f}"])
    share = f"{100 * comparison.config.confidence:g}% interval"
    return Grid(["", "expected", "seen", share], rows, "Reproduction number of recommendation")


def _values(table: Table, scenario: str, metric: str) -> np.ndarray:
    rows = table.select(scenario=scenario, segment="all", metric=metric)
    if "period" in rows.names:
        rows = rows.select(period="total")
    return np.asarray(rows["value"], float)
