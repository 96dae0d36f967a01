"""The points account: what was issued, redeemed, expired and cancelled by day, and what customers still hold."""

from __future__ import annotations

import numpy as np

from cxsim.engines.outcome import Outcome
from cxsim.measure.table import Table


def points_table(outcome: Outcome, scenario: str) -> Table:
    """The points account of one replication by day and segment.

    Parameters
    ----------
    outcome : Outcome
        One finished replication.
    scenario : str
        Name for the column `scenario`.

    Returns
    -------
    Table
        Columns scenario, replication, day, segment, issued, redeemed, expired, cancelled, outstanding (at
        the end of the day). In every row: outstanding = outstanding of the day before + issued - redeemed -
        expired - cancelled (before day 0: those of a warm-up). No rows where no points were ever issued.

    Examples
    --------
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> outcome = make_blank_outcome()
    >>> outcome.points[0, 0] = (10, 0, 0, 0)
    >>> outcome.points[5, 0] = (0, 3, 1, 1)
    >>> points_table(outcome, "points")["outstanding"].tolist()[3:7]
    [10, 10, 5, 5]
    """
    n_days, n_segments, _ = outcome.points.shape if outcome.points.any() else (0, len(outcome.segments), 4)
    issued, redeemed, expired, cancelled = (outcome.points[:n_days, :, i] for i in range(4))
    opening = np.zeros((n_segments, 4), np.int64) if outcome.opening_points is None else outcome.opening_points
    held = np.cumsum(issued - redeemed - expired - cancelled, axis=0) + opening @ (1, -1, -1, -1)
    n_rows = n_days * n_segments
    return Table({
        "scenario": np.full(n_rows, scenario, dtype=object),
        "replication": np.full(n_rows, outcome.replication, dtype=np.int64),
        "day": np.repeat(np.arange(n_days), n_segments),
        "segment": np.array(outcome.segments * n_days, dtype=object),
        "issued": issued.ravel(),
        "redeemed": redeemed.ravel(),
        "expired": expired.ravel(),
        "cancelled": cancelled.ravel(),
        "outstanding": held.ravel(),
    })
