"""Save offers: money off for those the company thinks are about to leave, made as they decide.

The riskiest `share` by the analytics score get one; it multiplies the hazard of this one exposure by
exp(-effect). Who would have stayed anyway takes the money as well.
"""

from __future__ import annotations

import math

from cxsim.behaviour.analytics import risk_score
from cxsim.behaviour.draws import LIFE, decision, uniform
from cxsim.journal.compiling import compiled
from cxsim.journal.events import record
from cxsim.journal.tallies import N_SAVE_OFFERS, N_SAVED_BY_OFFER, book, count, money
from cxsim.journal.ticks import DAY
from cxsim.journal.words import C_SAVE_OFFER, SAVE_OFFER_MADE

D_TAKE = decision("save_offer/take")


@compiled
def is_offered(world, leaving, c, now):
    """Whether he is among those who get an offer at this exposure.

    Reads: published risks, offers he had, how long he is known. Writes: nothing. Returns: bool.
    Draws: "analytics/score".
    """
    if leaving.offer_share == 0.0 or c.n_save_offers >= leaving.most_offers:
        return False
    if now - c.entry < leaving.known_days * DAY:
        return False
    return risk_score(world, leaving, c, c.exposures) > leaving.offer_cut


@compiled
def note_offer(world, leaving, c, now, stays, is_saved):
    """Count an offer that was made; who stays may take it, for his next payment.

    Reads: parameters. Writes: save_offer, n_save_offers, tallies, log. Returns: nothing.
    Draws: "save_offer/take".
    """
    c.n_save_offers += 1
    count(world, c.segment, now, N_SAVE_OFFERS, 1)
    record(world, c, now, SAVE_OFFER_MADE, -1, 0, math.nan, 0)
    if stays:
        if is_saved:
            count(world, c.segment, now, N_SAVED_BY_OFFER, 1)
        if uniform(world.keys[LIFE], c.id, c.exposures, D_TAKE) < leaving.p_take:
            c.save_offer = money(leaving.discount)


@compiled
def redeem_save_offer(world, c, now, channel):
    """Take the promised money off a payment; booked as retention spend, the order stays gross."""
    if c.save_offer > 0:
        book(world, c, now, channel, C_SAVE_OFFER, c.save_offer)
        c.save_offer = 0
