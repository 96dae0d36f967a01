"""The ledger as a table: every flow of money by day, with its bucket and what it did to profit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import MONEY
from cxsim.journal.words import C_TOUCHPOINT, C_TOUCHPOINT_FIXED, CATEGORIES, SHARED, SOURCES
from cxsim.measure.owners import owner_of_channel, owner_of_touchpoint
from cxsim.measure.sums import profit_effects
from cxsim.measure.table import Table, text_column

if TYPE_CHECKING:
    from cxsim.settings.schema import Config

OF_CHANNEL = ("staff", "contact_fee", "visit", "prospect_minutes")
OF_TOUCHPOINT = (C_TOUCHPOINT, C_TOUCHPOINT_FIXED)
Flows = tuple[np.ndarray, np.ndarray]
"""Where flows are (day, segment, source, place, category) and how many and how much (count, amount)."""


def _owners(outcome: Outcome, config: Config | None) -> np.ndarray:
    """Owner of a flow by place (channels, none, touchpoints) and category; a place's own flows are its owner's."""
    n_channels, n_touchpoints = len(outcome.channels), len(outcome.touchpoints)
    owners = np.array(
        [[owner for _, _, owner, _ in CATEGORIES]] * (n_channels + 1 + n_touchpoints), dtype=object)
    if config is None:
        return owners
    own = [i for i, (name, _, _, _) in enumerate(CATEGORIES) if name in OF_CHANNEL]
    for place, channel in enumerate(outcome.channels):
        if channel in config.channels:
            owners[place, own] = owner_of_channel(config, channel)
    for place, touchpoint in enumerate(outcome.touchpoints, start=n_channels + 1):
        owners[place, OF_TOUCHPOINT] = owner_of_touchpoint(config, touchpoint)
    return owners


def _of_channels(outcome: Outcome) -> tuple[np.ndarray, np.ndarray]:
    """Flows that have no touchpoint: (day, segment, source, channel, category) and (count, amount)."""
    has_flow = (outcome.ledger[..., 0] | outcome.ledger[..., 1]) != 0
    if outcome.touchpoints:
        has_flow[..., list(OF_TOUCHPOINT)] = False
    spots = np.nonzero(has_flow)
    return np.array(spots), outcome.ledger[spots].T


def _of_touchpoints(outcome: Outcome) -> tuple[np.ndarray, np.ndarray]:
    """Flows of touchpoints in the same form; their place stands behind the channels and none."""
    first = len(outcome.channels) + 1
    used = np.nonzero(outcome.touch_costs[..., 0] | outcome.touch_costs[..., 1])
    day, segment, source, touchpoint = used
    uses = np.array([day, segment, source, first + touchpoint, np.full(len(day), C_TOUCHPOINT)])
    running = np.nonzero(outcome.touch_fixed)
    n = len(running[0])
    fixed = np.array([running[0], np.full(n, len(outcome.segments)), np.full(n, SHARED), first + running[1],
                      np.full(n, C_TOUCHPOINT_FIXED)])
    flows = np.array([np.ones(n, dtype=np.int64), outcome.touch_fixed[running]])
    return (np.concatenate([uses, fixed], axis=1),
            np.concatenate([outcome.touch_costs[used].T, flows], axis=1))


def flows_of(outcome: Outcome) -> Flows:
    """All flows in the order of day, segment, source, place, category; (count, amount) of each."""
    spots, flows = _of_channels(outcome)
    if not outcome.touchpoints:
        return spots, flows
    further, amounts = _of_touchpoints(outcome)
    spots, flows = np.concatenate([spots, further], axis=1), np.concatenate([flows, amounts], axis=1)
    order = np.lexsort(spots[::-1])
    return spots[:, order], flows[:, order]


def _texts(words: Sequence[str], number: np.ndarray) -> np.ndarray:
    """A column of texts by number; a word may stand under several numbers."""
    once = {word: place for place, word in enumerate(dict.fromkeys(words))}
    return text_column(list(once), np.array([once[word] for word in words], dtype=np.int32)[number])


def ledger_table(
    outcome: Outcome, scenario: str, config: Config | None = None, flows: Flows | None = None,
) -> Table:
    """The ledger of one replication, one row for every day, segment, source, channel and category.

    Amounts are positive in their own bucket (a refund is negative revenue, returned goods are negative
    goods); `profit_effect` carries the sign (+ revenue, - costs), so its plain sum is the run's profit.

    Parameters
    ----------
    outcome : Outcome
        One finished replication.
    scenario : str
        Name for the column `scenario`.
    config : Config, optional
        With it, flows of a channel or touchpoint are owned by its owner.
    flows : Flows, optional
        What :func:`flows_of` gave, where it is at hand.

    Returns
    -------
    Table
        Columns scenario, replication, day (from 0), segment ('shared' for flows of nobody's),
        source, channel ('none' where there is none), category, owner, count, amount, bucket,
        profit_effect, touchpoint ('' where there is none). Rows of the categories `touchpoint` and
        `touchpoint_fixed` are by touchpoint instead of channel.

    Examples
    --------
    >>> from cxsim.journal.words import C_ORDER, ORGANIC
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> outcome = make_blank_outcome()
    >>> outcome.ledger[3, 0, ORGANIC, 0, C_ORDER] = (1, 499_900)
    >>> next(ledger_table(outcome, "baseline").rows())["profit_effect"]
    49.99
    """
    (day, segment, source, place, category), (counts, amounts) = flows or flows_of(outcome)
    owners = _owners(outcome, config)
    none = ["none"] * (1 + len(outcome.touchpoints))
    nowhere = [""] * (1 + len(outcome.channels))

    def words(position: int) -> np.ndarray:
        return _texts([entry[position] for entry in CATEGORIES], category)

    return Table({
        "scenario": _texts([scenario], np.zeros(len(day), dtype=np.int32)),
        "replication": np.full(len(day), outcome.replication, dtype=np.int64),
        "day": day,
        "segment": _texts([*outcome.segments, "shared"], segment),
        "source": _texts(SOURCES, source),
        "channel": _texts([*outcome.channels, *none], place),
        "category": words(0),
        "owner": _texts(owners.ravel().tolist(), place * owners.shape[1] + category),
        "count": counts,
        "amount": amounts / MONEY,
        "bucket": words(1),
        "profit_effect": amounts * profit_effects()[category] / MONEY,
        "touchpoint": _texts([*nowhere, *outcome.touchpoints], place),
    })
