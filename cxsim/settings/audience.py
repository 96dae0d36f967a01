"""Whom a scenario is for: the part of the customers that gets it, as a company could choose it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from cxsim.errors import CxsimError
from cxsim.settings.keys import nearest
from cxsim.settings.values import Strict

Source = Literal["start", "organic", "paid", "referral"]

# What no customer has for himself: doors and people, media, the brand's name, what is known of all. Of a group
# that is named with dots only these keys.
SHARED_GROUPS = ("employees", "acquisition", "reputation")
SHARED_KEYS = {
    "channels": ("kind", "owner", "open_hour", "close_hour", "open_days", "hourly_weights",
                 "weekend_hourly_weights", "employees", "extra_employees", "customers_per_employee", "shifts",
                 "shrinkage", "at_close", "wage_per_hour", "contacts_per_hour"),
    "segments": ("share",),
    "knowledge": ("population_start", "population_ceiling", "population_scale", "population_exponent",
                  "population_days"),
    "handoff": ("cost_per_day",),
}


def _ordered(bounds: list[float | None]) -> list[float | None]:
    low, high = bounds
    if low is not None and high is not None and low >= high:
        raise ValueError(f"{bounds} holds nothing: the first bound must lie below the second")
    return bounds


def _from_zero(bounds: list[float | None]) -> list[float | None]:
    for bound in bounds:
        if bound is not None and bound < 0:
            raise ValueError(f"{bounds} must not be negative")
    return bounds


Bounds = Annotated[list[float | None], Field(min_length=2, max_length=2), AfterValidator(_ordered)]
Amounts = Annotated[Bounds, AfterValidator(_from_zero)]


class Audience(Strict):
    """Customers a scenario is for; whoever fails one of these is left as in the baseline.

    `segments` and `sources` by name (empty: all). `share` of those who remain, by luck of their own, the same in
    every scenario of that name. Ranges are [from, to), null where there is no bound: `tenure_days` since he
    became a customer (0 before), `orders` he made in all, `quiet_days` since the last one, `satisfaction` in
    standard deviations around the baseline's mean. `risk_share`: the riskiest part of all customers as far as
    scores can tell, with `auc` as in `analytics` (0.5: blind, 1: perfect). What a score gets wrong of somebody it
    gets wrong for good, or is drawn anew every `score_days`.
    """

    segments: list[str] = []
    sources: list[Source] = []
    share: float = Field(default=1.0, gt=0.0, le=1.0)
    tenure_days: Amounts | None = None
    orders: Amounts | None = None
    quiet_days: Amounts | None = None
    satisfaction: Bounds | None = None
    risk_share: float | None = Field(default=None, gt=0.0, lt=1.0)
    auc: float = Field(default=0.75, ge=0.5, le=1.0)
    score_days: float | None = Field(default=None, gt=0.0)

    @property
    def moves(self) -> bool:
        """Whether a customer may come to belong to it, or cease to, by what happens to him."""
        return any(one is not None for one in (
            self.tenure_days, self.orders, self.quiet_days, self.satisfaction, self.risk_share))

    def __str__(self) -> str:
        told = []
        if self.segments:
            told.append(f"segment {' or '.join(self.segments)}")
        if self.sources:
            told.append(f"source {' or '.join(self.sources)}")
        for name, bounds in (("days as a customer", self.tenure_days), ("orders so far", self.orders),
                             ("days since the last order", self.quiet_days),
                             ("satisfaction in s.d. around the baseline's", self.satisfaction)):
            if bounds is not None and bounds != [None, None]:
                told.append(_told_range(name, bounds))
        if self.risk_share is not None:
            told.append(f"the riskiest {self.risk_share:.0%} by a score of AUC {self.auc:g}")
        if self.share < 1.0:
            told.append(f"{self.share:.0%} of these by luck" if told else f"{self.share:.0%} of all by luck")
        return "; ".join(told) or "everybody"


def _told_range(name: str, bounds: Sequence[float | None]) -> str:
    low, high = bounds
    if low is None:
        return f"{name} below {high:g}"
    return f"{name} from {low:g}" if high is None else f"{name} from {low:g} to below {high:g}"


def refuse_shared(name: str, changes: Mapping[tuple[str, ...], Any]) -> None:
    """Refuse to give to some what all share.

    Parameters
    ----------
    name : str
        Of the scenario that is for some.
    changes : mapping
        Its values by path, from :func:`cxsim.settings.overlay.leaves`.

    Raises
    ------
    CxsimError
        When a change is of doors, people, media, the brand's name: leave `who` out, or part the scenario in two.

    Examples
    --------
    >>> refuse_shared("vip", {("loyalty", "earn_rate"): 0.03})
    >>> refuse_shared("vip", {("channels", "phone", "employees"): 9})
    Traceback (most recent call last):
    ...
    cxsim.errors.CxsimError: scenario vip: who: channels.phone.employees is shared by all customers, so it cannot \
be for some of them; leave who out, or put it into a scenario of its own without who and compare vip+THAT
    """
    for path in changes:
        own = SHARED_KEYS.get(path[0], ())
        if path[0] in SHARED_GROUPS or any(part in own for part in path[1:]):
            raise CxsimError(
                f"scenario {name}: who: {'.'.join(path)} is shared by all customers, so it cannot be for some of "
                f"them; leave who out, or put it into a scenario of its own without who and compare {name}+THAT")


def check_audience(
    name: str, who: Audience, changes: Mapping[tuple[str, ...], Any], *, kind: str, segments: Sequence[str],
    fraction: float,
) -> None:
    """Refuse an audience this market cannot have.

    Parameters
    ----------
    name : str
        Of the scenario.
    changes : mapping
        As in :func:`refuse_shared`.
    kind, segments, fraction
        Of the market: what kind it is, its segments, `population.fraction`.

    Raises
    ------
    CxsimError
        No such segment (with the nearest), anonymous contacts, a fraction of the population, orders of
        subscribers, or a change of what all share.
    """
    if kind == "contact_centre":
        raise CxsimError(f"scenario {name}: who: a contact centre has anonymous contacts, nobody can be chosen; "
                         "leave who out (scenario.ramp_days reaches some of them by luck)")
    if fraction < 1.0:
        raise CxsimError(
            f"scenario {name}: who: of those whom population.fraction={fraction:g} leaves out nothing is known, "
            "so they cannot be chosen; set population.fraction=1, or leave who out")
    for segment in who.segments:
        if segment not in segments:
            near = nearest(segment, segments)
            raise CxsimError(f"scenario {name}: who.segments: there is no segment {segment} (there are: "
                             f"{', '.join(segments)})" + (f"; did you mean {near}?" if near else ""))
    for key in ("orders", "quiet_days"):
        if kind == "subscription" and getattr(who, key) is not None:
            raise CxsimError(f"scenario {name}: who.{key}: subscribers pay by the calendar, so their orders say "
                             "nothing of them; use who.tenure_days")
    refuse_shared(name, changes)
