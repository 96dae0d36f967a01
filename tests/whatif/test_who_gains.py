"""Who gains, and what leaks of each kind of reward: lives made by hand, and kinds that tie to the ledger."""

from __future__ import annotations

import numpy as np
import pytest

import cxsim
from cxsim.journal.tallies import MONEY
from cxsim.journal.words import PAID, REFERRAL
from cxsim.measure.leaks import leaks_table
from cxsim.measure.twins import BRIEF
from cxsim.measure.who_gains import NOT_REACHED, gains_table
from cxsim.settings.reference import blank_reference


def _lives(n: int = 6) -> np.ndarray:
    lives = np.zeros(n, BRIEF)
    lives["id"] = np.arange(1, n + 1)
    return lives


def test_kinds_leak_by_the_orders_that_are_placed_anyway() -> None:
    """Customer 1 got 6 of rewards and 4 of win-back at 1 of 2 orders, customer 2 rewards of 10 at all of his."""
    before, after = _lives(2), _lives(2)
    before["orders"], after["orders"] = [1, 3], [2, 3]
    after["subsidy"] = np.array([10, 10]) * MONEY
    after["gifts"][:, 0], after["gifts"][0, 4] = np.array([6, 10]) * MONEY, 4 * MONEY
    table = leaks_table(before, after, name="a", replication=0, kind="transactional")
    found = {row["kind"]: (row["subsidy"], row["leaked"], row["customers"]) for row in table.rows()}
    assert found == {"reward_redeemed": (16.0, 13.0, 2.0), "win_back": (4.0, 2.0, 1.0)}
    assert table.select(kind="reward_redeemed")["leakage"][0] == pytest.approx(13 / 16)


def test_bonuses_go_by_how_a_customer_came() -> None:
    """A subscriber who was brought (bonus 8) and one won by a gift of 5; the first stays in both lives."""
    before, after = _lives(2), _lives(2)
    before["active"], after["active"] = [True, False], True
    after["source"], after["subsidy"] = [REFERRAL, PAID], np.array([8, 5]) * MONEY
    table = leaks_table(before, after, name="a", replication=0, kind="subscription")
    assert {row["kind"]: row["leaked"] for row in table.rows()} == {"referral_bonus": 8.0, "welcome_gift": 0.0}


def test_a_customer_of_one_life_leaks_nothing() -> None:
    after = _lives(1)
    after["orders"], after["subsidy"], after["source"] = 1, 5 * MONEY, REFERRAL
    table = leaks_table(_lives(0), after, name="a", replication=0, kind="transactional")
    assert table["leaked"].tolist() == [0.0]


def test_thirds_are_made_from_the_baseline_and_each_has_its_gain() -> None:
    before, after = _lives(), _lives()
    before["satisfaction"], after["satisfaction"] = [-3, -2, -1, 1, 2, 3], [9, 9, 9, 0, 0, 0]
    before["entry"] = [-60, -50, -40, -30, -20, -10]
    before["active"], after["active"] = [0, 0, 1, 1, 1, 1], [1, 1, 0, 1, 1, 0]
    after["margin"] = np.array([1, 2, 3, 4, 5, 6]) * MONEY
    table = gains_table(before, after, name="a", replication=0, segments=("few",))
    moods, ages = (table.select(grouping=grouping) for grouping in ("satisfaction", "tenure"))
    assert moods["net_saved"].tolist() == [2.0, -1.0, -1.0]
    assert moods["margin"].tolist() == [3.0, 7.0, 11.0]
    assert ages["group"].tolist() == ["newest third", "middle third", "oldest third"]
    assert ages["margin"].tolist() == [11.0, 7.0, 3.0]
    assert table.select(grouping="segment")["customers"].tolist() == [6.0]


def test_groups_of_which_there_is_only_one_are_left_out() -> None:
    before, after = _lives(), _lives()
    after["is_treated"] = True
    assert set(gains_table(before, after, name="a", replication=0, segments=("few",))["grouping"]) == {"segment"}


def test_those_not_reached_have_a_difference_of_their_own() -> None:
    before, after = _lives(), _lives()
    after["is_treated"][:2] = True
    after["margin"] = np.array([5, 5, -1, 0, 0, 0]) * MONEY
    rows = gains_table(before, after, name="a", replication=0, segments=("few",)).select(group=NOT_REACHED)
    assert (rows["customers"][0], rows["margin"][0]) == (4.0, -1.0)


def test_kinds_sum_to_the_ledger_and_to_the_leakage_of_all() -> None:
    config = cxsim.load(["n_customers=400", "horizon_days=200", "replications=2", "market.entrants_per_day=2"])
    name = "points_program+referral_bonus+win_back"
    made = cxsim.compare(config, [name], reference=blank_reference(config))
    for replication in range(2):
        kinds = made.tables.leaks.select(replication=replication)
        assert set(kinds["kind"]) == {"reward_redeemed", "referral_bonus", "win_back"}
        ledger = made.tables.ledger.select(scenario=name, replication=replication)
        for kind, categories in {"reward_redeemed": ["reward_redeemed"], "win_back": ["win_back"],
                                 "referral_bonus": ["referral_bonus", "friend_bonus"]}.items():
            booked = ledger.select(category=categories)["amount"].sum()
            assert kinds.select(kind=kind)["subsidy"][0] == pytest.approx(booked, rel=1e-5)
        twins = made.tables.twins.select(replication=replication, segment="all")
        together = kinds["leaked"].sum() / kinds["subsidy"].sum()
        assert together == pytest.approx(twins.select(metric="leakage")["value"][0], rel=1e-4)


def test_segments_gain_together_what_all_gain() -> None:
    config = cxsim.load(["market=subscription", "n_customers=300", "horizon_days=120", "replications=1"])
    made = cxsim.compare(config, ["price_rise"], reference=blank_reference(config))
    twins = made.tables.twins.select(segment="all")
    for grouping in ("segment", "tenure"):
        rows = made.tables.gains.select(grouping=grouping)
        for figure, metric in (("net_saved", "net_saved"), ("margin", "margin_of_both"),
                               ("customers", "customers_in_both")):
            assert rows[figure].sum() == pytest.approx(twins.select(metric=metric)["value"][0])


def test_whom_a_ramp_never_reaches_lives_exactly_as_before_where_nobody_touches_another() -> None:
    """Half of the customers lie above the ramp's end; without invitations and queues they differ in nothing."""
    config = cxsim.load(["n_customers=400", "horizon_days=120", "replications=2", "market.entrants_per_day=1",
                         "referral.invitations_per_journey=0", "channels.phone.employees=60"])
    dearer = cxsim.ScenarioSpec(name="dearer", ramp_days=240, changes={
        "price.level": 1.2, "price.elasticity.value": 1.5, "price.exit_elasticity.value": 1.0})
    made = cxsim.compare(config, [dearer], reference=blank_reference(config))
    rows = made.tables.gains.select(grouping="treatment")
    spared, met = rows.select(group=NOT_REACHED), rows.select(group="reached")
    for figure in ("saved", "lost", "margin", "orders"):
        assert not spared[figure].any(), figure
    assert met["margin"].all()
    share = spared["customers"].sum() / rows["customers"].sum()
    assert abs(share - 0.5) < 4 * (0.25 / rows["customers"].sum()) ** 0.5
