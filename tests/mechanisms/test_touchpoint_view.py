"""Touchpoints against journeys: every touchpoint may please while the journey as a whole does not."""

from __future__ import annotations

import numpy as np
import pytest

from cxsim.behaviour.state import BY_HANDOFF, F_EPISODES, F_QUALITY, F_SATISFACTION, F_SATISFIED
from cxsim.engines.anchoring import find_reference
from cxsim.journal.words import (
    HANDOFF_LOST, QUEUE_ABANDONED, QUEUE_CLOSED, SERVICE_FAILED, SERVICE_RESOLVED, SERVICE_UNRESOLVED)
from cxsim.measure.kpis import kpis
from cxsim.measure.pain import TARGET, touchpoint_view
from cxsim.measure.table import Table
from cxsim.measure.touchpoints import touchpoints_table
from lived_worlds import NEUTRAL, changed, live, live_many, plan, scenario, spec, total, world
from lone_worlds import said, sized

TELECOM = ("market=telecom", "horizon_days=365")


@pytest.fixture(scope="module")
def telecom():
    """The telecom operator as shipped, for a year, and the reference experience of its baseline."""
    config = world(*TELECOM, "reference.tolerance=0.02", "reference.customers=20000")
    return config, find_reference(config)


def _view(telecom, parts=(), replications: int = 3) -> Table:
    config, reference = telecom
    blueprint = plan(config, parts, reference, log=False)
    found = live_many(
        blueprint, replications, lambda o: (touchpoints_table(o, "side", config), kpis(o, config, "side")))
    places, metrics = (Table.concat(list(tables)) for tables in zip(*found, strict=True))
    return touchpoint_view(places, metrics)


def test_every_touchpoint_of_a_fragmented_journey_pleases_while_the_journey_fails(telecom) -> None:
    baseline, fragmented = _view(telecom), _view(telecom, scenario("fragmented_journeys"))
    assert baseline["csat_journey"][0] >= TARGET and not baseline["is_gap"].any()
    assert fragmented["is_above"].all() and fragmented["is_gap"].all()
    assert fragmented["csat_journey"][0] < TARGET - 0.02
    assert {"web", "phone", "store", "solution", "friendly_service"} <= set(fragmented["touchpoint"].tolist())
    before = {row["touchpoint"]: row["satisfied_share"] for row in baseline.rows() if row["kind"] == "channel"}
    after = {row["touchpoint"]: row["satisfied_share"] for row in fragmented.rows()}
    gains = [after[place] - share for place, share in before.items()]
    assert np.mean(gains) > 0.01, "contacts please more than before, and that is all one sees of them"


def test_it_is_the_fragments_and_not_the_friendliness_that_lower_the_journey(telecom) -> None:
    (whole,) = scenario("fragmented_journeys")
    friendly = spec("friendly", {k: v for k, v in whole.changes.items() if k.startswith("touchpoints")})
    fragments = spec("fragments", {k: v for k, v in whole.changes.items() if not k.startswith("touchpoints")})
    journey = [float(_view(telecom, parts)["csat_journey"][0]) for parts in ((), (friendly,), (fragments,))]
    assert journey[1] > journey[0] + 0.02 and journey[2] < TARGET < journey[0]


def test_a_touchpoints_survey_leaves_out_what_the_hand_off_cost() -> None:
    """Nobody at the touchpoint is to blame for lost context: its own survey answers bit by bit the same."""
    config = world(*TELECOM, *NEUTRAL, "employees=plain", "handoff.integration=0",
                   "journeys.troubleshoot.p_further_contact=0.7")
    smooth, rough = (live(plan(changed(config, handoff__weight=sized(w)))) for w in (0.0, 1.0))
    for figure in (F_EPISODES, F_QUALITY, F_SATISFIED):
        np.testing.assert_array_equal(smooth.felt[..., figure], rough.felt[..., figure])
    lost = total(rough, "contexts_lost")
    assert lost == total(smooth, "contexts_lost") > 500
    # Who hangs up before anybody hears him has nothing to repeat.
    ends = (SERVICE_RESOLVED, SERVICE_UNRESOLVED, SERVICE_FAILED)
    told = said(rough, HANDOFF_LOST, *ends, QUEUE_ABANDONED, QUEUE_CLOSED)
    heard = (told["word"][:-1] == HANDOFF_LOST) & np.isin(told["word"][1:], ends) & (
        told["customer"][:-1] == told["customer"][1:])
    assert 0.8 * lost < heard.sum() < lost
    assert rough.pains[:, :, BY_HANDOFF].sum(axis=(0, 1)).tolist() == [int(heard.sum()) << 32, 0]
    assert smooth.pains[:, :, BY_HANDOFF].sum() == 0
    assert rough.felt[..., F_SATISFACTION].sum() < smooth.felt[..., F_SATISFACTION].sum()
    satisfied = [total(o, "csat_journey_satisfied") / total(o, "csat_journey_answers") for o in (smooth, rough)]
    assert satisfied[1] < satisfied[0] - 0.03
