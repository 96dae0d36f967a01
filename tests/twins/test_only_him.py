"""Changing one customer changes only him and whom he brings, when nobody stands in anybody's way."""

from __future__ import annotations

import numpy as np
import pytest

from cxsim.behaviour.draws import decision, uniform
from cxsim.engines.blueprint import build_world
from cxsim.engines.outcome import Outcome
from cxsim.journal.ticks import DAY
from life_story import stories
from lived_worlds import live, plan, scenario, spec, world

FREE = ("n_customers=600", "horizon_days=250", "market.entrants_per_day=2", "channels.phone.employees=900",
        "channels.chat.employees=900", "choice.wait_weight_per_minute=0", "segments.shoppers.purchase.r=1",
        "referral.invitations_per_journey=0.3")
CHANGES = {"loyalty.earn_rate": 0.05, "loyalty.p_enrol": 1.0, "delivery.days": 8.0, "referral.bonus": 20.0,
           "channels.chat.share": 1.0, "upsell.p_offer": 1.0}
START_DAY, SHARE_DAYS = 30, 4000  # a ramp so slow that a few in a hundred are ever reached


def _exposed(blueprint, who: np.ndarray) -> np.ndarray:
    """Who is reached by the last day, by the keyed uniform of the part's published name."""
    _, arrays = build_world(blueprint, 0)
    name = np.int64(decision("scenario/slow"))
    lucky = np.array([uniform(arrays["keys"][0], np.int64(i), np.int64(0), name) for i in who])
    return lucky < blueprint.fixed["ramp"][0].max()


def _descendants(outcome: Outcome, roots: set[int]) -> set[int]:
    found = set(roots)
    people = outcome.customers[np.argsort(outcome.customers["entry"], kind="stable")]
    for c in people:
        if int(c["parent"]) in found:
            found.add(int(c["id"]))
    return found


@pytest.fixture(scope="module")
def lives() -> tuple[Outcome, Outcome, set[int]]:
    """The baseline, the slow scenario, and whom it can have touched: the exposed and their descendants."""
    config = world(*FREE)
    blueprint = plan(config, [spec("slow", CHANGES, start_day=START_DAY, ramp_days=SHARE_DAYS)])
    alone, twin = live(plan(config)), live(blueprint)
    everybody = np.union1d(alone.customers["id"], twin.customers["id"])
    exposed = set(everybody[_exposed(blueprint, everybody)].tolist())
    return alone, twin, _descendants(alone, exposed) | _descendants(twin, exposed)


def test_only_the_exposed_and_whom_they_brought_differ(lives) -> None:
    alone, twin, touched = lives
    ours, theirs = stories(alone), stories(twin)
    differing = {who for who in ours.keys() | theirs.keys()
                 if who not in ours or who not in theirs or ours[who].tobytes() != theirs[who].tobytes()}
    assert 10 < len(differing) < 0.2 * len(ours), "a few are meant to be reached"
    assert differing <= touched
    # And the exposed who had a journey after it reached them do differ.
    assert len(differing) > 0.3 * len([who for who in touched if who in ours])


def test_fields_of_the_untouched_are_the_same(lives) -> None:
    alone, twin, touched = lives
    ours, theirs = (o.customers[~np.isin(o.customers["id"], list(touched))] for o in (alone, twin))
    ours, theirs = (c[np.argsort(c["id"])] for c in (ours, theirs))
    # Employees are all alike here, and which of the idle ones took him is nothing of his own; the places at
    # which he and his friends stand in the arrays are nobody's.
    not_his = {"employee", "residual", "at", "stamp", "queue_next", "queue_previous", "referrer", "first_friend",
               "next_friend"}
    for name in set(ours.dtype.names) - not_his:
        np.testing.assert_array_equal(ours[name], theirs[name], err_msg=name)


def test_nobody_differs_before_it_reaches_him(lives) -> None:
    alone, twin, _ = lives
    early = [o.events[o.events["tick"] < START_DAY * DAY].tobytes() for o in (alone, twin)]
    assert early[0] == early[1]


@pytest.mark.parametrize("name", ["points_program", "live_chat", "referral_bonus"])
def test_with_a_busy_desk_nothing_before_the_first_different_event_moved(name: str) -> None:
    """Behind a busy desk everybody is tied to everybody, but only forward in time."""
    config = world("n_customers=700", "horizon_days=150", "channels.phone.handle_minutes=60",
                   "channels.phone.share=2", "segments.shoppers.purchase.r=1", "market.entrants_per_day=2")
    part = scenario(name)[0].model_copy(update={"start_day": 20, "ramp_days": 2000})
    alone, twin = live(plan(config)).events, live(plan(config, [part])).events
    n = min(len(alone), len(twin))
    bits = f"V{alone.dtype.itemsize}"
    same = alone[:n].view(bits) == twin[:n].view(bits)
    first = int(np.argmin(same))
    assert not same.all() and alone["tick"][first] >= 20 * DAY
    # The first different event belongs to somebody the scenario had reached.
    tick = min(alone["tick"][first], twin["tick"][first])
    blueprint = plan(config, [part])
    _, arrays = build_world(blueprint, 0)
    number = np.int64(decision(f"scenario/{name}"))
    reached = [uniform(arrays["keys"][0], log["customer"][first], np.int64(0), number)
               < blueprint.fixed["ramp"][0][tick // DAY] for log in (alone, twin)]
    assert any(reached)


def test_exposure_grows_with_the_ramp_and_never_shrinks() -> None:
    """The share reached on each day is the ramp's; whoever is reached stays reached."""
    config = world("n_customers=2000", "horizon_days=100", "population=new", "segments.shoppers.purchase.r=3")
    part = spec("slow", {"loyalty.earn_rate": 0.05, "loyalty.p_enrol": 1.0}, start_day=10, ramp_days=80)
    outcome = live(plan(config, [part]))
    log = outcome.events[np.lexsort((outcome.events["sequence"], outcome.events["customer"]))]
    earning = {who: story["tick"][story["word"] == 19] for who, story in stories(outcome).items()}
    needs = log[log["word"] == 0]
    paid = {(e["customer"], e["journey"]) for e in log[log["word"] == 19]}
    solved = {(e["customer"], e["journey"]) for e in log[log["word"] == 12]}
    needs = [e for e in needs if (e["customer"], e["journey"]) in solved]
    reached = np.array([(e["customer"], e["journey"]) in paid for e in needs])
    day = np.array([e["tick"] // DAY for e in needs])
    for low, high in ((0, 10), (10, 30), (40, 60), (89, 100)):
        here = (day >= low) & (day < high)
        expected = np.clip((day[here] - 10 + 1) / 80, 0, 1) * (day[here] >= 10)
        # Orders below one point's worth earn none, hence the tolerance below 1.
        assert abs(reached[here].mean() - expected.mean()) < 4 * np.sqrt(0.25 / max(1, here.sum())) + 0.01
    first = {who: ticks[0] for who, ticks in earning.items() if len(ticks)}
    for e in log[log["word"] == 12]:
        if e["customer"] in first and e["tick"] > first[e["customer"]] + 20 * DAY and e["amount"] >= 10_000:
            assert (e["customer"], e["journey"]) in paid
