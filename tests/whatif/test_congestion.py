"""Direct effect and congestion: no congestion without queues, nothing but congestion where only staff moves."""

from __future__ import annotations

import pytest

import cxsim
from cxsim.errors import CxsimError
from cxsim.report.congestion_section import congestion_section
from cxsim.settings.reference import blank_reference
from cxsim.settings.schema import ScenarioSpec
from cxsim.whatif.compare import Comparison

SMALL = ("n_customers=400", "horizon_days=90", "replications=3", "market.entrants_per_day=2")


def _split(words: list[str], *scenarios: ScenarioSpec) -> Comparison:
    config = cxsim.load([*SMALL, *words])
    return cxsim.compare(config, list(scenarios), reference=blank_reference(config), depth={"congestion": True})


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_where_nobody_ever_waits_all_is_direct(engine: str) -> None:
    """A hundred employees for four hundred customers: a profile of zeros, and every number as it was."""
    longer = ScenarioSpec(name="longer", changes={"channels.phone.handle_minutes": 9.0, "delivery.p_late": 0.4})
    small = ["n_customers=100", "horizon_days=60", f"engine={engine}", "channels.phone.employees=100"]
    made = _split(small, longer)
    rows = {row["metric"]: row for row in made.further["congestion"].rows()}
    for metric in ("profit", "purchases", "retention_rate", "customer_equity"):
        assert rows[metric]["congestion"] == 0 and rows[metric]["direct"] == rows[metric]["total"]
    assert rows["purchases"]["total"] != 0 and rows["wait_minutes"]["total"] == 0


def test_more_staff_acts_on_customers_through_queues_alone() -> None:
    """Directly it only costs wages: no customer waits, buys or leaves otherwise."""
    staff = ScenarioSpec(name="staff", changes={"channels.phone.extra_employees": 1})
    made = _split(["channels.phone.employees=1", "channels.phone.handle_minutes=25"], staff)
    rows = {row["metric"]: row for row in made.further["congestion"].rows()}
    for metric in ("wait_minutes", "abandon_rate", "purchases", "retention_rate"):
        assert rows[metric]["direct"] == 0 and rows[metric]["congestion"] == rows[metric]["total"]
    assert rows["wait_minutes"]["total"] < 0 and rows["profit"]["direct"] < 0
    section = congestion_section(made)
    assert section is not None and {row[0] for row in section.grids[0].rows} >= {"profit", "wait (minutes)"}


def test_what_is_split_sums() -> None:
    longer = ScenarioSpec(name="longer", changes={"channels.phone.handle_minutes": 15.0})
    made = _split(["channels.phone.employees=1"], longer)
    for row in made.further["congestion"].rows():
        assert row["total"] == pytest.approx(row["direct"] + row["congestion"], rel=1e-9, abs=1e-9)


def test_a_fraction_of_the_population_is_refused() -> None:
    config = cxsim.load([*SMALL, "n_customers=4000", "population.fraction=0.1"])
    with pytest.raises(CxsimError, match="population.fraction=0.1; set it to 1"):
        cxsim.compare(config, ["more_staff"], reference=blank_reference(config), depth={"congestion": True})
