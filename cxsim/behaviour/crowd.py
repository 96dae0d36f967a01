"""The crowd: what simulated customers show at a desk, so that ghosts of those left out can be like them.

Where a fraction of the population is simulated, each simulated contact stands for `others` more. The rate at
which ghosts come is `others` times the rate at which simulated customers make contact, published at midnight:
what the reference says of that weekday and hour, times the ratio of the contacts seen to those the reference
expects. Both fade: over a day where many are seen, over four weeks at most where few are.
"""

from __future__ import annotations

import math

from cxsim.behaviour.choice import doors_on
from cxsim.behaviour.effects import BIN_DAYS
from cxsim.behaviour.state import CONTACT_CENTRE, N_CLASSES, STAFFED
from cxsim.journal.compiling import compiled
from cxsim.journal.events import KIND
from cxsim.journal.ticks import DAY, HOUR

# So many contacts are remembered: their number is then known to 2%.
ENOUGH = 1250.0
SHORTEST, LONGEST = 1.0, 28.0
# Faded sums below this say nothing any more.
LEAST = 1e-9


@compiled
def note_contact(world, c, now, offers_call_back):
    """A simulated customer reaches a desk. Reads: his class. Writes: the crowd's sums. Draws: nothing."""
    if world.contacts.shape[0] > 0:
        world.contacts[now // DAY, c.channel, now % DAY // HOUR] += 1
    if world.crowd.shape[0] > 0:
        crowd = world.crowd[c.channel]
        crowd.seen_today += 1
        crowd.classes_today[min(max(c.queue_class, 0), N_CLASSES - 1)] += 1
        if offers_call_back > 0.0:
            crowd.offered_today += 1


@compiled
def note_handling(world, c, days, nominal):
    """How long his contact is handled, against the channel's law. Writes: the crowd's sums. Draws: nothing."""
    if world.crowd.shape[0] > 0:
        crowd = world.crowd[c.channel]
        crowd.handled_today += int(days * DAY)
        crowd.nominal_today += int(nominal * DAY)


@compiled
def memory_days(days, seen):
    """Days over which contacts are remembered, from those seen in some days.

    Examples
    --------
    >>> memory_days(10.0, 5000.0), memory_days(10.0, 50.0), memory_days(1.0, 1e6)
    (2.5, 28.0, 1.0)
    """
    if seen <= 0.0:
        return LONGEST
    return min(LONGEST, max(SHORTEST, ENOUGH * days / seen))


@compiled
def _remember(crowd):
    """Fade what was seen before, and add yesterday."""
    kept = math.exp(-1.0 / memory_days(crowd.days, crowd.seen))
    crowd.days = crowd.days * kept + 1.0
    crowd.seen = crowd.seen * kept + crowd.seen_today
    crowd.usual = crowd.usual * kept + crowd.usual_today
    crowd.handled = crowd.handled * kept + crowd.handled_today
    crowd.nominal = crowd.nominal * kept + crowd.nominal_today
    crowd.offered = crowd.offered * kept + crowd.offered_today
    for k in range(N_CLASSES):
        crowd.classes[k] = crowd.classes[k] * kept + crowd.classes_today[k]
        crowd.classes_today[k] = 0
    crowd.seen_today, crowd.handled_today, crowd.nominal_today, crowd.offered_today = 0, 0, 0, 0


@compiled
def _usual_total(world, k, weekday):
    """Contacts of a weekday in the reference; on one it does not know, those of a mean day it knows, or 1."""
    total, all_days, n_days = 0.0, 0.0, 0
    for day in range(7):
        of_day = world.usual[k, day].sum()
        if day == weekday:
            total = of_day
        if of_day > 0.0:
            all_days += of_day
            n_days += 1
    if total > 0.0:
        return total
    return all_days / n_days if n_days > 0 else 1.0


@compiled
def _keeps_doors(world, k, row, weekday):
    """Whether the channel's hours under a row are those of the baseline."""
    for hour in range(25):
        if world.hours[row, k, weekday, hour] != world.hours[0, k, weekday, hour]:
            return False
    return True


@compiled
def usual_contacts(world, k, day):
    """Put the contacts expected of simulated customers in each hour of a day into `ghosts`.

    From the reference, by weekday and hour; where doors differ from the baseline's, or the reference knows
    nothing of the channel, a day's contacts fall as they do by the channel's own profile. Anonymous calls
    come at their configured rate.

    Reads: the reference's contacts, doors. Writes: ghosts. Returns: their sum. Draws: nothing.
    """
    row, weekday = doors_on(world, day)
    shares, ghosts = world.hours[row, k, weekday], world.ghosts[k]
    known = world.usual[k, weekday].sum()
    trend = world.trend[k, min(day // BIN_DAYS, world.trend.shape[1] - 1)]
    is_anonymous = world.cursor[KIND] == CONTACT_CENTRE
    follows = known > 0.0 and _keeps_doors(world, k, row, weekday)
    of_day = 0.0 if is_anonymous else _usual_total(world, k, weekday)
    total = 0.0
    for hour in range(24):
        if is_anonymous:
            ghosts[hour] = world.arrivals[k, day] / 24.0
        elif follows:
            ghosts[hour] = world.usual[k, weekday, hour] * trend
        else:
            ghosts[hour] = of_day * (shares[hour + 1] - shares[hour]) * trend
        total += ghosts[hour]
    return total


@compiled
def publish_crowd(world, day):
    """At midnight: remember yesterday's contacts, and publish how many ghosts to expect in each hour of today.

    Reads: what was seen. Writes: crowd, ghosts. Returns: nothing. Draws: nothing.
    """
    last = world.channels.shape[0] - 1
    for k in range(world.crowd.shape[0]):
        if world.channels[last, k].kind != STAFFED:
            continue
        crowd = world.crowd[k]
        if day > 0:
            _remember(crowd)
        crowd.usual_today = usual_contacts(world, k, day)
        factor = crowd.others * crowd.seen / crowd.usual if crowd.usual > LEAST else 0.0
        for hour in range(24):
            world.ghosts[k, hour] *= factor
