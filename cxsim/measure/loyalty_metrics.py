"""The loyalty programme: its members, their tiers and fees, and what is owed in points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsim.engines.outcome import Outcome
from cxsim.measure.metric import Metric
from cxsim.measure.sums import Sums, by_period, ratio

if TYPE_CHECKING:
    from cxsim.settings.schema import Config

METRICS = (
    Metric("members", "customers", 1,
           "Customers who belong to the programme, enrolled or paying, at the end of the period. Who silently "
           "stays away still belongs to it.",
           "members joined - members left, summed to the end of the period"),
    Metric("members_joined", "customers", 1,
           "Customers who joined the programme in the period.",
           "members joined"),
    Metric("member_share", "share", 1,
           "Members at the end of the period for each active customer; it may pass 1, because members who "
           "stay away still count.",
           "members / customers_end"),
    Metric("members_in_tiers", "customers", 1,
           "Members who hold any tier at the end of the period.",
           "members who rose from no tier - members who fell to none, summed to the end of the period"),
    Metric("tiers_reached", "tiers", 1,
           "Times a member rose to a higher tier in the period.",
           "tiers reached"),
    Metric("tiers_lost", "tiers", -1,
           "Times a member's tier ended or fell in the period.",
           "tiers lost"),
    Metric("membership_fees", "money", 1,
           "Fees paid for memberships in the period.",
           "membership_fee"),
    Metric("points_issued", "points", 0,
           "Points credited in the period.",
           "points issued"),
    Metric("points_redeemed", "points", 0,
           "Points turned into rewards in the period.",
           "points redeemed"),
    Metric("points_expired", "points", 0,
           "Points that ran out unused in the period.",
           "points expired"),
    Metric("points_cancelled", "points", 0,
           "Points of orders sent back and of contracts that ended in the period.",
           "points cancelled"),
    Metric("points_value", "money", 0,
           "Face value of the points that customers hold at the end of the period.",
           "outstanding points * value of a point"),
    Metric("redeemed_value", "money", 0,
           "What rewards bought with points cost in the period. Part of reward_cost.",
           "ledger category reward_redeemed"),
    Metric("expired_value", "money", 0,
           "What the points that expired in the period would have cost had they been redeemed.",
           "points_expired * value of a point * reward_cost_share"),
    Metric("reward_liability", "money", -1,
           "What the company owes in points at the end of the period, by its own estimate of how many "
           "will be redeemed.",
           "outstanding points * value of a point (earn_rate / points_per_unit; a stamp: reward_value / stamps) "
           "* expected_redemption_share"),
    Metric("breakage", "share", 0,
           "Points expired in the period as a share of points issued in it.",
           "points_expired / points_issued"),
)


def points_flows(outcome: Outcome, months: np.ndarray) -> np.ndarray:
    """Points issued, redeemed, expired, cancelled in every period, (4, segments + 1, months + 1), all last."""
    flows = by_period(outcome.points[: len(months)], months).T
    return np.concatenate([flows, flows.sum(axis=1, keepdims=True)], axis=1)


def to_the_end(flows: np.ndarray) -> np.ndarray:
    """What flows by period (the whole run last) have added up to at the end of every period.

    Examples
    --------
    >>> to_the_end(np.array([[3, -1, 2]])).tolist()
    [[3, 2, 2]]
    """
    return np.concatenate([np.cumsum(flows[:, :-1], axis=1), flows[:, -1:]], axis=1)


def outstanding_points(outcome: Outcome, months: np.ndarray) -> np.ndarray:
    """Points customers hold at the end of every period, shape (segments + 1, months + 1), all last.

    Examples
    --------
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> outstanding_points(make_blank_outcome(), np.repeat([0, 1], 30)).tolist()
    [[0, 0, 0], [0, 0, 0]]
    """
    issued, redeemed, expired, cancelled = points_flows(outcome, months)
    return to_the_end(issued - redeemed - expired - cancelled) + _points_before(outcome)


def _points_before(outcome: Outcome) -> np.ndarray:
    """Points customers held when counting began, shape (segments + 1, 1), all last."""
    if outcome.opening_points is None:
        return np.zeros((len(outcome.segments) + 1, 1), dtype=np.int64)
    held = outcome.opening_points @ np.array([1, -1, -1, -1])
    return np.append(held, held.sum())[:, None]


def value_of_point(config: Config) -> float:
    """What one point is worth to a customer, in account currency; 0 where there is no programme."""
    return config.loyalty.point_value


def reward_liability(outcome: Outcome, config: Config, months: np.ndarray) -> np.ndarray:
    """What is owed in points at the end of every period, in account currency."""
    each = value_of_point(config) * config.loyalty.expected_redemption_share
    return outstanding_points(outcome, months) * each


def loyalty_metrics(outcome: Outcome, config: Config, sums: Sums) -> dict[str, np.ndarray]:
    """Values of :data:`METRICS`, each of shape (segments + 1, months + 1)."""
    issued, redeemed, expired, cancelled = points_flows(outcome, sums.month_of_day)
    outstanding, each = outstanding_points(outcome, sums.month_of_day), value_of_point(config)
    joined = sums.counter("members_joined")
    before = sums.opening("members_joined") - sums.opening("members_left")
    members = to_the_end(joined - sums.counter("members_left")) + before
    return {
        "members": members,
        "members_joined": joined,
        "member_share": ratio(members, sums.counter("end")),
        "members_in_tiers": to_the_end(sums.counter("tier_sum")) + sums.opening("tier_sum"),
        "tiers_reached": sums.counter("tiers_reached"),
        "tiers_lost": sums.counter("tiers_lost"),
        "membership_fees": sums.money("membership_fee"),
        "points_issued": issued,
        "points_redeemed": redeemed,
        "points_expired": expired,
        "points_cancelled": cancelled,
        "points_value": outstanding * each,
        "redeemed_value": sums.money("reward_redeemed"),
        "expired_value": expired * each * config.loyalty.reward_cost_share,
        "reward_liability": reward_liability(outcome, config, sums.month_of_day),
        "breakage": ratio(expired, issued),
    }
