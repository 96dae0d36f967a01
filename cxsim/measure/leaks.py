"""Leakage by kind of reward and bonus: which share of each went to what would have happened anyway."""

from __future__ import annotations

import numpy as np

from cxsim.journal.tallies import MONEY
from cxsim.journal.words import GIFTS, REFERRAL
from cxsim.measure.table import Table
from cxsim.measure.twins import BRIEF, anyway, both_lives

RECOMMENDING, WELCOME = "referral_bonus", "welcome_gift"
KINDS = (*GIFTS, RECOMMENDING, WELCOME)
"""Kinds of subsidy: categories of the ledger; `referral_bonus` holds the bonus of either side."""


def leaks_table(
    baseline: np.ndarray, scenario: np.ndarray, *, name: str, replication: int, kind: str,
    both: tuple[np.ndarray, np.ndarray] | None = None,
) -> Table:
    """What of every kind of reward and bonus leaked in one replication.

    Parameters
    ----------
    baseline, scenario : structured arrays
        From :func:`cxsim.measure.twins.brief_lives`, of the same replication.
    name : str
        The scenario's name in the tables.
    replication : int
        Its number.
    kind : str
        Kind of market ("transactional" or "subscription"), which decides what happens anyway.
    both : tuple of structured arrays, optional
        The customers of both lives, where :func:`cxsim.measure.twins.both_lives` has found them before.

    Returns
    -------
    Table
        Columns scenario, replication, kind (:data:`KINDS`, those that were given), subsidy (account currency),
        customers (who got it), leaked (account currency that went to what happens without the scenario too) and
        leakage (its share). Who is a customer in one life only leaks nothing.

    Examples
    --------
    >>> one, other = np.zeros(1, BRIEF), np.zeros(1, BRIEF)
    >>> one["orders"], other["orders"] = 3, 4
    >>> other["subsidy"], other["gifts"][0, 0] = 80_000, 80_000
    >>> row = next(leaks_table(one, other, name="a", replication=0, kind="transactional").rows())
    >>> row["kind"], row["subsidy"], row["leaked"], row["leakage"]
    ('reward_redeemed', 8.0, 6.0, 0.75)
    """
    before, after = both or both_lives(baseline, scenario)
    share = anyway(before, after, kind)
    given, leaked = _by_kind(scenario), _by_kind(after) * share[:, None]
    total, lost = given.sum(axis=0) / MONEY, leaked.sum(axis=0) / MONEY
    kept = np.flatnonzero(total > 0)
    return Table({
        "scenario": np.full(len(kept), name, dtype=object),
        "replication": np.full(len(kept), replication, dtype=np.int64),
        "kind": np.array(KINDS, dtype=object)[kept],
        "subsidy": total[kept], "customers": np.count_nonzero(given, axis=0)[kept].astype(float),
        "leaked": lost[kept], "leakage": lost[kept] / total[kept],
    })


def _by_kind(lives: np.ndarray) -> np.ndarray:
    """Each customer's subsidy by kind, in 1/10,000; what is given once goes by how he came."""
    gifts = lives["gifts"].astype(float)
    once = np.rint(lives["subsidy"] - gifts.sum(axis=1))
    # Many small gifts are summed in 24 bits, so that a trace of them may seem to be left.
    once = np.where(once > 1e-6 * lives["subsidy"], once, 0.0)
    was_brought = lives["source"] == REFERRAL
    return np.column_stack([gifts, np.where(was_brought, once, 0.0), np.where(was_brought, 0.0, once)])


def no_leaks() -> Table:
    """The table of a run that was compared with nothing."""
    nobody = np.zeros(0, BRIEF)
    return leaks_table(nobody, nobody, name="", replication=0, kind="")
