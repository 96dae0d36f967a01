"""Lets the tests of this folder use the judges' worlds, what "the same life" means, and each other's worlds."""

from __future__ import annotations

import sys
from pathlib import Path

_TESTS = Path(__file__).parents[1]
for _folder in ("judges", "engines", "mechanisms"):
    sys.path.insert(0, str(_TESTS / _folder))
