"""The command that measures: engines and twins in turn, each in its own process."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

from cxsim.cli.asking import words_typed
from cxsim.cli.main import EXIT_INTERRUPTED
from cxsim.cli.progress import progress_bar
from cxsim.errors import CxsimError

# Key -> default, what it may hold, what it means.
KEYS = {
    "sizes": ("10000,100000,1000000", "N,N,...", "starting customers"),
    "models": ("sub_model,online_retail", "NAME,...", "the sub-model of docs/bench.md, the full model"),
    "engines": ("compiled,simpy", "NAME,...", "engines of cxsim"),
    "peers": ("plain_simpy,cpp_heap,cpp_calendar,cpp_ahead", "NAME,...|all|none",
              "twins of the sub-model: those, salabim, mesa"),
    "threads": ("2", "N", "replications at a time in one more measurement; 1 = leave it out"),
    "commands": ("help,cold,warm", "NAME,...|none", "time cxsim --help and the demo comparison, cold and warm"),
    "days": ("365", "N", "days simulated"),
    "rounds": ("3", "N", "measurements of each, taken in turn; the median counts"),
    "budget": ("900", "SECONDS", "what is not expected to end within it is left out and named"),
    "seed": ("1", "N", "seed"),
    "folder": ("", "FOLDER", "where the results go; default runs/bench-DATE_TIME"),
}
MOST = {"sizes": 50_000_000, "threads": 256, "days": 3650, "rounds": 100, "seed": 2**31 - 1}
MOST_SECONDS = 1_000_000
MODELS, ENGINES, COMMAND_KINDS = ("sub_model", "online_retail"), ("compiled", "simpy"), ("help", "cold", "warm")


def bench(words: Sequence[str]) -> int:
    """``cxsim bench``: how fast the engines are, against the sub-model's twins and each other."""
    options = read_options(words)
    from cxsim.bench.bench import run_bench
    from cxsim.bench.subjects import PEERS, check_peers
    from cxsim.report.terminal_tables import print_grid

    sizes = [whole(options, "sizes", one) for one in names_in(options, "sizes")]
    models, engines = names_in(options, "models", MODELS), names_in(options, "engines", ENGINES)
    for key, listed in (("sizes", sizes), ("models", models)):
        if not listed:
            raise CxsimError(f"{key}={options[key]}: nothing to measure; name one at least")
    peers = list(PEERS) if options["peers"] == "all" else names_in(options, "peers")
    check_peers(peers)
    commands = names_in(options, "commands", COMMAND_KINDS)
    numbers = {key: whole(options, key, least=0 if key == "seed" else 1)
               for key in ("threads", "days", "rounds", "seed")}
    budget = number(options, "budget")
    folder = Path(options["folder"] or _fresh_folder())
    folder.mkdir(parents=True, exist_ok=True)
    with progress_bar("bench") as tell:
        made = run_bench(
            sizes=sizes, models=models, engines=engines, peers=peers, **numbers, commands=commands,
            budget=budget, progress=tell)
    made.write(folder, words_typed("bench", words))
    for heading, names, rows, caption in made.grids():
        print_grid(heading, names, rows, caption)
    for sentence in made.sentences():
        print(sentence)
    print(f"Written: {folder}")
    return EXIT_INTERRUPTED if made.is_interrupted else 0


def read_options(words: Sequence[str]) -> dict[str, str]:
    """The options of a command line, written ``--sizes 10000,100000`` or ``sizes=10000,100000``.

    Examples
    --------
    >>> read_options(["sizes=1000", "--budget", "30"])["budget"]
    '30'
    >>> read_options(["size=1000"])
    Traceback (most recent call last):
    ...
    cxsim.errors.CxsimError: size=1000: there is no such key; did you mean sizes?
    """
    parser = argparse.ArgumentParser(
        prog="cxsim bench", description="Measure the engines, and twins of a sub-model written by hand.",
        epilog="Every option may also be written KEY=VALUE, as in: cxsim bench sizes=10000 budget=60")
    for key, (default, kind, meaning) in KEYS.items():
        text = f"{meaning} (default {default})" if default else meaning
        parser.add_argument(f"--{key}", metavar=kind, default=default, help=text)
    read = [f"--{word}" if "=" in word and not word.startswith("-") else word for word in words]
    for word, flag in zip(words, read, strict=True):
        if flag.startswith("--") and flag != "--help":
            _known(word, flag[2:].partition("=")[0])
    return vars(parser.parse_args(read))


def _known(word: str, key: str) -> None:
    if key in KEYS:
        return
    from cxsim.settings.keys import nearest

    near = nearest(key, KEYS)
    raise CxsimError(f"{word}: there is no such key; "
                     + (f"did you mean {near}?" if near else f"there are {', '.join(KEYS)}"))


def names_in(options: dict[str, str], key: str, there: Sequence[str] = ()) -> list[str]:
    """The names an option lists, each of them known and once; [] for ``none``.

    Examples
    --------
    >>> names_in({"engines": "simpy"}, "engines", ENGINES), names_in({"peers": "none"}, "peers")
    (['simpy'], [])
    """
    text = options[key].strip("[] ")
    names = [] if text in ("", "none") else [one.strip() for one in text.split(",") if one.strip()]
    if len(set(names)) < len(names):
        raise CxsimError(f"{key}={options[key]}: names one twice; leave it out")
    from cxsim.settings.keys import nearest

    for name in names:
        if there and name not in there:
            near = nearest(name, there)
            hint = f"; did you mean {near}?" if near else ""
            raise CxsimError(f"{key}={name}: must be {' or '.join(there)}{hint}")
    return names


def whole(options: dict[str, str], key: str, text: str | None = None, *, least: int = 1) -> int:
    """A whole number, also as people write it (1e5).

    Examples
    --------
    >>> whole({"sizes": "1e5"}, "sizes")
    100000
    """
    value = number(options, key, text, least=least)
    if value != int(value):
        raise CxsimError(f"{key}={text or options[key]}: must be a whole number")
    return int(value)


def number(options: dict[str, str], key: str, text: str | None = None, *, least: float = 0.0) -> float:
    """A number that is not below `least`."""
    text = options[key] if text is None else text
    try:
        value = float(text)
    except ValueError:
        raise CxsimError(f"{key}={text}: must be a number") from None
    if not value >= least:
        raise CxsimError(f"{key}={text}: must be at least {least:g}")
    if value > MOST.get(key, MOST_SECONDS):
        raise CxsimError(f"{key}={text}: must be at most {MOST.get(key, MOST_SECONDS):,.0f}")
    return value


def _fresh_folder() -> Path:
    folder = Path("runs") / time.strftime("bench-%Y-%m-%d_%H-%M-%S")
    number, free = 1, folder
    while free.exists():
        number += 1
        free = folder.with_name(f"{folder.name}-{number}")
    return free
