"""A sweep is many comparisons in one tidy table; it resumes, and a failed cell is a row with its reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import cxsim
from cxsim.config.grid import Cell, cells
from cxsim.config.loading import load_request
from cxsim.measure.digests import digest
from cxsim.whatif import trial_work as trials
from cxsim.whatif.store import Store
from cxsim.whatif.sweep import sweep

SMALL = ["n_customers=150", "horizon_days=60", "replications=3", "reference.customers=1500"]
GRID = ["loyalty.earn_rate=0,0.03", "referral.bonus=0,10"]


def grid(*words: str) -> tuple[Cell, ...]:
    return cells(load_request("sweep", [*SMALL, *words]))


@pytest.fixture(scope="module")
def plain():
    return sweep(grid(*GRID))


def test_every_cell_is_the_comparison_of_its_scenario_with_the_baseline(plain) -> None:
    made = grid(*GRID)
    compared = cxsim.compare(made[0].config, [made[3].scenario]).comparison
    own = plain.table.select(cell=3)
    expected = compared.select(period="total")
    for name in ("segment", "metric", "baseline_value", "scenario_value", "difference", "ci_low", "ci_high"):
        assert np.array_equal(own[name], expected[name], equal_nan=own[name].dtype.kind == "f"), name
    assert own["loyalty.earn_rate"].tolist() == [0.03] * len(own) and own["referral.bonus"].dtype.kind == "f"
    assert set(own["lever"]) == {"loyalty.earn_rate=0.03 referral.bonus=10"} and set(own["world"]) == {""}


def test_worlds_have_baselines_of_their_own_and_equal_sides_are_lived_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lived = []
    real = trials.run_replication
    monkeypatch.setattr(trials, "run_replication", lambda *a, **k: lived.append(a) or real(*a, **k))
    found = sweep(grid("seed=1,2", "scenario=none,live_chat", "sweep.world=[seed]"))
    assert set(found.kpis["scenario"]) == {"baseline 0", "baseline 1", *(f"cell {k}" for k in range(4))}
    assert set(found.table.select(cell=3)["scenario"]) == {"live_chat"}
    none = found.table.select(cell=2, scenario="none")["difference"]
    assert np.all(none[np.isfinite(none)] == 0)
    assert len(lived) == 2 * 2 * 3  # Two worlds, two sides each (none is the baseline), three replications.


def test_kept_cells_give_the_same_digests_and_an_edited_lever_lives_only_what_it_changes(
    plain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    lived = []
    real = trials.run_replication
    monkeypatch.setattr(trials, "run_replication", lambda *a, **k: lived.append(a) or real(*a, **k))
    first = sweep(grid(*GRID), store=Store(tmp_path))
    again = sweep(grid(*GRID), store=Store(tmp_path))
    assert [digest(one.table) for one in (first, again)] == [digest(plain.table)] * 2
    assert [digest(one.kpis) for one in (first, again)] == [digest(plain.kpis)] * 2
    n = len(lived)
    sweep(grid("loyalty.earn_rate=0,0.03", "referral.bonus=0,12"), store=Store(tmp_path))
    assert len(lived) - n == 2 * 3  # The two cells with another bonus; baseline and the other cells are kept.
    sweep(grid(*GRID, "replications=4"), store=Store(tmp_path))
    assert len(lived) - n == 2 * 3 + 5  # One more replication of four cells and their baseline.


def test_a_failed_cell_is_a_row_with_its_reason_and_the_others_go_on(
    plain, monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = trials.TrialWork._measured

    def break_bonus(self, lives, replication):
        if lives.config.referral.bonus == 10 and replication == 1:
            raise ZeroDivisionError("by hand")
        return real(self, lives, replication)

    monkeypatch.setattr(trials.TrialWork, "_measured", break_bonus)
    found = sweep(grid(*GRID))
    assert [failure.cell for failure in found.failures] == [1, 3]
    assert "ZeroDivisionError: by hand (replication 1)" in found.failures[0].reason
    assert "break_bonus" in found.failures[0].traceback
    rows = found.table.select(status="failed")
    assert rows["cell"].tolist() == [1, 3] and "by hand" in rows["reason"][0]
    assert found.table["cell"].tolist() == sorted(found.table["cell"].tolist())
    whole = plain.table.select(cell=2, metric="profit")
    assert found.table.select(cell=2, metric="profit")["difference"].tolist() == whole["difference"].tolist()


def test_a_world_without_a_reference_fails_with_its_cells_alone() -> None:
    made = grid("referral.invitations_per_journey=0.01,0.9", "referral.p_convert=0.9", "referral.bonus=0,10",
                "sweep.world=[referral.invitations_per_journey]")
    found = sweep(made)
    assert [failure.cell for failure in found.failures] == [2, 3]
    assert found.references[0] is not None and found.references[1] is None
