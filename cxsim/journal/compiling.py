"""One way to compile: no fast maths, no hidden vector maths, and a cache that cannot go stale."""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any


NEWEST_KEPT = 4
DAY_SECONDS = 86_400.0
MOST_DAYS_UNUSED = 30


@lru_cache(maxsize=1)
def code_digest() -> str:
    """Digest of every compiled source and of what compiles it; two machines with the same run the same code.

    Examples
    --------
    >>> len(code_digest())
    24
    """
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.blake2b(digest_size=12)
    for sources in ("journal/*.py", "behaviour/*.py", "engines/*.py"):
        for path in sorted(package.glob(sources)):
            text = path.read_bytes()
            if path.parent.name != "engines" or b"@compiled" in text:
                digest.update(path.name.encode() + text)
    for part in (version("numba"), version("numpy"), platform.python_version()):
        digest.update(part.encode())
    return digest.hexdigest()


def _folder_name() -> str:
    """One name for each version of the code on each kind of machine.

    The compiler's own cache looks only at the file of the function it compiles, so it would
    serve old code when a function that is called from there changed in another file.
    """
    digest = hashlib.blake2b(code_digest().encode(), digest_size=12)
    for part in (sys.version, platform.machine(), platform.processor()):
        digest.update(part.encode())
    return digest.hexdigest()


def _cache_folder() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(home) / "cxsim" / "compiled" / _folder_name()
    try:
        is_new = not folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            os.utime(folder)
        if is_new:
            drop_old_code(folder.parent)
        return folder
    except OSError:
        return Path(tempfile.gettempdir()) / f"cxsim-compiled-{os.getuid()}" / folder.name


def drop_old_code(home: Path) -> None:
    """Delete compiled code of earlier versions, a folder each: all but the newest four, none that is still in use.

    Folders not used for a month go too; one used within the last day always stays.

    Parameters
    ----------
    home : Path
        The folder that holds them. What cannot be deleted is left.
    """
    used = {}
    for folder in home.iterdir():
        with contextlib.suppress(OSError):
            used[folder] = (time.time() - folder.stat().st_mtime) / DAY_SECONDS
    for place, folder in enumerate(sorted(used, key=lambda one: used[one])):
        if used[folder] > (1 if place >= NEWEST_KEPT else MOST_DAYS_UNUSED):
            shutil.rmtree(folder, ignore_errors=True)


os.environ.setdefault("NUMBA_DISABLE_INTEL_SVML", "1")
CACHE_FOLDER = Path(os.environ.setdefault("NUMBA_CACHE_DIR", str(_cache_folder())))

import numba  # noqa: E402  (the settings above must stand before the import)

from cxsim.journal.linking import WholeCompiler, link_as_part  # noqa: E402

_numba: Any = numba
_numba.config.CACHE_DIR = str(CACHE_FOLDER)
_numba.config.DISABLE_INTEL_SVML = True


def is_first_use() -> bool:
    """Whether nothing was compiled yet for these sources, so that a first run takes longer.

    Examples
    --------
    >>> isinstance(is_first_use(), bool)
    True
    """
    return not any(CACHE_FOLDER.rglob("*.nbi"))


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function to machine code, without the interpreter lock, strictly as written.

    Examples
    --------
    >>> @compiled
    ... def twice(x):
    ...     return x + x
    >>> twice(2.5)
    5.0
    """
    caching = Path(function.__code__.co_filename).is_file()
    made: Callable[..., Any] = _numba.njit(
        cache=caching, nogil=True, error_model="numpy", no_cfunc_wrapper=True, pipeline_class=WholeCompiler,
    )(function)
    link_as_part(made, function)
    return made
