"""The sub-model of docs/bench.md in Mesa: one agent a customer under its discrete-event simulator.

    python mesa_twin.py CUSTOMERS DAYS [SEED]

Mesa has no queues, so a desk is written by hand.
"""

from __future__ import annotations

import math
import sys
from collections import deque
from pathlib import Path

import mesa
from mesa.experimental.devs import DEVSimulator

sys.path.insert(0, str(Path(__file__).parent))
from memory import measured  # noqa: E402
from plain_simpy import HANDLE, PATIENCE, SESSION, Book, Person, n_employees  # noqa: E402


class Desk:
    """Employees, and who waits for one."""

    def __init__(self, n_free: int) -> None:
        self.n_free = n_free
        self.queue: deque[Customer] = deque()

    def join(self, customer: Customer) -> None:
        if self.n_free > 0:
            self.n_free -= 1
            customer.be_served()
        else:
            self.queue.append(customer)

    def release(self) -> None:
        if self.queue:
            self.queue.popleft().be_served()
        else:
            self.n_free += 1


class Customer(mesa.Agent):
    """Somebody who has needs until he leaves."""

    def __init__(self, model: World, is_new: bool) -> None:
        super().__init__(model)
        self.person = Person(model.book, model.now, is_new)
        self.patience_event = None
        self.rest()

    def at(self, tick: float, what):
        return self.model.simulator.schedule_event_absolute(what, tick)

    def rest(self) -> None:
        self.at(self.person.next_contact(self.model.now), self.begin)

    def begin(self) -> None:
        self.model.book.count("needs", self.model.now)
        self.make_contact()

    def make_contact(self) -> None:
        person, now = self.person, self.model.now
        self.channel = person.choose()
        if self.channel in SESSION:
            self.model.book.count("visits", now)
            self.at(now + person.draw.expovariate(1 / SESSION[self.channel]), self.end_visit)
            return
        self.model.book.count("calls", now)
        self.joined = now
        self.patience_event = self.at(now + person.draw.expovariate(1 / PATIENCE), self.give_up)
        self.model.desks[self.channel].join(self)

    def end_visit(self) -> None:
        if self.person.feel_visit(self.channel, self.model.now):
            self.order()
        else:
            self.try_again()

    def be_served(self) -> None:
        now = self.model.now
        self.model.simulator.cancel_event(self.patience_event)
        self.person.feel_wait(now - self.joined, now, is_served=True)
        self.at(now + self.person.draw.expovariate(1 / HANDLE[self.channel]), self.end_call)

    def give_up(self) -> None:
        now = self.model.now
        self.model.desks[self.channel].queue.remove(self)
        self.person.feel_wait(now - self.joined, now, is_served=False)
        self.try_again()

    def end_call(self) -> None:
        self.model.desks[self.channel].release()
        self.order()

    def try_again(self) -> None:
        self.at(self.person.moment(math.floor(self.model.now) + 1), self.make_contact)

    def order(self) -> None:
        person, now = self.person, self.model.now
        person.order(now)
        if person.leaves(now):
            self.remove()
            return
        for entry in person.invite(now):
            self.at(entry, self.model.welcome)
        self.rest()


class World(mesa.Model):
    """The business: its desks and its customers."""

    def __init__(self, n_customers: int, days: int, seed: int, simulator: DEVSimulator) -> None:
        super().__init__(seed=seed)
        self.simulator, self.n_starters = simulator, n_customers
        self.book = Book(days, seed)
        self.desks = {name: Desk(n_employees(name, n_customers)) for name in HANDLE}
        simulator.setup(self)
        for _ in range(n_customers):
            Customer(self, is_new=False)

    @property
    def now(self) -> float:
        return self.simulator.time

    def welcome(self) -> None:
        """A friend enters."""
        Customer(self, is_new=True)


def simulate(n_customers: int, days: int, seed: int = 1) -> dict[str, list[float]]:
    """Run the sub-model; its figures by month."""
    simulator = DEVSimulator()
    world = World(n_customers, days, seed, simulator)
    simulator.run_until(math.nextafter(days, 0))  # What falls on the horizon does not happen.
    return dict(world.book.counts)


if __name__ == "__main__":
    measured(simulate)
