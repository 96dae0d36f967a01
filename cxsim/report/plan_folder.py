"""The folder of a plan: tables, pictures, page, configuration, manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxsim.report.analytic_plan_sections import analytic_sections
from cxsim.report.plan_figure import draw_calendar, draw_plan
from cxsim.report.plan_sections import plan_sections
from cxsim.report.plan_steps_figure import draw_simulated_plan
from cxsim.report.run_folder import resolved, write_folder
from cxsim.report.section import Section
from cxsim.report.sections_page import write_sections
from cxsim.settings.cautions import cautions_of_worlds
from cxsim.settings.schema import Config

if TYPE_CHECKING:
    from cxsim.whatif.analytic_plan import AnalyticPlan
    from cxsim.whatif.simulated_plan import SimulatedPlan


def write_simulated_plan(
    plan: SimulatedPlan, settings: Mapping[str, Any], folder: Path, seconds: float,
    command_line: Sequence[str] | None = None,
) -> list[Section]:
    """Write the folder of a simulated plan; returns the sections of its page.

    Parameters
    ----------
    plan : SimulatedPlan
        From :func:`cxsim.whatif.simulated_plan.simulate_plan`.
    settings : mapping
        The keys `plan.simulated` it was made from, kept in `config.yaml`.
    folder : Path
        Made if absent; files in it are replaced one by one, each of them whole.
    seconds : float
        How long it took, for the manifest.
    command_line : sequence of str, optional
        What was typed, for the manifest.

    Raises
    ------
    CxsimError
        When the folder cannot be written; files already written are whole.
    """
    config = plan.config
    world = resolved(config, plan.reference) | {"plan": {"simulated": dict(settings)}}
    extra: dict[str, Any] = {"holds": "plan", "replications_held": plan.cells.replications}
    if plan.cells.is_interrupted:
        extra["interrupted_after"] = plan.cells.replications
    manifest = write_folder(
        folder, config, plan.tables(), world, engine=plan.cells.engine, seconds=seconds,
        command_line=command_line, cautions=cautions_of_worlds({"baseline": config}), extra=extra)
    for ending in ("svg", "png"):
        draw_simulated_plan(plan, folder / f"plan.{ending}")
    sections = plan_sections(plan)
    levers = f"{', '.join(plan.levers.routes)} against {plan.levers.key}"
    write_sections(folder / "report.html", "Acquisition against retention", f"{config.market.name}: {levers}",
                   sections, config, manifest)
    return sections


def write_analytic_plan(
    answer: AnalyticPlan, settings: Mapping[str, Any], config: Config, folder: Path, seconds: float,
    command_line: Sequence[str] | None = None,
) -> list[Section]:
    """Write the folder of an analytic plan; returns the sections of its page.

    Parameters
    ----------
    answer : AnalyticPlan
        From :func:`cxsim.whatif.analytic_plan.plan_analytically`.
    settings : mapping
        The keys it was made from, kept in `config.yaml`.
    config : Config
        The world whose seed drew the bands.
    folder, seconds, command_line
        As :func:`write_simulated_plan`.

    Raises
    ------
    CxsimError
        When the folder cannot be written; files already written are whole.
    """
    world = resolved(config, None) | {"plan": dict(settings)}
    manifest = write_folder(folder, config, answer.tables(), world, engine="closed form", seconds=seconds,
                            command_line=command_line, extra={"holds": "plan"})
    for ending in ("svg", "png"):
        draw_plan(answer.plan, folder / f"plan.{ending}", answer.bands)
        if answer.calendar is not None:
            draw_calendar(answer.calendar, folder / f"calendar.{ending}")
    sections = analytic_sections(answer)
    write_sections(folder / "report.html", "Acquisition against retention",
                   "by closed form (Blattberg & Deighton 1996)", sections, config, manifest)
    return sections
