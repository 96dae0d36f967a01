"""Win-back: one who left is contacted and may return, with the same traits and a life budget of its own."""

from __future__ import annotations

import math

from cxsim.behaviour.accounts import count_repeat, start_counting
from cxsim.behaviour.analytics import join_ranks
from cxsim.behaviour.contagion import rejoin_ties
from cxsim.behaviour.draws import LIFE, decision, uniform
from cxsim.behaviour.effects import expit, lead, logit, unit_exponential
from cxsim.behaviour.life import D_BUDGET, expose
from cxsim.behaviour.outreach import make_contact, redeem_return_offer
from cxsim.behaviour.recognize import rest
from cxsim.behaviour.renewal import fall_due, pay_period
from cxsim.behaviour.state import CUSTOMER, PURCHASE, SUBSCRIPTION
from cxsim.behaviour.streams import open_streams
from cxsim.journal.compiling import compiled
from cxsim.journal.events import KIND, record
from cxsim.journal.tallies import N_WON_BACK, count, money
from cxsim.journal.ticks import NEVER
from cxsim.journal.words import RETURN_WON_BACK

D_RETURN = decision("win_back/return")


@compiled
def p_returns(world, row, leaving, c, now):
    """Chance that a contact brings him back: logit p + b z, z what he still thinks of the brand."""
    if leaving.return_satisfaction == 0.0:
        return leaving.p_return
    return expit(logit(leaving.p_return) + leaving.return_satisfaction * lead(world, row, c, now))


@compiled
def win_back(world, i, now):
    """Contact one who left; he comes back, or he is contacted once more, or never.

    Reads: row of the day, memory. Writes: accounts, a new life, ledger, log. Returns: the tick of what is
    next. Draws: "win_back/return" of that contact, those of a returning life.
    """
    c = world.customers[i]
    fall_due(world, i, now)
    expose(world, c, now)
    make_contact(world, c, now)
    leaving = world.leaving[c.row]
    if leaving.reach > 0.0 and leaving.p_return > 0.0:
        u = uniform(world.keys[LIFE], c.id, (c.n_orders << 8) | c.n_attempts, D_RETURN)
        if u < p_returns(world, world.rows[c.row, c.segment], leaving, c, now):
            _come_back(world, leaving, c, now)
    return rest(world, i, now)


@compiled
def _come_back(world, leaving, c, now):
    """Start a new life: a subscriber subscribes at once, a shopper has a need at once.

    Reads: parameters. Writes: status, life budget, need clock, streams, accounts, ledger, log.
    Returns: nothing. Draws: "life/budget" of that life, "stream".
    """
    c.n_returns += 1
    c.status = CUSTOMER
    c.left = NEVER
    c.contact_at = NEVER
    c.exit_hazard *= leaving.rel_hazard
    c.life_left = unit_exponential(world, c, D_BUDGET, c.n_returns)
    c.deferred, c.grievance = 0.0, 0.0
    c.need_clock = now
    c.n_waiting = 0
    join_ranks(world, c)
    rejoin_ties(c)
    count(world, c.segment, now, N_WON_BACK, 1)
    if world.cursor[KIND] == SUBSCRIPTION:
        _subscribe_again(world, leaving, c, now)
    else:
        record(world, c, now, RETURN_WON_BACK, -1, 0, math.nan, 0)
        c.is_back = 1
        c.waiting[0], c.waiting_kind[0] = now, PURCHASE
        c.n_waiting = 1
    open_streams(world, c, now)


@compiled
def _subscribe_again(world, leaving, c, now):
    """A new contract on the plain plan; who was away has not been retained without a break."""
    row = world.rows[c.row, c.segment]
    c.was_active, c.was_active_first = 0, 0
    c.n_taken, c.fee_step = 0, 0
    c.next_renewal = now + int(row.renewal_ticks)
    start_counting(world, c, now)
    c.return_offer = money(leaving.return_offer)
    record(world, c, now, RETURN_WON_BACK, -1, 0, math.nan, c.return_offer)
    redeem_return_offer(world, c, now, -1)
    count_repeat(world, c, now)
    pay_period(world, row, c, now)
