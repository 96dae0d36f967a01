"""Worlds in which nothing acts but the one mechanism a test switches on, and ways to read their logs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from cxsim.behaviour.employees import staff_teams
from cxsim.behaviour.world import World
from cxsim.engines.event_batches import EventBatches
from cxsim.engines.blueprint import Blueprint, build_world
from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import COUNTERS
from cxsim.journal.ticks import DAY
from cxsim.journal.words import JUDGE, QUEUE_SERVED, SERVICE_RESOLVED
from cxsim.settings.schema import Config, ScenarioSpec
from lived_worlds import NEUTRAL, changed, live, plan, world

PHONE = 2
# One web shop where nothing fails, nobody leaves soon, and nothing moves anybody.
ALONE = (
    *NEUTRAL, "needs=always_noticed", "recovery=none", "use=none", "knowledge=none", "employees=plain",
    "touchpoints=[]", "population=new", "n_customers=300", "horizon_days=240", "delivery.p_late=0",
    "channels.web.p_failure=0", "channels.web.share=1", "channels.app.share=0", "channels.phone.share=0",
    "segments.shoppers.purchase.r=2", "segments.shoppers.purchase.a=0.01", "segments.shoppers.purchase.b=1",
)
# The same shop by phone, its doors always open and its calls of equal length.
BY_PHONE = (
    "channels.web.share=0", "channels.phone.share=1", "channels.phone.patience_minutes=null",
    "channels.phone.open_hour=0", "channels.phone.close_hour=24", "channels.phone.handle_cv=0",
    "channels.phone.open_days=[mon,tue,wed,thu,fri,sat,sun]", "channels.phone.employees=3",
    "channels.phone.at_close=serve_all",
)
# Anonymous calls of four minutes each, more people than calls: work pressure stays below one.
CALLS = ("market=contact_centre", "horizon_days=12", "channels.phone.contacts_per_hour=30",
         "channels.phone.employees=8", "channels.phone.handle_cv=0")
# What is felt is the fit alone, or nothing at all: no mood, no effort, no waiting.
CALM = ("perception.noise_sd=0", "perception.weights.effort=0", "perception.weights.wait=0")
NUMB = (*CALM, "perception.weights.fit=0")


@cache
def alone(*overrides: str) -> Config:
    """The lone shop with some keys of one's own."""
    return world(*ALONE, *overrides)


def sized(value: float) -> dict[str, float]:
    """An effect of any size, with a range that allows it."""
    return {"value": value, "low": min(0.0, value), "high": max(0.0, value)}


def with_aid(config: Config, **keys: Any) -> Config:
    """The world with one touchpoint, `aid`."""
    return changed(config, touchpoints={"aid": {"owner": "marketing", "stage": "request", "reach": 1.0, **keys}})


def standing_world(blueprint: Blueprint, replication: int = 0) -> tuple[World, dict[str, np.ndarray]]:
    """A world before anything happens: teams filled, the first records free to be written."""
    made, arrays = build_world(blueprint, replication)
    staff_teams(made)
    return made, arrays


def said(outcome: Outcome, *words: int) -> np.ndarray:
    """The events of some words, by customer and then in their order."""
    found = outcome.events[np.isin(outcome.events["word"], words)]
    return found[np.lexsort((found["sequence"], found["customer"]))]


def by_journey(outcome: Outcome, *words: int) -> dict[tuple[int, int], np.void]:
    """The first event of some words in each journey."""
    found: dict[tuple[int, int], np.void] = {}
    for event in said(outcome, *words):
        found.setdefault((int(event["customer"]), int(event["journey"])), event)
    return found


def remembered(outcome: Outcome, word: int, memory_days: float) -> Iterator[tuple[np.void, float]]:
    """Each event of a word with the faded count of journeys its customer had judged before it."""
    who, count, at = -1, 0.0, 0
    for event in said(outcome, word, JUDGE):
        if event["customer"] != who:
            who, count, at = event["customer"], 0.0, 0
        faded = count * math.exp(-(int(event["tick"]) - at) / (memory_days * DAY)) if count else 0.0
        if event["word"] == word:
            yield event, faded
        if event["word"] == JUDGE:
            count, at = faded + 1.0, int(event["tick"])


def without_uses(outcome: Outcome, categories: tuple[int, ...], words: tuple[int, ...]) -> Outcome:
    """An outcome as if some words had not been said and some flows not been booked."""
    events = outcome.events[~np.isin(outcome.events["word"], words)].copy()
    events["sequence"] = 0
    customers = outcome.customers.copy()
    customers["sequence"] = 0
    ledger = outcome.ledger.copy()
    ledger[..., list(categories), :] = 0
    places = outcome.felt.shape[1] - len(outcome.touchpoints)
    return replace(outcome, log=EventBatches(events), customers=customers, ledger=ledger, n_events=len(events),
                   felt=outcome.felt[:, :places], pains=outcome.pains[:, :places],
                   touch_costs=outcome.touch_costs[:, :, :, :0])


def run(config: Config, *parts: ScenarioSpec) -> Outcome:
    """One life of a world under some scenario parts."""
    return live(plan(config, parts))


def with_people(config: Config, **effects: float) -> Config:
    """The world with some effects of `employees`, whatever their size."""
    return changed(config, **{f"employees__{name}": sized(value) for name, value in effects.items()})


def shared(outcome: Outcome, name: str) -> int:
    """A counter that belongs to no segment, summed over months."""
    return int(outcome.tally[-1, :-1, COUNTERS.index(name)].sum())


def at_desk(config: Config) -> tuple[Any, ...]:
    """A customer at the phone with the first employee, before anything happens."""
    world_now, arrays = standing_world(plan(config))
    c = arrays["customers"][0]
    c["channel"], c["employee"] = PHONE, 0
    return world_now, arrays, c, arrays["teams"][PHONE], arrays["employees"][PHONE, 0]


def services(outcome: Outcome) -> tuple[np.ndarray, np.ndarray]:
    """Begin and end (ticks) of every contact that was served to its end, by time of begin."""
    began = {(e["customer"], e["journey"]): e["tick"] for e in said(outcome, QUEUE_SERVED)}
    pairs = [(int(began[e["customer"], e["journey"]]), int(e["tick"])) for e in said(outcome, SERVICE_RESOLVED)]
    begin, end = np.array(sorted(pairs)).T
    return begin, end
