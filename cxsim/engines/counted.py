"""What is counted of a world that began with a warm-up: its outcome as if it had begun where that ended."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cxsim.engines.outcome import Outcome
from cxsim.journal.ticks import DAY, NEVER

# By day, by month; one day more than the run has.
BY_DAY = ("ledger", "points", "route_costs", "pulls", "touch_costs", "touch_fixed")
BY_MONTH = ("felt", "pains")
# Ticks of a customer's record that are read after the run.
TICKS = ("entry", "since", "last_order", "left")


def counted(outcome: Outcome, first_day: int) -> Outcome:
    """The outcome from `first_day` on, days and ticks counted from there; itself for day 0.

    What customers held by then (points, memberships) is kept as opening balances; the event log keeps the
    warm-up, at negative days.

    Parameters
    ----------
    outcome : Outcome
        Of the world as it was lived; its first month is the warm-up. Customers' ticks are moved in place.
    first_day : int
        Days of warm-up.
    """
    if first_day == 0:
        return outcome
    customers, start = outcome.customers, first_day * DAY
    for name in TICKS:
        customers[name] -= np.where(customers[name] == NEVER, 0, start)
    return replace(
        outcome, first_day=first_day, month_starts=outcome.month_starts[1:] - start, tally=outcome.tally[:, 1:],
        opening_tally=outcome.tally[:, 0], opening_points=outcome.points[:first_day].sum(axis=0),
        ages=outcome.ages[..., : outcome.ages.shape[2] - first_day],
        **{name: getattr(outcome, name)[first_day:] for name in BY_DAY},
        **{name: getattr(outcome, name)[1:] for name in BY_MONTH})
