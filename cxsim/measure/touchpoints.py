"""The places where customers meet the brand: pain, delight, satisfaction and cost of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsim.behaviour.state import (
    CAUSES, F_EPISODES, F_FAILURES, F_SATISFACTION, F_SATISFIED, F_STEPS, F_TICKS)
from cxsim.engines.outcome import Outcome
from cxsim.journal.tallies import COUNTERS, FRACTION, MONEY
from cxsim.journal.ticks import MINUTE
from cxsim.journal.words import C_PROSPECT_MINUTES, C_DELIVERY, C_TOUCHPOINT, C_TOUCHPOINT_FIXED, CATEGORIES
from cxsim.measure.owners import SOLUTION, SOLUTION_OWNER, owner_of_channel, owner_of_touchpoint, p_of
from cxsim.measure.sums import ratio
from cxsim.measure.table import Table

if TYPE_CHECKING:
    from cxsim.settings.schema import Config

_SERVICE = [i for i, (_, bucket, _, _) in enumerate(CATEGORIES) if bucket == "service"]
_OF_CHANNELS = [C_PROSPECT_MINUTES, *(
    i for i in _SERVICE if i not in (C_DELIVERY, C_TOUCHPOINT, C_TOUCHPOINT_FIXED))]


def place_costs(outcome: Outcome) -> np.ndarray:
    """What each place cost over the run, in 1/10,000 of the currency: channels, solution, touchpoints.

    A channel: its service flows (paid hours, fees, training, hiring) and prospects' minutes. The
    solution: delivery, and service flows without a channel. A touchpoint: its use and running cost. The
    sum is the service bucket and the prospects' minutes.

    Examples
    --------
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> place_costs(make_blank_outcome(touchpoints=("reminder",))).tolist()
    [0, 0, 0]
    """
    flows = outcome.ledger[..., 1].sum(axis=(0, 1, 2))
    by_channel = flows[:, _OF_CHANNELS].sum(axis=1)
    by_channel[-1] += flows[:, C_DELIVERY].sum()
    touchpoints = outcome.touch_costs[..., 1].sum(axis=(0, 1, 2)) + outcome.touch_fixed.sum(axis=0)
    return np.concatenate([by_channel, touchpoints])


def _words(outcome: Outcome, config: Config | None) -> dict[str, list[str]]:
    """Name, kind, owner, P and stage of every place."""
    rows = [(name, "channel", owner_of_channel(config, name), "request") for name in outcome.channels]
    rows.append((SOLUTION, "solution", SOLUTION_OWNER, "respond"))
    for name in outcome.touchpoints:
        known = config is not None and name in config.touchpoints
        stage = config.touchpoints[name].stage if known else ""
        rows.append((name, "touchpoint", owner_of_touchpoint(config, name), stage))
    names, kinds, owners, stages = (list(column) for column in zip(*rows, strict=True))
    return {"touchpoint": names, "kind": kinds, "owner": owners, "p": [p_of(one) for one in owners],
            "stage": stages}


def touchpoints_table(outcome: Outcome, scenario: str, config: Config | None = None) -> Table:
    """Every place of one replication where anything happened, over the whole run.

    Parameters
    ----------
    outcome : Outcome
        One finished replication.
    scenario : str
        Name for the column `scenario`.
    config : Config, optional
        That scenario's configuration, for owners and stages.

    Returns
    -------
    Table
        Columns scenario, replication, touchpoint (name of the place), kind (channel, solution or
        touchpoint), owner, p, stage, journeys (judged in the run, the same in every row), episodes,
        satisfied_share (answers 4-5 of the survey after the episode), mean_satisfaction (of an episode,
        0 = as in the baseline), pain and delight (s.d. of perceived quality lost and gained per 100
        judged journeys), minutes (per episode), steps (per episode of a channel: reaching it, repeating,
        searching), failures, cost (money), then pain_<cause> and
        delight_<cause> for every cause. Shares and rates of nothing are NaN.

    Examples
    --------
    >>> from cxsim.measure.blank import make_blank_outcome
    >>> outcome = make_blank_outcome()
    >>> outcome.felt[0, 0, F_EPISODES], outcome.felt[0, 0, F_SATISFIED] = 4, 3
    >>> next(touchpoints_table(outcome, "baseline").rows())["satisfied_share"]
    0.75
    """
    felt, pains = outcome.felt.sum(axis=0), outcome.pains.sum(axis=0)
    costs = place_costs(outcome)
    kept = np.flatnonzero(felt.any(axis=1) | pains.any(axis=(1, 2)) | (costs != 0))
    judged = int(outcome.tally[:, :-1, COUNTERS.index("judged")].sum())
    per_100 = ratio(100.0 * pains[kept] / FRACTION, np.array(judged))
    episodes, n = felt[kept, F_EPISODES], len(kept)
    columns = {
        "scenario": np.full(n, scenario, dtype=object),
        "replication": np.full(n, outcome.replication, dtype=np.int64),
        **{name: np.array(values, dtype=object)[kept] for name, values in _words(outcome, config).items()},
        "journeys": np.full(n, judged, dtype=np.int64),
        "episodes": episodes,
        "satisfied_share": ratio(felt[kept, F_SATISFIED], episodes),
        "mean_satisfaction": ratio(felt[kept, F_SATISFACTION] / FRACTION, episodes),
        "pain": per_100[:, :, 0].sum(axis=1),
        "delight": per_100[:, :, 1].sum(axis=1),
        "minutes": ratio(felt[kept, F_TICKS] / MINUTE, episodes),
        "steps": ratio(felt[kept, F_STEPS], np.where(felt[kept, F_STEPS] > 0, episodes, 0)),
        "failures": felt[kept, F_FAILURES],
        "cost": costs[kept] / MONEY,
    }
    for side, name in enumerate(("pain", "delight")):
        columns |= {f"{name}_{cause}": per_100[:, k, side] for k, cause in enumerate(CAUSES)}
    return Table(columns)
