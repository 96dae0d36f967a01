"""Replications until an interval is narrow enough: the rule, its coverage, and the run it stops."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

import cxsim
from cxsim.config.grid import Cell
from cxsim.errors import CxsimError
from cxsim.measure.comparison import mean_interval
from cxsim.measure.digests import digest
from cxsim.measure.table import Table
from cxsim.report.run_folder import write_comparison
from cxsim.whatif.precision import Stopping, checkpoints
from cxsim.whatif.replay import replay
from cxsim.whatif.sweep import sweep

SMALL = ["market=contact_centre", "horizon_days=2"]
MORE = cxsim.ScenarioSpec(name="more", changes={"channels": {"phone": {"employees": 30}}})
FEWER = cxsim.ScenarioSpec(name="fewer", changes={"channels": {"phone": {"employees": 27}}})


def rows(name: str, values: np.ndarray) -> Table:
    n = len(values)
    return Table({"scenario": [name] * n, "replication": list(range(n)), "segment": ["all"] * n,
                  "period": ["total"] * n, "metric": ["profit"] * n, "value": values, "unit": ["money"] * n})


def test_checkpoints_are_fixed_and_grow_by_half():
    assert checkpoints(1000) == (10, 15, 20, 30, 45, 68, 100, 150, 225, 338, 507, 761, 1000)
    for most in (2, 10, 11, 45):
        assert checkpoints(most)[-1] == most and list(checkpoints(most)) == sorted(set(checkpoints(most)))


def test_rule_stops_at_the_first_checkpoint_at_which_every_scenario_is_known_well_enough():
    rng = np.random.default_rng(3)
    base, noise = rng.normal(size=100), rng.normal(size=(2, 100)) * [[0.5], [2.0]]
    rule = Stopping("profit", 0.6, 100, 0.95)
    for k in checkpoints(100):
        calm, wild = base[:k] + noise[:, :k]
        tables = [rows("baseline", base[:k]), rows("calm", calm), rows("wild", wild)]
        if rule.is_enough(Table.concat(tables)):
            break
    stopped_at, halves = rule.judged[-1]
    assert stopped_at in (30, 45, 68) and max(halves.values()) <= 0.6 < max(rule.judged[-2][1].values())
    _, low, high, _ = mean_interval(noise[1, :stopped_at], 0.95)
    assert halves["wild"] == pytest.approx((high - low) / 2)
    assert f"met after {stopped_at} replications" in str(rule) and "wild" in str(rule)


def test_intervals_of_the_rule_hold_the_truth_about_as_often_as_said():
    """Judged at few checkpoints, coverage stays within two points of 95% (3 s.e. of 3,000 repeats on top)."""
    rng = np.random.default_rng(8)
    n, held = 3000, 0
    for _ in range(n):
        values = rng.normal(size=200)
        for k in checkpoints(200):
            mean, low, high, _ = mean_interval(values[:k], 0.95)
            if (high - low) / 2 <= 0.35:
                break
        held += bool(low <= 0.0 <= high)
    assert held / n > 0.95 - 0.02 - 3 * math.sqrt(0.95 * 0.05 / n)


def test_comparison_stops_and_is_the_prefix_of_a_longer_one(tmp_path: Path):
    config = cxsim.load([*SMALL, "precision.metric=wait_minutes", "precision.half_width=0.5",
                         "precision.max_replications=150"])
    made = cxsim.compare(config, [MORE, FEWER])
    k = made.replications
    assert made.stopping.is_met and k in checkpoints(150) and k == made.stopping.judged[-1][0]
    row = next(iter(made.comparison.select(
        scenario="fewer", metric="wait_minutes", segment="all", period="total").rows()))
    assert row["replications"] == k and (row["ci_high"] - row["ci_low"]) / 2 <= 0.5
    fixed = cxsim.compare(cxsim.load([*SMALL, f"replications={k}"]), [MORE, FEWER])
    for name in ("kpis", "ledger", "twins"):
        assert digest(getattr(made.tables, name)) == digest(getattr(fixed.tables, name))
    write_comparison(made, tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["replications"] == k and manifest["precision"]["is_met"]
    assert replay(tmp_path).is_same


def test_budget_that_does_not_do_is_said_with_what_would():
    config = cxsim.load([*SMALL, "precision.metric=wait_minutes", "precision.half_width=0.0001",
                         "precision.max_replications=12"])
    run = cxsim.simulate(config)
    told = str(run.stopping)
    assert not run.stopping.is_met and len(set(run.kpis["replication"].tolist())) == 12
    half = run.stopping.judged[-1][1]["baseline"]
    assert f"set precision.max_replications={math.ceil(12 * (half / 0.0001) ** 2)}" in told


def test_sweep_stops_by_the_rule_too():
    config = cxsim.load([*SMALL, "precision.metric=wait_minutes", "precision.half_width=5"])
    cell = Cell(config=config, world={}, levers={"channels.phone.employees": 30}, scenario=MORE)
    found = sweep([cell])
    assert set(found.kpis["replication"].tolist()) == set(range(10))


@pytest.mark.parametrize(("words", "told"), [
    (["precision.metric=waitminutes", "precision.half_width=1"], "did you mean wait_minutes?"),
    (["precision.metric=nps"], "half_width is not"),
    (["precision.half_width=1"], "metric is not"),
    (["precision.metric=nps", "precision.half_width=0"], "precision.half_width=0"),
    (["precision.metric=nps", "precision.half_width=1", "precision.max_replications=1"], "max_replications=1"),
])
def test_what_cannot_be_asked_is_refused(words: list[str], told: str):
    with pytest.raises(CxsimError, match=told.replace("?", r"\?")):
        cxsim.compare(cxsim.load([*SMALL, *words]), [MORE])
