"""Lives paired as they are finished, replication by replication, so that few of them are held at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cxsim.measure.leaks import leaks_table, no_leaks
from cxsim.measure.table import Table
from cxsim.measure.twins import both_lives, no_twins, twins_table
from cxsim.measure.who_gains import gains_table, no_gains
from cxsim.whatif.reach import within_reach

if TYPE_CHECKING:
    from cxsim.whatif.cell import Lives


class Pairing:
    """Holds the brief lives of a replication until every side has lived it, pairs them, lets go of them.

    Parameters
    ----------
    sides : sequence of Lives
        The baseline first.
    """

    def __init__(self, sides: Sequence[Lives]) -> None:
        self.sides = sides
        self._waiting: dict[int, dict[int, np.ndarray]] = {}
        self._made: dict[tuple[int, int], dict[str, Table]] = {}

    def meet(self, side: int, replication: int, lives: np.ndarray) -> None:
        """Take in one side's life of one replication."""
        here = self._waiting.setdefault(replication, {})
        here[side] = lives
        if len(here) < len(self.sides):
            return
        config, segments = self.sides[0].config, self.sides[0].blueprint.segments
        for other in range(1, len(self.sides)):
            name, scenario = self.sides[other].name, _with_treated(self.sides[other], replication, here[other])
            both = both_lives(here[0], scenario)
            self._made[other, replication] = {
                "twins": twins_table(here[0], scenario, name=name, replication=replication,
                                     kind=config.market.kind, segments=segments, both=both),
                "leaks": leaks_table(here[0], scenario, name=name, replication=replication,
                                     kind=config.market.kind, both=both),
                "gains": gains_table(*both, name=name, replication=replication, segments=segments)}
        del self._waiting[replication]

    def tables(self, n: int | None = None) -> dict[str, Table]:
        """All pairs, by scenario and replication: twins, leaks, gains; of the first `n` where given."""
        places = [place for place in sorted(self._made) if n is None or place[1] < n]
        return {name: Table.concat([self._made[place][name] for place in places]) if places
                else nothing for name, nothing in unpaired().items()}


def _with_treated(side: Lives, replication: int, lives: np.ndarray) -> np.ndarray:
    """Lives of which those count as treated, too, whom the scenario would reach, had they made a journey."""
    if lives["is_treated"].all():
        return lives
    lives = lives.copy()
    lives["is_treated"] |= within_reach(side.blueprint, replication, lives["id"])
    return lives


def unpaired() -> dict[str, Table]:
    """The tables of a run that was compared with nothing."""
    return {"twins": no_twins(), "leaks": no_leaks(), "gains": no_gains()}
