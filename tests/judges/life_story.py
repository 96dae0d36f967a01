"""The books kept once more, in plain Python, from nothing but the event log and the state on day 0."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from cxsim.behaviour.state import GONE
from cxsim.engines.blueprint import Blueprint
from cxsim.engines.outcome import Outcome
from cxsim.engines.replication import open_world
from cxsim.journal.events import N_CUSTOMERS
from cxsim.journal.ticks import DAY
from cxsim.journal.words import (
    EXIT_CANCELLED, EXIT_PAYMENT_FAILED, EXIT_TO_RIVAL, ORDER_PAID, RETURN_WON_BACK)

FAR = 2**62
ENDS = (EXIT_CANCELLED, EXIT_PAYMENT_FAILED, EXIT_TO_RIVAL)


@dataclass
class Spell:
    """A time during which the company counts somebody as a customer: from (excluded) to (included)."""

    start: int
    stop: int
    is_first: bool


def stories(outcome: Outcome) -> dict[int, np.ndarray]:
    """Every customer's events in the order in which he lived them."""
    log = outcome.events[np.lexsort((outcome.events["sequence"], outcome.events["customer"]))]
    who, first = np.unique(log["customer"], return_index=True)
    return dict(zip(who.tolist(), np.split(log, first[1:]) if len(log) else [], strict=True))


def on_day_0(blueprint: Blueprint, replication: int) -> dict[int, tuple[int, bool]]:
    """Of every starter: the tick of his last order (or subscription), and whether he is still there."""
    _, arrays, _ = open_world(blueprint, replication, "", False)
    people = arrays["customers"][: arrays["cursor"][N_CUSTOMERS]]
    is_shop = blueprint.config.market.kind == "transactional"
    since = people["last_order" if is_shop else "entry"].tolist()
    is_there = (people["status"] != GONE).tolist()
    return dict(zip(people["id"].tolist(), zip(since, is_there, strict=True), strict=True))


def _spells_of_shopper(orders: list[int], before: int | None, window: int) -> list[Spell]:
    spells = [] if before is None else [Spell(before, before + window, False)]
    for tick in orders:
        if spells and tick <= spells[-1].stop:
            spells[-1].stop = tick + window
        else:
            spells.append(Spell(tick, tick + window, not spells))
    return spells


def _spells_of_subscriber(start: int | None, is_first: bool, ends: list[int], returns: list[int]) -> list[Spell]:
    """A contract from its start, and one from every return, each to its end."""
    starts = [] if start is None else [start]
    ends = [*ends, FAR]
    return [Spell(begin, ends[k], is_first and k == 0) for k, begin in enumerate([*starts, *returns])]


def spells_of(blueprint: Blueprint, outcome: Outcome, replication: int) -> dict[int, list[Spell]]:
    """When the company counted whom as a customer."""
    config, told = blueprint.config, stories(outcome)
    before = on_day_0(blueprint, replication)
    window = config.active_window_days * DAY
    found: dict[int, list[Spell]] = {}
    for c in outcome.customers:
        who = int(c["id"])
        story = told.get(who)
        ticks = {words: [] if story is None else story["tick"][np.isin(story["word"], words)].tolist()
                 for words in ((ORDER_PAID,), ENDS, (RETURN_WON_BACK,))}
        if config.market.kind == "transactional":
            found[who] = _spells_of_shopper(ticks[ORDER_PAID,], before.get(who, (None,))[0], window)
        else:
            is_there = before[who][1] if who in before else bool(ticks[ORDER_PAID,])
            start = before[who][0] if who in before else min(ticks[ORDER_PAID,], default=FAR)
            found[who] = _spells_of_subscriber(
                start if is_there else None, who not in before, ticks[ENDS], ticks[RETURN_WON_BACK,])
    return found


def recounted(blueprint: Blueprint, outcome: Outcome, replication: int) -> dict[str, np.ndarray]:
    """Accounts by segment and month: start, acquired, reactivated, churned, end, retained, active_ticks."""
    edges = outcome.month_starts.tolist()
    horizon, n_months = edges[-1], len(edges) - 1
    shape = (len(outcome.segments), n_months)
    books: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(shape, np.int64))
    is_shop = blueprint.config.market.kind == "transactional"
    segment = dict(zip(outcome.customers["id"].tolist(), outcome.customers["segment"].tolist(), strict=True))

    def month(tick: int) -> int:
        return int(np.searchsorted(edges, tick, side="right")) - 1

    for who, spells in spells_of(blueprint, outcome, replication).items():
        s = segment[who]
        active = [any(x.start < edge <= x.stop for x in spells) for edge in edges]
        books["start"][s] += active[:-1]
        books["end"][s] += active[1:]
        if is_shop:
            books["retained"][s] += np.logical_and(active[:-1], active[1:])
        else:  # A subscription is retained when it ran without a break.
            books["retained"][s] += [any(x.start < a and b <= x.stop for x in spells)
                                     for a, b in zip(edges, edges[1:], strict=False)]
        for spell in spells:
            if spell.start >= 0:
                books["acquired" if spell.is_first else "reactivated"][s, month(spell.start)] += 1
            if 0 <= spell.stop < horizon:
                books["churned"][s, month(spell.stop)] += 1
            for k in range(n_months):
                length = min(spell.stop, edges[k + 1]) - max(spell.start, edges[k])
                books["active_ticks"][s, k] += max(0, length)
    return dict(books)
