"""What can be decided among scenarios: which to take, which not, and what is open."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["take", "none", "open", "one pair"]


@dataclass(frozen=True)
class Choice:
    """What the standing of the scenarios allows to say.

    Attributes
    ----------
    kind : {"take", "none", "open", "one pair"}
        Take `name`; take none, since all lose; nothing is decided; or too few replications to say anything.
    name : str
        The scenario to take, or the one that comes closest to it; empty where all lose.
    as_good : tuple of str
        Scenarios that beat the baseline too and are not detectably behind the best, `name` left out.
    gaining, losing, open : tuple of str
        Scenarios detectably better than the baseline, detectably worse, and neither.
    simpler_than : str
        The scenario that is better in the mean, but not detectably, than the simpler one taken; else empty.
    """

    kind: Kind
    name: str = ""
    as_good: tuple[str, ...] = ()
    gaining: tuple[str, ...] = ()
    losing: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    simpler_than: str = ""


def choose(rows: Mapping[str, Mapping[str, Any]], n_parts: Mapping[str, int], better: int) -> Choice:
    """Choose among scenarios by intervals that hold for all of them together.

    A scenario gains if its interval lies on the good side of 0. Of those that gain, the best in the mean is taken;
    but where a simpler one (of fewer parts) is not detectably behind it, the simpler one.

    Parameters
    ----------
    rows : mapping of str to mapping
        By scenario, the baseline left out: difference, ci_low_together, ci_high_together, gap_low (how far it lies
        behind the best side, lower end).
    n_parts : mapping of str to int
        How many parts each scenario has.
    better : {1, -1}
        Whether more of the metric is better.

    Examples
    --------
    >>> row = {"difference": 5.0, "ci_low_together": 2.0, "ci_high_together": 8.0, "gap_low": 0.0}
    >>> choose({"a": row}, {"a": 1}, 1).name, choose({"a": row}, {"a": 1}, -1).kind
    ('a', 'none')
    """
    if not all(math.isfinite(row["ci_low_together"]) for row in rows.values()):
        return Choice("one pair", open=tuple(rows))
    ends = {name: sorted((row["ci_low_together"] * better, row["ci_high_together"] * better))
            for name, row in rows.items()}
    gaining = [name for name, (low, _) in ends.items() if low > 0]
    losing = tuple(name for name, (_, high) in ends.items() if high < 0)
    undecided = tuple(name for name in rows if name not in gaining and name not in losing)
    gaining.sort(key=lambda name: -rows[name]["difference"] * better)
    if not gaining:
        closest = max(undecided, key=lambda name: rows[name]["difference"] * better, default="")
        return Choice("open" if undecided else "none", closest, losing=losing, open=undecided)
    level = [name for name in gaining if name == gaining[0] or not rows[name]["gap_low"] > 0]
    taken = min(level, key=lambda name: (n_parts[name], level.index(name)))
    return Choice("take", taken, tuple(name for name in level if name != taken), tuple(gaining), losing, undecided,
                  "" if taken == gaining[0] else gaining[0])


def replications_to_decide(row: Mapping[str, Any], replications: int) -> float:
    """Replications after which a difference as found would leave 0 out of its interval; infinite if it is 0.

    Examples
    --------
    >>> replications_to_decide({"difference": 1.0, "ci_low_together": -2.0, "ci_high_together": 4.0}, 10)
    90.0
    """
    half = (row["ci_high_together"] - row["ci_low_together"]) / 2
    return replications * (half / row["difference"]) ** 2 if row["difference"] else math.inf
