"""Respond: the solution comes, right, late or wrong, and is used."""

from __future__ import annotations

import math

from cxsim.behaviour.draws import decision, exponential
from cxsim.behaviour.effects import expit, journey_uniform
from cxsim.behaviour.episode import failure_weight, live_episode
from cxsim.behaviour.knowledge import knowledge_of
from cxsim.behaviour.outreach import await_contact
from cxsim.behaviour.perception import noise, own_weight
from cxsim.behaviour.programme import cancel_order
from cxsim.behaviour.renewal import fall_due
from cxsim.behaviour.rivals import goods_share
from cxsim.behaviour.state import (
    BY_FAILURE, BY_FIT, DELIVER, FAULT, M_RESPONSE, REPEAT, TRANSACTIONAL)
from cxsim.behaviour.touchpoints import (
    AT_RESPOND, H_DELIGHT, H_FAILED, H_RESPONSE, helps, note_pain, use_touchpoints)
from cxsim.journal.compiling import compiled
from cxsim.journal.events import HORIZON, KIND, record
from cxsim.journal.tallies import (
    N_AUTOMATIC_WRONG, N_FAILURES, N_FAULTS, N_LATE, N_RETURNED, N_WRONG, SOLUTION_TICKS, book,
    count, money)
from cxsim.journal.ticks import after
from cxsim.journal.words import (
    C_DELIVERY, C_REFUND, C_RETURNED_GOODS, DELIVERY_LATE, DELIVERY_RETURNED, DELIVERY_RIGHT, DELIVERY_WRONG,
    USE_FAULT)

D_LATE = decision("delivery/late")
D_DELAY = decision("delivery/delay")
D_WRONG = decision("delivery/wrong")
D_RETURN = decision("delivery/return")
D_FAULT = decision("use/fault")
D_NOISE_RESPONSE = decision("perception/noise/response")
D_CSAT_RESPONSE = decision("survey/csat/response")
D_NOISE_USE = decision("perception/noise/use")
D_CSAT_USE = decision("survey/csat/use")


@compiled
def is_late(world, row, c):
    """Whether this journey's solution comes later than promised."""
    return row.p_late > 0.0 and journey_uniform(world, c, D_LATE) < row.p_late


@compiled
def p_comes_wrong(world, row, c, now):
    """Chance that the wrong thing or quantity comes; automatic execution errs when it knows little."""
    if c.is_automatic == 0:
        return row.p_wrong
    errs = row.p_wrong_automatic * (1.0 - knowledge_of(world, row, c, now))
    return 1.0 - (1.0 - row.p_wrong) * (1.0 - errs)


@compiled
def is_wrong(world, row, c, now):
    """Whether the wrong thing comes. Draws: "delivery/wrong"."""
    p = p_comes_wrong(world, row, c, now)
    return p > 0.0 and journey_uniform(world, c, D_WRONG) < p


@compiled
def delivery_days(world, row, c, now):
    """Days from request to solution: the promise, shorter by touchpoints and knowledge; late, longer.

    Reads: row, touchpoints, knowledge. Writes: nothing. Returns: days.
    Draws: "delivery/late", "delivery/delay".
    """
    promised = world.journeys[c.row, c.kind].response_days
    days = row.delivery_days if promised < 0.0 else promised
    days *= helps(world, row, c, now, AT_RESPOND, c.channel)[H_RESPONSE]
    if row.delivery_saving != 0.0 and c.knows_need != 0:
        days *= 1.0 - row.delivery_saving * knowledge_of(world, row, c, now)
    if is_late(world, row, c):
        return days + row.late_days * exponential(journey_uniform(world, c, D_DELAY))
    return days


@compiled
def await_solution(world, row, c, now):
    """The request is settled, and the solution is on its way.

    Reads: as `delivery_days`. Writes: stage, tallies. Returns: the tick at which it comes.
    Draws: "delivery/late", "delivery/delay".
    """
    tick = after(now, delivery_days(world, row, c, now))
    count(world, c.segment, now, SOLUTION_TICKS, min(tick, world.cursor[HORIZON]) - now)
    c.stage = DELIVER
    return tick


