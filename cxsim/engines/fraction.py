"""A fraction of the population: what of a whole world is scaled down to it, and the ghosts for the rest.

Counts and money are scaled up again when they are measured (`cxsim.measure.whole_population`), so what does
not follow from simulated customers is scaled down here: arrivals, running costs, and the numbers against which
what all of them do together is held. Staffing and wages an hour stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxsim.behaviour.crowd import memory_days
from cxsim.behaviour.pool import BY_GHOST
from cxsim.behaviour.state import CROWD, GHOST, NO_ROUTE, STAFFED, STREAM
from cxsim.engines.newcomers import stream_id
from cxsim.journal.words import SHARED
from cxsim.settings.names import channel_names
from cxsim.settings.reference import Reference
from cxsim.settings.schema import Config

COSTS = ("staff_cost", "training_cost", "integration_cost", "touch_fixed", "media_cost", "programme_cost")


def scale_down(fixed: dict[str, np.ndarray], share: float) -> None:
    """Scale the fixed arrays of a whole world, in place: running costs and the scales of shared figures.

    Population knowledge and ratings build up from fewer customers, so their scales shrink; one telling of a
    simulated customer stands for several.

    Examples
    --------
    >>> from cxsim.behaviour.parameters import PRACTICE, TALK
    >>> fixed = {name: np.array([1000, 4, 4, 4]) for name in COSTS}
    >>> fixed |= {"practice": np.ones(1, PRACTICE), "talk": np.ones(1, TALK)}
    >>> scale_down(fixed, 0.1)
    >>> fixed["staff_cost"].tolist(), float(fixed["talk"]["talk_effect"][0])
    ([100, 0, 1, 0], 10.0)
    """
    if share == 1.0:
        return
    for name in COSTS:
        # Rounded as they add up, so that nothing of a small daily cost is lost.
        so_far = np.rint(np.cumsum(fixed[name] * share, axis=0)).astype(np.int64)
        fixed[name] = np.diff(so_far, axis=0, prepend=np.zeros_like(so_far[:1]))
    fixed["practice"]["knowledge_scale"] *= share
    fixed["practice"]["hiring_cost"] *= share
    fixed["talk"]["ratings_n0"] *= share
    fixed["talk"]["talk_effect"] /= share


def ghost_streams(configs: Sequence[Config], channels: np.ndarray) -> np.ndarray:
    """One stream of ghosts for each channel that has a desk; none where everybody is simulated."""
    names = channel_names(configs)
    desks = [k for k in range(len(names)) if channels[-1, k]["kind"] == STAFFED]
    if configs[0].simulated_share == 1.0:
        desks = []
    streams = np.zeros(len(desks), STREAM)
    streams["id"] = [stream_id(f"ghost/{names[k]}", 0) for k in desks]
    streams["channel"], streams["route"], streams["source"] = desks, BY_GHOST, SHARED
    streams["member"], streams["won_by"] = -1, NO_ROUTE
    return streams


def make_crowd(
    config: Config, reference: Reference, arrivals: np.ndarray, n_channels: int,
) -> dict[str, np.ndarray]:
    """What is known of contacts before day 0: `crowd`, `usual`, `trend` by channel; empty for a whole world.

    The reference's contacts count as seen; a channel it knows nothing of starts with nothing.
    """
    share = config.simulated_share
    if share == 1.0:
        return {"crowd": np.zeros(0, CROWD), "usual": np.zeros((0, 7, 24)), "trend": np.ones((0, 1))}
    n_known = len(reference.contacts)
    usual = np.zeros((n_channels, 7, 24))
    trend = np.ones((n_channels, 1))
    if n_known > 0:
        usual[:n_known] = reference.contacts * share
        trend = np.ones((n_channels, reference.contact_trend.shape[1]))
        trend[:n_known] = reference.contact_trend
    crowd = np.zeros(n_channels, CROWD)
    crowd["others"] = 1.0 / share - 1.0
    is_anonymous = config.market.kind == "contact_centre"
    for k, figures in enumerate(crowd):
        daily = arrivals[k].mean() if is_anonymous else usual[k].sum() / 7.0
        if daily > 0.0:
            figures["days"] = memory_days(1.0, daily)
            figures["seen"] = figures["usual"] = figures["days"] * daily
    return {"crowd": crowd, "usual": usual, "trend": trend}


def without_ghosts(customers: np.ndarray) -> np.ndarray:
    """The records of customers alone; the last ones move into the places of ghosts, in place.

    Examples
    --------
    >>> from cxsim.behaviour.state import CUSTOMER_RECORD
    >>> people = np.zeros(4, CUSTOMER_RECORD)
    >>> people["id"], people["status"][[0, 2]] = [1, 2, 3, 4], GHOST
    >>> without_ghosts(people)["id"].tolist()
    [4, 2]
    """
    is_ghost = customers["status"] == GHOST
    n = len(customers) - int(np.count_nonzero(is_ghost))
    customers[:n][is_ghost[:n]] = customers[n:][~is_ghost[n:]]
    return customers[:n]


def contact_profile(contacts: np.ndarray, first_weekday: int, bin_days: int) -> tuple[np.ndarray, np.ndarray]:
    """From contacts by day, channel and hour to their mean by weekday and hour, and their trend.

    Parameters
    ----------
    contacts : array, shape (days, channels, 24)
        Means over pilots, for the whole population.
    first_weekday : int
        Weekday of day 0; 0 is Monday.
    bin_days : int
        Length of a bin of the trend.

    Returns
    -------
    profile : array, shape (channels, 7, 24)
    trend : array, shape (channels, bins)
        Contacts of a bin against what the profile expects of its days; 1 where that is nothing.

    Examples
    --------
    >>> even = np.ones((56, 1, 24))
    >>> profile, trend = contact_profile(even, 0, 28)
    >>> float(profile.min()), trend.tolist()
    (1.0, [[1.0, 1.0]])
    """
    n_days, n_channels, _ = contacts.shape
    weekday = (first_weekday + np.arange(n_days)) % 7
    profile = np.zeros((n_channels, 7, 24))
    for day in range(7):
        if (weekday == day).any():
            profile[:, day] = contacts[weekday == day].mean(axis=0)
    n_bins = -(-n_days // bin_days)
    expected, seen = np.zeros((n_channels, n_bins)), np.zeros((n_channels, n_bins))
    bins = np.arange(n_days) // bin_days
    np.add.at(expected.T, bins, profile.sum(axis=2).T[weekday])
    np.add.at(seen.T, bins, contacts.sum(axis=2))
    if n_bins > 1 and n_days % bin_days:
        # A bin of a few days would be luck: it shares its level with the whole one before it.
        for sums in (expected, seen):
            sums[:, -2:] = sums[:, -2:].sum(axis=1, keepdims=True)
    return profile, np.divide(seen, expected, out=np.ones_like(seen), where=expected > 0)
