"""What needs no simulation imports no simulator: modules are looked at, no clock."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("numba", "llvmlite", "scipy", "matplotlib", "duckdb", "simpy", "joblib", "distributed", "dask", "numpy")
WITHOUT_HYDRA = (*HEAVY, "hydra", "omegaconf")

ASK = """
import contextlib, io, json, sys
from cxsim.cli.main import main
out = io.StringIO()
with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
    code = main(sys.argv[1:]) if len(sys.argv) > 1 else 0
print(json.dumps([code, sorted({name.partition(".")[0] for name in sys.modules}), out.getvalue()]))
"""


def _asked(words: list[str], folder: Path, line: str = "") -> tuple[int, set[str], str]:
    """Exit code, top-level modules imported, and what was printed, by a fresh Python."""
    environment = {**os.environ, "COMP_LINE": line}
    done = subprocess.run([sys.executable, "-c", ASK, *words], cwd=folder, env=environment, check=True,
                          capture_output=True, text=True)
    code, modules, said = json.loads(done.stdout.splitlines()[-1])
    return code, set(modules), said


@pytest.mark.parametrize(("words", "code", "shown"), [
    ([], 0, ""), (["--help"], 0, "usage: cxsim COMMAND"), (["--version"], 0, "cxsim "),
    (["list"], 0, "online_retail"), (["comapre"], 2, "did you mean cxsim compare?")], ids=str)
def test_help_and_lists_import_nothing_heavy(words: list[str], code: int, shown: str, tmp_path: Path) -> None:
    given, modules, said = _asked(words, tmp_path)
    assert given == code and shown in said
    assert not modules.intersection(WITHOUT_HYDRA)


@pytest.mark.parametrize(("line", "answer"), [
    ("cxsim comp", ["compare"]),
    ("cxsim compare mark", ["market.", "market="]),
    ("cxsim compare market=tel", ["market=telecom"]),
    ("cxsim run scenario=points", ["scenario=points_program"])])
def test_completion_by_names_imports_nothing_heavy(line: str, answer: list[str], tmp_path: Path) -> None:
    code, modules, said = _asked(["-sc", "query=bash"], tmp_path, line)
    assert code == 0 and said.split() == answer
    assert not modules.intersection(WITHOUT_HYDRA)


@pytest.mark.parametrize(("words", "shown"), [
    (["compare", "markte=telecom"], "did you mean market?"),
    (["run", "n_customers=-1"], "must be between"),
    (["run", "parallel.scheduler=tcp://h:1"], "is for parallel=dask")], ids=str)
def test_a_refusal_imports_no_simulator(words: list[str], shown: str, tmp_path: Path) -> None:
    code, modules, said = _asked(words, tmp_path)
    assert code == 2 and shown in said
    assert not modules.intersection(HEAVY)


def test_completion_of_nested_keys_asks_hydra_and_imports_no_simulator(tmp_path: Path) -> None:
    code, modules, said = _asked(["-sc", "query=bash"], tmp_path, "cxsim compare loyalty.earn")
    assert code == 0 and said.split() == ["loyalty.earn_rate="]
    assert not modules.intersection(HEAVY)
