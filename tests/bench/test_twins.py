"""The sub-model of docs/bench.md: cxsim and its twins written by hand, which share no code and no luck, agree."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cxsim.bench.child import measure
from cxsim.bench.sub_model import figures_of, make_world, n_events
from cxsim.bench.subjects import PEERS_FOLDER, PYTHON, compile_cpp, compiler
from cxsim.engines.replication import run_replication

CUSTOMERS, DAYS, RUNS = 8000, 150, 8
FIGURES = ("needs", "visits", "failed", "calls", "abandoned", "orders", "judged", "invitations", "entered",
           "exits", "revenue", "wait_minutes")
# Figures so frequent that a wrong rate could not hide in their sampling error.
FREQUENT = ("needs", "visits", "calls", "orders", "judged")
MODES = ("heap", "calendar", "ahead")


def peer(name: str) -> Callable[..., dict[str, list[float]]]:
    """The `simulate` of a twin in Python; skipped where its package is not installed."""
    package, file = PYTHON[name]
    pytest.importorskip(package)
    spec = importlib.util.spec_from_file_location(f"peer_{name}", PEERS_FOLDER / file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.simulate


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if compiler() is None:
        pytest.skip("no C++ compiler here, so the C++ twin is not judged")
    made = compile_cpp(tmp_path_factory.mktemp("twin"))
    assert isinstance(made, Path), made
    return made


def cpp(program: Path, mode: str, seed: int, customers: int = CUSTOMERS, days: int = DAYS) -> dict[str, float]:
    words = [str(program), str(customers), str(days), mode, str(seed)]
    return json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)["figures"]


@pytest.fixture(scope="module")
def ours() -> list[dict[str, float]]:
    """Figures a customer of the compiled engine, one dict a replication."""
    blueprint = make_world("sub_model", CUSTOMERS, DAYS, 1)
    return [figures_of(run_replication(blueprint, r, "compiled")) for r in range(RUNS)]


def assert_same_rates(ours: list[dict[str, float]], theirs: list[dict[str, float]]) -> None:
    """Means of independent runs differ by less than 4.5 of their own standard errors."""
    for name in FIGURES:
        a, b = (np.array([run[name] for run in runs]) / CUSTOMERS for runs in (ours, theirs))
        error = np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
        assert abs(a.mean() - b.mean()) < 4.5 * error, (name, a.mean(), b.mean(), error)
        if name in FREQUENT:
            assert error < 0.01 * a.mean(), (name, error / a.mean())


@pytest.mark.parametrize("name", PYTHON)
def test_a_twin_in_python_has_the_rates_of_cxsim(name: str, ours: list[dict[str, float]]) -> None:
    simulate = peer(name)
    theirs = [{what: sum(months) for what, months in simulate(CUSTOMERS, DAYS, 100 + seed).items()}
              for seed in range(RUNS)]
    assert_same_rates(ours, theirs)


def test_the_twin_in_cpp_has_the_rates_of_cxsim(program: Path, ours: list[dict[str, float]]) -> None:
    assert_same_rates(ours, [cpp(program, "ahead", 100 + seed) for seed in range(4 * RUNS)])


@pytest.mark.parametrize("customers", [300, 30_000])
def test_running_ahead_counts_what_the_queue_of_all_moments_counts(program: Path, customers: int) -> None:
    found = [cpp(program, mode, 7, customers, 365) for mode in MODES]
    assert found[0]["abandoned"] > 0 and found[0]["needs"] > 5 * customers
    assert found[1] == found[0]
    assert found[2] == found[0]


def test_both_engines_have_the_same_figures() -> None:
    blueprint = make_world("sub_model", 400, 120, 3)
    compiled, simpy = (figures_of(run_replication(blueprint, 0, engine)) for engine in ("compiled", "simpy"))
    assert compiled == simpy and compiled["orders"] > 1000


def test_the_sub_model_has_no_event_that_its_twins_do_not_know() -> None:
    """Every word of the event log is one of a few, and every figure is a count of words."""
    from cxsim.engines.blueprint import with_logging
    from cxsim.journal.words import EVENT_WORDS

    outcome = run_replication(with_logging(make_world("sub_model", 2000, 100, 5), 1.0), 0, "compiled")
    words = [" ".join(EVENT_WORDS[word]).strip() for word in range(len(EVENT_WORDS))]
    counts = {words[word]: int(n) for word, n in enumerate(np.bincount(outcome.events["word"])) if n > 0}
    known = {
        "recognize need noticed", "request choice channel", "request queue joined", "request queue served",
        "request queue abandoned", "request service resolved", "request service failed", "request search",
        "request order paid", "respond delivery right", "respond use enjoyed", "repeat judge",
        "repeat invite sent", "repeat invite converted", "repeat exit left"}
    assert set(counts) <= known
    figures = figures_of(outcome)
    for name, word in (("needs", "recognize need noticed"), ("orders", "request order paid"),
                       ("judged", "repeat judge"), ("abandoned", "request queue abandoned"),
                       ("failed", "request service failed"), ("invitations", "repeat invite sent"),
                       ("exits", "repeat exit left")):
        assert figures[name] == counts[word], name


def test_rates_are_those_the_page_states() -> None:
    """Ten needs a year at first; 0.1 invitations a journey of one who stays; shares and failures of channels."""
    customers, days = 20_000, 60
    found = figures_of(run_replication(make_world("sub_model", customers, days, 11), 0, "compiled"))
    stayed = found["judged"] - found["exits"]
    assert abs(found["invitations"] - 0.1 * stayed) < 4.5 * np.sqrt(0.1 * stayed)
    # Few have left after 60 days, so needs still come at nearly ten a year and 364 days.
    assert 0.9 < found["needs"] / (customers * 10 * days / 364) < 1.0
    # Web fails in 3% of 2/3 of the visits, app in 2% of the others.
    p_failure = (0.4 * 0.03 + 0.2 * 0.02) / 0.6
    assert abs(found["failed"] - p_failure * found["visits"]) < 4.5 * np.sqrt(p_failure * found["visits"])
    # 15 of every 25 contacts are visits.
    contacts = found["visits"] + found["calls"]
    assert abs(found["visits"] / contacts - 0.6) < 4.5 * np.sqrt(0.24 / contacts)


def test_events_are_counted_alike(program: Path) -> None:
    found = measure("sub_model", "compiled", 1000, 60, 1)
    assert found["events"] == n_events(found["figures"])
    assert n_events(cpp(program, "heap", 1, 1000, 60)) == pytest.approx(found["events"], rel=0.1)


def test_a_twin_prints_one_line_of_json() -> None:
    done = subprocess.run([sys.executable, str(PEERS_FOLDER / "plain_simpy.py"), "50", "30", "2"],
                          capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert set(found) == {"figures", "seconds", "cpu_seconds", "bytes"} and found["seconds"] > 0
