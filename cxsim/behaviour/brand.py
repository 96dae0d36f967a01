"""What the brand does at midnight: publish yesterday's figures and book the day's shared costs."""

from __future__ import annotations

from cxsim.behaviour.analytics import publish_ranks
from cxsim.behaviour.acquisition import pay_media
from cxsim.behaviour.contagion import deliver_departures
from cxsim.behaviour.crowd import publish_crowd
from cxsim.behaviour.employees import end_day
from cxsim.behaviour.knowledge import publish_knowledge
from cxsim.behaviour.word_of_mouth import publish_word_of_mouth
from cxsim.journal.compiling import compiled
from cxsim.journal.tallies import book_shared
from cxsim.journal.ticks import DAY, HOUR, MINUTE
from cxsim.journal.words import C_INTEGRATION, C_PROGRAMME, C_STAFF, C_TOUCHPOINT_FIXED, C_TRAINING, SHARED


@compiled
def publish_waits(world):
    """Publish the mean wait of every channel and hour; an hour without contacts keeps its last."""
    for k in range(world.wait_sums.shape[0]):
        for hour in range(24):
            sums = world.wait_sums[k, hour]
            if sums[0] > 0:
                world.waits[k, hour] = sums[1] / sums[0] / MINUTE
                sums[2] += sums[0]
                sums[3] += sums[1]
                sums[0] = 0
                sums[1] = 0


@compiled
def begin_day(world, day):
    """Publish figures made from events before today, then book the day's hours, training, running costs, media.

    Reads: staff plan, media plan, departures. Writes: published waits, ties, ledger. Returns: nothing.
    Draws: nothing.
    """
    if day > 0:
        publish_waits(world)
        end_day(world, day)
        deliver_departures(world, day)
    publish_crowd(world, day)
    publish_knowledge(world, day)
    publish_word_of_mouth(world, day)
    publish_ranks(world)
    tick = day * DAY
    for k in range(world.staff_cost.shape[1]):
        if world.staff_cost[day, k] > 0:
            hours = world.staff_hours[day, k] // HOUR
            book_shared(world, tick, SHARED, k, C_STAFF, hours, world.staff_cost[day, k])
        if world.training_cost[day, k] > 0:
            book_shared(world, tick, SHARED, k, C_TRAINING, 1, world.training_cost[day, k])
        if world.integration_cost[day, k] > 0:
            book_shared(world, tick, SHARED, k, C_INTEGRATION, 1, world.integration_cost[day, k])
    for k in range(world.media_cost.shape[1]):
        pay_media(world, day, k)
    if world.programme_cost[day] > 0:
        book_shared(world, tick, SHARED, -1, C_PROGRAMME, 1, world.programme_cost[day])
    for t in range(world.touch_fixed.shape[1]):
        if world.touch_fixed[day, t] > 0:
            book_shared(world, tick, SHARED, -1, C_TOUCHPOINT_FIXED, 1, world.touch_fixed[day, t])


@compiled
def set_on_duty(world, channel, n):
    """Tell a team how many are on duty from now on."""
    world.teams[channel].on_duty = n
