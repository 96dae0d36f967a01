"""Attachment: what he has used for long becomes his own; he pays more for it and leaves less easily.

It grows with orders paid (a subscriber: renewals), n / (n + n0). Rising retention that comes from weak
customers leaving first is already in their laws; the reference takes the baseline's mean effect out
again, so only differences between customers and scenarios act.
"""

from __future__ import annotations

from cxsim.behaviour.state import SUBSCRIPTION
from cxsim.journal.compiling import compiled
from cxsim.journal.events import KIND


@compiled
def used_to(world, c, n0):
    """How far he has come with us, 0 to 1: n / (n + n0) of n orders paid (a subscriber: renewals)."""
    n = c.n_renewals if world.cursor[KIND] == SUBSCRIPTION else c.n_orders
    return n / (n + n0)


@compiled
def attachment(world, row, c):
    """How much he regards the product as his own, 0 to 1: n / (n + n0)."""
    return used_to(world, c, row.attachment_n0)


@compiled
def attached_exit(world, row, c):
    """Log multiplier of his hazard of leaving: -b a."""
    if row.attachment_exit == 0.0:
        return 0.0
    return -row.attachment_exit * attachment(world, row, c)


@compiled
def attached_spend(world, row, c):
    """Log of what he pays more because it is his: b a."""
    if row.attachment_price == 0.0:
        return 0.0
    return row.attachment_price * attachment(world, row, c)
