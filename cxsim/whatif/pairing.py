"""Lives paired as they are finished, replication by replication, so that few of them are held at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cxsim.measure.table import Table
from cxsim.measure.twins import no_twins, twins_table

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
        self._made: dict[tuple[int, int], Table] = {}

    def meet(self, side: int, replication: int, lives: np.ndarray) -> None:
        """Take in one side's life of one replication."""
        here = self._waiting.setdefault(replication, {})
        here[side] = lives
        if len(here) < len(self.sides):
            return
        config, segments = self.sides[0].config, self.sides[0].blueprint.segments
        for other in range(1, len(self.sides)):
            self._made[other, replication] = twins_table(
                here[0], here[other], name=self.sides[other].name, replication=replication,
                kind=config.market.kind, segments=segments)
        del self._waiting[replication]

    def table(self) -> Table:
        """All pairs, by scenario and replication."""
        return Table.concat([self._made[place] for place in sorted(self._made)]) if self._made else no_twins()
