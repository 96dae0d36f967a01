"""Hidden states of customers at the end of every month, for those who want to look behind the results.

A snapshot is taken at midnight, before anything of that day happens: both engines have then lived the same.
"""

from __future__ import annotations

import numpy as np

from cxsim.behaviour.state import GHOST
from cxsim.engines.blueprint import Blueprint
from cxsim.journal.events import N_CUSTOMERS
from cxsim.journal.ticks import DAY, NEVER

COPIED = (
    "id", "segment", "source", "status", "n_orders", "n_judged", "expectation", "life_left", "exit_hazard", "rate",
    "spend_scale", "points", "tier", "reached")
STATE = np.dtype([
    ("month", "i4"), ("tick", "i8"), *((name, "f8" if name in (
        "expectation", "life_left", "exit_hazard", "rate", "spend_scale") else "i8") for name in COPIED),
    ("tenure_days", "f8"), ("satisfaction", "f8"), ("standing", "f8"), ("known", "f8")])


def stops(blueprint: Blueprint) -> list[int]:
    """Days before which states are taken, the horizon last; it alone where none are asked for.

    Days are those of the world as it is lived; states of a warm-up are not taken.
    """
    horizon = blueprint.config.horizon_days
    if blueprint.config.output.states == "none":
        return [horizon]
    starts = (blueprint.fixed["month_starts"] // DAY).tolist()
    return [day for day in starts if day > blueprint.first_day]


def take_states(arrays: dict[str, np.ndarray], blueprint: Blueprint, day: int) -> np.ndarray:
    """States of everybody who has entered before a day begins, sorted by identity; satisfaction is that of now.

    Parameters
    ----------
    arrays : dict of str to array
        Of the running world.
    blueprint : Blueprint
        Of that world.
    day : int
        Of the world as it is lived, one of :func:`stops`.

    Returns
    -------
    structured array of :data:`STATE`
    """
    tick = day * DAY
    everybody = arrays["customers"][: arrays["cursor"][N_CUSTOMERS]]
    there = everybody[(everybody["entry"] < tick) & (everybody["status"] != GHOST)]
    there = there[np.argsort(there["id"], kind="stable")]
    states = np.zeros(len(there), STATE)
    for name in COPIED:
        states[name] = there[name]
    starts = (arrays["month_starts"] // DAY).tolist()
    states["month"] = starts.index(day) - (blueprint.first_day > 0)
    states["tick"] = tick - blueprint.first_day * DAY
    states["tenure_days"] = np.where(there["since"] == NEVER, 0.0, (tick - there["since"]) / DAY)
    row, anchor = arrays["rows"][0][there["segment"]], arrays["anchor"][there["segment"], 0, 1]
    gone = (tick - there["judged_at"]) / DAY
    states["satisfaction"] = there["satisfaction"] * np.exp(-gone / row["memory_days"])
    acting = (there["satisfaction"] - there["surplus"]) * np.exp(-gone / row["memory_days"])
    states["standing"] = (acting - anchor[:, 0]) / anchor[:, 1]
    states["known"] = there["known"] * np.exp(-(tick - there["known_at"]) / DAY / row["known_days"])
    return states
