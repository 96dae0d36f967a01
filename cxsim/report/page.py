"""The page: one HTML file with everything in it, to be opened, printed and passed on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from cxsim.measure.levels import levels
from cxsim.measure.table import Table, codes
from cxsim.measure.whole_file import write_text
from cxsim.report.figures import draw_customers, draw_headlines, draw_money, draw_profit
from cxsim.report.figures_journeys import draw_loop, draw_owners
from cxsim.report.figures_money import draw_liability
from cxsim.report.money_reading import (
    PAIRING,
    RETURN,
    SOURCE_HEADS,
    MoneyReading,
    has_points,
    money_words,
    source_rows,
)
from cxsim.report.page_journeys import (
    FIRST_ORDER,
    GAP,
    PAIN_UNIT,
    JourneyReading,
    journey_section,
    loop_is_on,
    loop_rows,
)
from cxsim.report.page_results import (
    cards,
    has_intervals,
    headline_groups,
    left_out,
    level_groups,
    pairing_words,
    worse_rows,
)
from cxsim.report.section import PLACES, Section
from cxsim.report.provenance import assumption_rows, changed_keys, check_section, made_rows
from cxsim.report.verdicts import total_rows

if TYPE_CHECKING:
    from cxsim.settings.schema import Config


@dataclass(frozen=True)
class Report:
    """What a page is made of.

    Parameters
    ----------
    config : Config
        The baseline's configuration.
    kpis : Table
        KPI rows of every scenario, the baseline's among them.
    manifest : mapping
        From :func:`cxsim.measure.manifest.make_manifest`.
    comparison : Table, optional
        From :func:`cxsim.measure.comparison.compare_kpis`; without it the page shows one run.
    baseline : str
        The baseline's name in `kpis` (of a single run: the run's).
    scenario_configs : mapping of str to Config
        Resolved configuration of each scenario.
    descriptions : mapping of str to str
        What each scenario is, in words.
    reference_check : sequence of mappings
        Rows of the check that the baseline reproduces its history.
    gain : Table, optional
        From :func:`cxsim.measure.comparison.pairing_gain`.
    journeys : JourneyReading, optional
        From :func:`cxsim.report.page_journeys.read_journeys`.
    money : MoneyReading, optional
        What the money tells beyond the metrics.
    sections : sequence of Section
        From :func:`cxsim.report.sections.sections_of`.
    """

    config: Config
    kpis: Table
    manifest: Mapping[str, Any]
    comparison: Table | None = None
    baseline: str = "baseline"
    scenario_configs: Mapping[str, Config] = field(default_factory=dict)
    descriptions: Mapping[str, str] = field(default_factory=dict)
    reference_check: Sequence[Mapping[str, Any]] = ()
    gain: Table | None = None
    journeys: JourneyReading | None = None
    money: MoneyReading | None = None
    sections: Sequence[Section] = ()

    @property
    def scenarios(self) -> list[str]:
        """Names of the scenarios compared, in their order."""
        return [] if self.comparison is None else codes(self.comparison["scenario"])[0]


@cache
def _template() -> Any:
    environment = Environment(
        loader=PackageLoader("cxsim.report", "."), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("template.html")


def render_page(report: Report) -> str:
    """The page as HTML text; it loads nothing from anywhere and every name in it is escaped.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> from cxsim.measure.kpis import kpis
    >>> config = load()
    >>> rows = kpis(make_blank_outcome(), config, "baseline")
    >>> "<h1>online_retail: baseline</h1>" in render_page(Report(config, rows, {"engine": "compiled"}))
    True
    """
    config, comparison = report.config, report.comparison
    here = report.kpis.select(scenario=report.baseline, segment="all", period="total")
    base_rows = {row["metric"]: row for row in levels(here, config.confidence).rows()}
    resting, in_play, switched_off = assumption_rows(config, report.scenario_configs)
    results = level_groups(base_rows, config) if comparison is None else headline_groups(comparison, config)
    return _template().render(
        title=_title(report), subtitle=subtitle_of(config), baseline=report.baseline,
        confidence=f"{100 * config.confidence:g}%",
        cards=[] if comparison is None else cards(comparison, report.descriptions),
        worse=[] if comparison is None else worse_rows(comparison),
        is_judged=comparison is not None and has_intervals(comparison),
        pictures=_pictures(report, base_rows), results=results, journeys=_journeys(report),
        money=_money(report),
        loop_section=_loop(report),
        sections={place: [one for one in report.sections if one.place == place] for place in PLACES},
        left_out="" if comparison is None else left_out(comparison),
        pairing=pairing_words(report.gain), changes=changed_keys(config, report.scenario_configs),
        resting=resting, assumptions=in_play, switched_off=switched_off,
        check=check_section(report.reference_check), made=made_rows(report.manifest, config))


def _journeys(report: Report) -> dict[str, Any]:
    """The section on places and journeys; empty where nobody felt anything."""
    reading = report.journeys
    if reading is None:
        return {}
    return {"blocks": journey_section(reading), "first_order": FIRST_ORDER, "gap": GAP, "unit": PAIN_UNIT,
            "svg": draw_owners(reading.owners, report.scenarios, report.baseline)}


def _money(report: Report) -> dict[str, Any]:
    """The section on money: sentences and sources of every side, and the curve of points."""
    reading = report.money
    if reading is None or reading.kind == "contact_centre":
        return {}
    sides = list(dict.fromkeys((report.baseline, *reading.scenarios)))
    blocks = [{"name": name, "words": money_words(reading, name)} for name in reading.scenarios]
    with_points = [name for name in sides if has_points(reading, name)]
    notes = [PAIRING, RETURN] if reading.returns is not None else []
    return {
        "blocks": [block for block in blocks if block["words"]], "notes": notes, "heads": SOURCE_HEADS,
        "sources": [{"name": name, "rows": source_rows(reading, name)} for name in sides],
        "svg": draw_liability(report.kpis, with_points, report.config.confidence) if with_points else ""}


def _loop(report: Report) -> dict[str, Any]:
    """The section on the repeat loop; a picture only where knowledge changes anything."""
    if report.journeys is None:
        return {}
    config = report.config
    worlds = [config, *report.scenario_configs.values()]
    svg = draw_loop(report.kpis, report.scenarios, report.baseline, config.confidence) if loop_is_on(
        worlds) else ""
    return {"rows": loop_rows(report.kpis, [report.baseline, *report.scenarios]), "svg": svg}


def _title(report: Report) -> str:
    if not report.scenarios:
        return f"{report.config.market.name}: {report.baseline}"
    return f"What would change: {', '.join(report.scenarios)}"


def told_fraction(config: Config) -> str:
    """That a fraction of the population was simulated, and what was done about it.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> told_fraction(load(["population.fraction=0.1"])).partition(",")[0]
    '10% of the population simulated (population.fraction=0.1)'
    """
    share = config.population.fraction
    return (f"{100 * share:g}% of the population simulated (population.fraction={share:g}), desks whole, "
            "counts and money scaled up")


def subtitle_of(config: Config) -> str:
    """Which world a page is of: market, customers, days, money."""
    market = config.market
    parts = [f"Market {market.name}" + (f" ({market.description})" if market.description else "")]
    if market.kind != "contact_centre":
        start = "a new cohort" if config.population.start == "new" else "a going business"
        parts.append(f"{start} of {config.n_customers:,} customers")
    if config.population.fraction < 1.0:
        parts.append(told_fraction(config))
    parts.append(f"{config.horizon_days:,} days from {config.start_date}")
    if config.warmup_days > 0:
        parts.append(f"after {config.warmup_days:,} days of warm-up that are not counted")
    return ", ".join(parts) + f". Money in {market.currency}. These are results of a simulation."


def _pictures(report: Report, base_rows: Mapping[str, Mapping[str, Any]]) -> list[dict[str, str]]:
    config, scenarios, comparison = report.config, report.scenarios, report.comparison
    series = (report.kpis, scenarios, report.baseline, config.confidence)
    share = f"{100 * config.confidence:g}%"
    pictures = []
    if comparison is not None:
        pictures.append({
            "title": "Differences from the baseline", "svg": draw_headlines(comparison),
            "caption": f"Mean paired difference and its {share} interval, each metric in its own unit. Blue: "
                       "better. Orange: worse. Hollow: no detectable difference."})
    if config.market.kind != "contact_centre":
        pictures.append({
            "title": "Active customers", "svg": draw_customers(*series),
            "caption": f"Bands: {share} intervals of the mean over replications."
                       + (" Differences are paired, so their bands are narrower." if scenarios else "")})
    rows_of = {name: total_rows(comparison, name) for name in scenarios} if comparison is not None else {
        report.baseline: base_rows}
    pictures.append({
        "title": "Profit over time", "svg": draw_profit(*series),
        "caption": f"Profit added up from month 1, with its {share} band."
                   + (" Each panel has its own scale." if len(scenarios) > 1 else "")})
    pictures.append({
        "title": "Where the money comes from, and where it goes",
        "svg": draw_money(rows_of, "difference" if scenarios else "value"),
        "caption": "From revenue down through the five kinds of cost to profit"
                   + (", all as differences from the baseline." if scenarios else ".")
                   + (" Each panel has its own scale." if len(scenarios) > 1 else "")})
    return pictures


def write_report(path: Path | str, report: Report) -> None:
    """Write the page as one file, whole or not at all.

    Parameters
    ----------
    path : path
        The file, usually `report.html` in the run folder.
    report : Report
        What it shows.

    Raises
    ------
    CxsimError
        If it cannot be written; nothing half-written remains.
    """
    write_text(path, render_page(report))
