"""Run a folder's run again and hold every table against its recorded digest: ``cxsim verify``."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from cxsim.engines.code_version import code_version
from cxsim.errors import CxsimError
from cxsim.measure.digests import digest, digest_of_data
from cxsim.measure.events import EventLog
from cxsim.measure.maths_fingerprint import maths_fingerprint
from cxsim.measure.parquet import ParquetFile, read_parquet
from cxsim.measure.table import Table
from cxsim.measure.table_difference import Difference, difference, is_within
from cxsim.settings.reference import Reference
from cxsim.settings.schema import Config, ScenarioSpec
from cxsim.whatif.cell import Progress, Tables, silent
from cxsim.whatif.compare import compare
from cxsim.whatif.depth import Depth
from cxsim.whatif.simulate import simulate
from cxsim.whatif.recorded import as_recorded


REPLAYERS = {
    "sweep": "cxsim.whatif.sweep_replay:sweep_again", "optimize": "cxsim.whatif.optimize_replay:optimum_again",
    "sensitivity": "cxsim.whatif.sensitivity_replay:sensitivity_again",
    "plan": "cxsim.whatif.plan_replay:plan_again"}
"""By what a folder holds (`holds` of its manifest): ``module:function`` that makes its tables again from
(folder, resolved configuration, manifest, progress). Runs and comparisons are replayed here."""
WITHIN, ERRORS = 1e-9, 3.0
MOST_ROWS = 5_000_000


@dataclass(frozen=True)
class Replay:
    """What a replay found: for each recorded table whether its digest came out again.

    Attributes
    ----------
    tables : dict of str to bool
        Whether each table's digest is the recorded one.
    same_maths : bool
        False when this platform's elementary functions differ from the recorded ones; digests may then
        differ in the last digits.
    differences : dict of str to Difference
        Of tables that came out otherwise: which rows differ, and by how much.
    is_close : bool
        With other maths, whether every metric agrees within 1e-9 of its size or 3 standard errors.
    same_code : bool
        Whether it was made by this version of the code.
    changed : tuple of str
        Files beside the tables (`config.yaml`, `cells.json`) that are not the recorded ones.
    """

    tables: dict[str, bool]
    same_maths: bool
    differences: dict[str, Difference] = field(default_factory=dict)
    is_close: bool = False
    same_code: bool = True
    changed: tuple[str, ...] = ()

    @property
    def is_reproduced(self) -> bool:
        """Whether the record holds: to the last digit, or as far as another platform can."""
        return self.is_same or (not self.same_maths and self.is_close)

    @property
    def is_same(self) -> bool:
        """Whether every table came out as recorded."""
        return all(self.tables.values())


def replay(folder: Path, *, progress: Progress = silent) -> Replay:
    """Run a folder's run or comparison again from its configuration.

    Parameters
    ----------
    folder : Path
        A run folder, with `manifest.json` and `config.yaml`.
    progress : callable
        Called with (name, done, total).

    Raises
    ------
    CxsimError
        When the folder is none, or holds a run that cannot be replayed (it had Python processes
        of the user's own); the message says what to do instead.
    """
    manifest = _read(folder / "manifest.json", json.loads)
    world = _read(folder / "config.yaml", yaml.safe_load)
    recorded = _recorded(folder, manifest)
    changed = ("config.yaml",) if manifest.get("config_digest", "") not in ("", digest_of_data(world)) else ()
    if not manifest.get("replayable", False):
        raise CxsimError(f"{folder}: {manifest.get('replay_note', 'this run cannot be replayed')}")
    holds = manifest.get("holds", "")
    if holds not in REPLAYERS and ("kpis" not in recorded or "ledger" not in recorded):
        raise CxsimError(f"{folder}: holds neither a run nor a comparison; start its command again: "
                         f"{manifest.get('command', '')}")
    for name, value in recorded.items():
        path = folder / f"{name}.parquet"
        if not path.is_file() or digest(ParquetFile(path)) != value:
            what = "was changed: it is not the table that the manifest records" if path.is_file() else "is absent"
            raise CxsimError(f"{path}: {what}; make it again with: {manifest.get('command', '')}")
    if holds in REPLAYERS:
        module, _, function = REPLAYERS[holds].partition(":")
        made = getattr(import_module(module), function)(folder, world, manifest, progress)
    else:
        made = _again(world, manifest, progress)
    found = {name: digest(made[name]) if name in made else None for name in recorded}
    same = {name: found[name] == value for name, value in recorded.items()}
    differences = {name: _difference(folder, name, made.get(name)) for name in same if not same[name]}
    is_close = "kpis" in made and is_within(
        read_parquet(folder / "kpis.parquet"), _whole(made["kpis"]), WITHIN, ERRORS)
    return Replay(same, manifest.get("maths_fingerprint") == maths_fingerprint(),
                  {name: one for name, one in differences.items() if one is not None}, is_close,
                  manifest.get("code_version", code_version()) == code_version(),
                  (*changed, *_changed_cells(folder, manifest)))


def _recorded(folder: Path, manifest: Any) -> dict[str, str]:
    """Digests of tables as the manifest records them."""
    try:
        return {str(name): str(entry["digest"]) for name, entry in manifest["tables"].items()}
    except (KeyError, TypeError, AttributeError):
        raise CxsimError(f"{folder / 'manifest.json'}: records no tables and their digests, so there is nothing "
                         "to verify; name a folder that a command of cxsim wrote") from None


def _changed_cells(folder: Path, manifest: dict[str, Any]) -> tuple[str, ...]:
    """The file of a sweep's cells, where it is not the recorded one."""
    if "cells_digest" not in manifest:
        return ()
    is_same = digest_of_data(_read(folder / "cells.json", json.loads)) == manifest["cells_digest"]
    return () if is_same else ("cells.json",)


def _difference(folder: Path, name: str, made: Table | EventLog | None) -> Difference | None:
    """Which rows of a table differ; a log too long for memory is judged by its digest alone."""
    file = ParquetFile(folder / f"{name}.parquet")
    if made is None:
        return Difference((len(file), 0), -1, ("this version makes no such table",), np.inf)
    if max(len(file), len(made)) > MOST_ROWS:
        return None
    return difference(read_parquet(file.path), _whole(made))


def _whole(made: Table | EventLog) -> Table:
    return made if isinstance(made, Table) else made.table()


def _again(world: dict[str, Any], manifest: dict[str, Any], progress: Progress) -> dict[str, Table | EventLog]:
    """Run it again; the tables by name."""
    sides = [_parts(parts) for parts in world.pop("scenarios", [])]
    asked = world.pop("depth", {})
    baseline = _parts(world.pop("baseline", []))
    reference = Reference.from_dict(world["reference"].pop("found"))
    world["engine"] = manifest["engine"]
    with as_recorded():
        config, depth = Config.model_validate(world), Depth.model_validate(asked)
    if not sides:
        return _named(simulate(config, reference=reference, progress=progress).tables)
    made = compare(config, sides, baseline=baseline, reference=reference, progress=progress,
                   depth=depth)
    return _named(made.tables) | {"comparison": made.comparison, "returns": made.returns, **made.further}


def _named(tables: Tables) -> dict[str, Table | EventLog]:
    return {name: getattr(tables, name) for name in (
        "kpis", "ledger", "points", "events", "touchpoints", "sources", "twins", "leaks", "gains",
        "accounts", "states")}


def _parts(parts: list[dict[str, Any]]) -> list[ScenarioSpec]:
    return [ScenarioSpec.model_validate(part) for part in parts]


def _read(path: Path, parse: Any) -> Any:
    try:
        return parse(path.read_text())
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise CxsimError(f"{path}: cannot be read ({error}); name a run folder of cxsim") from None
