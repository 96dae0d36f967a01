"""The table of commands: what each does in a line, and where its work is."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """One command: its line of help, how its words are read, and the function that does it.

    Parameters
    ----------
    summary : str
        One line.
    usage : str
        What stands after the command.
    place : str
        ``module:function``; imported only when the command is used.
    """

    summary: str
    usage: str
    place: str

    def handler(self) -> Callable[[Sequence[str]], int]:
        """The function that takes the words after the command and gives the exit code."""
        module, _, function = self.place.partition(":")
        found: Callable[[Sequence[str]], int] = getattr(importlib.import_module(module), function)
        return found


OVERRIDES = "[KEY=VALUE ...] [-h | -m | --cfg job | --info]"

COMMANDS = {
    "run": Command("simulate one world, with or without a scenario", OVERRIDES, "cxsim.cli.worlds:run"),
    "compare": Command(
        "scenarios against the baseline; bare, it is the demo", OVERRIDES, "cxsim.cli.worlds:compare"
    ),
    "sweep": Command(
        "many cells: loyalty.earn_rate=0.01,0.03 referral.bonus=0,10", "[--dry-run] " + OVERRIDES,
        "cxsim.cli.sweeping:sweep"
    ),
    "plan": Command(
        "acquisition against retention: the next unit of money", OVERRIDES, "cxsim.cli.planning:plan"
    ),
    "optimize": Command(
        "best levers under a budget: loyalty.earn_rate=interval(0,0.06)", OVERRIDES,
        "cxsim.cli.optimizing:optimize"
    ),
    "sensitivity": Command(
        "which assumptions the answer rests on, and what knowing them is worth", OVERRIDES,
        "cxsim.cli.sensing:sensitivity"
    ),
    "calibrate": Command(
        "from your transactions to a market: data=FILE", OVERRIDES, "cxsim.cli.calibrating:calibrate"
    ),
    "experiment": Command(
        "reproduce a recorded experiment and judge it", "NAME|all", "cxsim.cli.experiments:experiment"
    ),
    "verify": Command(
        "replay a run folder and compare every table's digest", "RUN_DIR", "cxsim.cli.verifying:verify"
    ),
    "bench": Command(
        "how fast: engines and hand-written twins in one run", "[--sizes N,... --budget SECONDS ...]",
        "cxsim.cli.benching:bench"
    ),
    "list": Command("markets, scenarios and all other options", "[GROUP]", "cxsim.cli.listing:list_options"),
    "schema": Command("JSON Schema of the keys, for editors", "[--output FILE]", "cxsim.cli.schema:schema"),
}
