"""Results are a function of the question alone: not of workers, order, company or engine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

import cxsim
from cxsim.measure.digests import digest
from cxsim.measure.table import Table
from cxsim.settings.reference import blank_reference
from cxsim.whatif.compare import Comparison
from lived_worlds import changed, world

NAMES = ["points_program", "live_chat", "referral_bonus"]


def _config(**keys: object):
    config = world("n_customers=250", "horizon_days=150", "replications=5", "output.events=all")
    return changed(config, **keys)


def _compare(config, names: Sequence[str] = NAMES):
    return cxsim.compare(config, list(names), reference=blank_reference(config))


def _digests(result) -> list[str]:
    tables = result.tables
    return [digest(t) for t in (tables.kpis, tables.ledger, tables.points, tables.events, result.comparison)]


@pytest.fixture(scope="module")
def alone() -> list[str]:
    """Digests of every table with one worker."""
    return _digests(_compare(_config(parallel__workers=1)))


@pytest.mark.parametrize("workers", [2, 3])
def test_threads_change_nothing(alone: list[str], workers: int) -> None:
    assert _digests(_compare(_config(parallel__workers=workers))) == alone


def test_processes_change_nothing(alone: list[str]) -> None:
    assert _digests(_compare(_config(parallel__workers=2, parallel__mode="processes"))) == alone


def test_the_engine_changes_nothing(alone: list[str]) -> None:
    assert _digests(_compare(_config(engine="simpy"))) == alone


def _rows(made: Comparison, table: str, name: str) -> Table:
    return (made.events if table == "events" else getattr(made.tables, table)).select(scenario=name)


def test_any_subset_and_order_of_scenarios_gives_the_same_rows() -> None:
    whole = _compare(_config())
    for names in (["live_chat"], ["referral_bonus", "points_program"], list(reversed(NAMES))):
        part = _compare(_config(), names)
        for name in ("baseline", *names):
            for table in ("kpis", "ledger", "points", "events"):
                ours, theirs = (_rows(made, table, name) for made in (part, whole))
                assert digest(ours) == digest(theirs), (names, name, table)
        for name in names:
            ours, theirs = (r.comparison.select(scenario=name) for r in (part, whole))
            for column in ("difference", "ci_low", "ci_high", "p_better"):
                np.testing.assert_array_equal(ours[column], theirs[column])


def test_the_order_of_parts_of_one_scenario_changes_nothing() -> None:
    config = _config()
    one, other = (_compare(config, [name]) for name in ("points_program+live_chat", "live_chat+points_program"))
    for table in ("kpis", "ledger", "events"):
        ours, theirs = (_rows(made, table, name) for made, name in
                        ((one, "points_program+live_chat"), (other, "live_chat+points_program")))
        for name in set(ours.names) - {"scenario"}:
            np.testing.assert_array_equal(ours[name], theirs[name])


def test_a_replication_does_not_depend_on_how_many_there_are() -> None:
    few, many = (_compare(_config(replications=n), ["points_program"]).kpis for n in (2, 5))
    assert digest(few) == digest(many.take(many["replication"] < 2))


def test_running_a_scenario_gives_the_rows_of_comparing_it() -> None:
    config = _config()
    result = _compare(config, ["points_program"])
    with_scenario = config.model_copy(update={"scenario": cxsim.load_scenario("points_program")[0]})
    run = cxsim.simulate(with_scenario, reference=blank_reference(config))
    assert digest(run.kpis) == digest(_rows(result, "kpis", "points_program"))
