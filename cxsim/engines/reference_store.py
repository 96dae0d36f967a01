"""The reference experience kept between runs: one small file for each baseline that was ever run."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from cxsim.engines.anchoring import Progress, find_reference
from cxsim.engines.pilots import pilot_world
from cxsim.journal.compiling import CACHE_FOLDER
from cxsim.settings.reference import Reference
from cxsim.settings.schema import Config
from cxsim.settings.warm_up import lived

# What cannot move the reference: luck, speed, what is written, what is compared with it, and money for those
# who may leave, whose effect is told from the baseline's.
UNMOVED = (
    "seed", "replications", "precision", "engine", "confidence", "output", "parallel", "scenario", "calibration",
    "retention")


def reference_digest(config: Config) -> str:
    """Digest of every baseline key that can move the reference, and of the code that finds it.

    Of `population.fraction` only what it does to the pilots (:func:`cxsim.engines.pilots.pilot_world`).

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> reference_digest(load()) == reference_digest(load(["seed=7", "engine=simpy"]))
    True
    >>> reference_digest(load()) == reference_digest(load(["n_customers=100"]))
    False
    """
    config = lived(config)
    keys: dict[str, Any] = config.model_dump(mode="json", exclude=set(UNMOVED))
    keys["population"]["fraction"] = pilot_world(config).population.fraction
    del keys["population"]["resample"]
    for texts in (keys["market"],):
        texts.pop("name"), texts.pop("description")
    text = json.dumps(keys, sort_keys=True) + CACHE_FOLDER.name + _finder_digest()
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _finder_digest() -> str:
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.blake2b(digest_size=8)
    for room in ("settings", "engines"):
        for path in sorted((package / room).glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _file_of(digest: str) -> Path:
    return CACHE_FOLDER.parent.parent / "references" / f"{digest}.json"


def _kept(path: Path) -> Reference | None:
    """A kept reference, or None where there is none or it cannot be read (it is then found again)."""
    try:
        return Reference.from_dict(json.loads(path.read_text()))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def is_reference_kept(config: Config) -> bool:
    """Whether the baseline's reference experience was found by an earlier run."""
    return _file_of(reference_digest(config)).exists()


def _keep(path: Path, reference: Reference) -> None:
    """Write whole or not at all; a folder that cannot be written costs time later, nothing else."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, suffix=".part", delete=False) as file:
            json.dump(reference.to_dict(), file)
        os.replace(file.name, path)
    except OSError:
        return


def reference_for(
    config: Config, *, progress: Progress = lambda text: None, start: Reference | None = None,
) -> Reference:
    """The baseline's reference experience: kept from an earlier run, or found now.

    Parameters
    ----------
    config : Config
        The baseline (its scenario is not applied).
    progress : callable
        Called with a few words before each pass.
    start : Reference, optional
        That of a neighbouring world, from which it is found in fewer passes; such ones are kept apart.

    Raises
    ------
    CxsimError
        As :func:`cxsim.engines.anchoring.find_reference`.
    """
    config = lived(config)
    digest = reference_digest(config)
    if start is not None:
        digest = hashlib.blake2b(f"{digest} from {start.digest}".encode(), digest_size=16).hexdigest()
    path = _file_of(digest)
    reference = _kept(path)
    if reference is None:
        from dataclasses import replace

        reference = replace(find_reference(config, progress=progress, start=start), digest=digest)
        _keep(path, reference)
    return reference
