"""Ledger, points account and event log of hand-made replications."""

from __future__ import annotations

import numpy as np
import pytest
from measured_worlds import make_config, make_outcome, value_of

from cxsim.journal.ticks import DAY, MINUTE
from cxsim.journal.words import (
    BUCKETS,
    C_GOODS,
    C_ORDER,
    C_REFUND,
    C_RETURNED_GOODS,
    C_TOUCHPOINT,
    C_TOUCHPOINT_FIXED,
    NEED_NOTICED,
    ORGANIC,
    QUEUE_SERVED,
    SHARED,
    USED_REQUEST,
)
from cxsim.measure.events import events_table
from cxsim.measure.kpis import kpis
from cxsim.measure.ledger import ledger_table
from cxsim.measure.points import points_table


def _random_ledger():
    outcome = make_outcome()
    rng = np.random.default_rng(3)
    outcome.ledger[..., 1] = rng.integers(-10_000, 1_000_000, outcome.ledger.shape[:-1])
    outcome.ledger[..., 0] = rng.integers(0, 3, outcome.ledger.shape[:-1])
    outcome.ledger[rng.random(outcome.ledger.shape[:-1]) < 0.9] = 0
    return outcome


def _ledger_with_touchpoints():
    """A random ledger whose touchpoint flows have a channel there and a touchpoint in the breakdown."""
    outcome = make_outcome(touchpoints=("reminder", "live_help"))
    rng = np.random.default_rng(7)
    outcome.ledger[..., 1] = rng.integers(-10_000, 1_000_000, outcome.ledger.shape[:-1])
    outcome.touch_costs[:] = rng.integers(0, 9_000, outcome.touch_costs.shape)
    outcome.touch_fixed[:] = rng.integers(0, 9_000, outcome.touch_fixed.shape)
    outcome.ledger[..., [C_TOUCHPOINT, C_TOUCHPOINT_FIXED], :] = 0
    outcome.ledger[:, :, :, 0, C_TOUCHPOINT] = outcome.touch_costs.sum(axis=3)
    outcome.ledger[:, -1, SHARED, -1, C_TOUCHPOINT_FIXED, 1] = outcome.touch_fixed.sum(axis=1)
    outcome.ledger[:, -1, SHARED, -1, C_TOUCHPOINT_FIXED, 0] = 2
    return outcome


def test_ledger_sums_to_the_profit_to_the_cent():
    outcome = _random_ledger()
    table = ledger_table(outcome, "baseline")
    profit = value_of(kpis(outcome, make_config(), "baseline"), "profit")
    assert table["profit_effect"].sum() == pytest.approx(profit, abs=0.004)
    assert np.rint(table["profit_effect"] * 10_000).astype(np.int64).sum() == round(profit * 10_000)


def test_ledger_broken_down_by_touchpoint_still_sums_to_the_profit():
    outcome = _ledger_with_touchpoints()
    table, metrics = ledger_table(outcome, "baseline"), kpis(outcome, make_config(), "baseline")
    units = np.rint(table["profit_effect"] * 10_000).astype(np.int64).sum()
    assert units == round(value_of(metrics, "profit") * 10_000)
    assert table["count"].sum() == outcome.ledger[..., 0].sum()
    few = table.select(segment="few", bucket="service")
    assert few["amount"].sum() == pytest.approx(value_of(metrics, "service_cost", "few"), abs=0.004)


def test_ledger_rows_of_a_touchpoint_name_it_and_no_channel():
    outcome = _ledger_with_touchpoints()
    table = ledger_table(outcome, "baseline")
    uses = table.select(category=["touchpoint", "touchpoint_fixed"])
    assert set(uses["touchpoint"].tolist()) == {"reminder", "live_help"}
    assert set(uses["channel"].tolist()) == {"none"}
    assert set(table.select(category=["order", "staff"])["touchpoint"].tolist()) == {""}
    here = uses.select(touchpoint="live_help", category="touchpoint_fixed")
    assert here["amount"].sum() == pytest.approx(outcome.touch_fixed[:, 1].sum() / 10_000)
    here = uses.select(touchpoint="reminder", category="touchpoint")
    assert here["amount"].sum() == pytest.approx(outcome.touch_costs[..., 0, 1].sum() / 10_000)
    keys = [table[name].tolist() for name in ("day", "segment", "source", "channel", "category", "touchpoint")]
    assert len(set(zip(*keys, strict=True))) == len(table)
    assert table["day"].tolist() == sorted(table["day"].tolist())


