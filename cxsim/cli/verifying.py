"""The command that replays a run folder."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from cxsim.cli.progress import first_use_notice, progress_bar


def verify(words: Sequence[str]) -> int:
    """``cxsim verify RUN_DIR``: run it again and compare every table with its recorded digest."""
    parser = argparse.ArgumentParser(prog="cxsim verify", description="Replay a run folder.")
    parser.add_argument("folder", metavar="RUN_DIR", type=Path, help="a folder written by run or compare")
    folder = parser.parse_args(list(words)).folder
    from cxsim.whatif.replay import replay

    first_use_notice()
    with progress_bar("verify") as tell:
        found = replay(folder, progress=tell)
    for name, is_same in found.tables.items():
        print(f"{name}: {'same digest' if is_same else 'DIFFERS'}")
    if not found.is_same and not found.same_maths:
        print("The elementary functions of this platform differ from the recorded ones; last digits may move.")
    return 0 if found.is_same else 1
