"""An analysis of sensitivity made again from its folder, for ``cxsim verify``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cxsim.measure.table import Table
from cxsim.settings.reference import Reference
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.whatif.cell import Progress
from cxsim.whatif.sensitivity import sensitivity
from cxsim.whatif.sensitivity_options import SensitivityOptions
from cxsim.whatif.recorded import as_recorded


def sensitivity_again(
    folder: Path, world: dict[str, Any], manifest: dict[str, Any], progress: Progress,
) -> dict[str, Table]:
    """Analyse again, every life lived anew; the tables by name.

    Parameters
    ----------
    folder : Path
        Whose; unused, since `world` holds all that is needed.
    world : mapping
        What `config.yaml` holds: the world with its reference, its scenarios, what was asked.
    manifest : mapping
        Names the engine.

    Raises
    ------
    CxsimError
        When the folder was written by another version of cxsim.
    """
    reference = Reference.from_dict(world["reference"].pop("found"))
    asked, sides, baseline = (world.pop(name) for name in ("sensitivity", "scenarios", "baseline"))
    world["engine"] = manifest["engine"]
    with as_recorded():
        config, options = Config.model_validate(world), SensitivityOptions.model_validate(asked)
        scenarios = [[ScenarioSpec.model_validate(part) for part in parts] for parts in sides]
        other = [ScenarioSpec.model_validate(part) for part in baseline]
    return sensitivity(config, scenarios, options, baseline=other, progress=progress, reference=reference,
                       keeps=False).tables
