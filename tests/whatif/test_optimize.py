"""The search on simulated worlds whose best setting theory knows, and what it does when it is broken off."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import cxsim
from cxsim.errors import CxsimError
from cxsim.measure.digests import digest
from cxsim.measure.table import Table
from cxsim.report.optimum_sections import sections_of_optimum
from cxsim.settings.schema import ScenarioSpec
from cxsim.theory.erlang import erlang_c
from cxsim.whatif.finals import finalists
from cxsim.whatif.levers import Lever, Space
from cxsim.whatif.optimize import as_scenario, optimize, plan_search
from cxsim.whatif.optimize_options import OptimizeOptions
from cxsim.whatif.searching import Told
from cxsim.whatif.standing import BEST
from cxsim.whatif.store import Store

DESK = ["market=contact_centre", "horizon_days=3", "replications=6"]
STAFF = "channels.phone.employees"
# 360 calls an hour of 4 minutes each: 24 Erlang.
WAITS = {c: 60.0 * erlang_c(360.0, 15.0, c).expected_wait for c in range(25, 33)}


def desk(**asked: object) -> OptimizeOptions:
    """The cheapest desk within a mean wait between theory's for 27 and for 28 employees."""
    bound = (WAITS[27] + WAITS[28]) / 2
    return OptimizeOptions.of({
        "objective": "service_cost", "levers": {STAFF: [25, 32]}, "limits": {"wait_minutes": {"at_most": bound}},
        "evaluations": 8, "first_replications": 2, "finalists": 3} | asked)


@pytest.fixture(scope="module")
def found():
    return optimize(cxsim.load(DESK), desk())


def test_cheapest_desk_within_a_wait_is_erlangs(found):
    """Erlang C: 27 employees keep callers waiting longer than the bound, 28 shorter; 28 is the baseline."""
    assert WAITS[28] == pytest.approx(0.3331, abs=5e-4)  # 19.988 s, as in the tables.
    assert found.standing.best == (28,) and found.standing.is_kept
    assert found.standing.best_row["gain"] == 0.0 and found.standing.best_row["behind"] == 0.0
    row, = found.standing.limits.rows()
    assert row["value"] == pytest.approx(WAITS[28], rel=0.15) and row["low"] < row["value"] < row["high"]


def test_wages_of_one_more_employee_are_exact(found):
    """Each employee costs 20 an hour for 3 days, in every replication: gains differ by exactly that."""
    points = {row[STAFF]: row for row in found.points.rows()}
    assert set(points) == set(range(25, 33))
    for c, row in points.items():
        assert row["gain"] == pytest.approx((28 - c) * 20.0 * 24 * 3, abs=1e-6)
        assert row["standard_error"] == pytest.approx(0.0, abs=1e-9)
        assert row["spent"] == pytest.approx(-row["gain"])
        if abs(c - 27.5) > 1:
            assert row["keeps_limits"] == (c >= 28)


def test_final_judgement_uses_replications_of_its_own(found):
    """The best is judged on replications 6 to 11; the search saw 0 to 5."""
    assert set(found.kpis["replication"].tolist()) == set(range(6, 12))
    assert found.points["replications"].max() <= 6
    own = found.kpis.select(scenario="baseline", metric="wait_minutes", period="total", segment="all")
    mean = float(np.mean(own["value"]))
    assert next(iter(found.standing.limits.rows()))["value"] == pytest.approx(mean, rel=1e-12)


def test_budget_is_kept_and_used():
    """Fewer lost callers for at most the wages of two more: each of them helps, so both are hired."""
    world = cxsim.load([*DESK, "channels.phone.patience_minutes=2"])
    two = 2 * 20.0 * 24 * 3
    asked = OptimizeOptions.of({"objective": "abandon_rate", "levers": {STAFF: [26, 32]}, "budget": two + 1.0,
                                "spends": ["service_cost"], "evaluations": 7, "first_replications": 2})
    made = optimize(world, asked)
    assert made.standing.best == (30,) and made.standing.is_gain
    assert made.standing.best_row["spent"] == pytest.approx(two)
    back, = made.back.rows()
    assert back["lever"] == STAFF and back["loss"] == pytest.approx(made.standing.best_row["gain"])
    assert as_scenario(made.parts)["changes"] == {"channels": {"phone": {"employees": 30}}}


