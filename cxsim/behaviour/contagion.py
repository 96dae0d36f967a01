"""Leaving that spreads: whoever leaves, those with a tie to him are likelier to leave for a while.

Ties are those he brought, who brought him, and a fixed number of acquaintances among the starters of his
segment. A departure is delivered at the next midnight, so the order within a day does not matter.
Source: Nitzan & Libai (2011) JM 75(6):24: hazard x 1.8 after a neighbour left, fading within a month;
observed, hence an association.
"""

from __future__ import annotations

from cxsim.behaviour.draws import LIFE, decision, uniform
from cxsim.behaviour.effects import faded
from cxsim.behaviour.state import GONE
from cxsim.journal.compiling import compiled
from cxsim.journal.events import DEPARTED, HORIZON, N_STARTERS
from cxsim.journal.tallies import CONTAGION_SUM, N_CONTAGION, count, fraction
from cxsim.journal.ticks import DAY

D_ACQUAINTANCE = decision("contagion/acquaintance")
TRIES = 16
# The list of those who departed: the next one's place, the end of the list, or not in it.
NOBODY, IS_PRESENT = -1, -2


@compiled
def acquaintance(world, c, k):
    """The place of his k-th acquaintance: a starter of his segment, the same for life; -1 if none was found.

    Reads: starters. Writes: nothing. Returns: a place. Draws: "contagion/acquaintance".
    """
    n = world.cursor[N_STARTERS]
    for attempt in range(TRIES if n > 0 else 0):
        place = int(uniform(world.keys[LIFE], c.id, k * TRIES + attempt, D_ACQUAINTANCE) * n)
        other = world.customers[place]
        if other.segment == c.segment and other.id != c.id:
            return place
    return -1


@compiled
def part_from_ties(world, i, now):
    """Note that one has left: at the next midnight everybody with a tie to him knows of it, once.

    Reads: his status. Writes: the list of those who departed since midnight. Returns: nothing. Draws: nothing.
    """
    c = world.customers[i]
    if c.status != GONE or c.is_missed != 0 or now >= world.cursor[HORIZON]:
        return
    c.is_missed = 1
    if c.next_departed == IS_PRESENT:
        c.next_departed = world.cursor[DEPARTED]
        world.cursor[DEPARTED] = i


@compiled
def deliver_departures(world, day):
    """At midnight: let those who left yesterday be missed by everybody with a tie to them.

    Whole numbers are added, so the order in which they left does not matter.

    Reads: who departed, their ties. Writes: exposure of their ties; of those they brought, since when their
    referrer is gone. Returns: nothing. Draws: "contagion/acquaintance".
    """
    talk = world.talk[world.day_row[day - 1]]
    i = world.cursor[DEPARTED]
    while i != NOBODY:
        c = world.customers[i]
        if c.is_missed != 0:
            _be_missed(world, talk, c, day * DAY)
        i = c.next_departed
        c.next_departed = IS_PRESENT
    world.cursor[DEPARTED] = NOBODY


@compiled
def _be_missed(world, talk, c, midnight):
    place = c.first_friend
    while place >= 0:
        friend = world.customers[place]
        friend.referrer_left = min(friend.referrer_left, midnight)
        if talk.contagion != 0.0:
            lose_tie(friend, midnight, talk.contagion_days)
        place = friend.next_friend
    if talk.contagion == 0.0:
        return
    if c.referrer >= 0:
        lose_tie(world.customers[c.referrer], midnight, talk.contagion_days)
    for k in range(int(talk.acquaintances)):
        place = acquaintance(world, c, k)
        if place >= 0:
            lose_tie(world.customers[place], midnight, talk.contagion_days)


@compiled
def lose_tie(friend, midnight, fade_days):
    """Let one tie's departure act on somebody from a midnight on.

    What came before stands as of that midnight; departures of one day are a whole number beside it.

    Reads: his exposure. Writes: his exposure. Returns: nothing. Draws: nothing.
    """
    if friend.tie_loss_at != midnight:
        friend.tie_loss = faded(friend.tie_loss + friend.n_ties_lost, friend.tie_loss_at, midnight, fade_days)
        friend.n_ties_lost = 0
        friend.tie_loss_at = midnight
    friend.n_ties_lost += 1


@compiled
def rejoin_ties(c):
    """Let him be missed again if he leaves again (he has come back). Writes: is_missed."""
    c.is_missed = 0


@compiled
def exposure(talk, c, now):
    """How much his ties' departures weigh at `now`: their faded number, at most 1.

    Reads: his exposure. Writes: nothing. Returns: 0 to 1. Draws: nothing.
    """
    lost = c.tie_loss + (c.n_ties_lost if now >= c.tie_loss_at else 0)
    return min(1.0, faded(lost, c.tie_loss_at, now, talk.contagion_days))


@compiled
def contagious_exit(talk, c, now):
    """Log multiplier of the hazard: log(multiplier) x exposure."""
    return talk.contagion * exposure(talk, c, now) if talk.contagion != 0.0 else 0.0


@compiled
def count_contagion(world, c, now):
    """Count how exposed he is as he could leave. Reads: exposure. Writes: tallies."""
    talk = world.talk[c.row]
    if talk.contagion != 0.0:
        count(world, c.segment, now, N_CONTAGION, 1)
        count(world, c.segment, now, CONTAGION_SUM, fraction(exposure(talk, c, now)))
