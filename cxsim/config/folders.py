"""Where configuration lives: the folder that ships with the program, and the user's own before it."""

from __future__ import annotations

import os
from pathlib import Path

from cxsim.errors import CxsimError

PACKAGE = Path(__file__).resolve().parent.parent


def conf_folder() -> Path:
    """Folder of the shipped groups: inside an installed package, or beside it in a source checkout.

    Raises
    ------
    CxsimError
        If the installation is incomplete: install again.

    Examples
    --------
    >>> (conf_folder() / "config.yaml").is_file()
    True
    """
    return _shipped("conf")


def experiments_folder() -> Path:
    """Folder of the shipped experiments, found as :func:`conf_folder` is.

    Examples
    --------
    >>> experiments_folder().name.lstrip("_")
    'experiments'
    """
    return _shipped("experiments")


def user_folder() -> Path | None:
    """The user's own folder: ``$CXSIM_CONF``, else ``./cxconf`` where it exists, else None.

    Raises
    ------
    CxsimError
        If ``$CXSIM_CONF`` names something that is no folder. One that does not exist yet is allowed,
        because ``cxsim calibrate`` makes it.

    Examples
    --------
    >>> user_folder() is None or user_folder().is_dir()
    True
    """
    named = os.environ.get("CXSIM_CONF")
    folder = Path(named or "cxconf").expanduser()
    if named and folder.exists() and not folder.is_dir():
        raise CxsimError(f"CXSIM_CONF={named}: this is a file; name a folder, or unset CXSIM_CONF")
    return folder.resolve() if folder.is_dir() else None


def groups() -> dict[str, dict[str, Path]]:
    """Every group of the configuration with its options and their files, the user's files first.

    Examples
    --------
    >>> "online_retail" in groups()["market"]
    True
    """
    found: dict[str, dict[str, Path]] = {}
    for folder in (user_folder(), conf_folder()):
        if folder is None:
            continue
        for file in sorted(folder.glob("*/*.yaml")):
            if not file.name.startswith(".") and file.parent.name != "hydra":
                found.setdefault(file.parent.name, {}).setdefault(file.stem, file)
    return found


def own_file_with(text: str) -> Path | None:
    """The one file of the user's folder that holds `text`; None where there is none or more than one.

    Examples
    --------
    >>> own_file_with("a text that no file holds") is None
    True
    """
    folder = user_folder()
    files = sorted(folder.rglob("*.yaml")) if folder is not None else []
    found = [file for file in files if text in file.read_text(encoding="utf-8", errors="replace")]
    return found[0] if len(found) == 1 else None


def looks_up() -> bool:
    """Whether a file of the user's folder takes values from other keys (``${...}``), so that one moves another.

    Examples
    --------
    >>> looks_up() and user_folder() is None
    False
    """
    folder = user_folder()
    files = folder.rglob("*.yaml") if folder is not None else ()
    return any("${" in file.read_text(encoding="utf-8", errors="replace") for file in files)


def stamp() -> tuple[object, ...]:
    """What changes when a file of the configuration does: folders, number of files, newest change."""
    folders = [folder for folder in (user_folder(), conf_folder()) if folder is not None]
    changed = [file.stat().st_mtime_ns for folder in folders for file in folder.rglob("*.yaml")]
    return (*folders, len(changed), max(changed, default=0))


def _shipped(name: str) -> Path:
    for folder in (PACKAGE / f"_{name}", PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise CxsimError(f"the folder {name}/ of cxsim is missing; install cxsim again")
