"""Whom a scenario is meant to reach, whatever he then does: the untreated are those it never would have."""

from __future__ import annotations

import numpy as np

from cxsim.behaviour.draws import key, uniform
from cxsim.engines.blueprint import Blueprint


def within_reach(blueprint: Blueprint, replication: int, ids: np.ndarray) -> np.ndarray:
    """Who lives under a scenario at some time of the run, whether or not he makes a journey then.

    A part that ramps up reaches a customer once its share passes his own luck; so whoever lies above its
    largest share is untreated, and this does not hang on what the scenario does to him. Parts that are for chosen
    customers (`who`) are left out here: they count for those they reached.

    Parameters
    ----------
    blueprint : Blueprint
        Of the scenario.
    replication : int
        Which one; luck is its own.
    ids : array of int64
        The customers.

    Returns
    -------
    array of bool, shape (customers,)
    """
    fixed, config = blueprint.fixed, blueprint.config
    luck = np.uint64(key(config.seed, replication, "life"))
    met = np.zeros(len(ids), dtype=bool)
    for part, audience in enumerate(fixed["audience"]):
        share = float(fixed["ramp"][part].max(initial=0.0))
        if audience["is_chosen"] or share == 0.0 or met.all():
            continue
        name = fixed["part_ids"][part]
        met |= share >= 1.0 or np.array([uniform(luck, one, 0, name) < share for one in ids], dtype=bool)
    return met
