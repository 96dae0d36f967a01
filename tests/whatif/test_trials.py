"""Trials give what a comparison gives, kept cells are not lived again, and damaged ones are lived anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import cxsim
from cxsim.errors import CxsimError, MachineError
from cxsim.measure.digests import digest
from cxsim.measure.table import Table
from cxsim.whatif import trial_work as module
from cxsim.whatif.store import Store, packed, side_digest, unpacked
from cxsim.whatif.trials import CellFailure, Trial, live_trials

SMALL = ["n_customers=150", "horizon_days=60", "replications=3", "reference.customers=1500"]
BONUS = cxsim.ScenarioSpec(name="bonus", changes={"referral": {"bonus": 10.0}})


@pytest.fixture(scope="module")
def world() -> cxsim.Config:
    return cxsim.load(SMALL)


def lived(trials, **words) -> dict[int, Table | CxsimError]:
    return dict(live_trials(trials, **words))


def digests(found: dict[int, Table | CxsimError]) -> dict[int, str]:
    return {place: digest(rows) for place, rows in found.items() if isinstance(rows, Table)}


def test_trials_are_the_rows_of_a_comparison(world: cxsim.Config) -> None:
    compared = cxsim.compare(world, [BONUS]).kpis
    found = lived([Trial(world, (), range(3)), Trial(world, (BONUS,), range(3))], months=True, segments=True)
    assert digest(Table.concat([found[0], found[1]])) == digest(compared)
    totals = lived([Trial(world, (BONUS,), range(3))], metrics=["profit"])[0]
    own = compared.select(scenario="bonus", segment="all", period="total", metric="profit")
    assert totals["value"].tolist() == own["value"].tolist()


def test_kept_cells_are_not_lived_again_and_are_the_same(
    world: cxsim.Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    trials = [Trial(world, (), range(3)), Trial(world, (BONUS,), range(2))]
    store = Store(tmp_path)
    first = digests(lived(trials, store=store))
    monkeypatch.setattr(module, "run_replication", None)  # Whoever lives a cell now fails.
    again = lived(trials, store=Store(tmp_path))
    assert digests(again) == first == digests(lived(trials[::1], store=store))
    longer = lived([Trial(world, (BONUS,), range(3))], store=store)[0]
    assert isinstance(longer, CellFailure) and "TypeError" in longer.traceback


def test_months_serve_who_wants_totals_but_not_the_other_way(
    world: cxsim.Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = Store(tmp_path)
    plain = digests(lived([Trial(world)]))
    lived([Trial(world)], store=store, months=True)
    with monkeypatch.context() as patch:
        patch.setattr(module, "run_replication", None)
        assert digests(lived([Trial(world)], store=store)) == plain
    other = Store(tmp_path / "other")
    lived([Trial(world)], store=other)
    assert "2" in lived([Trial(world)], store=other, months=True)[0]["period"]


def test_damaged_cells_are_told_and_lived_anew(world: cxsim.Config, tmp_path: Path) -> None:
    told: list[str] = []
    store = Store(tmp_path, told.append)
    trials = [Trial(world, (BONUS,), range(3))]
    first = digests(lived(trials, store=store))
    files = sorted(tmp_path.rglob("*.cell"))
    assert len(files) == 3
    data = bytearray(files[0].read_bytes())
    data[len(data) // 2] ^= 0x10
    files[0].write_bytes(bytes(data))
    files[1].write_bytes(files[1].read_bytes()[:100])
    files[2].write_bytes(b"")
    assert digests(lived(trials, store=store)) == first
    assert store.damaged == 3 and "its digest differs" in " ".join(told)
    assert digests(lived(trials, store=store)) == first and store.damaged == 3


def test_another_cells_bytes_are_damage(world: cxsim.Config, tmp_path: Path) -> None:
    told: list[str] = []
    store = Store(tmp_path, told.append)
    trials = [Trial(world, (), range(2))]
    first = digests(lived(trials, store=store))
    one, other = sorted(tmp_path.rglob("*.cell"))
    one.write_bytes(other.read_bytes())
    assert digests(lived(trials, store=store)) == first
    assert store.damaged == 1 and str(one) in told[0] and "written under this name" in told[0]


def test_a_store_that_can_only_be_read_is_read(
    world: cxsim.Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = digests(lived([Trial(world)], store=Store(tmp_path)))

    def refused(path: Path, data: bytes) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Store, "_write", staticmethod(refused))
    monkeypatch.setattr(module, "run_replication", None)  # Whoever lives a cell now fails.
    assert digests(lived([Trial(world)], store=Store(tmp_path))) == first
    with pytest.raises(MachineError, match=f"output.store={tmp_path}: .*Read-only file system"):
        lived([Trial(world), Trial(world, (BONUS,))], store=Store(tmp_path))


def test_what_can_move_a_cell_has_another_key_and_nothing_else(world: cxsim.Config) -> None:
    from cxsim.engines.reference_store import reference_for

    reference = reference_for(world)

    def key(words=(), parts=(BONUS,), engine="compiled") -> str:
        return side_digest(cxsim.load([*SMALL, *words]), parts, reference, engine)

    same = [key(["replications=9"]), key(["parallel.workers=1"]), key(["output.store=here"]),
            key(["confidence=0.9"]), key(["precision.metric=profit", "precision.half_width=1"]),
            key(parts=(BONUS.model_copy(update={"name": "other", "description": "words"}),)),
            key(parts=(BONUS, cxsim.ScenarioSpec(name="nothing")))]
    assert set(same) == {key()}
    others = [key(["seed=2"]), key(["n_customers=151"]), key(["referral.p_convert=0.2"]), key(engine="simpy"),
              key(parts=()), key(parts=(BONUS.model_copy(update={"start_day": 3}),)),
              key(parts=(cxsim.ScenarioSpec(name="bonus", changes={"referral": {"bonus": 11.0}}),))]
    assert len({key(), *others}) == 1 + len(others)


def test_a_world_without_a_reference_is_an_error_in_its_place_and_the_others_go_on(world: cxsim.Config) -> None:
    def broken(config: cxsim.Config):
        if config.seed == 5:
            raise CxsimError("seed 5 is out of luck")
        from cxsim.engines.reference_store import reference_for

        return reference_for(config)

    wrong = cxsim.ScenarioSpec(name="wrong", changes={"loyalty": {"earn_rate": 3.0}})
    trials = [Trial(cxsim.load([*SMALL, "seed=5"])), Trial(world), Trial(world, (wrong,))]
    found = lived(trials, reference_of=broken)
    assert str(found[0]) == "seed 5 is out of luck" and isinstance(found[1], Table)
    assert isinstance(found[2], CxsimError) and "loyalty.earn_rate=3" in str(found[2])


def test_a_cell_that_breaks_is_told_with_its_traceback(
    world: cxsim.Config, monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = module.run_replication

    def break_once(blueprint, replication, engine):
        if replication == 1:
            raise ZeroDivisionError("by hand")
        return real(blueprint, replication, engine)

    monkeypatch.setattr(module, "run_replication", break_once)
    found = lived([Trial(world, (), range(2)), Trial(world, (BONUS,), range(1))])
    assert isinstance(found[0], CellFailure) and "ZeroDivisionError: by hand" in str(found[0])
    assert "break_once" in found[0].traceback and isinstance(found[1], Table)


@pytest.mark.parametrize("words", [["parallel=processes", "parallel.workers=2"], ["parallel.workers=1"],
                                   ["engine=simpy"]])
def test_workers_and_engines_do_not_move_a_digit(world: cxsim.Config, words: list[str]) -> None:
    def of(config: cxsim.Config) -> dict[int, str]:
        return digests(lived([Trial(config, (), range(2)), Trial(config, (BONUS,), range(2))]))

    assert of(cxsim.load([*SMALL, *words])) == of(world)


def test_a_store_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(MachineError, match=f"output.store={blocked}: .*choose a folder you may write to"):
        Store(blocked)


def test_packing_brings_back_every_kind_of_column() -> None:
    table = Table({
        "text": ["ä", "", "ä"], "number": [1.5, float("nan"), -0.0], "whole": np.array([1, -2, 2**62]),
        "small": np.array([1, 2, 3], np.int32), "flag": [True, False, True]})
    again = unpacked(packed(table, "key"), "key")
    assert digest(again) == digest(table)
    assert [again[name].dtype for name in again.names] == [table[name].dtype for name in table.names]
    empty = Table({"text": np.array([], dtype=object), "value": np.array([])})
    assert digest(unpacked(packed(empty, "key"), "key")) == digest(empty)
