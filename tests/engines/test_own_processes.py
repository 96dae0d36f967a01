"""A user's own SimPy process beside the customers: what it closes is closed, what it does not do is not done."""

from __future__ import annotations

import numpy as np
import pytest

import cxsim
from cxsim.engines.outcome import Outcome
from cxsim.engines.replication import run_replication
from cxsim.errors import CxsimError
from cxsim.journal.ticks import DAY, HOUR
from cxsim.journal.words import (
    CHOICE_CHANNEL, ORDER_PAID, QUEUE_ABANDONED, QUEUE_CLOSED, QUEUE_SERVED, SEARCH, SERVICE_RESOLVED)
from lived_worlds import live, plan, world
from same_life import assert_same_life

SHOP = ("n_customers=600", "horizon_days=60", "population=new", "segments.shoppers.purchase.r=2")


@pytest.fixture(scope="module")
def shop():
    """A busy little shop, and its life without any process."""
    blueprint = plan(world(*SHOP))
    return blueprint, live(blueprint)


def _with(blueprint, *processes) -> Outcome:
    return run_replication(blueprint, 0, "simpy", processes=processes)


def _on(outcome: Outcome, word: int, channel: str) -> np.ndarray:
    log = outcome.events
    return log[(log["word"] == word) & (log["channel"] == outcome.channels.index(channel))]


def test_a_process_that_does_nothing_changes_nothing(shop) -> None:
    blueprint, alone = shop

    def idle(env, world):
        yield env.timeout(world.ticks(days=5))

    def watchful(env, world):
        while True:
            assert world.channels["web"].is_open and world.channels["web"].capacity is None
            yield env.timeout(world.ticks(hours=1))

    assert_same_life(alone, _with(blueprint, idle, watchful))