def test_limit_that_nothing_keeps_is_said_and_the_nearest_is_named():
    asked = desk(limits={"wait_minutes": {"at_most": 0.0001}}, levers={STAFF: [26, 29]}, evaluations=4)
    made = optimize(cxsim.load(DESK), asked)
    assert not made.standing.is_kept and made.standing.best == (29,) and not made.points["keeps_limits"].any()


def test_interrupted_search_reports_and_goes_on_from_its_store(tmp_path: Path):
    config, store = cxsim.load(DESK), Store(tmp_path)
    calls: list[str] = []

    def stop(text: str, done: int, total: int) -> None:
        calls.append(text)
        if done == 14:
            raise KeyboardInterrupt

    broken = optimize(config, desk(), store=store, progress=stop)
    assert broken.was_interrupted and broken.standing.best_row["verdict"] == BEST
    assert 2 <= len(broken.points) < 8
    assert len(list(tmp_path.rglob("*.cell"))) >= 8
    counts: dict[str, list[int]] = {"fresh": [], "again": [], "once_more": []}
    fresh = optimize(config, desk(), progress=lambda text, done, total: counts["fresh"].append(done))
    again = optimize(config, desk(), store=store, progress=lambda text, done, total: counts["again"].append(done))
    optimize(config, desk(), store=store, progress=lambda text, done, total: counts["once_more"].append(done))
    assert len(counts["again"]) <= len(counts["fresh"]) - 8
    assert not counts["once_more"]  # Every cell is kept by now.
    for name in ("points", "kpis", "comparison"):
        assert digest(getattr(again, name)) == digest(getattr(fresh, name))


def test_workers_and_batches_of_lives_change_nothing(found):
    alone = optimize(cxsim.load([*DESK, "parallel.workers=1"]), desk())
    assert digest(alone.points) == digest(found.points) and digest(alone.kpis) == digest(found.kpis)


def test_scenarios_are_switched_and_contradictions_are_rows_with_their_reason():
    config = cxsim.load(DESK)
    more = ScenarioSpec(name="more", changes={STAFF: 30})
    many = ScenarioSpec(name="many", changes={STAFF: 32})
    asked = OptimizeOptions.of({"objective": "wait_minutes", "levers": {}, "evaluations": 4,
                                "first_replications": 2, "finalists": 2})
    made = optimize(config, asked, scenarios={"more": (more,), "many": (many,)})
    assert made.standing.best == (False, True)
    assert made.region.n_settings == 3  # Both at once are no setting.
    failed, = made.points.select(status="failed").rows()
    assert "only one can hold" in failed["reason"] and failed["scenario.more"] == failed["scenario.many"] == "True"


def test_one_setting_is_told_as_one(found):
    """Each employee costs 1,440: no other of the eight is as cheap as the best, and no amount is 0.000000."""
    words = [word for section in sections_of_optimum(found) for word in (
        *section.words, *section.notes, *(cell for grid in section.grids for row in grid.rows for cell in row))]
    told = " ".join(words)
    assert "One setting is best: none of the other 7 comes" in told and "Not one point" not in told
    assert not re.search(r"0\.000000|± 0\b", told)


def test_gain_that_is_not_told_from_0_lets_no_lever_earn_its_place(found):
    back = Table({"lever": [STAFF], "value": ["28"], "baseline": ["29"], "loss": [200.0], "low": [78.0],
                  "high": [351.0]})
    for is_gain in (True, False):
        made = replace(found, back=back, standing=replace(found.standing, is_gain=is_gain))
        why, = [one for one in sections_of_optimum(made) if one.title == "What each lever earns"]
        assert (why.grids[0].rows[0][-1] == "earns its place") is is_gain
        assert ("not told from the baseline" in " ".join(why.words)) is not is_gain


