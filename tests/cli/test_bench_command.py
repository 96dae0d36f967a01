"""`cxsim bench`: what it writes and prints at a tiny size, what it refuses, and what it leaves out with a word."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest

from cxsim.bench import measuring, subjects
from cxsim.bench.measuring import Budget, measure_all, run_one
from cxsim.bench.sub_model import make_world
from cxsim.bench.subjects import Subject
from cxsim.cli.benching import KEYS
from cxsim.cli.main import main
from cxsim.errors import CxsimError
from cxsim.measure.parquet import read_parquet

COLUMNS = {
    "model", "subject", "threads", "customers", "days", "runs", "events", "bytes", "seconds", "cpu_seconds",
    "seconds_low", "seconds_high", "events_per_second", "events_per_cpu_second", "ns_per_event",
    "bytes_per_customer", "times_compiled", "left_out"}


def test_a_tiny_bench_writes_its_folder_and_prints_its_tables(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "bench"
    words = ["bench", "sizes=200,400", "days=20", "rounds=1", "peers=plain_simpy", "commands=help",
             "--folder", str(folder)]
    assert main(words) == 0
    shown = capsys.readouterr().out
    assert "plain SimPy" in shown and "targets" in shown and str(folder) in shown
    table = read_parquet(folder / "bench.parquet")
    assert set(table.names) == COLUMNS
    subjects_of = {(row["model"], row["subject"], row["threads"]) for row in table.rows()}
    assert subjects_of == {
        ("sub_model", "compiled", 1), ("sub_model", "simpy", 1), ("sub_model", "plain_simpy", 1),
        ("online_retail", "compiled", 1), ("online_retail", "simpy", 1), ("online_retail", "compiled", 2)}
    for row in table.rows():
        assert row["runs"] == 1 and row["left_out"] == "" and row["customers"] in (200, 400)
        assert row["seconds_low"] <= row["seconds"] <= row["seconds_high"]
        assert row["events_per_cpu_second"] * row["ns_per_event"] == pytest.approx(1e9)
    one = table.select(subject="compiled", model="online_retail", customers=200)
    assert one.select(threads=2)["events"][0] > 1.2 * one.select(threads=1)["events"][0]
    with open(folder / "bench.csv", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(table)
    assert len(read_parquet(folder / "bench_runs.parquet")) == table["runs"].sum()
    assert (folder / "bench.png").read_bytes().startswith(b"\x89PNG")
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["command"].startswith("cxsim bench sizes=200,400")
    assert manifest["tables"]["bench"]["rows"] == 12
    assert {one["verdict"] for one in manifest["targets"]} <= {"met", "missed", "not measured"}
    assert manifest["options"]["sizes"] == [200, 400] and "population=new" in manifest["sub_model"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["size=1000"], "size=1000: there is no such key; did you mean sizes?"),
        (["--bugdet", "60"], "--bugdet: there is no such key; did you mean budget?"),
        (["market=telecom"], "market=telecom: there is no such key; there are sizes, models"),
        (["peers=cpp_heep"], "peers=cpp_heep: there is no such twin; did you mean cpp_heap?"),
        (["engines=compild"], "engines=compild: must be compiled or simpy; did you mean compiled?"),
        (["models=telecom"], "models=telecom: must be sub_model or online_retail"),
        (["sizes=ten"], "sizes=ten: must be a number"),
        (["sizes=0"], "sizes=0: must be at least 1"),
        (["sizes=1.5"], "sizes=1.5: must be a whole number"),
        (["sizes=1000,1000"], "names one twice"),
        (["budget=-1"], "budget=-1: must be at least 0"),
        (["sizes=1e12"], "sizes=1e12: must be at most"),
        (["sizes=none"], "sizes=none: nothing to measure"),
    ],
)
def test_what_cannot_be_measured_is_refused_before_anything_runs(
    words: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["bench", *words]) == 2
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_help_and_completion_name_every_key(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["bench", "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert all(f"--{key} " in shown for key in KEYS)
    monkeypatch.setenv("COMP_LINE", "cxsim bench s")
    assert main(["-sc", "query=bash"]) == 0
    assert capsys.readouterr().out.split() == ["sizes=", "seed="]


def test_without_the_source_tree_the_twins_are_said_to_be_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(subjects, "PEERS_FOLDER", tmp_path / "absent")
    words = ["bench", "sizes=100", "days=10", "rounds=1", "commands=none", "models=sub_model", "engines=compiled",
             "folder=" + str(tmp_path / "out")]
    assert main(words) == 0
    shown = capsys.readouterr().out
    assert "the twins live in the source tree" in shown
    assert set(read_parquet(tmp_path / "out" / "bench.parquet")["subject"]) == {"compiled"}


def test_without_a_compiler_the_cpp_twins_are_left_out_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subjects, "compiler", lambda: None)
    found, absent = subjects.find_peers(["plain_simpy", "cpp_heap"], tmp_path)
    assert [one.name for one in found] == ["plain_simpy"]
    assert "no C++ compiler" in absent["cpp_heap"]


def saying(seconds: float, sleep: float = 0.0) -> Subject:
    """A subject that only says how long it took."""
    found = {"seconds": seconds, "cpu_seconds": seconds, "bytes": 1, "events": 5, "figures": {}}
    code = f"import json, time; time.sleep({sleep}); print(json.dumps({found}))"
    return subjects.Subject("sub_model", "compiled", 1, lambda customers, days, seed: [sys.executable, "-c", code])


def test_what_would_not_end_within_the_budget_is_left_out_and_named() -> None:
    fast, slow = saying(0.01), saying(50.0)
    cells = measure_all([fast, slow], [100, 1000], days=1, seed=1, rounds=2, budget=Budget(60.0))
    found = {(cell.subject is slow, cell.customers): cell for cell in cells}
    assert [len(found[one, size].runs) for one in (False, True) for size in (100, 1000)] == [2, 2, 2, 0]
    assert "at 100 customers it took 50.0 s" in found[True, 1000].reason
    assert found[True, 100].reason == ""


def test_who_interrupts_keeps_what_was_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([{"seconds": 1.0, "cpu_seconds": 1.0, "bytes": 1, "events": 5, "figures": {}}])

    def run_one(command: object, seconds: float) -> dict:
        try:
            return next(answers)
        except StopIteration:
            raise KeyboardInterrupt from None

    monkeypatch.setattr(measuring, "run_one", run_one)
    budget = Budget(60.0)
    cells = measure_all([saying(1.0), saying(2.0)], [100, 1000], days=1, seed=1, rounds=2, budget=budget)
    assert budget.is_interrupted and [len(cell.runs) for cell in cells] == [1, 0, 0, 0]
    assert {cell.reason for cell in cells[1:]} == {"left out: interrupted"}


def test_what_does_not_end_is_stopped_and_what_fails_says_why() -> None:
    stopped = run_one([sys.executable, "-c", "import time; time.sleep(60)"], 1.0)
    assert isinstance(stopped, str) and stopped.startswith("stopped after 1 s")
    failed = run_one([sys.executable, "-c", "raise SystemExit('no room')"], 10.0)
    assert failed == "left out: no room"


def test_what_does_not_fit_into_memory_is_refused() -> None:
    with pytest.raises(CxsimError, match="n_customers=1000000000000: needs about"):
        make_world("sub_model", 10**12, 365, 1)


def test_memory_of_a_child_does_not_count_what_its_parent_holds() -> None:
    import numpy as np

    held = np.ones(40_000_000)  # 320 MB here
    code = "from cxsim.bench.held import peak_bytes; print('{\"peak\": %d}' % peak_bytes())"
    found = run_one([sys.executable, "-c", code], 60.0)
    assert isinstance(found, dict) and found["peak"] < held.nbytes / 2
