"""The loyalty programme as the rest of a life meets it: at an order, by the calendar, at an offer, on leaving."""

from __future__ import annotations

from cxsim.behaviour.draws import decision, uniform
from cxsim.behaviour.effects import faded
from cxsim.behaviour.life import person_key
from cxsim.behaviour.loyalty import cancel_points, earn_points, expire_points, redeem_points
from cxsim.behaviour.membership import end_membership, is_member, join_membership, membership_lift
from cxsim.behaviour.state import SUBSCRIPTION
from cxsim.behaviour.tiers import count_spend, end_year, lose_tier, tier_cost, tier_exit, uncount_spend
from cxsim.journal.compiling import compiled
from cxsim.journal.events import KIND
from cxsim.journal.tallies import N_MEMBERS_JOINED, N_MEMBERS_LEFT, book, count, money
from cxsim.journal.ticks import NEVER
from cxsim.journal.words import C_EXCLUSIVE_OFFER, C_MEMBER_BENEFIT

D_ENROL = decision("loyalty/enrol")


@compiled
def reward_order(world, c, now, channel, amount):
    """What an order (a subscriber's payment) brings in the programme: reward, membership, points, tier.

    Benefits are those of the tier he had as he ordered.

    Reads: programme, tiers. Writes: his account and status, ledger, tallies, log. Returns: nothing.
    Draws: "loyalty/redeem", "loyalty/join", "loyalty/enrol".
    """
    programme = world.programme[c.row]
    c.earned = 0
    if programme.is_on == 0.0 and programme.p_join == 0.0:
        return
    is_free = redeem_points(world, c, now, channel)
    join_membership(world, c, now, channel)
    endowed = _enrol(world, programme, c, now)
    earn_points(world, c, now, channel, amount, endowed, is_free)
    cost = tier_cost(world, c)
    if c.fee_at > 0:
        cost += money(programme.benefit_cost)
    if cost > 0:
        book(world, c, now, channel, C_MEMBER_BENEFIT, cost)
    count_spend(world, c, now, channel, amount)


@compiled
def _enrol(world, programme, c, now):
    """Enrol one who wants to be, and whoever pays; the points he is given for it, once a life.

    Reads: programme. Writes: is_enrolled, tallies. Returns: points. Draws: "loyalty/enrol" (one a life).
    """
    if programme.is_on == 0.0 or c.is_enrolled != 0:
        return 0
    if c.fee_at == 0 and uniform(person_key(world, c.source), c.id, 0, D_ENROL) >= programme.p_enrol:
        return 0
    if not is_member(c):
        count(world, c.segment, now, N_MEMBERS_JOINED, 1)
        c.joined_at = now
    c.is_enrolled = 1
    c.n_enrolled += 1
    return int(programme.endowed_points) if c.n_enrolled == 1 else 0


@compiled
def next_change(c):
    """The tick at which his account changes by itself: points expire, a year of his ends. NEVER if none."""
    tick = NEVER
    if c.points > 0:
        tick = min(tick, c.expires_at)
    if c.tier > 0 or c.year_spend > 0:
        tick = min(tick, c.year_end)
    return tick


@compiled
def take_change(world, c, tick):
    """Let what `next_change` announced happen. Writes: points, tier, tallies, log."""
    if c.points > 0 and c.expires_at <= tick:
        expire_points(world, c, tick)
    else:
        end_year(world, c, tick)


@compiled
def fee_due(c):
    """The tick at which his paid period ends; NEVER for one who pays for none."""
    return c.fee_at if c.fee_at > 0 else NEVER


@compiled
def member_exit(world, c, now):
    """Log hazard multiplier of a member: what joining does (it fades), his tier, a subscriber's paid membership.

    Source of the fading: Meyer-Waarden (2007), effects erode six to nine months after joining.
    """
    pull = tier_exit(world, c)
    programme = world.programme[c.row]
    if programme.exit != 0.0 and is_member(c):
        pull += programme.exit * faded(1.0, c.joined_at, now, programme.exit_days)
    if world.cursor[KIND] == SUBSCRIPTION:
        pull -= membership_lift(world, c)
    return pull


@compiled
def member_acceptance(world, c):
    """Logit that an exclusive offer adds to a member's acceptance."""
    return world.programme[c.row].upsell_logit if is_member(c) else 0.0


@compiled
def give_exclusive(world, c, now, channel, amount):
    """Book what a member is given off an offer he took: a share of its amount (of one period's step)."""
    discount = world.programme[c.row].discount
    if discount > 0.0 and amount > 0 and is_member(c):
        book(world, c, now, channel, C_EXCLUSIVE_OFFER, int(round(amount * discount)))


@compiled
def cancel_order(world, c, now, channel):
    """An order came back: its points and its spend no longer count.

    Reads: points, year. Writes: points, account, year, log. Returns: nothing. Draws: nothing.
    """
    cancel_points(world, c, now, channel, c.earned)
    c.earned = 0
    uncount_spend(world, c, c.ordered)


@compiled
def leave_programme(world, c, now):
    """He leaves the brand. A cancelled contract is seen: points and status end with it.

    A shopper who stays away is not seen to have left: his points stay outstanding until they expire.

    Reads: account. Writes: membership, points, tier, tallies, log. Returns: nothing. Draws: nothing.
    """
    end_membership(world, c, now)
    if world.cursor[KIND] == SUBSCRIPTION and c.is_enrolled != 0:
        cancel_points(world, c, now, -1, c.points)
        lose_tier(world, c, now)
        c.is_enrolled = 0
        count(world, c.segment, now, N_MEMBERS_LEFT, 1)
