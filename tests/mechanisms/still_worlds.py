"""Worlds that stand still but for one mechanism, and what the same life is where only some words are new."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import COUNTERS
from cxsim.journal.ticks import DAY
from cxsim.settings.schema import Config
from lived_worlds import NEUTRAL, changed, world
from same_life import PRIVATE, SUMS

_WEB_ONLY = (
    "channels.web.share=1", "channels.web.p_failure=0", "channels.app.share=0", "channels.app.p_failure=0",
    "channels.phone.share=0")
_COHORT = ("population=new", "market.entrants_per_day=0", "delivery=none", "use=none", "recovery=none",
           "touchpoints=[]", "journeys=simple",
           "choice=fixed_shares")
# Shoppers who buy as the law of purchase says and never leave; one channel, nothing fails or takes a day.
SHOP = (*NEUTRAL, *_COHORT, *_WEB_ONLY, "segments.shoppers.purchase.r=2",
        "segments.shoppers.purchase.alpha_weeks=10", "segments.shoppers.purchase.a=0.001",
        "segments.shoppers.purchase.b=1000")
# Subscribers whose contracts outlast the horizon, and who never need help.
OWNERS = (*NEUTRAL, "market=subscription", *_COHORT, *_WEB_ONLY, "market.renewal_days=3650",
          *(f"journeys.{kind}.needs_per_year=0" for kind in ("upgrade", "move")),
          *(f"segments.{name}.support_needs_per_year=0" for name in ("high_end", "regular")))
# Subscribers who renew every 30 days and practically never cancel.
RENEWERS = (*OWNERS, "market.renewal_days=30", *(
    f"segments.{name}.renewal.{key}" for name in ("high_end", "regular") for key in ("alpha=0.001", "beta=1000")))
# One telephone that is open day and night to everybody alike, for subscribers.
PHONE_ONLY = (
    "channels.web.share=0", "channels.phone.share=1", "channels.phone.p_resolved=1", "channels.phone.open_hour=0",
    "channels.phone.close_hour=24", "channels.phone.open_days=[mon,tue,wed,thu,fri,sat,sun]",
    "channels.phone.hourly_weights=[" + ",".join(["1.0"] * 24) + "]")
# No employee is ever busy: nobody waits for anybody.
ENDLESS = 4000


def shop(*overrides: str, **changes: Any) -> Config:
    """The shop with command-line overrides, then dotted keys (``__`` for a dot) changed."""
    return changed(world(*SHOP, *overrides), **changes)


def owners(*overrides: str, **changes: Any) -> Config:
    """The subscribers with command-line overrides, then dotted keys (``__`` for a dot) changed."""
    return changed(world(*OWNERS, *overrides), **changes)


def needing_help(rate: float) -> tuple[str, ...]:
    """Overrides that give every subscriber a rate of needs for help, a year."""
    return tuple(f"segments.{name}.support_needs_per_year={rate}" for name in ("high_end", "regular"))


def sized(value: float) -> dict[str, float]:
    """An effect of any size, within a range that allows it."""
    return {"value": value, "low": min(value, 0.0), "high": max(value, 0.0)}


def prompting(per_year: float, reach: float = 1.0) -> dict[str, Any]:
    """A library of one touchpoint that prompts."""
    return {"reminder": {"owner": "marketing", "stage": "recognize", "reach": reach, "prompts_per_year": per_year}}


def touchpoint(**keys: Any) -> dict[str, Any]:
    """A library of one touchpoint at the request."""
    return {"aid": {"owner": "support", "stage": "request", "reach": 1.0, **keys}}


def said(outcome: Outcome, *words: int) -> np.ndarray:
    """Events of some words, each customer's in the order in which he lived them."""
    found = outcome.events[np.isin(outcome.events["word"], words)]
    return found[np.lexsort((found["sequence"], found["customer"]))]


def months(outcome: Outcome, name: str, first: int = 0) -> int:
    """A counter over all segments from a month on."""
    return int(outcome.tally[:-1, first:-1, COUNTERS.index(name)].sum())


def days(outcome: Outcome) -> float:
    """Days of the horizon."""
    return float(outcome.month_starts[-1] / DAY)


def assert_same_but(
    one: Outcome, other: Outcome, *, words: Sequence[int] = (), counters: Sequence[str] = (),
    fields: Sequence[str] = (), categories: Sequence[int] = (),
) -> None:
    """Equal to the bit but for events of some words, some counters, flows and fields of a customer.

    Which row of parameters he lived under is the scenario's own affair.
    """
    logs = [o.events[~np.isin(o.events["word"], list(words))] for o in (one, other)]
    assert len(logs[0]) == len(logs[1])
    own = {"sequence"} if words else set()
    for name in set(one.events.dtype.names) - own:
        np.testing.assert_array_equal(logs[0][name], logs[1][name], err_msg=f"events: {name}")
    kept = [k for k, name in enumerate(COUNTERS) if name not in counters]
    for name in SUMS:
        ours, theirs = getattr(one, name), getattr(other, name)
        if name == "tally":
            ours, theirs = ours[..., kept], theirs[..., kept]
        if name == "ledger":
            ours, theirs = (np.delete(flows, list(categories), axis=-2) for flows in (ours, theirs))
        np.testing.assert_array_equal(ours, theirs, err_msg=name)
    people = [o.customers[np.argsort(o.customers["id"])] for o in (one, other)]
    for name in set(people[0].dtype.names) - PRIVATE - set(fields) - own - {"row", "reached"}:
        np.testing.assert_array_equal(people[0][name], people[1][name], err_msg=f"customers: {name}")
