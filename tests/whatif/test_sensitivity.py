"""Sensitivity judged on a constructed pair of scenarios whose answers are known in closed form.

A call centre costs wages and a fee for each contact. Scenario `fewer` saves one employee, scenario `cheaper`
part of the fee. What each saves is linear in wage and fee, so tornado, flip point, Sobol indices and the value
of information are known; luck only decides how many contacts there are.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

import cxsim
from cxsim.cli.main import main
from cxsim.config.loading import load_request
from cxsim.errors import CxsimError
from cxsim.report.numbers import format_difference
from cxsim.report.sensitivity_sections import sections_of_sensitivity
from cxsim.measure.parquet import ParquetFile
from cxsim.measure.table import Table
from cxsim.whatif.one_at_a_time import flips, tornado
from cxsim.whatif.sensitivity import Sensitivity, sensitivity
from cxsim.whatif.sensitivity_options import SensitivityOptions
from cxsim.whatif.uncertain import Parameter, Uncertain

WAGE, FEE, SAVED_FEE, HOURS = "channels.phone.wage_per_hour", 0.5, 0.3, 48
LOW, HIGH = 1.0, 30.0
CENTRE = ["market=contact_centre", "horizon_days=2", "replications=3", f"channels.phone.fee_per_contact={FEE}",
          "channels.phone.contacts_per_hour=36", "channels.phone.employees=5"]
FEWER = cxsim.ScenarioSpec(name="fewer", changes={"channels.phone.employees": 4})
CHEAPER = cxsim.ScenarioSpec(name="cheaper", changes={"channels.phone.fee_per_contact": FEE - SAVED_FEE})


@pytest.fixture(scope="module")
def contacts() -> np.ndarray:
    """Contacts that pay a fee: in the baseline, with one employee fewer, and with the cheaper fee."""
    config = cxsim.load(CENTRE)
    found = []
    for spec in (cxsim.ScenarioSpec(), FEWER, CHEAPER):
        ledger = cxsim.simulate(config.model_copy(update={"scenario": spec})).ledger.select(category="contact_fee")
        found.append([ledger.select(replication=k)["count"].sum() for k in range(3)])
    return np.array(found, dtype=float)


@pytest.fixture(scope="module")
def found() -> Sensitivity:
    options = SensitivityOptions(parameters={WAGE: (LOW, HIGH)}, pairs=8, draw_replications=2, digits=6)
    return sensitivity(cxsim.load(CENTRE), [(FEWER,), (CHEAPER,)], options)


def _gains(contacts: np.ndarray, wage: float) -> tuple[np.ndarray, np.ndarray]:
    """What each scenario saves in each replication, by hand."""
    base, fewer, cheaper = contacts
    return HOURS * wage + FEE * (base - fewer), FEE * base - (FEE - SAVED_FEE) * cheaper


def _flip(contacts: np.ndarray) -> float:
    fewer, cheaper = _gains(contacts, 0.0)
    return float((cheaper - fewer).mean() / HOURS)


def _row(table: Table, **wanted) -> dict:
    return next(table.select(**wanted).rows())


def test_tornado_gives_what_each_end_of_the_wage_saves(found, contacts) -> None:
    for wage, column in ((LOW, "at_low"), (20.0, "difference"), (HIGH, "at_high")):
        for name, gains in zip(("fewer", "cheaper"), _gains(contacts, wage), strict=True):
            row = _row(found.tables["sensitivity"], scenario=name)
            assert row[column] == pytest.approx(gains.mean(), abs=0.01), (name, column)
    row = _row(found.tables["sensitivity"], scenario="fewer")
    assert row["swing"] == pytest.approx(HOURS * (HIGH - LOW), abs=0.01)
    assert (row["best"], row["best_at_low"], row["best_at_high"]) == ("fewer", "cheaper", "fewer")
    assert row["half_high"] == pytest.approx(0.0, abs=1e-9), "the wage moves every life alike"


def test_flip_point_of_the_constructed_pair(found, contacts) -> None:
    row = _row(found.tables["flip_points"])
    assert found.best == "fewer" and row["then_best"] == "cheaper"
    assert row["flip"] == pytest.approx(_flip(contacts), abs=(HIGH - LOW) * 1e-5)
    assert row["moved"] == pytest.approx((_flip(contacts) - 20.0) / (HIGH - LOW), abs=1e-4)
    assert row["is_exact"]


def test_luck_of_the_flip_point_is_that_of_the_contacts(found, contacts) -> None:
    """The lead is HOURS (w - w_r) in replication r: its interval is Student's for the flips w_r."""
    fewer, cheaper = _gains(contacts, 0.0)
    flips = (cheaper - fewer) / HOURS
    half = 4.302653 * flips.std(ddof=1) / np.sqrt(3)
    row = _row(found.tables["flip_points"])
    assert row["luck_high"] - row["luck_low"] == pytest.approx(2 * half, rel=1e-3)


