"""The sub-model of docs/bench.md as a SimPy user would write it.

    python plain_simpy.py CUSTOMERS DAYS [SEED]

One generator a customer, the standard library's random numbers, a `simpy.Resource` a desk, counts by
month. Nothing is tuned for speed and nothing is left out. What a person is and feels stands apart from what
he waits for, so that twins for other packages need only the latter.
"""

from __future__ import annotations

import math
import random
import sys
from collections import defaultdict
from pathlib import Path

import simpy

sys.path.insert(0, str(Path(__file__).parent))
from memory import measured  # noqa: E402

MINUTE = 1.0 / (24 * 60)

# Who they are.
RATE_SHAPE, RATE_PER_DAY = 2.0, 10.4 * 7.0  # needs a day ~ Gamma(2, 1 / 72.8): ten a year
LEAVE_A, LEAVE_B = 1.0, 19.0  # chance to leave after an order ~ Beta(1, 19)
SPEND_P, SPEND_Q, SPEND_GAMMA = 6.25, 3.74, 15.44  # amount of an order: Gamma-Gamma

# Where they go.
CHANNELS = ("web", "app", "phone", "chat")
SHARES = (0.40, 0.20, 0.25, 0.15)
SESSION = {"web": 8 * MINUTE, "app": 5 * MINUTE}
P_FAILURE = {"web": 0.03, "app": 0.02}
HANDLE = {"phone": 8 * MINUTE, "chat": 6 * MINUTE}
CUSTOMERS_PER_EMPLOYEE = {"phone": 20_000, "chat": 40_000}
PATIENCE = 6 * MINUTE

# What they feel, and what it does.
WAIT_WEIGHT, HALF_WAIT = 0.5, 1 * MINUTE
FAILURE_WEIGHT = 1.0
MOOD_SD = 0.5
MEMORY_N0 = 4
RATE_SLOPE, EXIT_SLOPE = 0.25, -0.25

# Whom they bring.
EXP_INVITATIONS, P_CONVERT, DELAY = math.exp(-0.1), 0.42, 14.0

MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Book:
    """The random numbers of a world, and what happened in it, by month."""

    def __init__(self, days: int, seed: int) -> None:
        self.random = random.Random(seed)
        months = [month for month, length in enumerate(MONTH_DAYS) for _ in range(length)]
        self.month_of_day = [months[day % 365] for day in range(days)]
        self.counts: defaultdict[str, list[float]] = defaultdict(lambda: [0] * 12)

    def count(self, what: str, now: float, amount: float = 1) -> None:
        """Add to a figure of the month."""
        self.counts[what][self.month_of_day[int(now)]] += amount


def n_employees(desk: str, n_customers: int) -> int:
    """One for so many starting customers, at least one."""
    return max(1, round(n_customers / CUSTOMERS_PER_EMPLOYEE[desk]))