@compiled
def respond(world, i, now):
    """The solution arrives: right, late or wrong; he starts to use it, and will judge it after use.

    Reads: row. Writes: episodes, ledger, stage, log. Returns: the tick of judgement.
    Draws: "delivery/late", "delivery/wrong", "delivery/return", "use/fault", the episode's.
    """
    c = world.customers[i]
    if not fall_due(world, i, now):
        return await_contact(world, c, now)
    row = world.rows[c.row, c.segment]
    is_order = c.is_ordered != 0
    if is_order and world.cursor[KIND] == TRANSACTIONAL:
        book(world, c, now, c.channel, C_DELIVERY, money(row.delivery_cost))
    late = is_late(world, row, c)
    wrong = is_wrong(world, row, c, now)
    if late:
        c.failures += 1
        count(world, c.segment, now, N_LATE, 1)
        record(world, c, now, DELIVERY_LATE, c.channel, 0, math.nan, 0)
    elif not wrong:
        record(world, c, now, DELIVERY_RIGHT, c.channel, 0, math.nan, 0)
    if wrong:
        _come_wrong(world, row, c, now)
    _feel_solution(world, row, c, now, (1 if late else 0) + (1 if wrong else 0))
    c.stage = REPEAT
    if is_order and row.p_fault > 0.0 and journey_uniform(world, c, D_FAULT) < row.p_fault:
        _break_down(world, row, c, now)
    return after(now, row.use_days)


@compiled
def _come_wrong(world, row, c, now):
    """The wrong thing came: he may send it back for his money; automatic execution loses trust."""
    c.failures += 1
    count(world, c.segment, now, N_WRONG, 1)
    record(world, c, now, DELIVERY_WRONG, c.channel, 0, math.nan, 0)
    if c.is_automatic != 0:
        c.n_wrong += 1
        count(world, c.segment, now, N_AUTOMATIC_WRONG, 1)
    if c.is_ordered != 0 and row.p_return > 0.0 and journey_uniform(world, c, D_RETURN) < row.p_return:
        count(world, c.segment, now, N_RETURNED, 1)
        book(world, c, now, c.channel, C_REFUND, -c.ordered)
        share = goods_share(world, row, c, c.last_order)
        book(world, c, now, c.channel, C_RETURNED_GOODS, -int(round(c.ordered * share)))
        record(world, c, now, DELIVERY_RETURNED, c.channel, 0, math.nan, -c.ordered)
        cancel_order(world, c, now, c.channel)


@compiled
def _break_down(world, row, c, now):
    """What he bought will fail in use: an owner's journey to have it put right; of two faults, the first."""
    u = journey_uniform(world, c, D_FAULT ^ 1)
    tick = after(now, row.use_days + row.fault_days * exponential(u))
    c.other_at[FAULT] = min(c.other_at[FAULT], tick)
    count(world, c.segment, now, N_FAULTS, 1)
    record(world, c, now, USE_FAULT, c.channel, 0, math.nan, 0)


@compiled
def enjoy_use(world, row, c, now):
    """After use he evaluates what he got: an episode of its own, by how well it fits what he wanted.

    Reads: fit. Writes: episodes, places, pains. Returns: nothing. Draws: "perception/noise/use",
    "survey/csat/use".
    """
    if row.w_use == 0.0:
        return
    place = world.channels.shape[1]
    felt_fit = row.w_use * (c.fit - expit(row.fit_logit)) * own_weight(world, row, c, BY_FIT)
    own = felt_fit + noise(world, row, c, D_NOISE_USE)
    live_episode(world, row, c, now, place, M_RESPONSE, own, 0.0, 0.0, 0, 0, D_CSAT_USE)
    note_pain(world, now, place, BY_FIT, felt_fit)


@compiled
def _feel_solution(world, row, c, now, n_failures):
    """Feel the solution as an episode of the journey."""
    place = world.channels.shape[1]
    help_ = helps(world, row, c, now, AT_RESPOND, c.channel)
    bad, broken = 0.0, 0.0
    if n_failures > 0 or help_[H_FAILED] > 0.0:
        unit = failure_weight(world, row, c, 2, help_)
        bad, broken = unit * n_failures, unit * help_[H_FAILED]
        count(world, c.segment, now, N_FAILURES, 1)
    own = help_[H_DELIGHT] - bad - broken + noise(world, row, c, D_NOISE_RESPONSE)
    felt, is_satisfied = live_episode(
        world, row, c, now, place, M_RESPONSE, own, 0.0, bad + broken, 0, n_failures, D_CSAT_RESPONSE)
    note_pain(world, now, place, BY_FAILURE, -bad)
    use_touchpoints(world, row, c, now, AT_RESPOND, c.channel, felt, is_satisfied, broken)
