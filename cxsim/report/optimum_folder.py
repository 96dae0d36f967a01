"""The folder of a search: tables, pictures, page, and the best as a scenario to compare and run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from cxsim.measure.whole_file import write_text
from cxsim.report.optimum_figure import draw_optimum, save_optimum
from cxsim.report.optimum_sections import sections_of_optimum
from cxsim.report.page import subtitle_of
from cxsim.report.section import Section
from cxsim.report.sections_page import write_sections
from cxsim.report.run_folder import resolved, write_folder
from cxsim.report.verdicts import title
from cxsim.settings.overlay import apply_changes
from cxsim.whatif.optimize import as_scenario

if TYPE_CHECKING:
    from cxsim.whatif.optimize import Optimum


BROKEN_OFF = {
    "replayable": False,
    "replay_note": "the search was interrupted, so it does not come out again; start its command once more, which "
                   "goes on from what was kept"}


def write_optimum(
    found: Optimum, folder: Path, command_line: Sequence[str] | None = None, *, cautions: Sequence[str] = (),
) -> list[Section]:
    """Write optimize.parquet and its companions, pictures, report.html and best.yaml.

    Parameters
    ----------
    found : Optimum
        From :func:`cxsim.whatif.optimize.optimize`.
    folder : Path
        Made if absent; files in it are replaced one by one, each of them whole.
    command_line : sequence of str, optional
        What was typed, for the manifest.

    Returns
    -------
    list of Section
        What the page says, for the terminal.
    """
    world = resolved(found.config, found.reference)
    world["optimize"] = found.asked.model_dump(mode="json", exclude_none=True)
    world["switches"] = {name: [part.model_dump(mode="json") for part in parts]
                         for name, parts in found.switches.items()}
    extra = {"holds": "optimize", **(BROKEN_OFF if found.was_interrupted else {})}
    manifest = write_folder(folder, found.config, found.tables, world, engine=found.engine, seconds=found.seconds,
                            command_line=command_line, cautions=cautions, extra=extra)
    for ending in (".svg", ".png"):
        save_optimum(found, folder / f"optimize{ending}")
    worlds = {}
    best = folder / "best.yaml"
    best.unlink(missing_ok=True)
    if found.parts:
        spec = as_scenario(found.parts)
        worlds["best"] = apply_changes(found.config, spec["changes"], origin="best")
        write_text(best, "# Copy it to cxconf/scenario/best.yaml, then: cxsim compare scenarios=[best]\n"
                   + yaml.safe_dump(spec, sort_keys=False, allow_unicode=True))
    sections = sections_of_optimum(found, draw_optimum(found))
    heading = f"Best levers for {title(found.goal.metric)}: {', '.join(found.space.keys)}"
    write_sections(
        folder / "report.html", heading, subtitle_of(found.config), sections, found.config, manifest, worlds)
    return sections
