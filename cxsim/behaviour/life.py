"""How a life begins: identity, traits, and for those already there the years before day 0.

Who is there on day 0 is drawn under a key of its own (`population.resample`): with the same key in every
replication the same people, with the same past, live through different luck.
"""

from __future__ import annotations

import math

from cxsim.behaviour.accounts import open_account
from cxsim.behaviour.analytics import join_ranks
from cxsim.behaviour.contagion import IS_PRESENT
from cxsim.behaviour.draws import (
    LIFE, PEOPLE, T_NORMAL_TABLE, decision, exponential, gumbel, positive_quantile, uniform)
from cxsim.behaviour.effects import faded, unit_exponential
from cxsim.behaviour.state import (
    CONTACT_CENTRE, CUSTOMER, GONE, N_BESIDE, NO_ROUTE, PROSPECT, R_ORGANIC, R_PAID, R_REFERRAL, SUBSCRIPTION,
    T_EXIT, T_RATE, T_SPEND_SCALE, TABLES_PER_SEGMENT)
from cxsim.behaviour.targeting import MAYBE, is_for
from cxsim.journal.compiling import compiled
from cxsim.journal.events import KIND, N_CUSTOMERS
from cxsim.journal.ticks import DAY, NEVER, ticks
from cxsim.journal.words import ORGANIC, PAID, REFERRAL, START

D_RATE = decision("life/rate")
D_EXIT_CHANCE = decision("life/exit_chance")
D_SPEND_SCALE = decision("life/spend_scale")
D_BUDGET = decision("life/budget")
D_NEED = decision("need")
D_START = decision("life/start")
D_LOG = decision("log")


@compiled
def route_of(source):
    """The route of a source; somebody who is already there, or a mere contact, came by none."""
    if source == ORGANIC:
        return R_ORGANIC
    if source == REFERRAL:
        return R_REFERRAL
    return R_PAID if source == PAID else NO_ROUTE


@compiled
def person_key(world, source):
    """The key under which it is drawn who somebody is, as against what happens to him."""
    return world.keys[PEOPLE] if source == START else world.keys[LIFE]


@compiled
def choose_segment(world, key, identity):
    """The segment he belongs to for life (Gumbel-max by name)."""
    best, chosen = -math.inf, 0
    for s in range(world.rows.shape[1]):
        share = world.rows[0, s].share
        if share > 0.0:
            u = uniform(key, identity, 0, world.segment_ids[s])
            utility = math.log(share) + gumbel(u)
            if utility > best:
                best, chosen = utility, s
    return chosen


@compiled
def table_of(c, which):
    """The quantile table of one of his traits."""
    return T_NORMAL_TABLE + c.segment * TABLES_PER_SEGMENT + which


@compiled
def be_born(world, identity, source, parent, entry, log_share):
    """Write a new customer at the end of the array: who he is, before anything happens to him.

    Reads: segment shares. Writes: a record. Returns: its place. Draws: "segment/<name>",
    "life/rate", "life/exit_chance", "life/spend_scale", "life/budget", "log".
    """
    i = world.cursor[N_CUSTOMERS]
    world.cursor[N_CUSTOMERS] = i + 1
    c = world.customers[i]
    c.id = identity
    c.source = source
    c.route = route_of(source)
    c.parent = parent
    c.entry = entry
    c.status = PROSPECT
    c.channel = -1
    c.queue_next = -1
    c.queue_previous = -1
    c.next_departed = IS_PRESENT
    c.is_logged = 1 if uniform(world.keys[LIFE], identity, 0, D_LOG) < log_share else 0
    c.need_clock = max(0, entry)
    c.judged_at = c.need_clock
    c.left = NEVER
    c.referrer, c.first_friend, c.next_friend, c.referrer_left = -1, -1, -1, NEVER
    c.contact_at = NEVER
    c.since = NEVER
    c.loop_at = NEVER
    c.prompted_at = -NEVER
    c.prompt_at = NEVER
    c.shock_at = NEVER
    for kind in range(N_BESIDE):
        c.other_at[kind] = NEVER
    c.last_channel = -1
    c.lost_at = -1
    c.met_at = -1
    c.employee = -1
    if world.cursor[KIND] == CONTACT_CENTRE:
        return i
    key, tables = person_key(world, source), world.quantiles
    c.segment = choose_segment(world, key, identity)
    if world.cursor[KIND] == SUBSCRIPTION:
        c.rate = world.rows[0, c.segment].support_rate
    else:
        c.rate = positive_quantile(tables, table_of(c, T_RATE), uniform(key, identity, 0, D_RATE))
        u = uniform(key, identity, 0, D_SPEND_SCALE)
        c.spend_scale = 1.0 / positive_quantile(tables, table_of(c, T_SPEND_SCALE), u)
    u = uniform(key, identity, 0, D_EXIT_CHANCE)
    c.exit_hazard = positive_quantile(tables, table_of(c, T_EXIT), u)
    c.life_left = exponential(uniform(key, identity, 0, D_BUDGET))
    return i


