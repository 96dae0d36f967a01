"""What "the same" means for two outcomes: every event, sum and account, whatever row holds it."""

from __future__ import annotations

import numpy as np

from cxsim.engines.outcome import Outcome

SUMS = ("tally", "ledger", "points", "active", "opening_tally", "opening_points", "ages", "route_costs", "moments",
        "wait_sums", "felt", "pains", "touch_costs", "pulls")
# How an engine keeps track of whom to wake is its own affair.
PRIVATE = {"at", "stamp", "queue_next", "queue_previous", "referrer", "first_friend", "next_friend",
           "next_departed"}


def assert_same_life(one: Outcome, other: Outcome) -> None:
    """Byte-equal events, equal sums, equal customers field by field."""
    assert len(one.events) == len(other.events)
    if one.events.tobytes() != other.events.tobytes():
        for name in one.events.dtype.names:
            np.testing.assert_array_equal(one.events[name], other.events[name], err_msg=f"events: {name}")
        raise AssertionError("events differ in the bits of a number")
    for name in SUMS:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    assert one.n_events == other.n_events
    assert one.states.tobytes() == other.states.tobytes(), "states"
    ours, theirs = (o.customers[np.argsort(o.customers["id"])] for o in (one, other))
    assert len(ours) == len(theirs)
    for name in ours.dtype.names:
        if name not in PRIVATE:
            same = np.array_equal(ours[name], theirs[name], equal_nan=ours[name].dtype.kind == "f")
            assert same, f"customers: {name}"
