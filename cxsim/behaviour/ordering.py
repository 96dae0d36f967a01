"""The order: an offer beside it, the basket, the payment, points."""

from __future__ import annotations

import math

from cxsim.behaviour.accounts import active_until, count_repeat, start_counting, stop_counting
from cxsim.behaviour.analytics import join_ranks
from cxsim.behaviour.acquisition import pay_for_newcomer
from cxsim.behaviour.draws import decision, positive_quantile
from cxsim.behaviour.effects import exponent, group_of, journey_uniform, run_bin
from cxsim.behaviour.life import table_of
from cxsim.behaviour.money import R_BASE
from cxsim.behaviour.offers import p_accept, takes_offer
from cxsim.behaviour.outreach import plan_contact, redeem_return_offer
from cxsim.behaviour.programme import give_exclusive, reward_order
from cxsim.behaviour.pulls import spend_pull
from cxsim.behaviour.renewal import pay_bonus
from cxsim.behaviour.respond import p_comes_wrong
from cxsim.behaviour.rivals import goods_share
from cxsim.behaviour.saving import redeem_save_offer
from cxsim.behaviour.state import CUSTOMER, L_SPEND, PROSPECT, T_SPEND
from cxsim.journal.compiling import compiled
from cxsim.journal.events import MEASURING, RECENT_FROM, record
from cxsim.journal.tallies import N_PURCHASES, REFERRED_REVENUE, book, count, money
from cxsim.journal.words import C_GOODS, C_ORDER, C_UPSELL, INVITE_CONVERTED, ORDER_PAID, REFERRAL

D_BASKET = decision("spend")


@compiled
def place_order(world, row, c, now, gain):
    """Fill the basket, take the offer or not, pay, and count what the order changes.

    Reads: row, memory, knowledge. Writes: ledger, accounts, points, log. Returns: nothing.
    Draws: "spend", "upsell/offer", "upsell/accept", the loyalty programme's.
    """
    moved = math.exp(exponent(world, row, c, L_SPEND, row.b_spend, now) + spend_pull(world, row, c, now))
    expected = row.spend_shape * c.spend_scale
    unit = positive_quantile(world.quantiles, table_of(c, T_SPEND), journey_uniform(world, c, D_BASKET))
    basket = money(unit * c.spend_scale * moved)
    p = p_accept(world, row, c, now, gain) if world.cursor[MEASURING] != 0 else 0.0
    upsell = 0
    if takes_offer(world, row, c, now, gain) and row.has_upsell_effect != 0.0:
        upsell = int(round(basket * row.rel_upsell))
    if world.cursor[MEASURING] != 0:
        offered = row.has_upsell_effect * row.p_offer * p * row.rel_upsell
        kept = 1.0 - p_comes_wrong(world, row, c, now) * row.p_return
        bins = world.exposures[L_SPEND, c.segment, group_of(c), run_bin(world, c, now)]
        bins[0] += money(expected * moved * (1.0 + offered) * kept)
        bins[1] += money(expected)
    if now >= world.cursor[RECENT_FROM]:
        world.recent[c.segment, R_BASE] += money(expected)
    c.ordered = basket + upsell
    count_order(world, c, now, basket + upsell)
    book(world, c, now, c.channel, C_ORDER, basket)
    if upsell > 0:
        book(world, c, now, c.channel, C_UPSELL, upsell)
        give_exclusive(world, c, now, c.channel, upsell)
    book(world, c, now, c.channel, C_GOODS, int(round((basket + upsell) * goods_share(world, row, c, now))))
    record(world, c, now, ORDER_PAID, c.channel, 0, math.nan, basket + upsell)
    redeem_save_offer(world, c, now, c.channel)
    redeem_return_offer(world, c, now, c.channel)
    reward_order(world, c, now, c.channel, basket + upsell)


@compiled
def count_order(world, c, now, amount):
    """Count an order, and him as acquired, reactivated or a repeat buyer."""
    if c.is_counted != 0 and now > active_until(world, c):
        stop_counting(world, c)
    if c.is_counted == 0:
        start_counting(world, c, now)
    if c.status == PROSPECT:
        c.status = CUSTOMER
        join_ranks(world, c)
        pay_for_newcomer(world, c, now)
        if c.source == REFERRAL:
            record(world, c, now, INVITE_CONVERTED, c.channel, 0, math.nan, c.bonus + c.friend_bonus)
            pay_bonus(world, c, now)
    else:
        count_repeat(world, c, now)
    if c.source == REFERRAL:
        count(world, c.segment, now, REFERRED_REVENUE, amount)
    c.n_orders += 1
    c.last_order = now
    plan_contact(world, c)
    c.is_ordered = 1
    count(world, c.segment, now, N_PURCHASES, 1)