class Person:
    """Who somebody is, what he remembers, when he needs something and whether he leaves."""

    def __init__(self, book: Book, now: float, is_new: bool) -> None:
        self.book, self.draw = book, book.random
        self.rate = self.draw.gammavariate(RATE_SHAPE, 1 / RATE_PER_DAY)
        self.exit_hazard = -math.log1p(-self.draw.betavariate(LEAVE_A, LEAVE_B))
        self.spend_scale = SPEND_GAMMA / self.draw.gammavariate(SPEND_Q, 1)
        self.life = self.draw.expovariate(1)
        self.clock, self.unspent = now, self.draw.expovariate(1)
        self.waiting = []
        self.felt = []
        self.satisfaction = 0.0
        self.n_judged = 0
        self.is_new = is_new
        if is_new:
            book.count("entered", now)
            self.waiting.append(now)

    def needs_a_day(self) -> float:
        return self.rate * math.exp(RATE_SLOPE * self.satisfaction)

    def next_need(self) -> float:
        """When the next need arises: its unit exponential is spent at a rate that satisfaction moves."""
        self.clock += self.unspent / self.needs_a_day()
        self.unspent = self.draw.expovariate(1)
        return self.clock

    def next_contact(self, now: float) -> float:
        """The moment at which he brings his next need to a channel."""
        need = self.waiting.pop(0) if self.waiting else self.next_need()
        return self.moment(max(now, math.floor(need)))

    def moment(self, start: float) -> float:
        """A moment of the day; of the next day where it has passed."""
        day = math.floor(start)
        at = day + self.draw.random()
        return at if at > start else day + 1 + self.draw.random()

    def choose(self) -> str:
        return self.draw.choices(CHANNELS, SHARES)[0]

    def mood(self) -> float:
        return self.draw.gauss(0, MOOD_SD)

    def feel_visit(self, channel: str, now: float) -> bool:
        """A session ends: whether it did not fail."""
        if self.draw.random() < P_FAILURE[channel]:
            self.book.count("failed", now)
            self.felt.append(self.mood() - FAILURE_WEIGHT)
            return False
        self.felt.append(self.mood())
        return True

    def feel_wait(self, wait: float, now: float, is_served: bool) -> None:
        """A wait at a desk ends, in service or in giving up."""
        self.book.count("wait_minutes", now, wait / MINUTE)
        felt = self.mood() - WAIT_WEIGHT * wait / (wait + HALF_WAIT)
        if not is_served:
            self.book.count("abandoned", now)
            felt -= FAILURE_WEIGHT
        self.felt.append(felt)

    def order(self, now: float) -> None:
        """Pay, use, judge and remember."""
        self.book.count("orders", now)
        self.book.count("revenue", now, self.spend_scale * self.draw.gammavariate(SPEND_P, 1))
        self.felt.append(self.mood())
        self.collect_needs(now)
        self.book.count("judged", now)
        felt = sum(self.felt) / len(self.felt)
        self.satisfaction += (felt - self.satisfaction) / (self.n_judged + MEMORY_N0)
        self.n_judged += 1
        self.felt = []

    def collect_needs(self, now: float) -> None:
        """Needs that arose while he was busy wait for him; the rest of the current one is kept."""
        rate = self.needs_a_day()
        while self.clock + self.unspent / rate <= now:
            self.waiting.append(self.next_need())
        if self.clock < now:
            self.unspent -= (now - self.clock) * rate
            self.clock = now

    def leaves(self, now: float) -> bool:
        """Whether he leaves after this order; a newcomer's first one is no occasion to."""
        if self.is_new:
            self.is_new = False
            return False
        self.life -= self.exit_hazard * math.exp(EXIT_SLOPE * self.satisfaction)
        if self.life > 0:
            return False
        self.book.count("exits", now)
        return True

    def invite(self, now: float) -> list[float]:
        """Tell friends (a Poisson number, after Knuth); when those enter who will come."""
        entries = []
        left = self.draw.random()
        while left > EXP_INVITATIONS:
            self.book.count("invitations", now)
            if self.draw.random() < P_CONVERT:
                entries.append(max(math.floor(now) + 1, now + self.draw.expovariate(1 / DELAY)))
            left *= self.draw.random()
        return entries


class Shop:
    """The business under SimPy: its desks, and how customers live with it."""

    def __init__(self, env: simpy.Environment, n_customers: int, book: Book) -> None:
        self.env, self.book = env, book
        self.desks = {name: simpy.Resource(env, n_employees(name, n_customers)) for name in HANDLE}
        for _ in range(n_customers):
            env.process(self.live(Person(book, 0.0, is_new=False)))

    def live(self, person: Person):
        """Recognize a need, request, and repeat; until he leaves."""
        env = self.env
        while True:
            yield env.timeout(person.next_contact(env.now) - env.now)
            self.book.count("needs", env.now)
            yield from self.request(person)
            person.order(env.now)
            if person.leaves(env.now):
                return
            for entry in person.invite(env.now):
                env.process(self.bring(entry))

    def bring(self, entry: float):
        """A friend who comes on a later day, and then lives like everybody."""
        yield self.env.timeout(entry - self.env.now)
        yield from self.live(Person(self.book, self.env.now, is_new=True))

    def request(self, person: Person):
        """Contact after contact, each on another day, until one is served."""
        env = self.env
        while True:
            channel = person.choose()
            is_served = yield from (self.visit if channel in SESSION else self.call)(person, channel)
            if is_served:
                return
            yield env.timeout(person.moment(math.floor(env.now) + 1) - env.now)

    def visit(self, person: Person, channel: str):
        """A session on a digital channel, which may fail."""
        self.book.count("visits", self.env.now)
        yield self.env.timeout(person.draw.expovariate(1 / SESSION[channel]))
        return person.feel_visit(channel, self.env.now)

    def call(self, person: Person, channel: str):
        """A contact at a desk, as long as patience lasts."""
        env, joined = self.env, self.env.now
        self.book.count("calls", joined)
        with self.desks[channel].request() as turn:
            yield turn | env.timeout(person.draw.expovariate(1 / PATIENCE))
            person.feel_wait(env.now - joined, env.now, turn.triggered)
            if turn.triggered:
                yield env.timeout(person.draw.expovariate(1 / HANDLE[channel]))
            return turn.triggered


def simulate(n_customers: int, days: int, seed: int = 1) -> dict[str, list[float]]:
    """Run the sub-model; its figures by month."""
    env, book = simpy.Environment(), Book(days, seed)
    Shop(env, n_customers, book)
    env.run(until=days)
    return dict(book.counts)


if __name__ == "__main__":
    measured(simulate)
