"""Whom a scenario is for: traits, standing, and luck that a company could choose its customers by.

Segment, source and a keyed share are settled for life; how long he is with us, what he bought, how satisfied he is
and how likely he seems to leave are read at the moment something reaches him. Whoever is planned for ahead of time
(the next prompt) is planned for as if he may be chosen, and chosen or not when it comes.
"""

from __future__ import annotations

from cxsim.behaviour.analytics import risk_score
from cxsim.behaviour.draws import LIFE, uniform
from cxsim.behaviour.effects import acting, standing
from cxsim.behaviour.state import GHOST
from cxsim.journal.compiling import compiled
from cxsim.journal.ticks import DAY, NEVER

# What a part counts as where it hangs on how he will stand: not reaching him, as he stands, reaching him.
NO, MAYBE, YES = range(3)
# Occasions of a score, apart from those of save offers (the number of an exposure).
FIRST_OCCASION = 1 << 24


@compiled
def within(bounds, value):
    """Whether a value lies in a range: the lower bound belongs to it, the upper does not."""
    return bounds[0] <= value < bounds[1]


@compiled
def _is_kind(world, audience, c):
    """Whether he is the kind of customer it is for: what never changes. Draws: "audience/<name>" of his life."""
    if c.status == GHOST or (audience.segments >> c.segment) & 1 == 0 or (audience.sources >> c.source) & 1 == 0:
        return False
    return audience.share >= 1.0 or uniform(world.keys[LIFE], c.id, 0, audience.salt) < audience.share


@compiled
def _days_since(tick, now):
    """Days since a tick; 0 for what has not happened."""
    return 0.0 if tick == NEVER or tick > now else (now - tick) / DAY


@compiled
def _stands(world, audience, c, now):
    """Whether he stands where it is meant for: tenure, orders, days without one, satisfaction, risk.

    Reads: accounts, memory, published risks. Writes: nothing. Returns: bool.
    Draws: "analytics/score" of the period.
    """
    if audience.has_tenure != 0 and not within(audience.tenure, _days_since(c.since, now)):
        return False
    if audience.has_orders != 0 and not within(audience.orders, c.n_orders):
        return False
    if audience.has_quiet != 0:
        last = c.last_order if c.n_orders > 0 else NEVER
        if not within(audience.quiet, _days_since(last, now)):
            return False
    if audience.has_satisfaction != 0:
        felt = standing(world, c, acting(world, world.rows[0, c.segment], c, now))
        if not within(audience.satisfaction, felt):
            return False
    if audience.has_risk == 0:
        return True
    occasion = FIRST_OCCASION + int(now / (audience.score_days * DAY))
    return risk_score(world, audience, c, occasion) > audience.risk_cut


@compiled
def is_for(world, audience, c, now, doubt):
    """Whether a part is for him at `now`; where that hangs on his standing, as `doubt` says."""
    if not _is_kind(world, audience, c):
        return False
    if audience.moves == 0:
        return True
    return doubt == YES if doubt != MAYBE else _stands(world, audience, c, now)


@compiled
def any_moves(world):
    """Whether anybody may come to be chosen, or cease to be, by what happens to him."""
    for part in range(world.audience.shape[0]):
        if world.audience[part].moves != 0:
            return True
    return False
