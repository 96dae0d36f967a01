"""What draws customers nearer or drives them away beside satisfaction: sums of log multipliers.

Each mechanism has a home of its own and says how strong it is; here they are only added up. A sum of exactly 0
means that nothing acts, and then nothing is computed from it.
"""

from __future__ import annotations

from cxsim.behaviour.attachment import attached_exit, attached_spend
from cxsim.behaviour.contagion import contagious_exit
from cxsim.behaviour.knowledge import knowledge_of
from cxsim.behaviour.loyalty import goal_pull
from cxsim.behaviour.membership import membership_lift
from cxsim.behaviour.programme import member_exit
from cxsim.behaviour.prompts import reactance
from cxsim.behaviour.referred import referred_exit, referred_spend
from cxsim.behaviour.reputation import reputation_logit
from cxsim.behaviour.rivals import dearer_exit
from cxsim.behaviour.state import TRANSACTIONAL
from cxsim.behaviour.tiers import tier_pull
from cxsim.journal.compiling import compiled
from cxsim.journal.events import KIND
from cxsim.journal.ticks import DAY


@compiled
def rate_pull(world, row, c, now):
    """Log multiplier of the rate of his own needs.

    A reward draws the next purchase nearer, not the next need for help.

    Reads: programme, points, tier, membership. Writes: nothing. Returns: a number. Draws: nothing.
    """
    pull = 0.0
    if world.cursor[KIND] == TRANSACTIONAL:
        pull += goal_pull(world.programme[c.row], c)
        pull += tier_pull(world, c)
        pull += membership_lift(world, c)
    return pull


@compiled
def prospect_pull(world, row, c):
    """What draws a prospect (on the logit of being convinced) beside his journey.

    Reads: published reputation. Writes: nothing. Returns: a number. Draws: nothing.
    """
    pull = 0.0
    pull += reputation_logit(world, c)
    return pull


@compiled
def exit_pull(world, row, c, now):
    """Log multiplier of his hazard of leaving.

    Reads: attachment, prompts, ties, prices, programme, retention spend. Writes: nothing. Returns: a number.
    Draws: nothing.
    """
    pull = 0.0
    pull += attached_exit(world, row, c)
    pull += reactance(row, c, now)
    pull += dearer_exit(world, c, now)
    pull += contagious_exit(world.talk[c.row], c, now)
    pull += referred_exit(world.talk[c.row], c, now)
    pull += member_exit(world, c, now)
    pull += world.leaving[c.row].care_exit
    return pull


@compiled
def spend_pull(world, row, c, now):
    """Log multiplier of what he spends on an order.

    Reads: attachment, knowledge, prices, who brought him. Writes: nothing. Returns: a number. Draws: nothing.
    """
    pull = 0.0
    pull += attached_spend(world, row, c)
    pull += world.price[c.row, now // DAY]
    pull += referred_spend(world.talk[c.row], c, now)
    if row.price_gain != 0.0:
        pull += row.price_gain * knowledge_of(world, row, c, now)
    return pull