def test_closing_the_web_shop_moves_its_orders_to_later_and_elsewhere(shop) -> None:
    blueprint, alone = shop

    def outage(env, world):
        yield env.timeout(world.ticks(days=10))
        world.channels["web"].close()
        yield env.timeout(world.ticks(days=4))
        world.channels["web"].open()

    outcome = _with(blueprint, outage)
    days = (10 * DAY, 14 * DAY)
    before, during = ([((e["tick"] >= days[0]) & (e["tick"] < days[1])).sum() for e in
                       (_on(o, SEARCH, "web"), _on(o, ORDER_PAID, "web"))] for o in (alone, outcome))
    assert before[1] > 20
    # Sessions that began before the outage end within the hour.
    late = _on(outcome, ORDER_PAID, "web")["tick"]
    assert not ((late > days[0] + 2 * HOUR) & (late < days[1])).any() and during[1] < before[1] / 5
    turned_away = _on(outcome, QUEUE_CLOSED, "web")
    assert len(turned_away) > 20
    assert ((turned_away["tick"] >= days[0]) & (turned_away["tick"] < days[1])).all()
    # They try again at the next midnight, by web or otherwise; no order is lost.
    again = 0
    for event in turned_away:
        story = outcome.events[(outcome.events["customer"] == event["customer"])
                               & (outcome.events["journey"] == event["journey"])]
        choice = story[(story["word"] == CHOICE_CHANNEL) & (story["tick"] > event["tick"])]
        if event["tick"] // DAY + 1 < 60:
            assert choice["tick"][0] == (event["tick"] // DAY + 1) * DAY
            again += 1
    assert again > 20
    elsewhere = sum(len(_on(outcome, ORDER_PAID, k)) - len(_on(alone, ORDER_PAID, k)) for k in ("app", "phone"))
    assert elsewhere > 5
    # Nothing before the outage moved.
    earlier = [o.events[o.events["tick"] < days[0]].tobytes() for o in (alone, outcome)]
    assert earlier[0] == earlier[1]


def test_a_closed_door_is_felt(shop) -> None:
    """The same journey, with and without the outage: one episode more, worse than the first contact's
    by the weight of a failure, less what the search would have cost and found."""
    blueprint, alone = shop

    def outage(env, world):
        yield env.timeout(world.ticks(days=10))
        world.channels["web"].close()
        yield env.timeout(world.ticks(days=1))
        world.channels["web"].open()

    outcome = _with(blueprint, outage)
    turned_away = _on(outcome, QUEUE_CLOSED, "web")
    met = {(e["customer"], e["journey"]): e["quality"] for e in _on(alone, SERVICE_RESOLVED, "web")}
    gaps = [float(e["quality"] - met[e["customer"], e["journey"]]) for e in turned_away
            if (e["customer"], e["journey"]) in met]
    assert len(gaps) > 5
    # A failure weighs 1; a fit of about .7 found would have weighed .5, some minutes of effort up to .3.
    error = np.std(gaps) / np.sqrt(len(gaps))
    assert np.mean(gaps) == pytest.approx(-1.0 - 0.5 * 0.69 + 0.3 * 0.4, abs=4 * error + 0.08)


def test_sending_employees_home_makes_customers_give_up() -> None:
    blueprint = plan(world(*SHOP, "needs=always_noticed", "channels.phone.share=6", "channels.phone.employees=3"))
    alone = live(blueprint)

    def short_handed(env, world):
        yield env.timeout(world.ticks(days=7))
        world.channels["phone"].capacity = 0
        yield env.timeout(world.ticks(days=14))
        world.channels["phone"].capacity = 3

    outcome = _with(blueprint, short_handed)
    served, gone = _on(outcome, QUEUE_SERVED, "phone"), _on(outcome, QUEUE_ABANDONED, "phone")
    home = (7 * DAY, 21 * DAY)
    assert not ((served["tick"] >= home[0]) & (served["tick"] < home[1])).any()
    left = (gone["tick"] >= home[0]) & (gone["tick"] < home[1])
    assert left.sum() > 3 * len(_on(alone, QUEUE_ABANDONED, "phone")) > 50


def test_a_raised_capacity_serves_all_that_wait_at_once() -> None:
    config = world("market=contact_centre", "horizon_days=1", "channels.phone.contacts_per_hour=5",
                   "channels.phone.employees=1", "channels.phone.handle_minutes=600")

    def helpers(env, world):
        world.channels["phone"].capacity = 0
        yield env.timeout(world.ticks(hours=12))
        world.channels["phone"].capacity = 8

    # The calendar sets the first day's staff at midnight, after the process's first step.
    def no_one(env, world):
        yield env.timeout(1)
        world.channels["phone"].capacity = 0

    outcome = _with(plan(config), helpers, no_one)
    served = outcome.events[outcome.events["word"] == QUEUE_SERVED]["tick"]
    assert (served[:8] == 12 * HOUR).all() and (served[8:] > 12 * HOUR).all()


def test_a_digital_channel_holds_no_more_sessions_than_told() -> None:
    blueprint = plan(world(*SHOP, "channels.app.share=0", "channels.phone.share=0",
                           "channels.web.session_minutes=120"))
    alone = live(blueprint)

    def narrow(env, world):
        world.channels["web"].capacity = 2
        while True:
            assert world.channels["web"].n_sessions <= 2
            yield env.timeout(world.ticks(minutes=30))

    outcome = _with(blueprint, narrow)
    assert len(_on(alone, QUEUE_CLOSED, "web")) == 0
    assert len(_on(outcome, QUEUE_CLOSED, "web")) > 50
    assert len(_on(outcome, ORDER_PAID, "web")) < len(_on(alone, ORDER_PAID, "web"))

    def shut(env, world):
        world.channels["web"].capacity = 0
        yield env.timeout(world.ticks(days=30))
        world.channels["web"].capacity = None

    outcome = _with(blueprint, shut)
    assert _on(outcome, ORDER_PAID, "web")["tick"].min() > 30 * DAY


@pytest.mark.parametrize("n", [-1, 1.5, "two"])
def test_an_impossible_capacity_is_refused(shop, n: object) -> None:
    def wrong(env, world):
        yield env.timeout(1)
        world.channels["phone"].capacity = n

    with pytest.raises(CxsimError, match="capacity"):
        _with(shop[0], wrong)


def test_a_desk_given_back_follows_its_plan_again(shop) -> None:
    """A capacity of one's own stands through openings and shifts, until None hands the desk back."""
    seen: dict[str, int] = {}

    def borrowed(env, world):
        phone = world.channels["phone"]
        yield env.timeout(world.ticks(days=4, hours=12))
        seen["planned"] = phone.capacity
        phone.capacity = 7
        yield env.timeout(world.ticks(days=1))
        seen["own"] = phone.capacity
        phone.capacity = None
        seen["back"] = phone.capacity
        yield env.timeout(world.ticks(days=3))
        seen["later"] = phone.capacity

    _with(shop[0], borrowed)
    employees = 1  # one for every 5,000 customers
    assert seen == {"planned": employees, "own": 7, "back": employees, "later": employees}


def test_the_compiled_engine_refuses_processes() -> None:
    def idle(env, world):
        yield env.timeout(1)

    config = cxsim.load(["market=contact_centre", "horizon_days=1", "replications=1", "engine=compiled"])
    with pytest.raises(CxsimError, match="engine=simpy"):
        cxsim.simulate(config, processes=[idle])


def test_simulate_takes_a_process_and_names_it() -> None:
    config = cxsim.load(["market=contact_centre", "horizon_days=1", "replications=2", "output.events=all"])

    def strike(env, world):
        yield env.timeout(world.ticks(hours=6))
        world.channels["phone"].close()

    run = cxsim.simulate(config, processes=[strike])
    assert run.engine == "simpy" and run.processes == ("strike",)
    served = run.events.select(event="queue", outcome="served")
    # at_close=serve_all: whoever waits at six is served, whoever comes later is not.
    assert sorted(set(served["replication"].tolist())) == [0, 1]
    assert served["day"].max() < 0.27
    assert len(run.events.select(event="queue", outcome="closed")) > 1000


def test_processes_of_one_world_see_each_other_and_their_replication() -> None:
    seen = []

    def one(env, world):
        seen.append((world.replication, world.day))
        yield env.timeout(world.ticks(days=1, hours=2))
        world.channels["phone"].close()

    def other(env, world):
        yield env.timeout(world.ticks(days=1, hours=3))
        seen.append((world.day, world.channels["phone"].is_open))

    config = cxsim.load(["market=contact_centre", "horizon_days=2"])
    run_replication(plan(config), 4, "simpy", processes=(one, other))
    assert seen == [(4, 0), (1, False)]


def test_resolved_contacts_are_those_served_before_the_door_was_closed() -> None:
    """Closing a desk that sends away: those waiting go, the one being served is served to the end."""
    config = world("market=contact_centre", "horizon_days=1", "channels.phone.employees=1",
                   "channels.phone.contacts_per_hour=30", "channels.phone.handle_minutes=20",
                   "channels.phone.at_close=send_away")

    def close_early(env, world):
        yield env.timeout(world.ticks(hours=10))
        world.channels["phone"].close()

    outcome = _with(plan(config), close_early)
    served, resolved = (outcome.events[outcome.events["word"] == w] for w in (QUEUE_SERVED, SERVICE_RESOLVED))
    assert served["tick"].max() <= 10 * HOUR < resolved["tick"].max()
    assert len(served) == len(resolved)
    closed = outcome.events[outcome.events["word"] == QUEUE_CLOSED]
    assert ((closed["tick"] == 10 * HOUR) & (closed["wait_ticks"] > 0)).sum() > 50


def test_a_process_s_closing_outlasts_opening_hours() -> None:
    """Shut on a Monday for three days: the doors do not open in the morning, and do once it is lifted."""
    blueprint = plan(world(*SHOP, "needs=always_noticed", "channels.phone.share=6", "channels.phone.employees=3"))

    def shut(env, world):
        yield env.timeout(world.ticks(days=4, hours=12))
        world.channels["phone"].close()
        yield env.timeout(world.ticks(days=3, hours=1))
        world.channels["phone"].open()

    served = _on(_with(blueprint, shut), QUEUE_SERVED, "phone")["tick"]
    closed = (4 * DAY + 12 * HOUR, 7 * DAY + 13 * HOUR)
    assert not ((served >= closed[0]) & (served < closed[1])).any()
    assert ((served >= closed[1]) & (served < closed[1] + 4 * HOUR)).any()


def test_opening_by_a_process_does_not_lengthen_opening_hours() -> None:
    blueprint = plan(world(*SHOP, "channels.phone.share=3"))

    def at_night(env, world):
        yield env.timeout(world.ticks(days=7, hours=20))
        world.channels["phone"].open()
        assert not world.channels["phone"].is_open

    assert_same_life(live(blueprint), _with(blueprint, at_night))
