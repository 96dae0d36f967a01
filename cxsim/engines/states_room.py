"""Room for hidden states by month: how many rows they take, refused before a run that could not hold them."""

from __future__ import annotations

import math

from cxsim.engines.memory import available_memory, expected_newcomers, told_bytes
from cxsim.errors import CxsimError
from cxsim.settings.schedule import month_starts
from cxsim.settings.schema import Config

# Of a row while tables are put together (measured 2026-11-26: 437, with 1.2 million rows).
BYTES_A_ROW = 450


def state_rows(config: Config, sides: int) -> int:
    """Rows that ``output.states=month`` gives: everybody who has entered, at every month's end, on every side.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> state_rows(load(["output.states=month", "n_customers=1000", "horizon_days=365", "replications=2",
    ...                  "market.entrants_per_day=2", "acquisition=none"]), 1)
    32760
    """
    if config.output.states == "none":
        return 0
    months = len(month_starts(config)) - 1
    people = config.n_simulated + expected_newcomers(config) / 2.0
    return math.ceil(people * months * config.most_replications * sides)


def refuse_states_beyond_memory(config: Config, sides: int, available: float | None = None) -> None:
    """Refuse states that memory cannot hold beside the run, with what would fit.

    Parameters
    ----------
    config : Config
        The baseline's world.
    sides : int
        Baseline and scenarios that are lived.
    available : float, optional
        Bytes there are; default: :func:`cxsim.engines.memory.available_memory`.

    Raises
    ------
    CxsimError
        When they do not fit: fewer replications or customers, or none of them.

    Examples
    --------
    >>> from cxsim.config.loading import load
    >>> refuse_states_beyond_memory(load(["output.states=month", "n_customers=1e6"]), 1, available=2**30)
    Traceback (most recent call last):
    ...
    cxsim.errors.CxsimError: output.states=month: 640,000,000 rows need about 268 GiB of memory, and there are \
1.0 GiB; lower replications (now 20), n_customers or horizon_days, or set output.states=none
    """
    rows = state_rows(config, sides)
    if rows == 0:
        return
    there = available_memory() if available is None else available
    if rows * BYTES_A_ROW > there:
        raise CxsimError(
            f"output.states=month: {rows:,} rows need about {told_bytes(rows * BYTES_A_ROW)} of memory, and there "
            f"are {told_bytes(there)}; lower replications (now {config.most_replications}), n_customers or "
            "horizon_days, or set output.states=none")
