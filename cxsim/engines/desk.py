"""The clock and the desk: the only place that knows SimPy.

Events of one instant run in the order (rank, customer): SimPy's priority carries both. Times
are whole ticks, so no two engines can disagree about which of two moments comes first. A user's
ordinary ``env.timeout`` runs before the model's events of its instant.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import simpy

from cxsim.errors import CxsimError

Life = Generator[simpy.Event, Any, Any]
_AFTER_SIMPY_S_OWN = 2


class Moment(simpy.Event):
    """The event that a tick is reached, in the order of its rank and its owner's key."""

    def __init__(self, env: simpy.Environment, at: int, rank: int, key: int) -> None:
        # Written out as in SimPy's own Timeout: half of what a run does is to make these.
        self.env = env
        self.callbacks = []
        self._ok = True
        self._value = None
        env.schedule(self, _AFTER_SIMPY_S_OWN + (rank << 63 | key), at - env.now)


class Desk(simpy.PriorityResource):
    """Employees who serve the customer who came first; their number may change while they work.

    `tell` is called with the number on duty whenever it changes.
    """

    def __init__(self, env: simpy.Environment, tell: Callable[[int], None]) -> None:
        super().__init__(env, capacity=1)
        self._capacity = 0
        self._tell = tell

    @property
    def capacity(self) -> int:
        """Employees on duty. More let waiting customers in at once; fewer let running contacts end."""
        return self._capacity

    @capacity.setter
    def capacity(self, n: int) -> None:
        self._capacity = n
        self._tell(n)
        self._trigger_put(None)

    def _do_put(self, event: Any) -> bool:
        super()._do_put(event)
        return bool(event.triggered)


class Channel:
    """A channel as a process may handle it: ``world.channels[name]``.

    Attributes
    ----------
    name : str

    Times are whole ticks (microseconds): use ``world.ticks(days=, hours=, minutes=)``. Wages follow
    the staff plan of the configuration, not the capacity that a process sets.

    Examples
    --------
    An outage of the web shop on day 3, from 9:00 for six hours::

        def outage(env, world):
            yield env.timeout(world.ticks(days=3, hours=9))
            world.channels["web"].close()
            yield env.timeout(world.ticks(hours=6))
            world.channels["web"].open()
    """

    def __init__(
        self, env: simpy.Environment, name: str, is_staffed: bool, serves_all: bool, tell: Callable[[int], None],
    ) -> None:
        self._env = env
        self.name = name
        self._is_within_hours = not is_staffed
        self._is_shut = False
        self._serves_all = serves_all
        self._most_sessions: int | None = None
        self.n_sessions = 0
        self.desk = Desk(env, tell) if is_staffed else None
        self._planned = 0
        self._ordered: int | None = None
        self.sent_away = env.event()

    @property
    def capacity(self) -> int | None:
        """Employees on duty (staffed), or sessions at one time (digital; None = no limit).

        Setting a staffed channel's capacity overrules its plan of shifts until it is set to None.
        """
        return self._most_sessions if self.desk is None else self.desk.capacity

    @capacity.setter
    def capacity(self, n: int | None) -> None:
        if not (n is None or isinstance(n, int) and n >= 0):
            raise CxsimError(
                f"channels[{self.name!r}].capacity = {n!r}: must be a whole number from 0, or None for "
                + ("no limit" if self.desk is None else "what the plan says"))
        if self.desk is None:
            self._most_sessions = n
        else:
            self._ordered = n
            self.desk.capacity = self._planned if n is None else n

    @property
    def lets_in(self) -> bool:
        """Whether somebody who reaches it now gets in."""
        full = self._most_sessions is not None and self.n_sessions >= self._most_sessions
        return self.is_open and not full

    @property
    def is_open(self) -> bool:
        """Whether the doors are open: within opening hours, and not closed by a process."""
        return self._is_within_hours and not self._is_shut

    def open(self) -> None:
        """Lift a closing; opening hours hold again."""
        self._is_shut = False

    def close(self) -> None:
        """Close until `open` is called; those waiting are sent away unless the channel serves them out."""
        self._is_shut = True
        self._send_away()

    def begin_hours(self, on_duty: int) -> None:
        """Opening hours begin, or the shift changes; a process's own capacity stands."""
        self._is_within_hours = True
        self._planned = on_duty
        if self.desk is not None and self._ordered is None:
            self.desk.capacity = on_duty

    def end_hours(self) -> None:
        """Opening hours end."""
        self._is_within_hours = False
        self._send_away()

    def _send_away(self) -> None:
        if not self._serves_all:
            self.sent_away.succeed()
            self.sent_away = self._env.event()


def make_environment() -> simpy.Environment:
    """A SimPy environment whose time is a whole number of ticks from day 0."""
    return simpy.Environment(initial_time=0)
