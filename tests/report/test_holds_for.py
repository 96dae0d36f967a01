"""What the figures hold for: numbers on the page are those of the tables."""

from __future__ import annotations

import numpy as np
import pytest

import cxsim
from cxsim.engines.reproduction import scenario_reproduction
from cxsim.report.holds_for import holds_for
from cxsim.report.run_folder import descriptions
from cxsim.settings.schema import ScenarioSpec
from cxsim.whatif.compare import Comparison


@pytest.fixture(scope="module")
def made() -> Comparison:
    config = cxsim.load([
        "market=subscription", "n_customers=400", "horizon_days=60", "replications=4", "referral=word_of_mouth",
        "reference.customers=4000", "warmup_days=20", "population.resample=false"])
    some = ScenarioSpec(name="some", description="points", who={"share": 0.3}, changes={"loyalty.earn_rate": 0.02})
    talk = ScenarioSpec(name="talk", changes={"referral.p_convert": 2 * config.referral.p_convert})
    return cxsim.compare(config, [some, talk])


def test_reach_is_the_share_that_was_asked_for(made: Comparison) -> None:
    """Every subscriber renews within 30 days: all are reached who are chosen, 30% of them."""
    twins = made.twins.select(scenario="some", segment="all")
    reached = twins.select(metric="customers_reached")["value"]
    share = twins.select(metric="share_reached")["value"]
    n = (reached / share).sum()
    assert abs(reached.sum() / n - 0.3) < 4.0 * np.sqrt(0.3 * 0.7 / n)
    section = holds_for(made)
    assert section is not None
    row = section.grids[0].rows[0]
    assert row[0] == "some" and row[1] == f"{reached.mean():,.1f}" and row[3] == "30% of all by luck"
    assert section.grids[0].rows[1][2] == "100.0%"
    told = [text for text in section.words if " is for some: " in text]
    assert told == [f"some is for some: 30% of all by luck. It reached {row[2]} of the customers."]


def test_reproduction_numbers_are_the_reference_s_and_grow_with_conversion(made: Comparison) -> None:
    section = holds_for(made)
    assert section is not None
    rows = {row[0]: row for row in section.grids[1].rows}
    assert float(rows["baseline"][1]) == pytest.approx(made.reference.reproduction, abs=5e-4)
    twice = scenario_reproduction(made.reference, made.config, made.scenario_configs["talk"])
    assert twice == pytest.approx(2 * made.reference.reproduction)
    assert float(rows["talk"][1]) == pytest.approx(twice, abs=5e-4)
    assert f"reproduction number): baseline {made.reference.reproduction:.3f}, some " in section.words[-1]


def test_people_and_warm_up_are_told(made: Comparison) -> None:
    section = holds_for(made)
    assert section is not None and section.place == "sure"
    assert section.words[0].startswith("The same people in every replication")
    assert section.words[1].startswith("20 days were lived before day 0")
    assert descriptions(made)["some"] == "points, for 30% of all by luck"


def test_anonymous_contacts_have_no_such_section() -> None:
    config = cxsim.load(["market=contact_centre", "horizon_days=2", "replications=2"])
    more = ScenarioSpec(name="one_more", changes={"channels": {"phone": {"employees": 29}}})
    assert holds_for(cxsim.compare(config, [more])) is None
