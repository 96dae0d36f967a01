"""Recommendation: invitations that bring new customers, each with a lineage and a life of his own."""

from __future__ import annotations

import math

from cxsim.behaviour.draws import CHILD, LIFE, child_id, decision, exponential, poisson, two_uniforms
from cxsim.behaviour.effects import exponent, group_of, journey_uniform, run_bin
from cxsim.behaviour.life import be_born
from cxsim.behaviour.state import ENTER, L_INVITATION
from cxsim.journal.compiling import compiled
from cxsim.journal.events import HORIZON, LOG_SHARE, MEASURING, record
from cxsim.journal.tallies import FRACTION, N_INVITATIONS, count, fraction, money
from cxsim.journal.ticks import DAY, after
from cxsim.journal.words import INVITE_SENT, REFERRAL

D_INVITE = decision("referral/invite")
D_FRIEND = decision("referral/friend")


@compiled
def invite_friends(world, i, now):
    """Tell friends after a journey: a Poisson number of invitations, each converting by chance.

    Mean: base rate exp(b z - kappa) (1 + lift bonus / (bonus + half)). A friend is keyed by
    (parent, journey, invitation), so one invitation more changes nobody else; he enters after
    the next midnight at the earliest.

    Reads: row, memory. Writes: newcomers at the end of the array, log. Returns: nothing.
    Draws: "referral/invite"; of the friend "referral/friend".
    """
    c = world.customers[i]
    row = world.rows[c.row, c.segment]
    talk = world.talk[c.row]
    if talk.invitations == 0.0:
        return
    mean = talk.invitations * math.exp(exponent(world, row, c, L_INVITATION, row.b_invitation, now))
    if world.cursor[MEASURING] != 0:
        bins = world.exposures[L_INVITATION, c.segment, group_of(c), run_bin(world, c, now)]
        bins[0] += fraction(mean)
        bins[1] += fraction(talk.invitations)
    n = poisson(journey_uniform(world, c, D_INVITE), mean)
    for k in range(n):
        count(world, c.segment, now, N_INVITATIONS, 1)
        record(world, c, now, INVITE_SENT, -1, 0, math.nan, 0)
        friend = child_id(world.keys[CHILD], c.id, c.journey, k)
        accepts, waits = two_uniforms(world.keys[LIFE], friend, 0, D_FRIEND)
        entry = max((now // DAY + 1) * DAY, after(now, talk.delay_days * exponential(waits)))
        if accepts < talk.p_convert and entry < world.cursor[HORIZON]:
            j = be_born(world, friend, REFERRAL, c.id, entry, world.cursor[LOG_SHARE] / FRACTION)
            world.customers[j].bonus = money(talk.bonus + talk.friend_bonus)
            world.customers[j].stage = ENTER
            world.customers[j].at = entry
