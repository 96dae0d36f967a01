"""Recommendation: invitations that bring new customers, each with a lineage and a life of his own."""

from __future__ import annotations

import math

from cxsim.behaviour.draws import CHILD, LIFE, child_id, decision, exponential, poisson, two_uniforms
from cxsim.behaviour.effects import expit, exponent, group_of, journey_uniform, logit, run_bin
from cxsim.behaviour.life import be_born
from cxsim.behaviour.pool import is_finite, member_identity, picked_member, win_member
from cxsim.behaviour.state import ENTER, L_INVITATION
from cxsim.behaviour.word_of_mouth import warned
from cxsim.journal.compiling import compiled
from cxsim.journal.events import HORIZON, LOG_SHARE, MEASURING, record
from cxsim.journal.tallies import FRACTION, N_INVITATIONS, count, fraction, money
from cxsim.journal.ticks import DAY, after
from cxsim.journal.words import INVITE_SENT, REFERRAL

D_INVITE = decision("referral/invite")
D_FRIEND = decision("referral/friend")


@compiled
def p_converts(world, talk):
    """Chance that an invitation converts: what is said against the brand moves it on the logit."""
    against = warned(world, talk)
    if against == 0.0 or talk.p_convert == 0.0 or talk.p_convert == 1.0:
        return talk.p_convert
    return expit(logit(talk.p_convert) - against)


@compiled
def invite_friends(world, i, now):
    """Tell friends after a journey: a Poisson number of invitations, each converting by chance.

    Mean: base rate exp(b z - kappa) (1 + lift bonus / (bonus + half)); the friend's bonus and what is
    said against the brand move conversion. A friend is keyed by
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
    p = p_converts(world, talk)
    if world.cursor[MEASURING] != 0:
        bins = world.exposures[L_INVITATION, c.segment, group_of(c), run_bin(world, c, now)]
        bins[0] += fraction(mean * (p / talk.p_convert if talk.p_convert > 0.0 else 1.0))
        bins[1] += fraction(talk.invitations)
    n = poisson(journey_uniform(world, c, D_INVITE), mean)
    for k in range(n):
        count(world, c.segment, now, N_INVITATIONS, 1)
        record(world, c, now, INVITE_SENT, -1, 0, math.nan, 0)
        friend = child_id(world.keys[CHILD], c.id, c.journey, k)
        accepts, waits = two_uniforms(world.keys[LIFE], friend, 0, D_FRIEND)
        entry = max((now // DAY + 1) * DAY, after(now, talk.delay_days * exponential(waits)))
        if accepts < p and entry < world.cursor[HORIZON]:
            _bring(world, i, friend, entry)


@compiled
def _bring(world, i, friend, entry):
    """Let a friend who accepts become a customer-to-be; in a finite market he may be one already.

    Reads: row, members. Writes: a record, the lineage. Returns: nothing. Draws: those of `be_born`,
    "market/member".
    """
    c = world.customers[i]
    talk = world.talk[c.row]
    if is_finite(world):
        member = picked_member(world, friend)
        if not win_member(world, member):
            return
        friend = member_identity(member)
    j = be_born(world, friend, REFERRAL, c.id, entry, world.cursor[LOG_SHARE] / FRACTION)
    born = world.customers[j]
    born.bonus, born.friend_bonus = money(talk.bonus), money(talk.friend_bonus)
    born.generation = c.generation + 1
    born.referrer, born.next_friend = i, c.first_friend
    c.first_friend = j
    born.stage = ENTER
    born.at = entry
