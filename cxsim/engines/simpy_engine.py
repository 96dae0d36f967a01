"""The SimPy engine: one process a customer, written as the business would tell it.

This is the readable reference and the open door: a user's own process runs beside the
customers and can close a channel or send employees home. What a customer decides, feels and
pays is in `cxsim.behaviour`; here is only who waits for what.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from functools import partial

import numpy as np

from cxsim.behaviour.arrivals import admit_candidate, enter, next_candidate
from cxsim.behaviour.brand import begin_day, set_on_duty
from cxsim.behaviour.employees import release
from cxsim.behaviour.queueing import is_replayed, leave_queue, serve, turn_comes
from cxsim.behaviour.recognize import choose_again, recognize, rest
from cxsim.behaviour.renewal import fall_due
from cxsim.behaviour.repeat import repeat
from cxsim.behaviour.request import arrive, finish
from cxsim.behaviour.respond import respond
from cxsim.behaviour.state import (
    ABANDONED, ARRIVE, CHOOSE, CLOSED, DELIVER, FINISH, LEAVE_QUEUE, RECOGNIZE, RENEW, REPEAT, REST, STAFFED,
    WIN_BACK)
from cxsim.behaviour.winning_back import win_back
from cxsim.engines.blueprint import Blueprint
from cxsim.engines.desk import Channel, Life, Moment, make_environment
from cxsim.engines.outcome import Outcome
from cxsim.engines.replication import Process, close_world, open_world
from cxsim.engines.snapshots import stops, take_states
from cxsim.journal.events import N_CUSTOMERS
from cxsim.journal.ticks import DAY, HOUR, JOINING, MIDNIGHT, MINUTE, ORDINARY, PATIENCE_END, PLAN, SERVICE_END


class Business:
    """A running world under SimPy; what a user's process receives as ``world``.

    Attributes
    ----------
    channels : dict of str to Channel
        Each offers ``close()``, ``open()`` and ``capacity``.
    replication : int
        Number of the replication, from 0.
    """

    def __init__(self, blueprint: Blueprint, replication: int, domain: str, measuring: bool) -> None:
        self.env = make_environment()
        self.replication = replication
        self._blueprint = blueprint
        self._world, self._arrays, self._room = open_world(blueprint, replication, domain, measuring)
        self._read_customers()
        last = blueprint.fixed["channels"][-1]
        self._lines = [
            Channel(self.env, name, bool(last[k]["kind"] == STAFFED), bool(last[k]["serves_all"]),
                    partial(set_on_duty, self._world, k))
            for k, name in enumerate(blueprint.channels)]
        self.states: list[np.ndarray] = []
        self.channels = {channel.name: channel for channel in self._lines}
        self._n_known = self._n_customers

    @property
    def day(self) -> int:
        """The day it is, from 0."""
        return self.env.now // DAY

    @staticmethod
    def ticks(days: float = 0, hours: float = 0, minutes: float = 0) -> int:
        """A duration in the environment's whole ticks (microseconds), for ``env.timeout``."""
        return round(days * DAY + hours * HOUR + minutes * MINUTE)

    def start(self, processes: Sequence[Process]) -> None:
        """Start the calendar, the plan, everybody's life, the arrivals and the user's processes."""
        env = self.env
        for process in processes:
            env.process(process(env, self))
        env.process(self._calendar())
        env.process(self._plan())
        for i in range(self._n_customers):
            env.process(self._live(i))
        for s in range(len(self._blueprint.streams)):
            env.process(self._arrivals(s))

    def run(self, horizon: int) -> None:
        """Let the world run; arrays grow between two events, never within one."""
        room, env = self._room, self.env
        while env.peek() < horizon:
            if room.lacks_customers():
                room.grow_customers()
                self._read_customers()
            if room.lacks_events():
                room.grow_events()
            for _ in range(room.n_safe_events()):
                if env.peek() >= horizon:
                    break
                env.step()

    # The life of a customer.

    def _live(self, i: int) -> Life:
        """Walk recognize, request, respond, repeat for as long as needs arise."""
        world, env, key, at = self._world, self.env, self._id(i), self._at(i)
        while (stage := self._stage(i)) != REST:
            if stage == ARRIVE:
                at = yield from self._request(i, key, at)
                continue
            yield Moment(env, at, ORDINARY, key)
            if stage == RECOGNIZE:
                at = recognize(world, i, at)
            elif stage == CHOOSE:
                at = choose_again(world, i, at)
            elif stage == DELIVER:
                at = respond(world, i, at)
            elif stage == REPEAT:
                at = repeat(world, i, at)
                self._welcome_friends()
            elif stage == RENEW:
                fall_due(world, i, at)
                at = rest(world, i, at)
            elif stage == WIN_BACK:
                at = win_back(world, i, at)

    def _request(self, i: int, key: int, at: int) -> Life:
        """Make one contact; the tick of what comes of it."""
        yield Moment(self.env, at, JOINING, key)
        channel = self._lines[self._channel(i)]
        visit = self._visit if channel.desk is None else self._call
        return (yield from visit(i, key, channel))

    def _visit(self, i: int, key: int, channel: Channel) -> Life:
        """A session on a digital channel."""
        end = arrive(self._world, i, self.env.now, channel.lets_in)
        if self._stage(i) != FINISH:
            return end
        channel.n_sessions += 1
        yield Moment(self.env, end, ORDINARY, key)
        channel.n_sessions -= 1
        return finish(self._world, i, self.env.now)

    def _call(self, i: int, key: int, channel: Channel) -> Life:
        """A contact at a desk: wait for a free employee, as long as patience and the doors allow."""
        world, env = self._world, self.env
        patience_end = arrive(world, i, env.now, channel.lets_in)
        if self._stage(i) != LEAVE_QUEUE:
            return patience_end
        if is_replayed(world):
            return (yield from self._wait_as_replayed(i, key, patience_end))
        place = (self._queue_class(i), env.now, key)
        with channel.desk.request(priority=place) as turn:
            out_of_patience = Moment(self.env, patience_end, PATIENCE_END, key)
            yield env.any_of((turn, out_of_patience, channel.sent_away))
            if turn.triggered:
                yield Moment(self.env, serve(world, i, env.now), SERVICE_END, key)
                release(world, i, env.now)
            else:
                outcome = ABANDONED if out_of_patience.processed else CLOSED
                return leave_queue(world, i, env.now, outcome)
        return finish(world, i, env.now)

    def _wait_as_replayed(self, i: int, key: int, patience_end: int) -> Life:
        """A contact whose wait is replayed from a profile, however many others call."""
        world, env, turn = self._world, self.env, turn_comes(self._world, i)
        if turn > env.now:
            yield Moment(env, min(turn, patience_end), PATIENCE_END, key)
        if env.now < turn:
            return leave_queue(world, i, env.now, ABANDONED)
        yield Moment(env, serve(world, i, env.now), SERVICE_END, key)
        release(world, i, env.now)
        return finish(world, i, env.now)

    # The life of the brand.

    def _calendar(self) -> Life:
        """Midnights: published figures, shared costs, what the day did to the teams."""
        looks_at = set(stops(self._blueprint))
        for day in range(self._blueprint.config.horizon_days):
            yield Moment(self.env, day * DAY, MIDNIGHT, 0)
            if day in looks_at:
                self.states.append(take_states(self._arrays, self._blueprint, day))
            begin_day(self._world, day)

    def _plan(self) -> Life:
        """Opening hours and shifts."""
        for tick, k, is_open, on_duty in self._blueprint.plan.tolist():
            yield Moment(self.env, tick, PLAN, 0)
            if is_open:
                self._lines[k].begin_hours(on_duty)
            else:
                self._lines[k].end_hours()

    def _arrivals(self, s: int) -> Life:
        """One layer of newcomers: candidates one after another, some of whom enter."""
        world, key = self._world, int(self._arrays["streams"][s]["id"])
        while True:
            at = next_candidate(world, s)
            yield Moment(self.env, at, ORDINARY, key)
            i = admit_candidate(world, s)
            if i >= 0:
                self._n_known = self._n_customers
                self._arrays["customers"][i]["at"] = enter(world, i, at)
                self.env.process(self._live(i))

    def _welcome_friends(self) -> None:
        """Start the lives of those who were invited just now."""
        for j in range(self._n_known, self._n_customers):
            self.env.process(self._join(j))
        self._n_known = self._n_customers

    def _join(self, i: int) -> Life:
        """An invited friend enters on his day and then lives like everybody."""
        at = self._at(i)
        yield Moment(self.env, at, ORDINARY, self._id(i))
        self._arrays["customers"][i]["at"] = enter(self._world, i, at)
        yield from self._live(i)

    # Small words.

    def _read_customers(self) -> None:
        """Words for what a customer's record says; again whenever the records have moved."""
        customers = self._arrays["customers"]
        self._id, self._at, self._stage, self._channel, self._queue_class = (
            customers[field].item for field in ("id", "at", "stage", "channel", "queue_class"))

    @property
    def _n_customers(self) -> int:
        return int(self._arrays["cursor"][N_CUSTOMERS])


def run_simpy(
    blueprint: Blueprint, replication: int, *, processes: Sequence[Process] = (), domain: str = "",
    measuring: bool = False,
) -> Outcome:
    """One replication under SimPy, with a user's own processes beside the customers."""
    business = Business(blueprint, replication, domain, measuring)
    collects = gc.isenabled()
    gc.disable()  # Thousands of live generators make the cyclic collector walk them all again and again.
    try:
        business.start(processes)
        business.run(blueprint.config.horizon_days * DAY)
    finally:
        if collects:
            gc.enable()
    return close_world(business._world, business._room, blueprint, replication, business.states)
