"""Customers of both lives: hand-made pairs worked out on paper, and lives that must leak everything or nothing."""

from __future__ import annotations

import numpy as np
import pytest

import cxsim
from cxsim.journal.tallies import MONEY
from cxsim.journal.words import SUBSIDIES
from cxsim.measure.returns import INVESTED, NO_SPEND, ONE_PAIR, SAVES, fieller, returns_table
from cxsim.measure.table import Table
from cxsim.measure.twins import BRIEF, twins_table
from cxsim.settings.reference import blank_reference
from cxsim.settings.schema import ScenarioSpec

SMALL = ("n_customers=150", "horizon_days=120", "replications=2", "market.entrants_per_day=1")


def _lives(*rows: tuple[int, float, float, int, int, bool]) -> np.ndarray:
    """Customers as (id, subsidy, margin, orders, segment, active), money in account currency."""
    lives = np.zeros(len(rows), BRIEF)
    for place, (identity, subsidy, margin, orders, segment, active) in enumerate(rows):
        money = round(subsidy * MONEY), round(margin * MONEY)
        known = (identity, *money, orders, segment, active, identity < 4)
        for name, value in zip(BRIEF.names, known, strict=False):
            lives[name][place] = value
    return lives


BEFORE = _lives((1, 0, 10, 4, 0, True), (2, 0, 10, 2, 0, False), (3, 0, 5, 1, 1, True), (4, 0, 0, 0, 1, False),
                (9, 0, 7, 3, 0, True))
AFTER = _lives((1, 8, 12, 5, 0, True), (2, 4, 16, 4, 0, True), (3, 2, 5, 1, 1, False), (4, 1, 3, 1, 1, False),
               (7, 5, 6, 2, 1, True))


def _value(table: Table, metric: str, segment: str = "all") -> float:
    (value,) = table.select(metric=metric, segment=segment)["value"]
    return float(value)


def _twins(kind: str) -> Table:
    return twins_table(BEFORE, AFTER, name="gift", replication=0, kind=kind, segments=("few", "many"))


def test_of_the_customers_of_both_lives_one_was_saved_and_one_lost() -> None:
    table = _twins("transactional")
    found = {m: _value(table, m) for m in ("customers_in_both", "kept", "gone", "saved", "lost", "net_saved")}
    assert found == {"customers_in_both": 4, "kept": 1, "gone": 1, "saved": 1, "lost": 1, "net_saved": 0}
    assert (_value(table, "saved", "few"), _value(table, "lost", "many")) == (1, 1)
    assert _value(table, "margin_of_both") == pytest.approx(2 + 6 + 0 + 3)


def test_orders_placed_anyway_leak_their_share_of_the_gift() -> None:
    """8 at 4 of 5 orders, 4 at 2 of 4, 2 at 1 of 1, 1 at 0 of 1, and 5 of one who came through it: none of it."""
    table = _twins("transactional")
    assert _value(table, "subsidy") == pytest.approx(20.0)
    assert _value(table, "leakage") == pytest.approx((8 * 0.8 + 4 * 0.5 + 2) / 20)
    assert _value(table, "leakage", "many") == pytest.approx(2 / 8)


def test_subscribers_who_stay_in_both_lives_leak_all_of_theirs() -> None:
    table = _twins("subscription")
    assert _value(table, "leakage") == pytest.approx(8 / 20)
    # 1 of 20 went to one who leaves with it as without it.
    assert _value(table, "spent_on_leavers") == pytest.approx(1 / 20)
    assert np.isnan(_value(_twins("transactional"), "spent_on_leavers"))


def test_without_a_gift_leakage_is_undefined() -> None:
    table = twins_table(BEFORE, BEFORE, name="same", replication=0, kind="transactional", segments=("few", "many"))
    assert np.isnan(_value(table, "leakage")) and _value(table, "saved") == _value(table, "lost") == 0


@pytest.mark.parametrize("market", ["online_retail", "subscription"])
def test_the_baseline_against_itself_saves_and_loses_nobody(market: str) -> None:
    config = cxsim.load([f"market={market}", *SMALL])
    same = ScenarioSpec(name="same", changes={"referral": {"delay_days": config.referral.delay_days}})
    made = cxsim.compare(config, [same], reference=blank_reference(config))
    for metric in ("saved", "lost", "net_saved", "margin_of_both", "subsidy"):
        assert (made.twins.select(metric=metric)["value"] == 0).all(), metric
    assert (made.twins.select(metric="customers_in_both", segment="all")["value"] >= 150).all()
    assert made.returns["status"].tolist() == [NO_SPEND]