class _Built:
    """Gains that are a function of one assumption, plus luck: known without living anything."""

    best, reasons = "built", {}

    def __init__(self, uncertain: Uncertain, gain: Callable[[float], float], luck: np.ndarray) -> None:
        self.lives, self._gain, self._luck = SimpleNamespace(uncertain=uncertain), gain, luck
        self.middle = self.at(0, uncertain.parameters[0].value)

    def at(self, place: int, value: float) -> np.ndarray:
        return np.stack([np.zeros_like(self._luck), self._gain(value) + self._luck])


@pytest.mark.parametrize(("stands", "is_told"), [(2.0, True), (0.7, False)])
def test_luck_of_a_flip_point_never_contradicts_the_lead_where_the_assumption_stands(stands, is_told) -> None:
    """The gain is the cube root of v - 0.1, its luck +-0.5: steep at the flip, flat where the assumption stands.

    The interval of the gain is the root -+ half, so it holds 0 at 0.7 (0.84) and not at 2 (1.24).
    """
    config = cxsim.load(CENTRE)
    luck = np.array([-0.5, 0.5, -0.5, 0.5])
    half = 3.182446 * 0.5 / np.sqrt(3)  # Student's t of 3 degrees of freedom
    assert bool(np.cbrt(stands - 0.1) > half) is is_told, "as the case is built"
    uncertain = Uncertain(config, {"baseline": (), "built": (FEWER,)}, (Parameter("a.b", stands, -1.0, 3.0),))
    row = next(flips(uncertain, _Built(uncertain, lambda v: np.cbrt(v - 0.1), luck), 5).rows())
    assert row["flip"] == pytest.approx(0.1, abs=1e-3)
    assert (row["luck_low"] <= stands <= row["luck_high"]) is not is_told


def test_an_error_in_the_tornado_is_half_of_the_interval_of_the_change() -> None:
    config = cxsim.load(CENTRE)
    uncertain = Uncertain(config, {"baseline": (), "built": (FEWER,)}, (Parameter("a.b", 1.0, 0.0, 2.0),))
    built = _Built(uncertain, lambda v: 100.0 * v, np.zeros(3))
    built.at = lambda place, v: np.stack([np.zeros(3), 100.0 * v + (v - 1.0) * np.array([-1.0, 0.0, 1.0])])
    built.middle = built.at(0, 1.0)
    row = next(tornado(uncertain, built, "profit").rows())
    half = 4.302653 / np.sqrt(3)  # Student's t of 2 degrees of freedom, standard deviation 1
    assert (row["half_low"], row["half_high"]) == (pytest.approx(half, rel=1e-6), pytest.approx(half, rel=1e-6))


def test_the_page_shows_the_change_with_its_interval_beside_the_level(found) -> None:
    section = next(one for one in sections_of_sensitivity(found) if one.title == "Which assumptions move it")
    grid, row = section.grids[0], _row(found.tables["sensitivity"], scenario="fewer")
    assert list(grid.heads) == ["assumption", "range", "at low", "change", "at high", "change"]
    assert "half of the 95% interval of that change" in grid.name and "standard error" not in section.caption
    assert grid.rows[0][2] == format_difference(row["at_low"], "money")
    assert grid.rows[0][3].startswith(format_difference(row["at_low"] - row["difference"], "money"))


def test_one_replication_is_refused_before_anything_runs() -> None:
    config = cxsim.load(CENTRE).model_copy(update={"replications": 1})
    with pytest.raises(CxsimError, match=r"replications=1: sensitivity needs at least 2"):
        sensitivity(config, [(FEWER,)], SensitivityOptions(parameters={WAGE: (LOW, HIGH)}),
                    progress=lambda *_: pytest.fail("something ran"))


def test_the_only_assumption_is_behind_all_of_the_variance(found) -> None:
    row = _row(found.tables["sobol"], scenario="fewer")
    assert row["first_low"] <= 1.0 <= row["first_high"] and row["total_low"] <= 1.0 <= row["total_high"]
    assert _row(found.tables["sobol"], scenario="cheaper")["total"] == 0.0


