"""The sub-model of docs/bench.md as a SimPy user would write it.

    python plain_simpy.py CUSTOMERS DAYS [SEED]

One generator a customer, the standard library's random numbers, a `simpy.Resource` a desk, counts by
month. Nothing is tuned for speed and nothing is left out.
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
INVITATIONS, P_CONVERT, DELAY = 0.1, 0.42, 14.0

MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Shop:
    """The business: its desks, and what happened in it."""

    def __init__(self, env: simpy.Environment, n_customers: int, days: int, seed: int) -> None:
        self.env = env
        self.random = random.Random(seed)
        self.desks = {
            name: simpy.Resource(env, capacity=max(1, round(n_customers / each)))
            for name, each in CUSTOMERS_PER_EMPLOYEE.items()
        }
        months = [month for month, length in enumerate(MONTH_DAYS) for _ in range(length)]
        self.month_of_day = [months[day % 365] for day in range(days)]
        self.counts: defaultdict[str, list[float]] = defaultdict(lambda: [0] * 12)

    def count(self, what: str, amount: float = 1) -> None:
        """Add to a figure of the current month."""
        self.counts[what][self.month_of_day[int(self.env.now)]] += amount

    def poisson(self, mean: float) -> int:
        """A Poisson number (Knuth)."""
        n, left = 0, self.random.random()
        while left > math.exp(-mean):
            n += 1
            left *= self.random.random()
        return n


class Customer:
    """Somebody who has needs until he leaves."""

    def __init__(self, shop: Shop, is_friend: bool) -> None:
        draw = shop.random
        self.shop, self.env, self.draw = shop, shop.env, draw
        self.rate = draw.gammavariate(RATE_SHAPE, 1 / RATE_PER_DAY)
        self.exit_hazard = -math.log1p(-draw.betavariate(LEAVE_A, LEAVE_B))
        self.spend_scale = SPEND_GAMMA / draw.gammavariate(SPEND_Q, 1)
        self.life = draw.expovariate(1)
        self.satisfaction = 0.0
        self.n_judged = 0
        self.is_new = is_friend

    def live(self):
        """Recognize a need, request, and repeat; until he leaves."""
        env, draw = self.env, self.draw
        self.clock, self.unspent = env.now, draw.expovariate(1)
        self.waiting = []
        if self.is_new:
            self.shop.count("entered")
            self.waiting.append(env.now)
        while True:
            need = self.waiting.pop(0) if self.waiting else self.next_need()
            day = max(env.now, math.floor(need))
            yield env.timeout(self.moment(day) - env.now)
            self.shop.count("needs")
            yield from self.request()
            self.collect_needs()
            self.judge()
            if self.leaves():
                self.shop.count("exits")
                return
            self.invite()

    def next_need(self) -> float:
        """When the next need arises: its unit exponential is spent at a rate that satisfaction moves."""
        self.clock += self.unspent / self.needs_a_day()
        self.unspent = self.draw.expovariate(1)
        return self.clock

    def needs_a_day(self) -> float:
        return self.rate * math.exp(RATE_SLOPE * self.satisfaction)

    def collect_needs(self) -> None:
        """Needs that arose while he was busy wait for him; the rest of the current one is kept."""
        rate = self.needs_a_day()
        while self.clock + self.unspent / rate <= self.env.now:
            self.waiting.append(self.next_need())
        if self.clock < self.env.now:
            self.unspent -= (self.env.now - self.clock) * rate
            self.clock = self.env.now

    def moment(self, start: float) -> float:
        """A moment of the day on which he makes contact; of the next day where it has passed."""
        at = math.floor(start) + self.draw.random()
        return at if at > start else math.floor(start) + 1 + self.draw.random()

    def request(self):
        """Contact after contact, until one is served and the order paid."""
        self.felt = []
        while True:
            channel = self.draw.choices(CHANNELS, SHARES)[0]
            is_served = yield from (self.visit(channel) if channel in SESSION else self.call(channel))
            if is_served:
                break
            midnight = math.floor(self.env.now) + 1
            yield self.env.timeout(midnight + self.draw.random() - self.env.now)
        self.shop.count("orders")
        self.shop.count("revenue", self.spend_scale * self.draw.gammavariate(SPEND_P, 1))
        self.felt.append(self.mood())

    def visit(self, channel: str):
        """A session on a digital channel, which may fail."""
        self.shop.count("visits")
        yield self.env.timeout(self.draw.expovariate(1 / SESSION[channel]))
        if self.draw.random() < P_FAILURE[channel]:
            self.shop.count("failed")
            self.felt.append(self.mood() - FAILURE_WEIGHT)
            return False
        self.felt.append(self.mood())
        return True

    def call(self, channel: str):
        """A contact at a desk, as long as patience lasts."""
        env, joined = self.env, self.env.now
        self.shop.count("calls")
        with self.shop.desks[channel].request() as turn:
            yield turn | env.timeout(self.draw.expovariate(1 / PATIENCE))
            wait = env.now - joined
            felt = self.mood() - WAIT_WEIGHT * wait / (wait + HALF_WAIT)
            self.shop.count("wait_minutes", wait / MINUTE)
            if not turn.triggered:
                self.shop.count("abandoned")
                self.felt.append(felt - FAILURE_WEIGHT)
                return False
            yield env.timeout(self.draw.expovariate(1 / HANDLE[channel]))
        self.felt.append(felt)
        return True

    def mood(self) -> float:
        return self.draw.gauss(0, MOOD_SD)

    def judge(self) -> None:
        """Remember the journey: satisfaction moves towards the mean of its episodes."""
        self.shop.count("judged")
        felt = sum(self.felt) / len(self.felt)
        self.satisfaction += (felt - self.satisfaction) / (self.n_judged + MEMORY_N0)
        self.n_judged += 1

    def leaves(self) -> bool:
        """Whether he leaves after this order; a newcomer's first one is no occasion to."""
        if self.is_new:
            self.is_new = False
            return False
        self.life -= self.exit_hazard * math.exp(EXIT_SLOPE * self.satisfaction)
        return self.life <= 0

    def invite(self) -> None:
        """Tell friends, some of whom become customers some day."""
        for _ in range(self.shop.poisson(INVITATIONS)):
            self.shop.count("invitations")
            if self.draw.random() < P_CONVERT:
                self.env.process(self.bring())

    def bring(self):
        """A friend who comes on a later day, and then lives like everybody."""
        midnight = math.floor(self.env.now) + 1
        entry = max(midnight, self.env.now + self.draw.expovariate(1 / DELAY))
        yield self.env.timeout(entry - self.env.now)
        yield from Customer(self.shop, is_friend=True).live()


def simulate(n_customers: int, days: int, seed: int = 1) -> dict[str, list[float]]:
    """Run the sub-model; its figures by month."""
    env = simpy.Environment()
    shop = Shop(env, n_customers, days, seed)
    for _ in range(n_customers):
        env.process(Customer(shop, is_friend=False).live())
    env.run(until=days)
    return dict(shop.counts)


if __name__ == "__main__":
    measured(simulate)
