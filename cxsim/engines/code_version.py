"""Which version of the program made a number: a digest of every source and library that can move one."""

from __future__ import annotations

import hashlib
import platform
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

ROOMS = ("journal", "behaviour", "theory", "settings", "engines", "measure")
FILES = ("whatif/cell.py", "whatif/trial_work.py", "whatif/trials.py")
LIBRARIES = ("numpy", "scipy", "numba", "simpy")


@lru_cache(maxsize=1)
def code_version() -> str:
    """Digest of the sources a replication's figures depend on, and of the libraries they call.

    Wider than :func:`cxsim.journal.compiling.code_digest`, which knows the compiled sources only: a metric
    that is measured in another way has another version too. Reports, commands and the reading of
    configurations are not in it.

    Returns
    -------
    str
        24 hexadecimal digits.

    Examples
    --------
    >>> len(code_version())
    24
    """
    package = Path(__file__).resolve().parents[1]
    found = [path for room in ROOMS for path in sorted((package / room).glob("*.py"))]
    digest = hashlib.blake2b(digest_size=12)
    for path in [*found, *(package / name for name in FILES)]:
        text = path.read_bytes()
        digest.update(f"{path.parent.name}/{path.name}:{len(text)}\0".encode() + text)
    for part in (*map(version, LIBRARIES), platform.python_version()):
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()
