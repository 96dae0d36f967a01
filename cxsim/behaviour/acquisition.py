"""Who was won with money, by which route, and what the brand pays for him."""

from __future__ import annotations

from cxsim.behaviour.state import R_PAID
from cxsim.journal.compiling import compiled
from cxsim.journal.tallies import book, book_shared, money
from cxsim.journal.ticks import DAY
from cxsim.journal.words import C_COMMISSION, C_MEDIA, C_WELCOME_GIFT, PAID


@compiled
def route_of_day(world, route, now):
    """What a route costs and brings on a day; like staff and doors, it is the same for everybody."""
    return world.routes[world.day_row[min(now // DAY, world.day_row.shape[0] - 1)], route]


@compiled
def win(world, c, route, now):
    """Note the paid route that won him, and how those it wins differ from others.

    Reads: the route. Writes: route, rate, hazard. Returns: nothing. Draws: nothing.
    """
    c.route = route
    won = route_of_day(world, route, now)
    c.rate *= won.rel_rate
    c.exit_hazard *= won.rel_exit


@compiled
def pay_media(world, day, k):
    """Book a day's spend on the k-th paid route."""
    cost = world.media_cost[day, k]
    if cost > 0:
        book_shared(world, day * DAY, PAID, -1, C_MEDIA, 1, cost)
        world.route_costs[day, R_PAID + k, C_MEDIA] += cost


@compiled
def pay_for_newcomer(world, c, now):
    """Pay the partner's commission and the welcome gift when one who was paid for first buys.

    Reads: his route. Writes: ledger. Returns: nothing. Draws: nothing.
    """
    if c.route < R_PAID:
        return
    won = route_of_day(world, c.route, now)
    if won.commission > 0.0:
        book(world, c, now, -1, C_COMMISSION, money(won.commission))
    if won.welcome_gift > 0.0:
        book(world, c, now, -1, C_WELCOME_GIFT, money(won.welcome_gift))
