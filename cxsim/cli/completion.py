"""Shell completion: commands, groups and their options from the files; nested keys by Hydra's own completion."""

from __future__ import annotations

import os
from collections.abc import Sequence

from cxsim.cli.commands import COMMANDS

OF_HYDRA = ("run", "compare", "sweep", "plan", "calibrate")


def complete(words: Sequence[str]) -> int:
    """Answer ``cxsim -sc install=bash`` and the shell's questions (``query=bash``).

    Hydra knows programs without subcommands, so the command is taken out of the line it reads. It composes
    the whole configuration for each question; what the names of files can answer needs no composing.
    """
    line = os.environ.get("COMP_LINE", "").split(" ")
    if any(word.startswith("query=") for word in words):
        if len(line) <= 2:
            print(" ".join(name for name in COMMANDS if name.startswith(line[-1] if len(line) == 2 else "")))
            return 0
        if line[1] == "bench":
            from cxsim.cli.benching import KEYS

            print(" ".join(f"{key}=" for key in KEYS if key.startswith(line[-1])))
        if line[1] not in OF_HYDRA:
            return 0
        known = by_names(line[-1])
        if known:
            print(" ".join(known))
            return 0
        os.environ["COMP_LINE"] = " ".join([line[0], *line[2:]])
    from cxsim.config.hydra_app import answer, asked

    answer("run", asked(["-sc", *words]))
    return 0


def by_names(word: str) -> list[str]:
    """What a word can become by the names of groups, of their options, and of the keys beside them.

    Empty where only the composed configuration knows.

    Examples
    --------
    >>> by_names("market=t"), by_names("mark"), by_names("loyalty.earn")
    (['market=telecom'], ['market.', 'market='], [])
    """
    import yaml

    from cxsim.config.folders import conf_folder, groups

    options = groups()
    if "." in word.partition("=")[0]:
        return []
    group, is_value, start = word.partition("=")
    if is_value:
        return [f"{group}={name}" for name in sorted(options.get(group, ())) if name.startswith(start)]
    plain = yaml.safe_load((conf_folder() / "config.yaml").read_text(encoding="utf-8"))
    keys = [f"{key}{'.' if isinstance(value, dict) else '='}" for key, value in plain.items()
            if key not in ("defaults", "hydra")]
    return sorted({one for one in [*keys, *(f"{name}{sign}" for name in options for sign in ".=")]
                   if one.startswith(word)})
