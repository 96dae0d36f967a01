"""Hidden states of customers at the end of every month, as a table: what no company sees."""

from __future__ import annotations

import numpy as np

from cxsim.engines.outcome import Outcome
from cxsim.engines.snapshots import STATE
from cxsim.journal.ticks import DAY
from cxsim.journal.words import SOURCES
from cxsim.measure.table import Table

STATUSES = ("prospect", "customer", "gone")


def states_table(outcome: Outcome, scenario: str) -> Table:
    """Hidden states of one replication, one row a customer and month; no rows unless ``output.states=month``.

    Parameters
    ----------
    outcome : Outcome
        One finished replication.
    scenario : str
        Name for the column `scenario`.

    Returns
    -------
    Table
        Columns scenario, replication, month (from 1, as in kpis), day (on which it ended), customer, segment,
        source, status (prospect, customer, gone), tenure_days, orders, journeys (judged so far), satisfaction
        (faded to that day), standing (the z that links read: s.d. around the baseline's mean), expectation, known
        (interactions the brand remembers), rate_per_day (of own needs, before effects), exit_hazard (of one
        exposure, before effects), life_left (of the budget hazards spend), spend_scale, points, tier, reached
        (scenario parts that ever reached him, as bits).

    Examples
    --------
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> len(states_table(make_blank_outcome(), "baseline"))
    0
    """
    states = np.zeros(0, STATE) if outcome.states is None else outcome.states
    return Table({
        "scenario": np.full(len(states), scenario, dtype=object),
        "replication": np.full(len(states), outcome.replication, dtype=np.int64),
        "month": states["month"].astype(np.int64),
        "day": states["tick"] // DAY,
        "customer": states["id"],
        "segment": np.array(outcome.segments, dtype=object)[states["segment"]],
        "source": np.array(SOURCES, dtype=object)[states["source"]],
        "status": np.array(STATUSES, dtype=object)[states["status"]],
        "tenure_days": states["tenure_days"],
        "orders": states["n_orders"],
        "journeys": states["n_judged"],
        "satisfaction": states["satisfaction"],
        "standing": states["standing"],
        "expectation": states["expectation"],
        "known": states["known"],
        "rate_per_day": states["rate"],
        "exit_hazard": states["exit_hazard"],
        "life_left": states["life_left"],
        "spend_scale": states["spend_scale"],
        "points": states["points"],
        "tier": states["tier"],
        "reached": states["reached"],
    })


def no_states() -> Table:
    """The table of a run that was not asked for states."""
    from cxsim.measure.blank import make_blank_outcome

    return states_table(make_blank_outcome(), "")
