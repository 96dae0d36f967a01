"""Places and their read-outs on hand-made replications: pain, owners, costs, what to mend first."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from measured_worlds import make_config, make_outcome, make_rows, tally, value_of

from cxsim.behaviour.state import (
    BY_EMPLOYEE,
    BY_FIT,
    BY_HANDOFF,
    BY_TOUCHPOINT,
    BY_WAIT,
    CAUSES,
    F_EPISODES,
    F_FAILURES,
    F_SATISFACTION,
    F_SATISFIED,
    F_STEPS,
    F_TICKS,
    M_SATISFACTION,
    MOMENTS,
)
from cxsim.journal.tallies import FRACTION
from cxsim.journal.ticks import MINUTE
from cxsim.journal.words import (
    BUCKETS,
    C_DELIVERY,
    C_ORDER,
    C_PROSPECT_MINUTES,
    C_STAFF,
    C_TOUCHPOINT,
    C_TOUCHPOINT_FIXED,
    CATEGORIES,
    ORGANIC,
    SHARED,
)
from cxsim.measure.kpis import kpis
from cxsim.measure.ledger import ledger_table
from cxsim.measure.pain import fix_first, is_felt, owner_view, place_causes, touchpoint_view
from cxsim.measure.table import Table
from cxsim.measure.touchpoints import place_costs, touchpoints_table

WEB, SOLUTION, REMINDER = range(3)


def _felt_outcome(replication=0):
    """20 judged journeys of two episodes: web (30 episodes), solution (10), one touchpoint."""
    outcome = make_outcome(touchpoints=("reminder",), replication=replication)
    tally(outcome, "judged", [[5, 5, 0], [10, 0, 0], [0, 0, 0]])
    web = outcome.felt[0, WEB]
    web[F_EPISODES], web[F_SATISFIED], web[F_FAILURES] = 30, 24, 3
    web[F_SATISFACTION], web[F_TICKS], web[F_STEPS] = -6 * FRACTION, 150 * MINUTE, 66
    outcome.felt[1, SOLUTION, F_EPISODES] = 10
    outcome.felt[1, REMINDER, [F_EPISODES, F_SATISFIED]] = 8, 8
    outcome.pains[0, WEB, BY_WAIT, 0] = 4 * FRACTION
    outcome.pains[1, WEB, BY_WAIT, 0] = 2 * FRACTION
    outcome.pains[0, WEB, BY_HANDOFF, 0] = FRACTION // 2
    outcome.pains[0, WEB, BY_EMPLOYEE, 1] = FRACTION
    outcome.pains[0, WEB, BY_FIT, 1] = 3 * FRACTION
    outcome.pains[1, REMINDER, BY_TOUCHPOINT, 1] = 2 * FRACTION
    return outcome


def _config(**changes):
    """A configuration with one touchpoint of a name, owned by sales."""
    config = make_config(channels={"web": {"kind": "digital", "share": 1.0, "owner": "e-commerce"}}, **changes)
    reminder = SimpleNamespace(owner="sales", stage="recognize")
    return SimpleNamespace(channels=config.channels, touchpoints={"reminder": reminder},
                           segments=config.segments, satisfaction=config.satisfaction, horizon_days=73)


def _row(table, place, **more):
    (row,) = table.select(touchpoint=place, **more).rows()
    return row


def test_places_hold_sums_of_the_run_per_hundred_journeys():
    table = touchpoints_table(_felt_outcome(), "baseline", _config())
    assert table.names[:16] == (
        "scenario", "replication", "touchpoint", "kind", "owner", "p", "stage", "journeys", "episodes",
        "satisfied_share", "mean_satisfaction", "pain", "delight", "minutes", "steps", "failures")
    assert table.names[16:] == ("cost", *(f"pain_{one}" for one in CAUSES), *(f"delight_{one}" for one in CAUSES))
    web = _row(table, "web")
    assert (web["kind"], web["owner"], web["p"], web["stage"]) == ("channel", "e-commerce", "place", "request")
    assert (web["journeys"], web["episodes"], web["failures"]) == (20, 30, 3)
    assert (web["satisfied_share"], web["mean_satisfaction"], web["minutes"]) == (0.8, -0.2, 5.0)
    assert web["steps"] == 2.2 and math.isnan(_row(table, "solution")["steps"])
    assert web["pain_wait"] == pytest.approx(30.0) and web["pain_handoff"] == pytest.approx(2.5)
    assert web["pain"] == pytest.approx(32.5) and web["delight"] == pytest.approx(20.0)
    reminder = _row(table, "reminder")
    assert (reminder["kind"], reminder["owner"], reminder["p"]) == ("touchpoint", "sales", "price")
    assert (reminder["stage"], reminder["delight_touchpoint"]) == ("recognize", pytest.approx(10.0))
    assert _row(table, "solution")["owner"] == "logistics"


def test_places_where_nothing_happened_have_no_row():
    assert len(touchpoints_table(make_outcome(touchpoints=("reminder",)), "baseline")) == 0
    outcome = make_outcome()
    outcome.ledger[0, 2, SHARED, 0, C_STAFF] = (8, 80_0000)
    table = touchpoints_table(outcome, "baseline")
    assert table["touchpoint"].tolist() == ["web"] and not is_felt(table)
    row = next(table.rows())
    assert row["cost"] == 80.0 and math.isnan(row["satisfied_share"]) and math.isnan(row["pain"])


def test_costs_of_all_places_are_the_service_bucket_and_prospects_minutes():
    outcome = make_outcome(touchpoints=("reminder", "live_help"))
    rng = np.random.default_rng(11)
    outcome.ledger[..., 1] = rng.integers(0, 1_000_000, outcome.ledger.shape[:-1])
    outcome.touch_costs[:] = rng.integers(0, 9_000, outcome.touch_costs.shape)
    outcome.touch_fixed[:] = rng.integers(0, 9_000, outcome.touch_fixed.shape)
    outcome.ledger[..., [C_TOUCHPOINT, C_TOUCHPOINT_FIXED], :] = 0
    outcome.ledger[:, :, :, 0, C_TOUCHPOINT] = outcome.touch_costs.sum(axis=3)
    outcome.ledger[:, -1, SHARED, -1, C_TOUCHPOINT_FIXED, 1] = outcome.touch_fixed.sum(axis=1)
    by_category = outcome.ledger[..., 1].sum(axis=(0, 1, 2, 3))
    service = sum(by_category[i] for i, (_, bucket, _, _) in enumerate(CATEGORIES) if bucket == "service")
    assert place_costs(outcome).sum() == service + by_category[C_PROSPECT_MINUTES]
    assert place_costs(outcome)[2] == outcome.touch_costs[..., 0, 1].sum() + outcome.touch_fixed[:, 0].sum()


def test_causes_go_to_those_who_can_mend_them():
    causes = place_causes(touchpoints_table(_felt_outcome(), "baseline", _config()))
    owners = {(row["touchpoint"], row["cause"]): (row["owner"], row["p"]) for row in causes.rows()}
    assert owners == {
        ("web", "wait"): ("e-commerce", "place"), ("web", "handoff"): ("IT", "product"),
        ("web", "employee"): ("people", "people"), ("web", "fit"): ("product", "product"),
        ("reminder", "touchpoint"): ("sales", "price")}
    # Two episodes make a journey: what one of them loses counts half.
    wait = next(causes.select(cause="wait").rows())
    assert wait["quality_lost"] == pytest.approx(0.30 / 2)


def test_pain_is_a_mean_over_replications_and_a_missing_place_counts_as_nothing():
    quiet = make_outcome(replication=1)
    tally(quiet, "judged", [[20, 0, 0], [0, 0, 0], [0, 0, 0]])
    quiet.felt[0, SOLUTION, F_EPISODES] = 40
    both = Table.concat([touchpoints_table(_felt_outcome(), "baseline", _config()),
                         touchpoints_table(quiet, "baseline", _config())])
    wait = next(place_causes(both).select(cause="wait").rows())
    assert wait["pain"] == pytest.approx(30.0 / 2)
    assert wait["quality_lost"] == pytest.approx(0.15 / 2)


def _ledger():
    outcome = _felt_outcome()
    outcome.ledger[0, 2, SHARED, 0, C_STAFF] = (8, 80_0000)
    outcome.ledger[3, 0, ORGANIC, 0, C_ORDER] = (1, 500_0000)
    outcome.ledger[9, 1, ORGANIC, 0, C_ORDER] = (1, 300_0000)
    outcome.ledger[3, 0, ORGANIC, 0, C_DELIVERY] = (1, 100_0000)
    return outcome


def test_owner_table_adds_pain_delight_and_cost():
    outcome = _ledger()
    places = touchpoints_table(outcome, "baseline", _config())
    ledger = ledger_table(outcome, "baseline", _config())
    table = owner_view(places, ledger)
    rows = {row["owner"]: row for row in table.rows()}
    assert table["owner"].tolist()[:2] == ["e-commerce", "IT"]
    assert rows["e-commerce"]["pain"] == pytest.approx(30.0) and rows["e-commerce"]["cost"] == 80.0
    assert rows["logistics"]["cost"] == 100.0 and rows["people"]["delight"] == pytest.approx(5.0)
    assert sum(row["cost"] for row in rows.values()) == 180.0
    by_p = {row["p"]: row for row in owner_view(places, ledger, by="p").rows()}
    assert by_p["place"]["cost"] == 180.0 and by_p["product"]["pain"] == pytest.approx(2.5)
    assert by_p["product"]["delight"] == pytest.approx(15.0)


def test_owner_costs_are_the_four_cost_buckets_besides_goods():
    outcome = make_outcome()
    rng = np.random.default_rng(5)
    outcome.ledger[..., 1] = rng.integers(0, 1_000_000, outcome.ledger.shape[:-1])
    table = owner_view(touchpoints_table(outcome, "baseline"), ledger_table(outcome, "baseline"))
    metrics = kpis(outcome, make_config(), "baseline")
    costs = sum(value_of(metrics, f"{bucket}_cost") for bucket in BUCKETS if bucket not in ("revenue", "goods"))
    assert table["cost"].sum() == pytest.approx(costs)


def test_fix_first_ranks_by_pain_and_reads_money_to_first_order():
    outcome, config = _ledger(), _config()
    anchor = np.ones((2, 5, len(MOMENTS), 2))
    anchor[0, 0, M_SATISFACTION, 1], anchor[1, 0, M_SATISFACTION, 1] = 0.5, 0.25
    places, ledger = touchpoints_table(outcome, "baseline", config), ledger_table(outcome, "baseline", config)
    table = fix_first(places, ledger, {"baseline": config}, SimpleNamespace(anchor=anchor))
    assert table["cause"].tolist() == ["wait", "handoff"]
    # Margin of 73 days is a fifth of a year's: few 500 - 100 = 400, many 300; total_effect 0.25.
    per_sd = 0.25 * 5 * (400 / 0.5 + 300 / 0.25)
    assert table["money_per_year"].tolist() == pytest.approx([0.15 * per_sd, 0.0125 * per_sd])


def test_touchpoints_that_please_while_the_journey_fails_are_a_gap():
    places = touchpoints_table(_felt_outcome(), "baseline", _config())
    rows = make_rows("baseline", {"csat_journey": [0.6]}, "share")
    view = touchpoint_view(places, rows)
    assert dict(zip(view["touchpoint"].tolist(), view["is_gap"].tolist(), strict=True)) == {
        "web": True, "solution": False, "reminder": True}
    assert not touchpoint_view(places, make_rows("baseline", {"csat_journey": [0.7]}, "share"))["is_gap"].any()
    assert touchpoint_view(places, rows, target=0.9)["is_above"].tolist() == [False, False, True]
