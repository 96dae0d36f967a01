"""What a request that was met becomes: an order, a dearer plan, help on its way, or a prospect who walks away."""

from __future__ import annotations

from cxsim.behaviour.offers import takes_offer
from cxsim.behaviour.ordering import place_order
from cxsim.behaviour.programme import give_exclusive
from cxsim.behaviour.prospects import decline, is_convinced, take_up
from cxsim.behaviour.respond import await_solution
from cxsim.behaviour.state import EVALUATE, PROSPECT, PURCHASE, REPEAT, SUBSCRIPTION, TRANSACTIONAL
from cxsim.behaviour.touchpoints import H_CONVERSION, H_UPSELL
from cxsim.journal.compiling import compiled
from cxsim.journal.events import KIND
from cxsim.journal.tallies import REQUEST_STEPS, count, money


@compiled
def settle_request(world, row, c, now, help_):
    """The request is met: an order is paid, a dearer plan taken, help is on its way, or he only looked.

    Reads: row, journey. Writes: order, ledger, points, stage, log. Returns: the tick of delivery, or of the
    judgement where nothing is delivered. Draws: "prospects/convinced", the offer's, the order's, the delivery's.
    """
    gain = help_[H_UPSELL]
    if c.kind == EVALUATE:
        c.stage = REPEAT
        return now + 1
    if c.kind == PURCHASE and not is_convinced(world, row, c, now, help_[H_CONVERSION]):
        decline(world, c, now)
        c.stage = REPEAT
        return now + 1
    if world.cursor[KIND] == TRANSACTIONAL and c.kind == PURCHASE:
        place_order(world, row, c, now, gain)
        count(world, c.segment, now, REQUEST_STEPS, 1)
    elif c.status == PROSPECT and c.kind == PURCHASE:
        take_up(world, c, now)
    elif world.cursor[KIND] == SUBSCRIPTION and c.n_taken < row.upsell_ladder and row.fee_step > 0.0:
        if takes_offer(world, row, c, now, gain):
            step = money(row.fee_step)
            c.fee_step += step
            give_exclusive(world, c, now, c.channel, step)
    return await_solution(world, row, c, now)
