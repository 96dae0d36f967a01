"""The reference experience of a world near one whose own is known: what few pilots say it moves by."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cxsim.engines.reference_store import reference_for
from cxsim.errors import CxsimError
from cxsim.settings.reference import Reference
from cxsim.settings.schema import Config

# What thin bins still move by in few pilots is luck, which all worlds share and which the difference takes out.
NEIGHBOUR_TOLERANCE = 0.04


def few_pilots(world: Config, start: Reference, customers: int) -> Reference:
    """The reference of a world from few pilots, begun from another's.

    Raises
    ------
    CxsimError
        As :func:`cxsim.engines.anchoring.find_reference`.
    """
    spec = world.reference.model_copy(update={
        "customers": min(customers, world.reference.customers),
        "tolerance": max(NEIGHBOUR_TOLERANCE, world.reference.tolerance)})
    alone = world.parallel.model_copy(update={"mode": "threads", "workers": 1, "scheduler": None})
    return reference_for(world.model_copy(update={"reference": spec, "parallel": alone}), start=start)


def neighbour(
    base: Config, start: Reference, of_base: Reference, customers: int, world: Config,
) -> Reference | CxsimError:
    """The reference of a world that differs from `base` in assumptions; or why it has none.

    Parameters
    ----------
    base : Config
        The world whose reference is known.
    start : Reference
        Its reference, from many pilots.
    of_base : Reference
        Its reference from as few pilots as the neighbour's: their luck is the same, and the difference is without.
    customers : int
        Pilots, in customers.
    world : Config
        The neighbour.
    """
    if world is base:
        return start
    try:
        return moved_by(start, of_base, few_pilots(world, start, customers))
    except CxsimError as error:
        return error


def moved_by(start: Reference, before: Reference, after: Reference) -> Reference:
    """A reference moved by the difference of two others, found with the same luck; `after` if shapes differ.

    Spreads and pulls move by their ratio, everything else by its difference; what cannot be negative stays 0.
    """
    if any(getattr(start, name).shape != getattr(after, name).shape for name in (
            "kappa", "anchor", "waits", "referred_per_day", "arrival_pull")):
        return after
    is_moved = after.is_moved[:, None, None, None] > 0
    anchor = np.stack([
        start.anchor[..., 0] + (after.anchor[..., 0] - before.anchor[..., 0]),
        start.anchor[..., 1] * (after.anchor[..., 1] / before.anchor[..., 1])], axis=-1)
    return replace(
        after, kappa=np.where(is_moved, start.kappa + (after.kappa - before.kappa), 0.0), anchor=anchor,
        waits=np.maximum(start.waits + (after.waits - before.waits), 0.0),
        referred_per_day=np.maximum(
            start.referred_per_day + (after.referred_per_day - before.referred_per_day), 0.0),
        arrival_pull=start.arrival_pull * (after.arrival_pull / before.arrival_pull),
        contacts=start.contacts, contact_trend=start.contact_trend)
