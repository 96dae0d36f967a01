"""Lets the tests of this folder use the worlds that the judges live in."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "judges"))
sys.path.insert(0, str(Path(__file__).parent))