def test_value_of_information_of_the_constructed_pair(found, contacts) -> None:
    """E max(0, w* - w) HOURS for w even over the range: knowing the wage is knowing everything."""
    fewer, cheaper = _gains(contacts[:, :2], 0.0)
    flip = float((cheaper - fewer).mean() / HOURS)
    known = HOURS * (flip - LOW) ** 2 / (2.0 * (HIGH - LOW))
    everything = _row(found.tables["value_of_information"], parameter="everything")
    assert everything["value"] == pytest.approx(known, rel=0.12)  # 16 draws of a kinked function
    assert everything["least"] <= everything["value"]
    assert _row(found.tables["value_of_information"], parameter=WAGE)["value"] == pytest.approx(known, rel=0.25)


def test_the_same_seed_gives_the_same_digits(found) -> None:
    again = sensitivity(found.config, [(FEWER,), (CHEAPER,)], found.options)
    for name, table in found.tables.items():
        for column in table.names:
            assert again.tables[name][column].tolist() == table[column].tolist() or np.allclose(
                again.tables[name][column], table[column], rtol=0, atol=0, equal_nan=True), (name, column)


def test_the_command_writes_tables_pictures_and_page(tmp_path, capsys) -> None:
    folder = tmp_path / "out"
    code = main(["sensitivity", *CENTRE, "scenarios=[more_staff]", f"sensitivity.parameters={{{WAGE}: [1, 30]}}",
                 "sensitivity.pairs=8", "sensitivity.draw_replications=2", f"hydra.run.dir={folder}"])
    told = capsys.readouterr().out
    assert code == 0
    for name in ("sensitivity", "flip_points", "sobol", "value_of_information", "draws"):
        assert len(ParquetFile(folder / f"{name}.parquet")) > 0
    for name in ("tornado", "sobol", "value_of_information"):
        assert (folder / f"{name}.svg").stat().st_size > 1000 and (folder / f"{name}.png").exists()
    assert main(["verify", str(folder)]) == 0
    page = (folder / "report.html").read_text()
    assert "What would change the answer" in page and "leaving things as they are is best" in page
    assert "What would change the answer" in told and "https://" not in page


def test_draws_are_optional() -> None:
    options = SensitivityOptions(parameters={WAGE: (LOW, HIGH)}, pairs=0)
    config = cxsim.load(CENTRE).model_copy(update={"replications": 2})
    alone = sensitivity(config, [(FEWER,)], options)
    assert sorted(alone.tables) == ["flip_points", "sensitivity"]
    assert not np.isfinite(_row(alone.tables["flip_points"])["flip"]), "saving wages is better at every wage"


def test_a_lead_that_hardly_varies_is_looked_at_at_its_ends_alone() -> None:
    """48 hours of a wage of 19 to 21: a lead of 912 to 1008 that varies by 96."""
    options = SensitivityOptions(parameters={WAGE: (19.0, 21.0)}, pairs=0)
    config = cxsim.load(CENTRE).model_copy(update={"replications": 2})
    assert _row(sensitivity(config, [(FEWER,)], options).tables["flip_points"])["looks"] == 3


@pytest.mark.parametrize(("words", "told"), [
    (["sensitivity.pairs=5"], "power of two"), (["sensitivity.metric=profits"], "did you mean profit"),
    (["sensitivity.metric=contacts"], "neither better nor worse"), (["sensitivity.pair=8"], "sensitivity.pairs"),
    (["scenario=live_chat"], "takes scenarios="),
    (["sensitivity.draw_replications=1"], "sensitivity.draw_replications=1: must be between 2"),
    (["sensitivity.parameters={loyalty.earn_rate: 0.05}"],
     r"sensitivity.parameters.*two numbers, not 0.05; write \{loyalty.earn_rate: \[low, high\]\}")])
def test_bad_requests_are_refused_when_read(words, told) -> None:
    with pytest.raises(CxsimError, match=told):
        load_request("sensitivity", words)


def test_reversed_bounds_are_refused_before_anything_runs() -> None:
    options = SensitivityOptions(parameters={WAGE: (30.0, 1.0)})
    with pytest.raises(CxsimError, match="must be below high"):
        sensitivity(cxsim.load(CENTRE), [(FEWER,)], options, progress=lambda *_: pytest.fail("something ran"))


def test_a_key_without_a_range_is_told_how_to_get_one() -> None:
    options = SensitivityOptions(only=["channels.phone.wage_per_hour"])
    cure = r"has no range here.*sensitivity.parameters=\{channels.phone.wage_per_hour: \[low, high\]\}"
    with pytest.raises(CxsimError, match=cure) as told:
        sensitivity(cxsim.load(CENTRE), [(FEWER,)], options)
    assert "did you mean" not in str(told.value)