def test_a_bonus_that_changes_nothing_leaks_all_of_itself() -> None:
    """Who is invited comes as often without the bonus (no lift), so every bonus goes to what happens anyway."""
    config = cxsim.load([*SMALL, "referral.invitations_per_journey=0.6", "referral.bonus_lift=0",
                         "referral.friend_lift=0"])
    paid = ScenarioSpec(name="bonus", changes={"referral": {"bonus": 10.0, "friend_bonus": 5.0}})
    made = cxsim.compare(config, [paid], reference=blank_reference(config))
    here = made.twins.select(segment="all")
    assert (here.select(metric="leakage")["value"] == 1.0).all()
    assert (here.select(metric="saved")["value"] == 0).all() and (here.select(metric="lost")["value"] == 0).all()
    booked = made.tables.ledger.select(scenario="bonus", category=list(SUBSIDIES), replication=1)["amount"].sum()
    assert here.select(metric="subsidy", replication=1)["value"][0] == pytest.approx(booked) and booked > 0


def test_twins_are_the_same_whatever_the_order_of_cells() -> None:
    overrides = ["market=subscription", *SMALL]
    bonus = ScenarioSpec(name="bonus", changes={"referral": {"bonus": 10.0}})
    tables = []
    for workers in (1, 2):
        config = cxsim.load([*overrides, f"parallel.workers={workers}"])
        nothing = ScenarioSpec(name="none", changes={})
        made = cxsim.compare(config, [bonus, nothing], reference=blank_reference(config))
        tables.append(made.twins)
    assert tables[0]["scenario"].tolist() == sorted(tables[0]["scenario"].tolist(), key=["bonus", "none"].index)
    for name in tables[0].names:
        np.testing.assert_array_equal(tables[0][name], tables[1][name])


def _kpis(spend: list[float], equity: list[float]) -> Table:
    """Rows of a baseline at 0 and a scenario at the given values, by replication."""
    rows = [(name, k, metric, value)
            for name, factor in (("baseline", 0.0), ("more", 1.0))
            for metric, values in (("discounted_spend", spend), ("customer_equity", equity))
            for k, value in enumerate(np.array(values) * factor)]
    names, replications, metrics, values = (list(column) for column in zip(*rows, strict=True))
    n = len(rows)
    return Table({"scenario": names, "replication": replications, "segment": ["all"] * n, "period": ["total"] * n,
                  "metric": metrics, "value": values, "unit": ["money"] * n})


def test_return_on_spend_is_equity_for_each_unit_of_further_spend() -> None:
    row = next(returns_table(_kpis([100.0, 110.0, 90.0], [50.0, 60.0, 40.0]), "baseline").rows())
    assert row["return_on_spend"] == pytest.approx(0.5) and row["status"] == INVESTED
    assert row["ci_low"] < 0.5 < row["ci_high"] and row["spend"] == pytest.approx(100)


@pytest.mark.parametrize(("spend", "status"), [
    ([100.0, -90.0, 5.0], NO_SPEND), ([-100.0, -110.0, -90.0], SAVES), ([100.0], ONE_PAIR)])
def test_there_is_no_return_where_nothing_was_spent(spend: list[float], status: str) -> None:
    row = next(returns_table(_kpis(spend, [50.0, 60.0, 40.0][: len(spend)]), "baseline").rows())
    assert row["status"] == status and np.isnan(row["return_on_spend"]) and np.isnan(row["ci_low"])


def test_at_the_ends_of_fiellers_interval_the_difference_is_just_detectable() -> None:
    """top - R bottom has |t| equal to the quantile at both ends: 2.776 with four degrees of freedom."""
    rng = np.random.default_rng(2)
    bottom = rng.normal(10, 2, 5)
    top = 3 * bottom + rng.normal(0, 4, 5)
    ratio, low, high = fieller(top, bottom, 0.95)
    assert low < ratio < high
    for end in (low, high):
        rest = top - end * bottom
        assert abs(rest.mean()) / (rest.std(ddof=1) / np.sqrt(5)) == pytest.approx(2.776445, rel=1e-5)
