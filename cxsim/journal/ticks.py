"""Time is a whole number of microseconds since midnight of day 0; nothing else is ever added up."""

from __future__ import annotations

import math

from cxsim.journal.compiling import compiled

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NEVER = 2**62
MOST_DAYS = 1.0e7

# Ranks of events of one instant (MIDNIGHT first).
MIDNIGHT, PLAN, SERVICE_END, PATIENCE_END, JOINING, ORDINARY = range(6)


@compiled
def ticks(days):
    """Ticks of a duration in days, rounded up, at least 1; NEVER for one no horizon can hold."""
    if not days < MOST_DAYS:
        return NEVER
    return max(1, int(math.ceil(days * DAY)))


@compiled
def after(now, days):
    """The tick that lies a duration in days after `now`; NEVER stays NEVER."""
    length = ticks(days)
    if length >= NEVER:
        return NEVER
    return now + length


@compiled
def day_of(tick):
    """The day a tick belongs to; ticks before midnight of day 0 have negative days."""
    return tick // DAY
