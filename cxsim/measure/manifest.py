"""The manifest of a run: what made it, so that it can be made again and checked."""

from __future__ import annotations

import datetime
import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxsim.engines.code_version import code_version
from cxsim.measure.digests import Paged, digest, digest_of_data
from cxsim.measure.maths_fingerprint import maths_fingerprint
from cxsim.measure.table import Table

if TYPE_CHECKING:
    from cxsim.settings.schema import Config

PACKAGES = {"cxsim": "cxsim", "numpy": "numpy", "scipy": "scipy", "numba": "numba", "simpy": "simpy",
            "duckdb": "duckdb", "hydra": "hydra-core", "llvmlite": "llvmlite", "omegaconf": "omegaconf",
            "pydantic": "pydantic", "pyyaml": "pyyaml"}


def package_versions() -> dict[str, str]:
    """Version of Python and of every package that can move a number.

    Examples
    --------
    >>> sorted(package_versions())[:3]
    ['cxsim', 'duckdb', 'hydra']
    """
    found = {"python": platform.python_version()}
    for name, package in PACKAGES.items():
        try:
            found[name] = version(package)
        except PackageNotFoundError:
            found[name] = "not installed as a package"
    return found | {"libc": " ".join(platform.libc_ver()).strip() or "unknown"}


def data_digests(data: Any, stem: str = "") -> dict[str, str]:
    """Digests of the files a configuration was fitted to, by where they stand in it.

    Examples
    --------
    >>> data_digests({"data": {"source": "sales.csv", "sha256": "ab12"}, "n": 3})
    {'data.sha256': 'ab12'}
    """
    found: dict[str, str] = {}
    for key, value in data.items() if isinstance(data, Mapping) else ():
        if isinstance(value, Mapping):
            found |= data_digests(value, f"{stem}{key}.")
        elif key == "sha256":
            found[f"{stem}{key}"] = str(value)
    return found


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def git_state(package: Path | None = None) -> dict[str, Any]:
    """Commit of the checkout the package runs from, and whether files differ from it.

    Parameters
    ----------
    package : Path, optional
        Folder of the package; default: where this one lies.

    Returns
    -------
    dict
        `hash` and `dirty`; both None for an installed package or a checkout without a commit.

    Examples
    --------
    >>> git_state(Path("/"))
    {'hash': None, 'dirty': None}
    """
    folder = package or Path(__file__).resolve().parents[1]
    top = _git(folder, "rev-parse", "--show-toplevel")
    # An environment inside someone else's repository must not borrow that repository's hash.
    if top is None or Path(top).resolve() != folder.parent:
        return {"hash": None, "dirty": None}
    commit = _git(folder, "rev-parse", "--verify", "HEAD")
    changed = _git(folder, "status", "--porcelain")
    return {"hash": commit or None, "dirty": bool(changed) if commit else None}


def config_digest(config: Config) -> str:
    """Digest of every key of a resolved configuration.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> config_digest(load()) == config_digest(load(["seed=2"]))
    False
    """
    return digest_of_data(config.model_dump(mode="json"))


def _noted(table: Table | Paged) -> dict[str, Any]:
    return {"rows": len(table), "digest": digest(table)}


def make_manifest(
    config: Config,
    tables: Mapping[str, Table | Paged],
    *,
    engine: str,
    wall_seconds: float,
    replications: int | None = None,
    processes: Sequence[str] = (),
    command_line: Sequence[str] | None = None,
    resolved: Mapping[str, Any] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """All that is needed to make a run again and to see that it is the same.

    Parameters
    ----------
    config : Config
        The resolved configuration of the baseline.
    tables : mapping of str to Table
        Tables of the run by file name (or such as are read page by page); each gets a digest of its content.
    engine : str
        The engine that ran (not "auto").
    wall_seconds : float
        How long it took.
    replications : int, optional
        How many were run, where it differs from the configuration's.
    processes : sequence of str
        Names of the user's own Python processes; with any, the run cannot be replayed.
    command_line : sequence of str, optional
        What was typed; default: this process's arguments.
    resolved : mapping, optional
        What `config.yaml` holds, where that is more than the config (the reference); its digest
        is then the one recorded.
    extra : mapping, optional
        Further facts, written as they are.

    Returns
    -------
    dict
        Plain data, ready for JSON.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> manifest = make_manifest(load(), {}, engine="simpy", wall_seconds=1.0, processes=["strike"])
    >>> manifest["engine"], manifest["replayable"]
    ('simpy', False)
    """
    typed = list(command_line) if command_line is not None else ["cxsim", *sys.argv[1:]]
    manifest: dict[str, Any] = {
        "command": shlex.join(typed),
        "versions": package_versions(),
        "code_version": code_version(),
        "git": git_state(),
        "config_digest": config_digest(config) if resolved is None else digest_of_data(resolved),
        "data": data_digests(config.calibration),
        "market": config.market.name,
        "population_fraction": config.population.fraction,
        "seed": config.seed,
        "replications": config.replications if replications is None else replications,
        "engine": engine,
        "processes": list(processes),
        "replayable": not processes,
        "written": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "wall_seconds": round(wall_seconds, 3),
        "machine": {"system": platform.system(), "release": platform.release(),
                    "processor": platform.machine(), "cores": os.cpu_count()},
        "maths_fingerprint": maths_fingerprint(),
        "tables": {name: _noted(table) for name, table in tables.items()},
    }
    if processes:
        manifest["replay_note"] = (
            f"This run held Python processes of your own ({', '.join(processes)}); their code is not in the "
            "configuration, so it cannot be replayed from this folder. Run your script again instead.")
    return {**manifest, **(extra or {})}
