"""Who is measured: the engines, and twins of the sub-model written by hand, each as a command line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from cxsim.errors import CxsimError

PACKAGE = Path(__file__).resolve().parents[1]
PEERS_FOLDER = PACKAGE.parent / "tests" / "bench" / "peers"
CPP = {"cpp_heap": "heap", "cpp_calendar": "calendar", "cpp_ahead": "ahead"}
# Twins in Python: the package they need, and their file.
PYTHON = {"plain_simpy": ("simpy", "plain_simpy.py"), "salabim": ("salabim", "salabim_twin.py"),
          "mesa": ("mesa", "mesa_twin.py")}
PEERS = (*CPP, *PYTHON)
TITLES = {
    "compiled": "cxsim compiled", "simpy": "cxsim SimPy", "plain_simpy": "plain SimPy",
    "cpp_heap": "C++ priority_queue", "cpp_calendar": "C++ calendar", "cpp_ahead": "C++ run-ahead",
    "salabim": "salabim", "mesa": "Mesa"}
FLAGS = ("-O3", "-march=native", "-std=c++17")


@dataclass(frozen=True)
class Subject:
    """One that is measured.

    Parameters
    ----------
    model : str
        ``sub_model`` or ``online_retail``.
    name : str
        ``compiled``, ``simpy`` or a twin.
    threads : int
        Replications at a time, each in a thread.
    command : callable
        From (customers, days, seed) to the words that start the measurement.
    """

    model: str
    name: str
    threads: int
    command: Callable[[int, int, int], list[str]]

    @property
    def title(self) -> str:
        """What it is called in tables and pictures."""
        several = f", {self.threads} threads" if self.threads > 1 else ""
        return TITLES[self.name] + several


def engine(model: str, name: str, threads: int = 1) -> Subject:
    """An engine on a model.

    Examples
    --------
    >>> engine("sub_model", "compiled").command(100, 30, 1)[1:3]
    ['-m', 'cxsim.bench.child']
    """
    def command(customers: int, days: int, seed: int) -> list[str]:
        asked = {"model": model, "engine": name, "customers": customers, "days": days, "seed": seed,
                 "threads": threads}
        return [sys.executable, "-m", "cxsim.bench.child", json.dumps(asked)]

    return Subject(model, name, threads, command)


def twin(name: str, program: Sequence[str], mode: str = "") -> Subject:
    """A twin of the sub-model that takes CUSTOMERS DAYS [MODE] SEED and prints one line of JSON."""
    def command(customers: int, days: int, seed: int) -> list[str]:
        return [*program, str(customers), str(days), *([mode] if mode else []), str(seed)]

    return Subject("sub_model", name, 1, command)


def find_peers(names: Sequence[str], workshop: Path) -> tuple[list[Subject], dict[str, str]]:
    """The twins that can be run here, and why the others cannot.

    Parameters
    ----------
    names : sequence of str
        Twins wanted, out of `PEERS`.
    workshop : Path
        A folder for the compiled C++ twin.

    Examples
    --------
    >>> find_peers([], Path("nowhere"))
    ([], {})
    """
    if not names:
        return [], {}
    if not PEERS_FOLDER.is_dir():
        reason = "the twins live in the source tree (tests/bench/peers), which is not here"
        return [], dict.fromkeys(names, reason)
    found, absent = [], {}
    wanted_cpp = [name for name in names if name in CPP]
    program = compile_cpp(workshop) if wanted_cpp else None
    for name in names:
        if name in CPP and isinstance(program, Path):
            found.append(twin(name, [str(program)], CPP[name]))
        elif name in CPP:
            absent[name] = str(program)
        elif find_spec(PYTHON[name][0]) is None:
            absent[name] = f"{PYTHON[name][0]} is not installed (pip install 'cxsim[bench]')"
        else:
            found.append(twin(name, [sys.executable, str(PEERS_FOLDER / PYTHON[name][1])]))
    return found, absent


def compiler() -> str | None:
    """The C++ compiler: $CXX, c++, g++ or clang++; None where there is none."""
    named = [os.environ.get("CXX", ""), "c++", "g++", "clang++"]
    return next((path for name in named if name and (path := shutil.which(name))), None)


def compile_cpp(workshop: Path) -> Path | str:
    """The compiled C++ twin, or the reason why there is none."""
    with_what = compiler()
    if with_what is None:
        return "there is no C++ compiler here (c++, g++, clang++ or $CXX)"
    program = workshop / "twin"
    try:
        subprocess.run([with_what, *FLAGS, "-o", str(program), str(PEERS_FOLDER / "twin.cpp")],
                       capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", None) or str(error)
        return f"{with_what} cannot compile it: {said.strip().splitlines()[0]}"
    return program


def environment() -> dict[str, str]:
    """The environment of a measurement: this very package, and its own cache of compiled code."""
    own = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    paths = [str(PACKAGE.parent), *filter(None, [own.get("PYTHONPATH")])]
    return {**own, "PYTHONPATH": os.pathsep.join(paths)}


def check_peers(names: Sequence[str]) -> None:
    """Refuse a twin that nobody wrote.

    Examples
    --------
    >>> check_peers(["cpp_heep"])
    Traceback (most recent call last):
    ...
    cxsim.errors.CxsimError: peers=cpp_heep: there is no such twin; did you mean cpp_heap?
    """
    from cxsim.settings.keys import nearest

    for name in names:
        if name not in PEERS:
            near = nearest(name, PEERS)
            raise CxsimError(f"peers={name}: there is no such twin; "
                             + (f"did you mean {near}?" if near else f"there are {', '.join(PEERS)}"))
