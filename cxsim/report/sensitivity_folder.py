"""The folder of an analysis of sensitivity: tables, pictures, page, manifest."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cxsim.report.page import subtitle_of
from cxsim.report.run_folder import resolved, write_folder
from cxsim.report.section import Section
from cxsim.report.sections_page import write_sections
from cxsim.report.sensitivity_figures import information_drawing, save, sobol_drawing, tornado_drawing
from cxsim.report.sensitivity_sections import sections_of_sensitivity, shown_scenario
from cxsim.report.verdicts import title
from cxsim.settings.overlay import apply_changes, combine

if TYPE_CHECKING:
    from cxsim.whatif.sensitivity import Sensitivity

PICTURES = ("tornado", "sobol", "value_of_information")


def write_sensitivity(
    found: Sensitivity, folder: Path, command_line: Sequence[str] | None = None, *, cautions: Sequence[str] = (),
) -> list[Section]:
    """Write sensitivity.parquet and its companions, pictures as .svg and .png, report.html, manifest.

    Parameters
    ----------
    found : Sensitivity
        From :func:`cxsim.whatif.sensitivity.sensitivity`.
    folder : Path
        Made if absent; files in it are replaced one by one, each of them whole.
    command_line : sequence of str, optional
        What was typed, for the manifest.
    cautions : sequence of str
        What may mislead.

    Returns
    -------
    list of Section
        What the page says, for the terminal.
    """
    sides = dict(found.uncertain.sides)
    baseline = sides.pop("baseline")
    world = resolved(found.config, found.reference, list(sides.values()), baseline)
    world["sensitivity"] = found.options.model_dump(mode="json")
    manifest = write_folder(
        folder, found.config, found.tables, world, engine=found.engine, seconds=found.seconds,
        command_line=command_line, cautions=cautions,
        extra={"holds": "sensitivity",
               "failures": [f"draw {draw}: {reason}" for draw, reason in found.failures.items()]})
    for name in PICTURES:  # One of an earlier run would pass for this one's.
        for ending in (".svg", ".png"):
            (folder / f"{name}{ending}").unlink(missing_ok=True)
    drawings = {"tornado": tornado_drawing(
        found.tables["sensitivity"], shown_scenario(found), found.config.confidence)}
    if "sobol" in found.tables:
        drawings["sobol"] = sobol_drawing(found.tables["sobol"])
        drawings["value_of_information"] = information_drawing(
            found.tables["value_of_information"], found.config.market.currency)
    for name, drawing in drawings.items():
        for ending in (".svg", ".png"):
            save(drawing, folder / f"{name}{ending}")
    worlds = {name: apply_changes(found.config, combine(list(parts)).changes, origin=f"scenario {name}")
              for name, parts in sides.items() if parts}
    sections = sections_of_sensitivity(found)
    heading = f"What {title(found.metric)} rests on: {', '.join(sides)}"
    write_sections(
        folder / "report.html", heading, subtitle_of(found.config), sections, found.config, manifest, worlds)
    return sections
