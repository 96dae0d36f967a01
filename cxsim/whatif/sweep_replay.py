"""A sweep's folder done again from what it holds: its cells, worlds and references."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cxsim.errors import CxsimError
from cxsim.measure.digests import digest_of_data
from cxsim.measure.table import Table
from cxsim.settings.reference import Reference
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.whatif.cell import Progress
from cxsim.whatif.sweep import sweep


@dataclass(frozen=True)
class RecordedCell:
    """A cell as its folder holds it (:class:`cxsim.whatif.sweep.SweepCell`)."""

    world: dict[str, Any]
    levers: dict[str, Any]
    config: Config
    scenario: ScenarioSpec | None


def sweep_again(
    folder: Path, world: dict[str, Any], manifest: dict[str, Any], progress: Progress,
) -> dict[str, Table]:
    """Live a recorded sweep again, with nothing taken from any store; the tables by name.

    Raises
    ------
    CxsimError
        When `cells.json` is absent, damaged or of another version.
    """
    path = folder / "cells.json"
    try:
        data = json.loads(path.read_text())
        for name, piece in data["pieces"].items():
            if digest_of_data(piece) != name:
                raise ValueError(f"piece {name} is not what was written")
        pieces = data["pieces"]
        worlds = [Config.model_validate({name: pieces[key] for name, key in one.items()} | {
            "engine": manifest["engine"]}) for one in data["worlds"]]
        cells = [RecordedCell(one["world_keys"], one["levers"], worlds[one["world"]], _spec(one["scenario"]))
                 for one in data["cells"]]
        found = [None if key is None else Reference.from_dict(pieces[key]) for key in data["references"]]
    except (OSError, ValueError, KeyError, TypeError, IndexError, ValidationError) as error:
        raise CxsimError(
            f"{path}: is absent, damaged or not of this version ({' '.join(str(error).split())[:200]}); make the "
            f"folder again with: {manifest.get('command', '')}") from None
    baseline = tuple(ScenarioSpec.model_validate(part) for part in world.get("baseline", []))
    made = sweep(cells, baseline=baseline, progress=progress, months=data["months"], references=found)
    return {"sweep": made.table, "kpis": made.kpis}


def _spec(data: dict[str, Any] | None) -> ScenarioSpec | None:
    return None if data is None else ScenarioSpec.model_validate(data)
