"""The ledger as a table: every flow of money by day, with its bucket and what it did to profit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import MONEY
from cxsim.journal.words import CATEGORIES, SOURCES
from cxsim.measure.sums import profit_effects
from cxsim.measure.table import Table

if TYPE_CHECKING:
    from cxsim.settings.schema import Config

OF_CHANNEL = ("staff", "contact_fee", "visit", "prospect_minutes")


def _owners(channels: tuple[str, ...], config: Config | None) -> np.ndarray:
    """Owner of a flow by channel (none last) and category; a channel's own flows are its owner's."""
    owners = np.array([[owner for _, _, owner, _ in CATEGORIES]] * (len(channels) + 1), dtype=object)
    if config is None:
        return owners
    own = [i for i, (name, _, _, _) in enumerate(CATEGORIES) if name in OF_CHANNEL]
    for row, channel in enumerate(channels):
        if channel in config.channels:
            owners[row, own] = config.channels[channel].owner
    return owners


def ledger_table(outcome: Outcome, scenario: str, config: Config | None = None) -> Table:
    """The ledger of one replication, one row for every day, segment, source, channel and category.

    Amounts are positive in their own bucket; `profit_effect` carries the sign (+ revenue, - costs),
    so its plain sum is the run's profit.

    Parameters
    ----------
    outcome : Outcome
        One finished replication.
    scenario : str
        Name for the column `scenario`.
    config : Config, optional
        With it, flows of a channel are owned by the channel's owner.

    Returns
    -------
    Table
        Columns scenario, replication, day (from 0), segment ('shared' for flows of nobody's),
        source, channel ('none' where there is none), category, owner, count, amount, bucket,
        profit_effect.

    Examples
    --------
    >>> from cxsim.journal.words import C_ORDER, ORGANIC
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> outcome = make_blank_outcome()
    >>> outcome.ledger[3, 0, ORGANIC, 0, C_ORDER] = (1, 499_900)
    >>> next(ledger_table(outcome, "baseline").rows())["profit_effect"]
    49.99
    """
    spots = np.nonzero(outcome.ledger.any(axis=-1))
    day, segment, source, channel, category = spots
    counts, amounts = outcome.ledger[spots].T
    channels = np.array([*outcome.channels, "none"], dtype=object)

    def words(position: int) -> np.ndarray:
        return np.array([entry[position] for entry in CATEGORIES], dtype=object)[category]

    return Table({
        "scenario": np.full(len(day), scenario, dtype=object),
        "replication": np.full(len(day), outcome.replication, dtype=np.int64),
        "day": day,
        "segment": np.array([*outcome.segments, "shared"], dtype=object)[segment],
        "source": np.array(SOURCES, dtype=object)[source],
        "channel": channels[channel],
        "category": words(0),
        "owner": _owners(outcome.channels, config)[channel, category],
        "count": counts,
        "amount": amounts / MONEY,
        "bucket": words(1),
        "profit_effect": amounts * profit_effects()[category] / MONEY,
    })
