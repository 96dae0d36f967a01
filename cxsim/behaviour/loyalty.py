"""The points programme: enrol, earn, redeem, expire. Points are whole; their account ties in every row."""

from __future__ import annotations

import math

from cxsim.behaviour.draws import decision, uniform
from cxsim.journal.compiling import compiled
from cxsim.journal.events import record
from cxsim.journal.tallies import MONEY, book, money
from cxsim.journal.ticks import DAY, after
from cxsim.journal.words import C_REWARD, POINTS_EARNED, POINTS_EXPIRED, POINTS_REDEEMED

D_ENROL = decision("loyalty/enrol")
D_REDEEM = decision("loyalty/redeem")
ISSUED, REDEEMED, EXPIRED = range(3)


@compiled
def progress(programme, c):
    """How far along he is to the next reward: 0 just after one, 1 when it is his."""
    if c.is_enrolled == 0 or programme.earn_rate == 0.0:
        return 0.0
    return min(1.0, c.points / programme.reward_points)


@compiled
def goal_pull(programme, c):
    """Log multiplier of the purchase rate as the reward comes near: eta (1 - d/D).

    Source: Kivetz, Urminsky & Zheng (2006) JMR 43:39; eta .248 gives -20% from the first
    to the last interval of ten.
    """
    return programme.goal_gradient * progress(programme, c)


@compiled
def expire_points(world, c, now):
    """Take back points that lay unused too long, on the tick they expired.

    Reads: programme, points. Writes: points, account, log. Returns: nothing. Draws: nothing.
    """
    if c.points == 0:
        return
    tick = after(c.points_at, world.programme[c.row].expiry_days)
    if tick <= now:
        world.points[tick // DAY, c.segment, EXPIRED] += c.points
        c.points = 0
        record(world, c, tick, POINTS_EXPIRED, -1, 0, math.nan, 0)


@compiled
def redeem_points(world, c, now, channel):
    """Redeem one reward at an order when he has the points and thinks of it.

    The reward is booked at what it costs; the order stays gross.

    Reads: programme, points. Writes: points, account, ledger, log. Returns: nothing.
    Draws: "loyalty/redeem".
    """
    programme = world.programme[c.row]
    price = int(programme.reward_points)
    if programme.earn_rate == 0.0 or c.is_enrolled == 0 or c.points < price:
        return
    if uniform(world.keys[0], c.id, c.n_orders, D_REDEEM) >= programme.p_redeem:
        return
    c.points -= price
    c.points_at = now
    world.points[now // DAY, c.segment, REDEEMED] += price
    cost = money(price * programme.earn_rate / programme.points_per_unit * programme.reward_cost_share)
    book(world, c, now, channel, C_REWARD, cost)
    record(world, c, now, POINTS_REDEEMED, channel, 0, math.nan, cost)


@compiled
def earn_points(world, c, now, channel, amount):
    """Enrol a customer who wants to be, and credit an order's points.

    Reads: programme, amount. Writes: is_enrolled, points, account, log. Returns: nothing.
    Draws: "loyalty/enrol" (once a life).
    """
    programme = world.programme[c.row]
    if programme.earn_rate == 0.0:
        return
    if c.is_enrolled == 0:
        if uniform(world.keys[0], c.id, 0, D_ENROL) >= programme.p_enrol:
            return
        c.is_enrolled = 1
    earned = int(amount * programme.points_per_unit / MONEY)
    if earned == 0:
        return
    c.points += earned
    c.points_at = now
    world.points[now // DAY, c.segment, ISSUED] += earned
    value = money(earned * programme.earn_rate / programme.points_per_unit)
    record(world, c, now, POINTS_EARNED, channel, 0, math.nan, value)
