"""Shell completion: commands here, their groups and keys by Hydra's own completion."""

from __future__ import annotations

import os
from collections.abc import Sequence

from cxsim.cli.commands import COMMANDS


def complete(words: Sequence[str]) -> int:
    """Answer ``cxsim -sc install=bash`` and the shell's questions (``query=bash``).

    Hydra knows programs without subcommands, so the command is taken out of the line it reads.
    """
    line = os.environ.get("COMP_LINE", "").split(" ")
    if any(word.startswith("query=") for word in words):
        if len(line) <= 2:
            print(" ".join(name for name in COMMANDS if name.startswith(line[-1] if len(line) == 2 else "")))
            return 0
        os.environ["COMP_LINE"] = " ".join([line[0], *line[2:]])
        if line[1] == "bench":
            from cxsim.cli.benching import KEYS

            print(" ".join(f"{key}=" for key in KEYS if key.startswith(line[-1])))
            return 0
        if line[1] not in ("run", "compare", "sweep", "plan", "calibrate"):
            return 0
    from cxsim.config.hydra_app import answer, asked

    answer("run", asked(["-sc", *words]))
    return 0
