"""The command that replays a run folder."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cxsim.cli.progress import first_use_notice, progress_bar

if TYPE_CHECKING:
    from cxsim.whatif.replay import Replay


def verify(words: Sequence[str]) -> int:
    """``cxsim verify RUN_DIR``: run it again and compare every table with its recorded digest."""
    parser = argparse.ArgumentParser(prog="cxsim verify", description="Replay a run folder.")
    parser.add_argument("folder", metavar="RUN_DIR", type=Path, help="a folder written by run, compare or sweep")
    folder = parser.parse_args(list(words)).folder
    from cxsim.whatif.replay import replay

    first_use_notice()
    with progress_bar("verify") as tell:
        found = replay(folder, progress=tell)
    for name in found.changed:
        print(f"{name}: is not the recorded one; what follows is of {name} as it stands")
    for name, is_same in found.tables.items():
        told = found.differences.get(name)
        print(f"{name}: {'same digest' if is_same else f'DIFFERS in {told}' if told else 'DIFFERS'}")
        for example in told.examples if told and told.n_different > 0 else ():
            print(f"  {example}")
    if not found.is_same:
        _say_why(found)
    return 0 if found.is_reproduced else 1


def _say_why(found: Replay) -> None:
    """What may lie behind a difference."""
    if found.changed:
        print(f"{' and '.join(found.changed)}: changed since the folder was written; what differs may come of it.")
    if not found.same_maths:
        print("The elementary functions of this platform differ from the recorded ones; last digits may move. " + (
            "Every metric agrees within 1e-9 of its size or 3 standard errors." if found.is_close else
            "But metrics differ by more than 1e-9 of their size and 3 standard errors."))
    elif not found.same_code:
        print("This version of cxsim, or of a library, is not the one that made the folder (see manifest.json).")
    elif not found.changed:
        print("Code and maths are the recorded ones: this is an error of the program.")
