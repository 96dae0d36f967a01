"""Ledger, points account and event log of hand-made replications."""

from __future__ import annotations

import numpy as np
import pytest
from measured_worlds import make_config, make_outcome, value_of

from cxsim.journal.ticks import DAY, MINUTE
from cxsim.journal.words import BUCKETS, NEED_NOTICED, QUEUE_SERVED
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


def test_ledger_sums_to_the_profit_to_the_cent():
    outcome = _random_ledger()
    table = ledger_table(outcome, "baseline")
    profit = value_of(kpis(outcome, make_config(), "baseline"), "profit")
    assert table["profit_effect"].sum() == pytest.approx(profit, abs=0.004)
    assert np.rint(table["profit_effect"] * 10_000).astype(np.int64).sum() == round(profit * 10_000)


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
        "amount", "bucket", "profit_effect")
    assert set(table["segment"].tolist()) == {"few", "many", "shared"}
    assert set(table["channel"].tolist()) == {"web", "none"}


def test_ledger_flows_of_a_channel_belong_to_its_owner():
    config = make_config(channels={"web": {"kind": "digital", "share": 1.0, "owner": "it"}})
    table = ledger_table(_random_ledger(), "baseline", config)
    assert set(table.select(category="visit", channel="web")["owner"].tolist()) == {"it"}
    assert set(table.select(category="delivery")["owner"].tolist()) == {"logistics"}


def test_points_tie_in_every_row():
    outcome = make_outcome()
    rng = np.random.default_rng(5)
    outcome.points[..., 0] = rng.integers(5, 9, outcome.points.shape[:2])
    outcome.points[..., 1:] = rng.integers(0, 3, (*outcome.points.shape[:2], 2))
    table = points_table(outcome, "points")
    for segment in outcome.segments:
        rows = table.select(segment=segment)
        flows = rows["issued"] - rows["redeemed"] - rows["expired"]
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