def test_refunds_are_negative_revenue_and_returned_goods_negative_cost():
    outcome = make_outcome()
    outcome.ledger[1, 0, ORGANIC, 0, C_ORDER] = (1, 100_0000)
    outcome.ledger[1, 0, ORGANIC, 0, C_GOODS] = (1, 60_0000)
    outcome.ledger[4, 0, ORGANIC, 0, C_REFUND] = (1, -100_0000)
    outcome.ledger[4, 0, ORGANIC, 0, C_RETURNED_GOODS] = (1, -60_0000)
    table, metrics = ledger_table(outcome, "baseline"), kpis(outcome, make_config(), "baseline")
    effects = {row["category"]: row["profit_effect"] for row in table.rows()}
    assert effects == {"order": 100.0, "goods": -60.0, "refund": -100.0, "returned_goods": 60.0}
    assert (value_of(metrics, "revenue"), value_of(metrics, "goods_cost")) == (0.0, 0.0)
    assert value_of(metrics, "profit") == 0.0
    owners = {row["category"]: row["owner"] for row in table.rows()}
    assert (owners["refund"], owners["returned_goods"]) == ("sales", "logistics")


def test_ledger_buckets_sum_to_the_cost_metrics_by_segment():
    outcome = _random_ledger()
    table, metrics = ledger_table(outcome, "baseline"), kpis(outcome, make_config(), "baseline")
    for bucket in BUCKETS:
        metric = {"revenue": "revenue", "goods": "goods_cost"}.get(bucket, f"{bucket}_cost")
        rows = table.select(bucket=bucket)
        assert rows["amount"].sum() == pytest.approx(value_of(metrics, metric), abs=0.004)
        assert rows.select(segment="few")["amount"].sum() == pytest.approx(
            value_of(metrics, metric, "few"), abs=0.004)


def test_ledger_has_the_columns_of_the_contract_in_order():
    table = ledger_table(_random_ledger(), "points")
    assert table.names == (
        "scenario", "replication", "day", "segment", "source", "channel", "category", "owner", "count",
        "amount", "bucket", "profit_effect", "touchpoint")
    assert set(table["segment"].tolist()) == {"few", "many", "shared"}
    assert set(table["channel"].tolist()) == {"web", "none"}


def test_ledger_flows_of_a_channel_belong_to_its_owner():
    config = make_config(channels={"web": {"kind": "digital", "share": 1.0, "owner": "IT"}})
    table = ledger_table(_random_ledger(), "baseline", config)
    assert set(table.select(category="visit", channel="web")["owner"].tolist()) == {"IT"}
    assert set(table.select(category="delivery")["owner"].tolist()) == {"logistics"}


def test_points_tie_in_every_row():
    outcome = make_outcome()
    rng = np.random.default_rng(5)
    outcome.points[..., 0] = rng.integers(5, 9, outcome.points.shape[:2])
    outcome.points[..., 1:] = rng.integers(0, 4, (*outcome.points.shape[:2], 3)) // 2
    table = points_table(outcome, "points")
    for segment in outcome.segments:
        rows = table.select(segment=segment)
        flows = rows["issued"] - rows["redeemed"] - rows["expired"] - rows["cancelled"]
        before = np.concatenate([[0], rows["outstanding"][:-1]])
        assert np.array_equal(before + flows, rows["outstanding"])
        assert rows["day"].tolist() == list(range(60))


def test_points_table_is_empty_without_a_programme():
    assert len(points_table(make_outcome(), "baseline")) == 0


def test_events_are_words_sorted_by_time_customer_and_sequence():
    outcome = make_outcome(n_events=3)
    log = outcome.events
    log["tick"], log["customer"], log["sequence"] = [DAY, DAY, DAY // 4], [9, 2**62, 9], [1, 0, 0]
    log["word"], log["channel"] = [QUEUE_SERVED, NEED_NOTICED, NEED_NOTICED], [0, -1, -1]
    log["wait_ticks"], log["amount"] = [3 * MINUTE, 0, 0], [12_3400, 0, 0]
    log["quality"], log["need_tick"] = [np.nan, 0.0, 0.0], [DAY // 2, 0, 0]
    table = events_table(outcome, "baseline")
    assert table.names[:15] == (
        "scenario", "replication", "day", "customer", "sequence", "journey", "stage", "channel", "touchpoint",
        "event", "outcome", "wait_minutes", "quality", "satisfaction", "amount")
    assert table.names[15:] == ("day_of_need",)
    assert table["day"].tolist() == [0.25, 1.0, 1.0]
    assert table["customer"].tolist() == [9, 9, 2**62]
    row = list(table.rows())[1]
    words = (row["stage"], row["event"], row["outcome"], row["channel"])
    assert words == ("request", "queue", "served", "web")
    assert (row["wait_minutes"], row["amount"], row["day_of_need"]) == (3.0, 12.34, 0.5)
    assert table["channel"].tolist() == ["", "web", ""]


def test_events_name_the_touchpoint_that_was_used():
    outcome = make_outcome(n_events=3, touchpoints=("reminder", "live_help"))
    outcome.events["sequence"] = [0, 1, 2]
    outcome.events["touchpoint"] = [-1, 1, 0]
    outcome.events["word"] = USED_REQUEST
    table = events_table(outcome, "baseline")
    assert table["touchpoint"].tolist() == ["", "live_help", "reminder"]
    assert set(table["outcome"].tolist()) == {"used"}
