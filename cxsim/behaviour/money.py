"""What a customer is still worth at the horizon, from his own hidden traits."""

from __future__ import annotations

import math

from cxsim.behaviour.life import exposed_row
from cxsim.behaviour.state import CUSTOMER, SUBSCRIPTION
from cxsim.journal.compiling import compiled
from cxsim.journal.events import HORIZON, KIND
from cxsim.journal.tallies import FRACTION, MONEY
from cxsim.journal.ticks import DAY

RECENT_DAYS = 90
R_MARGIN, R_BASE, R_N_RATE, R_RATE, R_N_EXIT, R_EXIT, R_GRIEVANCE = range(7)


@compiled
def residual_value(world, c):
    """Expected discounted margin after the horizon of one customer, in account currency.

    Transactional: (m - R) l / (d + p l) with daily rate l, drop-out p, margin an order m, and R what is
    spent on him whenever he may leave.
    Subscription: e^(-d t) (m (1 - q) - R) / (1 - (1 - q) e^(-d L)), next renewal in t days, period L.
    Multipliers are frozen at the segment's mean of the last 90 days.
    Sources: Fader, Hardie & Lee (2005) JMR 42:415; Fader & Hardie (2010) Marketing Science 29:85.

    Reads: traits, `recent`. Writes: nothing. Returns: value at the horizon. Draws: nothing.
    """
    if c.status != CUSTOMER:
        return 0.0
    row = world.rows[c.row, c.segment]
    recent = world.recent[c.segment]
    delta = row.discount_per_day
    yield_ = 1.0 - row.goods_share
    if recent[R_BASE] > 0:
        yield_ = recent[R_MARGIN] / recent[R_BASE]
    hazard = c.exit_hazard
    if recent[R_N_EXIT] > 0:
        hazard *= recent[R_EXIT] / FRACTION / recent[R_N_EXIT]
        hazard += recent[R_GRIEVANCE] / FRACTION / recent[R_N_EXIT]
    leaving = world.leaving[exposed_row(world, c, world.cursor[HORIZON] - 1)]
    hazard += leaving.payment_hazard
    p_exit = -math.expm1(-hazard)
    if world.cursor[KIND] == SUBSCRIPTION:
        margin = (row.fee + c.fee_step / MONEY) * yield_
        wait = (c.next_renewal - world.cursor[HORIZON]) / DAY
        period = math.exp(-delta * row.renewal_ticks / DAY)
        expected = margin * (1.0 - p_exit) - leaving.care_cost
        return math.exp(-delta * wait) * expected / (1.0 - (1.0 - p_exit) * period)
    rate = c.rate
    if recent[R_N_RATE] > 0:
        rate *= recent[R_RATE] / FRACTION / recent[R_N_RATE]
    return (row.spend_shape * c.spend_scale * yield_ - leaving.care_cost) * rate / (delta + p_exit * rate)
