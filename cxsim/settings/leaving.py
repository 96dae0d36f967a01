"""Leaving and coming back: payments, complaints, analytics, save offers, win-back. Keys with their evidence."""

from __future__ import annotations

from pydantic import Field

from cxsim.settings.values import (
    BelowOne, BelowOneEffect, Effect, NotNegative, NotNegativeEffect, Positive, Share, Strict, Whole, neutral)


class Payment(Strict):
    """Subscription: payments that fail although he wants to stay, and what is tried to save them.

    `p_failure` of the payments of renewals fail; of these `p_recovered` are recovered (retries, reminders,
    a card updater), each attempt at `recovery_cost`. The others end the subscription.
    """

    p_failure: BelowOne = 0.0
    p_recovered: Share = 0.0
    recovery_cost: NotNegative = 0.0


class Complaints(Strict):
    """Complaints about journeys in which something failed, and what answering them does.

    `p_complain` of those whom nobody made it good for complain; `p_answered` of them get an answer, after an
    exponential time of mean `answer_hours`. Who has no answer within his own patience (exponential, mean
    `patience_hours`) goes to a faster rival with chance `p_exit`, at his next occasion to leave. An answer in
    time adds `gain` (s.d. of satisfaction with the journey), fading with the time it took by `memory_days`;
    each answer costs `cost_per_answer`, in time or not.
    """

    p_complain: Share = 0.0
    p_answered: Share = 0.5
    answer_hours: float = Field(default=48.0, ge=0.0, le=8760.0)
    patience_hours: float = Field(default=72.0, gt=0.0, le=8760.0)
    p_exit: BelowOneEffect = neutral()
    gain: Effect = neutral()
    memory_days: Positive = 190.0
    cost_per_answer: NotNegative = 0.0


class Analytics(Strict):
    """How well the company knows who is about to leave.

    `auc` is the area under the curve of its score, telling the riskier half of its customers from the safer
    half: 0.5 knows nothing, 1 knows everybody's hazard. Customers have a score once they have been known for
    `delay_days`.
    """

    auc: float = Field(default=0.5, ge=0.5, le=1.0)
    delay_days: NotNegative = 0.0


class SaveOffers(Strict):
    """Offers made as a customer decides whether to stay: to the `share` with the highest score.

    An offer multiplies the hazard of that one occasion by exp(-effect). Of those who stay, `p_take` take
    `discount` (money) off their next payment or order. Nobody gets more than `max_per_customer`.
    """

    share: Share = 0.0
    effect: NotNegativeEffect = neutral()
    p_take: Share = 1.0
    discount: NotNegative = 0.0
    max_per_customer: Whole = Field(default=12, ge=1)


class WinBack(Strict):
    """Contacts to those who left or went quiet, and what brings them back.

    `reach` of them are contacted `after_days` after the company stopped counting them as active, and again
    after as many days, at most `max_attempts` times, each at `cost_per_contact`. A contact brings back
    `p_return` of those who had left (on the logit + `satisfaction` for each s.d. of satisfaction), with
    `offer_value` in hand and `rel_hazard` times their old hazard of leaving. A shop cannot tell those who
    left from those who paused: the latter redeem the offer too.
    """

    reach: Share = 0.0
    after_days: Positive = 30.0
    p_return: BelowOne = 0.0
    satisfaction: Effect = neutral()
    offer_value: NotNegative = 0.0
    cost_per_contact: NotNegative = 0.0
    max_attempts: Whole = Field(default=1, ge=1, le=12)
    rel_hazard: Positive = 1.0
