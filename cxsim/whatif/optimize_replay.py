"""A search made again from its folder, for ``cxsim verify``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cxsim.measure.table import Table
from cxsim.settings.reference import Reference
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.whatif.cell import Progress
from cxsim.whatif.optimize import optimize
from cxsim.whatif.optimize_options import OptimizeOptions
from cxsim.whatif.recorded import as_recorded


def optimum_again(
    folder: Path, world: dict[str, Any], manifest: dict[str, Any], progress: Progress,
) -> dict[str, Table]:
    """Search again, every cell lived anew; the tables by name.

    Parameters
    ----------
    folder : Path
        Whose; unused, since `world` holds all that is needed.
    world : mapping
        What `config.yaml` holds: the world with its reference, what was asked, scenarios that could be switched.
    manifest : mapping
        Names the engine.

    Raises
    ------
    CxsimError
        When the folder was written by another version of cxsim.
    """
    reference = Reference.from_dict(world["reference"].pop("found"))
    asked, switches = world.pop("optimize"), world.pop("switches")
    world.pop("scenarios", None), world.pop("baseline", None)
    world["engine"] = manifest["engine"]
    with as_recorded():
        config, options = Config.model_validate(world), OptimizeOptions.model_validate(asked)
        scenarios = {name: tuple(ScenarioSpec.model_validate(part) for part in parts)
                     for name, parts in switches.items()}
    return optimize(config, options, scenarios=scenarios, reference=reference, progress=progress).tables
