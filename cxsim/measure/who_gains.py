"""Who gains from a scenario: customers of both lives by segment, satisfaction, tenure, and being reached.

Groups are made from the baseline's life, so that the scenario moves nobody from one to another: thirds of
satisfaction by how content he is at the baseline's end, thirds of tenure by how long he has been a customer.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cxsim.journal.tallies import MONEY
from cxsim.measure.table import Table
from cxsim.measure.twins import BRIEF, both_lives

THIRDS = {"satisfaction": ("least satisfied third", "middle third", "most satisfied third"),
          "tenure": ("newest third", "middle third", "oldest third")}
REACHED, NOT_REACHED = "reached", "not reached"
NO_JOURNEY = "no journey yet"
Group = tuple[str, str, np.ndarray]


def gains_table(
    baseline: np.ndarray, scenario: np.ndarray, *, name: str, replication: int, segments: tuple[str, ...],
) -> Table:
    """What a scenario did to groups of the customers of both lives in one replication.

    Parameters
    ----------
    baseline, scenario : structured arrays
        From :func:`cxsim.measure.twins.brief_lives`, of the same replication.
    name : str
        The scenario's name in the tables.
    replication : int
        Its number.
    segments : tuple of str
        Names of segments.

    Returns
    -------
    Table
        Columns scenario, replication, grouping (segment, satisfaction, tenure, treatment), group, customers,
        saved, lost, net_saved (customers), margin (account currency more than in the baseline, undiscounted) and
        orders (more than in the baseline). Thirds are left out where all are alike (of satisfaction, they are of
        those who had a journey); treatment where the scenario reaches everybody, or nobody.

    Examples
    --------
    >>> one, other = np.zeros(3, BRIEF), np.zeros(3, BRIEF)
    >>> one["id"] = other["id"] = [1, 2, 3]
    >>> one["satisfaction"], other["active"] = [0.1, 0.2, 0.3], [True, False, False]
    >>> table = gains_table(one, other, name="a", replication=0, segments=("everyone",))
    >>> table.select(grouping="satisfaction")["saved"].tolist()
    [1.0, 0.0, 0.0]
    """
    before, after = both_lives(baseline, scenario)
    groups = list(_groups(before, after, segments))
    saved, lost = ~before["active"] & after["active"], before["active"] & ~after["active"]
    figures = {
        "customers": np.ones(len(before)), "saved": saved, "lost": lost,
        "net_saved": saved.astype(float) - lost,
        "margin": (after["margin"] - before["margin"]) / MONEY,
        "orders": after["orders"].astype(float) - before["orders"],
    }
    return Table({
        "scenario": np.full(len(groups), name, dtype=object),
        "replication": np.full(len(groups), replication, dtype=np.int64),
        "grouping": np.array([grouping for grouping, _, _ in groups] or [], dtype=object),
        "group": np.array([group for _, group, _ in groups] or [], dtype=object),
        **{figure: np.array([values[members].sum() for _, _, members in groups], dtype=float)
           for figure, values in figures.items()},
    })


def _groups(before: np.ndarray, after: np.ndarray, segments: tuple[str, ...]) -> Iterator[Group]:
    """Every group with the mask of its members."""
    for number, segment in enumerate(segments):
        yield "segment", segment, before["segment"] == number
    of_satisfaction, of_tenure = before["satisfaction"], -before["entry"]
    for grouping, values in (("satisfaction", of_satisfaction), ("tenure", of_tenure)):
        is_known = np.isfinite(values)
        if is_known.sum() < 3:
            continue
        low, high = np.quantile(values[is_known], [1 / 3, 2 / 3], method="inverted_cdf")
        masks = (values <= low, (values > low) & (values <= high), values > high)
        if all(mask.any() for mask in masks):
            yield from ((grouping, group, mask) for group, mask in zip(THIRDS[grouping], masks, strict=True))
            if not is_known.all():
                yield grouping, NO_JOURNEY, ~is_known
    treated = after["is_treated"]
    if treated.any() and not treated.all():
        yield "treatment", REACHED, treated
        yield "treatment", NOT_REACHED, ~treated


def no_gains() -> Table:
    """The table of a run that was compared with nothing."""
    nobody = np.zeros(0, BRIEF)
    return gains_table(nobody, nobody, name="", replication=0, segments=())
