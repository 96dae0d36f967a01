"""The sub-model of docs/bench.md in salabim: one component a customer, a `Resource` a desk.

    python salabim_twin.py CUSTOMERS DAYS [SEED]
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import salabim as sim

sys.path.insert(0, str(Path(__file__).parent))
from memory import measured  # noqa: E402
from plain_simpy import HANDLE, PATIENCE, SESSION, Book, Person, n_employees  # noqa: E402

sim.yieldless(False)


class Customer(sim.Component):
    """Somebody who has needs until he leaves."""

    def setup(self, book: Book, desks: dict[str, sim.Resource], is_new: bool) -> None:
        self.book, self.desks, self.is_friend = book, desks, is_new

    def process(self):
        """Recognize a need, request, and repeat."""
        env, book = self.env, self.book
        person = Person(book, env.now(), self.is_friend)
        while True:
            yield self.hold(till=person.next_contact(env.now()))
            book.count("needs", env.now())
            while True:
                channel = person.choose()
                is_served = yield from (self.visit if channel in SESSION else self.call)(person, channel)
                if is_served:
                    break
                yield self.hold(till=person.moment(math.floor(env.now()) + 1))
            person.order(env.now())
            if person.leaves(env.now()):
                return
            for entry in person.invite(env.now()):
                Customer(book=book, desks=self.desks, is_new=True, at=entry)

    def visit(self, person: Person, channel: str):
        """A session on a digital channel, which may fail."""
        self.book.count("visits", self.env.now())
        yield self.hold(person.draw.expovariate(1 / SESSION[channel]))
        return person.feel_visit(channel, self.env.now())

    def call(self, person: Person, channel: str):
        """A contact at a desk, as long as patience lasts."""
        joined = self.env.now()
        self.book.count("calls", joined)
        yield self.request(self.desks[channel], fail_delay=person.draw.expovariate(1 / PATIENCE))
        is_served = not self.failed()
        person.feel_wait(self.env.now() - joined, self.env.now(), is_served)
        if is_served:
            yield self.hold(person.draw.expovariate(1 / HANDLE[channel]))
            self.release(self.desks[channel])
        return is_served


def simulate(n_customers: int, days: int, seed: int = 1) -> dict[str, list[float]]:
    """Run the sub-model; its figures by month."""
    env, book = sim.Environment(random_seed=None, trace=False, yieldless=False), Book(days, seed)
    desks = {name: sim.Resource(name, capacity=n_employees(name, n_customers), env=env) for name in HANDLE}
    for _ in range(n_customers):
        Customer(book=book, desks=desks, is_new=False, env=env)
    env.run(till=math.nextafter(days, 0))  # What falls on the horizon does not happen.
    return dict(book.counts)


if __name__ == "__main__":
    measured(simulate)