def test_lever_is_called_idle_only_where_the_search_could_have_told(found):
    anywhere = {**found.region.levers.columns, "alone_low": np.array([25.0]), "alone_high": np.array([32.0])}
    for margin, told in ((found.standing.margin, "hardly matters"), (50.0, "no value within its bounds")):
        made = replace(found, region=replace(found.region, margin=margin, levers=Table(anywhere)))
        section, = [one for one in sections_of_optimum(made) if one.title == "How far each lever may move"]
        assert told in " ".join(section.words)


def test_finalists_are_the_best_of_the_search_and_those_as_near_as_luck():
    """Gains swing by 1,000 with the baseline's luck, distances between points by 1 only: 50 behind is far."""
    luck = 1000.0 * np.array([1.0, -1.0, 1.5, -1.5])
    small = np.array([1.0, -1.0, -1.0, 1.0])
    worth = {0: 0.0, 8: 9.9, 9: 10.0, 10: 9.8, 11: 9.5, 30: -40.0, 1: -60.0}

    class Grid:
        space = Space((Lever("n", 0, 30, is_whole=True),))

        def replications(self, point: tuple[int]) -> range:
            return range(4)

        def gain(self, point: tuple[int], replications: list[int]) -> np.ndarray:
            return (worth[point[0]] + luck + small * (point[0] % 2))[list(replications)]

    told = [Told((n,), value) for n, value in worth.items()]
    asked = OptimizeOptions(finalists=5)
    assert finalists(Grid(), told, asked) == [(9,), (8,), (10,), (11,)]
    assert finalists(Grid(), told, asked.model_copy(update={"finalists": 2})) == [(9,), (8,)]


def test_scenario_that_sets_a_lever_is_refused_by_name():
    more = ScenarioSpec(name="more", changes={STAFF: 30})
    with pytest.raises(CxsimError, match=f"optimize.scenarios: more sets {STAFF}, which is a lever too"):
        plan_search(cxsim.load(DESK), desk(), {"more": (more,)})


@pytest.mark.parametrize(("asked", "told"), [
    ({"objective": "waitminutes"}, r"optimize.objective=waitminutes: is no metric; did you mean wait_minutes\?"),
    ({"objective": "contacts"}, "neither better nor worse"),
    ({"objective": "customer_equity"}, "a contact centre has no customers"),
    ({"levers": {"channels.phone.employes": [25, 30]}}, r"did you mean channels.phone.employees\?"),
    ({"levers": {STAFF: [30, 25]}}, "they are reversed"),
    ({"levers": {STAFF: [25, 30.5]}}, "must be whole"),
    ({"levers": {"channels.phone": [1, 2]}}, "is a group of keys"),
    ({"levers": {"channels.phone.handle_minutes": [-1, 2]}}, "handle_minutes=-1"),
    ({"levers": {"channels.phone.at_close": [0, 1]}}, r"write \{choices: \[send_away, serve_all\]\}"),
    ({"levers": {"horizon_days": [10, 20]}}, "belongs to the world"),
    ({"levers": {}}, "there is no lever"),
    ({"limits": {"abandonrate": {"at_most": 0.1}}}, "optimize.limits.abandonrate: is no metric"),
    ({"limits": {"abandon_rate": {"at_most": 5}}}, "is a share, so the bound must lie between 0 and 1"),
    ({"spends": ["nothing"], "budget": 5.0}, "nothing: is no metric"),
])
def test_what_cannot_be_asked_is_refused_before_anything_runs(asked: dict[str, object], told: str):
    with pytest.raises(CxsimError, match=told):
        plan_search(cxsim.load(DESK), desk(**asked), {})


@pytest.mark.parametrize(("asked", "told"), [
    ({"levers": {STAFF: {}}}, "has no range"),
    ({"levers": {STAFF: [1, 2, 3]}}, "must be two numbers"),
    ({"limits": {"profit": {"at_least": 2, "at_most": 1}}}, "nothing meets both"),
    ({"limits": {"profit": {}}}, "limits nothing"),
    ({"evaluations": 2}, "greater than or equal to 4"),
    ({"budget": -5}, "greater than or equal to 0"),
])
def test_options_that_contradict_themselves_are_refused(asked: dict[str, object], told: str):
    with pytest.raises(ValueError, match=told):
        desk(**asked)
