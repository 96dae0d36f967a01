"""Lets the tests of this folder share :mod:`plain_worlds`."""

from __future__ import annotations

import sys
from pathlib import Path

# Tests are imported by file, not from a package, so their folder is on no path by itself.
sys.path.insert(0, str(Path(__file__).parent))