@compiled
def live_until_today(world, i, history_days):
    """Let a starter live neutrally from his entry to day 0 (a new cohort has no history).

    Reads: traits. Writes: orders, renewals, life budget, need clock. Returns: nothing.
    Draws: "life/start", "need".
    """
    c = world.customers[i]
    c.status = CUSTOMER
    if history_days > 0:
        age = uniform(world.keys[PEOPLE], c.id, 0, D_START) * history_days
        c.entry = -ticks(age)
    else:
        c.entry = -1
    c.since = c.entry
    if world.cursor[KIND] == SUBSCRIPTION:
        _subscribe_before(world, c)
    else:
        _buy_before(world, c)
    c.need_clock = 0
    c.judged_at = 0
    if world.keys[PEOPLE] != world.keys[LIFE] and c.status == CUSTOMER:
        _forget_what_comes(world, c)
    open_account(world, c)
    if c.status == CUSTOMER:
        join_ranks(world, c)


@compiled
def _forget_what_comes(world, c):
    """Draw anew what had been left of his budgets on day 0: exponentials have no memory, so his past holds."""
    c.life_left = unit_exponential(world, c, D_BUDGET, 0)
    c.need_left = unit_exponential(world, c, D_NEED, c.n_needs)


@compiled
def _need_before(world, c, number):
    """The unit exponential of a need before day 0."""
    return exponential(uniform(world.keys[PEOPLE], c.id, number, D_NEED))


@compiled
def _buy_before(world, c):
    """Orders before day 0: the first at entry, the others while the life budget lasts; each taught something."""
    c.n_orders = 1
    c.last_order = c.entry
    clock = c.entry
    days = world.rows[0, c.segment].known_days
    c.known, c.known_at = (1.0 if clock < -1 else 0.0), clock  # A new cohort starts unknown.
    c.n_needs = 1
    c.need_left = _need_before(world, c, 1)
    while True:
        gap = ticks(c.need_left / c.rate)
        if clock + gap >= 0:
            c.need_left = max(0.0, c.need_left - c.rate * (-clock) / DAY)
            break
        clock += gap
        c.n_orders += 1
        c.last_order = clock
        c.known, c.known_at = 1.0 + faded(c.known, c.known_at, clock, days), clock
        c.n_needs += 1
        c.need_left = _need_before(world, c, c.n_needs)
        c.life_left -= c.exit_hazard
        if c.life_left <= 0.0:
            c.status = GONE
            c.left = clock
            break
    c.orders_before = c.n_orders
    c.journey = c.n_needs - 1


@compiled
def _subscribe_before(world, c):
    """Renewals before day 0: his phase is that of his entry."""
    row = world.rows[0, c.segment]
    period = int(row.renewal_ticks)
    # Contacts before day 0 are not lived; what they taught is taken at its expectation.
    c.known = row.support_rate * row.known_days * -math.expm1(min(0, c.entry) / (row.known_days * DAY))
    start = c.entry if c.entry < -1 else 0
    c.next_renewal = start + period
    while c.next_renewal < 0:
        c.life_left -= c.exit_hazard
        if c.life_left <= 0.0:
            c.status = GONE
            c.left = c.next_renewal
            break
        c.n_renewals += 1
        c.next_renewal += period
    c.journey = -1
    c.n_needs = 0
    c.need_left = unit_exponential(world, c, D_NEED, 0)


@compiled
def reached_parts(world, c, now, doubt):
    """The scenario parts that reach him at `now`, as a set (bit k for part k).

    A part reaches him once its ramp passes his own keyed uniform, if he is one whom it is for. Where that hangs
    on how he will stand by then, the part counts as `doubt` says (MAYBE: as he stands; NO, YES: no, yes).
    """
    parts = 0
    day = min(now // DAY, world.ramp.shape[1] - 1)
    for part in range(world.ramp.shape[0]):
        share = world.ramp[part, day]
        if share > 0.0 and uniform(world.keys[LIFE], c.id, 0, world.part_ids[part]) < share:
            if world.audience[part].is_chosen == 0 or is_for(world, world.audience[part], c, now, doubt):
                parts |= 1 << part
    return parts


@compiled
def exposed_row(world, c, now):
    """The row of parameters he lives under at `now`: rows are numbered by the set of parts, 0 is the baseline."""
    return reached_parts(world, c, now, MAYBE)


@compiled
def expose(world, c, now):
    """Let him live under what reaches him from now on. Writes: row, parts that ever reached him."""
    c.row = exposed_row(world, c, now)
    c.reached |= c.row
