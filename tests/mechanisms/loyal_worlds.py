"""Worlds in which a loyalty programme is all that acts, and ways to read what it did."""

from __future__ import annotations

import numpy as np

from cxsim.engines.outcome import Outcome
from cxsim.journal.ticks import DAY
from cxsim.journal.words import JUDGE, ORDER_PAID
from life_story import stories

# Shoppers who order every fortnight, for two years.
BUSY = ("n_customers=40", "horizon_days=730", "segments.shoppers.purchase.r=6",
        "segments.shoppers.purchase.alpha_weeks=12")
# Everybody joins, everybody redeems as soon as he can, nothing expires.
EVERYBODY = ("loyalty.p_enrol=1", "loyalty.p_redeem=1", "loyalty.expiry_days=9999")


def paid(outcome: Outcome) -> np.ndarray:
    """Orders, each customer's in their order."""
    log = outcome.events[outcome.events["word"] == ORDER_PAID]
    return log[np.lexsort((log["journey"], log["customer"]))]


def stories_of(outcome: Outcome) -> list[np.ndarray]:
    """Every customer's events in the order in which he lived them."""
    return list(stories(outcome).values())


def needs(outcome: Outcome) -> dict[tuple[int, int], int]:
    """Tick of a customer's n-th judged need of the run, from 1."""
    found = {}
    for story in stories_of(outcome):
        for n, event in enumerate(story[story["word"] == JUDGE], start=1):
            found[int(event["customer"]), n] = int(event["need_tick"])
    return found


def end_of_day(tick: int) -> int:
    """The midnight after a tick: from then on the need clock knows of it."""
    return (int(tick) // DAY + 1) * DAY


def is_apart(gaps: dict[tuple[int, int], int], who: int, n: int) -> bool:
    """Whether need n stands alone, some days after the one before and before the next.

    Of needs that come while another is met, the clock runs on before the order.
    """
    return all(gaps.get((who, k), 9 * DAY) > 3 * DAY for k in (n - 1, n)) and (who, n) in gaps


def gaps_between_needs(outcome: Outcome) -> dict[tuple[int, int], int]:
    """Ticks from a customer's n-th need of the run to the next."""
    at = needs(outcome)
    return {(who, n): at[who, n + 1] - tick for (who, n), tick in at.items() if (who, n + 1) in at}
