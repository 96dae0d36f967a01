"""Points: earn, redeem, expire, be cancelled. Points are whole; their account ties in every row.

A stamp is a point: one an order, whatever its amount. Cashback is points that are credited at the next order.
"""

from __future__ import annotations

import math

from cxsim.behaviour.draws import LIFE, decision, uniform
from cxsim.behaviour.tiers import rel_earn
from cxsim.journal.compiling import compiled
from cxsim.journal.events import record
from cxsim.journal.tallies import MONEY, book, money
from cxsim.journal.ticks import DAY, after
from cxsim.journal.words import C_REWARD, POINTS_CANCELLED, POINTS_EARNED, POINTS_EXPIRED, POINTS_REDEEMED

D_REDEEM = decision("loyalty/redeem")
ISSUED, REDEEMED, EXPIRED, CANCELLED = range(4)


@compiled
def progress(programme, c):
    """How far along he is to the next reward: 0 just after one, 1 when it is his."""
    if c.is_enrolled == 0 or programme.reward_points == 0.0:
        return 0.0
    return min(1.0, c.points / programme.reward_points)


@compiled
def goal_pull(programme, c):
    """Log multiplier of the purchase rate as the reward comes near: eta (1 - d/D).

    Who buys more often by himself than `heavy_rate` is not moved: he collects anyway. Sources: Kivetz,
    Urminsky & Zheng (2006) JMR 43:39, eta .248 gives -20% from the first to the last interval of ten; Liu
    (2007) JM 71:19, light and moderate buyers respond, heavy ones do not.
    """
    if programme.goal_gradient == 0.0 or c.rate >= programme.heavy_rate:
        return 0.0
    return programme.goal_gradient * progress(programme, c)


@compiled
def expire_points(world, c, tick):
    """Take back points that lay unused too long, on the tick they expired.

    Reads: nothing more. Writes: points, account, log. Returns: nothing. Draws: nothing.
    """
    world.points[tick // DAY, c.segment, EXPIRED] += c.points
    c.points = 0
    record(world, c, tick, POINTS_EXPIRED, -1, 0, math.nan, 0)


@compiled
def cancel_points(world, c, now, channel, n):
    """Take back points, at most those he has: of an order sent back, or of one who ended his contract.

    Reads: points. Writes: points, account, log. Returns: nothing. Draws: nothing.
    """
    n = min(n, c.points)
    if n == 0:
        return
    c.points -= n
    world.points[now // DAY, c.segment, CANCELLED] += n
    record(world, c, now, POINTS_CANCELLED, channel, 0, math.nan, 0)


@compiled
def redeem_points(world, c, now, channel):
    """Redeem one reward at an order when he has the points and thinks of it; cashback comes by itself.

    The reward is booked at what it costs; the order stays gross.

    Reads: programme, points. Writes: points, account, ledger, log. Returns: whether he did.
    Draws: "loyalty/redeem".
    """
    programme = world.programme[c.row]
    if c.is_enrolled == 0 or c.points == 0:
        return False
    if programme.is_cashback != 0.0:
        price = c.points
    else:
        price = int(programme.reward_points)
        if price == 0 or c.points < price:
            return False
        if uniform(world.keys[LIFE], c.id, c.n_orders, D_REDEEM) >= programme.p_redeem:
            return False
    c.points -= price
    c.expires_at = after(now, programme.expiry_days)
    world.points[now // DAY, c.segment, REDEEMED] += price
    cost = money(price * programme.point_value * programme.reward_cost_share)
    book(world, c, now, channel, C_REWARD, cost)
    record(world, c, now, POINTS_REDEEMED, channel, 0, math.nan, cost)
    return True


@compiled
def earn_points(world, c, now, channel, amount, endowed, is_free):
    """Credit an order's points, and those he is given as he enrols.

    A full stamp card takes no more stamps, and the order it is handed in for (`is_free`) gets none: the next
    card starts from 0. Points go on from what was left.

    Source: Nunes & Dreze (2006) JCR 32:504, progress that is given makes people finish (endowed progress).

    Reads: programme, tier, amount. Writes: points, account, log. Returns: nothing. Draws: nothing.
    """
    programme = world.programme[c.row]
    if c.is_enrolled == 0:
        return
    earned = int((programme.points_per_order + amount * programme.points_per_unit / MONEY) * rel_earn(world, c))
    if programme.points_per_order > 0.0:
        room = max(0, int(programme.reward_points) - c.points - endowed)
        earned = 0 if is_free else min(earned, room)
    c.earned = earned
    issued = earned + endowed
    if issued == 0:
        return
    c.points += issued
    c.expires_at = after(now, programme.expiry_days)
    world.points[now // DAY, c.segment, ISSUED] += issued
    record(world, c, now, POINTS_EARNED, channel, 0, math.nan, money(issued * programme.point_value))
