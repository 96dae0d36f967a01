"""Tiers: status reached by spend within a member's own year, kept to the end of the next one.

During his year k he holds the higher of what he reached in year k - 1 and what he has reached in year k so
far. What he spends within a year counts once; the next year starts from nothing.
"""

from __future__ import annotations

import math

from cxsim.journal.compiling import compiled
from cxsim.journal.events import record
from cxsim.journal.tallies import N_TIERS_LOST, N_TIERS_REACHED, TIER_SUM, count
from cxsim.journal.words import TIER_LOST, TIER_REACHED


@compiled
def level_of(world, c):
    """The tier whose benefits he has under the programme of his row: 0 for none."""
    return min(c.tier, int(world.programme[c.row].n_tiers))


@compiled
def rel_earn(world, c):
    """What his tier multiplies the points of an order by."""
    level = level_of(world, c)
    return world.tiers[c.row, level - 1].rel_earn if level > 0 else 1.0


@compiled
def tier_exit(world, c):
    """Log hazard multiplier of his tier."""
    level = level_of(world, c)
    return world.tiers[c.row, level - 1].exit if level > 0 else 0.0


@compiled
def tier_delight(world, c):
    """How he is treated after a journey because of his tier (satisfaction, as of any other treat)."""
    level = level_of(world, c)
    return world.tiers[c.row, level - 1].delight if level > 0 else 0.0


@compiled
def tier_cost(world, c):
    """What his tier costs the company at an order (1/10,000)."""
    level = level_of(world, c)
    return world.tiers[c.row, level - 1].cost_per_order if level > 0 else 0


@compiled
def queue_class(world, row, c):
    """Who is served first: the priority of his segment or, if that comes earlier, of his tier."""
    first = int(row.priority)
    level = level_of(world, c)
    if level > 0 and world.tiers[c.row, level - 1].priority >= 0:
        first = min(first, world.tiers[c.row, level - 1].priority)
    return first


@compiled
def tier_pull(world, c):
    """Log multiplier of the purchase rate as the next tier of his year comes near: eta spend / threshold."""
    programme = world.programme[c.row]
    if programme.tier_gradient == 0.0 or c.is_enrolled == 0 or c.year_tier >= int(programme.n_tiers):
        return 0.0
    return programme.tier_gradient * min(1.0, c.year_spend / world.tiers[c.row, c.year_tier].from_spend)


@compiled
def count_spend(world, c, now, channel, amount):
    """Add an order to the spend of his year, and give him the tier it reaches at once.

    Reads: programme, tiers. Writes: his year, his tier, tallies, log. Returns: nothing. Draws: nothing.
    """
    programme = world.programme[c.row]
    n_tiers = int(programme.n_tiers)
    if n_tiers == 0 or c.is_enrolled == 0:
        return
    year = int(programme.tier_ticks)
    if c.year_end == 0:
        c.year_end = now + year
    while c.year_end <= now:  # Years without a tier and without spend pass unnoticed.
        c.year_end += year
    c.year_spend += amount
    while c.year_tier < n_tiers and c.year_spend >= world.tiers[c.row, c.year_tier].from_spend:
        c.year_tier += 1
    if c.year_tier > c.tier:
        _move_to(world, c, now, channel, c.year_tier)


@compiled
def end_year(world, c, tick):
    """A year of his ends: what he holds from now on is what he reached in it.

    Reads: nothing more. Writes: his year, his tier, tallies, log. Returns: nothing. Draws: nothing.
    """
    if c.tier > c.year_tier:
        _move_to(world, c, tick, -1, c.year_tier)
    c.year_tier = 0
    c.year_spend = 0
    c.year_end = tick + int(world.programme[c.row].tier_ticks)


@compiled
def uncount_spend(world, c, amount):
    """Take an order that was sent back out of the spend of his year; a tier reached stays for its time."""
    if c.last_order >= c.year_end - int(world.programme[c.row].tier_ticks):
        c.year_spend = max(0, c.year_spend - amount)


@compiled
def lose_tier(world, c, now):
    """His tier ends with the relationship."""
    if c.tier > 0:
        _move_to(world, c, now, -1, 0)
    c.year_tier, c.year_spend, c.year_end = 0, 0, 0


@compiled
def _move_to(world, c, now, channel, level):
    """Change his tier, and count those who hold any."""
    word, counter = (TIER_REACHED, N_TIERS_REACHED) if level > c.tier else (TIER_LOST, N_TIERS_LOST)
    count(world, c.segment, now, counter, 1)
    count(world, c.segment, now, TIER_SUM, (1 if level > 0 else 0) - (1 if c.tier > 0 else 0))
    c.tier = level
    record(world, c, now, word, channel, 0, math.nan, 0)
