"""A plan made again from its folder, for ``cxsim verify``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cxsim.measure.table import Table
from cxsim.settings.reference import Reference
from cxsim.settings.schema import Config, Precision
from cxsim.whatif.analytic_plan import plan_analytically
from cxsim.whatif.cell import Progress
from cxsim.whatif.simulated_plan import simulate_plan
from cxsim.whatif.recorded import as_recorded


def plan_again(
    folder: Path, world: dict[str, Any], manifest: dict[str, Any], progress: Progress,
) -> dict[str, Table]:
    """Plan again, every cell lived anew; the tables by name.

    Parameters
    ----------
    folder : Path
        Whose; unused, since `world` holds all that is needed.
    world : mapping
        What `config.yaml` holds: the world with its reference, and the keys `plan.*`.
    manifest : mapping
        Names the engine, and how many replications of every cell the tables hold.

    Raises
    ------
    CxsimError
        When the folder was written by another version of cxsim.
    """
    settings, found = world.pop("plan"), world["reference"].pop("found", None)
    world.pop("scenarios", None), world.pop("baseline", None), world.pop("depth", None)
    if found is not None:
        world["engine"] = manifest["engine"]
    with as_recorded():
        config = Config.model_validate(world)
    if found is None:
        return plan_analytically(settings, seed=config.seed, confidence=config.confidence).tables()
    # However many were asked for, or stopped at: the tables hold an unbroken prefix of so many.
    config = config.model_copy(update={"replications": manifest["replications_held"], "precision": Precision()})
    reference = Reference.from_dict(found)
    return simulate_plan(config, settings["simulated"], reference=reference, progress=progress).tables()
