"""Kinds of journey, and what goes wrong between request and repeat: hand-offs, faults, recovery."""

from __future__ import annotations

from cxsim.settings.values import (
    BelowOne, Effect, NotNegative, NotNegativeEffect, Positive, Share, Strict, YearlyRate, neutral)


class Journey(Strict):
    """One kind of journey beside the main need clock: how often, by how many contacts, on which channels.

    `needs_per_year` is a Poisson stream of its own; the main clock (purchases, or a subscriber's
    troubles) is set in the segments. `response_days: null` takes those of ``delivery.days``.
    `channel_weights` are factors on a channel's share for this kind; 0 bars the channel.
    """

    needs_per_year: YearlyRate = 0.0
    p_further_contact: BelowOne = 0.0
    further_days: Positive = 1.0
    response_days: NotNegative | None = None
    channel_weights: dict[str, NotNegative] = {}


class RenewalJourney(Journey):
    """Contacts about a coming renewal: before which share of renewals, and how many days before."""

    share_of_renewals: Share = 0.0
    notice_days: Positive = 14.0


class Journeys(Strict):
    """The buyer's journey and the owner's, by kind."""

    purchase: Journey = Journey()
    troubleshoot: Journey = Journey()
    upgrade: Journey = Journey()
    move: Journey = Journey()
    renew: RenewalJourney = RenewalJourney()
    evaluate: Journey = Journey()


class Handoff(Strict):
    """A journey that goes on at another channel: how often context comes along, and what it costs if not.

    `integration` is the share of hand-offs at which the other side knows what was said before;
    otherwise `repeat_minutes` of repeating and `weight` (s.d. of quality) are lost. `cost_per_day` is what
    full integration costs to run, for every 1,000 starting customers; the integrated share of it is paid.
    """

    integration: Share = 1.0
    cost_per_day: NotNegative = 0.0
    repeat_minutes: NotNegative = 0.0
    weight: NotNegativeEffect = neutral()


class Use(Strict):
    """Use of what was bought: the share that breaks down, and the mean days until it does."""

    p_fault: Share = 0.0
    fault_days: Positive = 30.0


class Recovery(Strict):
    """Making good for a failed journey: how often, what it gives, how late, at what cost.

    The gain (s.d. of satisfaction) fades with the delay as exp(-delay_days / memory_days).
    """

    p_recover: Share = 0.0
    gain: Effect = neutral()
    delay_days: NotNegative = 3.0
    memory_days: Positive = 190.0
    compensation: NotNegative = 0.0
