"""The command that shows what there is: groups, their options, and a line on each."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

from cxsim.errors import CxsimError

FIRST = ("scenario", "market")


def list_options(words: Sequence[str]) -> int:
    """``cxsim list [GROUP]``: the options of every group, or of one, the user's own among them."""
    from cxsim.config.folders import experiments_folder, groups, user_folder
    from cxsim.settings.keys import nearest

    parser = argparse.ArgumentParser(prog="cxsim list", description="Markets, scenarios, other options.")
    parser.add_argument("group", nargs="?", help="one group, as in: cxsim list scenario")
    wanted = parser.parse_args(list(words)).group
    recorded = {file.stem: file for file in experiments_folder().glob("*.yaml")}
    known = {**groups(), "experiment": recorded}
    if wanted is not None and wanted not in known:
        wanted = next((one for one in (wanted.rstrip("s"), f"{wanted}s") if one in known), wanted)
    if wanted is not None and wanted not in known:
        near = nearest(wanted, known)
        raise CxsimError(
            f"{wanted}: there is no such group; there are {', '.join(sorted(known))}"
            + (f"; did you mean {near}?" if near else "")
        )
    own = user_folder()
    order = [wanted] if wanted else [*FIRST, *sorted(set(known) - {*FIRST, "experiment"}), "experiment"]
    for number, group in enumerate(order):
        print(("\n" if number else "") + group)
        width = max(map(len, known[group]), default=0)
        for name, file in sorted(known[group].items()):
            mine = " (yours)" if own is not None and file.is_relative_to(own) else ""
            print(f"  {name:<{width}}  {described(file)}{owned(file)}{mine}".rstrip())
    return 0


def owned(file: Path) -> str:
    """Which department owns a touchpoint; '' for other options.

    Examples
    --------
    >>> from cxsim.config.folders import conf_folder
    >>> owned(conf_folder() / "touchpoints" / "reminder.yaml"), owned(conf_folder() / "use" / "none.yaml")
    (' (owner: marketing)', '')
    """
    if file.parent.name != "touchpoints":
        return ""
    owner = re.search(r"^  owner: *(.+?) *(?:#.*)?$", file.read_text(encoding="utf-8", errors="replace"), re.M)
    return f" (owner: {owner[1]})" if owner else ""


def described(file: Path) -> str:
    """One line on an option: its `description`, else its first comment.

    Examples
    --------
    >>> from cxsim.config.folders import conf_folder
    >>> described(conf_folder() / "scenario" / "more_media.yaml")
    'twice the media spend'
    """
    text = file.read_text(encoding="utf-8", errors="replace")
    key = re.search(r"^ {0,2}(?:description|question): *(.+)$", text, re.M)
    if key:
        return key[1].strip().strip("\"'")
    comments = re.findall(r"^# *(?!@package)(?:question: *)?(.+)$", text, re.M | re.I)
    return comments[0].strip() if comments else ""
