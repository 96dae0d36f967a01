"""The run folder: every file a command leaves behind, each of them whole."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from cxsim.errors import MachineError
from cxsim.measure.comparison import pairing_gain
from cxsim.measure.digests import Paged
from cxsim.measure.manifest import make_manifest
from cxsim.measure.parquet import write_parquet
from cxsim.measure.table import Table
from cxsim.measure.whole_file import write_text
from cxsim.report.money_reading import MoneyReading
from cxsim.report.page import Report, write_report
from cxsim.report.page_journeys import JourneyReading, read_journeys
from cxsim.report.section import Section
from cxsim.report.sections import sections_of
from cxsim.report.summary import write_summary
from cxsim.settings.cautions import cautions_of_worlds, scenario_worlds
from cxsim.settings.reference import Reference
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.whatif.cell import Tables
from cxsim.whatif.depth import Depth
from cxsim.whatif.precision import Rule

if TYPE_CHECKING:
    from cxsim.whatif.compare import Comparison
    from cxsim.whatif.simulate import Run

OWN_FILES = (
    "kpis.parquet", "ledger.parquet", "points.parquet", "events.parquet", "states.parquet", "touchpoints.parquet",
    "sources.parquet", "accounts.parquet", "twins.parquet", "leaks.parquet", "gains.parquet",
    "returns.parquet", "comparison.parquet", "sweep.parquet", "plan.parquet", "summary.csv", "report.html",
    "cells.json", "views.sql")


def resolved(
    config: Config, reference: Reference | None, scenarios: Sequence[Sequence[ScenarioSpec]] = (),
    baseline: Sequence[ScenarioSpec] = (), depth: Depth | None = None,
) -> dict[str, Any]:
    """What `config.yaml` holds: the world, its reference experience, and what was compared.

    It is enough to do the run again: `reference.found` carries the intercepts that were found.
    """
    world = config.model_dump(mode="json")
    if reference is not None:
        world["reference"] = {**world["reference"], "found": reference.to_dict()}
    world["scenarios"] = [[part.model_dump(mode="json") for part in parts] for parts in scenarios]
    world["baseline"] = [part.model_dump(mode="json") for part in baseline]
    if depth is not None:
        world["depth"] = depth.model_dump(mode="json")
    return world


def write_run(
    run: Run, folder: Path, command_line: Sequence[str] | None = None,
) -> JourneyReading | None:
    """Write the folder of one run: tables, summary, report, configuration, manifest.

    Parameters
    ----------
    run : Run
        From :func:`cxsim.simulate`.
    folder : Path
        Made if absent; files in it are replaced one by one, each of them whole.
    command_line : sequence of str, optional
        What was typed, for the manifest.

    Returns
    -------
    JourneyReading or None
        What the places of the run tell; None where nobody felt anything.

    Raises
    ------
    CxsimError
        When the folder cannot be written; files already written are whole.
    """
    manifest = write_folder(folder, run.config, _tables(run.tables, run.config),
                      resolved(run.config, run.reference), engine=run.engine, seconds=run.seconds,
                      stopping=run.stopping, command_line=command_line, processes=run.processes,
                      cautions=cautions_of_worlds({"baseline": run.config, run.scenario: run.scenario_config}))
    write_summary(folder / "summary.csv", run.kpis, run.config.confidence)
    journeys = _journeys_of_run(run)
    write_report(folder / "report.html", Report(
        run.scenario_config, run.kpis, manifest, baseline=run.scenario, reference_check=run.reference.check,
        journeys=journeys, money=money_of_run(run)))
    return journeys


def write_comparison(
    comparison: Comparison, folder: Path, command_line: Sequence[str] | None = None, *,
    sections: Sequence[Section] | None = None,
) -> JourneyReading | None:
    """Write the folder of a comparison; as :func:`write_run`, and `comparison.parquet`.

    `sections` are those of the page, where they have been made before.
    """
    config = comparison.config
    tables = _tables(comparison.tables, config) | {
        "comparison": comparison.comparison, "returns": comparison.returns, **comparison.further}
    world = resolved(config, comparison.reference, comparison.scenarios, comparison.baseline, comparison.depth)
    worlds = scenario_worlds(config, [], comparison.baseline) | comparison.scenario_configs
    with ThreadPoolExecutor(1) as writer:  # Journeys are read while tables are written.
        folder_written = writer.submit(
            write_folder, folder, config, tables, world, engine=comparison.engine, seconds=comparison.seconds,
            stopping=comparison.stopping, command_line=command_line, cautions=cautions_of_worlds(worlds))
        journeys = _journeys_of_comparison(comparison)
    manifest = folder_written.result()
    write_summary(folder / "summary.csv", comparison.comparison, config.confidence)
    write_report(folder / "report.html", Report(
        config, comparison.kpis, manifest, comparison=comparison.comparison,
        scenario_configs=comparison.scenario_configs, descriptions=descriptions(comparison),
        reference_check=comparison.reference.check, gain=gain_of(comparison),
        journeys=journeys, money=money_of_comparison(comparison),
        sections=sections_of(comparison) if sections is None else sections))
    return journeys


def descriptions(comparison: Comparison) -> dict[str, str]:
    """What each scenario is, in words."""
    return {name: " + ".join(_described(part) for part in parts if _described(part))
            for name, parts in zip(comparison.names, comparison.scenarios, strict=True)}


def _described(part: ScenarioSpec) -> str:
    """What a part is, and whom it is for."""
    return part.description if part.who is None else f"{part.description or part.name}, for {part.who}"


def _journeys_of_run(run: Run) -> JourneyReading | None:
    """What the places of a run tell; None where nobody felt anything."""
    tables = run.tables
    return read_journeys(
        tables.touchpoints, tables.ledger, tables.kpis, {run.scenario: run.scenario_config}, run.reference)


def _journeys_of_comparison(comparison: Comparison) -> JourneyReading | None:
    """What the places of every side tell; None where nobody felt anything."""
    tables, configs = comparison.tables, {"baseline": comparison.config, **comparison.scenario_configs}
    return read_journeys(tables.touchpoints, tables.ledger, tables.kpis, configs, comparison.reference)


def money_of_run(run: Run) -> MoneyReading:
    """What the money of a run tells."""
    config = run.scenario_config
    return MoneyReading(
        run.kpis, run.sources, config.market.kind, config.confidence, run.scenario,
        {run.scenario: config.loyalty.expected_redemption_share})


def money_of_comparison(comparison: Comparison) -> MoneyReading:
    """What the money of every side tells."""
    config = comparison.config
    worlds = {"baseline": config, **comparison.scenario_configs}
    return MoneyReading(
        comparison.kpis, comparison.sources, config.market.kind, config.confidence, "baseline",
        {name: world.loyalty.expected_redemption_share for name, world in worlds.items()},
        comparison.twins, comparison.returns)


def gain_of(comparison: Comparison) -> Table | None:
    """What pairing saved; None where there are too few replications to tell."""
    if comparison.replications < 3:
        return None
    kpis = comparison.kpis
    others = [kpis.select(scenario=name) for name in comparison.names]
    return pairing_gain(kpis.select(scenario="baseline"), Table.concat(others))


def _tables(tables: Tables, config: Config) -> dict[str, Table | Paged]:
    found: dict[str, Table | Paged] = {
        "kpis": tables.kpis, "ledger": tables.ledger, "touchpoints": tables.touchpoints,
        "accounts": tables.accounts}
    if config.market.kind != "contact_centre":
        found["sources"] = tables.sources
    found |= {name: getattr(tables, name) for name in ("twins", "leaks", "gains") if len(getattr(tables, name))}
    if len(tables.points):
        found["points"] = tables.points
    if config.output.events != "none":
        found["events"] = tables.events
    if config.output.states != "none":
        found["states"] = tables.states
    return found


def _noted(stopping: Rule | None) -> dict[str, Any]:
    """What the manifest says of a sequential rule."""
    return {} if stopping is None else stopping.noted()


def write_folder(
    folder: Path, config: Config, tables: Mapping[str, Table | Paged], world: dict[str, Any], *, engine: str,
    seconds: float, command_line: Sequence[str] | None, processes: Sequence[str] = (),
    extra: dict[str, Any] | None = None, cautions: Sequence[str] = (), stopping: Rule | None = None,
) -> dict[str, Any]:
    """Write tables, `config.yaml` and `manifest.json`; returns the manifest."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MachineError(
            f"hydra.run.dir={folder}: cannot be made ({error.strerror}); "
            "choose a folder you may write to") from None
    for name in _earlier_files(folder):
        if name.removesuffix(".parquet") not in tables:
            (folder / name).unlink(missing_ok=True)  # A file of an earlier run would pass for this one's.
    with ThreadPoolExecutor(1) as writer:  # Tables are written while their digests are taken.
        written = [writer.submit(write_parquet, table, folder / f"{name}.parquet")
                   for name, table in tables.items()]
        manifest = make_manifest(
            config, tables, engine=engine, wall_seconds=seconds, processes=processes,
            command_line=command_line, resolved=world, replications=stopping.judged[-1][0] if stopping else None,
            extra={"cautions": list(cautions), **_noted(stopping), **(extra or {})})
    for one in written:
        one.result()
    write_text(folder / "config.yaml", yaml.safe_dump(world, sort_keys=False, allow_unicode=True))
    write_text(folder / "manifest.json", json.dumps(manifest, indent=2) + "\n")
    return manifest


def _earlier_files(folder: Path) -> list[str]:
    """Files that an earlier run may have left here: those every run writes, and those its manifest names."""
    try:
        tables = json.loads((folder / "manifest.json").read_text())["tables"]
    except (OSError, ValueError, KeyError, TypeError):
        tables = {}
    return [*OWN_FILES, *(f"{name}.parquet" for name in tables if Path(name).name == name)]
