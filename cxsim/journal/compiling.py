"""One way to compile: no fast maths, no hidden vector maths, and a cache that cannot go stale."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any


def _source_digest() -> str:
    """Digest of every compiled source, the compiler's version and the machine.

    The compiler's own cache looks only at the file of the function it compiles, so it would
    serve old code when a function that is called from there changed in another file.
    """
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.blake2b(digest_size=12)
    for sources in ("journal/*.py", "behaviour/*.py", "engines/compiled_engine.py", "engines/pending.py"):
        for path in sorted(package.glob(sources)):
            digest.update(path.name.encode() + path.read_bytes())
    for part in (version("numba"), version("numpy"), sys.version, platform.machine(), platform.processor()):
        digest.update(part.encode())
    return digest.hexdigest()


def _cache_folder() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(home) / "cxsim" / "compiled" / _source_digest()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return Path(tempfile.gettempdir()) / f"cxsim-compiled-{os.getuid()}" / folder.name


os.environ.setdefault("NUMBA_DISABLE_INTEL_SVML", "1")
CACHE_FOLDER = Path(os.environ.setdefault("NUMBA_CACHE_DIR", str(_cache_folder())))

import numba  # noqa: E402  (the settings above must stand before the import)
from numba import types  # noqa: E402

numba.config.CACHE_DIR = str(CACHE_FOLDER)
numba.config.DISABLE_INTEL_SVML = True


def is_first_use() -> bool:
    """Whether nothing was compiled yet for these sources, so that a first run takes longer.

    Examples
    --------
    >>> isinstance(is_first_use(), bool)
    True
    """
    return not any(CACHE_FOLDER.rglob("*.nbi"))


def _plain(kind: Any) -> Any:
    """The type a function is compiled for: no constants, whole numbers of full width."""
    kind = types.unliteral(kind)
    if isinstance(kind, types.Integer) and kind.signed and kind.bitwidth < 64:
        return types.int64
    return kind


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
    made = numba.njit(cache=caching, nogil=True, error_model="numpy", no_cfunc_wrapper=True)(function)
    find = made.get_call_template

    def find_plain(args: Any, kws: Any) -> Any:
        # Left alone, the compiler makes a version for every constant and width a function is called with.
        plain = {name: _plain(kind) for name, kind in kws.items()}
        return find(tuple(_plain(kind) for kind in args), plain)

    made.get_call_template = find_plain
    return made
