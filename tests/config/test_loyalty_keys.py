"""Loyalty programmes that no company could run are refused in a sentence; those that mislead are told."""

from __future__ import annotations

import pytest

from cxsim.config.loading import load
from cxsim.errors import CxsimError
from cxsim.settings.cautions import cautions
from cxsim.settings.overlay import apply_changes

LADDER = {"gold": {"from_spend": 250}, "silver": {"from_spend": 100}}
FALLING = {"silver": {"from_spend": 100, "rel_earn": 2}, "gold": {"from_spend": 250, "rel_earn": 1.5}}
FIVE = {f"t{k}": {"from_spend": 10 * k} for k in range(1, 6)}


@pytest.mark.parametrize(("changes", "told"), [
    ({"tiers": LADDER}, "loyalty.tiers.silver.from_spend=100: must be more than loyalty.tiers.gold.from_spend"),
    ({"tiers": FALLING}, "loyalty.tiers.gold.rel_earn=1.5: must be no less than loyalty.tiers.silver.rel_earn=2"),
    ({"tiers": FIVE}, "loyalty.tiers: there are 5 tiers, at most 4"),
    ({"tiers": {"Gold": {"from_spend": 1}}}, "lower-case letters"),
    ({"earn_rate": 0.4}, "rewards cost 0.32 of every unit spent (in the best tier), while 0.3 of it is margin"),
    ({"earn_rate": 0.2, "tiers": {"top": {"from_spend": 9, "rel_earn": 2}}}, "rewards cost 0.32"),
    ({"stamps": 2, "reward_value": 30}, "loyalty.stamps=2: the programme would pay out more than it takes"),
    ({"stamps": 10, "earn_rate": 0.02}, "loyalty.stamps=10: an order earns either stamps or points"),
    ({"stamps": 10, "cashback": True}, "loyalty.cashback=true: a stamp card"),
    ({"stamps": 10, "endowed_points": 10}, "loyalty.endowed_points=10: a reward takes 10"),
    ({"earn_rate": 0.02, "p_enrol": 0}, "loyalty.p_enrol=0: nobody would join"),
    ({"membership": {"p_join": 2}}, "loyalty.membership.p_join=2: must be between 0 and 1"),
    ({"membership": {"lift": -0.1}}, "loyalty.membership.lift: -0.1 must be at least 0"),
])
def test_programme_nobody_could_run_is_refused(changes: dict, told: str) -> None:
    with pytest.raises(CxsimError) as refused:
        apply_changes(load(), {"loyalty": changes}, origin="test")
    assert told in str(refused.value) and "\n" not in str(refused.value)


def test_points_that_are_gone_before_the_next_payment_are_refused() -> None:
    with pytest.raises(CxsimError, match="loyalty.expiry_days=20: points would be gone before the next payment"):
        load(["market=subscription", "loyalty=points", "loyalty.expiry_days=20"])
    with pytest.raises(CxsimError, match=r"loyalty.expiry_days=365.*market.renewal_days=365.*set it above 365"):
        load(["market=subscription", "scenario=points_program", "market.renewal_days=365"])
    load(["market=telecom", "scenario=points_program"])


@pytest.mark.parametrize("name", ["tiers", "stamp_card", "cashback", "membership", "exclusive_offers"])
def test_programme_needs_customers(name: str) -> None:
    with pytest.raises(CxsimError, match=f"scenario {name}: loyalty.*a contact centre has no customers"):
        load(["market=contact_centre", f"scenario={name}"])


@pytest.mark.parametrize(("overrides", "told"), [
    (["loyalty.p_redeem=0"], "loyalty.p_redeem=0: nobody ever asks"),
    (["loyalty.expiry_days=5"], "loyalty.expiry_days=5: points are gone before even the most active"),
    (["loyalty=tiers", "loyalty.earn_rate=0", "loyalty.stamps=8"], "loyalty.tiers.silver.rel_earn=1.25"),
])
def test_programme_that_misleads_is_told(overrides: list[str], told: str) -> None:
    assert not [one for one in cautions(load(["loyalty=points"])) if one.startswith("loyalty")]
    assert any(told in one for one in cautions(load(["loyalty=points", *overrides])))


def test_value_of_a_point_and_points_of_a_reward() -> None:
    card = load(["loyalty=stamp_card"]).loyalty
    assert (card.point_value, card.reward_points, card.has_threshold) == (0.8, 10, True)
    points = load(["loyalty=points", "loyalty.points_per_unit=20"]).loyalty
    assert points.point_value == pytest.approx(0.0015) and points.reward_points == 2000
    back = load(["loyalty=cashback"]).loyalty
    assert (back.reward_points, back.has_threshold, back.moves_rate) == (0, False, False)
    assert not load().loyalty.has_members and load(["loyalty=membership"]).loyalty.has_members
